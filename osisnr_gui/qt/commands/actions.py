# ruff: noqa: E501 - a table reads better with one row a line
"""Every command as a row of one table: menus, toolbar, shortcuts and the keys page are built from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from osisnr_gui.qt.settings import Settings
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


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open", "File", "Open…", ("Ctrl+O",), "Open a reference and estimates: sound or masks", "open", toolbar=True),
    ActionSpec("add", "File", "Add estimate…", ("Ctrl+I",), "Compare one more file with the same reference", "add", toolbar=True),
    ActionSpec("open_folders", "File", "Open folders…", ("Ctrl+Shift+O",), "Score all pairs of two folders, or of a list, and walk them worst first", "open"),
    *(ActionSpec(f"demo_{demo.name}", "File/Demos", demo.title, (), demo.look_for) for demo in DEMOS),
    ActionSpec("reload", "File", "Reload", ("Ctrl+R",), "Read files that changed on disk again", "reload"),
    ActionSpec("save_session", "File", "Save session", ("Ctrl+S",), "Save files, settings, notes and view to open them again", "save"),
    ActionSpec("save_session_as", "File", "Save session as…", ("Ctrl+Shift+S",), "Save the session under another name"),
    ActionSpec("export_csv", "File/Export", "Numbers of every frame (CSV)…", ("Ctrl+Shift+E",), "Save one row a frame, with all settings in the header", "csv"),
    ActionSpec("export_json", "File/Export", "Numbers of every estimate (JSON)…", (), "Save all numbers, warnings and settings, as `osisnr score --json` does"),
    ActionSpec("export_segments", "File/Export", "Bad segments (CSV)…", (), "Save the list of bad segments of the estimate in view, in its order", "csv"),
    ActionSpec("export_sound", "File/Export", "Sound that is chosen (WAV)…", (), "Save what playback has chosen: a file, a residual, or a mask on the mixture; 32-bit float, whole, at the level of the files"),
    ActionSpec("export_png", "File/Export", "Figure (PNG)…", (), "Save the plots as they are on screen", "camera"),
    ActionSpec("export_list_csv", "File/Export", "List of pairs (CSV)…", (), "Save one row a pair, as `osisnr batch` does", "csv"),
    ActionSpec("export_list_json", "File/Export", "List of pairs (JSON)…", (), "Save every pair's numbers, warnings and bad segments, as `osisnr batch` does"),
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
    ActionSpec("mask_values", "View", "Mask values", ("Shift+V",), "How often each value occurs in the masks in view, their range, and what kind of mask they are", "", checkable=True),
    ActionSpec("overview", "View", "Overview strip", ("O",), "The whole file above the plots", "overview", checkable=True),
    ActionSpec("transport", "View", "Playback bar", (), "The bar under the plots", checkable=True),
    ActionSpec("residual", "View", "Residual instead of difference", (), "Third picture: what the measure calls noise, or the level difference", checkable=True),
    ActionSpec("next_map", "View", "Next colour map", ("P",), "viridis, magma, cividis, grey", "palette"),
    ActionSpec("all_estimates", "View", "All estimates", ("A",), "The spectrograms of all estimates one above the other, without those whose eye is shut; a click on a title brings its estimate into view", checkable=True),
    ActionSpec("row_reference", "View/Plots", "Reference spectrogram", (), "Show or hide this plot", checkable=True),
    ActionSpec("row_estimate", "View/Plots", "Estimate spectrogram", (), "Show or hide this plot", checkable=True),
    ActionSpec("row_difference", "View/Plots", "Difference", (), "Show or hide this plot", checkable=True),
    ActionSpec("row_bands", "View/Plots", "OSI-SNR per band", (), "Which frequencies are good or bad when: exact OSI-SNR of half octaves, active frames", checkable=True),
    ActionSpec("row_pairing", "View/Plots", "Better reference per frame", (), "Whether the estimate in view fits its own reference or another one when: a thin ribbon that shows swaps of speakers, with several references", checkable=True),
    ActionSpec("row_best", "View/Plots", "Best estimate per frame", (), "Which estimate of the reference has the highest exact OSI-SNR when: a thin ribbon, with two or more estimates", checkable=True),
    ActionSpec("row_osi", "View/Plots", "OSI-SNR curve", (), "Show or hide this plot", checkable=True),
    ActionSpec("row_delta", "View/Plots", "Difference of two estimates", (), "OSI-SNR or loss of the estimate in view minus that of another one, or of the mixture, per frame", checkable=True),
    ActionSpec("row_gain", "View/Plots", "Gain per frame", (), "Level of the estimate against the reference, and its polarity: OSI-SNR sees neither", checkable=True),
    ActionSpec("row_loss", "View/Plots", "Loss curve", (), "Show or hide this plot", checkable=True),
    ActionSpec("mixture_curve", "View/Plots", "Mixture in the OSI-SNR plot", (), "OSI-SNR of the unprocessed mixture against the same reference, as a grey line", checkable=True),
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
    ActionSpec("speakers", "Sources", "Speakers…", (), "With several references: how well every estimate fits every one of them, and which goes with which"),
    ActionSpec("delay", "Sources/Delay", "Delay…", ("Ctrl+D",), "The score of the estimate in view at every delay; move it by the sample, or to the peak"),
    ActionSpec("align", "Sources/Delay", "Align", (), "Take the measured delay of the estimate in view out: where the whole signals correlate most", "align", toolbar=True),
    ActionSpec("delay_none", "Sources/Delay", "As the file is", (), "Take no delay out of the estimate in view"),
    ActionSpec("delay_earlier", "Sources/Delay", "Earlier by one sample", ("Ctrl+Shift+Left",), "Move the estimate in view one sample earlier; several in a row are one step for Undo"),
    ActionSpec("delay_later", "Sources/Delay", "Later by one sample", ("Ctrl+Shift+Right",), "Move the estimate in view one sample later; several in a row are one step for Undo"),
    ActionSpec("folder_list", "Sources/List of pairs", "Back to the list", ("Ctrl+L",), "Show the list of pairs instead of the plots"),
    ActionSpec("previous_pair", "Sources/List of pairs", "Previous pair", ("Ctrl+PgUp",), "Open the pair before it in the list, in the order on show"),
    ActionSpec("next_pair", "Sources/List of pairs", "Next pair", ("Ctrl+PgDown",), "Open the next pair of the list, in the order on show"),
    ActionSpec("folder_filter", "Sources/List of pairs", "Find in the list", ("Ctrl+F",), "Filter the list of pairs by name"),
    ActionSpec("close_list", "Sources/List of pairs", "Close the list", (), "Leave the list of pairs; what was scored is kept for the next time"),
    ActionSpec("hide_curve", "Sources", "Hide or show the curve of the estimate in view", ("H",), "Leave the estimate in view out of the curve plots, or draw it again: the eye in its row", "eye"),
    ActionSpec("all_curves", "Sources", "Show all curves", ("Shift+H",), "Draw the curve of every estimate again"),
    ActionSpec("keep_ghost", "Sources", "Keep this as ghost", (), "The faint line of the estimate in view stays through further reloads, instead of giving way to the state before the last one", checkable=True),
    ActionSpec("forget_ghosts", "Sources", "Forget ghosts", (), "Remove the faint lines of what estimates were before their files changed"),
    ActionSpec("reload_changed", "Sources", "Reload changed files by itself", (), "Read a file again as soon as it has changed on disk and is at rest; the view stays", checkable=True),
    ActionSpec("close_files", "Sources", "Close all files", (), "Back to the welcome page; Undo brings them back"),
    ActionSpec("play", "Playback", "Play", ("Space",), "Play from the cursor; pause", "play"),
    ActionSpec("play_once", "Playback", "Play selection once", ("Shift+Space",), "Play the selected time range, and stop", "play-once"),
    ActionSpec("stop", "Playback", "Stop", (), "Stop; the next start is at the cursor (Esc)", "stop"),
    ActionSpec("loop", "Playback", "Loop", ("L",), "Play a stretch over and over: the selection, or everything; drag its edges, also while it plays", "loop", checkable=True),
    ActionSpec("loop_selection", "Playback", "Loop the selection", ("Shift+L",), "The loop is what is selected", "loop-selection"),
    ActionSpec("loop_start", "Playback", "Loop from here", ("[",), "The loop begins at the playhead, or at the cursor"),
    ActionSpec("loop_stop", "Playback", "Loop to here", ("]",), "The loop ends at the playhead, or at the cursor"),
    ActionSpec("hear_reference", "Playback/Hear", "Reference", ("0", "R"), "Hear the reference, from the same sample on", checkable=True, group="hear"),
    ActionSpec("hear_estimate", "Playback/Hear", "Estimate in view", (), "Hear the estimate in view, from the same sample on; 1 to 9 choose one", checkable=True, group="hear"),
    ActionSpec("hear_mixture", "Playback/Hear", "Mixture", ("M",), "Hear the mixture, from the same sample on", checkable=True, group="hear"),
    ActionSpec("hear_residual", "Playback/Hear", "Residual", ("D",), "See and hear what the measure calls noise: the estimate minus its best multiple of the reference; again: the estimate and the level difference", checkable=True, group="hear"),
    ActionSpec("flip", "Playback/Hear", "Flip between the last two", ("T",), "Hear (and show) what was chosen before"),
    ActionSpec("match_off", "Playback/Loudness", "As they are", (), "Sounds as loud as their files are", checkable=True, group="match"),
    ActionSpec("match_rms", "Playback/Loudness", "Same RMS as the reference", (), "All sounds at the reference's RMS", checkable=True, group="match"),
    ActionSpec("match_osi", "Playback/Loudness", "Same level of the reference in them (OSI scale)", (), "What is left of the reference is as loud as the reference: the gain that OSI-SNR ignores is taken out", checkable=True, group="match"),
    ActionSpec("residual_whole", "Playback/Residual", "One scale for the whole signal", (), "The reference is taken out at one gain, so what is heard is everything else", checkable=True, group="residual"),
    ActionSpec("residual_frame", "Playback/Residual", "A scale for every frame", (), "As the residual's picture: the reference is scaled anew in every frame", checkable=True, group="residual"),
    ActionSpec("speed_100", "Playback/Speed", "1×", (), "As recorded", checkable=True, group="speed"),
    ActionSpec("speed_75", "Playback/Speed", "0.75×", (), "Slower at the same pitch", checkable=True, group="speed"),
    ActionSpec("speed_50", "Playback/Speed", "0.5×", (), "Half as fast at the same pitch", checkable=True, group="speed"),
    ActionSpec("band", "Playback", "Only the frequencies in sight", ("K",), "Hear only the frequencies the pictures show; zoom to a box with Shift+drag", "band", checkable=True),
    ActionSpec("play_box", "Playback", "Play the box in sight", ("Shift+K",), "Loop the time and the frequencies in sight: Shift+drag a box, then this", "zoom-selection"),
    ActionSpec("follow", "Playback", "Scroll with the sound", (), "Turn the page when what is heard leaves the view", "follow", checkable=True),
    ActionSpec("autoplay", "Playback", "Play bad segments at once", (), "N and a click in the list of bad segments also loop and play the segment; Return and double-click always do", checkable=True),
    ActionSpec("bad_list", "Analysis", "List of bad segments", ("Ctrl+B",), "Bring the list of bad segments to the front"),
    ActionSpec("previous_bad", "Analysis", "Previous bad segment", ("Shift+N", "Shift+F3"), "Select and zoom to the bad segment before it in the list", "previous-bad", toolbar=True),
    ActionSpec("next_bad", "Analysis", "Next bad segment", ("N", "F3"), "Select and zoom to the next bad segment of the list, worst first unless it is sorted otherwise", "next-bad", toolbar=True),
    ActionSpec("worst", "Analysis", "Worst frame", ("W",), "Go to the frame that is worst by the criterion of the list of bad segments"),
    ActionSpec("compare_masked", "Analysis", "Compare masks as sound…", (), "Save what each mask lets through of the mixture as WAV files in a folder, and compare these: every plot and figure; Undo comes back to the masks"),
    ActionSpec("literal", "Analysis", "Literal, all frames", (), "What a training script prints", checkable=True, group="formula"),
    ActionSpec("exact", "Analysis", "Exact, active frames", (), "Without the two constants, without silence", checkable=True, group="formula"),
    ActionSpec("next_partner", "Analysis/Difference of two estimates", "Show; then the next partner", ("V",), "Plot the estimate in view minus another one; again: minus the next one, or the unprocessed mixture"),
    ActionSpec("difference_osi", "Analysis/Difference of two estimates", "OSI-SNR per frame", (), "Subtract OSI-SNR: above 0 dB the estimate in view is better", checkable=True, group="difference"),
    ActionSpec("difference_loss", "Analysis/Difference of two estimates", "Fused loss per frame", (), "Subtract 1/OSI-SNR + γ·MC-MSE: below 0 the estimate in view is better", checkable=True, group="difference"),
    ActionSpec("cursor_home", "Analysis/Cursor", "To the start", ("Home",), "Cursor to the start"),
    ActionSpec("cursor_end", "Analysis/Cursor", "To the end", ("End",), "Cursor to the end"),
    ActionSpec("cursor_left", "Analysis/Cursor", "Back 1 s", ("Left",), "Cursor back by one second"),
    ActionSpec("cursor_right", "Analysis/Cursor", "On 1 s", ("Right",), "Cursor on by one second"),
    ActionSpec("cursor_left_5", "Analysis/Cursor", "Back 5 s", ("Shift+Left",), "Cursor back by five seconds"),
    ActionSpec("cursor_right_5", "Analysis/Cursor", "On 5 s", ("Shift+Right",), "Cursor on by five seconds"),
    ActionSpec("frame_left", "Analysis/Cursor", "Frame before", ("Alt+Left",), "Cursor back by one frame"),
    ActionSpec("frame_right", "Analysis/Cursor", "Next frame", ("Alt+Right",), "Cursor on by one frame"),
    ActionSpec("add_note", "Analysis", "Add note…", ("Ctrl+N",), "Write a note on the selected time range, or at the cursor", "note"),
    ActionSpec("clear", "Analysis", "Stop, then clear selection", ("Escape",), "Stops a running comparison or the sound first; then nothing is selected"),
    ActionSpec("keys", "Help", "Keys and mouse", ("F1", "?"), "What every key does", "keyboard"),
    ActionSpec("numbers", "Help", "What do these numbers mean?", (), "OSI-SNR, MC-MSE and the fused loss in plain words", "help"),
    ActionSpec("first_steps", "Help", "First steps", (), "From two files to a result", "info"),
    ActionSpec("about", "Help", "About osisnr_gui", (), "Version and licences"),
)  # fmt: skip

# Commands with a line above them in their menu, or above the submenu they are the first of.
SECTIONS = frozenset(
    (
        *("reload", "save_session", "quit", "copy_numbers", "result_cache"),
        *("crosshair", "residual", "theme_system"),
        *("delay_earlier", "folder_list", "hide_curve", "keep_ghost", "close_files"),
        *("loop", "hear_reference", "band", "follow"),
        *("literal", "next_partner", "add_note", "clear"),
    )
)

# What the mouse does, for the keys page: no command, so not in the table above.
MOUSE_ROWS: tuple[tuple[str, str, str], ...] = (
    ("Mouse", "Zoom in time at the pointer", "Wheel"),
    ("Mouse", "Scroll in time", "Shift+wheel, middle drag"),
    ("Mouse", "Zoom the other axis", "Ctrl+wheel"),
    ("Mouse", "Zoom one axis", "Wheel over the axis"),
    ("Mouse", "Floor and ceiling of the colours", "Drag on the colour bar"),
    ("Mouse", "View all, Export…", "Right click on a plot"),
    ("Mouse", "Select a time range", "Drag"),
    ("Mouse", "Zoom to a box", "Shift+drag"),
    ("Mouse", "Put the cursor here", "Click"),
    ("Mouse", "Select a bad segment", "Double-click its shading"),
    ("Mouse", "Move the threshold", "Drag the dashed line"),
    ("Mouse", "Default value", "Double-click a slider"),
    ("Frame inspector", "Frame before, next frame; ten frames with Shift", "Left, Right"),
    ("Frame inspector", "Copy the frame's numbers", "Ctrl+C"),
    ("Mouse", "Move an edge of the loop", "Drag it"),
    ("Mouse", "Open files instead of adding them", "Drop with Alt"),
    ("Delay", "One sample, ten, one millisecond", "Left, Right; with Shift; with Ctrl"),
    ("Delay", "Another delay", "Click or drag on a curve"),
    ("View", "Press the button that has the focus", "Return"),
    ("Playback", "Hear and show estimate A, B, C …", "1 … 9"),
)

MENU_ORDER = ("File", "Edit", "View", "Sources", "Playback", "Analysis", "Help")


class Actions:
    """The QActions of a window by id, in its menus and its toolbar."""

    def __init__(self, window: QMainWindow, handlers: Mapping[str, Handler]) -> None:
        self._window = window
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        self.by_id: dict[str, QAction] = {}
        for title in MENU_ORDER:
            self.menu(title)
        for spec in ACTIONS:
            action = self._action(spec)
            if spec.id in SECTIONS:
                self.menu(spec.menu if spec.menu in self._menus else spec.menu.rpartition("/")[0]).addSeparator()
            action.triggered.connect(lambda _on=False, run=handlers[spec.id]: run())
            self.menu(spec.menu).addAction(action)

    def menu(self, path: str) -> QMenu:
        """The menu of a path such as "File/Export"."""
        if path not in self._menus:
            parent, _, title = path.rpartition("/")
            owner = self.menu(parent) if parent else self._window.menuBar()
            self._menus[path] = owner.addMenu(title if parent else f"&{title}")
        return self._menus[path]

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


class CommandGroup:
    """Commands that belong together. `Commands` asks every group the same; what a group has no use for does nothing."""

    _actions: Actions | None = None

    def attach(self, actions: Actions) -> None:
        """The actions whose states and check marks follow."""
        self._actions = actions

    def handlers(self) -> dict[str, Handler]:
        """A function for every action of these."""
        return {}

    def refresh(self) -> None:
        """Which of them make sense now, and check marks."""

    def restore(self, settings: Settings) -> None:
        """As they were left."""

    def remember(self, settings: Settings) -> None:
        """Keep that for the next start."""

    def close(self) -> None:
        """Stop what is under way, and wait for it."""

    def _check(self, action_id: str, on: bool) -> None:
        if self._actions is not None:
            self._actions.check(action_id, on)

    def _enable(self, on: bool, *action_ids: str) -> None:
        if self._actions is not None:
            self._actions.enable(on, *action_ids)

    def _is_on(self, action_id: str) -> bool:
        return self._actions is not None and self._actions.by_id[action_id].isChecked()


def key_rows() -> list[tuple[str, str, str]]:
    """(group, what it does, keys) of everything, for the keys page."""
    rows = []
    for spec in ACTIONS:
        if spec.keys:
            keys = ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in spec.keys)
            group, _, submenu = spec.menu.partition("/")
            text = spec.text.rstrip("…")
            # Without its submenu "Reference" or "Show" would say nothing.
            named = not submenu or submenu.lower() in text.lower()
            rows.append((group, text if named else f"{submenu}: {text}", keys))
    return [*rows, *MOUSE_ROWS]
