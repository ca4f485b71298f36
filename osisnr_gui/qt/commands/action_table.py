# ruff: noqa: E501 - a table reads better with one row a line
"""Every command as a row of one table: menus, toolbar, shortcuts, states and the keys page are built from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from osisnr_gui.batch.pair_list import State
from osisnr_gui.qt.commands.presentation import Tour
from osisnr_gui.qt.dialogs.close_dialog import AboutDialog
from osisnr_gui.qt.dialogs.legend import LegendDialog
from osisnr_gui.qt.dialogs.palette import HelpDialog, Palette
from osisnr_gui.qt.plots.rows import ROWS, PlotRow
from osisnr_gui.qt.plots.scales import SPECTROGRAM_MAPS
from osisnr_gui.qt.views import PANEL_KEYS, TITLES
from osisnr_gui.session import edits
from osisnr_gui.session.comparison.difference import Quantity
from osisnr_gui.session.demos import DEMOS, Demo
from osisnr_gui.session.maps import BlameKind
from osisnr_gui.session.session import Formula
from osisnr_gui.session.sound.listening import Match, ResidualScale, Sound, SoundKind
from osisnr_gui.text.catalogue import _, translated

if TYPE_CHECKING:
    from osisnr_gui.qt.commands.commands import Commands

MIXTURE = Sound(SoundKind.MIXTURE)
BLAMES = (None, *BlameKind)

#: Titles by path; the menus of the menu bar first, in its order.
MENUS = {
    "file": _("File"),
    "edit": _("Edit"),
    "view": _("View"),
    "sources": _("Sources"),
    "playback": _("Playback"),
    "analysis": _("Analysis"),
    "help": _("Help"),
    "file/recent": _("Recent"),
    "file/demos": _("Demos"),
    "file/export": _("Export"),
    "view/panels": _("Panels"),
    "view/plots": _("Plots"),
    "view/blame": _("Where the loss comes from"),
    "view/colours": _("Colour map"),
    "view/theme": _("Theme"),
    "sources/delay": _("Delay"),
    "sources/pairs": _("List of pairs"),
    "playback/hear": _("Hear"),
    "playback/loudness": _("Loudness"),
    "playback/residual": _("Residual"),
    "playback/speed": _("Speed"),
    "playback/device": _("Sound device"),
    "analysis/difference": _("Difference of two estimates"),
    "analysis/cursor": _("Cursor"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One command. To add one, add a row here, and what it does to `Commands` or one of its parts.

    menu : a key of MENUS. keys : shortcuts, the first one is shown. tip : status-bar sentence
    and tooltip. toolbar : whether it has a button. group : name of an exclusive set of choices. section : whether there
    is a line above it, or above the submenu it is the first of.
    run : what it does. switch : what turns it on or off, for one that can be checked without being a choice; nothing
    where others ask whether it is checked.
    enabled : whether it makes sense now; None for always. checked : whether it is on now; None where only its switch
    knows. remembered : key in the settings, for the state of a switch, or for the choice in its group: what its id
    says beyond the group's name. default : on, or chosen, while the settings say nothing.
    """

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    toolbar: bool = False
    group: str = ""
    section: bool = False
    run: Callable[[Commands], object] | None = None
    switch: Callable[[Commands, bool], object] | None = None
    enabled: Callable[[Commands], bool] | None = None
    checked: Callable[[Commands], bool] | None = None
    remembered: str = ""
    default: bool = False

    @property
    def choice(self) -> str:
        """What is remembered of its group when it is chosen."""
        return self.id.removeprefix(f"{self.group}_")


@dataclass(frozen=True, slots=True)
class Condition:
    """For `enabled`: `holds` asks whether what an action needs is there, `why` says what hinders it while it is not."""

    why: str
    holds: Callable[[Commands], bool]

    def __call__(self, c: Commands) -> bool:
        return self.holds(c)


NO_FILES, NO_LIST = _("no files are open"), _("there is no list of pairs")
has_files = Condition(NO_FILES, lambda c: not c.store.session.is_empty)
#: The plots are on screen with at least one estimate that was compared.
has_pair = Condition(
    _("no estimate was compared yet"),
    lambda c: has_files(c) and not c.folders.shows_list and any(p.score is not None for p in c.store.analysis.pairs),
)
has_list = Condition(NO_LIST, lambda c: c.folders.inputs is not None)
#: A pair of the list is scored.
has_rows = Condition(
    NO_LIST, lambda c: c.views.folders.model.pairs.count(State.WAITING) < len(c.views.folders.model.pairs)
)
#: Something can be heard and seen.
has_sound = Condition(_("there is nothing to hear"), lambda c: c.player.has_sound and not c.folders.shows_list)
#: There is a selection to hear.
has_stretch = Condition(_("nothing is selected"), lambda c: has_sound(c) and c.link.selection is not None)


def can_hear(c: Commands, sound: Sound) -> bool:
    """Whether this can be heard and seen."""
    return sound in c.player.recipe.sounds and not c.folders.shows_list


