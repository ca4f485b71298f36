"""Which rows are shown, and which map lies over a picture: commands, and what is remembered of them."""

from __future__ import annotations

from osisnr_gui.qt.plot_area import HIDDEN_AT_FIRST, ROW_IDS, PlotArea
from osisnr_gui.qt.presenters.ribbons import BEST, PAIRING
from osisnr_gui.qt.settings import Settings
from osisnr_gui.session.blame_map import BlameKind

BLAMES = (None, *BlameKind)


class RowCommands:
    """Which rows are wanted is known to the stack of plots, the map to its presenter."""

    def __init__(self, plots: PlotArea) -> None:
        self._plots = plots

    def reset(self) -> None:
        """Rows as at the first start, no map."""
        for row_id in ROW_IDS:
            self._plots.stack.set_row_visible(row_id, row_id not in HIDDEN_AT_FIRST)
        self._plots.set_blame(None)

    def restore(self, settings: Settings) -> None:
        """Rows as they were left; a window without any row has them all again."""
        shown = {row_id: settings.flag(f"row_{row_id}", row_id not in HIDDEN_AT_FIRST) for row_id in ROW_IDS}
        if any(visible for row_id, visible in shown.items() if row_id not in (BEST, PAIRING)):
            for row_id, visible in shown.items():
                self._plots.stack.set_row_visible(row_id, visible)

    def remember(self, settings: Settings) -> None:
        """Keep them for the next start."""
        for row_id in ROW_IDS:
            settings.put(f"row_{row_id}", self._plots.stack.is_row_wanted(row_id))

    def show_row(self, row_id: str) -> bool:
        """Show this row; False when it was on show."""
        hidden = not self._plots.stack.is_row_visible(row_id)
        if hidden:
            self._plots.stack.set_row_visible(row_id, True)
        return hidden

    def next_blame(self) -> None:
        """The next map over a picture; after the last one none."""
        self._plots.set_blame(BLAMES[(BLAMES.index(self._plots.blame) + 1) % len(BLAMES)])
