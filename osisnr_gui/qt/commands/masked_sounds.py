"""Compare masks as sound: save what they let through of the mixture, then open that in their place."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from osisnr_gui.io.atomic import write_atomically
from osisnr_gui.io.errors import Cancelled, FileError
from osisnr_gui.qt.background import step_back
from osisnr_gui.qt.commands.export_jobs import until
from osisnr_gui.qt.dialogs.save_as import say_not_saved
from osisnr_gui.qt.views import Views
from osisnr_gui.session.masks.masked_files import masked_parts, masked_paths, open_masked
from osisnr_gui.session.sound.listening import Recipe, Sound

WHERE = "Folder for the sound of the masks"


class MaskedSounds(QObject):
    """Writes on a thread of its own; the window opens the files when all are there."""

    _finished = Signal(object, object, str)  # Recipe, paths by sound, error ("" when saved)

    def __init__(self, window: QMainWindow, views: Views) -> None:
        super().__init__(window)
        self._window, self._views = window, views
        self._pool: ThreadPoolExecutor | None = None
        self._cancel = threading.Event()
        self._finished.connect(self._open, Qt.ConnectionType.QueuedConnection)

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
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="masked", initializer=step_back)
        self._window.statusBar().showMessage("Applying the masks to the mixture…", 5000)
        self._pool.submit(self._write, recipe, masked_paths(recipe, folder))

    def close(self) -> None:
        """Cancel and wait."""
        self._cancel.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _write(self, recipe: Recipe, paths: dict[Sound, str]) -> None:
        """On the worker thread."""
        try:
            for sound, path in paths.items():
                write_atomically(path, until(self._cancel.is_set, masked_parts(recipe, sound)))
        except Cancelled:
            return
        except FileError as error:
            self._finished.emit(recipe, paths, str(error))
        except Exception as error:
            self._finished.emit(recipe, paths, f"The masks could not be applied ({error}).")
        else:
            self._finished.emit(recipe, paths, "")

    @Slot(object, object, str)
    def _open(self, recipe: Recipe, paths: dict[Sound, str], error: str) -> None:
        if error:
            say_not_saved(self._window, error)
        elif recipe.masks == self._views.player.recipe.masks:
            self._views.store.edit(partial(open_masked, paths=paths))
            self._window.statusBar().showMessage("These are the masks as sound, on the mixture; Undo comes back.", 8000)
