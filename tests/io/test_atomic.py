import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from osisnr_gui.io.errors import SaveError
from osisnr_gui.io.files import write_atomically

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


def test_bytes_and_parts_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(str(path), b"first")
    assert path.read_bytes() == b"first"
    write_atomically(str(path), (part for part in (b"se", b"", b"cond")))
    assert path.read_bytes() == b"second"
    assert os.listdir(tmp_path) == ["a.json"]


def test_what_a_killed_save_left_goes_with_the_next_save(tmp_path: Path) -> None:
    names = ".~0123456789ab.tmp", ".~ba9876543210.tmp", ".~notes.tmp"
    old, new, other = (tmp_path / name for name in names)
    for path in (old, new, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (0, 0))
    write_atomically(str(tmp_path / "a.json"), b"x")
    assert sorted(os.listdir(tmp_path)) == sorted(["a.json", *names[1:]]), "another window may be writing the new one"


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".csv")
    write_atomically(str(path), b"x")
    assert path.read_bytes() == b"x"


def test_a_bare_name_goes_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomically("bare.txt", b"x")
    assert (tmp_path / "bare.txt").read_bytes() == b"x"


@pytest.mark.parametrize("step", ["open", "write", "fsync", "replace", "chmod"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_failure_at_any_step_leaves_the_old_file(
    step: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, "library words")

    def parts() -> Iterator[bytes]:
        yield b"ne"
        if step == "write":
            fail()
        yield b"w"

    if step != "write":
        monkeypatch.setattr(os, step, fail)
    with pytest.raises(SaveError) as caught:
        write_atomically(str(path), parts())
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.json"]
    assert str(caught.value).startswith("a.json: not saved: ")
    assert "library" not in str(caught.value)
    assert ("disk is full" in str(caught.value)) == (code == errno.ENOSPC)


def test_an_error_of_the_producer_passes_through(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"x"
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        write_atomically(str(tmp_path / "a"), parts())
    assert os.listdir(tmp_path) == []


def test_folders_that_are_no_place_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path, words in (
        (tmp_path / "gone" / "a", "folder does not exist"),
        (tmp_path / "file" / "a", "folder does not exist"),
        (tmp_path, "a folder has this name"),
        (tmp_path / ("n" * 300), "too long"),
    ):
        with pytest.raises(SaveError, match=words):
            write_atomically(str(path), b"x")
    assert os.listdir(tmp_path) == ["file"]


@posix
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to("a")
    write_atomically(str(link), b"new")
    assert path.read_bytes() == b"new"
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640


LOOP = """
import sys
from osisnr_gui.io.files import write_atomically
print("go", flush=True)
k = 0
while True:
    k += 1
    write_atomically(sys.argv[1], (bytes([k % 256]) * 50_000 for _ in range(20)))
"""


@posix
def test_killing_the_writer_never_leaves_a_torn_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"\0" * 1_000_000)
    for delay in (0.001, 0.004, 0.009, 0.015, 0.022, 0.03):
        writer = subprocess.Popen([sys.executable, "-c", LOOP, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        data = path.read_bytes()
        assert len(data) == 1_000_000
        assert len(set(data)) == 1


@posix
def test_a_new_file_gets_the_permissions_any_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_atomically(str(tmp_path / "a"), b"x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode
