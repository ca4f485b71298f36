"""Saving what is on screen: numbers, a report, sound, the figure, tables for others. Long work goes to a thread."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QMainWindow, QMessageBox

from osisnr_gui.core.align import Delay
from osisnr_gui.export.csv_files import frames_csv, note_labels, notes_csv, segment_labels
from osisnr_gui.export.html_report import report_parts
from osisnr_gui.export.score_report import score_command, score_report
from osisnr_gui.export.score_table import Cell, SummaryTable, settings_line
from osisnr_gui.io.errors import Cancelled, FileError, Phrase, SaveError, display_name
from osisnr_gui.io.files import write_atomically
from osisnr_gui.io.json_file import json_parts
from osisnr_gui.io.png_text import with_text
from osisnr_gui.qt.dialogs.close_dialog import ErrorDialog
from osisnr_gui.qt.dialogs.figure_dialog import CSV, FORMATS, PDF, PNG, SVG, PlotDialog
from osisnr_gui.qt.dialogs.file_dialogs import ReportDialog, ask, ask_where, warn
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.panels.summary_model import Figure as FigureColumn
from osisnr_gui.qt.panels.summary_model import SummaryModel
from osisnr_gui.qt.panels.table import ROLE
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.plots.figure import SCREEN_DPI, Figure, has_table, png_bytes, table_of
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.views import Views
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.changes import finish
from osisnr_gui.session.codec import KEYWORD, SavedView, figure_text
from osisnr_gui.session.edits import set_formula
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.scores import SegmentTable
from osisnr_gui.session.session import Formula, Source
from osisnr_gui.session.sound.listening import Recipe, Sound
from osisnr_gui.session.sound.sound_feed import masked_paths, open_masked, wav_parts
from osisnr_gui.session.tracks import Stamp
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.files import error_words
from osisnr_gui.text.segment_words import other_letter
from osisnr_gui.text.sound_words import sound_name

Parts = Callable[[], Iterable[bytes]]
Done = Callable[[], object]
Delays = Mapping[tuple[tuple[Source, Stamp | None], ...], Delay]


def known_delays(analysis: Analysis) -> Delays:
    """The measured delays by the files they were measured between."""
    return {_files(p): p.delay for p in analysis.pairs if p.delay is not None}


def with_delays(analysis: Analysis, delays: Delays) -> Analysis:
    """The analysis with the delays that are known already, where it has none; files that changed since get none."""
    return replace(analysis, pairs=tuple(replace(p, delay=p.delay or delays.get(_files(p))) for p in analysis.pairs))


def until(cancelled: Callable[[], bool], parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts of a file; raises Cancelled in between once it is wanted, which leaves the file unwritten."""
    for part in parts:
        if cancelled():
            raise Cancelled
        yield part


