"""Sessions as files: open, save, those of late, and what is kept of an unsaved one should the program be killed."""

import contextlib
import hashlib
import math
import os
import re
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox

from osisnr_gui.io.errors import FileError, display_name
from osisnr_gui.io.files import write_atomically
from osisnr_gui.qt.commands.actions import Entry
from osisnr_gui.qt.commands.export_jobs import ExportJobs
from osisnr_gui.qt.dialogs.file_dialogs import ask, warn
from osisnr_gui.qt.plots.rows import ROWS
from osisnr_gui.qt.settings import Recent
from osisnr_gui.qt.views import Views
from osisnr_gui.session import codec
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.codec import ENDING, SavedView
from osisnr_gui.session.session import Session
from osisnr_gui.session.tracks import stamp_of
from osisnr_gui.text.catalogue import _, ngettext
from osisnr_gui.text.files import error_words
from osisnr_gui.text.session_words import comparison_words

KIND = _("Session ({pattern})").format(pattern=f"*{ENDING}")
AUTOSAVE_MS = 30_000
MOST_NAMES, MOST_RECENT = 5, 8
Question = Callable[[], bool]


class SessionFiles(QObject):
    """Save, open and recover sessions of one window.

    exports : asks where, and writes. start_anew : called before another session is shown, so that zoom and selection of
    the old one go; False when the user would rather stay. asks : whether somebody sits before the window who can be
    asked. path : where the session is saved, "" for nowhere; saved : what is there.
    """

    renamed = Signal()

    def __init__(
        self, window: QMainWindow, views: Views, exports: ExportJobs, start_anew: Question, asks: Question
    ) -> None:
        super().__init__(window)
        self._window, self._views, self._exports = window, views, exports
        self._start_anew, self._asks = start_anew, asks
        self._keeps, self.path, self.saved = False, "", Session()
        self._pending: SavedView | None = None
        data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
        # A comparison that was never saved has its file here; absolute as paths of sessions are: Qt has "/" everywhere.
        self._own_folder = os.path.abspath(os.path.join(data, "recent"))
        # Written while the program runs and removed when it ends as it should. Named after its process, so that two
        # windows never share one.
        self._copy = os.path.join(data, f"unsaved-{os.getpid()}{ENDING}")
        self._autosave = QTimer(self, interval=AUTOSAVE_MS)  # once it is started
        self._autosave.timeout.connect(self.write_copy)
        views.store.looked_at = lambda: self.view().start

    def keep_copy(self) -> None:
        """From now on, for the case that the program is killed, and of every comparison that is left."""
        self._keeps = True
        self._autosave.start()

    @property
    def name(self) -> str:
        """Name of the file the session is saved in, with the place of Qt's mark for changes; "" for none."""
        return f"{display_name(self.path)}[*]" if self.path else ""

    @property
    def is_changed(self) -> bool:
        """Whether that file does not have what is open."""
        return self.path != "" and self.saved != self._views.store.session

    def recent(self) -> list[Recent]:
        """Sessions and comparisons that can be opened with all their files, the latest first."""
        recent = []
        for path in self._recent_paths() if self._keeps else ():
            with contextlib.suppress(FileError, OSError):
                session, _view, _hashes = codec.load_session(path)
                if not session.is_empty and all(os.path.exists(source.path) for source in session.sources):
                    name = comparison_words(session) if self._is_own(path) else display_name(path)
                    recent.append(Recent(path, name, os.path.dirname(session.sources[0].path)))
        return recent

    def list_recent(self) -> list[Entry]:
        """The same for a menu."""
        entries = [Entry(each.name, False, partial(self.open, each.path), each.folder) for each in self.recent()]
        return entries or [Entry(_("Nothing yet"), False, None)]

    def _recent_paths(self) -> list[str]:
        return list(filter(None, self._views.settings.text("recent_sessions", "").split("\n")))

    def _is_own(self, path: str) -> bool:
        """Whether a session file was kept by the program, and is not one the user saved."""
        return os.path.dirname(path) == self._own_folder

    def _put_first(self, path: str) -> None:
        """A session file that was opened or saved is the latest from now on."""
        paths = [path, *(other for other in self._recent_paths() if other != path)]
        for forgotten in filter(self._is_own, paths[MOST_RECENT:]):
            _remove(forgotten)
        self._views.settings.put("recent_sessions", "\n".join(paths[:MOST_RECENT]))

    def save(self) -> bool:
        """Save where it was saved last; True when it is on disk."""
        return self._write(self.path) if self.path else self.save_as()

    def save_as(self) -> bool:
        """Ask where, then save."""
        name = os.path.basename(self.path) or f"session{ENDING}"
        path = self._exports.ask(_("Save the session"), name, KIND)
        return bool(path) and self._write(path)

    def open(self, path: str) -> None:
        """Show the session in a file; what is open stays when it cannot be read."""
        try:
            session, view, hashes = codec.load_session(path)
        except FileError as error:
            warn(self._window, _("Not opened"), error_words(error))
            return
        shown = self._show(self._relinked(session, hashes, os.path.dirname(path)), view)
        if shown and not codec.is_figure(path):
            self._take_name(path, session)

    def _take_name(self, path: str, session: Session) -> None:
        path = os.path.abspath(path)
        self.path, self.saved = "" if self._is_own(path) else path, session
        if self._keeps:
            self._put_first(path)
        self.renamed.emit()

    def _relinked(self, session: Session, hashes: Sequence[str | None], folder: str) -> Session:
        """With files that are not where they were: from the session's folder, else from one that is asked for once.

        Those a figure was made of are found by what they hold.
        """
        make = self._views.store.hashes.make
        find = partial(codec.relinked, session, hashes=hashes, hash_of=lambda path: make(path, stamp_of(path)))
        session, missing = find(folder)
        if missing and self._asks():
            text = ngettext(
                "{n} file of this session is not where it was: {names}",
                "{n} files of this session are not where they were: {names}",
                len(missing),
            ).format(n=len(missing), names=", ".join(map(display_name, missing[:MOST_NAMES])))
            roles, where = QMessageBox.ButtonRole, _("Where are the files?")
            answers = (_("&Choose a folder…"), roles.AcceptRole), (_("&Open without them"), roles.RejectRole)
            if ask(self._window, where, text, *answers) == 0:
                folder = QFileDialog.getExistingDirectory(self._window, where, folder) or folder
                session, missing = find(folder)
        others = [path for path in missing if os.path.exists(os.path.join(folder, os.path.basename(path)))]
        if others:
            text = _("Not what the figure was made of, though of the same name: {names}")
            warn(self._window, _("Other files"), text.format(names=", ".join(map(display_name, others[:MOST_NAMES]))))
        return session

    def recover(self) -> bool:
        """Ask whether to bring back what a killed program left; True when the user wants it."""
        left = self._left_behind()
        if not left:
            return False
        text = _("The program ended unexpectedly the last time. Open the files and notes it had then?")
        roles = QMessageBox.ButtonRole
        answers = (_("&Recover"), roles.AcceptRole), (_("&Discard"), roles.DestructiveRole)
        wanted = ask(self._window, _("Recover the last session?"), text, *answers) == 0
        recovered = wanted and self._show(*max(left.values(), key=lambda copy: copy[0])[1:])
        # Only now: whoever is killed while the question stands is asked again.
        self.write_copy()
        for path in left:
            _remove(path)
        return recovered

    def _left_behind(self) -> dict[str, tuple[float, Session, SavedView]]:
        """The copies of programs that are gone, and when they were written.

        One that cannot be read is removed: it is never met twice.
        """
        found: dict[str, tuple[float, Session, SavedView]] = {}
        with contextlib.suppress(OSError):
            for name in filter(_is_orphan, os.listdir(os.path.dirname(self._copy))):
                path = os.path.join(os.path.dirname(self._copy), name)
                try:
                    found[path] = (os.path.getmtime(path), *codec.load_session(path)[:2])
                except (FileError, OSError):
                    _remove(path)
        return found

    def write_copy(self) -> None:
        """Keep what is open for the case that the program is killed."""
        if not self._views.store.session.is_empty:
            self._keep(self._copy)

    def _keep(self, path: str) -> bool:
        """Save what is open among the program's own data; a disk that takes none disturbs nobody."""
        with contextlib.suppress(FileError, OSError):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_atomically(path, codec.session_bytes(self._views.store.session, self.view(), path))
            return True
        return False

    def leave(self) -> bool:
        """Other files are about to be opened: ask about unsaved notes, and no more save over the old session."""
        if not self.may_close():
            return False
        self.keep_open()
        self.path, self.saved, self._pending = "", Session(), None
        self.renamed.emit()
        return True

    def keep_open(self) -> None:
        """What is open can be opened again: as it was saved, else by itself; no pair of a list that is walked."""
        session = self._views.store.session
        if not self._keeps or session.is_empty or len(self._views.folders.model.pairs):
            return
        if self.path and not self.is_changed:
            self._put_first(self.path)
            return
        files = "\n".join(source.path for source in session.sources).encode(errors="surrogateescape")
        path = os.path.join(self._own_folder, f"{hashlib.sha256(files).hexdigest()[:16]}{ENDING}")
        if self._keep(path):  # over the same files' last one
            self._put_first(path)

    def may_close(self) -> bool:
        """Ask about notes, and what has a name, that are not on disk; False when the window is to stay."""
        session, kinds = self._views.store.session, QMessageBox.StandardButton
        text = _("There are notes that are not saved. Save the session?")
        if session.notes == self.saved.notes or not session.notes:
            if not self.path or session == self.saved or session.is_empty:
                return True
            text = _("{name} has changes that are not saved. Save them?").format(name=display_name(self.path))
        answer = ask(self._window, _("Save the session?"), text, kinds.Save, kinds.Discard, kinds.Cancel)
        return answer == 1 or (answer == 0 and self.save())

    def close(self) -> None:
        """A normal end leaves nothing to recover."""
        self.keep_open()
        self._autosave.stop()
        _remove(self._copy)

    def view(self) -> SavedView:
        """What is on screen, or will be once the session that is being opened is there."""
        if self._pending is not None:
            return self._pending
        plots, bar = self._views.plots, self._views.view_bar
        link, box = plots.link, plots.spectrograms[0].box
        start, stop = (None, None) if link.visible == link.extent else link.visible
        cursor, playhead = (time if math.isfinite(time) else None for time in (link.cursor, link.playhead))
        selection, loop = (None if span is None else codec.Stretch(*span) for span in (link.selection, link.loop))
        low, high = (min(max(edge, 0.0), 1.0) for edge in (box.lo, box.hi))
        rows = tuple(row.id for row in ROWS if plots.stack.places[row.id].is_wanted)
        values = tuple(codec.Values(row.row_id, row.box.lo, row.box.hi) for row in plots.stack.rows if row.y_by_hand)
        where = start, stop, cursor, self._views.selection.index, selection, loop, playhead, low, high
        return SavedView(*where, rows, values, bar.scale, bar.colours, *bar.levels)

    def _write(self, path: str) -> bool:
        session = self._views.store.session
        is_saved = self._exports.write(path, partial(codec.session_bytes, session, self.view(), path))
        if is_saved:
            self._take_name(path, session)
        return is_saved

    def _show(self, session: Session, view: SavedView) -> bool:
        if not self._start_anew():
            return False
        self._pending = view
        bar, stack = self._views.view_bar, self._views.plots.stack  # rows and colours need no file
        low, high = bar.levels if view.floor_db is None or view.ceiling_db is None else (view.floor_db, view.ceiling_db)
        bar.set_view(view.scale or bar.scale, view.colours or bar.colours, low, high)
        for row in ROWS if view.rows else ():
            stack.set_row_visible(row.id, row.id in (view.rows or ()))
        if session == self._views.store.session:  # nothing will be read: it is there, or on its way
            self.show_analysis(self._views.store.analysis, view.selected)
        self._views.store.open(session)
        return True

    def show_analysis(self, analysis: Analysis, _selected: int) -> None:
        """Once it is known how long everything is, go where the session was saved."""
        view, link = self._pending, self._views.plots.link
        known = analysis.alone is not None or any(pair.frames is not None for pair in analysis.pairs)
        if view is None or not known:
            return
        self._pending = None
        if view.start is not None and view.stop is not None:
            link.set_range(view.start, view.stop)
        if view.low < view.high:
            self._views.plots.spectrograms[0].set_y_range(view.low, view.high)
        for values in view.values:
            if values.row in self._views.plots.stack.places:
                row = self._views.plots.stack.row(values.row)
                row.y_by_hand = True
                row.set_y_range(values.low, values.high)
        if view.cursor is not None:
            link.set_cursor(view.cursor)
        for stretch, put in ((view.selection, link.select), (view.loop, link.set_loop)):
            if stretch is not None:
                put(stretch.start, stretch.stop)
        if view.playhead is not None:
            self._views.player.pause_at(view.playhead)
        self._views.selection.select(view.selected, self._views.count)


def _is_orphan(name: str) -> bool:
    """Whether this is a copy whose program does not run any more."""
    match = re.fullmatch(rf"unsaved-([0-9]+){re.escape(ENDING)}", name)
    return match is not None and int(match[1]) != os.getpid() and not _is_running(int(match[1]))


def _is_running(process: int) -> bool:
    if os.name == "nt":
        # os.kill would end it there; two programs at once are rarer than a killed one.
        return False
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
