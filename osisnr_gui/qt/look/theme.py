"""Design tokens of the dark and the light look, and what wears them.

Every colour in the program comes from a :class:`Theme`; both themes have the same names. Widgets get a palette and a
style sheet from :class:`ThemeManager`, those that paint the theme itself, buttons icons in a colour of it.
"""

from dataclasses import dataclass
from functools import lru_cache
from string import Template
from typing import ClassVar, Literal, NamedTuple

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSize, Qt, Signal, qAddPostRoutine
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from osisnr_gui.paths import resource_path

FONT_PIXELS = 13
SMALL_FONT_PIXELS = 11

#: Okabe-Ito: told apart by every common kind of colour blindness.
OKABE_ITO = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#0072b2", "#f0e442")

#: One dash per estimate, in units of the pen width, so that a line is known without its colour.
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (8.0, 3.0),
    (3.0, 3.0),
    (10.0, 3.0, 2.0, 3.0),
    (14.0, 4.0),
    (5.0, 2.0, 2.0, 2.0, 2.0, 2.0),
    (1.0, 2.0),
)


class EstimateStyle(NamedTuple):
    """How one estimate is drawn everywhere: colour (``#rrggbb``) and dash (empty = solid)."""

    colour: str
    dash: tuple[float, ...]


@dataclass(frozen=True)
class Theme:
    """Colours of one look, as ``#rrggbb`` strings; opacities are 0-1."""

    name: Literal["dark", "light"]
    background: str
    panel: str
    raised: str
    hover: str
    separator: str
    grid: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    warning: str
    error: str
    bad: str
    silent: str
    loss_osi: str
    loss_mc: str
    loss_total: str
    estimates: tuple[str, ...]  # see `estimate`
    bad_opacity: ClassVar[float] = 0.18
    silent_opacity: ClassVar[float] = 0.12
    selection_opacity: ClassVar[float] = 0.14

    def estimate(self, index: int) -> EstimateStyle:
        """Style of the estimate with this colour index. Below 0: the mixture, grey.

        After the last colour the first one comes again, each time with another dash.
        """
        if index < 0:
            return EstimateStyle(self.muted, ())
        turn, place = divmod(index, len(self.estimates))
        return EstimateStyle(self.estimates[place], DASHES[(place + turn) % len(DASHES)])


@lru_cache(maxsize=256)
def with_alpha(colour: str, opacity: float) -> QColor:
    """The colour with an opacity of 0-1; one object for all, not to be changed."""
    result = QColor(colour)
    result.setAlphaF(opacity)
    return result


def _luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2)."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


@lru_cache(maxsize=256)
def contrast_ratio(one: str, other: str) -> float:
    """WCAG contrast of two colours, 1 (none) to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


#: Every colour of a `Theme`: in the dark look, in the light one.
_COLOURS = {
    "background": ("#15171c", "#ffffff"),
    "panel": ("#1c1f26", "#f5f6f8"),
    "raised": ("#252932", "#ffffff"),
    "hover": ("#2e333e", "#e8ebef"),
    "separator": ("#2c313b", "#dfe3e8"),
    "grid": ("#2c313b", "#dfe3e8"),
    "text": ("#e7eaee", "#1b1f24"),
    "muted": ("#9ba3ae", "#5c6570"),
    "faint": ("#6b7380", "#8a929c"),
    "accent": ("#4ea1ff", "#0a66c2"),
    "on_accent": ("#0b1220", "#ffffff"),
    "warning": ("#e0a83a", "#9a6700"),
    "error": ("#ff7b72", "#c0262d"),
    "bad": ("#d55e00", "#d55e00"),
    "silent": ("#9ba3ae", "#5c6570"),
    "loss_osi": ("#5f6b7c", "#a9b3bf"),
    "loss_mc": ("#4ea1ff", "#5b9bdc"),
    "loss_total": ("#c9d1db", "#1b1f24"),
}
_DARK, _LIGHT = ({ink: pair[look] for ink, pair in _COLOURS.items()} for look in (0, 1))
# As dark as it takes to stand out from white by 3:1.
_ON_WHITE = ("#4a9dc9", "#c68700", "#009e73", "#cc79a7", "#d55e00", "#0072b2", "#a0962c")

DARK = Theme(name="dark", estimates=OKABE_ITO, **_DARK)
LIGHT = Theme(name="light", estimates=_ON_WHITE, **_LIGHT)


# Kept, because every text painted asks for its font: whoever wants another weight makes a copy.
@lru_cache(maxsize=32)
def system_font(pixels: int = FONT_PIXELS) -> QFont:
    """The system's interface font at a fixed pixel height."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(pixels)
    return font