class ExportJobs(QObject):
    """Export commands of one window."""

    def __init__(self, window: QMainWindow, views: Views, view: Callable[[], SavedView]) -> None:
        """`view` gives what is on screen."""
        super().__init__(window)
        self._window, self._views, self._view = window, views, view
        self.jobs = Jobs("export", self)
        self.jobs.reported.connect(lambda done: done())
        self.jobs.failed.connect(self._show_failure)

    def may_close(self) -> bool:
        """Ask about files that are still being written; False when the window is to stay until they are."""
        if not self.jobs.is_busy:
            return True
        text = _("A file is still being written. Close without it?")
        anyway = _("&Close without it"), QMessageBox.ButtonRole.DestructiveRole
        return ask(self._window, _("Close?"), text, anyway, QMessageBox.StandardButton.Cancel, default=1) == 0

    def save_csv(self) -> None:
        """Ask where, then compute every number by the direct formula and save one row a frame."""
        numbers = self.numbers()
        title, kind = _("Save the numbers of every frame"), _("Table (*.csv)")
        self.save_parts(title, "frames.csv", kind, lambda _ending: frames_csv(numbers()))

    def save_json(self) -> None:
        """Ask where, then compute every number by the direct formula and save what `osisnr score --json` gives."""
        parts = partial(_json, self.numbers())
        self.save_parts(_("Save the numbers"), "scores.json", _("Scores (*.json)"), parts)

    def save_report(self) -> None:
        """Ask what goes in, and where, then work out the report and save it."""
        dialog = ReportDialog(self._views.store.analysis, self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            numbers, audio, notes = self.numbers(), dialog.audio, dialog.notes.isChecked()
            report = partial(report_parts, audio=audio, with_notes=notes, cancelled=lambda: self.jobs.is_closed)
            title, kind = _("Save the report"), "HTML (*.html)"
            self.save_parts(title, "report.html", kind, lambda _ending: report(numbers()))
        dialog.deleteLater()

    def save_sound(self) -> None:
        """Ask where, then save the sound that playback has chosen."""
        player = self._views.player
        if player.sound in player.recipe.sounds:
            parts = partial(wav_parts, player.recipe, player.sound)
            name = f"{sound_name(player.sound).lower().replace(' ', '_')}.wav"
            self.save_parts(_("Save the sound that is chosen"), name, _("Sound (*.wav)"), lambda _ending: parts())

    def save_plot(self, plot: TimePlot | Chart | None = None) -> None:
        """Ask how and where, then save one plot, or its numbers; None: the plots on screen, or some of them."""
        store, plots, has_numbers = self._views.store, self._views.plots, plot is not None and has_table(plot)
        rows = [row for row in plots.stack.rows if row.isVisible()]
        chosen, name, fine = rows, "figure", 1
        if plot is not None:
            chosen, name, fine = [plot], plot.NAME if isinstance(plot, Chart) else plot.row_id, 2
        offered = Figure(
            chosen if isinstance(plot, Chart) else [plots.overview, *rows],
            plot.set_theme if isinstance(plot, Chart) else plots.set_theme,
            fine * (plots if plot is None else plot).width(),
            fine * SCREEN_DPI,
            files=[display_name(source.path) for source in store.session.sources],
            settings="" if store.analysis.reference is None else settings_line(store.analysis),
        )
        dialog = PlotDialog(offered, chosen, n_notes=len(store.session.notes), has_table=has_numbers)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            kinds = [dialog.format, *(kind for kind in (PNG, SVG, PDF) if kind != dialog.format)]
            path = self.ask(_("Save the figure"), f"{name}.{kinds[0]}", ";;".join(FORMATS[kind] for kind in kinds))
            kind = os.path.splitext(path)[1][1:].lower()
            if kind == CSV and plot is not None and has_numbers:
                self.write(path, partial(b"".join, table_of(plot)))
            elif path:
                self.write(path, partial(self._figure, path, kind, dialog))
        dialog.deleteLater()

    def _figure(self, path: str, kind: str, dialog: PlotDialog) -> bytes:
        """What the dialog asks for; a PNG with what restores it: names, hashes, no folders. Raises SaveError."""
        store, figure, view = self._views.store, dialog.figure, self._view()
        if kind not in (PNG, SVG, PDF):
            remedy = Phrase("choose a name that ends with .png, .svg or .pdf")
            raise SaveError(path, Phrase("not saved: no figure is written in this format"), remedy)
        data = png_bytes(figure.image()) if kind == PNG else figure.svg() if kind == SVG else figure.pdf()
        if kind == dialog.format == PNG and dialog.session.isChecked():  # else it said that nothing is
            stamps = {track.source.path: track.stamp for track in store.analysis.tracks}
            hashes = [store.hashes.make(source.path, stamps.get(source.path)) for source in store.session.sources]
            session = store.session if dialog.notes.isChecked() else replace(store.session, notes=())
            data = with_text(data, KEYWORD, figure_text(session, view, hashes))
        return data

    def save_parts(self, title: str, name: str, kinds: str, make: Callable[[str], Iterable[bytes]]) -> None:
        """Ask where, then work out and save a file in the background. make : its parts, by the ending of its name."""
        path = self.ask(title, name, kinds)
        if path:
            self.say(_("Saving {name} …").format(name=os.path.basename(path)))
            parts = partial(make, os.path.splitext(path)[1].lower())
            self.jobs.add(partial(_write_all, {path: parts}, partial(self._say_saved, path)))

    def copy_figure(self) -> None:
        """The plots on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self._views.plots.grab())
        self.say(_("The figure is on the clipboard."))

    def compare_masked(self) -> None:
        """Ask for a folder, save there what the masks let through of the mixture, and compare that in their place."""
        recipe, where = self._views.player.recipe, _("Folder for the sound of the masks")
        folder = QFileDialog.getExistingDirectory(self._window, where, self._views.settings.last_folder())
        if folder and recipe.masks:
            self.say(_("Applying the masks to the mixture…"))
            paths = masked_paths(recipe, folder)
            files = {path: partial(wav_parts, recipe, sound) for sound, path in paths.items()}
            self.jobs.add(partial(_write_all, files, partial(self._open_masked, recipe, paths)))

    def numbers(self) -> Callable[[], Analysis]:
        """What works out the numbers of the present session, on the export thread.

        Both named results are saved, with the warnings that go with the literal one, whichever leads on screen. Delays
        take long to find: once measured for the window they are not measured again.
        """
        store = self._views.store
        session, delays = set_formula(store.session, Formula.LITERAL), known_delays(store.analysis)
        measured = store.analysis.complete and not store.is_busy
        wanted = AnalysisOptions(pictures=False, delay=not measured, alpha=session.loss.alpha)

        def numbers() -> Analysis:
            # Without what the window knows of the files: read in other pieces, levels would end in other digits.
            analysis = analyse(session, wanted=wanted, cancelled=lambda: self.jobs.is_closed)
            return finish(with_delays(analysis, delays))  # notices tell of delays, too

        return numbers

    @property
    def has_times(self) -> bool:
        """Whether the estimate in view has bad segments in seconds."""
        pair = self._views.plots.pair
        return pair is not None and pair.valid_score is not None and pair.valid_score.facts.frames.grid.seconds

    def save_summary(self) -> None:
        """Ask where, then save the summary in the format of the name."""
        table = summary_table(self._views.summary.model, self._views.store.session.loss.method)
        kinds, forms = "CSV (*.csv);;Markdown (*.md);;LaTeX (*.tex)", {".md": table.markdown, ".tex": table.latex}
        self.save_parts(_("Save the summary"), "summary.csv", kinds, lambda ending: [forms.get(ending, table.csv)()])

    def save_labels(self) -> None:
        """Ask where, then save the bad segments of the estimate in view as labels."""
        store, index, pair = self._views.store, self._views.selection.index, self._views.plots.pair
        if pair is None or pair.valid_score is None:
            return
        table = SegmentTable(pair.valid_score)
        notes = table.notes_of(store.session.notes)
        letter = estimate_letter(index)
        data = segment_labels(table, notes, letter, other_letter(store.session, index))
        title, kind = _("Save the bad segments as labels"), "Audacity (*.txt)"
        self.save_parts(title, f"bad_segments_{letter}.txt", kind, lambda _ending: [data])

    def save_notes(self) -> None:
        """Ask where, then save the notes as labels, or as CSV where the name says so."""
        notes, unit = self._views.store.session.notes, self._views.plots.link.unit
        name, kinds = ("notes.txt", "Audacity (*.txt);;CSV (*.csv)") if unit == "s" else ("notes.csv", "CSV (*.csv)")

        def make(ending: str) -> list[bytes]:
            return [note_labels(notes) if unit == "s" and ending != ".csv" else notes_csv(notes, unit)]

        self.save_parts(_("Save the notes"), name, kinds, make)

    def copy_command(self) -> None:
        """Copy the `osisnr score` command that prints these numbers, and say what it leaves out."""
        command, left_out = score_command(self._views.store.analysis)
        QGuiApplication.clipboard().setText(command)
        said = (
            _("The command is on the clipboard; it prints other numbers: {why}.") if left_out else _("Copied: {line}")
        )
        self._window.statusBar().showMessage(said.format(why=left_out, line=command), 8000)

    def write(self, path: str, make: Callable[[], bytes]) -> bool:
        """Make and save it at once, and say how that went; whether it is saved."""
        try:
            write_atomically(path, make())
        except FileError as error:
            self._show_failure(error_words(error), "")
            return False
        self._say_saved(path)
        return True

    def _open_masked(self, recipe: Recipe, paths: dict[Sound, str]) -> None:
        """Once the sound of the masks is saved: unless other files were opened meanwhile."""
        if recipe.masks == self._views.player.recipe.masks:
            self._views.store.edit(partial(open_masked, paths=paths))
            self.say(_("These are the masks as sound, on the mixture; Undo comes back."))

    def _show_failure(self, words: str, details: str) -> None:
        """A file that cannot be written; with details an unexpected error."""
        if details:
            sentence = _("The file could not be written ({error}); try another place.").format(error=words)
            ErrorDialog.show_once(sentence, details, self._window)
        else:
            warn(self._window, _("Not saved"), words)

    def ask(self, title: str, name: str, kind: str) -> str:
        """Where to save; "" when nothing is to be saved."""
        views = self._views
        return ask_where(self._window, views.settings.last_folder(), views.store.session, title, name, kind)

    def _say_saved(self, path: str) -> None:
        self.say(_("Saved {name}.").format(name=display_name(path)))

    def say(self, text: str) -> None:
        """A sentence in the status bar, for a while."""
        self._window.statusBar().showMessage(text, 5000)


def _write_all(files: Mapping[str, Parts], done: Done, job: Job) -> Done:
    """On the export thread. Returns what is to be called on the GUI thread."""
    for path, parts in files.items():
        write_atomically(path, until(job.superseded, parts()))
    return done


def _json(numbers: Callable[[], Analysis], _ending: str) -> Iterable[bytes]:
    analysis = numbers()
    return json_parts(score_report(analysis if analysis.compares_mixture else replace(analysis, mixture=None)))


def _files(pair: PairAnalysis) -> tuple[tuple[Source, Stamp | None], ...]:
    return tuple((track.source, track.stamp) for track in (pair.reference, pair.estimate) if track is not None)


def summary_table(model: SummaryModel, method: int) -> SummaryTable:
    """What the summary shows, in the order on screen."""
    figures = [column for column in model.columns if isinstance(column, FigureColumn)]
    places = [model.place(row) for row in range(model.rowCount())]

    def cell(place: int, figure: FigureColumn) -> Cell:
        is_best = model.cell(place, figure, ROLE.FontRole) is not None
        return Cell(model.text(place, figure), figure.value(model.rows[place]), is_best)

    rows = [[cell(place, figure) for figure in figures] for place in places]
    result = _("{frames}, method {method}").format(frames=translated(model.formula.words), method=method)
    return SummaryTable(result, [figure.name for figure in figures], [model.rows[place].name for place in places], rows)
