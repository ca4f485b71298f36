"""Clipped places: seen at any zoom, at their times, on the right row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plot_kit import pixels
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, LIGHT, Theme
from osisnr_gui.qt.plots.items.shading import WIDER_COLUMNS, ClipMarks
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.session.session import Source
from osisnr_gui.session.tracks import Track, clip_places

HOUR = 3600.0


def track(*clips: tuple[int, int], rate: int = 16_000, delay: int = 0) -> Track:
    return Track(Source("/x/a.wav", delay=delay), kind="audio", sample_rate=rate, clips=np.array(clips).reshape(-1, 2))


def marked(row: TimePlot, theme: Theme) -> list[int]:
    """Columns of the strip in the colour of marks."""
    m, image = pixels(row), row.grab().toImage()
    y, wanted = round(m.top) + 4, QColor(theme.warning).rgb()
    return [x for x in range(round(m.left), round(m.right)) if image.pixel(x, y) == wanted]


def test_places_in_seconds() -> None:
    found = clip_places(track((16_000, 10), (8000, 3), rate=8000, delay=160), reference_rate=16_000)
    np.testing.assert_allclose(found, [[1.99, 1.99125], [0.99, 0.990375]])
    assert clip_places(replace(track((1, 2)), sample_rate=None), None).shape == (0, 2)
    assert clip_places(track(), 16_000).shape == (0, 2)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_a_single_run_is_seen_in_an_hour_and_close_up(qtbot: QtBot, theme: Theme) -> None:
    link = TimeLink()
    row = TimePlot(link, theme, "reference", "Reference")
    qtbot.addWidget(row)
    row.resize(800, 120)
    row.show()
    marks = ClipMarks()
    row.add(marks)
    link.set_extent(0.0, HOUR)
    file = track((16_000 * 1800, 3))
    marks.show_clips(file, file)
    (first, *_, last) = marked(row, theme)
    assert first <= pixels(row).x_of(1800.0) <= last + 1
    assert last - first == 2 * WIDER_COLUMNS
    link.set_range(1799.9, 1800.1)
    assert marked(row, theme)
    link.set_range(1000.0, 1001.0)
    assert marked(row, theme) == []
    link.set_range(1799.9, 1800.1)
    marks.show_clips(None, None)
    assert marked(row, theme) == []


def test_a_hundred_thousand_runs_are_two_fills(qtbot: QtBot) -> None:
    link = TimeLink()
    row = TimePlot(link, DARK, "estimate", "Estimate")
    qtbot.addWidget(row)
    row.resize(800, 120)
    row.show()
    link.set_extent(0.0, HOUR)
    many = np.stack((np.arange(100_000) * 576, np.full(100_000, 5)), axis=1)
    file = replace(track(), clips=many)
    marks = ClipMarks()
    row.add(marks)
    marks.show_clips(file, file)
    assert len(marked(row, DARK)) > 0.9 * pixels(row).width
