# ruff: noqa: E501 - a table reads better with one row a line
"""Every command as a row of one table: menus, toolbar, shortcuts, states and the keys page are built from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from osisnr_gui.qt.dialogs.about import AboutDialog
from osisnr_gui.qt.dialogs.help_page import HelpDialog
from osisnr_gui.qt.dialogs.keys_page import KeysDialog
from osisnr_gui.session.blame_map import BlameKind
from osisnr_gui.session.comparison.difference import Quantity
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.session.session import Formula
from osisnr_gui.session.sound.listening import ResidualScale, Sound, SoundKind
from osisnr_gui.session.sound.loudness import Match

if TYPE_CHECKING:
    from osisnr_gui.qt.commands.commands import Commands

MIXTURE = Sound(SoundKind.MIXTURE)


@dataclass(frozen=True, slots=True)
class Action:
    """One command. To add one, add a row here, and what it does to `Commands` or one of its parts.

    menu : path of menu titles, e.g. "File/Export". keys : shortcuts, the first one is shown. tip : status-bar sentence
    and tooltip. toolbar : whether it has a button. group : name of an exclusive set of choices. section : whether there
    is a line above it, or above the submenu it is the first of.
    run : what it does. switch : what turns it on or off, for one that can be checked without being a choice.
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


def has_files(c: Commands) -> bool:
    """Whether files are open."""
    return not c.store.session.is_empty


def has_pair(c: Commands) -> bool:
    """Whether the plots are on screen with at least one estimate that was compared."""
    shown = has_files(c) and not c.folders.shows_list
    return shown and any(pair.score is not None for pair in c.store.analysis.pairs)


def has_list(c: Commands) -> bool:
    """Whether there is a list of pairs."""
    return c.folders.inputs is not None


def has_sound(c: Commands) -> bool:
    """Whether something can be heard and seen."""
    return c.player.has_sound and not c.folders.shows_list


def has_stretch(c: Commands) -> bool:
    """Whether there is a selection to hear."""
    return has_sound(c) and c.link.selection is not None


def can_hear(c: Commands, sound: Sound) -> bool:
    """Whether this can be heard and seen."""
    return sound in c.player.recipe.sounds and not c.folders.shows_list


def _open_demo(name: str) -> Callable[[Commands], object]:
    return lambda c: c.open_demo(name)


def _row(row_id: str, text: str, tip: str = "Show or hide this plot") -> Action:
    """The switch of a plot."""
    return Action(
        f"row_{row_id}",
        "View/Plots",
        text,
        tip=tip,
        switch=lambda c, on: c.plots.stack.set_row_visible(row_id, on),
        enabled=lambda c: c.plots.stack.is_row_useful(row_id),
        checked=lambda c: c.plots.stack.is_row_visible(row_id),
    )


