"""Sessions as files: open, save, and what is kept of an unsaved one should the program be killed."""

import contextlib
import math
import os
from collections.abc import Callable

from PySide6.QtCore import QObject, QStandardPaths, QTimer
from PySide6.QtWidgets import QMainWindow, QMessageBox

from osisnr_gui.io.atomic import write_atomically
from osisnr_gui.io.errors import FileError, display_name
from osisnr_gui.qt.dialogs.file_dialogs import ask, ask_where, warn
from osisnr_gui.qt.views import Views
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.codec import ENDING, SavedView, load_session, session_bytes
from osisnr_gui.session.session import Session
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.errors import error_words

KIND = _("Session ({pattern})").format(pattern=f"*{ENDING}")
AUTOSAVE_MS = 30_000


class SessionFiles(QObject):
    """Save, open and recover sessions of one window.

    start_anew : called before another session is shown, so that zoom and selection of the old one go; False when the
    user would rather stay.
    """

    def __init__(self, window: QMainWindow, views: Views, start_anew: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._views, self._start_anew = window, views, start_anew
        self._path = ""
        self._saved = Session()
        self._pending: SavedView | None = None
        self._autosave = Autosave(self, self._content)
        views.store.looked_at = self._looked_at

    def keep_copy(self) -> None:
        """From now on, for the case that the program is killed."""
        self._autosave.start()

    def save(self) -> bool:
        """Save where it was saved last; True when it is on disk."""
        return self._write(self._path) if self._path else self.save_as()

    def save_as(self) -> bool:
        """Ask where, then save."""
        views = self._views
        session, folder = views.store.session, views.settings.last_folder()
        name = os.path.basename(self._path) or f"session{ENDING}"
        path = ask_where(self._window, folder, session, _("Save the session"), name, KIND)
        return bool(path) and self._write(path)

    def open(self, path: str) -> None:
        """Show the session in a file; what is open stays when it cannot be read."""
        try:
            session, view = load_session(path)
        except FileError as error:
            warn(self._window, _("Not opened"), error_words(error))
            return
        if self._show(session, view):
            self._path, self._saved = os.path.abspath(path), session

    def recover(self) -> bool:
        """Ask whether to bring back what a killed program left; True when the user wants it."""
        left = self._autosave.left_behind()
        if left is None:
            return False
        text = _("The program ended unexpectedly the last time. Open the files and notes it had then?")
        roles = QMessageBox.ButtonRole
        answers = (_("&Recover"), roles.AcceptRole), (_("&Discard"), roles.DestructiveRole)
        recovered = ask(self._window, _("Recover the last session?"), text, *answers) == 0 and self._show(*left)
        # Only now: whoever is killed while the question stands is asked again.
        self._autosave.write()
        self._autosave.forget_left_behind()
        return recovered

    def leave(self) -> bool:
        """Other files are about to be opened: ask about unsaved notes, and no more save over the old session."""
        if not self.may_close():
            return False
        self._path, self._saved = "", Session()
        return True

    def may_close(self) -> bool:
        """Ask about notes that are not on disk; False when the window is to stay."""
        session = self._views.store.session
        if session.notes == self._saved.notes or not session.notes:
            return True
        kinds = QMessageBox.StandardButton
        text = _("There are notes that are not saved. Save the session?")
        answer = ask(self._window, _("Save the notes?"), text, kinds.Save, kinds.Discard, kinds.Cancel)
        return answer == 1 or (answer == 0 and self.save())

    def close(self) -> None:
        """A normal end leaves nothing to recover."""
        self._autosave.stop()

    def _content(self, path: str) -> bytes | None:
        session = self._views.store.session
        return None if session.is_empty else session_bytes(session, self._view(), path)

    def _view(self) -> SavedView:
        link, selection = self._views.plots.link, self._views.selection
        cursor = link.cursor if math.isfinite(link.cursor) else None
        if link.visible == link.extent:
            return SavedView(cursor=cursor, selected=selection.index)
        return SavedView(link.visible.start, link.visible.stop, cursor, selection.index)

    def _write(self, path: str) -> bool:
        session = self._views.store.session
        try:
            write_atomically(path, session_bytes(session, self._view(), path))
        except FileError as error:
            warn(self._window, _("Not saved"), error_words(error))
            return False
        self._path, self._saved = os.path.abspath(path), session
        self._window.statusBar().showMessage(_("Saved {name}.").format(name=display_name(path)), 5000)
        return True

    def _show(self, session: Session, view: SavedView) -> bool:
        if not self._start_anew():
            return False
        self._pending = view
        self._views.store.edit(lambda _old: session)
        return True

    def _looked_at(self) -> float | None:
        """Where the part on screen begins, or will once the session that is being opened is there; None for all."""
        if self._pending is not None:
            return self._pending.start
        link = self._views.plots.link
        return None if link.visible == link.extent else link.visible.start

    def show_analysis(self, analysis: Analysis, _selected: int) -> None:
        """Once it is known how long everything is, go where the session was saved."""
        view = self._pending
        if view is None or (analysis.reference is None and not analysis.complete):
            return
        self._pending = None
        link = self._views.plots.link
        if view.start is not None and view.stop is not None:
            link.set_range(view.start, view.stop)
        if view.cursor is not None:
            link.set_cursor(view.cursor)
        self._views.selection.select(view.selected, self._views.count)


class Autosave(QObject):
    """A copy of the session, written while the program runs and removed when it ends as it should.

    One file for each running program, named after its process, so that two windows never share one.
    `content(path)` gives what is to be kept, None while there is nothing.
    """

    def __init__(self, parent: QObject, content: Callable[[str], bytes | None]) -> None:
        super().__init__(parent)
        self._content = content
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
        self._path = os.path.join(self._folder, f"unsaved-{os.getpid()}{ENDING}")
        self._left: list[str] = []
        self._timer = QTimer(self, interval=AUTOSAVE_MS)
        self._timer.timeout.connect(self.write)

    def start(self) -> None:
        """Keep a copy from now on."""
        self._timer.start()

    def stop(self) -> None:
        """Nothing to keep any more."""
        self._timer.stop()
        _remove(self._path)

    def write(self) -> None:
        """Keep a copy now. A disk that takes none is no reason to disturb anybody."""
        data = self._content(self._path)
        with contextlib.suppress(FileError, OSError):
            if data is not None:
                os.makedirs(self._folder, exist_ok=True)
                write_atomically(self._path, data)

    def left_behind(self) -> tuple[Session, SavedView] | None:
        """The newest copy of a program that is gone. One that cannot be read is removed: it is never met twice."""
        found: list[tuple[float, Session, SavedView]] = []
        self._left.clear()
        with contextlib.suppress(OSError):
            for name in filter(_is_orphan, os.listdir(self._folder)):
                path = os.path.join(self._folder, name)
                try:
                    found.append((os.path.getmtime(path), *load_session(path)))
                    self._left.append(path)
                except (FileError, OSError):
                    _remove(path)
        return max(found, key=lambda copy: copy[0])[1:] if found else None

    def forget_left_behind(self) -> None:
        """Remove the copies that `left_behind` found."""
        while self._left:
            _remove(self._left.pop())


def _is_orphan(name: str) -> bool:
    """Whether this is a copy whose program does not run any more."""
    number = name.removeprefix("unsaved-").removesuffix(ENDING)
    if not (name.startswith("unsaved-") and name.endswith(ENDING) and number.isascii() and number.isdigit()):
        return False
    return int(number) != os.getpid() and not _is_running(int(number))


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
