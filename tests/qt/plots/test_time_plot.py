"""One row: it follows the link exactly, and the mouse does what the house rules say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from plot_kit import drag as kit_drag
from plot_kit import pixels, title_box
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.axes import LEFT_AXIS_WIDTH, RIGHT_MARGIN, LinearScale
from osisnr_gui.qt.plots.items.lines import LevelLine
from osisnr_gui.qt.plots.items.painting import PixelItem
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton

#: Ten seconds are shown; a mouse points at whole pixels, twice in a drag.
PIXEL = 2 * 10 / 800


@pytest.fixture
def row(qtbot):
    link = TimeLink()
    link.set_extent(0.0, 10.0, min_span=0.01)
    row = TimePlot(link, DARK, "osi", "OSI-SNR per frame")
    qtbot.addWidget(row)
    row.set_y_scale(LinearScale("OSI-SNR (dB)"))
    row.set_y_limits(0, 100)
    row.set_y_range(0, 40)
    row.resize(900, 200)
    row.show()
    qtbot.waitExposed(row)
    return row


def wheel(row, x, y, notches, modifiers=NONE, sideways=0):
    where = QPointF(x, y)
    delta = QPoint(round(120 * sideways), round(120 * notches))
    phase, buttons = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
    event = QWheelEvent(where, row.mapToGlobal(where), QPoint(), delta, buttons, modifiers, phase, False)
    QApplication.sendEvent(row.viewport(), event)


def mouse(row, kind, x, y, button=LEFT, modifiers=NONE):
    where = QPointF(x, y)
    held = Qt.MouseButton.NoButton if kind is QMouseEvent.Type.MouseButtonRelease else button
    event = QMouseEvent(kind, where, row.mapToGlobal(where), button, held, modifiers)
    QApplication.sendEvent(row.viewport(), event)


def drag(row, start, stop, button=LEFT, modifiers=NONE, release=True):
    mouse(row, QMouseEvent.Type.MouseButtonPress, *start, button, modifiers)
    for share in (0.5, 1.0):
        x, y = (a + (b - a) * share for a, b in zip(start, stop, strict=True))
        mouse(row, QMouseEvent.Type.MouseMove, x, y, button, modifiers)
    if release:
        mouse(row, QMouseEvent.Type.MouseButtonRelease, *stop, button, modifiers)


class _Paints(QObject):
    """The regions a widget paints from now on."""

    def __init__(self, widget):
        super().__init__(widget)
        self.regions = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):
        if event.type() == QEvent.Type.Paint:
            self.regions.append(event.region())
        return False


def test_the_view_is_exactly_the_link(row):
    for start, stop in ((1.0, 3.0), (0.123, 0.2), (0, 10)):
        row.link.set_range(start, stop)
        m = pixels(row)
        assert (m.t0, m.t1, m.lo, m.hi) == (start, stop, 0, 40)
    assert (m.left, row.width() - round(m.right)) == (LEFT_AXIS_WIDTH, RIGHT_MARGIN)


@pytest.mark.parametrize("x", [70, 300, 880])
def test_wheel_keeps_the_time_under_the_pointer(row, x):
    row.link.set_range(2, 6)
    time = pixels(row).time_at(x)
    for _ in range(5):  # faster than the event loop announces
        wheel(row, x, 100, 1)
    assert row.link.visible.length == pytest.approx(4 * 0.8**5)
    assert pixels(row).x_of(time) == pytest.approx(x, abs=1e-6)
    wheel(row, x, 100, -5)
    assert row.link.visible == pytest.approx((2, 6))


def test_shift_wheel_and_sideways_wheel_scroll(row):
    row.link.set_range(4, 6)
    wheel(row, 300, 100, -1, SHIFT)
    assert row.link.visible == pytest.approx((4.2, 6.2))
    wheel(row, 300, 100, 0, sideways=1)
    assert row.link.visible == pytest.approx((4, 6), abs=PIXEL)
    wheel(row, 300, 100, 0, SHIFT, sideways=1)
    assert row.link.visible == pytest.approx((3.8, 5.8))


@pytest.mark.parametrize(("x", "modifiers"), [(300, CTRL), (20, NONE)])
def test_ctrl_wheel_or_wheel_on_the_axis_zooms_values(row, qtbot, x, modifiers):
    y = round(pixels(row).y_of(10))
    value = pixels(row).value_at(y)
    with qtbot.waitSignal(row.y_range_changed):
        wheel(row, x, y, 1, modifiers)
    m = pixels(row)
    assert m.hi - m.lo == pytest.approx(32)
    assert m.value_at(y) == pytest.approx(value)
    assert row.link.visible == row.link.extent
    wheel(row, x, y, -30, modifiers)
    assert (pixels(row).lo, pixels(row).hi) == (0, 100)


def test_left_drag_selects_and_click_seeks(row, qtbot):
    m = pixels(row)
    drag(row, (m.x_of(6), 50), (m.x_of(4), 120))
    assert row.link.selection == pytest.approx((4, 6), abs=PIXEL)
    with qtbot.waitSignal(row.link.seek_requested) as seek:
        drag(row, (m.x_of(5), 50), (m.x_of(5) + 2, 51))
    assert seek.args[0] == pytest.approx(5, abs=0.1)
    assert row.link.selection == pytest.approx((4, 6), abs=PIXEL)


def test_selection_edges_can_be_dragged(row):
    m = pixels(row)
    row.link.select(4, 6)
    drag(row, (m.x_of(6) + 2, 90), (m.x_of(8), 90))
    assert row.link.selection == pytest.approx((4, 8), abs=PIXEL)
    drag(row, (m.x_of(4) - 2, 90), (m.x_of(1), 90))
    assert row.link.selection == pytest.approx((1, 8), abs=PIXEL)


def test_shift_drag_zooms_to_the_box(row):
    m = pixels(row)
    drag(row, (m.x_of(2), m.y_of(30)), (m.x_of(4), m.y_of(10)), modifiers=SHIFT)
    assert row.link.visible == pytest.approx((2, 4), abs=PIXEL)
    assert (pixels(row).lo, pixels(row).hi) == pytest.approx((10, 30), abs=1.0)
    assert row.link.selection is None
    row.link.zoom_back()
    assert row.link.visible == row.link.extent


def test_middle_drag_pans(row):
    row.link.set_range(4, 6)
    m = pixels(row)
    drag(row, (m.x_of(5), 90), (m.x_of(5.5), 120), MIDDLE)
    assert row.link.visible == pytest.approx((3.5, 5.5), abs=PIXEL)
    assert (pixels(row).lo, pixels(row).hi) == (0, 40)


def test_right_click_and_double_click_only_tell(row, qtbot):
    m = pixels(row)
    with qtbot.waitSignal(row.context_menu_requested) as menu:
        mouse(row, QMouseEvent.Type.MouseButtonPress, m.x_of(3), m.y_of(20), RIGHT)
        mouse(row, QMouseEvent.Type.MouseButtonRelease, m.x_of(3), m.y_of(20), RIGHT)
    assert row.mapFromGlobal(menu.args[0]) == QPoint(round(m.x_of(3)), round(m.y_of(20)))
    with qtbot.waitSignal(row.box.double_clicked) as double, qtbot.assertNotEmitted(row.link.seek_requested):
        mouse(row, QMouseEvent.Type.MouseButtonDblClick, m.x_of(3), m.y_of(20))
        mouse(row, QMouseEvent.Type.MouseButtonRelease, m.x_of(3), m.y_of(20))
    assert double.args == pytest.approx([3, 20], abs=0.3)
    assert row.link.selection is None


def test_hover_tells_time_value_and_row(row):
    m = pixels(row)
    mouse(row, QMouseEvent.Type.MouseMove, m.x_of(3), m.y_of(20), Qt.MouseButton.NoButton)
    assert tuple(row.link.hover) == (pytest.approx(3, abs=PIXEL), pytest.approx(20, abs=0.3), "osi")
    mouse(row, QMouseEvent.Type.MouseMove, 10, 20, Qt.MouseButton.NoButton)
    assert math.isnan(row.link.hover.time)


def test_keys_pass_to_the_window(row, qtbot):
    from PySide6.QtGui import QKeyEvent

    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Left, NONE)
    row.keyPressEvent(event)
    assert not event.isAccepted()


@pytest.mark.parametrize("bad", [(math.nan, 1), (0, math.inf), (5, 5), (7, 3), (-1e308, 1e308)])
def test_unusable_value_ranges_are_ignored(row, bad):
    row.set_y_limits(-math.inf, math.inf)
    row.set_y_range(0, 40)
    row.set_y_range(*bad)
    assert (pixels(row).lo, pixels(row).hi) == (0, 40)
    row.grab()


def test_theme_title_message_cursor_are_painted(row):
    plain = row.grab().toImage()
    row.set_title("A · <img src=x>.wav " * 30, "#56b4e9")
    row.set_message("loading…")
    row.link.set_cursor(5.0)
    row.link.set_hover(3.0, 20.0, "osi")
    row.link.select(7, 8)
    assert row.grab().toImage() != plain
    m = pixels(row)
    assert row.grab().toImage().pixelColor(round(m.x_of(5.0)), 150) == QColor(DARK.text)
    row.set_theme(LIGHT)
    assert row.grab().toImage().pixelColor(2, 2) == QColor(LIGHT.background)


@pytest.mark.parametrize("height", [30, 46, 60, 90, 200])
def test_a_message_lies_in_its_row_beside_the_title(row, height):
    row.setMinimumHeight(0)
    row.resize(700, height)
    row.set_title("A · est_t.npy", "#56b4e9")
    row.set_message("est_t.npy: 686 × 129 does not fit the reference's 129 × 686 bins × frames; transpose one of them")
    row.grab()
    title, message = row.words.plates
    assert row.box.rect().contains(message)
    assert not message.intersects(title)


class Fill(PixelItem):
    """Fills the plot with a colour, and counts."""

    def __init__(self, colour, z):
        super().__init__(z)
        self.colour, self.times = QColor(colour), 0

    def draw(self, painter, vb):
        self.times += 1
        painter.fillRect(vb.rect(), self.colour)


def test_higher_items_are_over_lower_ones(row):
    row.add(Fill("#00ff00", 200.0), Fill("#ff0000", 100.0))
    assert row.grab().toImage().pixelColor(round(pixels(row).x_of(5)), 150) == QColor("#00ff00")


def test_the_title_keeps_out_of_the_corner(row, monkeypatch):
    row.set_title("a long title " * 30)
    width = row.box.width()
    assert row.words.title_box.right() <= width
    monkeypatch.setattr(row.words, "_corner_of", lambda _vb: 300.0)
    assert row.words.title_box.right() <= width - 300
    monkeypatch.setattr(row.words, "_corner_of", lambda vb: vb.width())
    assert row.words.title_box.isEmpty()


def test_a_note_is_whole_or_not_there(row, monkeypatch):
    """Never the end of the note glued to the beginning of a name."""
    name, note = "Reference · a_file_of_some_name.flac", " · each pixel shows its loudest point"
    row.set_title(name)
    monkeypatch.setattr(row.words, "_note_of", lambda _vb: note)
    for corner in range(0, 800, 7):
        monkeypatch.setattr(row.words, "_corner_of", lambda _vb, corner=corner: float(corner))
        layout = row.words._lay_title(row.box)
        if layout is not None:
            assert layout.text.endswith(note) or "point" not in layout.text
            assert layout.box.right() <= row.box.width() - corner


def test_a_tiny_row_still_paints(row):
    row.setMinimumHeight(0)
    for size in ((40, 10), (77, 4), (1, 1)):
        row.resize(*size)
        row.grab()
    assert pixels(row).width >= 1


def test_the_moving_cursor_only_repaints_strips(row, qtbot):
    row.link.set_cursor(4.0)
    row.link.set_hover(3.0, 20.0, "other")
    qtbot.wait(20)
    painted = _Paints(row.viewport()).regions
    row.link.set_cursor(5.0)
    qtbot.waitUntil(lambda: len(painted) > 0)
    row.link.set_hover(2.0, 20.0, "other")
    qtbot.waitUntil(lambda: len(painted) > 1)
    assert all(r.width() <= 10 for region in painted for r in region)  # the line and 4 pixels to each side


def test_the_moving_cursor_paints_no_layer_again(row, qtbot):
    layer = Fill("#00ff00", 0.0)
    row.add(layer)
    row.grab()
    painted = _Paints(row.viewport()).regions
    for time in (1.0, 2.0, 3.0):
        row.link.set_cursor(time)
        row.link.set_hover(time, 20.0, "osi")
        qtbot.waitUntil(lambda: len(painted) > 0)
        painted.clear()
    assert layer.times == 1
    row.refresh()
    row.grab()
    assert layer.times == 2


def test_what_is_kept_equals_what_is_painted_anew(row):
    """The still picture and the axis in it are reused: no step may leave something old behind."""
    random = np.random.default_rng(3)
    row.set_time_axis(True)
    row.set_title("a title", "#56b4e9")
    steps = [
        lambda: row.link.set_range(*np.sort(random.uniform(0, 10, 2))),
        lambda: row.link.pan(random.uniform(-0.3, 0.3)),
        lambda: row.link.zoom(random.choice([0.8, 1.25]), random.uniform(0, 10)),
        lambda: row.set_y_range(*np.sort(random.uniform(0, 100, 2))),
        lambda: row.link.set_hover(random.uniform(0, 10), random.uniform(0, 40), random.choice(["osi", "loss"])),
        lambda: row.link.set_cursor(random.uniform(0, 10)),
        lambda: row.link.select(*random.uniform(0, 10, 2)),
        lambda: row.set_message(random.choice(["", "loading…"])),
        lambda: row.set_theme(random.choice([DARK, LIGHT])),
        lambda: row.resize(int(random.integers(300, 900)), int(random.integers(60, 200))),
        lambda: row.set_time_axis(bool(random.integers(2))),
    ]
    for _ in range(150):
        random.choice(steps)()
        kept = row.grab().toImage()
        row.refresh()
        assert row.grab().toImage() == kept


def test_one_turn_of_events_is_one_repaint(row, qtbot):
    """However many events came, and although hovering asks for a repaint before the range is announced."""
    row.link.set_range(4, 6)
    qtbot.wait(20)
    painted = _Paints(row.viewport())
    for x in range(300, 400, 10):
        wheel(row, x, 100, 1)
        mouse(row, QMouseEvent.Type.MouseMove, x, 50, Qt.MouseButton.NoButton)
    qtbot.wait(30)
    assert len(painted.regions) == 1


def test_words_lie_over_the_crosshair(row):
    row.set_title("a title " * 5)
    plain = row.grab().toImage()
    box = title_box(row)
    row.link.set_hover(pixels(row).time_at(box.center().x()), pixels(row).value_at(box.center().y()), "osi")
    crossed = row.grab().toImage()
    assert crossed != plain
    assert crossed.copy(box.toAlignedRect()) == plain.copy(box.toAlignedRect())


def test_an_edge_beyond_the_other_or_the_file_is_no_loss(row):
    row.link.select(8, 10)
    row.link.set_loop(8, 10)
    row.link.clear_loop()
    m = pixels(row)
    places = [QPoint(round(m.x_of(8)), 90), QPoint(row.width() + 200, 90), QPoint(round(m.x_of(9)), 90)]
    kit_drag(row, *places)
    assert row.link.selection == pytest.approx((9, 10), abs=PIXEL)
    kit_drag(row, QPoint(round(m.x_of(10)), 90), QPoint(row.width() + 200, 90))
    assert row.marks.regions["selection"].getRegion() == tuple(row.link.selection)


def test_a_shaky_click_is_a_click(row, qtbot):
    row.link.select(1, 2)
    m = pixels(row)
    with qtbot.waitSignal(row.link.seek_requested) as seek:
        drag(row, (m.x_of(5), 50), (m.x_of(5) + 1, 59))
    assert seek.args[0] == pytest.approx(5, abs=PIXEL)
    assert row.link.selection == (1, 2)
    assert row.scene().minDragTime == math.inf


def test_shift_drag_zooms_from_a_line_too(row):
    line = LevelLine("bad", digits=lambda _vb: 1)
    row.add_levels(line)
    line.show_level(20.0)
    row.link.select(2, 6)
    m = pixels(row)
    kit_drag(row, QPoint(round(m.x_of(4)), round(m.y_of(20))))  # hover first, as a hand does
    drag(row, (m.x_of(2), m.y_of(20)), (m.x_of(4), m.y_of(20)), modifiers=SHIFT)
    assert line.level == 20.0
    assert row.link.selection == (2, 6)
    assert row.link.visible == pytest.approx((2, 4), abs=PIXEL)
    drag(row, (pixels(row).x_of(3), pixels(row).y_of(20)), (pixels(row).x_of(3), pixels(row).y_of(10)))
    assert line.level == pytest.approx(10.0, abs=0.3)


def test_ranges_set_through_pyqtgraph_are_taken_or_put_right(row):
    row.setXRange(-5, 30, padding=0)
    row.link.flush()
    assert tuple(row.viewRange()[0]) == tuple(row.link.visible) == (0, 10)
    row.setYRange(5, 6, padding=0)
    assert not row.follows_data
    row.zoom_y(2.0, 5.5)
    assert row.viewRange()[1] == pytest.approx([4.5, 6.5])
    row.setYRange(-50, 500, padding=0)
    assert row.viewRange()[1] == pytest.approx([0, 100])


def test_items_added_hidden_and_removed_by_pyqtgraphs_names(row):
    plain = row.grab().toImage()
    item = Fill("#00ff00", 5.0)
    row.getPlotItem().addItem(item)
    shown = row.grab().toImage()
    assert shown != plain
    item.hide()
    assert row.grab().toImage() == plain
    item.show()
    assert row.grab().toImage() == shown
    row.getPlotItem().removeItem(item)
    assert row.grab().toImage() == plain


def test_a_loop_made_from_the_selection_stays_with_it(row):
    row.link.select(2, 8)
    row.link.set_loop(2, 8)
    m = pixels(row)
    kit_drag(row, QPoint(round(m.x_of(8)), 90), QPoint(round(m.x_of(6)), 90))
    assert row.link.loop == pytest.approx((2, 6), abs=PIXEL)
    assert row.link.selection == row.link.loop


@pytest.mark.parametrize("seconds", [5.0, 500.0, 3600.0, 100_000.0])
def test_the_unit_of_the_times_does_not_touch_the_first_label(row, seconds):
    row.set_time_axis(True)
    row.link.set_extent(0.0, seconds)
    row.link.fit()
    row.link.flush()
    axis = row._lower
    metrics = QFontMetricsF(axis.style["tickFont"])
    (*labels, (corner, _side, unit)) = axis.generateDrawSpecs(None)[2]
    ends = corner.right() - metrics.horizontalAdvance(unit), corner.right()
    assert ends[0] >= -LEFT_AXIS_WIDTH
    assert ends[1] + 4.0 < min(box.left() for box, _, _ in labels), "as far as labels from each other"
