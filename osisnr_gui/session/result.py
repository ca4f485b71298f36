"""What an analysis gives: the result itself, and how far it is on the way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from osisnr_gui.core.types import Framing
from osisnr_gui.io.errors import FileError
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.session.comparison.best_frames import BestFrames
from osisnr_gui.session.comparison.matching import Matching
from osisnr_gui.session.notices.notice import Notice
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.pictures import Picture
from osisnr_gui.session.session import Session
from osisnr_gui.session.tracks import PairError, Track


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

    around : what is on screen begins at this time (seconds, frames for masks): compare from there on first.
    """

    pictures: bool = True
    delay: bool = True
    alpha: float | None = None
    around: float | None = None


Report = Callable[[Progress], None]
