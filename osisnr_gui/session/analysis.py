"""Session -> Analysis: one walk for window and command line.

`analyse` goes through stages (open, pass over each pair, check every sample, measure delays, the mixture, score) and
takes over from `previous` whatever does not depend on what changed. `rescore` is its last stage alone: a new alpha,
gamma, method, threshold or silence limit needs nothing else, at any length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from osisnr_gui.core.align import Delay
from osisnr_gui.io.errors import Cancel, FileError
from osisnr_gui.session.analysis_run import AnalysisRun, finish, is_finished, scored
from osisnr_gui.session.delays import measure_delay
from osisnr_gui.session.result import Analysis, AnalysisOptions, Progress, Report
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Criterion, Session
from osisnr_gui.session.tracks import Track, open_track

__all__ = ["Analysis", "AnalysisOptions", "Progress", "Report", "analyse", "analyse_numbers", "rescore"]

Delays = tuple[Delay | None, ...]
#: Of a session: what `rescore` can follow.
DISPLAY_FIELDS = ("loss", "silence_db", "threshold_db", "bad", "notes", "roles_guessed")
#: From here on a step that goes through all frames several times takes longer than a window may wait.
MANY_FRAMES = 500_000


def analysis_key(session: Session) -> Session:
    """What a pass over the files depends on: the session without what `rescore` can follow."""
    return with_display_settings(session, Session())


def with_display_settings(session: Session, other: Session) -> Session:
    """`session` with everything of `other` that `rescore` can follow."""
    return replace(session, **{name: getattr(other, name) for name in DISPLAY_FIELDS})


def rescore(session: Session, analysis: Analysis) -> Analysis | None:
    """The analysis of `session` when only cheap settings differ; None when files must be read again."""
    if analysis_key(session) != analysis_key(analysis.session):
        return None
    if any(pair.key is not None and pair.key.alpha not in (None, session.loss.alpha) for pair in analysis.pairs):
        return None  # no alpha table was kept
    pairs, unprocessed = (tuple(scored(session, p) for p in group) for group in (analysis.pairs, analysis.unprocessed))
    fresh = replace(analysis, session=session, pairs=pairs, unprocessed=unprocessed)
    return fresh if is_finished(fresh, analysis) else finish(fresh)


def takes_long(session: Session, analysis: Analysis) -> bool:
    """Whether `rescore` would hold up a window: statuses or running medians of hours of frames, found anew."""
    old, frames = analysis.session, [pair.frames for pair in (*analysis.pairs, *analysis.unprocessed)]
    medians = session.bad.criterion is Criterion.DROP
    kept = old.bad.criterion is Criterion.DROP and old.bad.window_s == session.bad.window_s
    anew = session.silence_db != old.silence_db or (medians and not kept)
    return anew and sum(found.n_frames for found in frames if found is not None) > MANY_FRAMES


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
    return AnalysisRun(session, known, wanted or AnalysisOptions(), progress, cancelled or (lambda: False), cache).run()


def analyse_numbers(
    session: Session,
    *,
    align: bool,
    progress: Report | None = None,
    cancelled: Cancel | None = None,
) -> Analysis:
    """The analysis without pictures, MC-MSE at the session's alpha by the direct formula: what is printed and stored.

    align : measure every estimate's delay before comparing, and take it out where it is certain. Raises Cancelled.
    """
    delays = None
    if align:
        session, delays = take_out_delays(session, cancelled)
    wanted = AnalysisOptions(pictures=False, delay=delays is None, alpha=session.loss.alpha)
    analysis = analyse(session, wanted=wanted, progress=progress, cancelled=cancelled)
    return analysis if delays is None else with_delays(analysis, delays)


def take_out_delays(session: Session, cancelled: Cancel | None = None) -> tuple[Session, Delays]:
    """The session with trusted delays in its estimates' sources, and what was measured of each (None: nothing).

    Raises Cancelled.
    """
    assert session.reference is not None, "the command line always names a reference"
    reference = open_track(session.reference, cancelled)
    estimates, delays = [], []
    for source in session.estimates:
        delay = _measure(reference, open_track(source, cancelled), cancelled)
        estimates.append(replace(source, delay=delay.samples) if delay is not None and delay.trusted else source)
        delays.append(delay)
    return replace(session, estimates=tuple(estimates)), tuple(delays)


def _measure(reference: Track, estimate: Track, cancelled: Cancel | None) -> Delay | None:
    if reference.error is not None or estimate.error is not None:
        return None
    try:
        # Nothing has looked at the samples yet: infinite ones are refused by the analysis.
        with np.errstate(all="ignore"):
            return measure_delay(reference, estimate, cancelled)
    except FileError:
        return None  # the analysis meets the same fault and names it


def with_delays(analysis: Analysis, delays: Delays) -> Analysis:
    """Enter what was measured before, and say what was done about it."""
    pairs = (replace(pair, delay=delay) for pair, delay in zip(analysis.pairs, delays, strict=True))
    return finish(replace(analysis, pairs=tuple(pairs)))
