"""Range, zoom history and selection shared by the rows."""

from __future__ import annotations

import math

import pytest

from osisnr_gui.qt.plots import time_link
from osisnr_gui.qt.plots.time_link import TimeLink


@pytest.fixture
def link(qtbot):
    link = TimeLink()
    link.set_extent(0.0, 100.0, min_span=0.05)
    link.flush()
    return link


def test_a_new_extent_is_shown_whole(link):
    assert link.visible == (0.0, 100.0)
    link.set_range(10, 20)
    link.set_extent(0.0, 200.0)
    assert link.visible == (10.0, 20.0)
    link.set_extent(0.0, 15.0)
    assert link.visible == (5.0, 15.0)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ((-10, 20), (0, 30)),
        ((90, 120), (70, 100)),
        ((-5, 500), (0, 100)),
        ((30, 20), (20, 30)),
        ((50, 50), (49.975, 50.025)),
    ],
)
def test_ranges_are_clamped(link, asked, shown):
    link.set_range(*asked)
    assert link.visible == pytest.approx(shown)


def test_nonsense_is_ignored(link):
    link.set_range(10, 20)
    for bad in ((math.nan, 5), (0, math.inf), (-math.inf, math.inf)):
        link.set_range(*bad)
        link.select(*bad)
    assert link.visible == (10, 20)
    assert link.selection is None
    link.set_extent(5, math.nan)
    assert link.extent == (0, 1)


def test_zoom_keeps_the_time_it_is_about(link):
    link.set_range(20, 40)
    before = (25 - link.visible.start) / link.visible.length
    for factor in (0.8, 0.5, 1.3):
        link.zoom(factor, 25)
        assert (25 - link.visible.start) / link.visible.length == pytest.approx(before)
    for _ in range(100):
        link.zoom(0.5, 25)
    assert link.visible.length == pytest.approx(0.05)
    for _ in range(100):
        link.zoom(2.0, 25)
    assert link.visible == link.extent


def test_zoom_back_walks_the_history(link, monkeypatch):
    monkeypatch.setattr(time_link, "MERGE_MS", -1)
    link.zoom(0.5, 50)
    link.set_range(40, 45, remember=True)
    link.select(41, 42)
    link.zoom_to_selection()
    assert link.visible == (41, 42)
    link.pan(0.5)
    link.zoom_back()
    assert link.visible == (40, 45)
    link.zoom_back()
    assert link.visible == (25, 75)
    link.zoom_back()
    assert link.visible == link.extent
    link.zoom_back()
    assert link.visible == link.extent


def test_one_turn_of_the_wheel_is_one_entry(link, monkeypatch):
    monkeypatch.setattr(time_link, "MERGE_MS", 60_000)
    for _ in range(10):
        link.zoom(0.8, 50)
    link.zoom_back()
    assert link.visible == link.extent


def test_fit_can_be_taken_back(link):
    link.set_range(10, 20)
    link.fit()
    assert link.visible == link.extent
    link.zoom_back()
    assert link.visible == (10, 20)


def test_a_burst_is_announced_once(link, qtbot):
    seen = []
    link.range_changed.connect(lambda a, b: seen.append((a, b)))
    with qtbot.waitSignal(link.range_changed):
        for i in range(20):
            link.set_range(i, i + 10)
    assert seen == [(19.0, 29.0)]
    link.set_range(0, 5)
    link.set_range(19, 29)
    link.flush()
    assert len(seen) == 1


def test_selection_is_ordered_clamped_and_told_once(link):
    seen = []
    link.selection_changed.connect(seen.append)
    link.select(30, 20)
    link.select(20, 30)
    link.select(95, 150)
    link.clear_selection()
    link.clear_selection()
    assert seen == [(20, 30), (95, 100), None]
    link.select(10, 60)
    link.set_extent(0, 50)
    assert link.selection == (10, 50)


def test_hover_and_cursor_speak_only_on_change(link):
    hovers, cursors = [], []
    link.hover_changed.connect(lambda *a: hovers.append(a))
    link.cursor_changed.connect(cursors.append)
    link.set_hover(1.0, 2.0, "osi")
    link.set_hover(1.0, 2.0, "osi")
    link.set_hover(math.nan)
    link.set_hover(math.nan)
    link.set_cursor(5.0)
    link.set_cursor(5.0)
    link.set_cursor(math.nan)
    link.set_cursor(math.nan)
    assert hovers[0] == (1.0, 2.0, "osi")
    assert len(hovers) == 2
    assert math.isnan(hovers[1][0])
    assert len(cursors) == 2


def test_seeks_stay_inside(link, qtbot):
    with qtbot.waitSignal(link.seek_requested) as seek:
        link.request_seek(1000)
    assert seek.args == [100.0]


def test_playhead_and_loop_are_told_once(link, qtbot):
    heads, loops = [], []
    link.playhead_changed.connect(heads.append)
    link.loop_changed.connect(loops.append)
    for time in (3.0, 3.0, math.nan, math.nan):
        link.set_playhead(time)
    assert len(heads) == 2
    link.set_loop(120, 90)
    link.set_loop(90, 100)
    assert loops == [(90, 100)]
    link.set_loop(math.nan, 5)
    link.set_extent(0.0, 95.0)
    assert link.loop == (90, 95)
    link.clear_loop()
    assert loops[-1] is None
