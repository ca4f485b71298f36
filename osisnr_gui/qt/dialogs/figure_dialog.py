"""How one plot or a figure of several is saved: what of it, how large, in which look, with which words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QListWidgetItem

from osisnr_gui.qt.dialogs.close_dialog import Buttons, CloseDialog
from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.panels.layouts import REST, column_of, lay_out_settings, row_of
from osisnr_gui.qt.panels.plain_text import GAP, plain_label
from osisnr_gui.qt.panels.sample_field import LAG_WIDTH, NumberField
from osisnr_gui.qt.plots.figure import MM, MOST_PIXELS, Figure, Plot
from osisnr_gui.session.words import count
from osisnr_gui.text.catalogue import _, ngettext

PNG, SVG, PDF, CSV = "png", "svg", "pdf", "csv"
FORMATS = {
    PNG: _("Picture (*.png)"),
    SVG: _("Drawing (*.svg)"),
    PDF: _("Page (*.pdf)"),
    CSV: _("Numbers in view (*.csv)"),
}
#: Width in mm, dots per inch, points of the words, height as a share of the width (0: as on screen).
PRESETS = {
    _("Paper, one column (85 mm)"): (85.0, 300.0, 7.0, 0.0),
    _("Paper, two columns (178 mm)"): (178.0, 300.0, 8.0, 0.0),
    _("Slide, 16:9 (1920 × 1080)"): (254.0, 192.0, 12.0, 9 / 16),
}
LOOKS = {_("As on screen"): None, _("Light"): LIGHT, _("Dark"): DARK}
UNITS = _("pixels"), "mm"
PREVIEW, PREVIEW_MS, ROWS_HEIGHT = QSize(420, 480), 120, 110


class PlotDialog(CloseDialog):
    """What to save of a plot, or of several: `format`, a key of FORMATS, and the `figure`.

    offered : what the figure may be made of, and how it looks at first; chosen : those of its plots that are in it at
    first. session, notes : whether they go with a PNG.
    """

    return_closes, is_kept, leave = False, True, Buttons.Save | Buttons.Cancel

    def __init__(self, offered: Figure, chosen: Sequence[Plot], *, n_notes: int = 0, has_table: bool = True) -> None:
        name = chosen[0].accessibleName() if len(chosen) == 1 else _("the plots")
        super().__init__(_("Export: {name}").format(name=name), offered.plots[0].window())
        self._offered, self._n_notes = offered, n_notes
        self._presets = {_("On screen"): (offered.pixels, offered.dpi, offered.font, 0.0), **PRESETS}
        self._format, self._preset, self._unit = QComboBox(), _choice(self._presets), _choice(UNITS)
        for key in FORMATS if has_table else (PNG, SVG, PDF):
            self._format.addItem(FORMATS[key], key)
        self._width = NumberField(200, MOST_PIXELS, unit="", decimals=0, width=LAG_WIDTH)
        self._dpi = NumberField(36, 2400, unit=_(" dpi"), decimals=0, width=LAG_WIDTH)
        self._font = NumberField(3, 48, unit=_(" pt"), decimals=2, singleStep=0.5, width=LAG_WIDTH)
        self._look, self._title, self._rows = _choice(LOOKS), QLineEdit(), QListWidget()
        for plot in offered.plots:
            item = QListWidgetItem(plot.accessibleName(), self._rows)
            item.setCheckState(Qt.CheckState.Checked if plot in chosen else Qt.CheckState.Unchecked)
        texts = _("File names in small print"), _("Settings in small print"), _("The session inside (PNG)"), _("Notes")
        self._names, self._settings, self.session, self.notes = self._checks = [QCheckBox(text) for text in texts]
        self.session.setChecked(True)
        self.notes.setVisible(n_notes > 0)
        self._preview = plain_label()
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._size, self._inside = plain_label("", "muted"), plain_label("", "muted", wrap=True)
        self._timer = QTimer(self, interval=PREVIEW_MS, singleShot=True)
        self._timer.timeout.connect(self._show_preview)
        self._lay_out_fields()
        self._take_preset()
        self._connect_fields()
        self._follow()

    def _lay_out_fields(self) -> None:
        rows = [
            (_("Save as"), self._format, None, "", None),
            (_("Preset"), self._preset, None, "", None),
            (_("Width"), self._width, self._unit, _("At most {n} pixels").format(n=count(MOST_PIXELS)), None),
            (_("Resolution"), self._dpi, None, _("Of a PNG, and of pictures in other files"), None),
            (_("Font size"), self._font, None, _("Of the words in the plots; smaller words leave more room"), None),
            (_("Look"), self._look, None, "", None),
            (_("Title"), self._title, None, "", None),
            (_("Plots"), self._rows, None, "", None),
        ]
        grid, _names = lay_out_settings(rows if self._rows.count() > 1 else rows[:-1])
        self._choices = [*(row[1] for row in rows[1:]), self._unit, *self._checks]
        self._unit.setAccessibleName(_("Unit of the width"))
        self._rows.setFixedHeight(ROWS_HEIGHT)
        self._rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._preview.setFixedSize(PREVIEW)
        self._preview.setAccessibleName(_("Preview"))
        fields = column_of(grid, *self._checks, self._inside, REST, spacing=GAP)
        preview = column_of(self._preview, self._size, spacing=GAP)
        self.lay_out(row_of((fields, 1), preview, spacing=2 * GAP), margins=None)

    def _connect_fields(self) -> None:
        self._preset.currentIndexChanged.connect(self._take_preset)
        self._unit.currentIndexChanged.connect(self._take_unit)
        self._dpi.valueChanged.connect(self._limit_width)
        for changed in (
            *(box.currentIndexChanged for box in (self._format, self._preset, self._unit, self._look)),
            *(field.valueChanged for field in (self._width, self._dpi, self._font)),
            *(check.toggled for check in self._checks),
            *(self._title.textChanged, self._rows.itemChanged),
        ):
            changed.connect(self._follow)
        self.box.accepted.connect(self.accept)

    @property
    def format(self) -> str:
        """The chosen key of FORMATS."""
        return str(self._format.currentData())

    @property
    def figure(self) -> Figure:
        """The chosen plots, to be drawn so."""
        per_unit = self._dpi.value() / MM if self._unit.currentIndex() else 1.0
        pixels = min(round(self._width.value() * per_unit), MOST_PIXELS)
        return replace(
            self._offered,
            plots=self.chosen,
            pixels=pixels,
            dpi=self._dpi.value(),
            font=self._font.value(),
            height=min(round(pixels * self._presets[self._preset.currentText()][3]), MOST_PIXELS),
            theme=LOOKS[self._look.currentText()],
            title=self._title.text().strip(),
            files=self._offered.files if self._names.isChecked() else (),
            settings=self._offered.settings if self._settings.isChecked() else "",
            notes=self.notes.isChecked(),
        )

    @property
    def chosen(self) -> list[Plot]:
        """The plots that go into the figure, from top to bottom."""
        is_checked = Qt.CheckState.Checked
        return [plot for row, plot in enumerate(self._offered.plots) if self._rows.item(row).checkState() == is_checked]

    def _take_preset(self, *_index: int) -> None:
        """Fill the fields in."""
        width, dpi, font, _share = self._presets[self._preset.currentText()]
        self._dpi.setValue(dpi)
        self._font.setValue(font)
        self._unit.setCurrentIndex(int(self._preset.currentIndex() > 0))
        self._take_unit()
        self._width.setValue(width)

    def _take_unit(self, *_index: int) -> None:
        """The same width in the other unit."""
        in_mm, width, factor = self._unit.currentIndex(), self._width.value(), self._dpi.value() / MM
        self._width.setDecimals(in_mm)
        self._limit_width()
        self._width.setValue(width / factor if in_mm else width * factor)

    def _limit_width(self, *_dpi: float) -> None:
        """No more than MOST_PIXELS, at any resolution."""
        in_mm = self._unit.currentIndex()
        self._width.setRange(*((10, MOST_PIXELS / self._dpi.value() * MM) if in_mm else (200, MOST_PIXELS)))

    def _follow(self, *_: object) -> None:
        """Enable what applies, say what will be inside, and draw anew."""
        is_picture = self.format != CSV
        for field in self._choices:
            field.setEnabled(is_picture)
        self.session.setEnabled(self.format == PNG)
        self.box.button(Buttons.Save).setEnabled(bool(self.chosen) or not is_picture)
        self._inside.setText(self._inside_words())
        self._timer.start()

    def _inside_words(self) -> str:
        """What the file tells beside the picture."""
        if self.format != PNG or not self.session.isChecked():
            return _("The file holds what is seen, and nothing else.")
        n_files, n_notes = len(self._offered.files), self._n_notes
        files = ngettext("name and SHA-256 of {n} file", "names and SHA-256 of {n} files", n_files).format(n=n_files)
        words = [files, _("all settings"), _("the range in view")]
        if self.notes.isChecked():
            words.append(ngettext("{n} note", "{n} notes", n_notes).format(n=n_notes))
        return _("Inside, to be dropped on the window: {things}. No folders.").format(things=", ".join(words))

    def _show_preview(self) -> None:
        """The figure, as large as there is room."""
        self._preview.clear()
        self._size.clear()
        if not self.chosen or self.format == CSV or not self.isVisible():
            return
        figure, ratio = self.figure, self.devicePixelRatioF()
        full = figure.pixels, figure.height or round(figure.size.height() * figure.scale)
        shrink = QSize(*full).scaled(PREVIEW, Qt.AspectRatioMode.KeepAspectRatio).width() * ratio / figure.pixels
        pixels, height = (round(length * shrink) for length in (figure.pixels, figure.height))
        small = replace(figure, pixels=pixels, height=height, dpi=figure.dpi * shrink, waits=False)
        picture = QPixmap.fromImage(small.image())
        picture.setDevicePixelRatio(ratio)
        self._preview.setPixmap(picture)
        across, down = (length / figure.dpi * MM for length in full)
        words = _("{width} × {height} pixels, {across:.0f} × {down:.0f} mm")
        self._size.setText(words.format(width=full[0], height=full[1], across=across, down=down))
        if not small.is_final:
            self._timer.start()


def _choice(names: Iterable[str]) -> QComboBox:
    box = QComboBox()
    box.addItems(list(names))
    return box
