"""What can be done with the plots: rows, curves, the map, the partner of the differences, the cursor."""

from functools import partial

from osisnr_gui.qt.commands.actions import Entry
from osisnr_gui.qt.dialogs.estimate_dialogs import SpeakersDialog
from osisnr_gui.qt.plots.rows import ROWS
from osisnr_gui.qt.presenters.differences import DELTA
from osisnr_gui.qt.presenters.ribbons import BEST, PAIRING
from osisnr_gui.qt.presenters.shown_curves import CurveChoice
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.comparison.speakers import find_speakers
from osisnr_gui.session.session import Source
from osisnr_gui.text.catalogue import _

#: The first selection by a key takes this share of the view; each further one is longer, or shorter, by that factor.
FIRST_SHARE, LONGER = 0.1, 1.5
FRAMES_A_SECOND = 125  # what "one second" means where there is no sample rate: frames of 8 ms


class PlotCommands:
    """What is on show is known to the plots and to `Views.curves`; nothing is kept here."""

    def __init__(self, views: Views) -> None:
        self._views, self._plots, self._link = views, views.plots, views.plots.link
        views.curves.changed.connect(self._show_curves)
        views.sources.curve_toggled.connect(self.toggle_curve)
        views.inspector.frame_requested.connect(self.go_to_frame)

    def reset(self) -> None:
        """Rows and their heights as at the first start, no map."""
        self._plots.stack.reset_heights()
        self._plots.stack.set_rows_wanted({row.id: row.shown for row in ROWS})
        self._plots.set_blame(None)

    def reset_view(self) -> None:
        """Everything in sight, in the usual colours."""
        self._link.fit()
        self._plots.fit_values()
        self._views.view_bar.reset()

    def restore(self, settings: Settings) -> None:
        """Rows as they were left; a window without any row has them all again."""
        shown = {row.id: settings.flag(f"row_{row.id}", row.shown) for row in ROWS}
        if any(visible for row_id, visible in shown.items() if row_id not in (BEST, PAIRING)):
            self._plots.stack.set_rows_wanted(shown)

    def remember(self, settings: Settings) -> None:
        """Keep them for the next start."""
        for row in ROWS:
            settings.put(f"row_{row.id}", self._plots.stack.is_row_wanted(row.id))

    def toggle_curve(self, estimate: Source | None) -> None:
        """Hide the curve of an estimate, or draw it again."""
        estimates = self._views.store.session.estimates
        if estimate in estimates:
            self._views.store.edit(partial(edits.toggle_curve, place=estimates.index(estimate)))

    def show_speakers(self) -> None:
        """How well every estimate fits every reference."""
        speakers = find_speakers(self._views.store.analysis)
        if speakers is not None:
            dialog = SpeakersDialog(speakers, self._plots.window())
            edit, assign = self._views.store.edit, speakers.assign
            dialog.assign_requested.connect(lambda places: edit(partial(assign, places=places)))
            dialog.open()

    def list_partners(self) -> list[Entry]:
        """What the estimate in view can be held against, for a menu; the one in force is checked."""
        differences, named = self._plots.differences, _("Against {name}")
        return [
            Entry(named.format(name=name), place == differences.partner, partial(differences.choose, place))
            for place, name in differences.option_names()
        ]

    def show_next_partner(self) -> None:
        """The row of differences; the next partner when it is on show."""
        if self._plots.stack.is_row_visible(DELTA):
            self._plots.differences.next_partner()
        else:
            self._plots.stack.set_row_visible(DELTA, True)

    def _show_curves(self, choice: CurveChoice) -> None:
        self._plots.set_curves(choice)
        self._views.sources.set_hidden(choice.hidden)

    def move(self, seconds: float) -> None:
        """Move the cursor by seconds."""
        self.go(self._link.here + (seconds if self._link.unit == "s" else seconds * FRAMES_A_SECOND))

    def move_frames(self, frames: int) -> None:
        """Move it by frames."""
        pair = self._plots.pair
        if pair is not None and pair.frames is not None:
            grid = pair.frames.grid
            index = round((self._link.here - grid.first) / grid.step)
            self.go(grid.first + (index + frames) * grid.step)

    def select_around(self) -> None:
        """Select a range around the cursor; what is selected already grows."""
        link = self._link
        if link.selection is not None:
            self._select(sum(link.selection) / 2, LONGER * link.selection.length)
        else:
            self._select(link.here, max(FIRST_SHARE * link.visible.length, link.min_span))

    def select_less(self) -> None:
        """Shorten the selection at both ends, down to what the plots can show."""
        selection = self._link.selection
        if selection is not None:
            self._select(sum(selection) / 2, max(selection.length / LONGER, self._link.min_span))

    def _select(self, middle: float, length: float) -> None:
        self._link.select(middle - length / 2, middle + length / 2)

    def go_to_frame(self, number: int) -> None:
        """The cursor on a frame, or on the nearest one that was compared."""
        pair = self._plots.pair
        if pair is not None and pair.frames is not None and pair.frames.n_frames:
            frames = pair.frames
            number = min(max(number, frames.first_frame), frames.first_frame + frames.n_frames - 1)
            self.go(frames.grid.first + number * frames.grid.step)

    def go(self, time: float) -> None:
        """Put the cursor here and keep it in sight."""
        link = self._link
        time = min(max(time, link.extent.start), link.extent.stop)
        link.set_cursor(time)
        if not link.visible.start <= time <= link.visible.stop:
            start = time - 0.5 * link.visible.length
            link.set_range(start, start + link.visible.length)
