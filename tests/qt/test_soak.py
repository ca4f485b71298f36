"""A window that is used for long holds no more than after it was warm: memory, descriptors, threads, objects."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Share of 200 × open and close and 5,000 edits; all of it, or several times, on demand.
TIMES = float(os.environ.get("SOAK_TIMES", "0.15"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
def test_nothing_piles_up() -> None:
    kits = ROOT / "tests" / "kits"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(kits)))}
    command = [sys.executable, kits / "soak.py", "--times", str(TIMES)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600 * max(1, TIMES))
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert not found["faults"]
    for part, per_turn in (("opened", 0), ("edited", 2)):  # what can be undone: a session and its values each
        steps, turns = found[part], found["turns"][part]
        warm = steps[: len(steps) // 3]
        most = {what: max(step[what] for step in warm) for what in warm[0]}
        # What the first pairs take for good; a step of the allocator may come again later.
        most["memory"] += max(step["memory"] for step in found["opened"][: len(warm)]) - found["start"]["memory"]
        most["python"] += max(turns // 2, per_turn * turns)
        for what, bound in most.items():
            assert max(step[what] for step in steps) <= bound, (part, what, [step[what] for step in steps])
