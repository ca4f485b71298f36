"""Moving the cursor about: by seconds, by frames, to the ends."""

from __future__ import annotations

import math

from osisnr_gui.qt.plot_area import PlotArea

FRAMES_A_SECOND = 125  # what "one second" means where there is no sample rate: frames of 8 ms


class CursorCommands:
    """Moves the cursor, and the visible range with it."""

    def __init__(self, plots: PlotArea) -> None:
        self._plots = plots

    def move(self, seconds: float) -> None:
        """By seconds."""
        link = self._plots.link
        self.go(self._here() + (seconds if link.unit == "s" else seconds * FRAMES_A_SECOND))

    def move_frames(self, frames: int) -> None:
        """By frames."""
        pair = self._plots.pair
        if pair is not None and pair.frames is not None:
            grid = pair.frames.grid
            index = round((self._here() - grid.first) / grid.step)
            self.go(grid.first + (index + frames) * grid.step)

    def go_to_frame(self, number: int) -> None:
        """The cursor on a frame, or on the nearest one that was compared."""
        pair = self._plots.pair
        if pair is not None and pair.frames is not None and pair.frames.n_frames:
            frames = pair.frames
            number = min(max(number, frames.first_frame), frames.first_frame + frames.n_frames - 1)
            self.go(frames.grid.first + number * frames.grid.step)

    def _here(self) -> float:
        """What is heard, else the cursor, else the beginning of the view."""
        link = self._plots.link
        return next((time for time in (link.playhead, link.cursor) if math.isfinite(time)), link.visible.start)

    def go(self, time: float) -> None:
        """Put the cursor here and keep it in sight."""
        link = self._plots.link
        time = min(max(time, link.extent.start), link.extent.stop)
        link.set_cursor(time)
        if not link.visible.start <= time <= link.visible.stop:
            start = time - 0.5 * link.visible.length
            link.set_range(start, start + link.visible.length)