ACTIONS: tuple[Action, ...] = (
    Action("open", "File", "Open…", ("Ctrl+O",), "Open a reference and estimates: sound or masks", "open", toolbar=True, run=lambda c: c.open()),
    Action("add", "File", "Add estimate…", ("Ctrl+I",), "Compare one more file with the same reference", "add", toolbar=True, run=lambda c: c.add(), enabled=has_files),
    Action("open_folders", "File", "Open folders…", ("Ctrl+Shift+O",), "Score all pairs of two folders, or of a list, and walk them worst first", "open", run=lambda c: c.folders.choose()),
    *(Action(f"demo_{demo.name}", "File/Demos", demo.title, (), demo.look_for, run=_open_demo(demo.name)) for demo in DEMOS),
    Action("reload", "File", "Reload", ("Ctrl+R",), "Read files that changed on disk again", "reload", run=lambda c: c.reload(), enabled=lambda c: c.folders.shows_list or has_files(c), section=True),
    Action("save_session", "File", "Save session", ("Ctrl+S",), "Save files, settings, notes and view to open them again", "save", run=lambda c: c.session_files.save(), enabled=has_files, section=True),
    Action("save_session_as", "File", "Save session as…", ("Ctrl+Shift+S",), "Save the session under another name", run=lambda c: c.session_files.save_as(), enabled=has_files),
    Action("export_report", "File/Export", "Report (HTML)…", (), "Save numbers, pictures, curves and sounds as one page to send; it needs neither this program nor a network", run=lambda c: c.numbers_out.save_report(), enabled=has_pair),
    Action("export_summary", "File/Export", "Summary (CSV, Markdown, LaTeX)…", (), "Save the summary as it is, as a table for a spreadsheet or a paper", run=lambda c: c.numbers_out.save_summary(), enabled=has_pair),
    Action("export_csv", "File/Export", "Numbers of every frame (CSV)…", ("Ctrl+Shift+E",), "Save one row a frame, with all settings in the header", "csv", run=lambda c: c.exports.save_csv(), enabled=has_pair),
    Action("export_json", "File/Export", "Numbers of every estimate (JSON)…", (), "Save all numbers, warnings and settings, as `osisnr score --json` does", run=lambda c: c.exports.save_json(), enabled=has_pair),
    Action("export_segments", "File/Export", "Bad segments (CSV)…", (), "Save the list of bad segments of the estimate in view, in its order", "csv", run=lambda c: c.segments.export(), enabled=has_pair),
    Action("export_labels", "File/Export", "Bad segments (Audacity labels)…", (), "Save the bad segments of the estimate in view as a label track", run=lambda c: c.numbers_out.save_labels(), enabled=lambda c: has_pair(c) and c.numbers_out.has_times),
    Action("export_notes", "File/Export", "Notes (Audacity labels, CSV)…", (), "Save what you wrote as a label track or a table", run=lambda c: c.numbers_out.save_notes(), enabled=lambda c: bool(c.store.session.notes)),
    Action("export_sound", "File/Export", "Sound that is chosen (WAV)…", (), "Save what playback has chosen: a file, a residual, or a mask on the mixture; 32-bit float, whole, at the level of the files", run=lambda c: c.exports.save_sound(), enabled=has_sound),
    Action("export_png", "File/Export", "Figure (PNG)…", (), "Save the plots as they are on screen", "camera", run=lambda c: c.exports.save_figure(), enabled=has_pair),
    Action("export_list_csv", "File/Export", "List of pairs (CSV)…", (), "Save one row a pair, as `osisnr batch` does", "csv", run=lambda c: c.folders.save(".csv", "Table (*.csv)"), enabled=lambda c: c.folders.has_rows),
    Action("export_list_json", "File/Export", "List of pairs (JSON)…", (), "Save every pair's numbers, warnings and bad segments, as `osisnr batch` does", run=lambda c: c.folders.save(".json", "JSON (*.json)"), enabled=lambda c: c.folders.has_rows),
    Action("quit", "File", "Quit", ("Ctrl+Q",), "Close the program", run=lambda c: c.window.close(), section=True),
    Action("undo", "Edit", "Undo", ("Ctrl+Z",), "Take the last change back", "undo", run=lambda c: c.store.undo(), enabled=lambda c: c.store.can_undo),
    Action("redo", "Edit", "Redo", ("Ctrl+Shift+Z",), "Make the change again", "redo", run=lambda c: c.store.redo(), enabled=lambda c: c.store.can_redo),
    Action("copy_numbers", "Edit", "Copy numbers", ("Ctrl+C",), "Copy the scores of the estimates as a table", run=lambda c: c.views.summary.copy_all(), enabled=has_pair, section=True),
    Action("copy_command", "Edit", "Copy as command", (), "Copy the `osisnr score` command that prints the numbers of these files with these settings", run=lambda c: c.numbers_out.copy_command(), enabled=has_pair),
    Action("copy_frame", "Edit", "Copy this frame's numbers", (), "Copy everything the frame inspector shows of its frame, as lines of name and value", run=lambda c: c.views.inspector.copy_numbers(), enabled=lambda c: c.views.inspector_dock.is_in_front),
    Action("copy_figure", "Edit", "Copy figure", ("Ctrl+Shift+C",), "Copy the plots as a picture", run=lambda c: c.exports.copy_figure(), enabled=has_pair),
    Action("result_cache", "Edit", "Result cache…", (), "How much room kept results take; clear them, or keep none", run=lambda c: c.show_cache(), enabled=lambda c: c.store.cache is not None, section=True),
    Action("fit", "View", "Fit everything", ("F",), "Show the whole file", "fit", toolbar=True, run=lambda c: c.fit(), enabled=has_pair),
    Action("zoom_selection", "View", "Zoom to selection", ("Z",), "Show the selected time range only", "zoom-selection", toolbar=True, run=lambda c: c.link.zoom_to_selection(), enabled=has_pair),
    Action("zoom_back", "View", "Zoom back", ("Backspace",), "Back to the view before the last zoom", "zoom-back", toolbar=True, run=lambda c: c.link.zoom_back(), enabled=has_pair),
    Action("zoom_in", "View", "Zoom in", ("Up", "Ctrl++", "Ctrl+="), "Zoom in time, at the pointer or the cursor", "zoom-in", run=lambda c: c.zoom(0.5), enabled=has_pair),
    Action("zoom_out", "View", "Zoom out", ("Down", "Ctrl+-"), "Zoom out in time", "zoom-out", run=lambda c: c.zoom(2.0), enabled=has_pair),
    Action("crosshair", "View", "Crosshair", ("X",), "Lines under the pointer on every plot", "crosshair", toolbar=True, switch=lambda c, on: c.plots.stack.set_crosshair(on), remembered="crosshair", default=True, section=True),
    Action("inspector", "View", "Frame inspector", ("I",), "The frame at the cursor in full: both columns, their angle, the formula with its numbers, three plain sentences", "", run=lambda c: c.views.inspector_dock.toggle(), checked=lambda c: c.views.inspector_dock.wanted),
    Action("mask_values", "View", "Mask values", ("Shift+V",), "How often each value occurs in the masks in view, their range, and what kind of mask they are", "", run=lambda c: c.views.mask_dock.toggle(), checked=lambda c: c.views.mask_dock.wanted),
    Action("overview", "View", "Overview strip", ("O",), "The whole file above the plots", "overview", switch=lambda c, on: c.plots.stack.set_overview_visible(on), remembered="overview", default=True),
    Action("transport", "View", "Playback bar", (), "The bar under the plots", switch=lambda c, on: c.playback.want_bar(on), remembered="transport", default=True),
    Action("residual", "View", "Residual instead of difference", (), "Third picture: what the measure calls noise, or the level difference", switch=lambda c, on: c.set_residual(on), checked=lambda c: c.plots.shows_residual, section=True),
    Action("next_map", "View", "Next colour map", ("P",), "viridis, magma, cividis, grey", "palette", run=lambda c: c.views.view_bar.next_colours()),
    Action("all_estimates", "View", "All estimates", ("A",), "The spectrograms of all estimates one above the other, without those whose eye is shut; a click on a title brings its estimate into view", switch=lambda c, on: c.plots.set_stacked(on), enabled=lambda c: len(c.store.analysis.pairs) > 1, checked=lambda c: c.plots.estimates.stacked, remembered="all_estimates"),
    _row("reference", "Reference spectrogram"),
    _row("estimate", "Estimate spectrogram"),
    _row("difference", "Difference"),
    _row("bands", "OSI-SNR per band", "Which frequencies are good or bad when: exact OSI-SNR of half octaves, active frames"),
    _row("pairing", "Better reference per frame", "Whether the estimate in view fits its own reference or another one when: a thin ribbon that shows swaps of speakers, with several references"),
    _row("best", "Best estimate per frame", "Which estimate of the reference has the highest exact OSI-SNR when: a thin ribbon, with two or more estimates"),
    _row("osi", "OSI-SNR curve"),
    _row("delta", "Difference of two estimates", "OSI-SNR or loss of the estimate in view minus that of another one, or of the mixture, per frame"),
    _row("gain", "Gain per frame", "Level of the estimate against the reference, and its polarity: OSI-SNR sees neither"),
    _row("loss", "Loss curve"),
    Action("mixture_curve", "View/Plots", "Mixture in the OSI-SNR plot", (), "OSI-SNR of the unprocessed mixture against the same reference, as a grey line", switch=lambda c, on: c.views.curves.set_mixture(on), enabled=lambda c: c.store.analysis.compares_mixture, checked=lambda c: c.views.curves.choice.mixture, remembered="mixture_curve"),
    Action("next_blame", "View/Blame map", "Next blame map", ("B",), "Off, MC-MSE, 1/OSI-SNR: which bins carry the loss of the file, as multiples of their even share", run=lambda c: c.shown.next_blame()),
    Action("blame_off", "View/Blame map", "Off", (), "No map over the pictures", group="blame", run=lambda c: c.plots.set_blame(None), checked=lambda c: c.plots.blame is None, remembered="blame", default=True),
    Action("blame_mc_mse", "View/Blame map", "MC-MSE", (), "Each bin's part of the file's MC-MSE at the present α", group="blame", run=lambda c: c.plots.set_blame(BlameKind.MC_MSE), checked=lambda c: c.plots.blame is BlameKind.MC_MSE, remembered="blame"),
    Action("blame_osi_noise", "View/Blame map", "1/OSI-SNR, by noise energy", (), "Each bin's part of the file's 1/OSI-SNR: a frame's part, divided as the energy of its noise", group="blame", run=lambda c: c.plots.set_blame(BlameKind.OSI_NOISE), checked=lambda c: c.plots.blame is BlameKind.OSI_NOISE, remembered="blame"),
    Action("blame_third", "View/Blame map", "Over the third picture", ("Shift+B",), "The map lies over the difference or residual instead of the estimate", switch=lambda c, on: c.plots.maps.blame.set_over_third(on), remembered="blame_third"),
    Action("theme_system", "View/Theme", "Follow the system", (), "Light or dark as the desktop is", "theme-system", group="theme", run=lambda c: c.views.themes.set_mode("system"), checked=lambda c: c.views.themes.mode == "system", section=True),
    Action("theme_light", "View/Theme", "Light", (), "Light background", "theme-light", group="theme", run=lambda c: c.views.themes.set_mode("light"), checked=lambda c: c.views.themes.mode == "light"),
    Action("theme_dark", "View/Theme", "Dark", (), "Dark background", "theme-dark", group="theme", run=lambda c: c.views.themes.set_mode("dark"), checked=lambda c: c.views.themes.mode == "dark"),
    Action("full_screen", "View", "Full screen", ("F11",), "The whole screen for the plots", switch=lambda c, on: c.show_full_screen(on)),
    Action("reset_layout", "View", "Reset layout", (), "Panels and plot heights as at the first start", run=lambda c: c.shown.reset()),
    Action("swap", "Sources", "Swap reference and estimate", (), "Let the reference and the estimate in view change places", "swap", toolbar=True, run=lambda c: c.swap(), enabled=has_pair),
    Action("speakers", "Sources", "Speakers…", (), "With several references: how well every estimate fits every one of them, and which goes with which", run=lambda c: c.shown.show_speakers(), enabled=lambda c: c.store.analysis.matching is not None),
    Action("delay", "Sources/Delay", "Delay…", ("Ctrl+D",), "The score of the estimate in view at every delay; move it by the sample, or to the peak", run=lambda c: c.delays.open_in_view(), enabled=lambda c: c.delays.can_move),
    Action("align", "Sources/Delay", "Align", (), "Take the measured delay of the estimate in view out: where the whole signals correlate most", "align", toolbar=True, run=lambda c: c.delays.align(), enabled=lambda c: c.delays.can_align),
    Action("delay_none", "Sources/Delay", "As the file is", (), "Take no delay out of the estimate in view", run=lambda c: c.delays.reset(), enabled=lambda c: c.delays.is_moved),
    Action("delay_earlier", "Sources/Delay", "Earlier by one sample", ("Ctrl+Shift+Left",), "Move the estimate in view one sample earlier; several in a row are one step for Undo", run=lambda c: c.delays.nudge(1), enabled=lambda c: c.delays.can_move, section=True),
    Action("delay_later", "Sources/Delay", "Later by one sample", ("Ctrl+Shift+Right",), "Move the estimate in view one sample later; several in a row are one step for Undo", run=lambda c: c.delays.nudge(-1), enabled=lambda c: c.delays.can_move),
    Action("folder_list", "Sources/List of pairs", "Back to the list", ("Ctrl+L",), "Show the list of pairs instead of the plots", run=lambda c: c.folders.show_list(), enabled=lambda c: has_list(c) and not c.folders.shows_list, section=True),
    Action("previous_pair", "Sources/List of pairs", "Previous pair", ("Ctrl+PgUp",), "Open the pair before it in the list, in the order on show", run=lambda c: c.folders.step(-1), enabled=has_list),
    Action("next_pair", "Sources/List of pairs", "Next pair", ("Ctrl+PgDown",), "Open the next pair of the list, in the order on show", run=lambda c: c.folders.step(1), enabled=has_list),
    Action("folder_filter", "Sources/List of pairs", "Find in the list", ("Ctrl+F",), "Filter the list of pairs by name", run=lambda c: c.folders.find(), enabled=has_list),
    Action("close_list", "Sources/List of pairs", "Close the list", (), "Leave the list of pairs; what was scored is kept for the next time", run=lambda c: c.folders.close_list(), enabled=has_list),
    Action("hide_curve", "Sources", "Hide or show the curve of the estimate in view", ("H",), "Leave the estimate in view out of the curve plots, or draw it again: the eye in its row", "eye", run=lambda c: c.shown.toggle_curve(), enabled=lambda c: bool(c.store.analysis.pairs), section=True),
    Action("all_curves", "Sources", "Show all curves", ("Shift+H",), "Draw the curve of every estimate again", run=lambda c: c.views.curves.show_all(), enabled=lambda c: c.shown.hides_curves),
    Action("keep_ghost", "Sources", "Keep this as ghost", (), "The faint line of the estimate in view stays through further reloads, instead of giving way to the state before the last one", run=lambda c: c.ghosts.pin(), enabled=lambda c: c.ghosts.in_view is not None, checked=lambda c: c.ghosts.is_pinned, section=True),
    Action("forget_ghosts", "Sources", "Forget ghosts", (), "Remove the faint lines of what estimates were before their files changed", run=lambda c: c.ghosts.forget(), enabled=lambda c: bool(c.ghosts.shown)),
    Action("reload_changed", "Sources", "Reload changed files by itself", (), "Read a file again as soon as it has changed on disk and is at rest; the view stays", switch=lambda c, on: c.files.reload_always(on), checked=lambda c: c.files.reloads_always, remembered="reload_changed"),
    Action("close_files", "Sources", "Close all files", (), "Back to the welcome page; Undo brings them back", run=lambda c: c.close_files(), enabled=has_files, section=True),
    Action("play", "Playback", "Play", ("Space",), "Play from the cursor; pause", "play", run=lambda c: c.player.toggle(), enabled=has_sound),
    Action("play_once", "Playback", "Play selection once", ("Shift+Space",), "Play the selected time range, and stop", "play-once", run=lambda c: c.playback.play_once(), enabled=has_stretch),
    Action("stop", "Playback", "Stop", (), "Stop; the next start is at the cursor (Esc)", "stop", run=lambda c: c.player.stop(), enabled=has_sound),
    Action("loop", "Playback", "Loop", ("L",), "Play a stretch over and over: the selection, or everything; drag its edges, also while it plays", "loop", run=lambda c: c.playback.toggle_loop(), enabled=has_sound, checked=lambda c: c.link.loop is not None, section=True),
    Action("loop_selection", "Playback", "Loop the selection", ("Shift+L",), "The loop is what is selected", "loop-selection", run=lambda c: c.playback.loop_selection(), enabled=has_stretch),
    Action("loop_start", "Playback", "Loop from here", ("[",), "The loop begins at the playhead, or at the cursor", run=lambda c: c.playback.loop_from_here(), enabled=has_sound),
    Action("loop_stop", "Playback", "Loop to here", ("]",), "The loop ends at the playhead, or at the cursor", run=lambda c: c.playback.loop_to_here(), enabled=has_sound),
    Action("hear_reference", "Playback/Hear", "Reference", ("0", "R"), "Hear the reference, from the same sample on", group="hear", run=lambda c: c.player.hear(c.player.reference), enabled=lambda c: can_hear(c, c.player.reference), checked=lambda c: c.player.sound.kind is SoundKind.REFERENCE, section=True),
    Action("hear_estimate", "Playback/Hear", "Estimate in view", (), "Hear the estimate in view, from the same sample on; 1 to 9 choose one", group="hear", run=lambda c: c.playback.hear_estimate(c.views.selection.index), enabled=has_sound, checked=lambda c: c.player.sound.kind is SoundKind.ESTIMATE),
    Action("hear_mixture", "Playback/Hear", "Mixture", ("M",), "Hear the mixture, from the same sample on", group="hear", run=lambda c: c.player.hear(MIXTURE), enabled=lambda c: can_hear(c, MIXTURE), checked=lambda c: c.player.sound.kind is SoundKind.MIXTURE),
    Action("hear_residual", "Playback/Hear", "Residual", ("D",), "See and hear what the measure calls noise: the estimate minus its best multiple of the reference; again: the estimate and the level difference", group="hear", run=lambda c: c.playback.toggle_residual(), checked=lambda c: c.player.sound.kind is SoundKind.RESIDUAL),
    Action("flip", "Playback/Hear", "Flip between the last two", ("T",), "Hear (and show) what was chosen before", run=lambda c: c.playback.flip(), enabled=lambda c: not c.folders.shows_list and (c.views.count > 1 or c.player.has_sound)),
    Action("match_off", "Playback/Loudness", "As they are", (), "Sounds as loud as their files are", group="match", run=lambda c: c.player.set_match(Match.OFF), enabled=has_sound, checked=lambda c: c.player.match is Match.OFF, remembered="loudness", default=True),
    Action("match_rms", "Playback/Loudness", "Same RMS as the reference", (), "All sounds at the reference's RMS", group="match", run=lambda c: c.player.set_match(Match.RMS), enabled=has_sound, checked=lambda c: c.player.match is Match.RMS, remembered="loudness"),
    Action("match_osi", "Playback/Loudness", "Same level of the reference in them (OSI scale)", (), "What is left of the reference is as loud as the reference: the gain that OSI-SNR ignores is taken out", group="match", run=lambda c: c.player.set_match(Match.OSI), enabled=has_sound, checked=lambda c: c.player.match is Match.OSI, remembered="loudness"),
    Action("residual_whole", "Playback/Residual", "One scale for the whole signal", (), "The reference is taken out at one gain, so what is heard is everything else", group="residual", run=lambda c: c.player.set_scale(ResidualScale.WHOLE), enabled=has_sound, checked=lambda c: c.player.scale is ResidualScale.WHOLE, remembered="residual", default=True),
    Action("residual_frame", "Playback/Residual", "A scale for every frame", (), "As the residual's picture: the reference is scaled anew in every frame", group="residual", run=lambda c: c.player.set_scale(ResidualScale.FRAME), enabled=has_sound, checked=lambda c: c.player.scale is ResidualScale.FRAME, remembered="residual"),
    Action("speed_100", "Playback/Speed", "1×", (), "As recorded", group="speed", run=lambda c: c.player.set_speed(1.0), enabled=has_sound, checked=lambda c: c.player.speed == 1.0),
    Action("speed_75", "Playback/Speed", "0.75×", (), "Slower at the same pitch", group="speed", run=lambda c: c.player.set_speed(0.75), enabled=has_sound, checked=lambda c: c.player.speed == 0.75),
    Action("speed_50", "Playback/Speed", "0.5×", (), "Half as fast at the same pitch", group="speed", run=lambda c: c.player.set_speed(0.5), enabled=has_sound, checked=lambda c: c.player.speed == 0.5),
    Action("band", "Playback", "Only the frequencies in sight", ("K",), "Hear only the frequencies the pictures show; zoom to a box with Shift+drag", "band", switch=lambda c, on: c.playback.hear_band(on), enabled=has_sound, checked=lambda c: c.playback.hears_band, section=True),
    Action("play_box", "Playback", "Play the box in sight", ("Shift+K",), "Loop the time and the frequencies in sight: Shift+drag a box, then this", "zoom-selection", run=lambda c: c.playback.play_box(), enabled=has_sound),
    Action("follow", "Playback", "Scroll with the sound", (), "Turn the page when what is heard leaves the view", "follow", switch=lambda c, on: c.playback.turn_pages(on), remembered="follow", default=True, section=True),
    Action("autoplay", "Playback", "Play bad segments at once", (), "N and a click in the list of bad segments also loop and play the segment; Return and double-click always do", switch=lambda c, on: c.playback.play_at_once(on), remembered="autoplay"),
    Action("bad_list", "Analysis", "List of bad segments", ("Ctrl+B",), "Bring the list of bad segments to the front", run=lambda c: c.segments.show_list()),
    Action("previous_bad", "Analysis", "Previous bad segment", ("Shift+N", "Shift+F3"), "Select and zoom to the bad segment before it in the list", "previous-bad", toolbar=True, run=lambda c: c.segments.step(-1), enabled=has_pair),
    Action("next_bad", "Analysis", "Next bad segment", ("N", "F3"), "Select and zoom to the next bad segment of the list, worst first unless it is sorted otherwise", "next-bad", toolbar=True, run=lambda c: c.segments.step(1), enabled=has_pair),
    Action("worst", "Analysis", "Worst frame", ("W",), "Go to the frame that is worst by the criterion of the list of bad segments", run=lambda c: c.segments.go_to_worst(), enabled=has_pair),
    Action("compare_masked", "Analysis", "Compare masks as sound…", (), "Save what each mask lets through of the mixture as WAV files in a folder, and compare these: every plot and figure; Undo comes back to the masks", run=lambda c: c.masked.compare(), enabled=lambda c: c.masked.is_possible and not c.folders.shows_list),
    Action("exact", "Analysis", "Exact, active frames", (), "Without the two constants, without silence", group="formula", run=lambda c: c.lead(Formula.EXACT), checked=lambda c: c.store.session.loss.formula is Formula.EXACT, section=True),
    Action("literal", "Analysis", "Literal, all frames", (), "What a training script prints: with the two constants, silence included", group="formula", run=lambda c: c.lead(Formula.LITERAL), checked=lambda c: c.store.session.loss.formula is Formula.LITERAL),
    Action("next_partner", "Analysis/Difference of two estimates", "Show; then the next partner", ("V",), "Plot the estimate in view minus another one; again: minus the next one, or the unprocessed mixture", run=lambda c: c.shown.show_next_partner(), enabled=lambda c: bool(c.plots.differences.options), section=True),
    Action("difference_osi", "Analysis/Difference of two estimates", "OSI-SNR per frame", (), "Subtract OSI-SNR: above 0 dB the estimate in view is better", group="difference", run=lambda c: c.plots.differences.set_measure(Quantity.OSI), checked=lambda c: c.plots.differences.measure is Quantity.OSI, remembered="difference", default=True),
    Action("difference_loss", "Analysis/Difference of two estimates", "Fused loss per frame", (), "Subtract 1/OSI-SNR + γ·MC-MSE: below 0 the estimate in view is better", group="difference", run=lambda c: c.plots.differences.set_measure(Quantity.LOSS), checked=lambda c: c.plots.differences.measure is Quantity.LOSS, remembered="difference"),
    Action("cursor_home", "Analysis/Cursor", "To the start", ("Home",), "Cursor to the start", run=lambda c: c.shown.go(c.link.extent.start)),
    Action("cursor_end", "Analysis/Cursor", "To the end", ("End",), "Cursor to the end", run=lambda c: c.shown.go(c.link.extent.stop)),
    Action("cursor_left", "Analysis/Cursor", "Back 1 s", ("Left",), "Cursor back by one second", run=lambda c: c.shown.move(-1.0)),
    Action("cursor_right", "Analysis/Cursor", "On 1 s", ("Right",), "Cursor on by one second", run=lambda c: c.shown.move(1.0)),
    Action("cursor_left_5", "Analysis/Cursor", "Back 5 s", ("Shift+Left",), "Cursor back by five seconds", run=lambda c: c.shown.move(-5.0)),
    Action("cursor_right_5", "Analysis/Cursor", "On 5 s", ("Shift+Right",), "Cursor on by five seconds", run=lambda c: c.shown.move(5.0)),
    Action("frame_left", "Analysis/Cursor", "Frame before", ("Alt+Left",), "Cursor back by one frame", run=lambda c: c.shown.move_frames(-1)),
    Action("frame_right", "Analysis/Cursor", "Next frame", ("Alt+Right",), "Cursor on by one frame", run=lambda c: c.shown.move_frames(1)),
    Action("add_note", "Analysis", "Add note…", ("Ctrl+N",), "Write a note on the selected time range, or at the cursor", "note", run=lambda c: c.notes.add(), enabled=has_pair, section=True),
    Action("clear", "Analysis", "Stop, then clear selection", ("Escape",), "Stops a running comparison or the sound first; then nothing is selected", run=lambda c: c.clear(), section=True),
    Action("keys", "Help", "Keys and mouse", ("F1", "?"), "What every key does", "keyboard", run=lambda c: KeysDialog(key_rows(), c.window).open()),
    Action("numbers", "Help", "What do these numbers mean?", (), "OSI-SNR, MC-MSE and the fused loss in plain words", "help", run=lambda c: HelpDialog("numbers", c.window).open()),
    Action("first_steps", "Help", "First steps", (), "From two files to a result", "info", run=lambda c: HelpDialog("first_steps", c.window).open()),
    Action("about", "Help", "About osisnr_gui", (), "Version and licences", run=lambda c: AboutDialog(c.window).open()),
)  # fmt: skip

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
