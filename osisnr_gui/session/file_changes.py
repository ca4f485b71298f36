"""Watches files for changes since they were read, and knows the hashes of what they held then.

Whoever writes a file may take seconds over it, and most trainers write beside it and rename: between two looks a file
is half there, gone and there again. A change is reported once two looks, `QUIET_SECONDS` apart, show the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from osisnr_gui.io.errors import N_, Cancel, Phrase
from osisnr_gui.io.files import BoundedCache
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.result_cache import ResultCache, content_hash
from osisnr_gui.session.tracks import Stamp, Track
from osisnr_gui.session.words import clock

QUIET_SECONDS = 0.5

Stamps = Mapping[str, Stamp | None]


class Fate(StrEnum):
    """What became of a file since it was read. BACK : it is there again, or for the first time."""

    CHANGED = "changed"
    GONE = "gone"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file at rest that is not as it was read. seen : when that was first seen, seconds since 1970."""

    path: str
    fate: Fate
    stamp: Stamp | None
    seen: float

    @property
    def can_be_read(self) -> bool:
        """Whether there is something to read again."""
        return self.fate is not Fate.GONE

    @property
    def words(self) -> Phrase:
        """ "changed on disk 14:03:22"."""
        templates = {Fate.CHANGED: N_("changed on disk {time}"), Fate.GONE: N_("gone from the disk since {time}")}
        return Phrase(templates.get(self.fate, N_("back on disk {time}")), time=clock(self.seen))


class FileChanges:
    """Compares looks at files with the stamps they were read at."""

    def __init__(self, quiet_seconds: float = QUIET_SECONDS) -> None:
        self._quiet = quiet_seconds
        self._read: dict[str, Stamp | None] = {}
        # The state each file was last seen in, and since when, on both clocks.
        self._looks: dict[str, tuple[Stamp | None, float, float]] = {}
        self._found: dict[str, FileChange] = {}

    @property
    def paths(self) -> list[str]:
        """The files to look at."""
        return list(self._read)

    @property
    def found(self) -> tuple[FileChange, ...]:
        """All changes at rest, in the order of the files."""
        return tuple(self._found[path] for path in self._read if path in self._found)

    def expect(self, stamps: Stamps) -> bool:
        """These files were read, at these stamps (None: one that was not there); False when that is known."""
        if dict(stamps) == self._read:
            return False
        self._read = dict(stamps)
        self._looks = {path: look for path, look in self._looks.items() if path in stamps}
        stay = ((path, change) for path, change in self._found.items() if path in stamps)
        self._found = {path: change for path, change in stay if stamps[path] != change.stamp}
        return True

    def look(self, stamps: Stamps, now: float, seen: float) -> bool:
        """Take a look: the stamps now. now : seconds that only go forward; seen : since 1970. True while one moves."""
        resting = [self._is_at_rest(path, stamps[path], now, seen) for path in self._read if path in stamps]
        return not all(resting)

    def _is_at_rest(self, path: str, stamp: Stamp | None, now: float, seen: float) -> bool:
        if path not in self._looks or self._looks[path][0] != stamp:
            self._looks[path] = stamp, now, seen
        _, since, seen = self._looks[path]
        known = self._found.get(path)
        if stamp == self._read[path]:
            self._found.pop(path, None)
        elif known is None or known.stamp != stamp:
            if now - since < self._quiet:
                return False
            was_gone = self._read[path] is None or (known is not None and known.fate is not Fate.CHANGED)
            fate = Fate.GONE if stamp is None else Fate.BACK if was_gone else Fate.CHANGED
            self._found[path] = FileChange(path, fate, stamp, seen)
        return True


class ContentHashes:
    """SHA-256 of files by path and stamp, each read once while it does not change. Any thread may call.

    cache : may know them from an earlier run, and keeps them for the next.
    """

    def __init__(self, cache: ResultCache | None = None) -> None:
        self._cache = cache
        self._known = BoundedCache[tuple[str, Stamp], str]()

    def find(self, path: str, stamp: Stamp | None) -> str | None:
        """The hash of a file at a stamp, where it is known."""
        return None if stamp is None else self._known.get((path, stamp))

    def make(self, path: str, stamp: Stamp | None, cancelled: Cancel | None = None) -> str | None:
        """The same, made now where it is not known; None for a file that is not at this stamp any more.

        Raises Cancelled.
        """
        known = self.find(path, stamp)
        if known is not None or stamp is None:
            return known
        found = content_hash(path, stamp, self._cache, cancelled)
        if found is not None:
            self._known.put((path, stamp), found)
        return found

    def has_changed(self, path: str, stamp: Stamp | None, cancelled: Cancel | None = None) -> bool:
        """Whether a file holds something else than it did at this stamp, though its stamp is the same.

        False where it is not known what it held. Raises Cancelled.
        """
        known = self.find(path, stamp)
        if known is None or stamp is None:
            return False
        return content_hash(path, stamp, self._cache, cancelled, anew=True) not in (known, None)

    def forget(self, paths: Collection[str]) -> None:
        """Files that were read again: what they hold is found out anew."""
        self._known.drop(lambda key: key[0] in paths)


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
