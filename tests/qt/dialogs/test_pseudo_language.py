"""In the pseudo-language nothing of the menus and dialogs is left in plain English."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = r"""
import re
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialogButtonBox, QLabel, QLineEdit
from osisnr_gui.qt.look.theme import DARK

app = QApplication([])
from osisnr_gui.batch.pair_list import PAIRING
from osisnr_gui.qt.commands.action_table import ACTIONS, MENUS, MOUSE_ROWS
from osisnr_gui.qt.dialogs.close_dialog import AboutDialog, version_text
from osisnr_gui.qt.dialogs.estimate_dialogs import DelayDialog
from osisnr_gui.qt.dialogs.close_dialog import ErrorDialog
from osisnr_gui.qt.dialogs.file_dialogs import FolderDialog
from osisnr_gui.qt.dialogs.figure_dialog import FORMATS, PlotDialog

from osisnr_gui.qt.plots.figure import Figure
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.time_link import TimeLink

overview = Overview(TimeLink(), DARK)
texts = [*MENUS.values(), *FORMATS.values(), *(text for row in MOUSE_ROWS for text in row)]
for action in ACTIONS:
    if not action.id.startswith(("demo_", "colours_")):  # titles from elsewhere, and names of colour maps
        texts += [action.text, action.tip]
for dialog in (
    AboutDialog(), DelayDialog(DARK), ErrorDialog("[it broke]", ""), FolderDialog(""),
    PlotDialog(Figure([overview], overview.set_theme, 100), [overview]),
):
    texts.append(dialog.windowTitle())
    boxes = dialog.findChildren(QDialogButtonBox)
    qts_own = [box.button(kind) for box in boxes for kind in QDialogButtonBox.StandardButton]
    for part in dialog.findChildren(QLabel) + dialog.findChildren(QAbstractButton):
        # The rule for pairs is the batch's; pyqtgraph hides a menu of its own in every plot.
        if part not in qts_own and part.text() not in (version_text(), PAIRING) and part.isVisibleTo(dialog):
            texts.append(part.text())
    texts += [field.placeholderText() for field in dialog.findChildren(QLineEdit)]
# Keys are spelled by Qt, names of things are no English.
key = re.compile(r"(Ctrl|Shift|Alt|F\d+|Home|End|Left|Right|Up|Down|PgUp|PgDown|Space|Backspace|Esc|\W|\b\w\b)*")
for text in texts:
    if not text.startswith("[") and not key.fullmatch(text) and text != "osisnr_gui":
        print(repr(text))
"""


def test_nothing_is_left_in_english() -> None:
    environment = {**os.environ, "LANGUAGE": "xx", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
