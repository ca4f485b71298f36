"""Asks how one plot is to be exported."""

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QWidget

from osisnr_gui.qt.plots.plot_export import MOST_PIXELS
from osisnr_gui.text.catalogue import _

PNG, CSV = "png", "csv"
FORMATS = {PNG: _("Picture (*.png)"), CSV: _("Numbers in view (*.csv)")}
LEAST_PIXELS = 200


class PlotDialog(QDialog):
    """What to save of a plot: `format`, a key of FORMATS, and the `pixels` of a picture."""

    def __init__(self, name: str, width: int, parent: QWidget | None = None, *, has_table: bool = True) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Export: {name}").format(name=name))
        self._format, self._width = QComboBox(), QSpinBox()
        for key, words in FORMATS.items():
            if key != CSV or has_table:
                self._format.addItem(words, key)
        self._width.setRange(LEAST_PIXELS, MOST_PIXELS)
        self._width.setValue(2 * width)
        self._width.setSuffix(_(" pixels"))
        self._format.currentIndexChanged.connect(lambda: self._width.setEnabled(self.format == PNG))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(_("Save as"), self._format)
        form.addRow(_("Width"), self._width)
        form.addRow(buttons)

    @property
    def format(self) -> str:
        """The chosen key of FORMATS."""
        return str(self._format.currentData())

    @property
    def pixels(self) -> int:
        """Width of a picture."""
        return self._width.value()
