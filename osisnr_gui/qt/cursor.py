"""Moving about: the cursor by seconds and frames, bad segments one after the other, the worst frame."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from osisnr_gui.qt.actions import Handler
from osisnr_gui.qt.plot_area import PlotArea

CONTEXT = 1.5  # a segment is shown with this many times its length on both sides
LEAST_CONTEXT_FRAMES = 60
FRAMES_A_SECOND = 125  # what "one second" means where there is no sample rate: frames of 8 ms


class CursorCommands:
    """Handlers that move the cursor, the selection and the visible range."""

    def __init__(self, plots: PlotArea, say: Callable[[str], None]) -> None:
        self._plots, self._say = plots, say

    def handlers(self) -> dict[str, Handler]:
        """A function for every id of the action table that moves about."""
        extent = self._plots.link
        return {
            "cursor_home": lambda: self._go(extent.extent.start),
            "cursor_end": lambda: self._go(extent.extent.stop),
            "cursor_left": partial(self._move, -1.0),
            "cursor_right": partial(self._move, 1.0),
            "cursor_left_5": partial(self._move, -5.0),
            "cursor_right_5": partial(self._move, 5.0),
            "frame_left": partial(self._move_frames, -1),
            "frame_right": partial(self._move_frames, 1),
            "previous_bad": partial(self._bad_segment, -1),
            "next_bad": partial(self._bad_segment, 1),
            "worst": self._worst,
        }

    def _move(self, seconds: float) -> None:
        link = self._plots.link
        self._go(self._here() + (seconds if link.unit == "s" else seconds * FRAMES_A_SECOND))

    def _move_frames(self, frames: int) -> None:
        pair = self._plots.pair
        if pair is not None and pair.frames is not None:
            grid = pair.frames.grid
            index = round((self._here() - grid.first) / grid.step)
            self._go(grid.first + (index + frames) * grid.step)

    def go_to_frame(self, number: int) -> None:
        """The cursor on a frame, or on the nearest one that was compared."""
        pair = self._plots.pair
        if pair is not None and pair.frames is not None and pair.frames.n_frames:
            frames = pair.frames
            number = min(max(number, frames.first_frame), frames.first_frame + frames.n_frames - 1)
            self._go(frames.grid.first + number * frames.grid.step)

    def _here(self) -> float:
        link = self._plots.link
        return link.cursor if math.isfinite(link.cursor) else link.visible.start

    def _go(self, time: float) -> None:
        """Put the cursor here and keep it in sight."""
        link = self._plots.link
        time = min(max(time, link.extent.start), link.extent.stop)
        link.set_cursor(time)
        if not link.visible.start <= time <= link.visible.stop:
            start = time - 0.5 * link.visible.length
            link.set_range(start, start + link.visible.length)

    def _bad_segment(self, direction: int) -> None:
        """Select and zoom to the nearest segment after (before) the cursor, round the ends."""
        pair = self._plots.pair
        if pair is None or pair.score is None or pair.frames is None:
            return
        frames, segments = pair.frames, pair.score.bad.segments
        if not len(segments):
            self._say("No bad segment: every active frame is above the threshold, and none is missed.")
            return
        edge = frames.first_time - 0.5 * frames.grid.step
        starts = edge + segments.first * frames.grid.step
        stops = edge + segments.stop * frames.grid.step
        here = self._here()
        tolerance = 0.25 * frames.grid.step
        if direction > 0:
            later = np.flatnonzero(starts > here + tolerance)
            chosen = int(later[0]) if later.size else 0
        else:
            earlier = np.flatnonzero(starts < here - tolerance)
            chosen = int(earlier[-1]) if earlier.size else len(segments) - 1
        self._show_range(float(starts[chosen]), float(stops[chosen]))
        self._say(f"Bad segment {chosen + 1} of {len(segments)}")

    def _worst(self) -> None:
        pair = self._plots.pair
        if pair is None or pair.score is None or pair.frames is None:
            return
        facts = pair.score.facts
        if not facts.n_active:
            return
        exact = np.where(facts.active, pair.frames.exact_osi_db, np.inf)
        time = pair.frames.first_time + int(np.argmin(exact)) * pair.frames.grid.step
        half = 0.5 * pair.frames.grid.step
        self._show_range(time - half, time + half)
        self._plots.link.set_cursor(time)

    def _show_range(self, start: float, stop: float) -> None:
        link, pair = self._plots.link, self._plots.pair
        step = pair.frames.grid.step if pair is not None and pair.frames is not None else 0.008
        around = max(CONTEXT * (stop - start), LEAST_CONTEXT_FRAMES * step)
        link.select(start, stop)
        link.set_range(start - around, stop + around, remember=True)
        link.set_cursor(start)
