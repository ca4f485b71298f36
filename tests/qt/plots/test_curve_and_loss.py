"""The OSI-SNR curves, the loss bands, alpha: data in, signals out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from plot_kit import pixels, title_box
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from osisnr_gui.core.alpha_table import N_NODES, AlphaTable
from osisnr_gui.core.loss_curve import LossCurve
from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.curve_plot import Curve, CurvePlot, LossPlot
from osisnr_gui.qt.plots.items.loss import cut_columns
from osisnr_gui.qt.plots.items.painting import safe_array
from osisnr_gui.qt.plots.items.shading import BandKind, Runs, Stretches
from osisnr_gui.qt.plots.items.words import lay_tags
from osisnr_gui.qt.plots.time_link import TimeLink

PRESS, MOVE, RELEASE = (
    QMouseEvent.Type.MouseButtonPress,
    QMouseEvent.Type.MouseMove,
    QMouseEvent.Type.MouseButtonRelease,
)
HOSTILE = [
    np.full(50, np.nan),
    np.full(50, np.inf),
    np.full(50, -np.inf),
    np.array([1e308, -1e308] * 25),
    np.array([], float),
    np.array([object()] * 50),
    np.array(["a"] * 50),
    np.zeros(50, np.float32),
    np.arange(50),
    np.array([np.nan, 5.0] * 25),
]


def loss_curve(osi_term, mc_term):
    """A curve with these two terms in every frame, whatever alpha is."""
    osi_term, mc_term = np.asarray(osi_term, float), np.asarray(mc_term, float)
    table = AlphaTable(np.tile(mc_term, (N_NODES, 1)), np.zeros(mc_term.size, np.int32))
    with np.errstate(divide="ignore"):
        return LossCurve(1.0 / osi_term, 0.0, table, alpha=0.3, gamma=1.0)


def mouse(widget, kind, x, y):
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


def shown(qtbot, widget, width=900, height=220):
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def curves(qtbot, link):
    return shown(qtbot, CurvePlot(link, DARK))


@pytest.fixture
def loss(qtbot, link):
    return shown(qtbot, LossPlot(link, DARK))


def has_colour(widget, colour, tolerance=40):
    """True when the colour, or one smoothed a little into the background, occurs in the picture of the widget."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., 2::-1]
    wanted = QColor(colour)
    distance = np.abs(pixels.astype(int) - (wanted.red(), wanted.green(), wanted.blue())).max(axis=-1)
    return bool((distance <= tolerance).any())


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("visible", [(0, 100), (10, 10.5)])
def test_hostile_data_is_drawn_as_nothing_worse_than_gaps(curves, loss, link, data, visible):
    link.set_range(*visible)
    link.flush()
    curves.show_curves([(0.0, 2.0, data, 0, True), (0.0, 0.01, np.tile(data, 200), 1, False)])
    curves.threshold_line.show_level(math.nan)
    curves.chance_line.show_level(math.inf)
    if data.dtype.kind in "fiu":  # what is drawn of a loss comes from a pass, never from outside
        loss.show_loss(0.0, 2.0, loss_curve(data, data))
        loss.show_loss(0.0, 0.01, loss_curve(np.tile(data, 200), np.ones(200 * data.size)))
    curves.shading.show_runs(Runs({BandKind.BAD: Stretches.of(data, data)}))
    curves.grab()
    loss.grab()
    assert math.isfinite(pixels(curves).hi)
    assert math.isfinite(pixels(loss).hi)


def test_safe_arrays():
    same = np.array([1.0, np.nan, 3.0])
    assert safe_array(same) is same
    np.testing.assert_array_equal(safe_array([1, np.inf, -1e200]), [1, np.nan, np.nan])
    np.testing.assert_array_equal(safe_array([1, np.inf, -np.inf], keep_inf=True), [1, np.inf, np.nan])
    assert safe_array(np.array([None, 1])).size == 0
    assert safe_array(np.full(4, np.nan)).size == 4


def test_each_estimate_has_its_colour_and_perfect_frames_a_cap(curves):
    osi = np.tile([10.0, 20.0], 500)
    perfect = np.full(1000, np.nan)
    perfect[400:500] = np.inf
    curves.show_curves([Curve(0.0, 0.1, osi, 0, True), Curve(0.0, 0.1, perfect, 1)])
    assert has_colour(curves, DARK.estimate(0).colour)
    m = pixels(curves)
    image = curves.grab().toImage()
    cap = QColor(DARK.estimate(1).colour)
    assert any(image.pixelColor(round(m.x_of(45)), round(m.top) + dy) == cap for dy in range(8))
    assert not any(image.pixelColor(round(m.x_of(60)), round(m.top) + dy) == cap for dy in range(8))


