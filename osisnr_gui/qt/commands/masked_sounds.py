"""Compare masks as sound: save what they let through of the mixture, then open that in their place."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFileDialog, QMainWindow

from osisnr_gui.qt.commands.export_jobs import ExportJobs
from osisnr_gui.qt.dialogs.save_as import warn
from osisnr_gui.qt.views import Views
from osisnr_gui.session.sound.listening import Recipe, Sound
from osisnr_gui.session.sound.masked_score import masked_parts, masked_paths, open_masked

WHERE = "Folder for the sound of the masks"


class MaskedSounds:
    """Has the files written in the background; the window opens them when all are there."""

    def __init__(self, window: QMainWindow, views: Views, exports: ExportJobs) -> None:
        self._window, self._views, self._exports = window, views, exports

    @property
    def is_possible(self) -> bool:
        """Whether there are masks that can be heard."""
        return bool(self._views.player.recipe.masks)

    def compare(self) -> None:
        """Ask for a folder, save there, open what was saved."""
        recipe = self._views.player.recipe
        folder = QFileDialog.getExistingDirectory(self._window, WHERE, self._views.settings.last_folder())
        if not folder or not recipe.masks:
            return
        self._window.statusBar().showMessage("Applying the masks to the mixture…", 5000)
        paths = masked_paths(recipe, folder)
        files = {path: partial(masked_parts, recipe, sound) for sound, path in paths.items()}
        self._exports.write(files, partial(self._open, recipe, paths), _fault)

    def _open(self, recipe: Recipe, paths: dict[Sound, str], error: str) -> None:
        if error:
            warn(self._window, "Not saved", error)
        elif recipe.masks == self._views.player.recipe.masks:
            self._views.store.edit(partial(open_masked, paths=paths))
            self._window.statusBar().showMessage("These are the masks as sound, on the mixture; Undo comes back.", 8000)


def _fault(error: Exception) -> str:
    return f"The masks could not be applied ({error})."
