"""The tile store: right pictures at every zoom, nothing late, nothing over the cap, no thread left."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.plots.picture_pooling import (
    BLOCK_COLUMNS,
    Block,
    BlockCache,
    PictureView,
    max_pool,
    pool_bins,
    pool_columns,
    step_for,
    transposed,
)
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore


class MatrixSource:
    """A picture held in memory; `gate` holds the workers up, `fail` makes the file unreadable."""

    first_time, column_step, bin_step = 0.0, 1.0, 31.25
    low, high, unit = -130.0, 20.0, "dB"

    def __init__(self, n_columns: int, n_bins: int = 5, *, seed: int = 0, base: int = 8) -> None:
        generator = np.random.default_rng(seed)
        self.codes = generator.integers(1, 250, (n_columns, n_bins), dtype=np.uint8)
        self.n_columns, self.n_bins, self.base = n_columns, n_bins, base
        self.gate, self.fail = threading.Event(), False
        self.gate.set()
        self.asked: list[tuple[int, int]] = []
        self.threads: set[int] = set()
        self.analysed = n_columns

    @property
    def coarse_step(self) -> int:
        return self.base

    def coarse(self, level: int) -> np.ndarray | None:
        step = self.base * 2**level
        if level and step >= 2 * self.n_columns:
            return None
        shown = np.zeros_like(self.codes)
        shown[: self.analysed] = self.codes[: self.analysed]
        return pool_columns(shown, step)

    def is_exact(self, start: int, stop: int) -> bool:
        return stop <= self.analysed

    def columns(self, start: int, stop: int) -> np.ndarray:
        self.asked.append((start, stop))
        self.threads.add(threading.get_ident())
        assert self.gate.wait(10)
        if self.fail:
            raise OSError("gone")
        return self.codes[start:stop]


@pytest.fixture
def store(qtbot: QtBot) -> Iterator[TileStore]:
    store = TileStore(n_threads=2)
    yield store
    store.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("spectrogram")]


def final(qtbot: QtBot, store: TileStore, source: MatrixSource, view: PictureView) -> np.ndarray:
    store.gather(source, view)
    qtbot.waitUntil(lambda: store.is_final(source, view))
    return store.gather(source, view)


def settled(store: TileStore) -> bool:
    """Whether nothing is queued or under way."""
    return not store._jobs.is_busy


def expected(source: MatrixSource, view: PictureView) -> np.ndarray:
    """Brute force from the whole matrix: one loop, plain floats."""
    most, step = view.columns_per_pixel / 2, 1
    while step * 2 <= most:
        step *= 2
    rows = []
    for p in range(view.width):
        if view.columns_per_pixel < 1:
            a = math.floor(view.first_column + (p + 0.5) * view.columns_per_pixel)
            b = a + 1
        else:
            edges = [view.first_column + q * view.columns_per_pixel for q in (p, p + 1)]
            a, b = (math.floor(e / step + 0.5) * step for e in edges)
        covered = source.codes[max(a, 0) : max(b, 0)]
        rows.append(covered.max(axis=0) if len(covered) else np.zeros(source.n_bins, np.uint8))
    return np.array(rows)


@pytest.mark.parametrize("base", [1, 8, 16])
@pytest.mark.parametrize("per_pixel", [0.013, 0.5, 1.0, 1.37, 2.0, 3.99, 4.0, 7.7, 16.0, 31.9, 100.0])
def test_gather_equals_brute_force(qtbot: QtBot, store: TileStore, per_pixel: float, base: int) -> None:
    source = MatrixSource(5003, base=base)
    for first in (-40.25, 0.0, 0.5, 255.75, 1234.567, 4990.1, 6000.0):
        view = PictureView(first, per_pixel, 120)
        picture = final(qtbot, store, source, view)
        assert picture.shape == (120, source.n_bins)
        np.testing.assert_array_equal(picture, expected(source, view))


def test_random_views(qtbot: QtBot, store: TileStore) -> None:
    generator = np.random.default_rng(7)
    source = MatrixSource(3000, 3)
    for _ in range(60):
        per_pixel = float(np.exp(generator.uniform(np.log(0.01), np.log(60))))
        view = PictureView(float(generator.uniform(-50, 3000)), per_pixel, int(generator.integers(1, 200)))
        np.testing.assert_array_equal(final(qtbot, store, source, view), expected(source, view))


def test_a_click_is_visible_at_every_zoom(qtbot: QtBot, store: TileStore) -> None:
    source = MatrixSource(20_000, 3)
    source.codes[:] = np.minimum(source.codes, 100)
    click = 12_345
    source.codes[click] = 255
    for per_pixel in np.geomspace(0.05, 19.9, 40):
        for shift in (0.0, 0.31, 0.77):
            first = max(click - (200 + shift) * per_pixel, -10.0)
            picture = final(qtbot, store, source, PictureView(float(first), float(per_pixel), 1001))
            bright = np.flatnonzero((picture == 255).all(axis=1))
            assert len(bright) == 1 if per_pixel >= 1 else len(bright) >= 1
            assert abs(bright.mean() + 0.5 - (click + 0.5 - first) / per_pixel) <= max(0.75, 1 / per_pixel)


def test_first_answer_is_the_coarse_picture(qtbot: QtBot, store: TileStore) -> None:
    source = MatrixSource(4000)
    source.gate.clear()
    picture = store.gather(source, PictureView(1000.0, 1.0, 100))
    expected_coarse = pool_columns(source.codes, 8)[np.arange(1000, 1100) // 8]
    np.testing.assert_array_equal(picture, expected_coarse)
    assert not store.is_final(source, PictureView(1000.0, 1.0, 100))
    with qtbot.waitSignal(store.tiles_changed) as changed:
        source.gate.set()
    assert changed.args[0] is source
    qtbot.waitUntil(lambda: store.is_final(source, PictureView(1000.0, 1.0, 100)))
    np.testing.assert_array_equal(store.gather(source, PictureView(1000.0, 1.0, 100)), source.codes[1000:1100])


def test_columns_run_on_worker_threads_only(qtbot: QtBot, store: TileStore) -> None:
    source = MatrixSource(3000)
    final(qtbot, store, source, PictureView(0.0, 2.0, 1000))
    assert source.threads
    assert threading.get_ident() not in source.threads


def test_work_for_a_view_that_is_gone_never_starts(qtbot: QtBot, store: TileStore) -> None:
    source = MatrixSource(100 * BLOCK_COLUMNS)
    source.gate.clear()
    store.gather(source, PictureView(0.0, 3.0, 2000))
    qtbot.waitUntil(lambda: len(source.asked) == 2)  # both threads wait at the gate
    store.gather(source, PictureView(80.0 * BLOCK_COLUMNS, 1.0, 300))
    source.gate.set()
    view = PictureView(80.0 * BLOCK_COLUMNS, 1.0, 300)
    qtbot.waitUntil(lambda: store.is_final(source, view) and settled(store))
    late = [start for start, _ in source.asked[2:]]
    assert late
    assert min(late) >= 79 * BLOCK_COLUMNS


@pytest.mark.parametrize("way", [1, -1])
def test_half_a_view_is_fetched_ahead(qtbot: QtBot, store: TileStore, way: int) -> None:
    source, width = MatrixSource(40 * BLOCK_COLUMNS), 8 * BLOCK_COLUMNS
    for first in (16.0 * BLOCK_COLUMNS, 16.0 * BLOCK_COLUMNS + 10 * way):
        final(qtbot, store, source, PictureView(first, 1.0, width))
    qtbot.waitUntil(lambda: settled(store))
    source.asked.clear()
    for step in range(1, 5):  # a block at a time: what comes into sight is here already
        view = PictureView(first + way * step * BLOCK_COLUMNS, 1.0, width)
        assert store.is_final(source, view)
    behind = PictureView(first - way * BLOCK_COLUMNS, 1.0, width)
    assert not store.is_final(source, behind)
    assert not source.asked


def test_a_zoom_fetches_nothing_beside_the_view(qtbot: QtBot, store: TileStore) -> None:
    source = MatrixSource(40 * BLOCK_COLUMNS)
    final(qtbot, store, source, PictureView(16.0 * BLOCK_COLUMNS, 1.25, 8 * BLOCK_COLUMNS))
    qtbot.waitUntil(lambda: settled(store))
    source.asked.clear()
    final(qtbot, store, source, PictureView(17.0 * BLOCK_COLUMNS, 1.0, 8 * BLOCK_COLUMNS))
    qtbot.waitUntil(lambda: settled(store))
    assert not source.asked


def test_what_another_view_has_seen_is_not_announced(qtbot: QtBot, store: TileStore) -> None:
    source, announced = MatrixSource(8 * BLOCK_COLUMNS), []
    final(qtbot, store, source, PictureView(0.0, 1.0, 100))
    qtbot.waitUntil(lambda: settled(store))
    qtbot.wait(60)
    store.tiles_changed.connect(announced.append)
    store.mark_changed(source)
    store.gather(source, PictureView(1.0, 1.0, 100))
    qtbot.wait(60)
    assert not announced
    store.mark_changed(source)
    qtbot.waitUntil(lambda: announced == [source])


def test_zooming_out_pools_what_is_here(qtbot: QtBot, store: TileStore) -> None:
    """Blocks of less detail are made of those of more detail without a look at the file."""
    source = MatrixSource(6 * BLOCK_COLUMNS - 5)
    final(qtbot, store, source, PictureView(0.0, 1.0, source.n_columns))
    source.asked.clear()
    for per_pixel in (4.0, 8.0):
        view = PictureView(0.0, per_pixel, round(source.n_columns / per_pixel))
        picture = store.gather(source, view)
        assert store.is_final(source, view)
        np.testing.assert_array_equal(picture, expected(source, view))
    assert not source.asked


def test_zooming_in_stretches_what_is_here(qtbot: QtBot, store: TileStore) -> None:
    """Until the detail arrives the next best blocks are shown, not the coarse picture."""
    source = MatrixSource(4 * BLOCK_COLUMNS)
    final(qtbot, store, source, PictureView(0.0, 4.0, BLOCK_COLUMNS))
    source.gate.clear()
    picture = store.gather(source, PictureView(300.0, 1.0, 200))
    assert not store.is_final(source, PictureView(300.0, 1.0, 200))
    np.testing.assert_array_equal(picture, pool_columns(source.codes, 2)[np.arange(300, 500) // 2])
    source.gate.set()


class TimedSource(MatrixSource):
    """The codes tell the column: the first bin counts 64s of columns, the second the columns within."""

    def __init__(self, n_columns: int) -> None:
        super().__init__(n_columns, 2)
        index = np.arange(n_columns)
        self.codes = np.stack([1 + index // 64, 1 + 3 * (index % 64)], axis=1).astype(np.uint8)


def assert_in_place(source: MatrixSource, view: PictureView, picture: np.ndarray) -> None:
    """Every pixel column shows its own columns, or at most the coarse column they lie in."""
    edges = view.first_column + np.arange(view.width + 1) * view.columns_per_pixel
    most, step = max(view.columns_per_pixel, 1.0), source.base
    for p, row in enumerate(picture):
        middle = (edges[p] + edges[p + 1]) / 2
        if not 0 <= middle < source.n_columns:
            continue
        slack = most / 4  # an edge may be that far off, see `step_for`
        first, last = edges[p] - slack, edges[p + 1] + slack
        a, b = math.floor(first / step) * step, math.ceil(last / step) * step
        allowed = source.codes[max(a, 0) : max(b, 1)]
        assert (row <= allowed.max(axis=0)).all()
        assert (row >= allowed.min(axis=0)).all()
        assert row.all()


@pytest.mark.parametrize("seed", range(8))
def test_any_walk_shows_the_right_times_and_keeps_to_the_cap(qtbot: QtBot, seed: int) -> None:
    random, cap = np.random.default_rng(seed), 9 * BLOCK_COLUMNS * 2
    store = TileStore(max_bytes=cap, n_threads=int(random.integers(1, 3)))
    source, width = TimedSource(15_000), 150
    per_pixel, first = 10.0, 2000.0
    for _ in range(120):
        match int(random.integers(5)):
            case 0:
                at = random.uniform(0, width)
                factor = random.choice([0.8, 1.25, 0.3, 3.0])
                zoomed = float(np.clip(per_pixel * factor, 0.01, 100.0))
                first, per_pixel = first + at * (per_pixel - zoomed), zoomed
            case 1 | 2:
                first += float(random.uniform(-0.3, 0.3)) * width * per_pixel
            case 3:
                (source.gate.clear if random.integers(2) else source.gate.set)()
            case 4:
                qtbot.wait(int(random.integers(1, 8)))
        first = float(np.clip(first, 0, source.n_columns - width * per_pixel)) if width * per_pixel < 15_000 else 0.0
        view = PictureView(first, per_pixel, width)
        assert_in_place(source, view, store.gather(source, PictureView(first, per_pixel, width)))
        assert store._cache.size <= cap
    source.gate.set()
    picture = final(qtbot, store, source, view)
    np.testing.assert_array_equal(picture, expected(source, view))
    store.close()


def test_the_longest_unused_goes_first() -> None:
    cache, codes = BlockCache(3 * 100), np.zeros((10, 10), np.uint8)
    a, b, c, d, e = (Block(0, 1, i) for i in range(5))
    for block in (a, b, c):
        assert cache.put(block, codes, frozenset())
    cache.get(a)
    assert cache.put(d, codes, frozenset())
    assert [block in cache for block in (a, b, c, d)] == [True, False, True, True]
    assert cache.put(e, codes, frozenset({c}))  # what is on screen stays
    assert [block in cache for block in (a, c, d, e)] == [False, True, True, True]
    assert not cache.put(a, codes, frozenset({c, d, e}))
    assert cache.size == 300


def test_late_results_of_a_dropped_source_are_dropped(qtbot: QtBot, store: TileStore) -> None:
    old, new = MatrixSource(3000, seed=1), MatrixSource(3000, seed=2)
    old.gate.clear()
    store.gather(old, PictureView(0.0, 1.0, 1000))
    qtbot.waitUntil(lambda: len(old.asked) == 2)
    changed: list[object] = []
    store.tiles_changed.connect(changed.append)
    store.keep_only([new])
    old.gate.set()
    picture = final(qtbot, store, new, PictureView(0.0, 1.0, 1000))
    np.testing.assert_array_equal(picture, new.codes[:1000])
    qtbot.wait(40)
    assert all(s is new for s in changed)
    assert store._cache.size <= sum(b - a for a, b in new.asked) * new.n_bins


def test_fast_source_switches_show_no_foreign_tile(qtbot: QtBot, store: TileStore) -> None:
    sources = [MatrixSource(4000, seed=s) for s in range(4)]
    for turn in range(60):
        source = sources[turn % 4]
        first = float(turn * 37)
        picture = store.gather(source, PictureView(first, 1.0, 500))
        coarse = pool_columns(source.codes, 8)[np.arange(turn * 37, turn * 37 + 500) // 8]
        exact = source.codes[turn * 37 : turn * 37 + 500]
        assert ((picture == coarse).all(axis=1) | (picture == exact).all(axis=1)).all()
        if turn % 7 == 0:
            store.keep_only(sources[: 1 + turn % 4])
            qtbot.wait(2)
    for source in sources:
        np.testing.assert_array_equal(final(qtbot, store, source, PictureView(5.0, 1.0, 900)), source.codes[5:905])


def test_cache_stays_under_its_cap(qtbot: QtBot) -> None:
    cap = 5 * BLOCK_COLUMNS * 5
    store = TileStore(max_bytes=cap)
    sources = [MatrixSource(40 * BLOCK_COLUMNS, seed=s) for s in range(2)]
    for first in range(0, 30 * BLOCK_COLUMNS, 3 * BLOCK_COLUMNS):
        for source in sources:
            view = PictureView(float(first), 1.0, BLOCK_COLUMNS)
            store.gather(source, view)
            qtbot.waitUntil(lambda s=source, v=view: store.is_final(s, v))
            assert 0 < store._cache.size <= cap
    store.close()


def test_a_view_larger_than_the_cache_comes_to_rest(qtbot: QtBot) -> None:
    store = TileStore(max_bytes=3 * BLOCK_COLUMNS * 5)
    source = MatrixSource(20 * BLOCK_COLUMNS)
    view = PictureView(0.0, 1.0, 12 * BLOCK_COLUMNS)
    store.tiles_changed.connect(lambda s: store.gather(s, PictureView(0.0, 1.0, view.width)))  # as a row does
    store.gather(source, PictureView(0.0, 1.0, view.width))
    qtbot.waitUntil(lambda: store.is_final(source, view) and settled(store))
    qtbot.wait(40)
    asked = len(source.asked)
    assert asked == len(set(source.asked))
    qtbot.wait(40)
    assert len(source.asked) == asked
    assert (store.gather(source, view) != source.codes[: view.width]).any(), "some of it has no room"
    store.close()


def test_unreadable_file_is_asked_once_and_leaves_the_coarse_picture(qtbot: QtBot, store: TileStore) -> None:
    source = MatrixSource(4000)
    source.fail = True
    view = PictureView(0.0, 1.0, 2000)
    store.gather(source, PictureView(0.0, 1.0, 2000))
    qtbot.waitUntil(lambda: store.is_final(source, view))
    asked = len(source.asked)
    picture = store.gather(source, view)
    assert settled(store)
    assert len(source.asked) == asked
    np.testing.assert_array_equal(picture, pool_columns(source.codes, 8)[np.arange(2000) // 8])


def test_picture_grows_with_the_analysis(qtbot: QtBot, store: TileStore) -> None:
    source = MatrixSource(8000)
    source.analysed = 4000
    view = PictureView(0.0, 80.0, 100)
    picture = store.gather(source, view)
    assert not store.is_final(source, view)
    assert (picture[:50] > 0).all()
    assert not picture[51:].any()
    source.analysed = 8000
    with qtbot.waitSignal(store.tiles_changed):
        store.mark_changed(source)
    picture = store.gather(source, view)
    assert store.is_final(source, view)
    assert (picture > 0).all()


def test_what_is_not_analysed_is_not_final(store: TileStore) -> None:
    source = MatrixSource(8000)
    source.analysed = 4000
    for view, final in ((PictureView(0.0, 80.0, 100), False), (PictureView(0.0, 20.0, 100), True)):
        assert store.is_final(source, view) is final
        assert store.is_exact(source, view) is final
    assert store.is_exact(source, PictureView(5000.0, 2.0, 100))  # made of the frames themselves


def test_close_cancels_waits_and_leaves_no_thread(qtbot: QtBot) -> None:
    store = TileStore(n_threads=2)
    source = MatrixSource(100 * BLOCK_COLUMNS)
    source.gate.clear()
    store.gather(source, PictureView(0.0, 3.0, 3000))
    qtbot.waitUntil(lambda: len(source.asked) == 2)
    threading.Thread(target=lambda: (time.sleep(0.05), source.gate.set())).start()
    store.close()
    assert len(source.asked) == 2
    assert not [t for t in threading.enumerate() if t.name.startswith("spectrogram")]
    picture = store.gather(source, PictureView(0.0, 3.0, 3000))  # still answers
    assert picture.any()
    assert len(source.asked) == 2


def test_pooling_helpers() -> None:
    data = np.random.default_rng(0).integers(0, 255, (50, 7), dtype=np.uint8)
    starts, stops = np.array([0, 3, 10, 50, 49]), np.array([3, 4, 10, 50, 50])
    pooled = max_pool(data, starts, stops)
    for row, a, b in zip(pooled, starts, stops, strict=True):
        np.testing.assert_array_equal(row, data[a:b].max(axis=0, initial=0))
    np.testing.assert_array_equal(transposed(data), data.T)
    assert pool_columns(data[:7], 4).shape == (2, 7)
    assert [step_for(c, 8) for c in (0.1, 1, 3.9, 4, 15.9, 16, 31, 32)] == [1, 1, 1, 2, 4, 8, 8, 16]


@pytest.mark.parametrize("n_bins", [7, 513, 16_385])
@pytest.mark.parametrize("edges_of", [np.linspace, np.geomspace], ids=["linear", "log"])
def test_bins_are_pooled_to_the_maximum_of_every_row(n_bins: int, edges_of: Callable[..., np.ndarray]) -> None:
    codes = np.random.default_rng(1).integers(0, 256, (45, n_bins), dtype=np.uint8)
    edges = edges_of(1, n_bins, 121) - 1
    starts = np.floor(edges[:-1]).astype(np.intp)
    stops = np.maximum(np.ceil(edges[1:]).astype(np.intp), starts + 1)
    pooled = pool_bins(codes, starts, stops)
    for row, a, b in zip(pooled, starts, stops, strict=True):
        np.testing.assert_array_equal(row, codes[:, a:b].max(axis=1))
