# ruff: noqa: E501 - a table reads better with one row a line
"""The rows of the plot area as one table: the stack, the menu, the settings and what is shown at first read it."""

from collections.abc import Callable
from dataclasses import dataclass

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import MIN_HEIGHT, TimePlot
from osisnr_gui.session.changes import Changed
from osisnr_gui.text.catalogue import _

#: How the height is shared at first: the two curves have half of it.
SPECTROGRAM_WEIGHT, CURVE_WEIGHT, LOSS_WEIGHT, GAIN_WEIGHT = 3.0, 3.5, 2.6, 1.0
#: No lower while there is room, in pixels.
LEAST_PICTURE, LEAST_CURVE = 90, 110
OWN_HEIGHT = 0.0  # a row of fixed height


@dataclass(frozen=True, slots=True)
class PlotRow:
    """One row. To add one, write a subclass of `TimePlot` and a record of it in `ROWS`.

    id : in settings, exports and hover signals. title, tip, keys : of its entry in *View › Plots*. weight : its share
    of the height. least : its height where room is short. goes : the row that leaves a window that is too low even for
    that (1 = first), until it is asked for; 0 stays. shown : at the first start. make : makes it; None where `PlotArea`
    does, with what else it needs. depends : what of an analysis it shows; `TimePlot.show_analysis` is called when
    something of that has changed.
    """

    id: str
    title: str
    weight: float
    tip: str = _("Show or hide this plot")
    shown: bool = True
    make: Callable[[TimeLink, Theme], TimePlot] | None = None
    depends: Changed = Changed.NONE
    keys: tuple[str, ...] = ()
    least: int = MIN_HEIGHT
    goes: int = 0


#: From top to bottom.
ROWS: tuple[PlotRow, ...] = (
    PlotRow("reference", _("Reference spectrogram"), SPECTROGRAM_WEIGHT, keys=("Shift+R",), least=LEAST_PICTURE, goes=2),
    PlotRow("estimate", _("Estimate spectrogram"), SPECTROGRAM_WEIGHT, least=LEAST_PICTURE),
    PlotRow("difference", _("Difference"), SPECTROGRAM_WEIGHT, shown=False, keys=("Shift+D",), least=LEAST_PICTURE, goes=1),
    PlotRow("bands", _("OSI-SNR per band"), CURVE_WEIGHT, _("Which frequencies are good or bad when: exact OSI-SNR of half octaves, active frames"), shown=False),
    PlotRow("pairing", _("Better reference per frame"), OWN_HEIGHT, _("Whether the estimate in view fits its own reference or another one when: a thin ribbon that shows swaps of speakers, with several references"), shown=False),
    PlotRow("best", _("Best estimate per frame"), OWN_HEIGHT, _("Which estimate of the reference has the highest exact OSI-SNR when: a thin ribbon, with two or more estimates"), shown=False),
    PlotRow("osi", _("OSI-SNR curve"), CURVE_WEIGHT, least=LEAST_CURVE),
    PlotRow("delta", _("Difference of two estimates"), LOSS_WEIGHT, _("OSI-SNR or loss of the estimate in view minus that of another one, or of the mixture, per frame"), shown=False),
    PlotRow("gain", _("Gain per frame"), GAIN_WEIGHT, _("Level of the estimate against the reference, and its polarity: OSI-SNR sees neither"), shown=False),
    PlotRow("loss", _("Loss curve"), LOSS_WEIGHT, least=LEAST_CURVE, depends=Changed.FILES | Changed.FRAMES | Changed.VIEW | Changed.LEADING | Changed.LOSS),
)  # fmt: skip
