"""Matrix of speakers: how well each estimate fits each reference, which order is in force, which is best."""

import math
from collections import Counter
from dataclasses import dataclass

from osisnr_gui.core.several import mean_score_db
from osisnr_gui.io.errors import Phrase
from osisnr_gui.session import edits
from osisnr_gui.session.comparison.matching import Matching
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.session import Session
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.words import error_words, estimate_letter, joined

Places = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Speakers:
    """references, estimates : the files. matching : the figures. in_force : place of each estimate's reference."""

    references: tuple[Track, ...]
    estimates: tuple[Track, ...]
    matching: Matching
    in_force: Places

    @property
    def best(self) -> Places:
        """The order with the highest mean."""
        return self.matching.best.places

    def si_snr_db(self, reference: int, estimate: int) -> float:
        """Whole-signal SI-SNR of a cell; nan where the two cannot be compared."""
        return float(self.matching.si_snr_db[reference, estimate])

    def mean_db(self, places: Places) -> float:
        """Mean of the cells an order takes, each limited to -60 ... 60 dB; nan where one of them is not known."""
        cells = [self.si_snr_db(place, estimate) for estimate, place in enumerate(places)]
        return math.nan if any(map(math.isnan, cells)) else mean_score_db(self.matching.si_snr_db, places)

    def why(self, reference: int, estimate: int) -> str:
        """Why a cell has no figure; empty where it has one."""
        s, e = self.references[reference], self.estimates[estimate]
        if not math.isnan(self.si_snr_db(reference, estimate)):
            return ""
        error = s.error or e.error
        if error is not None:
            return error_words(error)
        if s.kind != e.kind:
            return Phrase("One is a mask, the other is sound.")
        if s.mask is not None and e.mask is not None and s.mask.values.shape[0] != e.mask.values.shape[0]:
            return Phrase("{n} bins against {m}.", n=s.mask.values.shape[0], m=e.mask.values.shape[0])
        return Phrase("One of the two is silent over the stretch both have.")

    def doubts(self, places: Places) -> str:
        """References that an order gives to several estimates of one system, or to none; empty when all is even."""
        count = len(self.references)
        taken: dict[int, list[int]] = {}
        for estimate, place in enumerate(places):
            taken.setdefault(place, []).append(estimate)
        said = []
        for place in range(count):
            owners = taken.get(place, [])
            systems = Counter(estimate // count for estimate in owners)
            if any(number > 1 for number in systems.values()):
                *first, last = map(estimate_letter, owners)
                names = ", ".join(first)
                said.append(Phrase("reference {n} has {names} and {last}", n=place + 1, names=names, last=last))
            elif not owners:
                said.append(Phrase("reference {n} has no estimate", n=place + 1))
        return joined(said, ", ") if said else ""

    def assign(self, session: Session, places: Places) -> Session:
        """The session with this order, as long as it still has the files it is about."""
        same = tuple(track.source for track in self.references) == session.references
        same = same and tuple(track.source for track in self.estimates) == session.estimates
        return edits.set_pairing(session, places) if same else session


def find_speakers(analysis: Analysis) -> Speakers | None:
    """The matrix of an analysis; None without several references and estimates, or until they are compared."""
    if analysis.matching is None:
        return None
    estimates = tuple(pair.estimate for pair in analysis.pairs)
    return Speakers(analysis.references, estimates, analysis.matching, analysis.session.partners)
