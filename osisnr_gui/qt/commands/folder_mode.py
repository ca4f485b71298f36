"""A list of pairs in the window: opened, scored behind it by processes, rows in small helpings, walked, saved."""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QMainWindow

from osisnr_gui.batch import pair_list, runner
from osisnr_gui.batch.files import batch_parts
from osisnr_gui.batch.pair_list import ListedRow, Phase, State
from osisnr_gui.batch.pairs import BatchPair, find_pairs, is_pair_list, load_pairs, unique_pairs
from osisnr_gui.batch.runner import JOURNAL_ENDING, BatchRow, BatchSettings, core_count
from osisnr_gui.io.errors import SaveError, display_name
from osisnr_gui.io.json_file import Journal
from osisnr_gui.qt.commands.export_jobs import ExportJobs
from osisnr_gui.qt.dialogs.close_dialog import ErrorDialog
from osisnr_gui.qt.dialogs.file_dialogs import FolderDialog
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.guess import Role, read_roles
from osisnr_gui.session.session import Formula, Session, Source
from osisnr_gui.text.catalogue import _, ngettext

#: With more estimates the plots of one window say less than a list, and take longer to paint than anybody waits.
MOST_ON_PLOTS = 24
# Between two helpings: rows that move all the time cannot be read, and painting takes a core from the scoring.
SHOW_MS, SHOW_MANY_MS, MANY = 300, 1000, 100


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to score: the folder of the references and that of the estimates, or one list of pairs. Absolute paths.

    pairs : those that are known already, else they are looked for.
    """

    paths: tuple[str, ...]
    pairs: tuple[BatchPair, ...] = ()

    def find(self) -> tuple[BatchPair, ...]:
        """The pairs. Raises LoadError."""
        return self.pairs or (load_pairs if len(self.paths) == 1 else find_pairs)(*self.paths)


def _score(inputs: Inputs, settings: BatchSettings, known: tuple[BatchRow, ...], folder: str | None, job: Job) -> str:
    """On the thread. Reports all pairs, then rows, and returns "done"."""
    from osisnr_gui.batch.pool import BatchPool

    pairs, rows_of = inputs.find(), {row.pair: row for row in known}
    job.report(pairs)
    for pair in pairs:
        if pair in rows_of:
            job.report(ListedRow.of(replace(rows_of[pair], is_known=True)))
    waiting, n_jobs = [pair for pair in pairs if pair not in rows_of], core_count()
    at_once, pool = 3 * n_jobs, partial(BatchPool, n_jobs, leaves_none=True)
    with _open_journal(folder, inputs, settings) as journal:
        rows = runner.run_batch(waiting, settings, pool, at_once=at_once, journal=journal, cancelled=job.superseded)
        with closing(rows):
            for row in rows:
                if job.superseded():
                    break
                job.report(ListedRow.of(row))
    return "done"


def _open_journal(folder: str | None, files: Inputs, settings: BatchSettings) -> AbstractContextManager[Journal | None]:
    """Where rows are kept; a disk that takes none is no reason not to score."""
    if folder is None:
        return nullcontext()
    name = hashlib.sha256(repr((files, settings)).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    with suppress(SaveError, OSError):
        os.makedirs(folder, exist_ok=True)
        paths = [os.path.join(folder, kept) for kept in os.listdir(folder) if kept.endswith(JOURNAL_ENDING)]
        for path in sorted(paths, key=os.path.getmtime, reverse=True)[31:]:
            os.unlink(path)
        return runner.open_journal(os.path.join(folder, name), settings)
    return nullcontext()


class FolderMode(QObject):
    """Commands of the list and what they need to know; the window asks `shows_list` which page to show.

    `start` finds the pairs and scores them on a thread; only the last start counts.
    """

    page_changed = Signal()
    changed = Signal()  # the list, or how far it is

    def __init__(self, window: QMainWindow, views: Views, exports: ExportJobs, start_anew: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._views, self._exports, self._start_anew = window, views, exports, start_anew
        self.panel = panel = views.folders
        self.strip = views.folder_strip
        cache = views.store.cache  # rows are kept at once, so that a list opened again goes on, where results are
        self._journal_folder = None
        if cache and cache.enabled:
            self._journal_folder = os.path.join(os.path.dirname(cache.folder.path), "lists")
        self.is_busy = False  # whether pairs are being found or scored
        self._fresh: list[ListedRow] = []  # scored and not shown yet
        self._showing = QTimer(self, singleShot=True)
        self._showing.timeout.connect(self._show_fresh)
        self._jobs = Jobs("folders", self)
        self._jobs.reported.connect(self._take)
        self._jobs.failed.connect(lambda words, details: self._end("" if details else words, details))
        self.inputs: Inputs | None = None
        self.settings = BatchSettings()
        self.shows_list = False
        self._sources: tuple[Source, ...] = ()
        self._place: int | None = None
        self._began, self._n_known = 0.0, 0
        panel.pair_activated.connect(self.open_pair)
        panel.go_on.clicked.connect(self.go_on)
        panel.cancel.clicked.connect(self.stop)
        panel.choose.clicked.connect(lambda: self.choose())
        panel.close_list.clicked.connect(self.close_list)
        panel.rescore.clicked.connect(self.rescore)
        panel.table.pressed.connect(self._hold)
        self.strip.back.clicked.connect(self.show_list)
        self.strip.previous.clicked.connect(lambda: self.step(-1))
        self.strip.next.clicked.connect(lambda: self.step(1))
        self._refresh()

    def take(self, paths: list[str]) -> bool:
        """Open what was dropped or named, if it is two folders or a list of pairs; a single folder asks for another."""
        folders = [os.path.abspath(path) for path in paths if os.path.isdir(path)]
        if len(folders) == len(paths) == 2:
            swaps = read_roles(folders).roles[1] is Role.REFERENCE  # else as they came
            self.open(Inputs(tuple(folders[::-1] if swaps else folders)))
        elif folders and len(folders) == len(paths):
            self.choose((*folders[:2], "")[:2])
        elif len(paths) == 1 and is_pair_list(paths[0]):
            self.open(Inputs((os.path.abspath(paths[0]),)))
        else:
            return False
        return True

    def take_many(self, session: Session) -> bool:
        """Open more estimates than the plots have room for as a list of pairs."""
        plain = session.mixture is None and all(source == Source(source.path) for source in session.sources)
        if len(session.estimates) <= MOST_ON_PLOTS or not session.references or not plain:
            return False  # a list knows of no mixture, and of nothing that was done to a file
        files = [
            (session.references[session.partner_of(k)].path, estimate.path)
            for k, estimate in enumerate(session.estimates)
        ]
        pairs = unique_pairs((*both, os.path.basename(both[1])) for both in files)
        folders = tuple(os.path.dirname(os.path.abspath(path)) for path in files[0])
        if self._start_anew():
            self.open(Inputs(folders, pairs))
            words = _("More than {n} estimates are scored as a list; Enter shows one of them in the plots.")
            self._window.statusBar().showMessage(words.format(n=MOST_ON_PLOTS), 15_000)
        return True

    def choose(self, paths: tuple[str, ...] = ()) -> None:
        """Ask for folders or a list."""
        present = self.inputs.paths if self.inputs is not None else ()
        dialog = FolderDialog(self._views.settings.last_folder(), paths or present, self._window)
        answer = dialog.exec()
        dialog.deleteLater()
        if answer == QDialog.DialogCode.Accepted:
            self.open(Inputs(dialog.paths))

    def open(self, inputs: Inputs) -> None:
        """Show the list of these files and score it."""
        self.halt()  # while its list is there: what it has scored is shown in that
        self._views.settings.put("last_folder", os.path.dirname(inputs.paths[-1]))
        self.inputs, self.settings = inputs, BatchSettings(_scoring(self._views.store.session), folder="")
        self.panel.filter.clear()
        self.panel.only_errors.setChecked(False)
        title, *others = (display_name(path) for path in inputs.paths)
        if others:
            title = _("{estimates}  against  {references}").format(references=title, estimates=others[0])
        self.panel.title.set_text(title, "\n".join(reversed(inputs.paths)))
        self.panel.model.show_pairs(())
        self._place = None
        self.show_list()
        self.start()

    def go_on(self) -> None:
        """Score what has no numbers yet."""
        self.start([row for row in self.panel.model.pairs.in_order() if row.error is None])

    def rescore(self) -> None:
        """Score all with the settings the window has now; nothing is left that was scored with others."""
        self.halt()
        self._show_pairs(self.panel.model.pairs.pairs)
        self.settings = BatchSettings(_scoring(self._views.store.session), folder="")
        self.start()

    def stop(self) -> None:
        """Stop scoring; what is scored stays."""
        if self.is_busy:
            self.halt()
            waits = self.panel.phase is not Phase.RUNNING or self.panel.model.pairs.count(State.WAITING) > 0
            self._show_phase(Phase.STOPPED if waits else Phase.DONE)

    def halt(self) -> None:
        """Stop scoring without a word; what is scored has been shown or is shown now."""
        self._jobs.cancel()
        self._show_fresh()
        self._showing.stop()
        self.is_busy = False

    def show_list(self) -> None:
        """The page of the list."""
        if self.inputs is not None:
            self.shows_list = True
            self._views.player.stop()
            self._refresh()
            self.page_changed.emit()
            self.panel.set_current(self._place)
            self.panel.focus_table()

    def open_pair(self, place: int) -> None:
        """Show a pair in the plots."""
        pair = self.panel.model.pairs.pairs[place]
        if not self._start_anew():
            return
        self._place = place
        store = self._views.store
        store.open(edits.open_pair(store.session, pair.reference, pair.estimate))
        self.shows_list = False  # also where it is the pair that was open already
        self._refresh()
        self.page_changed.emit()
        self._window.setFocus()  # the list had it

    def step(self, direction: int) -> None:
        """To the next (previous) pair in the order of the list; opened, unless the list is on show."""
        if not self.shows_list:
            self.panel.set_current(self._place)
        place = self.panel.step(direction)
        if place is None:
            end = _("This is the last of the list.") if direction > 0 else _("This is the first of the list.")
            self._exports.say(end)
        elif not self.shows_list:
            self.open_pair(place)

    def close_list(self) -> None:
        """Leave the list."""
        self.halt()
        self.inputs, self.shows_list, self._place = None, False, None
        self.panel.model.show_pairs(())
        self._refresh()
        self.page_changed.emit()

    def start(self, known: Sequence[BatchRow] = ()) -> None:
        """Look at all files again; what did not change is not scored again where rows are kept, nor what is `known`."""
        assert self.inputs is not None, "there is a list"
        self._place = self.panel.current_place if self._place is None else self._place
        self.halt()
        self.is_busy = True
        self._jobs.start(partial(_score, self.inputs, self.settings, tuple(known), self._journal_folder))
        self._show_phase(Phase.FINDING)

    def _take(self, result: tuple[BatchPair, ...] | ListedRow | str) -> None:
        if isinstance(result, tuple):
            self._take_found(result)
        elif isinstance(result, ListedRow):
            self._fresh.append(result)
            if not self._showing.isActive():  # rows that come soon are shown with the first one
                self._showing.start(SHOW_MANY_MS if len(self.panel.model.pairs) > MANY else SHOW_MS)
        else:
            self._end("", "")

    def _hold(self, _index: object) -> None:
        """Show nothing new for longer than a double click takes: a row must not move under it."""
        if self._showing.isActive():
            self._showing.start(800)

    def _take_found(self, pairs: tuple[BatchPair, ...]) -> None:
        was_chosen = self.panel.current_place is not None
        self._show_pairs(pairs)
        self._began, self._n_known = time.monotonic(), 0
        self._show_phase(Phase.RUNNING)
        if self.shows_list and not was_chosen:
            self.panel.focus_table()

    def _show_pairs(self, pairs: tuple[BatchPair, ...]) -> None:
        """All of them waiting; the chosen row and the open pair stay what they were, wherever they are now."""
        panel, old = self.panel, self.panel.model.pairs
        names = [None if place is None else old.pairs[place].name for place in (panel.current_place, self._place)]
        panel.model.show_pairs(pairs)
        chosen, self._place = (None if name is None else panel.model.pairs.place_of(name) for name in names)
        panel.set_current(chosen)

    def _show_fresh(self) -> None:
        rows, self._fresh = self._fresh, []
        if rows:
            self.panel.put(rows)
            self._n_known += sum(row.row.is_known for row in rows)
            self._show_phase(self.panel.phase)

    def _end(self, wrong: str, details: str) -> None:
        """wrong : with the folders; details : of a fault of the program."""
        self.halt()
        waits = bool(self.panel.model.pairs.count(State.WAITING))
        self._show_phase(Phase.STOPPED if waits or details else Phase.DONE, wrong)
        if self.panel.current_place is None and self.panel.model.rowCount():
            self.panel.set_current(self.panel.model.place(0))
        if details:
            ErrorDialog.show_once(_("Something unexpected went wrong while scoring the list."), details, self._window)

    def _show_phase(self, phase: Phase, wrong: str = "") -> None:
        pairs = self.panel.model.pairs
        done = len(pairs) - pairs.count(State.WAITING) - self._n_known
        passed = time.monotonic() - self._began
        self.panel.show_phase(phase, done / passed if done > 0 and passed > 1.0 else 0.0, wrong)
        self._refresh()

    def follow(self, session: Session) -> None:
        """Other files belong on the plots; none at all, back to the list."""
        if session.sources != self._sources:
            self._sources = session.sources
            self.shows_list = self.inputs is not None and session.is_empty
            if not session.is_empty:
                sources = session.references[:1], session.estimates
                reference, estimate = (each[0].path if len(each) == 1 else "" for each in sources)
                self._place = self.panel.model.pairs.place_of_files(reference, estimate)
            self.page_changed.emit()
        self._refresh()

    def _refresh(self) -> None:
        """Settings, strip and commands as things are now."""
        has_list = self.inputs is not None
        self.panel.settings.set_text(pair_list.settings_sentence(self.settings))
        self.panel.rescore.setVisible(has_list and _scoring(self._views.store.session) != self.settings.session)
        self.strip.setVisible(has_list and not self.shows_list)
        self.strip.place.set_text(self._place_words())
        self.changed.emit()

    def _place_words(self) -> str:
        model, place = self.panel.model, self._place
        if place is None or place >= len(model.pairs):
            n = len(model.pairs)
            return ngettext("List of {n} pairs", "List of {n} pairs", n).format(n=n)
        name, row = display_name(model.pairs.pairs[place].name), model.row(place)
        if row < 0:
            return _("not in the filtered list · {name}").format(name=name)
        return _("{place} of {count} · {name}").format(place=row + 1, count=model.rowCount(), name=name)

    def find(self) -> None:
        """Filter the list by name."""
        self.show_list()
        self.panel.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.panel.filter.selectAll()

    def save(self, ending: str, kind: str) -> None:
        """Ask where, then save the rows there are, as a batch does."""
        parts = partial(batch_parts, self.panel.model.pairs.in_order(), self.settings, ending)
        self._exports.save_parts(_("Save the list"), f"results{ending}", kind, lambda _ending: parts())


def _scoring(session: Session) -> Session:
    """What a session says about scoring any pair: no files, no view."""
    framing = replace(session.framing, representation=None)
    loss = replace(session.loss, formula=Formula.LITERAL)
    kept = {name: getattr(session, name) for name in ("silence_db", "threshold_db", "lengths", "same_rate_only")}
    return Session(framing=framing, loss=loss, **kept)
