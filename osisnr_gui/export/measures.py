"""The registry of measures: every figure of a whole pair is one record.

JSON, CSV, the tables of the command line and the window's lists of estimates and of pairs show what is in MEASURES, in
its order. To add a figure: a function of a pair, and a record with it in MEASURES.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Formula
from osisnr_gui.text.catalogue import _, translated

Value = Callable[[PairAnalysis], float]


class Group(Enum):
    """What figures are worked out from; the value is the name of their object in the JSON."""

    LITERAL = "literal"
    EXACT = "exact"
    WHOLE = "whole_signal"
    FRAMES = "frames"

    @property
    def formula(self) -> Formula | None:
        """The named result that has these figures."""
        return Formula(self.value) if self in (Group.LITERAL, Group.EXACT) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure. What is empty or None is not shown there; {frames} stands for the frames a named result counts.

    key : its name in the JSON. value : nan where a pair has none; None = the field `key` of the group's scores. unit :
    "dB", "frames", or "" for a loss. better : +1 more, -1 less, 0 neither. is_saved : in JSON, CSV and command line.
    heading : in a table of the command line. over_pairs : in what it says of many pairs.
    title, tip, widest : of a column of the window; the title has two lines, the second often the unit.
    gained : name and long name, where the window shows the difference from the unprocessed mixture.
    listed : place, first line of the title and tip of a column in the window's list of pairs.
    """

    group: Group
    key: str
    value: Value | None = None
    unit: str = "dB"
    better: int = 0
    is_saved: bool = True
    heading: str = ""
    over_pairs: str = ""
    title: str = ""
    tip: str = ""
    widest: str = "−00.0"
    gained: tuple[str, str] | None = None
    listed: tuple[int, str, str] | None = None

    @property
    def column(self) -> str:
        """The name of its column in the CSV of many pairs."""
        return f"{self.group.value.removesuffix('_signal')}_{self.key}"

    def of(self, pair: PairAnalysis) -> float:
        """The figure of a pair, nan while it is not known."""
        if self.value is not None:
            return float(self.value(pair))
        scores = pair.whole if self.group is Group.WHOLE else pair.score and getattr(pair.score, self.group.value)
        return math.nan if scores is None else float(getattr(scores, self.key))

    def worded(self, template: str) -> str:
        """A text with the frames of this figure in the place of {frames}."""
        formula = self.group.formula
        return template.format(frames="" if formula is None else translated(formula.words))


def scored(read: Callable[[PairScore], float]) -> Value:
    """A value that is read from a pair's score; nan while there is none."""
    return lambda pair: math.nan if pair.score is None else read(pair.score)


_osi_db = partial(Measure, better=1)
_loss = partial(Measure, unit="", better=-1)
_mean = partial(
    _osi_db,
    key="osi_db_mean",
    heading=_("mean OSI-SNR dB"),
    title=_("OSI mean\ndB"),
    tip=_("Arithmetic mean of OSI-SNR; it can misrank, so look at the median beside it: {frames}. Higher is better."),
)
_median = partial(
    _osi_db,
    key="osi_db_median",
    heading=_("median dB"),
    title=_("median\ndB"),
    tip=_("Median of OSI-SNR: {frames}. Higher is better."),
    gained=(_("median"), _("Median of OSI-SNR ({frames})")),
)
_p05 = partial(
    _osi_db,
    key="osi_db_p05",
    heading=_("5 % quantile dB"),
    title=_("worst 5 %\ndB"),
    tip=_("5th percentile: 5 % of the frames have a lower OSI-SNR than this: {frames}. Higher is better."),
)
_loss_osi_1, _loss_osi_2 = (
    partial(
        _loss,
        key=f"loss_osi_{method}",
        heading=f"loss_osi {method}",
        title=_("L_OSI\nmethod {method}").format(method=method),
        tip=tip,
        widest="0.0000",
    )
    for method, tip in (
        (1, _("L_OSI by method 1, the mean of 1/OSI-SNR: {frames}. Lower is better.")),
        (2, _("L_OSI by method 2, 1/(mean OSI-SNR): {frames}. Lower is better.")),
    )
)
_mc_mse = partial(
    _loss,
    key="mc_mse",
    heading="MC-MSE",
    title="MC-MSE\n",
    tip=_("Power-law compressed squared error at α, mean over all bins: {frames}. Lower is better."),
    widest="0.00000",
)
_fused = partial(
    _loss,
    key="fused",
    heading=_("fused loss"),
    over_pairs=_("fused loss, {frames}"),
    title=_("fused L\n"),
    tip=_("Fused loss L = L_OSI + γ·MC-MSE at the method, α and γ in force: {frames}. Lower is better."),
    widest="00.000",
    gained=(_("fused L"), _("Fused loss ({frames})")),
)
_whole = partial(Measure, group=Group.WHOLE)
#: A count of frames, which the window's summary alone shows.
_count = partial(Measure, group=Group.FRAMES, unit="frames", is_saved=False, widest="00000")
_LITERAL, _EXACT = Group.LITERAL, Group.EXACT

