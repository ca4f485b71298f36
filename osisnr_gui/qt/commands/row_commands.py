"""Which rows are shown, and which map lies over a picture: commands, and what is remembered of them."""

from __future__ import annotations

from functools import partial

from osisnr_gui.qt.commands.actions import CommandGroup, Handler
from osisnr_gui.qt.plot_area import HIDDEN_AT_FIRST, ROW_IDS, PlotArea
from osisnr_gui.qt.presenters.ribbons import BEST, PAIRING
from osisnr_gui.qt.settings import Settings
from osisnr_gui.session.blame_map import BlameKind

OFF = "off"
BLAME_NAMES = (OFF, *(kind.value for kind in BlameKind))


class RowCommands(CommandGroup):
    """Handlers of the rows and the blame map; the check marks of their actions hold the state."""

    def __init__(self, plots: PlotArea) -> None:
        self._plots = plots

    def handlers(self) -> dict[str, Handler]:
        """A function for every action of these."""
        return {
            **{f"row_{row_id}": partial(self._toggle_row, row_id) for row_id in ROW_IDS},
            **{f"blame_{name}": partial(self.set_blame, name) for name in BLAME_NAMES},
            "next_blame": self._next_blame,
            "blame_third": lambda: self._plots.maps.blame.set_over_third(self._is_on("blame_third")),
        }

    def set_blame(self, name: str) -> None:
        """The blame map of this name, or `OFF`."""
        self._plots.maps.blame.set_kind(None if name == OFF else BlameKind(name))
        self.refresh()

    def refresh(self) -> None:
        """Check marks as things are."""
        for row_id in ROW_IDS:
            self._check(f"row_{row_id}", self._plots.stack.is_row_visible(row_id))
            self._enable(self._plots.stack.is_row_useful(row_id), f"row_{row_id}")
        self._check(f"blame_{self._blame()}", True)

    def reset(self) -> None:
        """Rows as at the first start, no map."""
        for row_id in ROW_IDS:
            self._plots.stack.set_row_visible(row_id, row_id not in HIDDEN_AT_FIRST)
        self.set_blame(OFF)

    def restore(self, settings: Settings) -> None:
        """Rows and map as they were left; a window without any row has them all again."""
        shown = {row_id: settings.flag(f"row_{row_id}", row_id not in HIDDEN_AT_FIRST) for row_id in ROW_IDS}
        if any(visible for row_id, visible in shown.items() if row_id not in (BEST, PAIRING)):
            for row_id, visible in shown.items():
                self._plots.stack.set_row_visible(row_id, visible)
        over_third = settings.flag("blame_third", False)
        self._plots.maps.blame.set_over_third(over_third)
        self._check("blame_third", over_third)
        self.set_blame(settings.text("blame", OFF, BLAME_NAMES))

    def remember(self, settings: Settings) -> None:
        """Keep them for the next start."""
        for row_id in ROW_IDS:
            settings.put(f"row_{row_id}", self._plots.stack.is_row_wanted(row_id))
        settings.put("blame", self._blame())
        settings.put("blame_third", self._is_on("blame_third"))

    def show_row(self, row_id: str) -> bool:
        """Show this row; False when it was on show."""
        hidden = not self._plots.stack.is_row_visible(row_id)
        if hidden:
            self._plots.stack.set_row_visible(row_id, True)
            self.refresh()
        return hidden

    def _blame(self) -> str:
        kind = self._plots.maps.blame.kind
        return OFF if kind is None else kind.value

    def _next_blame(self) -> None:
        self.set_blame(BLAME_NAMES[(BLAME_NAMES.index(self._blame()) + 1) % len(BLAME_NAMES)])

    def _toggle_row(self, row_id: str) -> None:
        self._plots.stack.set_row_visible(row_id, self._is_on(f"row_{row_id}"))
