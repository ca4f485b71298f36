"""Overview, shading and the stack: edges aligned to the pixel, one axis, one layer for all runs."""

from __future__ import annotations

import numpy as np
import pytest
from plot_kit import drawn, pixels, view_box
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.curve_plot import CurvePlot, LossPlot
from osisnr_gui.qt.plots.items.shading import BandKind, Runs, Shading, Stretches
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.plot_stack import PlotStack
from osisnr_gui.qt.plots.rows import PlotRow
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot

PRESS, MOVE, RELEASE = (
    QMouseEvent.Type.MouseButtonPress,
    QMouseEvent.Type.MouseMove,
    QMouseEvent.Type.MouseButtonRelease,
)
#: The overview shows 100 s; a mouse points at whole pixels, twice in a drag.
PIXEL = 2 * 100 / 900


def runs(starts, stops, kinds):
    """Runs by kind, from parallel columns."""
    starts, stops, kinds = (np.asarray(column, float) for column in (starts, stops, kinds))
    return Runs({kind: Stretches.of(starts[kinds == kind], stops[kinds == kind]) for kind in BandKind})


def mouse(widget, kind, x, y=20.0):
    held = Qt.MouseButton.NoButton if kind is RELEASE else Qt.MouseButton.LeftButton
    where = QPointF(x, y)
    event = QMouseEvent(
        kind, where, widget.mapToGlobal(where), Qt.MouseButton.LeftButton, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget.viewport(), event)


@pytest.fixture
def link(qtbot):
    link = TimeLink()
    link.set_extent(0.0, 100.0, min_span=0.1)
    return link


@pytest.fixture
def overview(qtbot, link):
    strip = Overview(link, DARK)
    qtbot.addWidget(strip)
    strip.resize(1000, strip.height())
    strip.show()
    return strip


@pytest.fixture
def stack(qtbot, link):
    stack = PlotStack(Overview(link, DARK))
    qtbot.addWidget(stack)
    spectrogram = TimePlot(link, DARK, "spectrogram")
    spectrogram.set_y_scale(LinearScale("Frequency (Hz)"))
    spectrogram.set_y_range(0, 20_000)
    stack.add_row(spectrogram, PlotRow("spectrogram", "", 3))
    stack.add_row(CurvePlot(link, DARK), PlotRow("osi", "", 2))
    stack.add_row(LossPlot(link, DARK), PlotRow("loss", "", 1.5))
    stack.resize(1000, 700)
    stack.show()
    qtbot.waitExposed(stack)
    return stack


@pytest.mark.parametrize("size", [(1280, 720), (1001, 633), (700, 400), (1613, 997)])
def test_plot_edges_are_equal_to_the_pixel(stack, qtbot, size):
    stack.resize(*size)
    qtbot.wait(1)
    edges = set()
    for row in stack.rows:
        left = row.mapTo(stack, row.rect().topLeft()).x()
        edges.add((left + pixels(row).left, left + pixels(row).right))
    strip = pixels(stack.findChild(Overview))
    edges.add((strip.left, strip.right))
    assert len(edges) == 1


def test_the_lowest_visible_row_has_the_time_axis(stack):
    assert [r.time_axis for r in stack.rows] == [False, False, True]
    stack.set_row_visible("loss", False)
    assert [r.time_axis for r in stack.rows] == [False, True, False]
    stack.set_row_visible("loss", True)
    assert [r.time_axis for r in stack.rows] == [False, False, True]
    for row_id in ("spectrogram", "osi", "loss"):
        stack.set_row_visible(row_id, False)
    assert not stack.places["loss"].is_shown


def test_heights_follow_the_weights_until_moved(stack, qtbot):
    stack.reset_heights()
    qtbot.wait(1)
    tall, medium, low = (r.height() for r in stack.rows)
    assert tall > medium > low - 24
    state = stack.save_heights()
    assert stack.restore_heights(state)
    assert not stack.restore_heights(b"rubbish")


def test_theme_and_crosshair_reach_all_rows(stack):
    stack.set_theme(LIGHT)
    stack.rows[0].link.set_crosshair(False)
    stack.rows[0].link.set_hover(1.0, 1.0, stack.rows[0].row_id)
    assert all(r.theme is LIGHT and "cross_time" not in r.marks.lines for r in stack.rows)
    stack.rows[0].link.set_crosshair(True)
    assert all(r.marks.lines["cross_time"].scene() is not None for r in stack.rows)
    assert stack.grab().toImage().pixelColor(3, 100) == QColor(LIGHT.background)


def test_the_overview_moves_the_window(overview, link):
    link.set_range(20, 40)
    link.flush()
    m = pixels(overview)
    mouse(overview, PRESS, m.x_of(30))
    mouse(overview, MOVE, m.x_of(60))
    mouse(overview, RELEASE, m.x_of(60))
    assert link.visible == pytest.approx((50, 70), abs=PIXEL)
    link.flush()
    mouse(overview, PRESS, m.x_of(70))
    mouse(overview, MOVE, m.x_of(80))
    mouse(overview, RELEASE, m.x_of(80))
    assert link.visible == pytest.approx((50, 80), abs=PIXEL)
    link.flush()
    mouse(overview, PRESS, m.x_of(10))
    mouse(overview, RELEASE, m.x_of(10))
    assert link.visible == pytest.approx((0, 30), abs=PIXEL)
    link.flush()


