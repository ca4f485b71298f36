"""Session -> Analysis: one walk for window and command line.

`analyse` goes through stages (open, pass over each pair, check every sample, measure delays, the mixture, score) and
takes over from `previous` whatever does not depend on what changed. `rescore` is its last stage alone.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from osisnr_gui.core.align import Delay
from osisnr_gui.io.errors import Cancel, FileError
from osisnr_gui.session.analysis_run import AnalysisRun
from osisnr_gui.session.delays import measure_delay
from osisnr_gui.session.rescoring import analysis_key, finish, rescore
from osisnr_gui.session.result import Analysis, AnalysisOptions, Progress, Report
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Session
from osisnr_gui.session.tracks import open_track

__all__ = [
    "Analysis",
    "AnalysisOptions",
    "Progress",
    "Report",
    "analyse",
    "analyse_numbers",
    "analysis_key",
    "rescore",
]

Delays = tuple[Delay | None, ...]


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
    return analysis if delays is None else with_delays(analysis, delays)


def take_out_delays(session: Session, cancelled: Cancel | None = None) -> tuple[Session, Delays]:
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


def with_delays(analysis: Analysis, delays: Delays) -> Analysis:
    """Enter what was measured before, and say what was done about it."""
    pairs = (replace(pair, delay=delay) for pair, delay in zip(analysis.pairs, delays, strict=True))
    return finish(replace(analysis, pairs=tuple(pairs)))
