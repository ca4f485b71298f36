"""What estimates gained over the unprocessed mixture: estimate minus mixture, both against the same reference.

Of OSI-SNR, SI-SNR and SNR more is better, of the losses less. A difference of two figures that are not both finite is
null. Each figure is the difference of the two files' figures, so a median is not the median of the frames' differences.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from osisnr_gui.io.errors import FileError
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.errors import PairError
from osisnr_gui.session.json_text import JsonValue
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.report import error_report, figures, is_scored, number, refusal, track_report, warnings_report

Object = dict[str, JsonValue]
#: A gain is nothing to be improved.
WHOLE_FIGURES = ("osi_db", "si_snr_db", "snr_db")


def with_improvement(report: Object, analysis: Analysis) -> Object:
    """The report of `score_report` with "improvement" at the end of every estimate that was scored, then "mixture".

    improvement : null where the mixture was refused.
    """
    estimates = report["estimates"]
    assert isinstance(estimates, list), "a report lists its estimates"
    found: list[JsonValue] = []
    for index, (estimate, pair) in enumerate(zip(estimates, analysis.pairs, strict=True)):
        assert isinstance(estimate, dict), "every estimate is an object"
        gained = {"improvement": improvement(analysis, index)} if is_scored(pair) else {}
        found.append({**estimate, **gained})
    return {**report, "estimates": found, "mixture": _mixture_report(analysis)}


def improvement(analysis: Analysis, index: int) -> Object | None:
    """What estimate `index` gained, by both named results and on the whole signal (null for masks)."""
    pair, mixture = analysis.pairs[index], analysis.unprocessed_for(index)
    if mixture is None or not is_scored(pair) or not is_scored(mixture):
        return None
    assert pair.score is not None, "it is scored"
    assert mixture.score is not None, "it is scored"
    whole = None
    if pair.whole is not None and mixture.whole is not None:
        whole = _differences(pair.whole, mixture.whole, WHOLE_FIGURES)
    return {
        "literal": _differences(pair.score.literal, mixture.score.literal),
        "exact": _differences(pair.score.exact, mixture.score.exact),
        "whole_signal": whole,
    }


def mixture_pair(analysis: Analysis) -> PairAnalysis | None:
    """The mixture against the first reference that an estimate is compared with; None without one."""
    place = min(analysis.session.partners, default=0)
    return analysis.unprocessed[place] if place < len(analysis.unprocessed) else None


def mixture_error(analysis: Analysis) -> FileError | None:
    """Why nothing can be said of a mixture: its file, how it fits the first reference, or that it is sound to masks."""
    track, reference, pair = analysis.mixture, analysis.reference, mixture_pair(analysis)
    if track is None or track.error is not None or analysis.compares_mixture or reference is None:
        return None if track is None else track.error or (None if pair is None else refusal(pair))
    detail = f"{reference.name} is a mask and {track.name} is sound"
    return PairError(track.source.path, detail, "leave the mixture out, or give a mask of it")


def _mixture_report(analysis: Analysis) -> Object | None:
    """The mixture as if it were an estimate: its file and its figures, or its error.

    Of several references its "reference" is the number of the first one that an estimate is compared with.
    """
    track, pair = analysis.mixture, mixture_pair(analysis)
    if track is None:
        return None
    if pair is None or pair.score is None or not is_scored(pair):
        return {"path": track.source.path, "kind": track.kind, "error": error_report(mixture_error(analysis))}
    several = len(analysis.references) > 1
    return {
        **track_report(track),
        **({"reference": analysis.unprocessed.index(pair) + 1} if several else {}),
        "n_frames": pair.score.facts.frames.n_frames,
        "n_active": pair.score.facts.n_active,
        "literal": figures(pair.score.literal),
        "exact": figures(pair.score.exact),
        "whole_signal": None if pair.whole is None else figures(pair.whole),
        "warnings": warnings_report(analysis, track.source),
    }


def _differences(scores: Any, others: Any, names: tuple[str, ...] = ()) -> Object:
    """Of two dataclasses of floats, in the order of their fields."""
    found, theirs = asdict(scores), asdict(others)
    return {name: number(found[name] - theirs[name]) for name in names or found}
