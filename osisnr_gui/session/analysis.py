"""Session -> Analysis: one walk for window and command line.

`analyse` goes through stages (open, pass over each pair, check every sample, measure delays, score) and takes over
from `previous` whatever does not depend on what changed. `rescore` is its last stage alone: a new alpha, gamma,
method, threshold or silence limit needs nothing else, at any length.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from osisnr_gui.core.types import Framing
from osisnr_gui.io.errors import Cancelled, FileError
from osisnr_gui.session.bad_segments import other_place
from osisnr_gui.session.delays import measure_delay
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.known import Known
from osisnr_gui.session.matching import Matching, find_matching, match_key
from osisnr_gui.session.notices import Notice, find_notices
from osisnr_gui.session.pairs import (
    PairAnalysis,
    paint_alone,
    pair_key,
    resolve_framing,
    run_pair,
)
from osisnr_gui.session.pictures import Picture
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.scores import PairScore, score_frames
from osisnr_gui.session.session import BadChoice, Criterion, LossChoice, Session, Source
from osisnr_gui.session.threads import worker_count
from osisnr_gui.session.tracks import Track, check_track, open_track

PARTIAL_SECONDS = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What came of a session, or of as much of it as is done (`complete` is False until then).

    references, mixture : the tracks. pairs : one for every estimate, in the session's order, each with its reference.
    framing : in force, None for masks or without a reference. alone : the first reference's picture where no pair has
    one. matching : how every estimate fits every reference, where there are several of both.
    """

    session: Session
    references: tuple[Track, ...] = ()
    mixture: Track | None = None
    pairs: tuple[PairAnalysis, ...] = ()
    framing: Framing | None = None
    alone: Picture | None = None
    matching: Matching | None = None
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


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: fraction in [0, 1], what it is doing, and the analysis so far (None when unchanged)."""

    fraction: float
    words: str
    analysis: Analysis | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller needs. alpha : MC-MSE at this alpha by the direct formula instead of the alpha table.

    around : what is on screen begins at this time (seconds, frames for masks): compare from there on first.
    """

    pictures: bool = True
    delay: bool = True
    alpha: float | None = None
    around: float | None = None


Report = Callable[[Progress], None]


def heavy_part(session: Session) -> Session:
    """The session without what `rescore` can follow: equal heavy parts share one pass."""
    return replace(session, loss=LossChoice(), silence_db=60.0, threshold_db=0.0, bad=BadChoice(), notes=())


def rescore(session: Session, analysis: Analysis) -> Analysis | None:
    """The analysis of `session` when only cheap settings differ; None when files must be read again."""
    if heavy_part(session) != heavy_part(analysis.session):
        return None
    if any(pair.key is not None and pair.key.alpha not in (None, session.loss.alpha) for pair in analysis.pairs):
        return None  # no alpha table was kept
    return _finish(replace(analysis, session=session, pairs=tuple(_scored(session, p) for p in analysis.pairs)))


def analyse(
    session: Session,
    previous: Analysis | Sequence[Analysis] | None = None,
    *,
    wanted: Wanted | None = None,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
    cache: ResultCache | None = None,
) -> Analysis:
    """Analyse a session. One bad file gives a track with an error; the others still appear.

    previous : one or more earlier results; whatever in them does not depend on what changed is taken over.
    cache : where results of pairs are kept beyond this process.

    Raises io's Cancelled.
    """
    known = (previous,) if isinstance(previous, Analysis) else tuple(previous or ())
    return _Run(session, known, wanted or Wanted(), progress, cancelled or (lambda: False), cache).run()


