"""Both looks have the same names, enough contrast, and can be switched while the program runs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from osisnr_gui.qt.look.theme import (
    DARK,
    LIGHT,
    ThemeManager,
    build_palette,
    build_style_sheet,
    contrast_ratio,
    tabular_font,
)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda t: t.name)
def test_contrast(theme):
    for ground in (theme.background, theme.panel, theme.raised):
        assert contrast_ratio(theme.text, ground) >= 7
        assert contrast_ratio(theme.muted, ground) >= 4.5
        assert contrast_ratio(theme.error, ground) >= 4.5
    assert contrast_ratio(theme.on_accent, theme.accent) >= 4.5
    assert contrast_ratio(theme.bad, theme.background) >= 3
    for colour in theme.estimates:
        assert contrast_ratio(colour, theme.background) >= 3


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda t: t.name)
def test_estimates_differ_by_colour_and_dash(theme):
    first = [theme.estimate(k) for k in range(7)]
    assert len(theme.estimates) == len({s.colour for s in first}) == len({s.dash for s in first}) == 7
    assert theme.estimate(7).colour == theme.estimate(0).colour
    styles = [theme.estimate(k) for k in range(49)]
    assert len({(style.colour, style.dash) for style in styles}) == 49


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda t: t.name)
def test_sheet_and_palette(theme):
    sheet = build_style_sheet(theme)
    assert "$" not in sheet
    assert theme.panel in sheet
    assert build_palette(theme).color(QPalette.ColorRole.Window) == QColor(theme.panel)


def test_manager_switches_and_speaks_only_on_change(qtbot):
    manager = ThemeManager("dark")
    seen = []
    manager.changed.connect(seen.append)
    manager.set_mode("dark")
    manager.set_mode("light")
    assert seen == [LIGHT]
    assert manager.theme is LIGHT


def test_system_mode_follows_the_desktop(qtbot):
    manager = ThemeManager("light")
    manager.set_mode("system")
    dark = manager._hints.colorScheme() == Qt.ColorScheme.Dark
    assert manager.theme is (DARK if dark else LIGHT)


def test_manager_dresses_the_application(qtbot, qapp):
    before = (qapp.style().name(), qapp.palette(), qapp.styleSheet(), qapp.font())
    try:
        manager = ThemeManager("dark")
        manager.apply(qapp)
        assert DARK.panel in qapp.styleSheet()
        manager.set_mode("light")
        assert LIGHT.panel in qapp.styleSheet()
        assert qapp.font().pixelSize() == 13
        manager.deleteLater()
    finally:
        qapp.setStyle(before[0])
        qapp.setPalette(before[1])
        qapp.setStyleSheet(before[2])
        qapp.setFont(before[3])


def test_tabular_font(qtbot):
    assert tabular_font(11).pixelSize() == 11