def _demo(demo: Demo) -> Action:
    return Action(f"demo_{demo.name}", "file/demos", translated(demo.title), (), translated(demo.look_for), run=lambda c: c.open_demo(demo.name))  # fmt: skip


def _colours(name: str) -> Action:
    return Action(f"colours_{name}", "view/colours", name, (), _("Colours of the spectrograms"), group="colours", run=lambda c: c.views.view_bar.set_view(c.views.view_bar.scale, name, *c.views.view_bar.levels), checked=lambda c: c.views.view_bar.colours == name, default=name == SPECTROGRAM_MAPS[0])  # fmt: skip


def _panel(name: str) -> Action:
    """What brings a panel to the front, or hides it."""
    return Action(f"panel_{name}", "view/panels", TITLES[name], (PANEL_KEYS[name],), _("Bring this panel to the front; hide it when it is there already"), run=lambda c: c.views.docks[name].toggle(), enabled=lambda c: has_files(c) and not c.folders.shows_list, checked=lambda c: c.views.docks[name].wanted)  # fmt: skip


def _row(row: PlotRow) -> Action:
    """The switch of a plot."""
    return Action(f"row_{row.id}", "view/plots", row.title, row.keys, row.tip, switch=lambda c, on: c.plots.stack.set_row_visible(row.id, on), enabled=lambda c: c.plots.stack.places[row.id].is_useful, checked=lambda c: c.plots.stack.places[row.id].is_shown)  # fmt: skip


