"""A journal of lines: what was added is there after any death, half a line is not."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from osisnr_gui.io.errors import SaveError
from osisnr_gui.io.json_file import Journal

ROOT = Path(__file__).resolve().parents[2]
HEAD = {"schema": "test/1", "settings": "a"}


def _found(path: Path, head: dict[str, str] = HEAD) -> list[dict[str, object]]:
    with Journal(str(path), head) as journal:
        return journal.found


def test_entries_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "j"
    entries = [{"name": f"süß\n{k} \udcff", "value": 0.1 * k, "list": [None, k]} for k in range(5)]
    with Journal(str(path), HEAD) as journal:
        assert (journal.found, journal.is_stale) == ([], False)
        for entry in entries[:3]:
            journal.add(entry)
    with Journal(str(path), HEAD) as journal:
        assert journal.found == entries[:3]
        for entry in entries[3:]:
            journal.add(entry)
    assert _found(path) == entries


def test_another_head_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Journal(str(path), HEAD) as journal:
        journal.add({"a": 1})
    with Journal(str(path), HEAD | {"settings": "b"}) as journal:
        assert (journal.found, journal.is_stale) == ([], True)
        journal.add({"b": 2})
    assert _found(path, HEAD | {"settings": "b"}) == [{"b": 2}]


def test_a_cut_at_any_byte_loses_only_what_it_cuts(tmp_path: Path) -> None:
    path = tmp_path / "j"
    entries = [{"n": k} for k in range(4)]
    with Journal(str(path), HEAD) as journal:
        for entry in entries:
            journal.add(entry)
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        complete = max(0, whole[:cut].count(b"\n") - 1)
        with Journal(str(path), HEAD) as journal:
            assert journal.found == entries[:complete]
            journal.add({"last": True})
        assert _found(path) == [*entries[:complete], {"last": True}]


def test_changed_bytes_are_no_entries(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Journal(str(path), HEAD) as journal:
        for k in range(4):
            journal.add({"n": k})
    whole = bytearray(path.read_bytes())
    lines = whole.split(b"\n")
    at = len(b"\n".join(lines[:3])) + 12  # in the third line of five
    whole[at] ^= 1
    path.write_bytes(whole)
    assert _found(path) == [{"n": 0}, {"n": 1}]
    path.write_bytes(bytes(1000))
    assert _found(path) == []


def test_removed_when_done(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Journal(str(path), HEAD) as journal:
        journal.remove()
    assert not path.exists()


def test_a_place_that_cannot_be_written_to_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="folder does not exist"):
        Journal(str(tmp_path / "no" / "j"), HEAD)
    with pytest.raises(SaveError, match="a folder has this name"):
        Journal(str(tmp_path), HEAD)


def test_a_disk_that_fills_up_is_told(tmp_path: Path) -> None:
    class Full:
        def write(self, data: bytes) -> int:
            raise OSError(errno.ENOSPC, "no")

        def close(self) -> None:
            pass

    with Journal(str(tmp_path / "j"), HEAD) as journal:
        journal.close()
        journal._file = Full()  # type: ignore[assignment]
        with pytest.raises(SaveError, match="disk is full"):
            journal.add({})


@pytest.mark.may_skip
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_kill_loses_nothing_that_was_added(tmp_path: Path) -> None:
    path = tmp_path / "j"
    code = (
        "import sys\n"
        "from osisnr_gui.io.json_file import Journal\n"
        f"journal = Journal(sys.argv[1], {HEAD!r})\n"
        "for n in range(10**9):\n"
        "    journal.add({'n': n, 'text': 'x' * (n % 3000)})\n"
        "    print(n, flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, env=environment) as writer:
        assert writer.stdout is not None
        for _ in range(500):
            line = writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
    numbers = [entry["n"] for entry in _found(path)]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > int(line)
