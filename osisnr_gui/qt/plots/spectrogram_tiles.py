"""Spectrogram pictures for what is on screen: column blocks from worker threads in a capped cache.

Near views (few frames per pixel) are made of exact blocks, read from the file on worker threads; far views
of the source's own coarse pictures. Everything is max-pooled, so that a click of one frame stays visible at
every zoom.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from osisnr_gui.qt.plots.picture_pooling import (
    Codes,
    PictureSource,
    PictureView,
    coarse_picture,
    covered,
    max_pool,
    pixel_columns,
    pool_columns,
    step_for,
    stretched_coarse,
)

__all__ = ["BLOCK_COLUMNS", "PictureSource", "PictureView", "TileStore"]

BLOCK_COLUMNS = 256
# Results that arrive within this time are announced together: each announcement costs a repaint.
_ANNOUNCE_MS = 10


@dataclass(frozen=True)
class _Block:
    """`index` counts blocks of BLOCK_COLUMNS stored columns, each the maximum of `step` frames."""

    serial: int
    step: int
    index: int

    def columns(self, n_columns: int) -> tuple[int, int]:
        size = BLOCK_COLUMNS * self.step
        return self.index * size, min((self.index + 1) * size, n_columns)


@dataclass
class _Known:
    """What the store knows about one source. Held by the GUI thread only."""

    source: PictureSource
    serial: int
    wanted: frozenset[_Block] = frozenset()  # blocks of the last view: not thrown out of the cache
    unreadable: set[_Block] = field(default_factory=set)
    no_room: set[_Block] = field(default_factory=set)  # for this view; asking again would go on for ever
    first_column: float = 0.0
    direction: int = 0  # of travel: 1 later, -1 earlier


@dataclass(frozen=True)
class _Result:
    block: _Block
    codes: Codes | None
    error: str = ""


class _Cache:
    """Blocks in order of last use, never more than `cap` bytes."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.size = 0
        self._blocks: OrderedDict[_Block, Codes] = OrderedDict()

    def __contains__(self, block: _Block) -> bool:
        return block in self._blocks

    def get(self, block: _Block) -> Codes | None:
        codes = self._blocks.get(block)
        if codes is not None:
            self._blocks.move_to_end(block)
        return codes

    def put(self, block: _Block, codes: Codes, pinned: frozenset[_Block]) -> bool:
        """Keep `codes`, dropping the longest unused that are not pinned; False when there is no room."""
        victims = []
        room = self.cap - self.size
        for old, kept in self._blocks.items():
            if room >= codes.nbytes:
                break
            if old not in pinned:
                victims.append(old)
                room += kept.nbytes
        if room < codes.nbytes:
            return False
        for old in victims:
            self._drop(old)
        self._blocks[block] = codes
        self.size += codes.nbytes
        return True

    def forget(self, serial: int) -> None:
        for block in [b for b in self._blocks if b.serial == serial]:
            self._drop(block)

    def _drop(self, block: _Block) -> None:
        self.size -= self._blocks.pop(block).nbytes


class _Workers(QObject):
    """Worker threads that fetch the blocks wanted now. `arrived` announces that there is something to `take`.

    Only what is wanted now is queued: a new request for a source replaces its old one, so work for a view
    that is gone never starts.
    """

    arrived = Signal()

    def __init__(self, n_threads: int) -> None:
        super().__init__()
        self._results: deque[_Result] = deque()
        self._n_threads = n_threads
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="spectrogram")
        self._lock = threading.Lock()
        self._queued: OrderedDict[int, tuple[PictureSource, deque[_Block]]] = OrderedDict()
        self._under_way: set[_Block] = set()  # from the start of the work until taken
        self._running = 0
        self._closed = False

    def request(self, serial: int, source: PictureSource, blocks: Iterable[_Block]) -> None:
        with self._lock:
            missing = deque(b for b in blocks if b not in self._under_way)
            self._queued.pop(serial, None)
            if self._closed or not missing:
                return
            self._queued[serial] = (source, missing)
            idle = min(self._n_threads - self._running, sum(len(q) for _, q in self._queued.values()))
            self._running += idle
            for _ in range(idle):
                self._pool.submit(self._work)

    def take(self) -> list[_Result]:
        with self._lock:
            results = list(self._results)
            self._results.clear()
            self._under_way.difference_update(r.block for r in results)
            return results

    def busy(self, serial: int) -> bool:
        with self._lock:
            return serial in self._queued or any(b.serial == serial for b in self._under_way)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._queued.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.take()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            source, block = job
            result = _fetch(source, block)
            with self._lock:
                self._results.append(result)
                closed = self._closed
            if not closed:
                self.arrived.emit()

    def _next(self) -> tuple[PictureSource, _Block] | None:
        """The next block, in turn from each source, so that all spectrograms fill at the same pace."""
        with self._lock:
            if not self._queued:
                self._running -= 1
                return None
            serial, (source, blocks) = next(iter(self._queued.items()))
            block = blocks.popleft()
            self._under_way.add(block)
            if blocks:
                self._queued.move_to_end(serial)
            else:
                del self._queued[serial]
            return source, block


