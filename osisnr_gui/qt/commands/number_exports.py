"""Numbers for other programs: the summary as a table, labels for Audacity, the command that prints them."""

import os

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from osisnr_gui.export.labels import note_labels, notes_csv, segment_labels
from osisnr_gui.export.score_command import score_command
from osisnr_gui.export.summary_tables import Cell, SummaryTable
from osisnr_gui.qt.commands.export_jobs import ExportJobs
from osisnr_gui.qt.panels.summary_model import Figure, SummaryModel
from osisnr_gui.qt.panels.table import ROLE
from osisnr_gui.qt.views import Views
from osisnr_gui.session.segments.segment_table import find_segment_table
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.segment_words import other_letter


class NumberExports:
    """What the window gives to other programs. Holds no state."""

    def __init__(self, window: QMainWindow, views: Views, exports: ExportJobs) -> None:
        self._window, self._views, self._exports = window, views, exports

    @property
    def has_times(self) -> bool:
        """Whether the estimate in view has bad segments in seconds."""
        pair = self._views.plots.pair
        return pair is not None and pair.valid_score is not None and pair.valid_score.facts.frames.grid.seconds

    def save_summary(self) -> None:
        """Ask where, then save the summary in the format of the name."""
        table = summary_table(self._views.summary.model, self._views.store.session.loss.method)
        kinds = "CSV (*.csv);;Markdown (*.md);;LaTeX (*.tex)"
        path = self._exports.ask(_("Save the summary"), "summary.csv", kinds)
        if path:
            write = {".md": table.markdown, ".tex": table.latex}.get(os.path.splitext(path)[1].lower(), table.csv)
            self._exports.write_bytes(path, write())

    def save_labels(self) -> None:
        """Ask where, then save the bad segments of the estimate in view as labels."""
        store, index, pair = self._views.store, self._views.selection.index, self._views.plots.pair
        if pair is None or pair.valid_score is None:
            return
        table = find_segment_table(pair.valid_score)
        notes = table.notes_of(store.session.notes)
        data = segment_labels(table, notes, estimate_letter(index), other_letter(store.session, index))
        self._exports.save_bytes(_("Save the bad segments as labels"), "bad_segments.txt", "Audacity (*.txt)", data)

    def save_notes(self) -> None:
        """Ask where, then save the notes as labels, or as CSV where the name says so."""
        notes, unit = self._views.store.session.notes, self._views.plots.link.unit
        kinds = "Audacity (*.txt);;CSV (*.csv)" if unit == "s" else "CSV (*.csv)"
        path = self._exports.ask(_("Save the notes"), "notes.txt" if unit == "s" else "notes.csv", kinds)
        if path:
            as_csv = unit != "s" or path.lower().endswith(".csv")
            self._exports.write_bytes(path, notes_csv(notes, unit) if as_csv else note_labels(notes))

    def copy_command(self) -> None:
        """Copy the `osisnr score` command that prints these numbers, and say what it leaves out."""
        command, left_out = score_command(self._views.store.analysis)
        QGuiApplication.clipboard().setText(command)
        said = (
            _("The command is on the clipboard; it prints other numbers: {why}.") if left_out else _("Copied: {line}")
        )
        self._window.statusBar().showMessage(said.format(why=left_out, line=command), 8000)


def summary_table(model: SummaryModel, method: int) -> SummaryTable:
    """What the summary shows, in the order on screen."""
    figures = [column for column in model.columns if isinstance(column, Figure)]
    places = [model.place(row) for row in range(model.rowCount())]
    rows = [
        [
            Cell(
                model.text(place, figure),
                model.value(place, figure),
                model.cell(place, figure, ROLE.FontRole) is not None,
            )
            for figure in figures
        ]
        for place in places
    ]
    result = _("{frames}, method {method}").format(frames=translated(model.formula.words), method=method)
    return SummaryTable(result, [figure.name for figure in figures], [model.rows[place].name for place in places], rows)