MEASURES: tuple[Measure, ...] = (
    _mean(
        group=_LITERAL,
        over_pairs=_("mean OSI-SNR, {frames}, dB"),
        listed=(3, _("OSI-SNR mean"), _("Mean OSI-SNR, literal, of all frames, dB: what a training script prints")),
    ),
    _median(group=_LITERAL, is_saved=False, value=scored(lambda score: score.facts.literal_quantiles[1])),
    _p05(group=_LITERAL, is_saved=False, value=scored(lambda score: score.facts.literal_quantiles[0])),
    _loss_osi_1(group=_LITERAL),
    _loss_osi_2(group=_LITERAL),
    _mc_mse(group=_LITERAL),
    _fused(
        group=_LITERAL, listed=(5, _("fused loss"), _("Fused loss, literal, of all frames; no unit, less is better"))
    ),
    _mean(group=_EXACT),
    _median(
        group=_EXACT,
        over_pairs=_("median OSI-SNR, {frames}, dB"),
        listed=(1, _("OSI-SNR median"), _("Median OSI-SNR, exact, of active frames, dB")),
    ),
    _p05(group=_EXACT, listed=(2, _("OSI-SNR 5th perc."), _("5th percentile of OSI-SNR, exact, of active frames, dB"))),
    _loss_osi_1(group=_EXACT),
    _loss_osi_2(group=_EXACT),
    _mc_mse(group=_EXACT),
    _fused(
        group=_EXACT, listed=(4, _("fused loss"), _("Fused loss, exact, of active frames; no unit, less is better"))
    ),
    _whole(key="osi_db", better=1, heading=_("OSI-SNR dB")),
    _whole(
        key="si_snr_db",
        better=1,
        heading=_("SI-SNR dB"),
        over_pairs=_("SI-SNR of the whole signal, dB"),
        title="SI-SNR\ndB",
        tip=_("SI-SNR of the whole signals in time, all samples, no mean removed. Higher is better."),
        gained=("SI-SNR", _("SI-SNR of the whole signal in time (all samples)")),
        listed=(6, "SI-SNR", _("SI-SNR of the whole signal in time, dB; none for masks")),
    ),
    _whole(
        key="snr_db",
        better=1,
        heading=_("SNR dB"),
        title="SNR\ndB",
        tip=_("SNR of the whole signals in time, all samples, no mean removed. Higher is better."),
    ),
    _whole(
        key="gain_db",
        heading=_("gain dB"),
        title=_("gain\ndB"),
        tip=_("Least-squares gain of the whole signals in time, all samples, no mean removed. 0 is right."),
    ),
    _count(
        key="total",
        title=_("all\nframes"),
        value=scored(lambda score: score.facts.frames.n_frames),
        tip=_("Frames that were compared"),
    ),
    _count(
        key="active",
        title=_("active\nframes"),
        value=scored(lambda score: score.facts.n_active),
        tip=_("Frames in which neither signal is silent"),
    ),
    _count(
        key="bad",
        title=_("bad\nframes"),
        value=scored(lambda score: score.bad.counts.under),
        tip=_("Active frames under the threshold (exact), as the list of bad segments counts them. Fewer is better."),
        better=-1,
    ),
    _count(
        key="missed",
        title=_("missed\nframes"),
        value=scored(lambda score: score.bad.counts.missed),
        tip=_("Frames in which only the estimate is silent, as the list of bad segments counts them. Fewer is better."),
        better=-1,
    ),
    _count(
        key="false",
        title=_("false\nframes"),
        value=scored(lambda score: score.bad.counts.made_up),
        tip=_("False activity (only the reference is silent), as the list of bad segments counts it. Fewer is better."),
        better=-1,
    ),
    _count(
        key="not_meaningful",
        title=_("not > 0\nframes"),
        value=scored(lambda score: score.facts.not_meaningful),
        tip=_("Literal frames that are not finite or not above 0 dB: the literal loss counts them as perfect or worse"),
    ),
)
#: Those of each group that are saved.
SAVED = {group: [m for m in MEASURES if m.group is group and m.is_saved] for group in Group}
#: Those in the window's list of pairs, in its order.
LISTED = sorted((m for m in MEASURES if m.listed), key=lambda m: m.listed or ())
