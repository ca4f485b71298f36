"""Session -> Analysis: one walk for window and command line.

`analyse` goes through stages (open, pass over each pair, check every sample, measure delays, the mixture, score), in
the order of what is wanted on screen first, and takes over from `previous` whatever does not depend on what changed.
`changes.finish` is its last stage.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from osisnr_gui.core.align import Delay
from osisnr_gui.io.errors import BrokenOffError, Cancel, FileError, Phrase, Reason, stop_if
from osisnr_gui.session.changes import finish, rescore, scored
from osisnr_gui.session.delays import measure_delay
from osisnr_gui.session.file_changes import without_files
from osisnr_gui.session.frame_pass import NO_PICTURES, open_workers, worker_count
from osisnr_gui.session.matching import find_matching, match_key
from osisnr_gui.session.pair_pass import paint_alone, run_pair
from osisnr_gui.session.pairs import PairAnalysis, PairKey, pair_key, resolve_framing
from osisnr_gui.session.result import Analysis, AnalysisOptions, Progress, Report, ResultIndex
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import Track, check_track, open_track, stamp_of

__all__ = ["Analysis", "AnalysisOptions", "Progress", "Report", "analyse", "analyse_numbers", "rescore"]

PARTIAL_SECONDS = 0.25


def analyse(
    session: Session,
    previous: Analysis | Sequence[Analysis] | None = None,
    *,
    wanted: AnalysisOptions | None = None,
    progress: Report | None = None,
    cancelled: Cancel | None = None,
    cache: ResultCache | None = None,
) -> Analysis:
    """Analyse a session. One bad file gives a track with an error; the others still appear.

    previous : one or more earlier results; whatever in them does not depend on what changed is taken over.
    cache : where results of pairs are kept beyond this process.

    Raises io's Cancelled.
    """
    known = (previous,) if isinstance(previous, Analysis) else tuple(previous or ())
    wanted = wanted or AnalysisOptions()
    # Not a result yet: what of it still holds is handed on.
    begun = Analysis(session, best=tuple(best for old in known for best in old.best))
    # Only whole results are kept: with the alpha table and pictures.
    kept = cache if wanted.pictures and wanted.alpha is None else None
    return _Run(session, wanted, progress, cancelled, kept, ResultIndex(*known), begun).run()


def analyse_numbers(
    session: Session, *, align: bool, progress: Report | None = None, cancelled: Cancel | None = None
) -> Analysis:
    """The analysis without pictures, MC-MSE at the session's alpha by the direct formula: what is printed and stored.

    align : measure every estimate's delay before comparing, and take it out where it is certain. Raises Cancelled.
    """
    delays = None
    if align:
        session, delays = take_out_delays(session, cancelled)
    wanted = AnalysisOptions(pictures=False, delay=delays is None, alpha=session.loss.alpha)
    analysis = analyse(session, wanted=wanted, progress=progress, cancelled=cancelled)
    if delays is None:
        return analysis
    # What was measured before is entered, and said.
    pairs = (replace(pair, delay=delay) for pair, delay in zip(analysis.pairs, delays, strict=True))
    return finish(replace(analysis, pairs=tuple(pairs)))


def take_out_delays(session: Session, cancelled: Cancel | None = None) -> tuple[Session, tuple[Delay | None, ...]]:
    """The session with trusted delays in its estimates' sources, and what was measured of each (None: nothing).

    Raises Cancelled.
    """
    assert session.reference is not None, "the command line always names a reference"
    reference = open_track(session.reference, cancelled)
    estimates, delays = [], []
    for source in session.estimates:
        estimate, delay = open_track(source, cancelled), None
        if reference.error is None and estimate.error is None:
            # Nothing has looked at the samples yet: the analysis meets the same fault and names it, infinite ones, too.
            with suppress(FileError), np.errstate(all="ignore"):
                delay = measure_delay(reference, estimate, cancelled)
        estimates.append(replace(source, delay=delay.samples) if delay is not None and delay.trusted else source)
        delays.append(delay)
    return replace(session, estimates=tuple(estimates)), tuple(delays)


@dataclass
class _Run:
    """One call of `analyse`; exists to keep its stages short."""

    _session: Session
    _wanted: AnalysisOptions
    _progress: Report | None
    _cancelled: Cancel | None
    _cache: ResultCache | None
    _known: ResultIndex
    _analysis: Analysis
    _started_ns: int = field(default_factory=time.time_ns)
    _next_partial: float = 0.0
    _broken: str = ""

    def run(self) -> Analysis:
        """The whole analysis; a file that turns out to break off, and its pairs, are begun anew with what there is."""
        while True:
            try:
                return self._run()
            except BrokenOffError as broken:
                self._broken = broken.path
                self._known.add(without_files(self._analysis, [broken.path]))

    def _run(self) -> Analysis:
        session = self._session
        self._say(0.0, Phrase("opening files"))
        references = tuple(self._open(source) for source in session.references)
        estimates = map(self._open, session.estimates)
        partners = (references[place] if references else None for place in session.partners)
        pairs = tuple(PairAnalysis(e, reference=s, error=e.error) for e, s in zip(estimates, partners, strict=True))
        mixture = None if session.mixture is None else self._open(session.mixture)
        self._set(references=references, mixture=mixture, pairs=pairs)
        self._find_framing()
        self._take_over()
        self._say(0.02, Phrase("opening files"), self._analysis, always=True)
        self._find_kept()
        self._run_pairs()
        self._paint_reference()
        self._check_tracks()
        self._measure_delays()
        self._match()
        if self._cache is not None:
            for _index, reference, pair, _key in self._open_pairs():
                self._cache.keep(reference, pair, self._started_ns)
        self._score_mixture()
        return finish(replace(self._analysis, complete=True))

    def _find_framing(self) -> None:
        """Whether the settings suit each reference; the first one's framing is named on screen."""
        for index, reference in enumerate(self._analysis.references):
            try:
                framing = None if reference.error is not None else resolve_framing(self._session, reference)
            except FileError as error:
                self._set_reference(index, replace(reference, error=error))
            else:
                self._set(framing=framing if index == 0 else self._analysis.framing)

    def _open(self, source: Source) -> Track:
        stop_if(self._cancelled)
        known = None if source.path == self._broken else self._known.track(source)
        return known or open_track(source, self._cancelled)

    def _open_pairs(self) -> Iterator[tuple[int, Track, PairAnalysis, PairKey]]:
        """(index, reference, pair, key) of every pair of two files without an error."""
        for index in range(len(self._analysis.pairs)):
            pair = self._analysis.pairs[index]  # as it is by then
            if pair.error is None and pair.reference is not None and pair.reference.error is None:
                key = pair_key(self._session, pair.reference, pair.estimate, self._wanted.alpha)
                yield index, pair.reference, pair, key

    def _take_over(self) -> None:
        """Pairs that are known already are there from the first report on."""
        for index, reference, pair, key in self._open_pairs():
            old = self._known.pair(key, self._wanted.pictures)
            if old is not None:
                old = replace(old, estimate=pair.estimate, reference=reference)
                self._set_pair(index, scored(self._session, old))
        self._set(unprocessed=self._known_unprocessed())

    def _known_unprocessed(self) -> tuple[PairAnalysis, ...]:
        """The mixture beside every reference, with its frames where they are known."""
        mixture = self._analysis.mixture
        if mixture is None or mixture.error is not None or not self._analysis.compares_mixture:
            return ()
        found = []
        for reference in self._analysis.references:
            pair = PairAnalysis(mixture, reference=reference, error=reference.error)
            if reference.error is None:
                key = pair_key(self._session, reference, mixture, self._wanted.alpha)
                old = self._known.pair(key, with_pictures=False) or PairAnalysis(mixture, key)
                bare = replace(old, estimate=mixture, reference=reference, pictures=NO_PICTURES)
                pair = scored(self._session, bare)
            found.append(pair)
        return tuple(found)

    def _find_kept(self) -> None:
        """Pairs that were analysed in an earlier run of the program."""
        cache = self._cache
        for index, reference, pair, key in self._open_pairs():
            if cache is not None and pair.frames is None:
                picture = self._known.picture(reference, key, self._analysis.pairs)
                kept = cache.find(key, (reference, pair.estimate), picture, self._cancelled)
                if kept is not None:
                    self._set_pair(index, scored(self._session, kept))
                    self._say(self._fraction(index + 1), Phrase("comparing"), self._analysis)

    def _run_pairs(self) -> None:
        for index, reference, pair, key in self._open_pairs():
            if pair.frames is None:
                try:
                    self._run_pair(index, reference, pair, key)
                except FileError as error:
                    self._set_pair(index, replace(pair, error=_final(error)))
                self._say(self._fraction(index + 1), Phrase("comparing"), self._analysis)

    def _run_pair(self, index: int, reference: Track, pair: PairAnalysis, key: PairKey) -> None:
        session, wanted = self._session, self._wanted
        delay, started = self._known.delay(key), time.monotonic()

        def report(running: PairAnalysis) -> None:
            # The last part lacks what follows the pass: the pair itself is reported in a moment.
            if self._progress is None or running.frames is None or running.frames.complete:
                return
            fraction = self._fraction(index + running.frames.n_frames / running.frames.n_total)
            # The first part of all is what the user waits for, however much the window has to do.
            if self._next_partial and (time.monotonic() < self._next_partial or not wanted.has_time()):
                self._say(fraction, Phrase("comparing"))
                return
            self._set_pair(index, scored(session, running))
            self._say(fraction, Phrase("comparing"), self._analysis, always=True)
            # Scoring and painting a part costs more the longer the part. Every part is a fifth longer than the one
            # before, so that all of them together cost no more than a few whole ones at any length.
            now = time.monotonic()
            self._next_partial = now + max(PARTIAL_SECONDS, (now - started) / 5)

        picture = self._known.picture(reference, key, self._analysis.pairs)
        options = replace(wanted, delay=wanted.delay and delay is None)
        done = run_pair(session, (reference, pair.estimate), key, picture, options, report, self._cancelled)
        self._set_pair(index, scored(session, done if delay is None else replace(done, delay=delay)))

    def _paint_reference(self) -> None:
        """A reference without anything to compare it with can be looked at all the same."""
        analysis, reference = self._analysis, self._analysis.reference
        if reference is None or reference.error is not None or not self._wanted.pictures:
            return
        if any(pair.pictures.reference is not None for pair in analysis.pairs):
            return
        try:
            self._set(alone=paint_alone(reference, analysis.framing, self._session.mask_grid, self._cancelled))
        except FileError as error:
            self._set_reference(0, replace(reference, error=_final(error)))

    def _check_tracks(self) -> None:
        analysis = self._analysis
        with open_workers(worker_count(), "check") as workers:
            # In the order of `tracks`: one file may stand there twice, with an error in one place only.
            checked = iter(list(workers.map(self._check, analysis.tracks)))
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
        self._say(0.95, Phrase("checking files"), self._analysis)

    def _check(self, track: Track) -> Track:
        checked = check_track(track, self._cancelled)
        if checked.n_samples != track.n_samples and stamp_of(track.source.path) == track.stamp:
            # A pass that began late has not come to where the file breaks off.
            detail = Phrase("only {n} samples could be read", n=checked.n_samples)
            raise BrokenOffError(Reason.CORRUPT, track.source.path, detail, Phrase("open it again"))
        return checked

    def _measure_delays(self) -> None:
        for index, reference, pair, key in self._open_pairs():
            if self._wanted.delay and pair.delay is None:
                self._say(0.95, Phrase("looking for delays"))
                try:
                    delay = self._known.delay(key) or measure_delay(reference, pair.estimate, self._cancelled)
                except FileError as error:
                    self._set_pair(index, PairAnalysis(pair.estimate, reference=reference, error=_final(error)))
                else:
                    self._set_pair(index, replace(pair, delay=delay))

    def _match(self) -> None:
        """Which estimate seems to belong to which of several speakers."""
        references, estimates = self._analysis.references, tuple(pair.estimate for pair in self._analysis.pairs)
        if len(references) < 2 or len(estimates) < 2:
            return
        key = match_key(references, estimates)
        known = self._known.matching(key)
        if known is None:
            self._say(0.97, Phrase("comparing speakers"))
        self._set(matching=known or find_matching(references, estimates, self._cancelled))

    def _score_mixture(self) -> None:
        """The mixture as one more estimate, after all that was asked for by name; it needs no picture."""
        session, wanted = self._session, AnalysisOptions(pictures=False, delay=False)
        self._set(unprocessed=self._known_unprocessed())
        for place, pair in enumerate(self._analysis.unprocessed):
            if pair.frames is not None or pair.error is not None or place not in session.partners:
                continue
            self._say(0.97, Phrase("comparing the mixture"), self._analysis)
            assert pair.reference is not None, "a mixture is compared with a reference"
            assert pair.key is not None, "the key of a pair without an error is known"
            try:
                tracks = pair.reference, pair.estimate
                done = run_pair(session, tracks, pair.key, None, wanted, cancelled=self._cancelled)
            except FileError as error:
                done = replace(pair, error=_final(error))
            pairs = self._analysis.unprocessed
            self._set(unprocessed=(*pairs[:place], scored(session, done), *pairs[place + 1 :]))

    def _set(self, **changes: object) -> None:
        self._analysis = replace(self._analysis, **changes)  # type: ignore[arg-type]

    def _set_reference(self, index: int, track: Track) -> None:
        """What has become known of a reference, in the list and in all its pairs."""
        references, old = self._analysis.references, self._analysis.references[index]
        pairs = tuple(replace(p, reference=track) if p.reference is old else p for p in self._analysis.pairs)
        self._set(references=(*references[:index], track, *references[index + 1 :]), pairs=pairs)

    def _set_pair(self, index: int, pair: PairAnalysis) -> None:
        """What has become known of a pair, and of its reference with it."""
        place = self._session.partner_of(index)
        if pair.reference is not None and pair.reference is not self._analysis.references[place]:
            self._set_reference(place, pair.reference)
        pairs = self._analysis.pairs
        self._set(pairs=(*pairs[:index], pair, *pairs[index + 1 :]))

    def _fraction(self, pairs_done: float) -> float:
        return 0.02 + 0.92 * pairs_done / max(1, len(self._analysis.pairs))

    def _say(self, fraction: float, words: str, analysis: Analysis | None = None, *, always: bool = False) -> None:
        """always : with the analysis, whether or not there is time to show it."""
        if self._progress is None:
            return
        part = None if analysis is None or not (always or self._wanted.has_time()) else finish(analysis)
        if part is not None:
            self._set(best=part.best)
        self._progress(Progress(fraction, words, part))


def _final(error: FileError) -> FileError:
    """The error itself; one of a file that breaks off is raised, for `run` to begin anew with what there is."""
    if isinstance(error, BrokenOffError):
        raise error
    return error
