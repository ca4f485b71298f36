"""The lines of the masks panel about sound: how the masks compare on the mixture."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from osisnr_gui.qt.jobs import Jobs
from osisnr_gui.qt.panels.plain_text import plain_label, set_text
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.masks.masked_score import MaskedResult, compare_masked, masked_sentences
from osisnr_gui.session.session import Session
from osisnr_gui.session.sound.listening import Recipe, find_recipe

COMPARING = "As sound, on the mixture: comparing…"
HOW = (
    "To hear the masks and compare them as sound, add the mixture they are applied to, and set rate and hop under "
    "Frames (or take what the banner offers)."
)


class MaskedSound(QObject):
    """Works out the comparison on a thread of its own while `label` is to be seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.label: QLabel = plain_label("", wrap=True, small=True, selectable=True)
        self._analysis = Analysis(Session())
        self._selected = 0
        self._asked: tuple[Recipe, int, float] | None = None
        self._results: list[MaskedResult] = []
        self._problem = ""
        self._jobs = Jobs("masked-sound", self)
        self._jobs.reported.connect(self._take)
        self._jobs.failed.connect(self._fail)

    def show_analysis(self, analysis: Analysis, selected: int, in_sight: bool) -> None:
        """Follow the estimate in view; alpha and gamma cost nothing, other sounds are compared anew."""
        self._analysis, self._selected = analysis, selected
        if not in_sight:
            return
        recipe = find_recipe(analysis)
        asked = (recipe, selected, analysis.session.silence_db) if recipe.masks else None
        if asked != self._asked:
            self._asked, self._results, self._problem = asked, [], ""
            self._jobs.cancel()
            if asked is not None:
                self._jobs.start(lambda job: compare_masked(*asked, job.superseded))
        self._say()

    def is_final(self) -> bool:
        """Whether nothing is under way."""
        return not self._jobs.is_busy

    def _take(self, results: list[MaskedResult]) -> None:
        self._results = results
        self._say()

    def _fail(self, problem: str, _details: str) -> None:
        self._problem = problem
        self._say()

    def _say(self) -> None:
        analysis = self._analysis
        has_masks = analysis.reference is not None and analysis.reference.mask is not None
        if self._asked is None or analysis.mixture is None:
            set_text(self.label, HOW if has_masks else "")
        elif self._problem:
            set_text(self.label, f"As sound, on the mixture: {self._problem}")
        elif self._results:
            set_text(self.label, masked_sentences(self._results, analysis.session.loss, analysis.mixture.name))
        else:
            set_text(self.label, COMPARING if self._jobs.is_busy else "")
        self.label.setVisible(bool(self.label.text()))