def test_dragging_over_a_whole_overview_makes_a_window(overview, link):
    m = pixels(overview)
    mouse(overview, PRESS, m.x_of(60))
    mouse(overview, MOVE, m.x_of(40))
    mouse(overview, MOVE, m.x_of(30))
    mouse(overview, RELEASE, m.x_of(30))
    assert link.visible == pytest.approx((30, 60), abs=PIXEL)
    link.zoom_back()
    assert link.visible == link.extent


def test_the_overview_shows_the_worst_frame_of_a_pixel(overview):
    osi = np.full(5000, 30.0)
    osi[2500] = 0.0
    overview.strip.show_osi(0.0, 0.02, osi)
    overview.strip.show_runs(Runs({BandKind.BAD: Stretches.of_frames(osi < 5, 0.0, 0.02)}))
    m, image = pixels(overview), overview.grab().toImage()
    x = int(m.x_of(50.0))
    row = [image.pixelColor(i, 15) for i in range(x - 2, x + 3)]
    assert len({c.name() for c in row}) > 1
    assert QColor(DARK.bad) in [image.pixelColor(i, round(m.bottom) - 2) for i in range(x - 2, x + 3)]
    assert image.pixelColor(x + 100, round(m.bottom) - 2) != QColor(DARK.bad)


@pytest.mark.parametrize("n", [0, 1, 3, 100, 100_000])
def test_the_overview_stands_any_length(overview, n):
    osi = np.random.default_rng(0).uniform(0, 40, n)
    osi[::3] = np.nan
    osi[::7] = np.inf
    overview.strip.show_osi(0.0, 100 / max(n, 1), osi)
    overview.strip.show_runs(Runs({BandKind.SILENT: Stretches.of_frames(np.isnan(osi), 0.0, 100 / max(n, 1))}))
    overview.grab()
    overview.set_theme(LIGHT)
    overview.grab()


def test_ten_thousand_runs_are_a_handful_of_calls(link, monkeypatch):
    starts = np.sort(np.random.default_rng(0).uniform(0, 100, 12_000))
    calls = []
    for name in ("fillRect", "drawLines", "drawRects", "drawLine"):
        monkeypatch.setattr(QPainter, name, lambda *_, name=name: calls.append(name))
    shading = Shading()
    shading.show_runs(runs(starts, starts + 0.004, np.arange(12_000) % 4))
    drawn(shading, view_box(900, 140, 0.0, 100.0))
    assert 0 < len(calls) < 12


def test_bands_are_seen_where_they_are(qtbot, link):
    row = TimePlot(link, DARK, "osi")
    qtbot.addWidget(row)
    row.resize(1000, 150)
    plain = row.grab().toImage()
    bands = Shading()
    row.add(bands)
    bands.show_runs(runs([80, 10, 50.0, 30, np.nan], [85, 20, 50.001, 31, 5], [BandKind.SILENT, 0, 0, 1, 0]))
    m, image = pixels(row), row.grab().toImage()

    def shaded(time: float) -> bool:
        x = min(int(m.x_of(time)), image.width() - 1)
        return any(image.pixelColor(x, y) != plain.pixelColor(x, y) for y in range(40, 60))

    assert [shaded(t) for t in (5, 15, 25, 30.5, 40, 50.0005, 60, 82, 90)] == [
        False, True, False, True, False, True, False, True, False,
    ]  # fmt: skip
    bands.show_runs(Runs())
    assert row.grab().toImage() == plain


def test_on_a_picture_runs_are_a_stripe_and_hardly_tint_it(qtbot, link):
    images = []
    for over in (False, True):
        row = TimePlot(link, DARK, "osi")
        qtbot.addWidget(row)
        row.resize(1000, 150)
        shading = Shading(over=over)
        row.add(shading)
        shading.show_runs(runs([10, 30, 50, 70], [20, 40, 60, 80], list(BandKind)))
        images.append(row.grab().toImage())
        m = pixels(row)
    under, stripe = images

    def away(image, time):
        x, colour = round(m.x_of(time)), QColor(DARK.background)
        return abs(image.pixelColor(x, 50).red() - colour.red())

    assert 0 < away(stripe, 15) < away(under, 15) / 2
    bottom = round(m.bottom) - 2
    for time in (15, 35):  # bad, missed
        assert stripe.pixelColor(round(m.x_of(time)), bottom) == QColor(DARK.bad)
        assert stripe.pixelColor(round(m.x_of(time)), bottom - 5) != QColor(DARK.bad)
        assert under.pixelColor(round(m.x_of(time)), bottom) != QColor(DARK.bad)
    seen = {
        time: {stripe.pixelColor(round(m.x_of(time)) + dx, bottom).name() for dx in range(8)} for time in (15, 55, 75)
    }
    assert QColor(DARK.silent).name() in seen[55]
    assert QColor(DARK.bad).name() in seen[75]
    assert len(seen[15]) == 1 < len(seen[75])


