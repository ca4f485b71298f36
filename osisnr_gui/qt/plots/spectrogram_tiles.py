"""Spectrogram pictures for what is on screen: column blocks from worker threads in a capped cache.

Near views (few frames per pixel) are made of exact blocks, read from the file on worker threads; far views
of the source's own coarse pictures. Everything is max-pooled, so that a click of one frame stays visible at
every zoom. A block that is not there yet is drawn from the best that is: pooled from blocks of more detail,
which gives the very same, else stretched from one of less detail, else from the coarse picture.
"""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from osisnr_gui.qt.jobs import Jobs
from osisnr_gui.qt.plots import picture_pooling as pooling
from osisnr_gui.qt.plots.picture_pooling import BLOCK_COLUMNS, Block, BlockCache, Codes, PictureView
from osisnr_gui.session.pictures import Picture

#: Fetch: one, so that two cores leave one to the window; two where there are more.
N_THREADS = 1 if (os.cpu_count() or 1) <= 2 else 2


@dataclass
class _Known:
    """What the store knows about one source. Held by the GUI thread only."""

    source: Picture
    wanted: frozenset[Block] = frozenset()  # blocks of the last view: not thrown out of the cache
    unreadable: set[Block] = field(default_factory=set)
    no_room: set[Block] = field(default_factory=set)  # for this view; asking again would go on for ever
    view: PictureView | None = None
    direction: int = 0  # of travel: 1 later, -1 earlier
    picture: Codes | None = None  # of `view`, until something new arrives