ACTIONS: tuple[Action, ...] = (
    Action("open", "file", _("Open…"), ("Ctrl+O",), _("Open a reference and estimates: sound or masks"), "open", toolbar=True, run=lambda c: c.ask(add=False)),
    Action("add", "file", _("Add estimate…"), ("Ctrl+I",), _("Compare one more file with the same reference"), "add", toolbar=True, run=lambda c: c.ask(add=True), enabled=has_files),
    Action("open_folders", "file", _("Open folders…"), ("Ctrl+Shift+O",), _("Score all pairs of two folders, or of a list, and walk them worst first"), "open", run=lambda c: c.folders.choose()),
    *map(_demo, DEMOS),
    Action("reload", "file", _("Reload"), ("Ctrl+R",), _("Read files that changed on disk again"), "reload", run=lambda c: c.folders.start() if c.folders.shows_list else c.files.reload(thoroughly=True), enabled=lambda c: c.folders.shows_list or has_files(c), section=True),
    Action("save_session", "file", _("Save session"), ("Ctrl+S",), _("Save files, settings, notes and view to open them again"), "save", run=lambda c: c.session_files.save(), enabled=has_files, section=True),
    Action("save_session_as", "file", _("Save session as…"), ("Ctrl+Shift+S",), _("Save the session under another name"), run=lambda c: c.session_files.save_as(), enabled=has_files),
    Action("export_report", "file/export", _("Report (HTML)…"), (), _("Save numbers, pictures, curves and sounds as one page to send; it needs neither this program nor a network"), run=lambda c: c.exports.save_report(), enabled=has_pair),
    Action("export_csv", "file/export", _("Numbers of every frame (CSV)…"), ("Ctrl+Shift+E",), _("Save one row a frame, with all settings in the header"), "csv", run=lambda c: c.exports.save_csv(), enabled=has_pair),
    Action("export_json", "file/export", _("Numbers of every estimate (JSON)…"), (), _("Save all numbers, warnings and settings, as `osisnr score --json` does"), run=lambda c: c.exports.save_json(), enabled=has_pair),
    Action("export_summary", "file/export", _("Summary (CSV, Markdown, LaTeX)…"), (), _("Save the summary as it is, as a table for a spreadsheet or a paper"), run=lambda c: c.exports.save_summary(), enabled=has_pair),
    Action("export_segments", "file/export", _("Bad segments (CSV)…"), (), _("Save the list of bad segments of the estimate in view, in its order"), "csv", run=lambda c: c.segments.export(), enabled=has_pair),
    Action("export_labels", "file/export", _("Bad segments (Audacity labels)…"), (), _("Save the bad segments of the estimate in view as a label track"), run=lambda c: c.exports.save_labels(), enabled=lambda c: has_pair(c) and c.exports.has_times),
    Action("export_notes", "file/export", _("Notes (Audacity labels, CSV)…"), (), _("Save what you wrote as a label track or a table"), run=lambda c: c.exports.save_notes(), enabled=lambda c: bool(c.store.session.notes)),
    Action("export_sound", "file/export", _("Sound that is chosen (WAV)…"), (), _("Save what playback has chosen: a file, a residual, or a mask on the mixture; 32-bit float, whole, at the level of the files"), run=lambda c: c.exports.save_sound(), enabled=has_sound),
    Action("export_png", "file/export", _("Figure (PNG, SVG, PDF)…"), (), _("Save the plots on screen, or some of them, for a paper or a slide"), "camera", run=lambda c: c.exports.save_plot(), enabled=has_pair),
    Action("export_list_csv", "file/export", _("List of pairs (CSV)…"), (), _("Save one row a pair, as `osisnr batch` does"), "csv", run=lambda c: c.folders.save(".csv", _("Table (*.csv)")), enabled=has_rows),
    Action("export_list_json", "file/export", _("List of pairs (JSON)…"), (), _("Save every pair's numbers, warnings and bad segments, as `osisnr batch` does"), run=lambda c: c.folders.save(".json", _("JSON (*.json)")), enabled=has_rows),
    Action("quit", "file", _("Quit"), ("Ctrl+Q",), _("Close the program"), run=lambda c: c.window.close(), section=True),
    Action("undo", "edit", _("Undo"), ("Ctrl+Z",), _("Take the last change back"), "undo", run=lambda c: c.travel(back=True), enabled=Condition(_("nothing was changed"), lambda c: c.store.history.previous is not None)),
    Action("redo", "edit", _("Redo"), ("Ctrl+Shift+Z",), _("Make the change again"), "redo", run=lambda c: c.travel(back=False), enabled=Condition(_("nothing was undone"), lambda c: c.store.history.following is not None)),
    Action("copy_numbers", "edit", _("Copy numbers"), ("Ctrl+C",), _("Copy the scores of the estimates as a table"), run=lambda c: c.views.summary.table.copy_rows(every=True), enabled=has_pair, section=True),
    Action("copy_frame", "edit", _("Copy this frame's numbers"), (), _("Copy everything the frame inspector shows of its frame, as lines of name and value"), run=lambda c: c.views.inspector.copy_numbers(), enabled=Condition(_("the frame inspector is not in front"), lambda c: c.views.docks["inspector"].is_in_front)),
    Action("copy_figure", "edit", _("Copy figure"), ("Ctrl+Shift+C",), _("Copy the plots as a picture"), run=lambda c: c.exports.copy_figure(), enabled=has_pair),
    Action("copy_command", "edit", _("Copy as command"), (), _("Copy the `osisnr score` command that prints the numbers of these files with these settings"), run=lambda c: c.exports.copy_command(), enabled=has_pair),
    Action("palette", "edit", _("Find a command…"), ("Ctrl+Shift+P",), _("Type to find any command, remedy or setting, and run it"), run=lambda c: c.finding.show_palette(), section=True),
    Action("preferences", "edit", _("Preferences…"), ("Ctrl+,",), _("Theme, words on the toolbar, listening, kept results: what is remembered from one start to the next"), run=lambda c: c.finding.show_preferences()),
    Action("fit", "view", _("Fit everything"), ("F",), _("Show the whole file"), "fit", toolbar=True, run=lambda c: c.shown.fit(), enabled=has_pair),
    Action("zoom_selection", "view", _("Zoom to selection"), ("Z",), _("Show the selected time range only"), "zoom-selection", toolbar=True, run=lambda c: c.link.zoom_to_selection(), enabled=has_pair),
    Action("zoom_back", "view", _("Zoom back"), ("Backspace",), _("Back to the times and frequencies before the last zoom"), "zoom-back", toolbar=True, run=lambda c: c.link.zoom_back(), enabled=has_pair),
    Action("zoom_in", "view", _("Zoom in"), ("Up", "Ctrl++", "Ctrl+="), _("Zoom in time, at the pointer or the cursor"), "zoom-in", run=lambda c: c.zoom(0.5), enabled=has_pair),
    Action("zoom_out", "view", _("Zoom out"), ("Down", "Ctrl+-"), _("Zoom out in time"), "zoom-out", run=lambda c: c.zoom(2.0), enabled=has_pair),
    Action("crosshair", "view", _("Crosshair"), ("X",), _("Lines under the pointer on every plot"), "crosshair", toolbar=True, switch=lambda c, on: c.link.set_crosshair(on), remembered="crosshair", default=True, section=True),
    Action("inspector", "view", _("Frame inspector"), ("I",), _("The frame at the cursor in full: reference and estimate, their angle, the formula with its numbers, three plain sentences"), "", run=lambda c: c.views.docks["inspector"].toggle(), enabled=lambda c: has_files(c) and not c.folders.shows_list, checked=lambda c: c.views.docks["inspector"].wanted),
    Action("mask_values", "view", _("Mask values"), ("Shift+V",), _("How often each value occurs in the masks in view, their range, and what kind of mask they are"), "", run=lambda c: c.views.docks["mask_values"].toggle(), enabled=lambda c: has_files(c) and not c.folders.shows_list, checked=lambda c: c.views.docks["mask_values"].wanted),
    *map(_panel, PANEL_KEYS),
    Action("overview", "view", _("Overview strip"), ("O",), _("The whole file above the plots"), "overview", switch=lambda c, on: c.plots.overview.setVisible(on), remembered="overview", default=True),
    Action("toolbar_words", "view", _("Words on the toolbar"), (), _("Words beside the icons, as many as there is room for"), switch=lambda c, on: c.finding.words.set_on(on), remembered="toolbar_words", default=True),
    Action("transport", "view", _("Playback bar"), (), _("The bar under the plots"), switch=lambda c, on: c.playback.show_bar(), remembered="transport", default=True),
    Action("residual", "view", _("Residual instead of difference"), (), _("Third picture: what the measure calls noise, or the level difference"), switch=lambda c, on: c.set_residual(on), checked=lambda c: c.plots.shows_residual, section=True),
    Action("next_map", "view", _("Next colour map"), ("P",), _("viridis, magma, cividis, grey"), "palette", run=lambda c: c.views.view_bar.next_colours()),
    *map(_colours, SPECTROGRAM_MAPS),
    Action("all_estimates", "view", _("All estimates"), ("A",), _("The spectrograms of all estimates one above the other, without those whose eye is shut; a click on a title brings its estimate into view"), switch=lambda c, on: c.plots.set_stacked(on), enabled=Condition(_("there is one estimate only"), lambda c: len(c.store.analysis.pairs) > 1), checked=lambda c: c.plots.estimates.stacked, remembered="all_estimates"),
    *map(_row, ROWS),
    Action("mixture_curve", "view/plots", _("Mixture in the OSI-SNR plot"), (), _("OSI-SNR of the unprocessed mixture against the same reference, as a grey line"), switch=lambda c, on: c.plots.draw_mixture(on), enabled=lambda c: c.store.analysis.compares_mixture, checked=lambda c: c.plots.draws_mixture, remembered="mixture_curve"),
    Action("next_blame", "view/blame", _("Where the loss comes from: next map"), ("B",), _("Off, MC-MSE, 1/OSI-SNR: which bins carry the loss of the file, as multiples of their even share"), run=lambda c: c.plots.set_blame(BLAMES[(BLAMES.index(c.plots.maps.blame.kind) + 1) % len(BLAMES)])),
    Action("blame_off", "view/blame", _("Off"), (), _("No map over the pictures"), group="blame", run=lambda c: c.plots.set_blame(None), checked=lambda c: c.plots.maps.blame.kind is None, remembered="blame", default=True),
    Action("blame_mc_mse", "view/blame", _("MC-MSE"), (), _("Each bin's part of the file's MC-MSE at the present α"), group="blame", run=lambda c: c.plots.set_blame(BlameKind.MC_MSE), checked=lambda c: c.plots.maps.blame.kind is BlameKind.MC_MSE, remembered="blame"),
    Action("blame_osi_noise", "view/blame", _("1/OSI-SNR, by noise energy"), (), _("Each bin's part of the file's 1/OSI-SNR: a frame's part, divided as the energy of its noise"), group="blame", run=lambda c: c.plots.set_blame(BlameKind.OSI_NOISE), checked=lambda c: c.plots.maps.blame.kind is BlameKind.OSI_NOISE, remembered="blame"),
    Action("blame_third", "view/blame", _("Over the third picture"), ("Shift+B",), _("The map lies over the difference or residual instead of the estimate"), switch=lambda c, on: c.plots.set_blame_over_third(on), remembered="blame_third"),
    Action("theme_system", "view/theme", _("Follow the system"), (), _("Light or dark as the desktop is"), "theme-system", group="theme", run=lambda c: c.views.themes.set_mode("system"), checked=lambda c: c.views.themes.mode == "system", default=True, section=True),
    Action("theme_light", "view/theme", _("Light"), (), _("Light background"), "theme-light", group="theme", run=lambda c: c.views.themes.set_mode("light"), checked=lambda c: c.views.themes.mode == "light"),
    Action("theme_dark", "view/theme", _("Dark"), (), _("Dark background"), "theme-dark", group="theme", run=lambda c: c.views.themes.set_mode("dark"), checked=lambda c: c.views.themes.mode == "dark"),
    Action("full_screen", "view", _("Full screen"), ("F11",), _("The whole screen for the plots"), switch=lambda c, on: c.show_full_screen(on)),
    Action("present", "view", _("Presentation"), ("F5",), _("For an audience: the verdict in large words, two pictures, one curve and the sounds, over the whole screen; Esc leaves it and everything is as before"), run=lambda c: c.present(), enabled=has_pair),
    Action("tour", "view", _("Tour of the worst places"), ("Shift+F5",), _("For an audience: the five worst places, or those with a note, one after the other: shown, named in plain words and heard in the reference and every estimate"), run=lambda c: c.present(Tour), enabled=has_pair),
    Action("reset_view", "view", _("Reset view"), (), _("Times, frequencies, their scale, colours and dB range as at the first start; what is compared stays"), run=lambda c: c.shown.reset_view(), enabled=has_pair, section=True),
    Action("reset_layout", "view", _("Reset layout"), (), _("Panels, plots and their sizes as at the first start"), run=lambda c: c.reset_layout()),
    Action("swap", "sources", _("Swap reference and estimate"), (), _("Let the reference and the estimate in view change places"), "swap", toolbar=True, run=lambda c: c.delays.change(edits.swap), enabled=has_pair),
    Action("speakers", "sources", _("Speakers…"), (), _("With several references: how well every estimate fits every one of them, and which goes with which"), run=lambda c: c.shown.show_speakers(), enabled=Condition(_("this needs several references"), lambda c: c.store.analysis.matching is not None)),
    Action("delay", "sources/delay", _("Delay…"), ("Ctrl+D",), _("The score of the estimate in view at every delay; move it by the sample, or to the peak"), run=lambda c: c.delays.open(c.delays.in_view), enabled=lambda c: c.delays.can_move),
    Action("align", "sources/delay", _("Align"), (), _("Take the measured delay of the estimate in view out: where the whole signals correlate most"), "align", toolbar=True, run=lambda c: c.delays.align(), enabled=Condition(_("no delay was found, or it is taken out already"), lambda c: c.delays.can_align)),
    Action("delay_none", "sources/delay", _("As the file is"), (), _("Take no delay out of the estimate in view"), run=lambda c: c.delays.change(edits.set_delay, delay=0), enabled=Condition(_("no delay is taken out"), lambda c: c.delays.in_view is not None and c.delays.in_view.delay != 0)),
    Action("delay_earlier", "sources/delay", _("Earlier by one sample"), ("Ctrl+Shift+Left",), _("Move the estimate in view one sample earlier; several in a row are one step for Undo"), run=lambda c: c.delays.change(edits.nudge, merges=True, earlier=1), enabled=lambda c: c.delays.can_move, section=True),
    Action("delay_later", "sources/delay", _("Later by one sample"), ("Ctrl+Shift+Right",), _("Move the estimate in view one sample later; several in a row are one step for Undo"), run=lambda c: c.delays.change(edits.nudge, merges=True, earlier=-1), enabled=lambda c: c.delays.can_move),
    Action("folder_list", "sources/pairs", _("Back to the list"), ("Ctrl+L",), _("Show the list of pairs instead of the plots"), run=lambda c: c.folders.show_list(), enabled=Condition(NO_LIST, lambda c: has_list(c) and not c.folders.shows_list), section=True),
    Action("previous_pair", "sources/pairs", _("Previous pair"), ("Ctrl+PgUp",), _("Open the pair before it in the list, in the order on show"), run=lambda c: c.folders.step(-1), enabled=has_list),
    Action("next_pair", "sources/pairs", _("Next pair"), ("Ctrl+PgDown",), _("Open the next pair of the list, in the order on show"), run=lambda c: c.folders.step(1), enabled=has_list),
    Action("folder_filter", "sources/pairs", _("Find in the list"), ("Ctrl+F",), _("Filter the list of pairs by name"), run=lambda c: c.folders.find(), enabled=has_list),
    Action("close_list", "sources/pairs", _("Close the list"), (), _("Leave the list of pairs; what was scored is kept for the next time"), run=lambda c: c.folders.close_list(), enabled=has_list),
    Action("hide_curve", "sources", _("Hide or show the curve of the estimate in view"), ("H",), _("Leave the estimate in view out of the curve plots, or draw it again: the eye in its row"), "eye", run=lambda c: c.shown.toggle_curve(c.delays.in_view), enabled=lambda c: bool(c.store.analysis.pairs), section=True),
    Action("all_curves", "sources", _("Show all curves"), ("Shift+H",), _("Draw the curve of every estimate again"), run=lambda c: c.store.edit(lambda session: replace(session, hidden=())), enabled=Condition(_("no curve is hidden"), lambda c: bool(c.store.session.hidden))),
    Action("keep_ghost", "sources", _("Keep this as ghost"), (), _("The faint line of the estimate in view stays through further reloads, instead of giving way to the state before the last one"), run=lambda c: c.ghosts.pin(), enabled=Condition(_("no file has changed"), lambda c: c.ghosts.in_view is not None), checked=lambda c: c.ghosts.in_view is not None and c.ghosts.in_view.ghost.pinned, section=True),
    Action("forget_ghosts", "sources", _("Forget ghosts"), (), _("Remove the faint lines of what estimates were before their files changed"), run=lambda c: c.ghosts.forget(), enabled=Condition(_("no file has changed"), lambda c: bool(c.ghosts.shown))),
    Action("reload_changed", "sources", _("Reload changed files by itself"), (), _("Read a file again as soon as it has changed on disk and is at rest; the view stays"), switch=lambda c, on: c.files.reload_always(on), checked=lambda c: c.files.reloads_always, remembered="reload_changed"),
    Action("close_files", "sources", _("Close all files"), (), _("Back to the welcome page; Undo brings them back"), run=lambda c: c.close_files(), enabled=has_files, section=True),
    Action("play", "playback", _("Play"), ("Space",), _("Play from the cursor; pause"), "play", run=lambda c: c.player.toggle(), enabled=has_sound),
    Action("play_once", "playback", _("Play selection once"), ("Shift+Space",), _("Play the selected time range, and stop"), "play-once", run=lambda c: c.player.play_range(*(c.link.selection or c.link.visible), loop=False), enabled=has_stretch),
    Action("stop", "playback", _("Stop"), (), _("Stop; the next start is at the cursor (Esc)"), "stop", run=lambda c: c.player.stop(), enabled=has_sound),
    Action("loop", "playback", _("Loop"), ("L",), _("Play a stretch over and over: the selection, or everything; drag its edges, also while it plays"), "loop", run=lambda c: c.playback.toggle_loop(), enabled=has_sound, checked=lambda c: c.link.loop is not None, section=True),
    Action("loop_selection", "playback", _("Loop the selection"), ("Shift+L",), _("The loop is what is selected"), "loop-selection", run=lambda c: c.link.set_loop(*(c.link.selection or c.link.visible)), enabled=has_stretch),
    Action("loop_start", "playback", _("Loop from here"), ("[",), _("The loop begins at the playhead, or at the cursor"), run=lambda c: c.playback.put_loop_edge(begins=True), enabled=has_sound),
    Action("loop_stop", "playback", _("Loop to here"), ("]",), _("The loop ends at the playhead, or at the cursor"), run=lambda c: c.playback.put_loop_edge(begins=False), enabled=has_sound),
    Action("hear_reference", "playback/hear", _("Reference"), ("0", "R"), _("Hear the reference, from the same sample on"), group="hear", run=lambda c: c.player.hear(c.player.reference), enabled=lambda c: can_hear(c, c.player.reference), checked=lambda c: c.player.sound.kind is SoundKind.REFERENCE, section=True),
    Action("hear_estimate", "playback/hear", _("Estimate in view"), (), _("Hear the estimate in view, from the same sample on; 1 to 9 choose one"), group="hear", run=lambda c: c.playback.hear_estimate(c.views.selection.index), enabled=has_sound, checked=lambda c: c.player.sound.kind is SoundKind.ESTIMATE),
    Action("hear_mixture", "playback/hear", _("Mixture"), ("M",), _("Hear the mixture, from the same sample on"), group="hear", run=lambda c: c.player.hear(MIXTURE), enabled=Condition(_("there is no mixture to hear"), lambda c: can_hear(c, MIXTURE)), checked=lambda c: c.player.sound.kind is SoundKind.MIXTURE),
    Action("hear_residual", "playback/hear", _("Residual"), ("D",), _("See and hear what the measure calls noise: the estimate minus its best multiple of the reference; again: the estimate and the level difference"), group="hear", run=lambda c: c.playback.toggle_residual(), checked=lambda c: c.player.sound.kind is SoundKind.RESIDUAL),
    Action("flip", "playback/hear", _("Flip between the last two"), ("T",), _("Hear (and show) what was chosen before"), run=lambda c: c.playback.flip(), enabled=lambda c: not c.folders.shows_list and (c.views.count > 1 or c.player.has_sound)),
    Action("match_off", "playback/loudness", _("As they are"), (), _("Sounds as loud as their files are"), group="match", run=lambda c: c.player.choose(match=Match.OFF), checked=lambda c: c.player.match is Match.OFF, remembered="loudness", default=True),
    Action("match_rms", "playback/loudness", _("Same RMS as the reference"), (), _("All sounds at the reference's RMS"), group="match", run=lambda c: c.player.choose(match=Match.RMS), checked=lambda c: c.player.match is Match.RMS, remembered="loudness"),
    Action("match_osi", "playback/loudness", _("Same level of the reference in them (OSI scale)"), (), _("What is left of the reference is as loud as the reference: the gain that OSI-SNR ignores is taken out"), group="match", run=lambda c: c.player.choose(match=Match.OSI), checked=lambda c: c.player.match is Match.OSI, remembered="loudness"),
    Action("residual_whole", "playback/residual", _("One scale for the whole signal"), (), _("The reference is taken out at one gain, so what is heard is everything else"), group="residual", run=lambda c: c.player.choose(scale=ResidualScale.WHOLE), checked=lambda c: c.player.scale is ResidualScale.WHOLE, remembered="residual", default=True),
    Action("residual_frame", "playback/residual", _("A scale for every frame"), (), _("As the residual's picture: the reference is scaled anew in every frame"), group="residual", run=lambda c: c.player.choose(scale=ResidualScale.FRAME), checked=lambda c: c.player.scale is ResidualScale.FRAME, remembered="residual"),
    Action("residual_louder", "playback/residual", _("20 dB louder"), (), _("Hear residuals ten times as loud: what is left of a good estimate is faint"), switch=lambda c, on: c.player.choose(residual_is_louder=on), checked=lambda c: c.player.residual_is_louder, section=True),
    Action("speed_100", "playback/speed", _("1×"), (), _("As recorded"), group="speed", run=lambda c: c.player.choose(speed=1.0), enabled=has_sound, checked=lambda c: c.player.speed == 1.0),
    Action("speed_75", "playback/speed", _("0.75×"), (), _("Slower at the same pitch"), group="speed", run=lambda c: c.player.choose(speed=0.75), enabled=has_sound, checked=lambda c: c.player.speed == 0.75),
    Action("speed_50", "playback/speed", _("0.5×"), (), _("Half as fast at the same pitch"), group="speed", run=lambda c: c.player.choose(speed=0.5), enabled=has_sound, checked=lambda c: c.player.speed == 0.5),
    Action("band", "playback", _("Only the frequencies in sight"), ("K",), _("Hear only the frequencies the pictures show; zoom to a box with Shift+drag"), "band", switch=lambda c, on: c.playback.hear_band(on), enabled=has_sound, checked=lambda c: c.playback.hears_band, section=True),
    Action("play_box", "playback", _("Play the box in sight"), ("Shift+K",), _("Loop the time and the frequencies in sight: Shift+drag a box, then this"), "zoom-selection", run=lambda c: c.playback.play_box(), enabled=has_sound),
    Action("follow", "playback", _("Scroll with the sound"), (), _("Turn the page when what is heard leaves the view"), "follow", switch=lambda c, on: None, remembered="follow", default=True, section=True),
    Action("autoplay", "playback", _("Play bad segments at once"), (), _("N and a click in the list of bad segments also play the segment they loop; Return and double-click always do"), switch=lambda c, on: None, remembered="autoplay"),
    Action("bad_list", "analysis", _("List of bad segments"), ("Ctrl+B",), _("Bring the list of bad segments to the front"), run=lambda c: c.segments.show_list(), enabled=lambda c: has_files(c) and not c.folders.shows_list),
    Action("previous_bad", "analysis", _("Previous bad segment"), ("Shift+N", "Shift+F3"), _("Loop the bad segment before it in the list, at its worst frame; Space plays it"), "previous-bad", toolbar=True, run=lambda c: c.segments.step(-1), enabled=has_pair),
    Action("next_bad", "analysis", _("Next bad segment"), ("N", "F3"), _("Loop the next bad segment of the list, worst first unless it is sorted otherwise, at its worst frame; Space plays it"), "next-bad", toolbar=True, run=lambda c: c.segments.step(1), enabled=has_pair),
    Action("worst", "analysis", _("Worst single frame"), ("W",), _("Go to the one frame that is worst by the criterion of the list, however short the fault; N begins with the worst segment"), run=lambda c: c.segments.go_to_worst(), enabled=has_pair),
    Action("compare_masked", "analysis", _("Compare masks as sound…"), (), _("Save what each mask lets through of the mixture as WAV files in a folder, and compare these: every plot and figure; Undo comes back to the masks"), run=lambda c: c.exports.compare_masked(), enabled=lambda c: bool(c.player.recipe.masks) and not c.folders.shows_list),
    Action("exact", "analysis", _("Exact, active frames"), (), _("Without the two constants, without silence"), group="formula", run=lambda c: c.store.edit(partial(edits.set_formula, formula=Formula.EXACT)), checked=lambda c: c.store.session.loss.formula is Formula.EXACT, section=True),
    Action("literal", "analysis", _("Literal, all frames"), (), _("What a training script prints: with the two constants, silence included"), group="formula", run=lambda c: c.store.edit(partial(edits.set_formula, formula=Formula.LITERAL)), checked=lambda c: c.store.session.loss.formula is Formula.LITERAL),
    Action("next_partner", "analysis/difference", _("Show; then the next partner"), ("V",), _("Plot the estimate in view minus another one; again: minus the next one, or the unprocessed mixture"), run=lambda c: c.shown.show_next_partner(), enabled=lambda c: bool(c.plots.differences.options), section=True),
    Action("difference_osi", "analysis/difference", _("OSI-SNR per frame"), (), _("Subtract OSI-SNR: above 0 dB the estimate in view is better"), group="difference", run=lambda c: c.plots.differences.set_measure(Quantity.OSI), checked=lambda c: c.plots.differences.measure is Quantity.OSI, remembered="difference", default=True),
    Action("difference_loss", "analysis/difference", _("Fused loss per frame"), (), _("Subtract 1/OSI-SNR + γ·MC-MSE: below 0 the estimate in view is better"), group="difference", run=lambda c: c.plots.differences.set_measure(Quantity.LOSS), checked=lambda c: c.plots.differences.measure is Quantity.LOSS, remembered="difference"),
    Action("cursor_home", "analysis/cursor", _("To the start"), ("Home",), _("Cursor to the start"), run=lambda c: c.shown.go(c.link.extent.start)),
    Action("cursor_end", "analysis/cursor", _("To the end"), ("End",), _("Cursor to the end"), run=lambda c: c.shown.go(c.link.extent.stop)),
    Action("cursor_left", "analysis/cursor", _("Back 1 s"), ("Left",), _("Cursor back by one second"), run=lambda c: c.shown.move(-1.0)),
    Action("cursor_right", "analysis/cursor", _("On 1 s"), ("Right",), _("Cursor on by one second"), run=lambda c: c.shown.move(1.0)),
    Action("cursor_left_5", "analysis/cursor", _("Back 5 s"), ("Shift+Left",), _("Cursor back by five seconds"), run=lambda c: c.shown.move(-5.0)),
    Action("cursor_right_5", "analysis/cursor", _("On 5 s"), ("Shift+Right",), _("Cursor on by five seconds"), run=lambda c: c.shown.move(5.0)),
    Action("frame_left", "analysis/cursor", _("Frame before"), ("Alt+Left",), _("Cursor back by one frame"), run=lambda c: c.shown.move_frames(-1)),
    Action("frame_right", "analysis/cursor", _("Next frame"), ("Alt+Right",), _("Cursor on by one frame"), run=lambda c: c.shown.move_frames(1)),
    Action("select_around", "analysis", _("Select around the cursor; then more"), ("S",), _("Select a range around the cursor; again: a longer one around its middle"), run=lambda c: c.shown.select_around(), enabled=has_files, section=True),
    Action("select_less", "analysis", _("Select less"), ("Shift+S",), _("Shorten the selected range at both ends"), run=lambda c: c.shown.select_less(), enabled=Condition(_("nothing is selected"), lambda c: c.link.selection is not None)),
    Action("add_note", "analysis", _("Add note…"), ("Ctrl+N",), _("Write a note on the selected time range, or at the cursor"), "note", run=lambda c: c.segments.add_note(), enabled=has_pair, section=True),
    Action("clear", "analysis", _("Stop, then clear selection"), ("Escape",), _("Stops a running comparison or the sound first; then nothing is selected"), run=lambda c: c.clear(), section=True),
    Action("keys", "help", _("Keys and mouse"), ("F1", "?"), _("Every key and what the mouse does; type to find one, Enter runs it"), "keyboard", run=lambda c: Palette(_("Keys and mouse"), [*c.finding.key_entries()], c.window).open()),
    Action("legend", "help", _("Legend"), (), _("What orange, hatch, dots, letters and marks in the plots mean, with examples"), "info", run=lambda c: LegendDialog(c.views.themes.theme, c.window).open()),
    Action("numbers", "help", _("What do these numbers mean?"), (), _("OSI-SNR, MC-MSE and the fused loss in plain words"), "help", run=lambda c: HelpDialog("numbers", c.window).open()),
    Action("first_tour", "help", _("Show me round"), (), _("Short notes on the parts of the window; Escape ends them"), "info", run=lambda c: c.finding.show_round(), enabled=has_pair),
    Action("first_steps", "help", _("First steps"), (), _("From two files to a result"), "info", run=lambda c: HelpDialog("first_steps", c.window).open()),
    Action("about", "help", _("About osisnr_gui"), (), _("Version and licences"), run=lambda c: AboutDialog(c.window).open()),
)  # fmt: skip

