"""Killed at any moment, a save leaves the old file or the new one, and the next save clears up after it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from killed_child import VERSIONS, batch, digest, export, pair_of, save_session, session_of

from osisnr_gui.io.cache_folder import ENDING, ArrayFile, CacheFolder
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.codec import load_session
from osisnr_gui.session.result_cache import ResultCache

ROOT = Path(__file__).resolve().parents[2]
CHILD = ROOT / "tests" / "kits" / "killed_child.py"
ROUNDS = 40
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six pairs of half a second, an hour old, so that their results may be kept."""
    chance = np.random.default_rng(0)
    for kind in ("ref", "est"):
        (tmp_path / kind).mkdir()
    for k in range(1, 7):
        s, e = 0.1 * chance.standard_normal((2, 8000 + 16 * k))
        for kind, data in (("ref", s), ("est", s + 0.1 * k * e)):
            path = tmp_path / kind / f"{k}.wav"
            sf.write(path, data, 16000)
            then = path.stat().st_mtime - 3600
            os.utime(path, (then, then))
    return tmp_path


def _child(*arguments: str | Path) -> subprocess.Popen[str]:
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "kits")))
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, CHILD, *arguments], stdin=pipe, stdout=pipe, text=True, env={**os.environ, "PYTHONPATH": paths}
    )


@contextmanager
def _killed(what: str, folder: Path, longest: float) -> Iterator[Iterator[None]]:
    """Yields once after every kill; each came at a moment of its own, up to `longest` seconds after the start."""
    chance = random.Random(what)
    with _child(what, folder) as writer:
        assert writer.stdin is not None

        def rounds() -> Iterator[None]:
            assert writer.stdin is not None
            assert writer.stdout is not None
            for _ in range(ROUNDS):
                writer.stdin.write(f"{chance.uniform(0.0, longest)}\n")
                writer.stdin.flush()
                assert writer.stdout.readline() == "killed\n"
                yield

        yield rounds()
        writer.stdin.close()
        assert writer.wait(timeout=60) == 0


def _left(folder: Path) -> list[Path]:
    """Temporary files; they are given the age at which nobody writes them any more."""
    found = list(folder.glob(".~*.tmp"))
    for path in found:
        os.utime(path, (0, 0))
    return found


def test_a_session_is_whole_after_any_kill(folder: Path) -> None:
    save_session(folder, VERSIONS[0])
    path = folder / "a.osisnr.json"
    with _killed("session", folder, 0.1) as rounds:
        for _ in rounds:
            session, *_ = load_session(str(path))
            assert session == session_of(session.loss.gamma)
    left = _left(folder)
    assert left, "none of the kills fell into a save: the test says nothing"
    save_session(folder, VERSIONS[1])
    assert load_session(str(path))[0] == session_of(VERSIONS[1])
    assert not _left(folder)


def test_exports_are_whole_after_any_kill(folder: Path) -> None:
    whole: dict[str, set[bytes]] = {"a.csv": set(), "a.json": set()}
    for version in VERSIONS:
        export(folder, version)
        for name, found in whole.items():
            found.add((folder / name).read_bytes())
    assert all(len(found) == 2 for found in whole.values())
    with _killed("export", folder, 0.25) as rounds:
        for _ in rounds:
            for name, found in whole.items():
                assert (folder / name).read_bytes() in found
    _left(folder)
    export(folder, VERSIONS[0])
    assert json.loads((folder / "a.json").read_bytes())["settings"]["gamma"] == VERSIONS[0]
    assert not _left(folder)


def test_a_batch_is_whole_after_any_kill_and_ends_in_the_next_run(folder: Path) -> None:
    out, whole = folder / "out.csv", dict[float, bytes]()
    for version in VERSIONS:
        batch(folder, version)
        whole[version] = out.read_bytes()
    assert whole[VERSIONS[0]] != whole[VERSIONS[1]]
    with _killed("batch", folder, 0.3) as rounds:
        for turn, _ in enumerate(rounds):
            assert out.read_bytes() in whole.values()
            if turn % 10 == 0:  # whatever journal the kill left, of these settings or of the others
                batch(folder, VERSIONS[turn // 10 % 2])
                assert out.read_bytes() == whole[VERSIONS[turn // 10 % 2]]
    _left(folder)
    batch(folder, VERSIONS[0])
    assert out.read_bytes() == whole[VERSIONS[0]]
    assert not _left(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["est", "out.csv", "ref"]


def test_kept_results_are_whole_or_absent_after_any_kill(folder: Path) -> None:
    kept, n_kept = folder / "results", 0
    fresh = {name: digest(analyse(pair_of(folder, name))) for name in ("1.wav", "2.wav")}
    with _killed("cache", folder, 0.4) as rounds:
        for _ in rounds:
            for path in kept.glob(f"*{ENDING}"):
                n_kept += 1
                with ArrayFile(str(path), 1 << 30) as file:
                    for name in file.shapes:
                        file.read(name)  # raises where it is torn
    assert n_kept
    _left(kept)
    with closing(ResultCache(CacheFolder(str(kept)))) as results:
        results.folder.clear()
        for _ in range(2):
            for name, wanted in fresh.items():
                assert digest(analyse(pair_of(folder, name), cache=results)) == wanted
            results.wait()
        assert len(results.folder.names("pair-")) == len(fresh)
    assert not _left(kept)


def test_two_processes_may_share_one_folder_of_results(folder: Path) -> None:
    with _child("share", folder, "1") as alone:
        wanted = alone.communicate(timeout=60)[0]
    assert len(wanted.splitlines()) == 6
    with _child("share", folder, "6") as one, _child("share", folder, "6") as other:
        for process in (one, other):
            assert process.communicate(timeout=60)[0] == wanted
            assert process.returncode == 0
    assert list((folder / "results").glob(f"pair-*{ENDING}"))
    assert not _left(folder / "results")