class TileStore(QObject):
    """The best picture of any source at once (`gather`), and a signal when a better one can be had.

    A source is known by identity; `keep_only` says which ones are still in use.
    """

    tiles_changed = Signal(object)  # the Picture

    def __init__(
        self, parent: QObject | None = None, *, max_bytes: int = 64 * 2**20, n_threads: int = N_THREADS
    ) -> None:
        super().__init__(parent)
        self._cache = BlockCache(max_bytes)
        self._known: dict[Picture, _Known] = {}
        # By source, so that all spectrograms fill at the same pace. Only what is wanted now is queued.
        self._jobs = Jobs("spectrogram", self, n_threads=n_threads)
        self._jobs.reported.connect(self._take_result)
        self._changed: list[Picture] = []
        self._announcer = QTimer(self, singleShot=True)
        self._announcer.timeout.connect(self._announce)

    def gather(self, source: Picture, view: PictureView) -> Codes:
        """uint8 (width, n_bins): per pixel the maximum over the columns it covers; not to be written to.

        Exact where it can be, else the best there is, else 0. What is missing is fetched; it replaces what was
        asked for this source before. A pixel covers the columns whose centre lies in it (pooled pictures are used
        at two or more of their columns per pixel); narrower pixels show the column under their middle.
        """
        known = self._know(source)
        if view != known.view:
            if known.view is not None and view.first_column != known.view.first_column:
                zoomed = not math.isclose(view.columns_per_pixel, known.view.columns_per_pixel, rel_tol=1e-9)
                onward = 1 if view.first_column > known.view.first_column else -1
                known.direction = 0 if zoomed else onward  # a zoom goes nowhere
            if known.view is not None and view.width == known.view.width and source in self._changed:
                self._changed.remove(source)  # all rows follow to another view, and see what has come with it
            known.view, known.picture = view, None
        if known.picture is None:
            known.picture = self._make_picture(known, view)
        return known.picture

    def is_final(self, source: Picture, view: PictureView) -> bool:
        """Whether nothing better will arrive for this view: all its blocks are here (or cannot be had)."""
        step = pooling.step_for(view.columns_per_pixel, source.coarse_step)
        if step >= source.coarse_step:
            return pooling.is_analysed(source, view)
        first, last = pooling.covered(*pooling.pixel_columns(view, step, source.n_columns))
        return not self._missing(self._know(source), pooling.blocks_of(source, step, first, last))

    def is_exact(self, source: Picture, view: PictureView) -> bool:
        """Whether every frame of a view counts in its picture, be it of less detail than there could be."""
        step = pooling.step_for(view.columns_per_pixel, source.coarse_step)
        return step < source.coarse_step or pooling.is_analysed(source, view)

    def release(self, source: Picture) -> None:
        """No row shows this source any more: drop its queue (its blocks stay cached while there is room)."""
        if source in self._known:
            self._jobs.start(key=source)
            self._known[source].wanted = frozenset()
            self.mark_changed(source)  # should another row still show it, it asks again

    def keep_only(self, sources: Iterable[Picture]) -> None:
        """Forget all other sources: their blocks, their queue, and the results still to come."""
        for source in self._known.keys() - set(sources):
            del self._known[source]
            self._jobs.start(key=source)
            self._cache.forget(source)
        self._changed = [source for source in self._changed if source in self._known]

    def mark_changed(self, source: Picture) -> None:
        """There is more of a source, e.g. its coarse pictures have grown: let its rows look again."""
        self._know(source).picture = None
        if source not in self._changed:
            self._changed.append(source)
        if not self._announcer.isActive():
            # What arrives meanwhile is announced with it: each time costs a repaint. The last of a view does not wait.
            self._announcer.start(25)

    def close(self) -> None:
        """Cancel what is queued and wait for the threads; afterwards `gather` shows what is there."""
        self._announcer.stop()
        self._changed.clear()
        self._jobs.close()

    def _know(self, source: Picture) -> _Known:
        return self._known.setdefault(source, _Known(source))

    def _make_picture(self, known: _Known, view: PictureView) -> Codes:
        source = known.source
        step = pooling.step_for(view.columns_per_pixel, source.coarse_step)
        if step >= source.coarse_step:
            self._want(known, [])
            return pooling.coarse_picture(source, view)
        starts, stops = pooling.pixel_columns(view, step, source.n_columns)
        first, last = pooling.covered(starts, stops)
        blocks = pooling.blocks_of(source, step, first, last)
        self._want(known, blocks, self._ahead(known, view, step, blocks))
        return pooling.max_pool(self._assemble(source, step, first, last), starts - first, stops - first)

    def _want(self, known: _Known, blocks: list[Block], ahead: Iterable[Block] = ()) -> None:
        """Queue what is missing of these blocks, then of those where the view goes."""
        if known.wanted != frozenset(blocks):
            known.wanted = frozenset(blocks)
            known.no_room.clear()
        for block in self._missing(known, blocks):
            self._pool_from_finer(block)
        self._jobs.start(*self._missing(known, [*blocks, *ahead]), key=known.source)

    def _ahead(self, known: _Known, view: PictureView, step: int, blocks: list[Block]) -> list[Block]:
        """The blocks of half a view where the view goes."""
        if not blocks or not known.direction:
            return []
        size = BLOCK_COLUMNS * step
        count, last = math.ceil(0.5 * view.width * view.columns_per_pixel / size), known.source.n_columns // size
        edge = blocks[-1 if known.direction > 0 else 0].index
        indices = (edge + known.direction * i for i in range(1, count + 1))
        return [Block(known.source, step, i) for i in indices if 0 <= i <= last]

    def _missing(self, known: _Known, blocks: list[Block]) -> list[Block]:
        hopeless = known.unreadable | known.no_room
        return [b for b in blocks if b not in self._cache and b not in hopeless]

    def _pool_from_finer(self, block: Block) -> bool:
        """Make a block of those of more detail, when they are here."""
        finer = block.finer
        if not finer or not all(b in self._cache or self._pool_from_finer(b) for b in finer):
            return False
        parts = [codes for b in finer if (codes := self._cache.get(b)) is not None]
        return self._cache.put(block, pooling.pool_columns(np.concatenate(parts), 2), self._pinned() | set(finer))

    def _assemble(self, source: Picture, step: int, first: int, last: int) -> Codes:
        """The stored columns first..last, (last - first, n_bins), exact as far as they are here."""
        data = np.empty((last - first, source.n_bins), dtype=np.uint8)
        for block in pooling.blocks_of(source, step, first, last):
            offset = block.index * BLOCK_COLUMNS
            start, stop = max(offset, first), min(offset + BLOCK_COLUMNS, last)
            codes = self._cache.get(block)
            if codes is None:
                data[start - first : stop - first] = self._stretched(block, start, stop)
            else:
                data[start - first : stop - first] = codes[start - offset : stop - offset]
        return data

    def _stretched(self, block: Block, start: int, stop: int) -> Codes:
        """Stored columns start..stop, which lie in `block`, guessed from the nearest block of less detail."""
        coarser = block.coarser
        while coarser.step < block.source.coarse_step:
            codes = self._cache.get(coarser)
            if codes is not None:
                index = np.arange(start, stop) * block.step // coarser.step - coarser.index * BLOCK_COLUMNS
                return codes.take(index, axis=0)
            coarser = coarser.coarser
        return pooling.stretched_coarse(block.source, block.step, start, stop)

    @Slot(object)
    def _take_result(self, result: tuple[Block, Codes | None]) -> None:
        block, codes = result
        known = self._known.get(block.source)
        if known is not None:  # else the source was dropped meanwhile
            if codes is None:
                known.unreadable.add(block)
            elif not self._cache.put(block, codes, self._pinned()):
                known.no_room.add(block)
            if block in known.wanted:  # not for what was fetched ahead
                self.mark_changed(known.source)
        if self._changed and not any(self._missing(k, list(k.wanted)) for k in self._known.values()):
            self._announcer.start(0)

    def _pinned(self) -> frozenset[Block]:
        return frozenset[Block]().union(*(k.wanted for k in self._known.values()))

    def _announce(self) -> None:
        changed, self._changed = self._changed, []
        for source in changed:
            self.tiles_changed.emit(source)
