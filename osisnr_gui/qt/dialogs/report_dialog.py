"""Asks what goes into a report, and says what it will hold."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QWidget

from osisnr_gui.export.html_report import LARGE_BYTES
from osisnr_gui.export.report_audio import AudioChoice, audio_bytes
from osisnr_gui.qt.panels.plain_text import plain_label
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.text.catalogue import _, ngettext


class ReportDialog(QDialog):
    """What to put into a report: `audio`, and `with_notes`."""

    def __init__(self, analysis: Analysis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Report"))
        sizes = {choice: audio_bytes(analysis, choice) for choice in AudioChoice}
        n_notes = len(analysis.session.notes)
        self._audio, self._notes = QComboBox(), QCheckBox(_notes_text(n_notes), self)
        for choice, text in (
            (AudioChoice.ALL, _("All, about {size} MB")),
            (AudioChoice.WORST, _("The five worst places, about {size} MB")),
            (AudioChoice.NONE, _("None")),
        ):
            if sizes[choice] or choice is AudioChoice.NONE:
                self._audio.addItem(text.format(size=max(1, round(sizes[choice] / 1e6))), choice.value)
        if sizes[AudioChoice.ALL] > LARGE_BYTES:
            self._audio.setCurrentIndex(max(0, self._audio.findData(AudioChoice.WORST.value)))
        self._notes.setVisible(n_notes > 0)
        names = ", ".join(track.name for track in analysis.tracks)
        holds = _(
            "One HTML file that works without a network and without this program: numbers, pictures, curves, bad "
            "segments and the sounds of {names}. Files are named by their base names and hashes; no folder is named."
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(plain_label(holds.format(names=names), "muted", wrap=True, parent=self))
        form.addRow(_("Sound"), self._audio)
        if n_notes:
            form.addRow(_("Notes"), self._notes)
        form.addRow(buttons)
        self.setMinimumWidth(440)

    @property
    def audio(self) -> AudioChoice:
        """How much sound."""
        return AudioChoice(self._audio.currentData())

    @property
    def with_notes(self) -> bool:
        """Whether the notes go in."""
        return self._notes.isChecked()


def _notes_text(count: int) -> str:
    return ngettext("the {n} note I wrote", "the {n} notes I wrote", count).format(n=count)
