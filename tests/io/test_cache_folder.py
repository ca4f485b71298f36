"""The folder of results: bounded, oldest out first, and no trouble to anybody when the disk refuses."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.io import cache_folder
from osisnr_gui.io.cache_folder import ENDING, CacheFolder, user_cache_folder
from osisnr_gui.io.errors import Cancelled

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX folders")


def _values(seed: int = 0, n: int = 2000) -> dict[str, np.ndarray]:
    return {"values": np.random.default_rng(seed).normal(size=n)}


def _age(folder: CacheFolder, name: str, seconds: float) -> None:
    path = os.path.join(folder.path, name + ENDING)
    os.utime(path, (os.stat(path).st_mtime - seconds,) * 2)


def _get(folder: CacheFolder, name: str) -> np.ndarray | None:
    file = folder.open(name)
    if file is None:
        return None
    with file:
        return file.read("values")


@pytest.fixture
def folder(tmp_path: Path) -> CacheFolder:
    return CacheFolder(str(tmp_path / "cache" / "results"), 100_000)


def test_what_was_put_is_found(folder: CacheFolder) -> None:
    assert folder.names() == []
    assert folder.size() == 0
    assert _get(folder, "a-1") is None
    assert folder.put("a-1", {"n": 1}, _values(1))
    assert folder.put("b-2", {}, _values(2))
    assert sorted(folder.names()) == ["a-1", "b-2"]
    assert folder.names("b-") == ["b-2"]
    assert folder.size() > 2 * 16_000
    np.testing.assert_array_equal(_get(folder, "a-1"), _values(1)["values"])
    folder.put("a-1", {}, _values(3))
    np.testing.assert_array_equal(_get(folder, "a-1"), _values(3)["values"])


@posix
@pytest.mark.may_skip
def test_only_the_user_may_look_in(folder: CacheFolder) -> None:
    folder.put("a", {}, _values())
    assert os.stat(folder.path).st_mode & 0o777 == 0o700


def test_the_least_recently_used_goes_first(folder: CacheFolder) -> None:
    for index in range(4):
        folder.put(f"n{index}", {}, _values(index))
        _age(folder, f"n{index}", 1000 - 100 * index)
    assert _get(folder, "n0") is not None  # used just now
    assert folder.put("n4", {}, _values(4, 6000))
    assert sorted(folder.names()) == ["n0", "n3", "n4"]
    assert folder.size() <= folder.max_bytes


def test_small_files_count_as_what_the_disk_gives_them(folder: CacheFolder) -> None:
    for index in range(40):
        folder.put(f"n{index}", {}, {})
    assert len(folder.names()) <= folder.max_bytes // 4096


def test_what_is_larger_than_the_folder_is_not_kept(folder: CacheFolder) -> None:
    folder.put("a", {}, _values())
    assert not folder.put("b", {}, _values(0, 20_000))
    assert folder.names() == ["a"]


def test_a_damaged_file_is_removed(folder: CacheFolder) -> None:
    folder.put("a", {}, _values())
    path = Path(folder.path, "a" + ENDING)
    path.write_bytes(path.read_bytes()[:-1])
    assert folder.open("a") is None
    assert not path.exists()


def test_clear_leaves_the_files_of_others(folder: CacheFolder) -> None:
    folder.put("a", {}, _values())
    others = [Path(folder.path, name) for name in ("notes.txt", "A.kept", "..kept", "a.kept.bak")]
    for other in others:
        other.write_text("mine")
    assert folder.names() == ["a"]
    folder.clear()
    assert folder.names() == []
    assert all(other.read_text() == "mine" for other in others)
    folder.clear()


def test_leftovers_of_a_killed_process_are_swept(folder: CacheFolder) -> None:
    folder.put("a", {}, _values())
    old, new = Path(folder.path, ".~0123456789ab.tmp"), Path(folder.path, ".~ba9876543210.tmp")
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    folder.put("b", {}, _values())
    assert not old.exists()
    assert new.exists(), "perhaps another window is writing it"


@pytest.mark.parametrize("name", ["", "A", "a/b", "..", "a.b", "x" * 200])
def test_names_cannot_leave_the_folder(folder: CacheFolder, name: str) -> None:
    for call in (folder.open, folder.remove, lambda name: folder.put(name, {}, {})):
        with pytest.raises(ValueError, match="no name"):
            call(name)


@pytest.mark.parametrize("step", ["makedirs", "open", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_keeps_nothing(
    folder: CacheFolder, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, "no")

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        assert not folder.put("a", {}, _values())
    assert folder.names() == []
    assert not os.path.exists(folder.path) or os.listdir(folder.path) == []


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("in the way")
    folder = CacheFolder(str(tmp_path / "results"))
    assert not folder.put("a", {}, _values())
    assert folder.open("a") is None
    assert folder.names() == []
    folder.clear()
    assert (tmp_path / "results").read_text() == "in the way"


def test_a_nearly_full_disk_is_left_alone(folder: CacheFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, cache_folder.SPARE_BYTES + 1000))
    assert not folder.put("a", {}, _values())


def test_putting_can_be_cancelled(folder: CacheFolder) -> None:
    with pytest.raises(Cancelled):
        folder.put("a", {}, _values(), lambda: True)
    assert os.listdir(folder.path) == []


def test_many_threads_and_processes_at_once(folder: CacheFolder) -> None:
    """Whatever is found is whole, while others write, evict and clear."""
    code = (
        "import sys, numpy as np\n"
        "from osisnr_gui.io.cache_folder import CacheFolder\n"
        "folder = CacheFolder(sys.argv[1], 100_000)\n"
        "for k in range(150):\n"
        "    folder.put(f'n{k % 8}', {}, {'values': np.full(2000, float(k % 8))})\n"
        "    if k % 50 == 49: folder.clear()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found: list[bool] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            for k in range(8):
                values = _get(folder, f"n{k}")
                if values is not None:
                    found.append(values.shape == (2000,) and bool((values == k).all()))

    command = [sys.executable, "-c", code, folder.path]
    writers = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    reader = threading.Thread(target=look)
    reader.start()
    try:
        for writer in writers:
            _, errors = writer.communicate(timeout=60)
            assert (writer.returncode, errors) == (0, b"")
    finally:
        stop.set()
        reader.join()
    assert found
    assert all(found)


def test_where_the_folder_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = str(tmp_path)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, home)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert user_cache_folder() == os.path.join(home, ".cache", "osisnr_gui")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert user_cache_folder() == os.path.join(home, ".cache", "osisnr_gui")
    monkeypatch.setenv("XDG_CACHE_HOME", os.path.join(home, "x"))
    assert user_cache_folder() == os.path.join(home, "x", "osisnr_gui")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert user_cache_folder() == os.path.join(home, "Library", "Caches", "osisnr_gui")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", os.path.join(home, "Local"))
    assert user_cache_folder() == os.path.join(home, "Local", "osisnr_gui")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.delenv("LOCALAPPDATA")
    assert user_cache_folder() is None
