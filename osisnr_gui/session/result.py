"""What an analysis gives: the result itself, its notices, how far it is, and an index of earlier results."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from osisnr_gui.core.align import Delay
from osisnr_gui.core.types import Framing
from osisnr_gui.io.errors import FileError, Phrase
from osisnr_gui.session.comparison.best_frames import BestFrames
from osisnr_gui.session.edits import Edit
from osisnr_gui.session.matching import Matching, MatchKey
from osisnr_gui.session.pairs import PairAnalysis, PairKey
from osisnr_gui.session.pictures import Picture
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import PairError, Track, stamp_of


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: its label and the edit it makes."""

    label: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Notice:
    """code : as in the JSON; source : the file it concerns, None for all; severity "note" or "warning".

    place : the stretch of the time axis it is about, in seconds; None when it is about all of it.
    """

    code: str
    message: str
    source: Source | None = None
    severity: str = "note"
    remedies: tuple[Remedy, ...] = ()
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What came of a session, or of as much of it as is done (`complete` is False until then).

    references, mixture : the tracks. pairs : one for every estimate, in the session's order, each with its reference.
    framing : in force, None for masks or without a reference. alone : the first reference's picture where no pair has
    one. matching : how every estimate fits every reference, where there are several of both. unprocessed : the mixture
    against each reference, as if it were an estimate; empty without a mixture. best : for every reference with several
    estimates, which of them is the best one in each frame.
    """

    session: Session
    references: tuple[Track, ...] = ()
    mixture: Track | None = None
    pairs: tuple[PairAnalysis, ...] = ()
    framing: Framing | None = None
    alone: Picture | None = None
    matching: Matching | None = None
    unprocessed: tuple[PairAnalysis, ...] = ()
    best: tuple[BestFrames, ...] = ()
    notices: tuple[Notice, ...] = ()
    complete: bool = False

    @property
    def reference(self) -> Track | None:
        """The first reference."""
        return self.references[0] if self.references else None

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All files in the session's order: references, estimates, mixture."""
        last = () if self.mixture is None else (self.mixture,)
        return (*self.references, *(pair.estimate for pair in self.pairs), *last)

    @property
    def compares_mixture(self) -> bool:
        """Whether the mixture can be held against the references; sound beside masks is what they are applied to."""
        masks = any(reference.kind == "mask" for reference in self.references)
        return self.mixture is not None and not (masks and self.mixture.kind == "audio")

    @property
    def mixture_pair(self) -> PairAnalysis | None:
        """The mixture against the first reference that an estimate is compared with; None without one."""
        place = min(self.session.partners, default=0)
        return self.unprocessed[place] if place < len(self.unprocessed) else None

    @property
    def mixture_error(self) -> FileError | None:
        """Why nothing can be said of a mixture: its file, its fit to the first reference, or sound beside masks."""
        track, reference, pair = self.mixture, self.reference, self.mixture_pair
        if track is None or track.error is not None or self.compares_mixture or reference is None:
            return None if track is None else track.error or (None if pair is None else pair.refusal)
        detail = Phrase("{name} is a mask and {mixture} is sound", name=reference.name, mixture=track.name)
        return PairError(track.source.path, detail, Phrase("leave the mixture out, or give a mask of it"))

    def pair_at(self, place: int) -> PairAnalysis | None:
        """The pair of estimate number `place`; None where there is no such estimate."""
        return self.pairs[place] if 0 <= place < len(self.pairs) else None

    def unprocessed_for(self, estimate: int) -> PairAnalysis | None:
        """The mixture against the reference of estimate number `estimate`; None where there is no mixture."""
        place = self.session.partner_of(estimate)
        return self.unprocessed[place] if place < len(self.unprocessed) else None

    def best_with(self, estimate: int) -> BestFrames | None:
        """Estimate number `estimate` beside the others of its reference; None where there are none."""
        return next((best for best in self.best if estimate in best.places), None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: fraction in [0, 1], what it is doing, and the analysis so far (None when unchanged)."""

    fraction: float
    words: str
    analysis: Analysis | None = None


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """What an analysis is to bring. alpha : MC-MSE at this alpha by the direct formula instead of the alpha table.

    osi_only : no MC-MSE. around : what is on screen begins at this time (seconds, frames for masks): compare from
    there on first.
    has_time : asked before a part of the result is reported: whether it would be looked at.
    """

    pictures: bool = True
    delay: bool = True
    alpha: float | None = None
    osi_only: bool = False
    around: float | None = None
    has_time: Callable[[], bool] = lambda: True


Report = Callable[[Progress], None]


class ResultIndex:
    """Tracks, complete pairs and matchings of earlier analyses; where there are several, the first counts."""

    def __init__(self, *analyses: Analysis) -> None:
        self._tracks = dict[Source, Track]()
        self._pairs = list[PairAnalysis]()
        self._matchings = [old.matching for old in analyses if old.matching is not None]
        self.add(*analyses)

    def add(self, *analyses: Analysis) -> None:
        """Tracks and pairs that count before those there are."""
        tracks = [track for old in analyses for track in old.tracks]
        self._tracks |= {replace(track.source, delay=0): track for track in reversed(tracks)}
        pairs = [pair for old in analyses for pair in (*old.pairs, *old.unprocessed)]
        self._pairs = [*(p for p in pairs if p.frames is not None and p.frames.complete), *self._pairs]

    def track(self, source: Source) -> Track | None:
        """A source that was opened, perhaps with another delay, when its file is still the same, or gone.

        Of a file that is gone there is nothing better.
        """
        old = self._tracks.get(replace(source, delay=0))
        if old is None or old.error is not None or old.stamp is None:
            return None
        if stamp_of(source.path) in (old.stamp, None):
            return old if old.source == source else replace(old, source=source)
        return None

    def pair(self, key: PairKey, with_pictures: bool) -> PairAnalysis | None:
        """The same pair in the same framing."""
        same = (old for old in self._pairs if old.key == key)
        return next((old for old in same if old.pictures.estimate is not None or not with_pictures), None)

    def delay(self, key: PairKey) -> Delay | None:
        """The delay between the same two files, whatever their frames were and whatever of it was taken out."""
        same = (old.delay for old in self._pairs if old.key is not None and old.key.files == key.files)
        return next(filter(None, same), None)

    def picture(self, reference: Track, wanted: PairKey, pairs: Iterable[PairAnalysis]) -> Picture | None:
        """The reference's picture, when one of these pairs, or an earlier one in the same framing, has painted it."""
        looks = (reference.source, reference.stamp, wanted.framing, wanted.mask_grid)
        for pair in (*pairs, *self._pairs):
            key, frames = pair.key, pair.frames
            done = frames is not None and frames.complete
            same = key is not None and (key.reference, key.stamps[0], key.framing, key.mask_grid) == looks
            if done and same and pair.pictures.reference is not None:
                return pair.pictures.reference
        return None

    def matching(self, key: MatchKey) -> Matching | None:
        """How the same files fit each other."""
        return next((old for old in self._matchings if old.key == key), None)
