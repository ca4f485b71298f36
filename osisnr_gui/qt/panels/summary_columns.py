"""Columns of the summary table: a figure each, of one of the two named results at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from osisnr_gui.export.measures import MEASURES, Group, Measure
from osisnr_gui.qt.panels.column_model import Column
from osisnr_gui.session import words
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Formula
from osisnr_gui.text.sentences import why_loss, why_osi

NAN = math.nan

Mixture = Callable[[PairAnalysis], PairAnalysis | None]


class Need(Enum):
    """Columns that are shown only where there is something to compare with."""

    MIXTURE = "mixture"
    RIVAL = "rival"


@dataclass(frozen=True, slots=True)
class Figure(Column):
    """A figure of an estimate.

    best : +1 when more is better, -1 when less is, 0 when neither. why : words for a value that is no plain number.
    needs : what must be there for the column to be shown. depends : what of an analysis its values follow.
    """

    value: Callable[[PairAnalysis], float]
    text: Callable[[float], str]
    best: int = 0
    why: Callable[[float, PairAnalysis], str] = lambda _value, _pair: ""
    needs: Need | None = None
    widest: str = field(default="−00.0", kw_only=True)
    depends: Changed = field(default=Changed.FRAMES, kw_only=True)


def columns_for(
    formula: Formula,
    unprocessed: Mixture = lambda _pair: None,
    wins: Callable[[PairAnalysis], float] = lambda _pair: NAN,
) -> tuple[Figure, ...]:
    """All columns for one result: its losses and averages, how often it is the best, what was gained over the mixture,
    then counts of frames, then the whole signal in time. unprocessed : the mixture against the same reference. wins :
    share of frames, see `BestFrames.win_rate`.
    """
    shown = [measure for measure in MEASURES if measure.title]
    own = [measure for measure in shown if measure.group.formula is formula]
    own.sort(key=lambda measure: (measure.unit != "", measure.key != "fused"))
    frames, whole = ([m for m in shown if m.group is group] for group in (Group.FRAMES, Group.WHOLE))
    gained = [measure for measure in (*own, *whole) if measure.gained]
    gained.sort(key=lambda measure: measure.unit == "")
    return (
        *map(_figure, own),
        _wins_column(wins),
        *(_improvement(measure, unprocessed) for measure in gained),
        *map(_figure, frames),
        *map(_figure, whole),
    )


def _figure(measure: Measure) -> Figure:
    def why(value: float, pair: PairAnalysis) -> str:
        return _why(measure, value, pair)

    tip, widest, depends = measure.worded(measure.tip), measure.widest, _depends(measure)
    text, better = _text(measure), measure.better
    return Figure(measure.key, measure.title, tip, measure.of, text, better, why, widest=widest, depends=depends)


def _depends(measure: Measure) -> Changed:
    """What of an analysis a figure follows."""
    return {"fused": Changed.LOSS, "mc_mse": Changed.LOSS, "bad": Changed.BAD}.get(measure.key, Changed.FRAMES)


def _text(measure: Measure) -> Callable[[float], str]:
    """How a figure is shown."""
    if measure.unit == "frames":
        return lambda value: words.MISSING if math.isnan(value) else words.count(int(value))
    return (lambda value: words.number(value, 1)) if measure.unit else words.loss


def _why(measure: Measure, value: float, pair: PairAnalysis) -> str:
    """Why a figure is no plain number, or none to trust; empty when it is in order."""
    formula, score = measure.group.formula, pair.score
    if score is None or measure.key == "mc_mse" or measure.group is Group.FRAMES:
        return ""
    if formula is not None:
        return (why_osi if measure.unit else why_loss)(value, score, formula)
    if math.isfinite(value):
        return ""
    if pair.whole is None:
        return "A mask has no signal in time." if pair.sample_rate is None else "Known when the pass is done."
    return "Not finite: one of the two signals is silent, or they are the same but for their level."


def _wins_column(wins: Callable[[PairAnalysis], float]) -> Figure:
    def why(value: float, pair: PairAnalysis) -> str:
        if math.isfinite(value) or pair.score is None:
            return ""
        return "No frame is active in every estimate of this reference, or there is no other one."

    tip = (
        "Share of the frames active in every estimate of this reference in which this one has the highest exact "
        "OSI-SNR; a tie is no win. Higher is better."
    )

    def value(pair: PairAnalysis) -> float:
        return 100 * wins(pair)

    title = "wins % of\nactive frames"
    return Figure("wins", title, tip, value, lambda x: words.number(x, 1), 1, why, Need.RIVAL, widest="000.0")


def _improvement(measure: Measure, unprocessed: Mixture) -> Figure:
    """Estimate minus mixture."""
    assert measure.gained is not None, "only some figures have a column of what was gained"
    name, which = measure.gained
    shown = _text(measure)

    def value(pair: PairAnalysis) -> float:
        mixture = unprocessed(pair)
        return NAN if mixture is None else measure.of(pair) - measure.of(mixture)

    def text(value: float) -> str:
        return f"{'+' if value > 0 else ''}{shown(value)}"

    def why(value: float, _pair: PairAnalysis) -> str:
        return "" if math.isfinite(value) else "One of the two has no finite number to subtract."

    better = "Above" if measure.better > 0 else "Below"
    tip = f"{measure.worded(which)} of the estimate minus that of the unprocessed mixture. {better} 0 is better."
    title = f"Δ {name}\n{measure.unit}"
    widest = measure.widest if measure.unit else "−00.000"
    key, depends = f"delta_{measure.key}", _depends(measure)
    return Figure(key, title, tip, value, text, measure.better, why, Need.MIXTURE, widest=widest, depends=depends)
