"""What can be done with the plots: rows, curves, the map, the partner of the differences, the cursor."""

from dataclasses import replace
from functools import partial

from osisnr_gui.qt.commands.actions import Entry
from osisnr_gui.qt.dialogs.estimate_dialogs import SpeakersDialog
from osisnr_gui.qt.plots.rows import ROWS
from osisnr_gui.qt.presenters.differences import DELTA
from osisnr_gui.qt.presenters.ribbons import BEST, PAIRING
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.comparison.speakers import find_speakers
from osisnr_gui.session.maps import BlameKind
from osisnr_gui.session.result import Notice
from osisnr_gui.session.session import Session, Source
from osisnr_gui.text.catalogue import _

BLAMES = (None, *BlameKind)
#: The first selection by a key takes this share of the view; each further one is longer, or shorter, by that factor.
FIRST_SHARE, LONGER = 0.1, 1.5
FRAMES_A_SECOND = 125  # what "one second" means where there is no sample rate: frames of 8 ms


class PlotCommands:
    """What is on show is known to the plots and to `Views.curves`; nothing is kept here."""

    def __init__(self, views: Views) -> None:
        self._views, self._plots, self._link = views, views.plots, views.plots.link
        views.sources.curve_toggled.connect(self._toggle_curve)
        views.banners.details_requested.connect(self._show_details)
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
            settings.put(f"row_{row.id}", self._plots.stack.places[row.id].is_wanted)

    def next_blame(self) -> None:
        """The next map over a picture; after the last one none."""
        self._plots.set_blame(BLAMES[(BLAMES.index(self._plots.maps.blame.kind) + 1) % len(BLAMES)])

    # ---- estimates ------------------------------------------------------------------------------------

    def toggle_curve(self) -> None:
        """Hide the curve of the estimate in view, or draw it again."""
        if self._plots.pair is not None:
            self._toggle_curve(self._plots.pair.source)

    def _toggle_curve(self, estimate: Source) -> None:
        estimates = self._views.store.session.estimates
        if estimate in estimates:
            self._views.store.edit(partial(edits.toggle_curve, place=estimates.index(estimate)))

    def show_all_curves(self) -> None:
        """Every estimate has a curve again."""
        self._views.store.edit(lambda session: replace(session, hidden=()))

    def _show_details(self, notice: Notice) -> None:
        if notice.code == "assignment":
            self.show_speakers()

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
        if self._plots.stack.places[DELTA].is_shown:
            self._plots.differences.next_partner()
        else:
            self._plots.stack.set_row_visible(DELTA, True)

    def follow(self, session: Session) -> None:
        """Draw no curve of what the session hides."""
        hidden = frozenset(source for place, source in enumerate(session.estimates) if place in session.hidden)
        self._plots.set_curves(self._plots.choice._replace(hidden=hidden))
        self._views.sources.set_hidden(hidden)

    # ---- cursor ---------------------------------------------------------------------------------------

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
