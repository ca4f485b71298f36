import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from osisnr_gui.io.errors import phrase_from_json

ROOT = Path(__file__).resolve().parents[2]


CODE = """
from osisnr_gui.io import numpy_files
numpy_files.MAX_CELLS, numpy_files.MAX_BYTES = {}, {}
from osisnr_gui.io.mat_child import main
main(["5"])
"""


def run(data: bytes, max_cells: int, max_bytes: int) -> tuple[dict[str, object], bytes]:
    descriptor = open_input(data)
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(max_cells, max_bytes)],
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
        fields, data = run(mat(m=values), 100, 1000)
        assert fields == {"name": "m", "others": [], "dtype": "<f8", "shape": [2, 3]}
        assert data == values.tobytes()

    def test_limits_are_kept(self) -> None:
        fields, data = run(mat(m=np.ones((20, 20))), 399, 10000)
        assert (fields["reason"], phrase_from_json(fields["detail"]), data) == (
            "too_large",
            "the matrix would be 20 × 20",
            b"",
        )
        assert run(mat(m=np.ones((20, 20))), 400, 3199)[0]["reason"] == "too_large"

    def test_damage_is_an_answer(self) -> None:
        assert run(mat(m=np.ones((20, 20)))[:-40], 400, 9999)[0]["reason"] == "corrupt"

    def test_choices_are_listed(self) -> None:
        fields, _ = run(mat(a=np.ones((2, 3)), b=np.ones((4, 5))), 100, 1000)
        assert (fields["reason"], fields["choices"]) == ("ambiguous", ["a", "b"])
        assert phrase_from_json(fields["detail"]) == "several matrices: a (2 × 3), b (4 × 5)"
