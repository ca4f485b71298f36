"""Design tokens for the dark and the light look.

Every colour in the program comes from a :class:`Theme`; both themes have the same names. Widgets get
a palette (:func:`build_palette`) and a style sheet (`theme_manager.py`), plots get the theme itself.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

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


@dataclass(frozen=True)
class EstimateStyle:
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
    estimates: tuple[EstimateStyle, ...]
    bad_opacity: float = 0.18
    silent_opacity: float = 0.12
    selection_opacity: float = 0.14

    @property
    def is_dark(self) -> bool:
        """True for the dark look."""
        return self.name == "dark"

    def estimate(self, index: int) -> EstimateStyle:
        """Style of the estimate with this colour index. Below 0: the mixture, grey.

        After the last colour the first one comes again, each time with another dash.
        """
        if index < 0:
            return EstimateStyle(self.muted, ())
        turn, place = divmod(index, len(self.estimates))
        return EstimateStyle(self.estimates[place].colour, self.estimates[(place + turn) % len(self.estimates)].dash)


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


def _estimates(*colours: str) -> tuple[EstimateStyle, ...]:
    return tuple(EstimateStyle(c, d) for c, d in zip(colours, DASHES, strict=True))


DARK = Theme(
    name="dark",
    background="#15171c",
    panel="#1c1f26",
    raised="#252932",
    hover="#2e333e",
    separator="#2c313b",
    grid="#2c313b",
    text="#e7eaee",
    muted="#9ba3ae",
    faint="#6b7380",
    accent="#4ea1ff",
    on_accent="#0b1220",
    warning="#e0a83a",
    error="#ff7b72",
    bad="#d55e00",
    silent="#9ba3ae",
    loss_osi="#5f6b7c",
    loss_mc="#4ea1ff",
    loss_total="#c9d1db",
    estimates=_estimates(*OKABE_ITO),
)

LIGHT = Theme(
    name="light",
    background="#ffffff",
    panel="#f5f6f8",
    raised="#ffffff",
    hover="#e8ebef",
    separator="#dfe3e8",
    grid="#dfe3e8",
    text="#1b1f24",
    muted="#5c6570",
    faint="#8a929c",
    accent="#0a66c2",
    on_accent="#ffffff",
    warning="#9a6700",
    error="#c0262d",
    bad="#d55e00",
    silent="#5c6570",
    loss_osi="#a9b3bf",
    loss_mc="#5b9bdc",
    loss_total="#1b1f24",
    # As dark as it takes to stand out from white by 3:1.
    estimates=_estimates("#4a9dc9", "#c68700", "#009e73", "#cc79a7", "#d55e00", "#0072b2", "#a0962c"),
)


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
    colours = {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.background,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.PlaceholderText: theme.faint,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Light: theme.hover,
        role.Midlight: theme.raised,
        role.Mid: theme.separator,
        role.Dark: theme.separator,
        role.Shadow: theme.background,
        role.Accent: theme.accent,
    }
    palette = QPalette()
    for key, value in colours.items():
        palette.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(theme.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.separator))
    return palette
