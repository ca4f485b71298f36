"""What is computed once is not computed again: in a window, and from one window to the next."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files, wait_final

from osisnr_gui.io.cache_folder import CacheFolder
from osisnr_gui.qt.dialogs.preferences import CachePart, PreferencesDialog
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.session import edits
from osisnr_gui.session.frame_pass import FramePass
from osisnr_gui.session.readers import AudioColumns
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Formula

NAMES = ("2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac", "2_enhancement_est_gate.flac")


@pytest.fixture
def files(samples: Path, tmp_path: Path) -> list[str]:
    """A reference and two estimates, an hour old."""
    paths = [shutil.copyfile(samples / name, tmp_path / name) for name in NAMES]
    for path in paths:
        os.utime(path, (os.stat(path).st_mtime - 3600,) * 2)
    return list(map(str, paths))


@pytest.fixture
def spectra(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The length of every block of frames that is transformed from now on."""
    blocks: list[int] = []
    rows = AudioColumns.rows

    def counted(self: AudioColumns, raw: Any, frames: Any) -> Any:
        found = rows(self, raw, frames)
        blocks.append(len(found))
        return found

    monkeypatch.setattr(AudioColumns, "rows", counted)
    return blocks


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[FramePass]:
    """Every pass that is run from now on."""
    runs: list[FramePass] = []
    run = FramePass.run

    def counted(self: FramePass, *args: Any, **kwargs: Any) -> Any:
        runs.append(self)
        return run(self, *args, **kwargs)

    monkeypatch.setattr(FramePass, "run", counted)
    return runs


def _changes(window: MainWindow) -> dict[str, Callable[[], object]]:
    store, plots, bar = window.views.store, window.views.plots, window.views.view_bar
    trigger = {name: action.trigger for name, action in window.actions_by_id.by_id.items()}
    edit = {
        "alpha": partial(edits.set_alpha, alpha=0.61),
        "gamma": partial(edits.set_gamma, gamma=3.0),
        "method": partial(edits.set_method, method=2),
        "threshold": partial(edits.set_threshold, threshold_db=9.0),
        "silence": partial(edits.set_silence, silence_db=35.0),
        "formula": partial(edits.set_formula, formula=Formula.LITERAL),
    }
    return {
        **{name: partial(store.edit, change) for name, change in edit.items()},
        "colours": bar.next_colours,
        "levels": partial(plots.dress_pictures, SpectrogramPlot.set_unit_levels, "dB", -70.0, -20.0),
        "theme": trigger["theme_light"],
        "crosshair": trigger["crosshair"],
        "undo": trigger["undo"],
        "redo": trigger["redo"],
    }


def test_no_setting_that_is_cheap_computes_a_spectrum(qtbot: QtBot, files: list[str], spectra: list[int]) -> None:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *files)
        frames = [pair.frames for pair in window.views.store.analysis.pairs]
        assert sum(spectra) > 0
        for name, change in _changes(window).items():
            before = window.views.store.analysis.session
            spectra.clear()
            change()
            wait_final(qtbot, window)
            assert spectra == [], f"{name} computed spectra"
            assert [pair.frames for pair in window.views.store.analysis.pairs] == frames
            if name in ("alpha", "gamma", "method", "threshold", "silence", "formula"):
                assert window.views.store.analysis.session != before, f"{name} changed nothing"


def test_one_more_estimate_is_one_more_pass(qtbot: QtBot, files: list[str], passes: list[FramePass]) -> None:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *files[:2])
        first = window.views.store.analysis.pairs[0]
        assert len(passes) == 1
        window.commands.take_files(files[2:], add=True)
        wait_final(qtbot, window)
        pairs = window.views.store.analysis.pairs
        assert len(passes) == 2
        assert pairs[0].frames is first.frames
        assert pairs[0].score is first.score
        assert pairs[1].pictures.reference is first.pictures.reference


def test_another_window_finds_what_this_one_has_kept(
    qtbot: QtBot, files: list[str], passes: list[FramePass], tmp_path: Path
) -> None:
    found, pictures = [], []
    for _ in range(2):
        cache = ResultCache(CacheFolder(str(tmp_path / "results")))
        with open_window(qtbot) as window:
            window.views.store.cache = cache
            show_files(qtbot, window, *files)
            cache.wait()
            found.append(window.views.store.analysis)
            pictures.append(window.views.plots.grab().toImage())
    assert len(passes) == 2, "the second window ran none"
    for one, other in zip(found[0].pairs, found[1].pairs, strict=True):
        np.testing.assert_array_equal(one.frames.table.values, other.frames.table.values)  # type: ignore[union-attr]
        assert one.score.literal == other.score.literal  # type: ignore[union-attr]
        assert one.delay == other.delay
    assert pictures[0] == pictures[1], "and looks the same"


def test_reload_reads_only_what_changed(qtbot: QtBot, files: list[str], passes: list[FramePass]) -> None:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *files)
        kept = window.views.store.analysis.pairs[0].frames
        shutil.copyfile(files[0], files[2])
        window.actions_by_id.by_id["reload"].trigger()
        wait_final(qtbot, window)
        assert len(passes) == 3
        assert window.views.store.analysis.pairs[0].frames is kept


def test_the_preferences_have_a_part_for_the_cache_where_there_is_one(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot) as window:
        action = window.actions_by_id.by_id["preferences"]
        action.trigger()
        assert window.findChild(CachePart) is None
        window.findChild(PreferencesDialog).reject()
        window.views.store.cache = ResultCache(CacheFolder(str(tmp_path)))
        action.trigger()
        part = window.findChild(CachePart)
        assert part.isVisible()
        part.window().reject()