def test_a_lone_frame_between_gaps_is_visible(curves, link):
    osi = np.full(10_000, np.nan)
    osi[5000] = 12.0
    curves.show_curves([(0.0, 0.01, osi, 0, True)])
    assert has_colour(curves, DARK.estimate(0).colour)


def test_automatic_range_ignores_a_spike_and_yields_to_the_user(curves):
    osi = np.random.default_rng(0).uniform(0, 20, 10_000)
    osi[77] = 140.0
    curves.show_curves([(0.0, 0.01, osi, 0, True)])
    assert 20 <= pixels(curves).hi <= 25
    curves.zoom_y(0.5, 0.0)
    chosen = pixels(curves).hi
    curves.show_curves([(0.0, 0.01, osi + 5, 0, True)])
    assert pixels(curves).hi == chosen
    curves.fit_y()
    assert pixels(curves).hi > 25 > pixels(curves).lo == 0


def test_threshold_is_dragged(curves, qtbot):
    curves.threshold_line.show_level(10.0)
    m = pixels(curves)
    moved, selected = [], []
    curves.threshold_line.level_dragged.connect(moved.append)
    curves.link.selection_changed.connect(selected.append)
    x = m.x_of(50)
    held = []
    curves.handle_held.connect(held.append)
    mouse(curves, PRESS, x, m.y_of(10.0))
    for value in (12.0, 15.0, 20.0):
        mouse(curves, MOVE, x + value, m.y_of(value))
    mouse(curves, RELEASE, x, m.y_of(20.0))
    assert moved == pytest.approx([12.0, 15.0, 20.0], abs=0.2)
    assert held[0]
    assert not held[-1]
    assert curves.threshold_line.level == moved[-1]
    assert selected == []
    with qtbot.assertNotEmitted(curves.threshold_line.level_dragged):
        curves.threshold_line.show_level(3.0)


def test_same_arrays_are_not_drawn_again(curves, monkeypatch):
    osi = np.ones(100)
    curves.show_curves([(0.0, 1.0, osi, 0, True)])
    calls = []
    monkeypatch.setattr(curves.still, "forget", lambda: calls.append(1))
    curves.show_curves([(0.0, 1.0, osi, 0, True)])
    assert not calls
    curves.show_curves([(0.0, 1.0, osi, 0, False)])
    assert calls


@pytest.mark.parametrize("visible", [(0, 100), (40, 42)])
def test_loss_bands_stack(loss, link, visible):
    n = 50_000
    loss.show_loss(0.0, 0.002, loss_curve(np.full(n, 0.4), np.full(n, 0.3)))
    link.set_range(*visible)
    link.flush()
    m, image = pixels(loss), loss.grab().toImage()
    x = round(m.x_of(41))
    assert image.pixelColor(x, round(m.y_of(0.2))) == QColor(DARK.loss_osi)
    assert image.pixelColor(x, round(m.y_of(0.55))) == QColor(DARK.loss_mc)
    assert image.pixelColor(x, round(m.y_of(0.9))) not in (QColor(DARK.loss_osi), QColor(DARK.loss_mc))


def test_loss_axis_stays_while_a_slider_moves(loss):
    osi = np.full(1000, 0.5)
    loss.show_loss(0.0, 0.1, loss_curve(osi, np.full(1000, 0.5)))
    present = pixels(loss).hi
    for share in np.linspace(0.5, 0.6, 10):
        loss.show_loss(0.0, 0.1, loss_curve(osi, np.full(1000, share)))
        assert pixels(loss).hi == present
    loss.show_loss(0.0, 0.1, loss_curve(osi, np.full(1000, 5.0)))
    assert pixels(loss).hi > 5.5
    loss.show_loss(0.0, 0.1, loss_curve(osi, np.full(1000, 0.01)))
    assert pixels(loss).hi < 1.0


def test_no_peak_of_the_loss_is_lost(loss, link):
    """One bad frame among 400 a column apart is seen, as veil or as band, wherever it lies."""
    n = 20_000
    base = loss.grab().toImage()
    for visible in ((0, 100), (30, 50)):
        mc = np.zeros(n)
        mc[8001] = 1.0
        loss.show_loss(0.0, 0.005, loss_curve(np.full(n, 0.1), mc))
        loss.fit_y()
        loss.set_y_range(0, 1.2)
        link.set_range(*visible)
        link.flush()
        m, image = pixels(loss), loss.grab().toImage()
        xs = range(round(m.x_of(40.005)) - 2, round(m.x_of(40.005)) + 3)
        assert any(image.pixelColor(x, round(m.y_of(0.9))) != base.pixelColor(x, round(m.y_of(0.9))) for x in xs)