class _Run:
    """One call of `analyse`; exists to keep its stages short."""

    def __init__(
        self,
        session: Session,
        previous: Sequence[Analysis],
        wanted: Wanted,
        progress: Report | None,
        cancelled: Callable[[], bool],
        cache: ResultCache | None,
    ) -> None:
        self._session, self._wanted, self._progress, self._cancelled = session, wanted, progress, cancelled
        # Only whole results are kept: with the alpha table and pictures.
        self._cache = cache if wanted.pictures and wanted.alpha is None else None
        self._started_ns = time.time_ns()
        self._known = Known(
            [track for old in previous for track in old.tracks],
            [pair for old in previous for pair in old.pairs],
            [old.matching for old in previous],
        )
        self._next_partial = 0.0
        self._analysis = Analysis(session)

    def run(self) -> Analysis:
        session = self._session
        self._say(0.0, "opening files")
        references = tuple(self._open(source) for source in session.references)
        pairs = tuple(self._open_pair(references, index) for index in range(len(session.estimates)))
        mixture = None if session.mixture is None else self._open(session.mixture)
        self._analysis = Analysis(session, references, mixture, pairs)
        for index, reference in enumerate(references):
            self._frame(index, reference)
        self._take_over()
        self._say(0.02, "opening files", self._analysis)
        self._find_kept()
        self._run_pairs()
        self._paint_reference()
        self._check_tracks()
        self._measure_delays()
        self._match()
        self._keep()
        return _finish(replace(self._analysis, complete=True))

    def _frame(self, index: int, reference: Track) -> None:
        """Whether the settings suit a reference; the first one's framing is named on screen."""
        if reference.error is not None:
            return
        try:
            framing = resolve_framing(self._session, reference)
        except FileError as error:
            self._set_reference(index, replace(reference, error=error))
        else:
            if index == 0:
                self._set(framing=framing)

    def _open(self, source: Source) -> Track:
        if self._cancelled():
            raise Cancelled
        return self._known.track(source) or open_track(source, self._cancelled)

    def _open_pair(self, references: tuple[Track, ...], index: int) -> PairAnalysis:
        track = self._open(self._session.estimates[index])
        reference = references[self._session.partner_of(index)] if references else None
        return PairAnalysis(track, reference=reference, error=track.error)

    def _open_pairs(self) -> Iterator[tuple[int, Track, PairAnalysis]]:
        """(index, reference, pair) of every pair of two files without an error."""
        for index in range(len(self._analysis.pairs)):
            pair = self._analysis.pairs[index]
            if pair.error is None and pair.reference is not None and pair.reference.error is None:
                yield index, pair.reference, pair

    def _take_over(self) -> None:
        """Pairs that are known already are there from the first report on."""
        for index, reference, pair in self._open_pairs():
            key = pair_key(self._session, reference, pair.estimate, self._wanted.alpha)
            old = self._known.pair(key, self._wanted.pictures)
            if old is not None:
                old = replace(old, estimate=pair.estimate, reference=reference)
                self._set_pair(index, _scored(self._session, old))

    def _find_kept(self) -> None:
        """Pairs that were analysed in an earlier run of the program."""
        cache = self._cache
        for index, reference, pair in self._open_pairs():
            if cache is not None and pair.frames is None:
                key = pair_key(self._session, reference, pair.estimate, None)
                picture = self._known.picture(reference, key.framing, self._analysis.pairs)
                kept = cache.find(key, reference, pair.estimate, picture, self._cancelled)
                if kept is not None:
                    self._set_reference(self._session.partner_of(index), kept[0])
                    self._set_pair(index, _scored(self._session, replace(kept[1], reference=kept[0])))
                    self._say(self._fraction(index + 1), "comparing", self._analysis)

    def _keep(self) -> None:
        if self._cache is not None:
            for _index, reference, pair in self._open_pairs():
                self._cache.keep(reference, pair, self._started_ns)

    def _run_pairs(self) -> None:
        for index, reference, pair in self._open_pairs():
            if pair.frames is None:
                try:
                    self._run_pair(index, reference, pair)
                except FileError as error:
                    self._set_pair(index, replace(pair, error=error))
                self._say(self._fraction(index + 1), "comparing", self._analysis)

    def _run_pair(self, index: int, reference: Track, pair: PairAnalysis) -> None:
        session, wanted = self._session, self._wanted
        key = pair_key(session, reference, pair.estimate, wanted.alpha)
        delay, started = self._known.delay(key), time.monotonic()

        def report(running: PairAnalysis) -> None:
            # The last part lacks what follows the pass: the pair itself is reported in a moment.
            if self._progress is None or running.frames is None or running.frames.complete:
                return
            fraction = self._fraction(index + running.frames.n_frames / running.frames.n_total)
            if time.monotonic() < self._next_partial:
                self._say(fraction, "comparing")
                return
            self._set_pair(index, _scored(session, running))
            self._say(fraction, "comparing", self._analysis)
            # Scoring and painting a part costs more the longer the part. Every part is an eighth longer than the one
            # before, so that all of them together cost no more than a few whole ones at any length.
            now = time.monotonic()
            self._next_partial = now + max(PARTIAL_SECONDS, (now - started) / 8)

        done = run_pair(
            session,
            reference,
            pair.estimate,
            key,
            self._known.picture(reference, key.framing, self._analysis.pairs),
            wanted.pictures,
            report,
            self._cancelled,
            with_delay=wanted.delay and delay is None,
            around=wanted.around,
        )
        if done.reference is not None:
            self._set_reference(session.partner_of(index), done.reference)
        self._set_pair(index, _scored(session, done if delay is None else replace(done, delay=delay)))

    def _paint_reference(self) -> None:
        """A reference without anything to compare it with can be looked at all the same."""
        analysis, reference = self._analysis, self._analysis.reference
        if reference is None or reference.error is not None or not self._wanted.pictures:
            return
        if any(pair.pictures.reference is not None for pair in analysis.pairs):
            return
        try:
            self._set(alone=paint_alone(reference, analysis.framing, self._cancelled))
        except FileError as error:
            self._set_reference(0, replace(reference, error=error))

    def _check_tracks(self) -> None:
        analysis = self._analysis
        with ThreadPoolExecutor(worker_count(), thread_name_prefix="check") as pool:
            # In the order of `tracks`: one file may stand there twice, with an error in one place only.
            checked = iter(list(pool.map(self._check, analysis.tracks)))
        for index in range(len(analysis.references)):
            self._set_reference(index, next(checked))
        for index, pair in enumerate(self._analysis.pairs):
            track, reference = next(checked), pair.reference
            pair = replace(pair, estimate=track, error=pair.error or track.error)
            if pair.error is not None or (reference is not None and reference.error is not None):
                # Damage may show only now, in a sample the pass has been over: its numbers must not stay.
                pair = PairAnalysis(track, reference=reference, error=pair.error)
            self._set_pair(index, pair)
        if analysis.mixture is not None:
            self._set(mixture=next(checked))
        self._say(0.95, "checking files", self._analysis)

    def _check(self, track: Track) -> Track:
        return check_track(track, self._cancelled)

    def _measure_delays(self) -> None:
        for index, reference, pair in self._open_pairs():
            if self._wanted.delay and pair.delay is None:
                self._say(0.95, "looking for delays")
                try:
                    delay = measure_delay(reference, pair.estimate, self._cancelled)
                except FileError as error:
                    self._set_pair(index, PairAnalysis(pair.estimate, reference=reference, error=error))
                else:
                    self._set_pair(index, replace(pair, delay=delay))

    def _match(self) -> None:
        """Which estimate seems to belong to which of several speakers."""
        references, estimates = self._analysis.references, tuple(pair.estimate for pair in self._analysis.pairs)
        if len(references) < 2 or len(estimates) < 2 or any(track.error for track in (*references, *estimates)):
            return
        key = match_key(references, estimates)
        known = self._known.matching(key)
        if known is None:
            self._say(0.97, "comparing speakers")
        self._set(matching=known or find_matching(references, estimates, self._cancelled))

    def _set(self, **changes: object) -> None:
        self._analysis = replace(self._analysis, **changes)  # type: ignore[arg-type]

    def _set_reference(self, index: int, track: Track) -> None:
        """What has become known of a reference, in the list and in all its pairs."""
        references, old = self._analysis.references, self._analysis.references[index]
        pairs = tuple(replace(p, reference=track) if p.reference is old else p for p in self._analysis.pairs)
        self._set(references=(*references[:index], track, *references[index + 1 :]), pairs=pairs)

    def _set_pair(self, index: int, pair: PairAnalysis) -> None:
        pairs = self._analysis.pairs
        self._set(pairs=(*pairs[:index], pair, *pairs[index + 1 :]))

    def _fraction(self, pairs_done: float) -> float:
        return 0.02 + 0.92 * pairs_done / max(1, len(self._analysis.pairs))

    def _say(self, fraction: float, words: str, analysis: Analysis | None = None) -> None:
        if self._progress is not None:
            self._progress(Progress(fraction, words, None if analysis is None else _finish(analysis)))


def _scored(session: Session, pair: PairAnalysis) -> PairAnalysis:
    return _scored_against(session, pair, pair.score.bad.other if pair.score is not None else None)


def _scored_against(session: Session, pair: PairAnalysis, other: Facts | None) -> PairAnalysis:
    if pair.frames is None or pair.error is not None:
        return pair
    score: PairScore = score_frames(pair.frames, session, pair.score, other)
    return pair if score is pair.score else replace(pair, score=score)


def _finish(analysis: Analysis) -> Analysis:
    """What concerns several pairs or files at once: estimates held against each other, notices."""
    session, pairs = analysis.session, analysis.pairs
    if session.bad.criterion is Criterion.AGAINST:
        places = [other_place(session, index) for index in range(len(pairs))]
        scores = [None if place is None else pairs[place].score for place in places]
        others = [None if score is None else score.facts for score in scores]
        pairs = tuple(_scored_against(session, pair, other) for pair, other in zip(pairs, others, strict=True))
    notices = find_notices(session, analysis.references, pairs, analysis.matching)
    return replace(analysis, pairs=pairs, notices=notices)
