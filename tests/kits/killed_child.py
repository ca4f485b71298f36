"""A process that others kill while it saves, and two that share one folder of kept results.

    python killed_child.py session FOLDER     for every line on stdin, a number of seconds: saves in FOLDER over and
                                              over in a child, kills it after that time and prints "killed"
    python killed_child.py share FOLDER N     prints digests of all results, found in FOLDER or computed, N times each;
                                              once is without kept results

What is written is one of two versions, so that a torn file is neither.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from osisnr_gui.cli.main import main as osisnr
from osisnr_gui.io.cache_folder import CacheFolder
from osisnr_gui.io.files import write_atomically
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.codec import SavedView, session_bytes
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Note, Session, Source

VERSIONS = (1.0, 2.0)


def session_of(version: float) -> Session:
    """A session whose every note says which version it is."""
    notes = tuple(Note(float(k), k + 0.5, f"{version} {'x' * 200}") for k in range(500))
    loss = dataclasses.replace(Session().loss, gamma=version)
    return Session(references=(Source("/ref.wav"),), estimates=(Source("/est.wav"),), notes=notes, loss=loss)


def save_session(folder: Path, version: float) -> None:
    """What Ctrl+S does."""
    path = str(folder / "a.osisnr.json")
    write_atomically(path, session_bytes(session_of(version), SavedView(), path))


def export(folder: Path, version: float) -> None:
    """Numbers of every frame as CSV, and all as JSON."""
    files = [str(folder / "ref" / "1.wav"), str(folder / "est" / "1.wav")]
    out = ["--csv", str(folder / "a.csv"), "--json", str(folder / "a.json"), "--frames"]
    assert osisnr(["score", *files, *out, "--gamma", str(version)]) == 0


def batch(folder: Path, version: float) -> None:
    """A row for each of the pairs."""
    arguments = [str(folder / "ref"), str(folder / "est"), "-o", str(folder / "out.csv"), "--jobs", "1"]
    assert osisnr(["batch", *arguments, "--gamma", str(version)]) == 0


def pair_of(folder: Path, name: str) -> Session:
    """A pair of short files."""
    ref, est = (Source(str(folder / kind / name)) for kind in ("ref", "est"))
    return Session(references=(ref,), estimates=(est,))


def cache(folder: Path, version: float) -> None:
    """Two results, kept anew."""
    with closing(ResultCache(CacheFolder(str(folder / "results")))) as results:
        results.folder.clear()
        for name in ("1.wav", "2.wav")[:: 1 if version == VERSIONS[0] else -1]:
            analyse(pair_of(folder, name), cache=results)
        results.wait()


WRITERS: dict[str, Callable[[Path, float], None]] = {
    "session": save_session, "export": export, "batch": batch, "cache": cache,
}  # fmt: skip


def _write_for_ever(what: str, folder: Path, told: int) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os.write(told, b"!")
    for version in itertools.cycle(VERSIONS):
        WRITERS[what](folder, version)


def kill_writers(what: str, folder: Path) -> None:
    """A child for every delay on stdin; imports are made once, here."""
    for line in sys.stdin:
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                _write_for_ever(what, folder, told)
            finally:
                os._exit(1)
        os.close(told)
        os.read(heard, 1)
        os.close(heard)
        time.sleep(float(line))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "ended", flush=True)


def _leaves(thing: Any) -> Iterator[bytes]:
    if isinstance(thing, np.ndarray):
        yield thing.tobytes()
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield from _leaves(getattr(thing, field.name))


def digest(analysis: Analysis) -> str:
    """Of every array of every pair."""
    found = hashlib.sha256()
    for pair in analysis.pairs:
        assert pair.error is None
        for leaf in (*_leaves(pair.frames), *_leaves(pair.whole)):
            found.update(leaf)
    return found.hexdigest()


def share(folder: Path, rounds: int) -> None:
    """Every pair again and again, in a folder too small for all of them; once: without a folder."""
    found = set[tuple[str, str]]()
    names = sorted(os.listdir(folder / "ref"))
    with closing(ResultCache(CacheFolder(str(folder / "results"), 2 << 20), enabled=rounds > 1)) as results:
        for _ in range(rounds):
            for name in names:
                found.add((name, digest(analyse(pair_of(folder, name), cache=results))))
    for name, value in sorted(found):
        print(name, value)


if __name__ == "__main__":
    if sys.argv[1] == "share":
        share(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        kill_writers(sys.argv[1], Path(sys.argv[2]))
