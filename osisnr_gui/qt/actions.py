# ruff: noqa: E501 - a table reads better with one row a line
"""Every command as a row of one table: menus, toolbar, shortcuts and the keys page are built from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from osisnr_gui.session.demos import DEMOS

Handler = Callable[[], object]


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One command.

    menu : path of menu titles, e.g. "File/Export". keys : shortcuts, the first one is shown. group : name of an
    exclusive set of checkable actions. toolbar : whether it has a button. tip : status-bar sentence and tooltip.
    """

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    checkable: bool = False
    group: str = ""
    toolbar: bool = False


SEPARATOR = ActionSpec("", "", "")

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open", "File", "Open…", ("Ctrl+O",), "Open a reference and estimates: sound or masks", "open", toolbar=True),
    ActionSpec("add", "File", "Add estimate…", ("Ctrl+I",), "Compare one more file with the same reference", "add", toolbar=True),
    *(ActionSpec(f"demo_{demo.name}", "File/Demos", demo.title, (), demo.look_for) for demo in DEMOS),
    ActionSpec("reload", "File", "Reload", ("Ctrl+R",), "Read files that changed on disk again", "reload"),
    ActionSpec("save_session", "File", "Save session", ("Ctrl+S",), "Save files, settings, notes and view to open them again", "save"),
    ActionSpec("save_session_as", "File", "Save session as…", ("Ctrl+Shift+S",), "Save the session under another name"),
    ActionSpec("export_csv", "File/Export", "Numbers of every frame (CSV)…", ("Ctrl+Shift+E",), "Save one row a frame, with all settings in the header", "csv"),
    ActionSpec("export_segments", "File/Export", "Bad segments (CSV)…", (), "Save the list of bad segments of the estimate in view, in its order", "csv"),
    ActionSpec("export_png", "File/Export", "Figure (PNG)…", (), "Save the plots as they are on screen", "camera"),
    ActionSpec("quit", "File", "Quit", ("Ctrl+Q",), "Close the program"),
    ActionSpec("undo", "Edit", "Undo", ("Ctrl+Z",), "Take the last change back", "undo"),
    ActionSpec("redo", "Edit", "Redo", ("Ctrl+Shift+Z",), "Make the change again", "redo"),
    ActionSpec("copy_numbers", "Edit", "Copy numbers", ("Ctrl+C",), "Copy the scores of the estimates as a table"),
    ActionSpec("copy_frame", "Edit", "Copy this frame's numbers", (), "Copy everything the frame inspector shows of its frame, as lines of name and value"),
    ActionSpec("copy_figure", "Edit", "Copy figure", ("Ctrl+Shift+C",), "Copy the plots as a picture"),
    ActionSpec("result_cache", "Edit", "Result cache…", (), "How much room kept results take; clear them, or keep none"),
    ActionSpec("fit", "View", "Fit everything", ("F",), "Show the whole file", "fit", toolbar=True),
    ActionSpec("zoom_selection", "View", "Zoom to selection", ("Z",), "Show the selected time range only", "zoom-selection", toolbar=True),
    ActionSpec("zoom_back", "View", "Zoom back", ("Backspace",), "Back to the view before the last zoom", "zoom-back", toolbar=True),
    ActionSpec("zoom_in", "View", "Zoom in", ("Up", "Ctrl++", "Ctrl+="), "Zoom in time, at the pointer or the cursor", "zoom-in"),
    ActionSpec("zoom_out", "View", "Zoom out", ("Down", "Ctrl+-"), "Zoom out in time", "zoom-out"),
    ActionSpec("crosshair", "View", "Crosshair", ("X",), "Lines under the pointer on every plot", "crosshair", checkable=True, toolbar=True),
    ActionSpec("inspector", "View", "Frame inspector", ("I",), "The frame at the cursor in full: both columns, their angle, the formula with its numbers, three plain sentences", "", checkable=True),
    ActionSpec("overview", "View", "Overview strip", ("O",), "The whole file above the plots", "overview", checkable=True),
    ActionSpec("residual", "View", "Residual instead of difference", ("D",), "Third picture: what the measure calls noise, or the level difference", "", checkable=True, toolbar=False),
    ActionSpec("next_map", "View", "Next colour map", ("P",), "viridis, magma, cividis, grey", "palette"),
    ActionSpec("row_reference", "View/Plots", "Reference spectrogram", (), "Show or hide this plot", checkable=True),
    ActionSpec("row_estimate", "View/Plots", "Estimate spectrogram", (), "Show or hide this plot", checkable=True),
    ActionSpec("row_difference", "View/Plots", "Difference", (), "Show or hide this plot", checkable=True),
    ActionSpec("row_bands", "View/Plots", "OSI-SNR per band", (), "Which frequencies are good or bad when: exact OSI-SNR of half octaves, active frames", checkable=True),
    ActionSpec("row_osi", "View/Plots", "OSI-SNR curve", (), "Show or hide this plot", checkable=True),
    ActionSpec("row_gain", "View/Plots", "Gain per frame", (), "Level of the estimate against the reference, and its polarity: OSI-SNR sees neither", checkable=True),
    ActionSpec("row_loss", "View/Plots", "Loss curve", (), "Show or hide this plot", checkable=True),
    ActionSpec("next_blame", "View/Blame map", "Next blame map", ("B",), "Off, MC-MSE, 1/OSI-SNR: which bins carry the loss of the file, as multiples of their even share"),
    ActionSpec("blame_off", "View/Blame map", "Off", (), "No map over the pictures", checkable=True, group="blame"),
    ActionSpec("blame_mc_mse", "View/Blame map", "MC-MSE", (), "Each bin's part of the file's MC-MSE at the present α", checkable=True, group="blame"),
    ActionSpec("blame_osi_noise", "View/Blame map", "1/OSI-SNR, by noise energy", (), "Each bin's part of the file's 1/OSI-SNR: a frame's part, divided as the energy of its noise", checkable=True, group="blame"),
    ActionSpec("blame_third", "View/Blame map", "Over the third picture", ("Shift+B",), "The map lies over the difference or residual instead of the estimate", checkable=True),
    ActionSpec("theme_system", "View/Theme", "Follow the system", (), "Light or dark as the desktop is", "theme-system", checkable=True, group="theme"),
    ActionSpec("theme_light", "View/Theme", "Light", (), "Light background", "theme-light", checkable=True, group="theme"),
    ActionSpec("theme_dark", "View/Theme", "Dark", (), "Dark background", "theme-dark", checkable=True, group="theme"),
    ActionSpec("full_screen", "View", "Full screen", ("F11",), "The whole screen for the plots", checkable=True),
    ActionSpec("reset_layout", "View", "Reset layout", (), "Panels and plot heights as at the first start"),
    ActionSpec("swap", "Sources", "Swap reference and estimate", (), "Let the reference and the estimate in view change places", "swap", toolbar=True),
    ActionSpec("flip", "Sources", "Flip between the last two estimates", ("T",), "Show the estimate that was in view before"),
    ActionSpec("close_files", "Sources", "Close all files", (), "Back to the welcome page; Undo brings them back"),
    ActionSpec("bad_list", "Analysis", "List of bad segments", ("Ctrl+B",), "Bring the list of bad segments to the front"),
    ActionSpec("previous_bad", "Analysis", "Previous bad segment", ("Shift+N", "Shift+F3"), "Select and zoom to the bad segment before it in the list", "previous-bad", toolbar=True),
    ActionSpec("next_bad", "Analysis", "Next bad segment", ("N", "F3"), "Select and zoom to the next bad segment of the list, worst first unless it is sorted otherwise", "next-bad", toolbar=True),
    ActionSpec("worst", "Analysis", "Worst frame", ("W",), "Go to the frame that is worst by the criterion of the list of bad segments"),
    ActionSpec("literal", "Analysis", "Literal, all frames", (), "What a training script prints", checkable=True, group="formula"),
    ActionSpec("exact", "Analysis", "Exact, active frames", (), "Without the two constants, without silence", checkable=True, group="formula"),
    ActionSpec("cursor_home", "Analysis/Cursor", "To the start", ("Home",), "Cursor to the start"),
    ActionSpec("cursor_end", "Analysis/Cursor", "To the end", ("End",), "Cursor to the end"),
    ActionSpec("cursor_left", "Analysis/Cursor", "Back 1 s", ("Left",), "Cursor back by one second"),
    ActionSpec("cursor_right", "Analysis/Cursor", "On 1 s", ("Right",), "Cursor on by one second"),
    ActionSpec("cursor_left_5", "Analysis/Cursor", "Back 5 s", ("Shift+Left",), "Cursor back by five seconds"),
    ActionSpec("cursor_right_5", "Analysis/Cursor", "On 5 s", ("Shift+Right",), "Cursor on by five seconds"),
    ActionSpec("frame_left", "Analysis/Cursor", "Frame before", ("Alt+Left",), "Cursor back by one frame"),
    ActionSpec("frame_right", "Analysis/Cursor", "Next frame", ("Alt+Right",), "Cursor on by one frame"),
    ActionSpec("add_note", "Analysis", "Add note…", ("Ctrl+N",), "Write a note on the selected time range, or at the cursor", "note"),
    ActionSpec("clear", "Analysis", "Clear selection", ("Escape",), "Nothing selected; stops a running comparison first"),
    ActionSpec("keys", "Help", "Keys and mouse", ("F1", "?"), "What every key does", "keyboard"),
    ActionSpec("numbers", "Help", "What do these numbers mean?", (), "OSI-SNR, MC-MSE and the fused loss in plain words", "help"),
    ActionSpec("first_steps", "Help", "First steps", (), "From two files to a result", "info"),
    ActionSpec("about", "Help", "About osisnr_gui", (), "Version and licences"),
)  # fmt: skip

