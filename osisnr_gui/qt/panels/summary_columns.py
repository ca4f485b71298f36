"""What the summary table shows: one column for each figure, for one of the two named results at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from operator import attrgetter

import numpy as np

from osisnr_gui.qt.panels.column_model import Column
from osisnr_gui.session import words
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Formula

NAN = math.nan


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


def _scored(read: Callable[[PairScore], float]) -> Callable[[PairAnalysis], float]:
    """A reader of a pair that answers nan while there is no score."""
    return lambda pair: NAN if pair.score is None else float(read(pair.score))


def _dec(decimals: int) -> Callable[[float], str]:
    return lambda value: words.number(value, decimals)


def _whole(value: float) -> str:
    return words.MISSING if math.isnan(value) else words.count(int(value))


Quantiles = tuple[float, float]


def literal_quantiles(facts: Facts) -> Quantiles:
    """5th percentile and median of the literal OSI-SNR of all frames, dB; nan when a frame is not a number."""
    values = facts.frames.literal_osi_db
    if not values.size or np.isnan(values).any():
        return NAN, NAN
    places = [share * (values.size - 1) for share in (0.05, 0.5)]
    around = [(math.floor(place), math.ceil(place)) for place in places]
    ordered = np.partition(values, sorted({index for pair in around for index in pair}))

    def between(place: float, low: int, high: int) -> float:
        below, above = float(ordered[low]), float(ordered[high])
        return below if below == above else (high - place) * below + (place - low) * above

    low, middle = (between(place, *pair) for place, pair in zip(places, around, strict=True))
    return low, middle


def columns_for(
    formula: Formula,
    quantiles: Callable[[Facts], Quantiles] = literal_quantiles,
    unprocessed: Callable[[PairAnalysis], PairAnalysis | None] = lambda _pair: None,
    wins: Callable[[PairAnalysis], float] = lambda _pair: NAN,
) -> tuple[Figure, ...]:
    """All columns for one result: its losses and averages, how often it is the best, what was gained over the mixture,
    then counts of frames, then the whole signal in time. unprocessed : the mixture against the same reference. wins :
    share of frames, see `BestFrames.win_rate`.
    """
    result = _Result(formula, quantiles)
    scores, whole = (*result.loss_columns(), *result.osi_columns()), _whole_columns()
    gains = _improvement_columns({column.key: column for column in (*scores, *whole)}, formula, unprocessed)
    return (*scores, _wins_column(wins), *gains, *_count_columns(), *whole)


def _wins_column(wins: Callable[[PairAnalysis], float]) -> Figure:
    def why(value: float, pair: PairAnalysis) -> str:
        if math.isfinite(value) or pair.score is None:
            return ""
        return "No frame is active in every estimate of this reference, or there is no other one."

    tip = (
        "Share of the frames active in every estimate of this reference in which this one has the highest exact "
        "OSI-SNR; a tie is no win. Higher is better."
    )
    title = "wins % of\nactive frames"
    return Figure("wins", title, tip, lambda pair: 100 * wins(pair), _dec(1), 1, why, Need.RIVAL, widest="000.0")


def _improvement_columns(
    columns: dict[str, Figure], formula: Formula, unprocessed: Callable[[PairAnalysis], PairAnalysis | None]
) -> list[Figure]:
    """Estimate minus mixture, for three of the other columns."""

    def improvement(column: Figure, name: str, which: str, widest: str) -> Figure:
        def value(pair: PairAnalysis) -> float:
            mixture = unprocessed(pair)
            return NAN if mixture is None else column.value(pair) - column.value(mixture)

        def text(value: float) -> str:
            return f"{'+' if value > 0 else ''}{column.text(value)}"

        def why(value: float, _pair: PairAnalysis) -> str:
            return "" if math.isfinite(value) else "One of the two has no finite number to subtract."

        better = "above" if column.best > 0 else "below"
        tip = f"{which} of the estimate minus that of the unprocessed mixture. {better.capitalize()} 0 is better."
        unit = column.title.partition("\n")[2]
        title = f"Δ {name}\n{unit}"
        key, depends = f"delta_{column.key}", column.depends
        return Figure(key, title, tip, value, text, column.best, why, Need.MIXTURE, widest=widest, depends=depends)

    return [
        improvement(columns["osi_median"], "median", f"Median of OSI-SNR ({formula.words})", "−00.0"),
        improvement(columns["si_snr"], "SI-SNR", "SI-SNR of the whole signal in time (all samples)", "−00.0"),
        improvement(columns["fused"], "fused L", f"Fused loss ({formula.words})", "−00.000"),
    ]


@dataclass(frozen=True, slots=True)
class _Result:
    """The columns that belong to one of the two named results."""

    formula: Formula
    quantiles: Callable[[Facts], Quantiles]

    @property
    def exact(self) -> bool:
        return self.formula is Formula.EXACT

    def loss_columns(self) -> list[Figure]:
        loss, why, where = words.loss, self._why(words.why_loss), f"{self.formula.words}. Lower is better."
        fused, mc_mse, *methods = map(self._read, ("fused", "mc_mse", "loss_osi_1", "loss_osi_2"))
        tips = (
            f"Fused loss L = L_OSI + γ·MC-MSE at the method, α and γ in force: {where}",
            f"L_OSI by method 1, the mean of 1/OSI-SNR: {where}",
            f"L_OSI by method 2, 1/(mean OSI-SNR): {where}",
            f"Power-law compressed squared error at α, mean over all bins: {where}",
        )
        return [
            Figure("fused", "fused L\n", tips[0], fused, loss, -1, why, widest="00.000", depends=Changed.LOSS),
            Figure("loss_osi_1", "L_OSI\nmethod 1", tips[1], methods[0], loss, -1, why, widest="0.0000"),
            Figure("loss_osi_2", "L_OSI\nmethod 2", tips[2], methods[1], loss, -1, why, widest="0.0000"),
            Figure("mc_mse", "MC-MSE\n", tips[3], mc_mse, loss, -1, widest="0.00000", depends=Changed.LOSS),
        ]

    def osi_columns(self) -> list[Figure]:
        one, why, where = _dec(1), self._why(words.why_osi), f"{self.formula.words}. Higher is better."
        mean = self._read("osi_db_mean")
        mean_tip = f"Arithmetic mean of OSI-SNR; it can misrank, so look at the median beside it: {where}"
        worst_tip = f"5th percentile: 5 % of the frames have a lower OSI-SNR than this: {where}"
        return [
            Figure("osi_mean", "OSI mean\ndB", mean_tip, mean, one, 1, why),
            Figure("osi_median", "median\ndB", f"Median of OSI-SNR: {where}", _scored(self._median), one, 1, why),
            Figure("osi_p05", "worst 5 %\ndB", worst_tip, _scored(self._worst), one, 1, why),
        ]

    def _read(self, name: str) -> Callable[[PairAnalysis], float]:
        """A reader of one number of this result."""
        return _scored(attrgetter(f"{self.formula.value}.{name}"))

    def _median(self, score: PairScore) -> float:
        return score.exact.osi_db_median if self.exact else self.quantiles(score.facts)[1]

    def _worst(self, score: PairScore) -> float:
        return score.exact.osi_db_p05 if self.exact else self.quantiles(score.facts)[0]

    def _why(self, words_for: Callable[[float, PairScore, Formula], str]) -> Callable[[float, PairAnalysis], str]:
        return lambda value, pair: "" if pair.score is None else words_for(value, pair.score, self.formula)


def _count_columns() -> list[Figure]:
    def status(label: str) -> Callable[[PairAnalysis], float]:
        return _scored(lambda score: score.facts.counts[label])

    def frames(
        key: str,
        title: str,
        tip: str,
        value: Callable[[PairAnalysis], float],
        best: int = 0,
        depends: Changed = Changed.FRAMES,
    ) -> Figure:
        return Figure(key, f"{title}\nframes", tip, value, _whole, best, widest="00000", depends=depends)

    under = "Active frames whose exact OSI-SNR is under the threshold. Fewer is better."
    bad = _scored(lambda score: score.bad.n_under)
    return [
        frames("total", "all", "Frames that were compared", _scored(lambda score: score.facts.frames.n_frames)),
        frames("active", "active", "Frames in which neither signal is silent", _scored(lambda s: s.facts.n_active)),
        frames("bad", "bad", under, bad, -1, Changed.BAD),
        frames("missed", "missed", "Frames in which only the estimate is silent", status("silent_estimate"), -1),
        frames("false", "false", "False activity: only the reference is silent there", status("silent_reference"), -1),
        frames(
            "not_meaningful",
            "not > 0",
            "Literal frames that are not finite or not above 0 dB: the literal loss counts them as perfect or worse",
            _scored(lambda score: score.facts.not_meaningful),
        ),
    ]


def _whole_columns() -> list[Figure]:
    def whole(read: Callable[[object], float]) -> Callable[[PairAnalysis], float]:
        return lambda pair: NAN if pair.whole is None else float(read(pair.whole))

    def why(value: float, pair: PairAnalysis) -> str:
        if math.isfinite(value) or pair.score is None:
            return ""
        if pair.whole is None:
            return "A mask has no signal in time." if pair.sample_rate is None else "Known when the pass is done."
        return "Not finite: one of the two signals is silent, or they are the same but for their level."

    tip = "of the whole signals in time, all samples, no mean removed"
    return [
        Figure(
            "si_snr", "SI-SNR\ndB", f"SI-SNR {tip}. Higher is better.", whole(lambda w: w.si_snr_db), _dec(1), 1, why
        ),
        Figure("snr", "SNR\ndB", f"SNR {tip}. Higher is better.", whole(lambda w: w.snr_db), _dec(1), 1, why),
        Figure(
            "gain", "gain\ndB", f"Least-squares gain {tip}. 0 is right.", whole(lambda w: w.gain_db), _dec(1), 0, why
        ),
    ]
