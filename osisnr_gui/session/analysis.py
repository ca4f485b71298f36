"""Session -> Analysis: one walk for window and command line.

`analyse` goes through stages (open, pass over each pair, check every sample, measure delays, the mixture, score) and
takes over from `previous` whatever does not depend on what changed. `rescore` is its last stage alone: a new alpha,
gamma, method, threshold or silence limit needs nothing else, at any length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from osisnr_gui.io.errors import Cancel
from osisnr_gui.session.analysis_run import AnalysisRun, finish, is_finished, scored
from osisnr_gui.session.result import Analysis, AnalysisOptions, Progress, Report
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Criterion, Session

__all__ = ["Analysis", "AnalysisOptions", "Progress", "Report", "analyse", "analysis_key", "rescore", "takes_long"]

#: Of a session: what `rescore` can follow.
DISPLAY_FIELDS = ("loss", "silence_db", "threshold_db", "bad", "notes", "roles_guessed", "hidden")
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