def test_false_activity_is_neither_silence_nor_plain_bad(qtbot, link):
    row = TimePlot(link, DARK, "osi")
    qtbot.addWidget(row)
    row.resize(1000, 150)
    bands, looks = Shading(), []
    row.add(bands)
    for kind in BandKind:
        bands.show_runs(runs([40], [60], [kind]))
        looks.append(row.grab().toImage())
    assert all(a != b for k, a in enumerate(looks) for b in looks[:k])
    assert BandKind.FALSE_ACTIVITY == 3


def test_the_overview_marks_false_activity_without_grey_hatch(overview):
    osi = np.full(1000, 20.0)
    false = np.zeros(1000, bool)
    false[400:600] = True
    overview.strip.show_osi(0.0, 0.1, np.where(false, np.nan, osi))
    overview.strip.show_runs(Runs({BandKind.FALSE_ACTIVITY: Stretches.of_frames(false, 0.0, 0.1)}))
    m, image = pixels(overview), overview.grab().toImage()
    middle = range(round(m.x_of(45)), round(m.x_of(55)))
    assert len({image.pixelColor(x, 15).name() for x in middle}) == 1
    ticks = {image.pixelColor(x, round(m.bottom) - 2).name() for x in middle}
    assert QColor(DARK.bad).name() in ticks
    assert len(ticks) > 1
    assert image.pixelColor(round(m.x_of(20)), round(m.bottom) - 2) == QColor(DARK.background)
    assert "dark = 0 dB" in overview.toolTip()


@pytest.fixture
def hour():
    """Flags of an hour of 10 ms frames: one in five is bad at random, ten seconds from 1800 s on all are."""
    flags = np.random.default_rng(0).random(360_000) < 0.2
    flags[180_000:181_000] = True
    return flags


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_in_an_hour_the_worst_place_stands_out_of_many_bad_frames(hour, theme):
    vb = view_box(900, 140, 0.0, 3600.0)
    vb.theme = theme
    bad = Runs({BandKind.BAD: Stretches.of_frames(hour, 0.0, 0.01)}, 0.01)
    ground = QColor(theme.background)
    for over, y in ((False, 70), (True, 138)):
        shading = Shading(over=over)
        shading.show_runs(bad)
        image = drawn(shading, vb, theme.background)
        away = [abs(image.pixelColor(x, y).blue() - ground.blue()) for x in (100, 451, 800)]
        assert away[1] > 3 * max(away[0], away[2]) > 0, (over, away)


def test_in_an_hour_the_overview_shows_the_share_of_bad_frames_as_a_height(link, overview, hour):
    link.set_extent(0.0, 3600.0)
    link.flush()
    hour[:20_000] = False
    hour[15_000] = True
    overview.strip.show_osi(0.0, 0.01, np.where(hour, 0.0, 20.0))
    overview.strip.show_runs(Runs({BandKind.BAD: Stretches.of_frames(hour, 0.0, 0.01)}, 0.01))
    m, image = pixels(overview), overview.grab().toImage()
    bottom = round(m.bottom)

    def heights(start: float, stop: float) -> list[int]:
        columns = range(round(m.x_of(start)), round(m.x_of(stop)))
        rows = range(bottom - 18, bottom)
        return [sum(image.pixelColor(x, y) == QColor(DARK.bad) for y in rows) for x in columns]

    assert max(heights(0.0, 200.0)) >= 1, "a single frame in an hour is seen"
    assert np.mean(heights(500.0, 1700.0)) == pytest.approx(0.2 * 18, abs=1.5)
    assert max(heights(1795.0, 1815.0)) >= 16


def test_in_an_hour_false_activity_everywhere_is_not_hatched_all_over(hour):
    hour[:180_000] &= np.arange(180_000) % 4 > 0
    shading = Shading()
    shading.show_runs(Runs({BandKind.FALSE_ACTIVITY: Stretches.of_frames(hour, 0.0, 0.01)}, 0.01))
    image = drawn(shading, view_box(900, 140, 0.0, 3600.0), DARK.background)
    hatched = [any(image.pixelColor(x, y) != QColor(DARK.background) for y in range(16)) for x in range(900)]
    assert any(hatched[450:453])
    assert sum(hatched) < 10


def test_overlapping_runs_count_once(overview):
    m = pixels(overview)
    for found in (Stretches.of([10, 12, 10.5], [20, 15, 11]), Stretches.of_frames(np.arange(100) // 10 == 1, 0.5, 1.0)):
        coverage = found.coverage(overview.box)
        assert coverage.max() == 1.0
        assert coverage.sum() * 100 / m.columns == pytest.approx(10.0)


def test_bands_shade_what_is_new_and_nothing_else(qtbot, link, monkeypatch):
    row = TimePlot(link, DARK, "osi")
    qtbot.addWidget(row)
    bands, refreshed = Shading(), []
    row.add(bands)
    monkeypatch.setattr(row.still, "forget", lambda: refreshed.append(1))
    shown = runs([10], [20], [0])
    bands.show_runs(shown)
    bands.show_runs(shown)
    assert len(refreshed) == 1