# What the mouse does, for the keys page: no command, so not in the table above.
MOUSE_ROWS: tuple[tuple[str, str, str], ...] = (
    ("Mouse", "Zoom in time at the pointer", "Wheel"),
    ("Mouse", "Scroll in time", "Shift+wheel, middle drag"),
    ("Mouse", "Zoom the other axis", "Ctrl+wheel"),
    ("Mouse", "Select a time range", "Drag"),
    ("Mouse", "Zoom to a box", "Shift+drag"),
    ("Mouse", "Put the cursor here", "Click"),
    ("Mouse", "Select a bad segment", "Double-click its shading"),
    ("Mouse", "Move the threshold", "Drag the dashed line"),
    ("Mouse", "Default value", "Double-click a slider"),
    ("Frame inspector", "Frame before, next frame; ten frames with Shift", "Left, Right"),
    ("Frame inspector", "Copy the frame's numbers", "Ctrl+C"),
    ("Estimates", "Show estimate A, B, C …", "1 … 9"),
)

MENU_ORDER = ("File", "Edit", "View", "Sources", "Analysis", "Help")


class Actions:
    """The QActions of a window by id, in its menus and its toolbar."""

    def __init__(self, window: QMainWindow, handlers: Mapping[str, Handler]) -> None:
        self._window = window
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        self.by_id: dict[str, QAction] = {}
        for title in MENU_ORDER:
            self._menu(title)
        for spec in ACTIONS:
            action = self._action(spec)
            action.triggered.connect(lambda _on=False, run=handlers[spec.id]: run())
            self._menu(spec.menu).addAction(action)

    def menu(self, path: str) -> QMenu:
        """The menu of a path such as "File/Export"."""
        return self._menu(path)

    def fill_toolbar(self, toolbar: QToolBar) -> None:
        """Add the buttons, with a gap where the menu changes."""
        last = ""
        for spec in ACTIONS:
            if spec.toolbar:
                if last and spec.menu.partition("/")[0] != last:
                    toolbar.addSeparator()
                toolbar.addAction(self.by_id[spec.id])
                last = spec.menu.partition("/")[0]

    def set_icons(self, icon: Callable[[str], QIcon]) -> None:
        """Tinted icons for the theme in force."""
        for spec in ACTIONS:
            if spec.icon:
                self.by_id[spec.id].setIcon(icon(spec.icon))

    def check(self, action_id: str, on: bool) -> None:
        """Set a check mark without running the command."""
        self.by_id[action_id].setChecked(on)

    def enable(self, on: bool, *action_ids: str) -> None:
        """Enable or disable commands."""
        for action_id in action_ids:
            self.by_id[action_id].setEnabled(on)

    def _action(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self._window)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setCheckable(spec.checkable)
        action.setStatusTip(spec.tip)
        keys = f" ({QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)})" if spec.keys else ""
        action.setToolTip(f"{spec.tip or spec.text}{keys}")
        if spec.group:
            self._groups.setdefault(spec.group, QActionGroup(self._window)).addAction(action)
        self.by_id[spec.id] = action
        return action

    def _menu(self, path: str) -> QMenu:
        if path not in self._menus:
            parent, _, title = path.rpartition("/")
            owner = self._menu(parent) if parent else self._window.menuBar()
            self._menus[path] = owner.addMenu(title)
        return self._menus[path]


def key_rows() -> list[tuple[str, str, str]]:
    """(group, what it does, keys) of everything, for the keys page."""
    rows = []
    for spec in ACTIONS:
        if spec.keys:
            keys = ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in spec.keys)
            rows.append((spec.menu.partition("/")[0], spec.text.rstrip("…"), keys))
    return [*rows, *MOUSE_ROWS]
