import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.io

ROOT = Path(__file__).resolve().parents[2]


def run(data: bytes, *arguments: str) -> tuple[dict[str, object], bytes]:
    descriptor = open_input(data)
    done = subprocess.run(
        [sys.executable, "-m", "osisnr_gui.io.mat_child", *arguments],
        stdin=descriptor,
        capture_output=True,
        cwd=ROOT,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    os.close(descriptor)
    line, _, rest = done.stdout.partition(b"\n")
    return json.loads(line), rest


def open_input(data: bytes) -> int:
    descriptor = os.memfd_create("input")
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def mat(**variables: object) -> bytes:
    out = io.BytesIO()
    scipy.io.savemat(out, variables)
    return out.getvalue()


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs memory files")
class TestChild:
    def test_one_line_and_the_bytes(self) -> None:
        values = np.arange(6.0).reshape(2, 3)
        fields, data = run(mat(m=values), "100", "1000", "5")
        assert fields == {
            "status": "ok", "name": "m", "dtype": "<f8", "shape": [2, 3], "candidates": [["m", [2, 3]]],
        }  # fmt: skip
        assert data == values.tobytes()

    def test_limits_are_kept(self) -> None:
        fields, data = run(mat(m=np.ones((20, 20))), "399", "10000", "5")
        assert (fields["status"], fields["shape"], data) == ("too_large", [20, 20], b"")
        assert run(mat(m=np.ones((20, 20))), "400", "3199", "5")[0]["status"] == "too_large"

    def test_damage_is_an_answer(self) -> None:
        assert run(mat(m=np.ones((20, 20)))[:-40], "400", "9999", "5")[0]["status"] == "damaged"

    def test_choices_are_listed(self) -> None:
        fields, _ = run(mat(a=np.ones((2, 3)), b=np.ones((4, 5))), "100", "1000", "5")
        assert fields == {"status": "choose", "candidates": [["a", [2, 3]], ["b", [4, 5]]]}