# What the mouse does, for the keys page: no command, so not in the table above.
MOUSE_ROWS: tuple[tuple[str, str, str], ...] = (
    (_("Mouse"), _("Zoom in time at the pointer"), _("Wheel")),
    (_("Mouse"), _("Scroll in time"), _("Shift+wheel, middle drag")),
    (_("Mouse"), _("Zoom the other axis"), _("Ctrl+wheel")),
    (_("Mouse"), _("Zoom one axis"), _("Wheel over the axis")),
    (_("Mouse"), _("Floor and ceiling of the colours"), _("Drag on the colour bar")),
    (_("Mouse"), _("View all, Export…"), _("Right click on a plot")),
    (_("Mouse"), _("Select a time range"), _("Drag")),
    (_("Mouse"), _("Zoom to a box"), _("Shift+drag")),
    (_("Mouse"), _("Put the cursor here"), _("Click")),
    (_("Mouse"), _("Select a bad segment"), _("Double-click its shading")),
    (_("Mouse"), _("Move the threshold"), _("Drag the dashed line")),
    (_("Mouse"), _("Default value"), _("Double-click a slider")),
    (_("Frame inspector"), _("Frame before, next frame; ten frames with Shift"), _("Left, Right")),
    (_("Frame inspector"), _("Copy the frame's numbers"), _("Ctrl+C")),
    (_("Mouse"), _("Move an edge of the loop"), _("Drag it")),
    (_("Mouse"), _("Open files instead of adding them"), _("Drop with Alt")),
    (_("Delay"), _("One sample, ten, one millisecond"), _("Left, Right; with Shift; with Ctrl")),
    (_("Delay"), _("Another delay"), _("Click or drag on a curve")),
    (_("View"), _("Press the button that has the focus"), _("Return")),
    (_("Playback"), _("Hear and show estimate A, B, C …"), _("1 … 9")),
)


def full_name(spec: Action) -> str:
    """The text of an action, with that of its submenu where it would say nothing alone, as "Reference" or "Show"."""
    title, text = MENUS[spec.menu], spec.text.rstrip("…")
    if "/" not in spec.menu or title.lower() in text.lower():
        return text
    return _("{menu}: {command}").format(menu=title, command=text)
