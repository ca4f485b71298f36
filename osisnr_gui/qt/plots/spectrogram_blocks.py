"""Pieces of exact pictures, a cache of them that never grows over its cap, and how they are fetched from files."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from osisnr_gui.qt.plots.picture_pooling import Codes, pool_columns
from osisnr_gui.session.pictures import Picture

BLOCK_COLUMNS = 256


@dataclass(frozen=True)
class Block:
    """`index` counts blocks of BLOCK_COLUMNS stored columns, each the maximum of `step` frames of source `serial`."""

    serial: int
    step: int
    index: int

    def columns(self, n_columns: int) -> tuple[int, int]:
        """The frames start..stop (exclusive) of the source that it covers."""
        size = BLOCK_COLUMNS * self.step
        return self.index * size, min((self.index + 1) * size, n_columns)

    @property
    def coarser(self) -> Block:
        """The block of half the detail that covers it: with its first half or with its second."""
        return Block(self.serial, 2 * self.step, self.index // 2)

    def finer(self, n_columns: int) -> list[Block]:
        """The blocks of twice the detail that make it up, one or two; none below single frames."""
        if self.step == 1:
            return []
        step = self.step // 2
        first = 2 * self.index
        n = -(-n_columns // (BLOCK_COLUMNS * step))
        return [Block(self.serial, step, i) for i in range(first, min(first + 2, n))]


def blocks_of(serial: int, step: int, first: int, last: int) -> list[Block]:
    """The blocks that hold the stored columns first..last (exclusive)."""
    if last <= first:
        return []
    return [Block(serial, step, i) for i in range(first // BLOCK_COLUMNS, (last - 1) // BLOCK_COLUMNS + 1)]


class BlockCache:
    """Blocks in order of last use, never more than `cap` bytes."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.size = 0
        self._blocks: OrderedDict[Block, Codes] = OrderedDict()

    def __contains__(self, block: Block) -> bool:
        return block in self._blocks

    def get(self, block: Block) -> Codes | None:
        """The block's codes, now the last one used."""
        codes = self._blocks.get(block)
        if codes is not None:
            self._blocks.move_to_end(block)
        return codes

    def put(self, block: Block, codes: Codes, pinned: frozenset[Block]) -> bool:
        """Keep `codes`, dropping the longest unused that are not pinned; False when there is no room."""
        if block in self._blocks:
            return True
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
        """Drop all blocks of a source."""
        for block in [b for b in self._blocks if b.serial == serial]:
            self._drop(block)

    def _drop(self, block: Block) -> None:
        self.size -= self._blocks.pop(block).nbytes


def fetch(source: Picture, block: Block) -> Codes | None:
    """On a worker thread. Whatever the file throws, the coarse picture stays."""
    start, stop = block.columns(source.n_columns)
    try:
        codes = np.asarray(source.columns(start, stop))
        right = codes.shape == (stop - start, source.n_bins) and codes.dtype == np.uint8
        return pool_columns(codes, block.step) if right else None
    except Exception:
        return None
