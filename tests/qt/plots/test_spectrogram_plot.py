"""The spectrogram row: right pixels, colours without recomposing, differences, axis, readout."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from plot_kit import drawn, pixels, view_box
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.items.spectrogram import (
    Look,
    PictureItem,
    PixelGrid,
    difference_codes,
    indexed_image,
    value_of_all,
)
from osisnr_gui.qt.plots.items.words import ColourBar
from osisnr_gui.qt.plots.scales import colour_table, make_scale, value_of
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.plots.time_link import TimeLink

STEP = 0.008


class Matrix:
    """A picture held in memory whose coarse picture is exact: final at once."""

    first_time, column_step = 0.0, STEP

    def __init__(self, codes: np.ndarray, *, bin_step: float = 31.25, unit: str = "dB") -> None:
        self.codes = codes
        self.n_columns, self.n_bins = codes.shape
        self.bin_step, self.unit = bin_step, unit
        self.low, self.high = (-130.0, 20.0) if unit == "dB" else (0.0, 1.0)

    @property
    def coarse_step(self) -> int:
        return 1

    def coarse(self, level: int) -> np.ndarray | None:
        return self.codes if level == 0 else None

    def is_exact(self, start: int, stop: int) -> bool:
        return True

    def columns(self, start: int, stop: int) -> np.ndarray:
        raise AssertionError("not needed")


def random_source(n_columns: int = 500, n_bins: int = 257, seed: int = 0) -> Matrix:
    return Matrix(np.random.default_rng(seed).integers(1, 256, (n_columns, n_bins), dtype=np.uint8))


@pytest.fixture
def store(qtbot: QtBot) -> Iterator[TileStore]:
    store = TileStore()
    yield store
    store.close()


@pytest.fixture
def link(qtbot: QtBot) -> TimeLink:
    link = TimeLink()
    link.set_extent(-STEP / 2, 499.5 * STEP)
    return link


@pytest.fixture
def plot(qtbot: QtBot, store: TileStore, link: TimeLink) -> Iterator[SpectrogramPlot]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 240)
    plot = SpectrogramPlot(link, DARK, "reference", store, "Reference")
    plot.setParent(window)
    plot.resize(700, 240)
    window.show()
    yield plot
    window.close()


def test_one_pixel_per_column_and_bin_is_the_matrix_itself(store: TileStore) -> None:
    source = Matrix(np.random.default_rng(1).integers(1, 256, (61, 33), dtype=np.uint8), bin_step=1.0)
    item = PictureItem(store)
    item.show_sources(source)
    item.set_scale(make_scale("linear", 33, 1.0))
    item.look = Look("viridis", -130.0, 20.0)
    box = view_box(61, 33, -STEP / 2, 60.5 * STEP)
    image = drawn(item, box)
    table = colour_table("viridis", 1.0, 255.0, DARK.background)
    for column, row in ((0, 0), (60, 32), (17, 4), (33, 30)):
        assert image.pixel(column, 32 - row) == table[source.codes[column, row]]
    assert item.is_final(box)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_pixel_ratio_gives_one_code_per_physical_pixel(store: TileStore, ratio: float) -> None:
    box = view_box(100, 40, 0.0, 1.0, pixel_ratio=ratio)
    grid = PixelGrid.of(box)
    assert (grid.width, grid.height) == (100 * ratio, 40 * ratio)
    item = PictureItem(store)
    item.show_sources(random_source())
    item.set_scale(make_scale("log", 257, 31.25))
    image = drawn(item, box, "#ff00ff")
    colours = {image.pixel(x, round(20 * ratio)) for x in range(round(100 * ratio))}
    assert QColor("#ff00ff").rgb() not in colours


def test_pixel_edges_stay_put_while_panning() -> None:
    grids = [PixelGrid.of(view_box(500, 100, t, t + 3.0)) for t in np.linspace(7.0, 7.5, 40)]
    offsets = np.array([g.time / g.time_step for g in grids])
    np.testing.assert_allclose(offsets, np.round(offsets), atol=1e-6)


def test_colours_and_levels_compose_nothing(
    store: TileStore, plot: SpectrogramPlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot.show_source(random_source())
    before = plot.grab().toImage()
    asked: list[object] = []
    monkeypatch.setattr(TileStore, "gather", lambda *a: asked.append(a))
    for change in (
        lambda: plot.set_colours("magma"),
        lambda: plot.set_unit_levels(plot._unit(), -60.0, 0.0),
        lambda: plot.set_theme(LIGHT),
    ):
        change()
        after = plot.grab().toImage()
        assert after != before
        before = after
    assert not asked


def test_levels_that_make_no_sense_are_ignored(plot: SpectrogramPlot) -> None:
    plot.show_source(random_source())
    plot.set_unit_levels(plot._unit(), -70.0, -5.0)
    for low, high in ((0.0, 0.0), (10.0, -10.0), (float("nan"), 0.0), (-60.0, float("inf"))):
        plot.set_unit_levels(plot._unit(), low, high)
    assert plot.levels == (-70.0, -5.0)


@pytest.mark.parametrize("scale", ["linear", "log", "mel"])
def test_value_at_reads_what_is_shown(plot: SpectrogramPlot, link: TimeLink, scale: str) -> None:
    source = random_source()
    plot.show_source(source)
    plot.set_scale(scale)
    link.set_range(1.0, 1.2)
    link.flush()
    plot.set_y_range(0.4, 0.6)
    plot.grab()
    assert plot.is_final()
    low, high = plot.frequency_at(0.42), plot.frequency_at(0.58)
    for t, f in ((1.016, low), (1.104, high), (1.152, (low + high) / 2)):
        bins = slice(max(round(f / 31.25) - 2, 0), round(f / 31.25) + 3)
        near = [value_of(c, -130.0, 20.0) for c in source.codes[round(t / STEP), bins]]
        assert plot.value_at(t, f) in near
    assert plot.value_at(9.0, low) is None
    assert plot.value_at(1.1, 1e5) is None


def test_frequency_axis_has_two_labels_at_every_zoom(plot: SpectrogramPlot) -> None:
    plot.show_source(random_source())
    for scale in ("linear", "log", "mel"):
        plot.set_scale(scale)
        plot.set_y_range(0.0, 1.0)
        for _ in range(40):
            m = pixels(plot)
            labels = [t.label for t in plot.left.scale_of_values.ticks(m.lo, m.hi, m.height) if t.label]
            assert len(set(labels)) >= 2
            plot.zoom_y(0.8, 0.37)
        assert plot.frequency_at(pixels(plot).hi) - plot.frequency_at(pixels(plot).lo) > 100.0


def test_scale_switch_keeps_the_frequencies_in_sight(plot: SpectrogramPlot) -> None:
    plot.show_source(random_source())
    plot.set_y_range(*plot.frequency_scale.to_axis(np.array([500.0, 2000.0])).tolist())
    for name in ("log", "mel", "linear"):
        plot.set_scale(name)
        assert plot.frequency_at(pixels(plot).lo) == pytest.approx(500.0)
        assert plot.frequency_at(pixels(plot).hi) == pytest.approx(2000.0)
    plot.set_y_range(0.0, 1.0)
    plot.set_scale("log")
    assert (pixels(plot).lo, pixels(plot).hi) == (0.0, 1.0)


def test_mask_counts_bins_and_plain_values(plot: SpectrogramPlot) -> None:
    codes = np.full((500, 64), 128, dtype=np.uint8)
    plot.show_source(Matrix(codes, bin_step=1.0, unit=""))
    plot.grab()
    assert plot.left.scale_of_values.title == "Bin"
    assert plot.levels == (0.0, 1.0)
    assert plot.value_at(1.0, 20.0) == pytest.approx(0.5)
    plot.set_unit_levels(plot._unit(), 0.0, 0.5)
    plot.show_source(random_source())
    assert plot.left.scale_of_values.title == "Frequency (Hz)"
    assert plot.levels == (-90.0, -10.0)  # the mask's range is not the sound's


def test_difference_codes() -> None:
    source = random_source()
    levels = np.maximum(value_of_all(source), -90.0)
    at = {v: round(1 + 254 * (v + 130) / 150) for v in (-130, -100, -90, -60, -45, -30, 0)}
    reference = np.array([[at[-60], at[-60], at[-130], at[-100], at[0], 0, at[-60]]], dtype=np.uint8)
    estimate = np.array([[at[-60], at[-45], at[-100], at[-60], at[-60], at[-60], 0]], dtype=np.uint8)
    codes = difference_codes((reference, estimate), (levels, levels), 30.0)[0].astype(int)
    assert codes[0] == 128  # equal
    assert codes[1] == pytest.approx(128 + 127 / 2, abs=2)  # +15 dB of 30
    assert codes[2] == 128  # both under the floor
    assert codes[3] == 255  # +30 dB, counted from the floor
    assert codes[4] == 1  # clipped
    assert codes[5:].tolist() == [0, 0]  # one of them has nothing


def test_difference_row(plot: SpectrogramPlot) -> None:
    reference, estimate = (Matrix(np.full((500, 257), code, np.uint8)) for code in (150, 150))
    estimate.codes[:250] = 180
    plot.show_sources(reference, estimate)
    image = plot.grab().toImage()
    assert plot.is_final()
    assert plot.value_at(1.0, 1000.0) == pytest.approx(30 * 150 / 254)
    assert plot.value_at(3.5, 1000.0) == 0.0
    m = pixels(plot)
    louder = QColor.fromRgb(image.pixel(int(m.x_of(1.0)), 120))
    assert louder.red() > louder.blue() + 50  # orange: the estimate is louder
    assert QColor.fromRgb(image.pixel(int(m.x_of(3.0)), 120)).lightness() < 60  # as the ground
    plot.show_source(None)
    plot.grab()
    assert plot.is_final()
    assert plot.value_at(1.0, 1000.0) is None


def test_the_title_says_what_a_pixel_of_many_frames_is(plot: SpectrogramPlot, link: TimeLink) -> None:
    reference, estimate = random_source(), random_source(seed=1)
    step = reference.column_step
    notes = []
    for frames_per_pixel in (0.5, 1.0, 1.5):
        length = frames_per_pixel * step * pixels(plot).columns
        link.set_extent(0.0, length)
        link.flush()
        plot.show_source(reference)
        plot.grab()
        notes.append(plot._title_note(plot.box))
    assert notes == ["", "", " · each pixel shows its loudest point"]
    plot.show_sources(reference, estimate)
    plot.grab()
    assert plot._title_note(plot.box) == " · each pixel compares the largest values"
    plot.show_source(None)
    plot.grab()
    assert plot._title_note(plot.box) == ""


def test_the_title_never_runs_under_the_colour_bar(plot: SpectrogramPlot) -> None:
    plot.set_title("Reference · a name that does not end " * 10, "#56b4e9")
    for width in (700, 520, 500, 480, 300, 120):
        plot.resize(width, 240)
        plot.show_source(random_source())
        plot.grab()
        m = pixels(plot)
        bar, title = plot._bar.plate(plot.box), plot.words.title_box
        assert not bar.intersects(title)
        assert title.right() <= m.width
        assert bar.isEmpty() == (m.width < 420)


def test_tiles_of_another_source_repaint_nothing(plot: SpectrogramPlot, store: TileStore) -> None:
    mine, other = random_source(), random_source(seed=1)
    plot.show_source(mine)
    plot.grab()
    assert plot.is_final()
    store.tiles_changed.emit(other)
    assert plot.is_final()
    store.tiles_changed.emit(mine)
    assert not plot.is_final()  # out of date until the next paint
    plot.grab()
    assert plot.is_final()


def test_odd_widths_make_whole_images() -> None:
    for width in (1, 2, 3, 5, 61):
        codes = np.arange(width * 3, dtype=np.uint8).reshape(3, width)
        image = indexed_image(codes, colour_table("grey", 0.0, 255.0, "#000000"), 1.0)
        assert [QColor.fromRgb(image.pixel(x, 2)).red() for x in range(width)] == codes[2].tolist()


def test_colour_bar_labels() -> None:
    bar = ColourBar()
    bar.show_map("viridis", -90.0, -10.0, "dB")
    assert bar.labels == ("−90", "−10 dB")
    bar.show_map("difference", -30.0, 30.0, "dB")
    assert bar.labels == ("−30", "+30 dB")
    bar.show_map("viridis", 0.0, 1.0, "")
    assert bar.labels == ("0", "1")
