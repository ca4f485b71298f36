"""The one streaming pass over a pair: everything a frame needs, block by block, in bounded memory.

The STFT is never held whole. A chunk of samples is read, its frames are worked off in blocks by a few
threads, and what is kept of a frame is a handful of numbers: its projection, both OSI-SNRs, and
either a column of the alpha table or its MC-MSE at one alpha by the direct formula. Every frame is computed alone, so
results depend neither on the number of threads nor on the order; those of the whole signals are sums over chunks, which
lie in the same places wherever a pass begins, added up from the first to the last.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import reduce
from operator import itemgetter
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.core.alpha_table import AlphaTable, log_magnitudes
from osisnr_gui.core.mc_mse import mc_mse_per_frame
from osisnr_gui.core.osi_snr import Projection, exact_osi_db, literal_osi_db, merge, project_rows
from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.errors import Cancel, stop_if
from osisnr_gui.session.pictures import RESIDUAL_STEP, Picture, TimeGrid
from osisnr_gui.session.readers import AudioColumns, ColumnReader, Raw

# Work on a block is some two hundred numpy calls. Cells enough that a call takes some ten microseconds: with shorter
# ones, though each would find its data in a core's own cache, the threads do little but hand each other the
# interpreter's lock, and the window waits for it too.
BLOCK_CELLS = 3 << 14
CHUNK_CELLS = 1 << 19
MOST_WORKERS = 4  # memory bandwidth is shared
_worker_limit: ContextVar[int] = ContextVar("worker_limit", default=MOST_WORKERS)

Result = TypeVar("Result")
Samples = tuple[FloatArray, FloatArray]  # of the reference and of the estimate


def worker_count() -> int:
    """Threads that help: one a core, at most 4, fewer inside `limit_threads`."""
    return max(1, min(_worker_limit.get(), os.cpu_count() or 1))


@contextmanager
def limit_threads(count: int) -> Iterator[None]:
    """At most `count` threads for analyses that this thread starts meanwhile."""
    token = _worker_limit.set(count)
    try:
        yield
    finally:
        _worker_limit.reset(token)


@dataclass(frozen=True, slots=True, eq=False)
class PairFrames:
    """What the pass found of a pair so far; arrays are float64 (n_frames,), views that never change any more.

    first_frame : frame number (on the reference's grid) of entry 0; n_total : entries when the pass is done, of which
    `missing_before` come before entry 0.
    table : alpha table, or None when `mc_mse` holds the values at one alpha by the direct formula; both None when
    OSI-SNR alone was asked for.
    whole : projection of the whole signals in time, one entry, or None for masks and until the pass is done.
    """

    first_frame: int
    n_total: int
    n_bins: int
    grid: TimeGrid
    projection: Projection
    literal_osi_db: FloatArray
    exact_osi_db: FloatArray
    table: AlphaTable | None
    mc_mse: FloatArray | None
    whole: Projection | None
    missing_before: int = 0

    @property
    def n_frames(self) -> int:
        """Entries that are there already."""
        return int(self.literal_osi_db.shape[0])

    @property
    def span(self) -> range:
        """Frame numbers of all entries there are."""
        return range(self.first_frame, self.first_frame + self.n_frames)

    @property
    def complete(self) -> bool:
        """Whether the pass is done."""
        return self.n_frames == self.n_total

    @property
    def stop_frame(self) -> int:
        """One more than the number of the last frame there will be."""
        return self.first_frame - self.missing_before + self.n_total

    @property
    def first_time(self) -> float:
        """Centre of entry 0, seconds (frames for a mask without a sample rate)."""
        return self.grid.first + self.first_frame * self.grid.step

    def times(self) -> FloatArray:
        """Centres of all entries."""
        return np.asarray(self.first_time + self.grid.step * np.arange(self.n_frames))


class PairPictures(NamedTuple):
    """Pictures the pass fills as it goes; None where one is filled already or not wanted."""

    reference: Picture | None = None
    estimate: Picture | None = None
    residual: Picture | None = None


NO_PICTURES = PairPictures()


@dataclass(frozen=True, slots=True)
class PassPlan:
    """What to run: the two readers, the frames [first, stop) on the reference's grid, and what to keep.

    samples : range of samples [a, b) both signals share, None for masks; `listener` gets them, piece by piece, as
    float64 arrays of the reference and of the estimate.
    alpha : None fills the alpha table, a number gives MC-MSE there by the direct formula. osi_only : neither of them.
    start : the frame to begin with: from there to the end, then back to `first`. What is done is one stretch of frames
    at any time. None : `first`, and the listener gets the samples in their order.
    """

    reference: ColumnReader
    estimate: ColumnReader
    first: int
    stop: int
    grid: TimeGrid
    samples: tuple[int, int] | None = None
    alpha: float | None = None
    pictures: PairPictures = NO_PICTURES
    listener: Callable[[FloatArray, FloatArray], None] | None = None
    start: int | None = None
    osi_only: bool = False


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Frames [first, stop) under way: a task for every block, and one for the samples of this chunk alone."""

    first: int
    stop: int
    tasks: list[Future[None]]
    heard: Future[list[Projection]]


class _ThisThread(Executor):
    """Works in the thread that asks: where every core has a pair of its own, a second thread only waits its turn."""

    def submit(self, work: Callable[..., Result], /, *arguments: Any, **named: Any) -> Future[Result]:
        """Do the work; what it raises is raised here."""
        future: Future[Result] = Future()
        future.set_result(work(*arguments, **named))
        return future


def open_workers(count: int, name: str) -> Executor:
    """`count` threads, or for one the thread that asks."""
    return ThreadPoolExecutor(count, thread_name_prefix=name) if count > 1 else _ThisThread()


class FramePass:
    """Runs a PassPlan. `run` may be called once; `snapshot` from the progress callback."""

    def __init__(self, plan: PassPlan, workers: int | None = None, block_frames: int | None = None) -> None:
        self.plan = plan
        self._workers = worker_count() if workers is None else workers
        n_bins = plan.reference.n_bins
        self._n_total = plan.stop - plan.first
        wanted = BLOCK_CELLS // n_bins if block_frames is None else block_frames
        self._block = max(RESIDUAL_STEP, wanted // RESIDUAL_STEP * RESIDUAL_STEP)
        self._chunk = max(self._block, CHUNK_CELLS // n_bins // self._block * self._block)
        self._done = slice(0, 0)
        self._projection = Projection.allocate(self._n_total)
        self._literal = np.zeros(self._n_total)
        self._exact = np.zeros(self._n_total)
        with_table = plan.alpha is None and not plan.osi_only
        self._table = AlphaTable.allocate(self._n_total) if with_table else None
        self._mc_mse = None if plan.alpha is None else np.zeros(self._n_total)
        self._whole: Projection | None = None
        self._parts: list[tuple[int, Projection]] = []
        self._cancelled: Cancel | None = None

    def run(self, progress: Callable[[Self], None] | None = None, cancelled: Cancel | None = None) -> PairFrames:
        """Work through all frames; `progress(self)` after every chunk.

        Raises io's Cancelled, and LoadError when a file breaks off in a way its reader calls an error.
        """
        pool = open_workers(self._workers, "frames")
        self._cancelled = cancelled
        try:
            current: _Chunk | None = None
            for limits in (*self._limits(), None):
                # The next chunk is under way before this one is done: no thread waits for the last block of another,
                # nor for what is done with the frames reported, nor for the disk.
                following = None if limits is None else self._begin(pool, *limits, current)
                if current is not None:
                    self._finish(current)
                    stop_if(cancelled)
                    if progress is not None:
                        progress(self)
                current = following
        finally:
            pool.shutdown(cancel_futures=True)
        if self._parts:
            self._whole = reduce(merge, (part for _, part in sorted(self._parts, key=itemgetter(0))))
        return self.snapshot()

    def snapshot(self) -> PairFrames:
        """The frames done so far."""
        n = self._done
        return PairFrames(
            first_frame=self.plan.first + n.start,
            n_total=self._n_total,
            n_bins=self.plan.reference.n_bins,
            grid=self.plan.grid,
            projection=self._projection[n],
            literal_osi_db=self._literal[n],
            exact_osi_db=self._exact[n],
            table=None if self._table is None else self._table[n],
            mc_mse=None if self._mc_mse is None else self._mc_mse[n],
            whole=self._whole,
            missing_before=n.start,
        )

    def _limits(self) -> Iterator[tuple[int, int]]:
        """First and last but one frame of every chunk, in the order of work.

        Chunks meet on multiples of the block, so that no column of a coarse picture is shared by two blocks; and in the
        same places wherever the pass begins.
        """
        first, stop = self.plan.first, self.plan.stop
        start = first if self.plan.start is None else min(self.plan.start, stop - 1)
        base = first // self._block * self._block
        middle = a = max(first, base + (start - base) // self._chunk * self._chunk)
        while a < stop:
            b = min(stop, a // self._block * self._block + self._chunk)
            yield a, b
            a = b
        b = middle
        while b > first:
            a = max(first, b - self._chunk)
            yield a, b
            b = a

    def _begin(self, pool: Executor, first: int, stop: int, before: _Chunk | None) -> _Chunk:
        """Read the frames [first, stop) and start on them; `before` is the chunk begun last."""
        raw = self.plan.reference.read(first, stop - first), self.plan.estimate.read(first, stop - first)
        heard = pool.submit(
            self._hear, [*self._own_samples(raw, first, stop)], None if before is None else before.heard
        )
        tasks, a = [], first
        while a < stop:
            b = min(stop, a // self._block * self._block + self._block)
            tasks.append(pool.submit(self._block_of, raw, first, a, b))
            a = b
        return _Chunk(first, stop, tasks, heard)

    def _hear(self, pieces: Sequence[Samples], before: Future[list[Projection]] | None) -> list[Projection]:
        """Tell the listener of samples, once it was told of those `before` them; their projections in time."""
        if before is not None:
            before.result()
        if self.plan.listener is not None:
            for s, e in pieces:
                self.plan.listener(s, e)
        return [project_rows(s[None, :], e[None, :])[0] for s, e in pieces]

    def _block_of(self, raw: tuple[Raw, Raw], chunk: int, first: int, stop: int) -> None:
        """Frames [first, stop) of the chunk that begins at frame `chunk`: all that is known of them."""
        plan = self.plan
        stop_if(self._cancelled)
        # Infinite samples reach the FFT here: the check that refuses such files comes after the pass.
        with np.errstate(all="ignore"):
            s = plan.reference.rows(raw[0], slice(first - chunk, stop - chunk))
            e = plan.estimate.rows(raw[1], slice(first - chunk, stop - chunk))
        projection, residual = project_rows(s, e)
        at = first - plan.first
        self._projection.put(at, projection)
        with np.errstate(all="ignore"):
            if self._table is not None:
                self._table.put_rows(at, *log_magnitudes(s, e))
            if self._mc_mse is not None and plan.alpha is not None:
                self._mc_mse[at : at + len(s)] = mc_mse_per_frame(s.T, e.T, plan.alpha)
            pictures = plan.pictures
            if pictures.reference is not None:
                pictures.reference.put(first, plan.reference.magnitudes(s))
            if pictures.estimate is not None:
                pictures.estimate.put(first, plan.estimate.magnitudes(e))
            if pictures.residual is not None:
                pictures.residual.put(first, np.abs(plan.reference.magnitudes(residual)))

    def _finish(self, chunk: _Chunk) -> None:
        """Wait for a chunk, and do what takes all of its frames at once."""
        self._parts += ((chunk.first, part) for part in chunk.heard.result())
        for task in chunk.tasks:
            task.result()
        a, b = chunk.first - self.plan.first, chunk.stop - self.plan.first
        part = self._projection[a:b]
        self._literal[a:b] = literal_osi_db(part)
        self._exact[a:b] = exact_osi_db(part)
        for picture in self.plan.pictures:
            if picture is not None:
                picture.lift(chunk.first, chunk.stop)
        done = self._done
        self._done = slice(a, b) if done.start == done.stop else slice(min(done.start, a), max(done.stop, b))

    def _own_samples(self, raw: tuple[Raw, Raw], first: int, stop: int) -> Iterator[Samples]:
        """Samples of no chunk but this: up to where the next frame would begin, to both ends for those at the ends."""
        reference, estimate = self.plan.reference, self.plan.estimate
        if self.plan.samples is None or not isinstance(reference, AudioColumns):
            return
        assert isinstance(estimate, AudioColumns), "samples are shared by two audio files"
        start, end = self.plan.samples
        hop = reference.framing.hop
        a = start if first == self.plan.first else first * hop
        b = end if stop == self.plan.stop else stop * hop
        read_first, read_stop = first * hop, first * hop + raw[0].shape[0]
        for x, y in ((a, min(b, read_first)), (max(a, read_first), min(b, read_stop)), (max(a, read_stop), b)):
            if read_first <= x < y <= read_stop:
                s, e = (np.asarray(part[x - read_first : y - read_first], dtype=np.float64) for part in raw)
                yield s, e
            elif x < y:
                yield reference.signal.read(x, y - x), estimate.signal.read(x, y - x)


Value = TypeVar("Value", bound=np.generic)


def on_grid(frames: PairFrames, others: PairFrames, values: NDArray[Value], empty: float) -> NDArray[Value]:
    """`values`, one for each of the `others`, at the frames of `frames`; `empty` where the others have none."""
    moved = np.full(frames.n_frames, empty, dtype=values.dtype)
    _, (here, there) = common_part([frames.span, others.span])
    moved[here] = values[there]
    return moved


def common_part(spans: Sequence[range]) -> tuple[int, list[slice]]:
    """The number of the first frame that all have, and where in each the frames are that all have."""
    first = max(span.start for span in spans)
    stop = max(first, min(span.stop for span in spans))
    return first, [slice(first - span.start, stop - span.start) for span in spans]
