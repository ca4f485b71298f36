"""Numbers of a session by the direct formula, with certain delays of its estimates taken out when that is wanted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from osisnr_gui.core.align import Delay
from osisnr_gui.io.errors import Cancel, FileError
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, Report, analyse
from osisnr_gui.session.analysis_run import finish
from osisnr_gui.session.delay.delays import measure_delay
from osisnr_gui.session.session import Session
from osisnr_gui.session.tracks import Track, open_track

Delays = tuple[Delay | None, ...]


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
