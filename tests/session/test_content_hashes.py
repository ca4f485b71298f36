"""What files held when they were read: hashed once, and found out when it changed behind the stamp."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.io.cache_folder import CacheFolder
from osisnr_gui.io.errors import Cancelled
from osisnr_gui.session import result_cache
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.file_changes import ContentHashes, changed_files, without_files
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import stamp_of

Noise = Callable[..., np.ndarray]
Write = Callable[..., str]


@pytest.fixture(params=["alone", "cached"])
def hashes(request: pytest.FixtureRequest, tmp_path: Path) -> ContentHashes:
    """Without and with a cache."""
    return ContentHashes(ResultCache(CacheFolder(str(tmp_path / "c"))) if request.param == "cached" else None)


def _rewrite(path: str, data: bytes) -> None:
    """Another content of the same size at the same time."""
    status = os.stat(path)
    Path(path).write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_file_is_hashed_once(hashes: ContentHashes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"one")
    stamp = stamp_of(str(path))
    assert hashes.find(str(path), stamp) is None
    expected = hashlib.sha256(b"one").hexdigest()
    assert hashes.make(str(path), stamp) == expected
    monkeypatch.setattr(result_cache.OpenFile, "sha256", lambda *_: pytest.fail("hashed again"))
    assert hashes.make(str(path), stamp) == hashes.find(str(path), stamp) == expected


def test_a_file_that_is_gone_or_another_has_none(hashes: ContentHashes, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"one")
    stamp = stamp_of(str(path))
    path.write_bytes(b"other")
    assert hashes.make(str(path), stamp) is None
    path.unlink()
    assert hashes.make(str(path), stamp) is None
    assert hashes.make(str(path), None) is None
    assert not hashes.has_changed(str(path), None)


def test_a_change_behind_the_stamp_is_found_until_it_was_read(hashes: ContentHashes, tmp_path: Path) -> None:
    path = str(tmp_path / "x.bin")
    Path(path).write_bytes(b"one")
    stamp = stamp_of(path)
    _rewrite(path, b"two")
    assert not hashes.has_changed(path, stamp), "nobody knows what it was"
    _rewrite(path, b"one")
    hashes.make(path, stamp)
    assert not hashes.has_changed(path, stamp)
    _rewrite(path, b"two")
    assert stamp_of(path) == stamp
    assert hashes.has_changed(path, stamp)
    assert hashes.has_changed(path, stamp), "a run that was stopped may ask again"
    hashes.forget({path})
    assert not hashes.has_changed(path, stamp)
    assert hashes.make(path, stamp) == hashlib.sha256(b"two").hexdigest()


def test_hashing_can_be_cancelled(hashes: ContentHashes, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"one")
    with pytest.raises(Cancelled):
        hashes.make(str(path), stamp_of(str(path)), lambda: True)


@pytest.mark.parametrize("which", ["reference", "estimate"])
def test_what_came_from_a_changed_file_is_not_taken_over(
    hashes: ContentHashes, write: Write, noise: Noise, which: str
) -> None:
    paths = [write(f"{name}.wav", noise(seed=k)) for k, name in enumerate("sab")]
    session = Session((Source(paths[0]),), (Source(paths[1]), Source(paths[2])))
    old = analyse(session)
    for track in old.tracks:
        hashes.make(track.source.path, track.stamp)
    place = 0 if which == "reference" else 1
    _rewrite(paths[place], Path(write("other.wav", noise(seed=9))).read_bytes())
    changed = changed_files([old], hashes)
    assert changed == {paths[place]}
    new = analyse(session, without_files(old, changed))
    assert new.pairs[0].frames is not old.pairs[0].frames
    assert (new.pairs[1].frames is old.pairs[1].frames) is (which == "estimate")
    fresh = analyse(session)
    for one, other in zip(new.pairs, fresh.pairs, strict=True):
        np.testing.assert_array_equal(one.frames.exact_osi_db, other.frames.exact_osi_db)
