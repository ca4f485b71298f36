"""Hashes of the content a session's files had when they were read."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace

from osisnr_gui.io.errors import Cancel
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.result_cache import ResultCache, content_hash
from osisnr_gui.session.tracks import Stamp, Track

KEPT = 512


class ContentHashes:
    """SHA-256 of files by path and stamp, each read once while it does not change. Any thread may call.

    cache : may know them from an earlier run, and keeps them for the next.
    """

    def __init__(self, cache: ResultCache | None = None) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._known: dict[tuple[str, Stamp], str] = {}

    def find(self, path: str, stamp: Stamp | None) -> str | None:
        """The hash of a file at a stamp, where it is known."""
        with self._lock:
            return None if stamp is None else self._known.get((path, stamp))

    def make(self, path: str, stamp: Stamp | None, cancelled: Cancel | None = None) -> str | None:
        """The same, made now where it is not known; None for a file that is not at this stamp any more.

        Raises Cancelled.
        """
        known = self.find(path, stamp)
        if known is not None or stamp is None:
            return known
        found = self._hash(path, stamp, cancelled, anew=False)
        if found is not None:
            with self._lock:
                self._known[path, stamp] = found
                while len(self._known) > KEPT:
                    del self._known[next(iter(self._known))]
        return found

    def has_changed(self, path: str, stamp: Stamp | None, cancelled: Cancel | None = None) -> bool:
        """Whether a file holds something else than it did at this stamp, though its stamp is the same.

        False where it is not known what it held. Raises Cancelled.
        """
        known = self.find(path, stamp)
        if known is None or stamp is None:
            return False
        return self._hash(path, stamp, cancelled, anew=True) not in (known, None)

    def forget(self, paths: Collection[str]) -> None:
        """Files that were read again: what they hold is found out anew."""
        with self._lock:
            self._known = {key: found for key, found in self._known.items() if key[0] not in paths}

    def _hash(self, path: str, stamp: Stamp, cancelled: Cancel | None, *, anew: bool) -> str | None:
        folder = self._cache.folder if self._cache is not None and self._cache.enabled else None
        return content_hash(path, stamp, folder, cancelled, anew=anew)


def changed_files(
    analyses: Sequence[Analysis], hashes: ContentHashes, cancelled: Cancel | None = None
) -> frozenset[str]:
    """Paths of the files of analyses whose content has changed behind their stamp. Raises Cancelled."""
    stamps = {(track.source.path, track.stamp) for analysis in analyses for track in analysis.tracks}
    return frozenset(path for path, stamp in stamps if hashes.has_changed(path, stamp, cancelled))


def without_files(analysis: Analysis, paths: Collection[str]) -> Analysis:
    """An analysis without all that came from these files."""

    def is_good(track: Track | None) -> bool:
        return track is not None and track.source.path not in paths

    def stays(pair: PairAnalysis) -> bool:
        return is_good(pair.estimate) and (pair.reference is None or is_good(pair.reference))

    return replace(
        analysis,
        references=tuple(filter(is_good, analysis.references)),
        mixture=analysis.mixture if is_good(analysis.mixture) else None,
        pairs=tuple(filter(stays, analysis.pairs)),
        unprocessed=tuple(filter(stays, analysis.unprocessed)),
        matching=None,
    )
