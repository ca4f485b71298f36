"""Worker threads that fetch blocks of pictures from files, only ever those that are wanted now."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from osisnr_gui.qt.background import step_back
from osisnr_gui.qt.plots.picture_pooling import Codes, PictureSource, pool_columns
from osisnr_gui.qt.plots.spectrogram_blocks import Block


@dataclass(frozen=True)
class Result:
    """A block that was fetched, or what went wrong."""

    block: Block
    codes: Codes | None
    error: str = ""


class Workers(QObject):
    """A few threads and their queue. `arrived` announces that there is something to `take`.

    Only what is wanted now is queued: a new request for a source replaces its old one, so work for a view
    that is gone never starts.
    """

    arrived = Signal()

    def __init__(self, n_threads: int) -> None:
        super().__init__()
        self._results: deque[Result] = deque()
        self._n_threads = n_threads
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="spectrogram", initializer=step_back)
        self._lock = threading.Lock()
        self._queued: OrderedDict[int, tuple[PictureSource, deque[Block]]] = OrderedDict()
        self._under_way: set[Block] = set()  # from the start of the work until taken
        self._running = 0
        self._closed = False

    def request(self, serial: int, source: PictureSource, blocks: Iterable[Block]) -> None:
        """Fetch these blocks of a source, and no longer those asked for before."""
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

    def take(self) -> list[Result]:
        """What has arrived since the last call."""
        with self._lock:
            results = list(self._results)
            self._results.clear()
            self._under_way.difference_update(r.block for r in results)
            return results

    def busy(self, serial: int) -> bool:
        """Whether blocks of a source are queued or under way."""
        with self._lock:
            return serial in self._queued or any(b.serial == serial for b in self._under_way)

    def close(self) -> None:
        """Drop the queue and wait for the threads."""
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

    def _next(self) -> tuple[PictureSource, Block] | None:
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


def _fetch(source: PictureSource, block: Block) -> Result:
    """On a worker thread. Whatever the file throws becomes a result: the coarse picture stays."""
    start, stop = block.columns(source.n_columns)
    try:
        codes = np.asarray(source.columns(start, stop))
        if codes.shape != (stop - start, source.n_bins) or codes.dtype != np.uint8:
            raise ValueError(f"columns({start}, {stop}) gave {codes.dtype} {codes.shape}")
        return Result(block, pool_columns(codes, block.step))
    except Exception as error:
        return Result(block, None, str(error))