@pytest.mark.parametrize("visible", [(0, 100), (38, 42), (39.9, 40.1)])
def test_what_is_cut_off_at_the_top_is_marked(loss, link, visible):
    mc = np.zeros(20_000)
    mc[8000] = 7.5
    loss.show_loss(0.0, 0.005, loss_curve(np.full(20_000, 0.1), mc))
    link.set_range(*visible)
    link.flush()
    assert pixels(loss).hi < 7
    m, image = pixels(loss), loss.grab().toImage()
    # Wider than any line: two pixels beside the peak, in the last row of the mark.
    middle, y = round(m.x_of(40.0)), round(m.top) + 3
    assert all(image.pixelColor(middle + dx, y) == QColor(DARK.text) for dx in (-2, 0, 2))
    far = middle - 200
    assert image.pixelColor(far, y) != QColor(DARK.text)


def test_the_highest_cut_value_has_its_number_where_there_is_room(loss, monkeypatch):
    tags = []
    monkeypatch.setattr("osisnr_gui.qt.plots.items.loss.paint_tag", lambda _p, box, text, *_: tags.append((box, text)))
    for at in (0, 130, 500, 950, 999):
        mc = np.zeros(1000)
        mc[at], mc[700] = 7.5, 3.0
        loss.show_loss(0.0, 0.1, loss_curve(np.full(1000, 0.1), mc))
        tags.clear()
        loss.grab()
        box, text = tags[-1]
        assert text == "7.600"
        assert loss.box.rect().contains(box)
        assert not box.intersects(loss.words.title_box)
    loss.resize(900, 52)
    loss.set_title("a long title " * 30)
    loss.grab()
    assert tags[-1][0].isEmpty() or loss.box.rect().contains(tags[-1][0])
    tags.clear()
    loss.set_y_range(0, 100)
    loss.grab()
    assert not tags


def test_cut_columns_finds_a_frame_between_two_column_middles(loss):
    loss.set_y_range(0, 1)
    m = loss.box
    times = np.linspace(0, 100, 101)
    values = np.zeros(101)
    values[50] = 1.0001
    assert cut_columns(m, times, values).sum() == 1
    assert not cut_columns(m, times, np.full(101, np.nan)).any()
    assert not cut_columns(m, np.empty(0), np.empty(0)).any()


@pytest.mark.parametrize("values", [(3.0, 4.2), (0.1, 0.2), (39.0, 39.9), (3.0, 30.0), (5.0, 5.0), (50.0, 4.2)])
@pytest.mark.parametrize("height", [60, 220])
def test_level_labels_never_lie_on_each_other(curves, values, height):
    curves.resize(900, height)
    m = curves.box
    first, second = lay_tags(m, list(zip(values, ("bad under 3.0 dB", "chance"), strict=True)))
    assert not first.intersects(second)
    for value, box in zip(values, (first, second), strict=True):
        assert box.isEmpty() == (value > m.hi)
        assert box.isEmpty() or (m.rect().contains(box) and box.right() == m.width() - 4)


@pytest.mark.parametrize(("width", "text"), [(900, "bad under 3.0 dB exact OSI-SNR"), (400, "bad < 3.0 dB exact")])
def test_the_threshold_says_what_it_is(curves, monkeypatch, width, text):
    texts = []
    monkeypatch.setattr("osisnr_gui.qt.plots.items.lines.paint_tag", lambda _p, _box, text, *_: texts.append(text))
    curves.resize(width, 220)
    curves.threshold_line.show_level(3.0)
    curves.chance_line.show_level(4.2)
    curves.grab()
    assert texts[-2:] == [text, "chance 4.2 dB"]


def test_the_title_names_every_line(curves):
    before = title_box(curves).width()
    values = np.ones(1000)
    curves.show_curves([Curve(0.0, 0.1, values, k, k == 1) for k in range(3)])
    assert [(k.text, k.colour, k.strong) for k in curves.words.keys] == [
        ("A", 0, False),
        ("B", 1, True),
        ("C", 2, False),
    ]
    assert title_box(curves).width() > before
    plain = curves.grab().toImage()
    curves.show_curves([])
    assert curves.words.keys == ()
    assert curves.grab().toImage() != plain
    for width in (900, 400, 180, 100):
        curves.resize(width, 220)
        curves.show_curves([Curve(0.0, 0.1, values, k, k == 1) for k in range(60)])
        curves.grab()
        assert title_box(curves).right() <= pixels(curves).right
        layout = curves.words._lay_title(curves.box)
        assert len(layout.key_widths if layout else []) < 60
