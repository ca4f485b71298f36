"""Saving what is on screen: numbers of every frame, and the figure. Long work goes to a thread of its own."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox

from osisnr_gui.io.atomic import write_atomically
from osisnr_gui.io.errors import Cancelled, FileError
from osisnr_gui.qt.views import Views
from osisnr_gui.session.analysis import Wanted, analyse
from osisnr_gui.session.export import frames_csv
from osisnr_gui.session.session import Session


def png_bytes(picture: QPixmap) -> bytes:
    """A picture as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(buffer.data().data())


class ExportJobs(QObject):
    """Export commands of one window."""

    _finished = Signal(str, str)  # path, error ("" when saved)

    def __init__(self, window: QMainWindow, views: Views) -> None:
        super().__init__(window)
        self._window, self._views = window, views
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="export")
        self._cancel = threading.Event()
        self._finished.connect(self._report, Qt.ConnectionType.QueuedConnection)

    def save_csv(self) -> None:
        """Ask where, then compute every number by the direct formula and save one row a frame."""
        path = self._ask("Save the numbers of every frame", "frames.csv", "Table (*.csv)")
        if path:
            self._say(f"Saving {os.path.basename(path)} …")
            self._pool.submit(self._write_csv, self._views.store.session, path)

    def save_figure(self) -> None:
        """Ask where, then save the plots."""
        path = self._ask("Save the figure", "figure.png", "Picture (*.png)")
        if path:
            self._write(path, png_bytes(self.figure()))

    def copy_figure(self) -> None:
        """The plots on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.figure())
        self._say("The figure is on the clipboard.")

    def figure(self) -> QPixmap:
        """The plots as they are on screen."""
        return self._views.plots.grab()

    def close(self) -> None:
        """Cancel and wait."""
        self._cancel.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _write_csv(self, session: Session, path: str) -> None:
        """On the export thread."""
        wanted = Wanted(pictures=False, delay=False, alpha=session.loss.alpha)
        try:
            analysis = analyse(session, wanted=wanted, cancelled=self._cancel.is_set)
            write_atomically(path, frames_csv(analysis))
        except Cancelled:
            return
        except FileError as error:
            self._finished.emit(path, str(error))
        except Exception as error:
            self._finished.emit(path, f"{os.path.basename(path)}: could not be written ({error}); try another place")
        else:
            self._finished.emit(path, "")

    def _write(self, path: str, data: bytes) -> None:
        try:
            write_atomically(path, data)
        except FileError as error:
            self._report(path, str(error))
        else:
            self._report(path, "")

    def _report(self, path: str, error: str) -> None:
        if not error:
            self._say(f"Saved {os.path.basename(path)}.")
            return
        box = QMessageBox(QMessageBox.Icon.Warning, "Not saved", error, QMessageBox.StandardButton.Ok, self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.open()

    def _ask(self, title: str, name: str, kind: str) -> str:
        folder = self._views.settings.last_folder()
        path, _ = QFileDialog.getSaveFileName(self._window, title, os.path.join(folder, name), kind)
        ending = os.path.splitext(name)[1]
        return path if not path or os.path.splitext(path)[1] else path + ending

    def _say(self, text: str) -> None:
        self._window.statusBar().showMessage(text, 5000)