@lru_cache(maxsize=32)
def tabular_font(pixels: int = FONT_PIXELS) -> QFont:
    """The interface font with digits of equal width, so that changing numbers do not jitter."""
    font = QFont(system_font(pixels))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def build_palette(theme: Theme) -> QPalette:
    """The Qt palette of a theme, for everything the style sheet leaves to the Fusion style."""
    role = QPalette.ColorRole
    roles = {
        "panel": (role.Window, role.AlternateBase),
        "background": (role.Base, role.Shadow),
        "text": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText),
        "faint": (role.PlaceholderText,),
        "raised": (role.Button, role.Midlight, role.ToolTipBase),
        "error": (role.BrightText,),
        "accent": (role.Highlight, role.Link, role.LinkVisited, role.Accent),
        "on_accent": (role.HighlightedText,),
        "hover": (role.Light,),
        "separator": (role.Mid, role.Dark),
    }
    palette = QPalette()
    for ink, painted in roles.items():
        for key in painted:
            palette.setColor(key, QColor(getattr(theme, ink)))
    for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(theme.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.separator))
    return palette


class _Drawing(QIconEngine):
    """An SVG, drawn at the size that is asked for when it is asked for; paler where it is disabled."""

    def __init__(self, renderer: QSvgRenderer) -> None:
        super().__init__()
        self._renderer, self._drawn = renderer, dict[tuple[int, int, QIcon.Mode], QPixmap]()

    def clone(self) -> QIconEngine:
        """The same drawing once more."""
        return _Drawing(self._renderer)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw it into `rect`."""
        painter.save()
        painter.setOpacity(0.38 if mode == QIcon.Mode.Disabled else 1.0)
        self._renderer.render(painter, QRectF(rect))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """It as a picture of `size` pixels."""
        key = size.width(), size.height(), mode
        if key not in self._drawn:
            self._drawn[key] = result = QPixmap(size)
            result.fill(Qt.GlobalColor.transparent)
            if not result.isNull():  # a button without room asks for nothing
                with QPainter(result) as painter:
                    self.paint(painter, result.rect(), mode, state)
        return self._drawn[key]


@lru_cache(maxsize=1024)
def icon(name: str, colour: str) -> QIcon:
    """The icon `name` (file name without .svg) in `colour` (#rrggbb); paler where it is disabled.

    Raises FileNotFoundError.
    """
    return QIcon(_Drawing(_renderer(name, colour)))


@lru_cache(maxsize=128)
def line_sample(style: EstimateStyle) -> QIcon:
    """A short piece of an estimate's line: one dash and a half, two pixels wide."""
    dash = ",".join(map(str, style.dash)) or "none"
    line = f'<path d="M0 8h22" stroke="{style.colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 16">{line}</svg>'
    return QIcon(_Drawing(QSvgRenderer(QByteArray(drawing.encode()))))


# Pixmaps must not outlive the application.
qAddPostRoutine(icon.cache_clear)
qAddPostRoutine(line_sample.cache_clear)


def app_icon() -> QIcon:
    """The icon of the program, for windows and task bars."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addFile(resource_path("icons", f"osisnr_gui_{size}.png"))
    return result


def _renderer(name: str, colour: str) -> QSvgRenderer:
    with open(resource_path("icons", f"{name}.svg"), "rb") as file:
        drawing = file.read()
    return QSvgRenderer(QByteArray(drawing.replace(b"currentColor", QColor(colour).name().encode())))


_TINT = "tint"
LINE_SIZE = QSize(22, 16)  # of `line_sample`


class Themed:
    """A widget or delegate, to be mixed in, that paints in the colours of `_theme`."""

    def __init__(self, theme: Theme, *arguments: object) -> None:
        super().__init__(*arguments)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Apply `theme` to this and to all inside it; its style sheet has everything painted anew."""
        self._theme = theme
        if isinstance(self, QObject):
            set_theme_inside(self, theme)


def set_theme_inside(whole: QObject, theme: Theme) -> None:
    """Apply `theme` to all inside `whole`. What has a `set_theme` of its own looks after what is inside it."""
    for part in whole.children():
        _tint(part, theme)
        if hasattr(part, "set_theme"):
            part.set_theme(theme)
        else:
            set_theme_inside(part, theme)


def tint(widget: QAbstractButton | QLabel, name: str, theme: Theme, ink: str = "text", size: int = 16) -> None:
    """Give a button or a label an icon in a colour of the theme, now and after every `set_theme_inside`."""
    widget.setProperty(_TINT, (name, ink, size))
    _tint(widget, theme)


def show_line(label: QLabel, index: int | None, theme: Theme) -> None:
    """Give a label a piece of the line of an estimate, or nothing, now and after every `set_theme_inside`."""
    label.setFixedSize(LINE_SIZE)
    label.setProperty(_TINT, index)
    label.clear()
    _tint(label, theme)


def _tint(part: QObject, theme: Theme) -> None:
    tint = part.property(_TINT)
    if isinstance(tint, int) and isinstance(part, QLabel):
        part.setPixmap(line_sample(theme.estimate(tint)).pixmap(LINE_SIZE))
    elif tint and isinstance(part, QAbstractButton | QLabel):
        name, ink, size = tint
        drawing = icon(name, getattr(theme, ink))
        if isinstance(part, QLabel):
            part.setPixmap(drawing.pixmap(size, size))
        else:
            part.setIcon(drawing)


ThemeMode = Literal["system", "dark", "light"]


def build_style_sheet(theme: Theme) -> str:
    """The application's style sheet, resources/style.qss, in the colours of `theme`."""
    with open(resource_path("style.qss"), encoding="utf-8") as file:
        sheet = Template(file.read())
    selected, scroll = ("#26374d", "#3a404c") if theme.name == "dark" else ("#d6e6f7", "#c9cfd6")
    return sheet.substitute(vars(theme), selected=selected, scroll=scroll)


class ThemeManager(QObject):
    """Knows which theme is in force and says when it changes.

    The mode is ``"dark"``, ``"light"`` or ``"system"``; the last one follows the desktop while the
    program runs. :meth:`apply` dresses the whole application.
    """

    changed = Signal(object)  # Theme

    def __init__(self, mode: ThemeMode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mode: ThemeMode = mode  # what the user asked for
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._refresh)
        self.theme = LIGHT  # what is in force
        self._refresh()

    def set_mode(self, mode: ThemeMode) -> None:
        """Ask for a look; ``changed`` follows if it makes a difference."""
        self.mode = mode
        self._refresh()

    def apply(self, app: QApplication) -> None:
        """Dress the application in the theme in force, now and after every change."""
        app.setStyle("fusion")
        app.setFont(system_font())
        self._dress(app)
        self.changed.connect(lambda _theme: self._dress(app))

    def _dress(self, app: QApplication) -> None:
        app.setPalette(build_palette(self.theme))
        app.setStyleSheet(build_style_sheet(self.theme))

    def _refresh(self, *_scheme: object) -> None:
        dark_desktop = self._hints.colorScheme() == Qt.ColorScheme.Dark
        theme = DARK if self.mode == "dark" or (self.mode == "system" and dark_desktop) else LIGHT
        if theme is not self.theme:
            self.theme = theme
            self.changed.emit(theme)
