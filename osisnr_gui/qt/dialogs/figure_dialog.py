"""How one plot or a figure of several is saved: what of it, how large, in which look, with which words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from osisnr_gui.qt.dialogs.close_dialog import Buttons, CloseDialog
from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.panels.layouts import column_of, lay_out_settings, row_of
from osisnr_gui.qt.panels.plain_text import GAP, plain_label
from osisnr_gui.qt.panels.sample_field import LAG_WIDTH, NumberField
from osisnr_gui.qt.plots.figure import MM, MOST_PIXELS, Dress, Figure, FigureSpec, Plot, screen_font
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
SHAPES = {_("As on screen"): 0.0, "16:9": 9 / 16, "4:3": 3 / 4}
SCREEN_DPI = 96.0
PREVIEW, PREVIEW_MS = QSize(420, 460), 120


@dataclass(frozen=True)
class FigureContent:
    """What a figure may be made of. chosen : of the plots, at first; files, settings : words about them."""

    plots: Sequence[Plot]
    chosen: Sequence[Plot]
    dress: Dress
    files: str = ""
    settings: str = ""
    n_files: int = 0
    n_notes: int = 0


class PlotDialog(CloseDialog):
    """What to save of a plot, or of several: `format`, a key of FORMATS, and the `figure`.

    width : of the plots on screen; fine : pixels of the figure for one of them, at first. content : None: no preview.
    """

    return_closes, is_kept, leave = False, True, Buttons.Save | Buttons.Cancel

    def __init__(
        self,
        name: str,
        width: int,
        parent: QWidget | None = None,
        *,
        has_table: bool = True,
        content: FigureContent | None = None,
        fine: int = 2,
    ) -> None:
        super().__init__(_("Export: {name}").format(name=name), parent)
        self._content, screen_dpi = content, SCREEN_DPI * fine
        self._on_screen = (fine * width, screen_dpi, screen_font(fine * width, screen_dpi, width), 0.0)
        self._make_fields(has_table)
        self._preview = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._preview.setAccessibleName(_("Preview"))
        self._size, self._inside = plain_label("", "muted"), plain_label("", "muted", wrap=True)
        self._timer = QTimer(self, interval=PREVIEW_MS, singleShot=True)
        self._timer.timeout.connect(self._show_preview)
        self._lay_out_fields()
        self._take_preset()
        self._connect_fields()
        self._follow()

    def _make_fields(self, has_table: bool) -> None:
        self._format, self._preset, self._unit = QComboBox(), QComboBox(), QComboBox()
        for key, words in FORMATS.items():
            if key != CSV or has_table:
                self._format.addItem(words, key)
        self._preset.addItem(_("On screen"))
        self._preset.addItems(list(PRESETS))
        self._unit.addItems([_("pixels"), "mm"])
        self._unit.setAccessibleName(_("Unit of the width"))
        self._width = NumberField(200, MOST_PIXELS, suffix="", decimals=0, width=LAG_WIDTH)
        self._dpi = NumberField(36, 2400, suffix=_(" dpi"), decimals=0, width=LAG_WIDTH)
        self._font = NumberField(3, 48, suffix=_(" pt"), decimals=2, step=0.5, width=LAG_WIDTH)
        self._look, self._shape, self._title = QComboBox(), QComboBox(), QLineEdit()
        self._look.addItems(list(LOOKS))
        self._shape.addItems(list(SHAPES))
        self._rows = QListWidget()
        for plot in self._content.plots if self._content else ():
            item = QListWidgetItem(plot.accessibleName(), self._rows)
            item.setCheckState(Qt.CheckState.Checked if plot in self._content.chosen else Qt.CheckState.Unchecked)
        texts = _("File names"), _("Settings in small print"), _("The session inside (PNG)"), _("Notes")
        self._names, self._settings, self._session, self._notes = map(QCheckBox, texts)
        self._session.setChecked(True)

    def _lay_out_fields(self) -> None:
        grid = QGridLayout()
        rows = [
            (_("Save as"), self._format, None, "", None),
            (_("Preset"), self._preset, None, "", None),
            (_("Width"), self._width, self._unit, "", None),
            (_("Height"), self._shape, None, "", None),
            (_("Resolution"), self._dpi, None, "", None),
            (_("Font size"), self._font, None, _("Of the words in the plots; smaller words, more room"), None),
            (_("Look"), self._look, None, "", None),
            (_("Title"), self._title, None, "", None),
            (_("Plots"), self._rows, None, "", None),
        ]
        lay_out_settings(grid, rows if self._rows.count() > 1 else rows[:-1])
        checks = [self._names, self._settings, self._session, self._notes]
        self._notes.setVisible(bool(self._content and self._content.n_notes))
        if self._content is None:
            self.lay_out(grid, margins=None)
            return
        self._preview.setFixedSize(PREVIEW)
        self._rows.setFixedHeight(120)
        fields = column_of(grid, *checks, self._inside, -1, spacing=GAP)
        self.lay_out(
            row_of((fields, 1), column_of(self._preview, self._size, spacing=GAP), spacing=2 * GAP), margins=None
        )

    def _connect_fields(self) -> None:
        self._preset.currentIndexChanged.connect(self._take_preset)
        self._unit.currentIndexChanged.connect(self._take_unit)
        for changed in (
            *(box.currentIndexChanged for box in (self._format, self._preset, self._unit, self._look, self._shape)),
            *(field.valueChanged for field in (self._width, self._dpi, self._font)),
            *(check.toggled for check in (self._names, self._settings, self._session, self._notes)),
            *(self._title.textChanged, self._rows.itemChanged),
        ):
            changed.connect(self._follow)
        self.box.accepted.connect(self.accept)

    @property
    def format(self) -> str:
        """The chosen key of FORMATS."""
        return str(self._format.currentData())

    @property
    def pixels(self) -> int:
        """Width of a picture."""
        width = self._width.value() * (self._dpi.value() / MM if self._in_mm else 1.0)
        return min(max(round(width), 1), MOST_PIXELS)

    @property
    def holds_session(self) -> bool:
        """Whether a PNG is to carry the session."""
        return self._session.isChecked()

    @property
    def holds_notes(self) -> bool:
        """Whether the notes go with it, in the picture and in the session inside."""
        return self._notes.isChecked()

    @property
    def spec(self) -> FigureSpec:
        """What the figure is to be like."""
        pixels, content = self.pixels, self._content
        height = min(round(pixels * SHAPES[self._shape.currentText()]), MOST_PIXELS)
        theme, title = LOOKS[self._look.currentText()], self._title.text().strip()
        spec = FigureSpec(pixels, self._dpi.value(), self._font.value(), height, theme, title, notes=self.holds_notes)
        names, settings = self._names.isChecked(), self._settings.isChecked()
        return replace(spec, files=content.files * names, settings=content.settings * settings) if content else spec

    def figure(self) -> Figure:
        """The chosen plots, to be drawn."""
        assert self._content is not None, "there is something to draw"
        return Figure(self.chosen, self.spec, self._content.dress)

    @property
    def chosen(self) -> list[Plot]:
        """The plots that go into the figure, from top to bottom."""
        plots = self._content.plots if self._content else ()
        return [plot for k, plot in enumerate(plots) if self._rows.item(k).checkState() == Qt.CheckState.Checked]

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the preview."""
        super().showEvent(event)
        self._timer.start()

    @property
    def _in_mm(self) -> bool:
        return self._unit.currentIndex() == 1

    def _take_preset(self, *_index: int) -> None:
        """Fill the fields in."""
        preset = PRESETS.get(self._preset.currentText())
        width, dpi, font, shape = preset or self._on_screen
        self._dpi.setValue(dpi)
        self._font.setValue(font)
        self._shape.setCurrentIndex(list(SHAPES.values()).index(shape))
        self._unit.setCurrentIndex(int(preset is not None))
        self._set_limits()
        self._width.setValue(width)

    def _take_unit(self, *_index: int) -> None:
        """The same width in the other unit."""
        width, factor = self._width.value(), self._dpi.value() / MM
        self._set_limits()
        self._width.setValue(width / factor if self._in_mm else width * factor)

    def _set_limits(self) -> None:
        self._width.setDecimals(int(self._in_mm))
        self._width.setRange(*((10, 1500) if self._in_mm else (200, MOST_PIXELS)))

    def _follow(self, *_: object) -> None:
        """Enable what applies, say what will be inside, and draw anew."""
        kind, is_picture = self.format, self.format != CSV
        fields = (self._preset, self._width, self._unit, self._shape, self._dpi, self._font, self._look, self._title)
        for field in (*fields, self._rows, self._names, self._settings):
            field.setEnabled(is_picture)
        self._session.setEnabled(kind == PNG)
        self.box.button(Buttons.Save).setEnabled(bool(self.chosen) or self._content is None or not is_picture)
        self._inside.setText(self._inside_words() if self._content else "")
        if self.isVisible():
            self._timer.start()

    def _inside_words(self) -> str:
        """What the file tells beside the picture."""
        if self.format == CSV:
            return _("The file holds the numbers in view.")
        if self.format != PNG or not self.holds_session or self._content is None:
            return _("The file holds what the preview shows, and nothing else.")
        files = ngettext("name and SHA-256 of {n} file", "names and SHA-256 of {n} files", self._content.n_files)
        words = [files.format(n=self._content.n_files), _("all settings"), _("the range in view")]
        if self.holds_notes:
            words.append(ngettext("{n} note", "{n} notes", self._content.n_notes).format(n=self._content.n_notes))
        return _("Inside, to be dropped on the window: {things}. No folders.").format(things=", ".join(words))

    def _show_preview(self) -> None:
        """The figure, as large as there is room."""
        content, spec = self._content, self.spec
        if content is None or not self.chosen or self.format == CSV:
            self._preview.clear()
            self._size.clear()
            return
        size, ratio = Figure(self.chosen, spec, content.dress).size, self.devicePixelRatioF()
        shrunk = size.scaled(PREVIEW, Qt.AspectRatioMode.KeepAspectRatio).width() * ratio / spec.pixels
        small = replace(
            spec, pixels=round(spec.pixels * shrunk), height=round(spec.height * shrunk), dpi=spec.dpi * shrunk
        )
        figure = Figure(self.chosen, small, content.dress, waits=False)
        picture = QPixmap.fromImage(figure.image())
        picture.setDevicePixelRatio(ratio)
        self._preview.setPixmap(picture)
        width, height = spec.pixels, round(size.height() * spec.scale)
        self._size.setText(
            _("{width} × {height} pixels, {across:.0f} × {down:.0f} mm").format(
                width=width, height=height, across=width / spec.dpi * MM, down=height / spec.dpi * MM
            )
        )
        if not figure.is_final:
            self._timer.start()