class TileStore(QObject):
    """The best picture of any source at once (`gather`), and a signal when a better one can be had.

    A source is known by identity; `keep_only` says which ones are still in use.
    """

    tiles_changed = Signal(object)  # the PictureSource
    failed = Signal(object, str)  # the PictureSource, what its columns() raised

    def __init__(self, parent: QObject | None = None, *, max_bytes: int = 64 * 2**20, n_threads: int = 2) -> None:
        super().__init__(parent)
        self._cache = _Cache(max_bytes)
        self._known: dict[int, _Known] = {}  # by id(source); the source is held, so its id stays its own
        self._next_serial = 0
        self._workers = _Workers(n_threads)
        self._workers.arrived.connect(self._take_results)
        self._changed: dict[int, PictureSource] = {}
        self._announcer = QTimer(self, singleShot=True, interval=_ANNOUNCE_MS)
        self._announcer.timeout.connect(self._announce)

    @property
    def cached_bytes(self) -> int:
        """Bytes of exact blocks held now; never more than `max_bytes`."""
        return self._cache.size

    def gather(
        self, source: PictureSource, first_column: float, columns_per_pixel: float, width: int
    ) -> tuple[Codes, bool]:
        """(uint8 (width, n_bins), complete): per pixel the maximum over the columns it covers.

        Exact where it can be, else coarse, else 0. What is missing is fetched; it replaces what was asked
        for this source before. A pixel covers the columns whose centre lies in it (pooled pictures are used
        at two or more of their columns per pixel); narrower pixels show the column under their middle.
        """
        view = PictureView(first_column, columns_per_pixel, width)
        known = self._know(source)
        step = step_for(columns_per_pixel, source.coarse_step())
        if step >= source.coarse_step():
            self._want(known, view, step, 0, 0)
            return coarse_picture(source, view)
        starts, stops = pixel_columns(view, step, source.n_columns)
        first, last = covered(starts, stops)
        self._want(known, view, step, first, last)
        data, complete = self._assemble(known, step, first, last)
        return max_pool(data, starts - first, stops - first), complete

    def is_final(self, source: PictureSource, view: PictureView) -> bool:
        """Whether nothing better will arrive for this view: all its blocks are here (or cannot be had)."""
        step = step_for(view.columns_per_pixel, source.coarse_step())
        if step >= source.coarse_step():
            return coarse_picture(source, view)[1]
        known = self._know(source)
        first, last = covered(*pixel_columns(view, step, source.n_columns))
        return not self._missing(known, _blocks(known.serial, step, first, last))

    def is_busy(self, source: PictureSource) -> bool:
        """Whether blocks of this source are queued or under way."""
        known = self._known.get(id(source))
        return known is not None and self._workers.busy(known.serial)

    def release(self, source: PictureSource) -> None:
        """No row shows this source any more: drop its queue (its blocks stay cached while there is room)."""
        known = self._known.get(id(source))
        if known is None:
            return
        self._workers.request(known.serial, source, ())
        known.wanted = frozenset()
        self._mark_changed(source)  # should another row still show it, it asks again

    def keep_only(self, sources: Iterable[PictureSource]) -> None:
        """Forget all other sources: their blocks, their queue, and the results still to come."""
        kept = {id(s) for s in sources}
        for key in [k for k in self._known if k not in kept]:
            known = self._known.pop(key)
            self._workers.request(known.serial, known.source, ())
            self._cache.forget(known.serial)
            self._changed.pop(key, None)

    def notify_growth(self, source: PictureSource) -> None:
        """The source's coarse pictures have grown (analysis goes on): let its rows look again."""
        self._mark_changed(source)

    def close(self) -> None:
        """Cancel what is queued and wait for the threads; afterwards `gather` shows what is there."""
        self._announcer.stop()
        self._changed.clear()
        self._workers.close()

    def _know(self, source: PictureSource) -> _Known:
        known = self._known.get(id(source))
        if known is None:
            known = self._known[id(source)] = _Known(source, self._next_serial)
            self._next_serial += 1
        return known

    def _want(self, known: _Known, view: PictureView, step: int, first: int, last: int) -> None:
        """Queue the missing blocks of the stored columns first..last, then one more where the view goes."""
        blocks = _blocks(known.serial, step, first, last)
        if known.wanted != frozenset(blocks):
            known.wanted = frozenset(blocks)
            known.no_room.clear()
        if view.first_column != known.first_column:
            known.direction = 1 if view.first_column > known.first_column else -1
            known.first_column = view.first_column
        if blocks and known.direction:
            index = blocks[-1].index + 1 if known.direction > 0 else blocks[0].index - 1
            if 0 <= index * BLOCK_COLUMNS * step < known.source.n_columns:
                blocks.append(_Block(known.serial, step, index))
        self._workers.request(known.serial, known.source, self._missing(known, blocks))

    def _missing(self, known: _Known, blocks: list[_Block]) -> list[_Block]:
        hopeless = known.unreadable | known.no_room
        return [b for b in blocks if b not in self._cache and b not in hopeless]

    def _assemble(self, known: _Known, step: int, first: int, last: int) -> tuple[Codes, bool]:
        """The stored columns first..last, (last - first, n_bins): blocks, and the coarse picture in gaps."""
        data = np.empty((last - first, known.source.n_bins), dtype=np.uint8)
        complete = True
        for block in _blocks(known.serial, step, first, last):
            offset = block.index * BLOCK_COLUMNS
            start, stop = max(offset, first), min(offset + BLOCK_COLUMNS, last)
            codes = self._cache.get(block)
            if codes is None:
                complete = False
                data[start - first : stop - first] = stretched_coarse(known.source, step, start, stop)
            else:
                data[start - first : stop - first] = codes[start - offset : stop - offset]
        return data, complete

    @Slot()
    def _take_results(self) -> None:
        known_by_serial = {k.serial: k for k in self._known.values()}
        for result in self._workers.take():
            known = known_by_serial.get(result.block.serial)
            if known is not None:  # else the source was dropped meanwhile
                self._keep(known, result)
                if result.block in known.wanted:  # not for what was fetched ahead
                    self._mark_changed(known.source)

    def _keep(self, known: _Known, result: _Result) -> None:
        if result.codes is None:
            first_time = not known.unreadable
            known.unreadable.add(result.block)
            if first_time:
                self.failed.emit(known.source, result.error)
            return
        pinned = frozenset[_Block]().union(*(k.wanted for k in self._known.values()))
        if not self._cache.put(result.block, result.codes, pinned):
            known.no_room.add(result.block)

    def _mark_changed(self, source: PictureSource) -> None:
        self._changed[id(source)] = source
        if not self._announcer.isActive():
            self._announcer.start()

    def _announce(self) -> None:
        changed, self._changed = self._changed, {}
        for source in changed.values():
            self.tiles_changed.emit(source)


def _blocks(serial: int, step: int, first: int, last: int) -> list[_Block]:
    """The blocks that hold the stored columns first..last (exclusive)."""
    if last <= first:
        return []
    return [_Block(serial, step, i) for i in range(first // BLOCK_COLUMNS, (last - 1) // BLOCK_COLUMNS + 1)]


def _fetch(source: PictureSource, block: _Block) -> _Result:
    """On a worker thread. Whatever the file throws becomes a result: the coarse picture stays."""
    start, stop = block.columns(source.n_columns)
    try:
        codes = np.asarray(source.columns(start, stop))
        if codes.shape != (stop - start, source.n_bins) or codes.dtype != np.uint8:
            raise ValueError(f"columns({start}, {stop}) gave {codes.dtype} {codes.shape}")
        return _Result(block, pool_columns(codes, block.step))
    except Exception as error:
        return _Result(block, None, str(error))
