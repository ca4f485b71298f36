"""An estimate that is late: banner, dialog, keys, field and the way back, through the real window."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from scipy import signal

from osisnr_gui.cli.main import main
from osisnr_gui.qt.dialogs.estimate_dialogs import SILENT, UNCERTAIN, WAITING, DelayDialog
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.panels.banners import Banner
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.comparison.speakers import compare_channels
from tests.kits.plot_kit import click
from tests.kits.window_kit import open_window, show_files, wait_final

RATE = 16_000
Key, Held = Qt.Key, Qt.KeyboardModifier
CTRL_SHIFT = Held.ControlModifier | Held.ShiftModifier
Open = Callable[..., MainWindow]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


@pytest.fixture
def open_late(qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path) -> Open:
    """Open the enhancement demo's reference with one of its estimates, late by so many samples."""
    clean, estimate = (sf.read(samples / f"2_enhancement_{name}.flac")[0] for name in ("clean", "est_dfn3"))

    def _open(late: int, rate: int = RATE, noise: float = 0.0) -> MainWindow:
        moved = np.concatenate((np.zeros(late), estimate)) if late >= 0 else estimate[-late:]
        moved = moved + noise * np.sqrt((estimate @ estimate) / len(estimate)) * np.random.default_rng(0).normal(
            size=len(moved)
        )
        if rate != RATE:
            moved = signal.resample_poly(moved, rate, RATE)
        sf.write(tmp_path / "clean.wav", clean, RATE, subtype="DOUBLE")
        sf.write(tmp_path / "est.wav", moved, rate, subtype="DOUBLE")
        show_files(qtbot, window, tmp_path / "clean.wav", tmp_path / "est.wav")
        return window

    return _open


def taken(window: MainWindow) -> int:
    return window.views.store.session.estimates[0].delay


def banner(window: MainWindow, code: str) -> Banner | None:
    window.views.banners._expanded = True
    window.views.banners._keys = []
    window.views.banners._show_notices()
    return next((shown for shown in window.views.banners.banners if shown.notice.code == code), None)


def press(shown: Banner, label: str) -> None:
    (button,) = [button for button in shown.findChildren(QPushButton) if button.text() == label]
    button.click()


def dialog(window: MainWindow) -> DelayDialog:
    found = window.commands.delays.dialog
    assert found is not None
    return found


def active_dialog(qtbot: QtBot, window: MainWindow) -> DelayDialog:
    """Keys go to it, and no longer to the window's shortcuts."""
    qtbot.waitUntil(dialog(window).isActiveWindow)
    return dialog(window)


def arrays(analysis: Analysis) -> list[bytes]:
    """Every number of the only pair, to the bit."""
    (pair,) = analysis.pairs
    frames = pair.frames
    found = [frames.literal_osi_db, frames.exact_osi_db, frames.table.values, frames.table.exponents]
    for projection in (frames.projection, frames.whole):
        found += [getattr(projection, name) for name in type(projection).__dataclass_fields__]
    found += [pair.pictures.estimate.coarse(0), pair.pictures.residual.coarse(0)]
    return [array.tobytes() for array in found]


def printed(analysis: Analysis, *options: str) -> str:
    """What the command line says of the delay of the same files."""
    target = Path(analysis.session.estimates[0].path).with_suffix(".json")
    paths = [source.path for source in analysis.session.sources]
    assert main(["score", *paths, *options, "--json", str(target)]) == 0
    (estimate,) = json.loads(target.read_text("utf-8"))["estimates"]
    (message,) = [w["message"] for w in estimate["warnings"] if w["code"] in ("delay", "aligned")]
    return str(message)


@pytest.mark.parametrize(("late", "rate"), [(137, RATE), (-1600, RATE), (137, 8000)])
def test_align_and_back(qtbot: QtBot, open_late: Open, late: int, rate: int) -> None:
    window = open_late(late, rate)
    store = window.views.store
    first = store.analysis
    before = first.pairs[0].whole.si_snr_db
    assert first.pairs[0].delay.samples == late
    shown = banner(window, "delay")
    assert f"{abs(late)} samples" in shown.accessibleName()
    press(shown, "Align")
    wait_final(qtbot, window)
    assert taken(window) == late
    after = store.analysis.pairs[0].whole.si_snr_db
    figures = [f"{value:.1f} dB".replace("-", "\u2212") for value in (before, after)]
    assert f"whole-signal SI-SNR {figures[0]}, {figures[1]} once aligned" in shown.notice.message
    assert f"whole-signal SI-SNR {figures[0]} \u2192 {figures[1]}" in banner(window, "aligned").accessibleName()
    assert printed(first, "--align") == banner(window, "aligned").notice.message
    assert printed(first) == shown.notice.message
    press(banner(window, "aligned"), "Undo")
    wait_final(qtbot, window)
    assert store.session == first.session
    assert arrays(store.analysis) == arrays(first)
    QTest.keyClick(window, Key.Key_Z, Held.ControlModifier)
    wait_final(qtbot, window)
    assert taken(window) == late
    QTest.keyClick(window, Key.Key_Z, Held.ControlModifier)
    wait_final(qtbot, window)
    assert arrays(store.analysis) == arrays(first)


def test_nothing_is_offered_for_a_file_in_its_place(open_late: Open) -> None:
    window = open_late(0)
    actions = window.actions_by_id.by_id
    assert banner(window, "delay") is None
    assert actions["delay"].isEnabled()
    assert not actions["align"].isEnabled()
    assert not actions["delay_none"].isEnabled()


def test_ten_decibels_under_the_noise_the_dialog_still_shows_the_peak(open_late: Open) -> None:
    window = open_late(137, noise=10**0.5)
    delay = window.views.store.analysis.pairs[0].delay
    assert (delay.samples, delay.certain) == (137, False)
    assert banner(window, "delay") is None
    assert not window.actions_by_id.by_id["align"].isEnabled()
    QTest.keyClick(window, Key.Key_D, Held.ControlModifier)
    shown = dialog(window)
    assert shown.isVisible()
    assert shown.note.text() == UNCERTAIN
    assert not shown.align.isEnabled()
    assert shown.table._rows[3][1] == "137 samples"
    assert shown.plots[0]._peak == 137


def test_the_dialog_moves_by_keys_by_mouse_and_to_the_peak(qtbot: QtBot, open_late: Open) -> None:
    window = open_late(137)
    press(banner(window, "delay"), "Delay…")
    shown, (far, near) = active_dialog(qtbot, window), dialog(window).plots
    assert shown.table._rows[1][1:3] == ("0 samples", "0.00 ms")
    for key, held, samples in (
        (Key.Key_Right, Held.NoModifier, 1),
        (Key.Key_Right, Held.ShiftModifier, 11),
        (Key.Key_Right, Held.ControlModifier, 27),
        (Key.Key_Left, Held.NoModifier, 26),
    ):
        QTest.keyPress(near, key, held)
        assert shown.field.value() == samples, "shown while the key is held"
        assert taken(window) != samples
        QTest.keyRelease(near, key, held)
        assert taken(window) == samples
    wait_final(qtbot, window)
    now = window.views.store.analysis.pairs[0].whole.si_snr_db
    assert shown.table._rows[2][3] == f"{now:.1f} dB".replace("-", "\u2212")

    shown.undo.click()
    assert taken(window) == 0, "a burst is one step"
    assert not shown.undo.isEnabled(), "opening the files is not taken back from here"
    QTest.keyClick(shown, Key.Key_Z, CTRL_SHIFT)
    assert taken(window) == 26

    click(near, 20.2)
    assert taken(window) == 20
    click(far, 137.0)
    assert taken(window) == 137, "the best of the delays that share a pixel"
    shown.as_is.click()
    assert taken(window) == 0
    shown.align.click()
    wait_final(qtbot, window)
    assert taken(window) == 137
    assert not shown.align.isEnabled()
    assert banner(window, "aligned") is not None
    shown.close()


def test_a_key_that_is_held_asks_once(qtbot: QtBot, open_late: Open) -> None:
    window = open_late(137)
    window.actions_by_id.by_id["delay"].trigger()
    shown = active_dialog(qtbot, window)
    asked: list[int] = []
    shown.delay_requested.connect(asked.append)
    for _ in range(5):
        QTest.keyPress(shown.plots[1], Key.Key_Right)
    assert asked == []
    shown.close()
    assert asked == [5], "what was chosen last holds"


def test_one_sample_by_keys_in_the_window(qtbot: QtBot, open_late: Open) -> None:
    window = open_late(137)
    store = window.views.store
    first = store.analysis
    for _ in range(3):
        QTest.keyClick(window, Key.Key_Left, CTRL_SHIFT)
    QTest.keyClick(window, Key.Key_Right, CTRL_SHIFT)
    assert taken(window) == 2
    wait_final(qtbot, window)
    assert "moved 2 samples (0.12 ms) earlier" in banner(window, "aligned").accessibleName()
    assert store.analysis.pairs[0].delay is first.pairs[0].delay, "not measured again"
    store.undo()
    assert taken(window) == 0
    wait_final(qtbot, window)
    assert arrays(store.analysis) == arrays(first)
    window.actions_by_id.by_id["align"].trigger()
    assert taken(window) == 137
    window.actions_by_id.by_id["delay_none"].trigger()
    assert taken(window) == 0


def test_aligning_is_a_step_of_its_own_for_undo(qtbot: QtBot, open_late: Open) -> None:
    window = open_late(137)
    window.actions_by_id.by_id["align"].trigger()
    for _ in range(2):
        window.actions_by_id.by_id["delay_later"].trigger()
    assert taken(window) == 135
    window.views.store.undo()
    assert taken(window) == 137
    window.views.store.undo()
    assert taken(window) == 0


def test_the_field_in_the_row(qtbot: QtBot, open_late: Open) -> None:
    window = open_late(137)
    row = window.views.sources.rows[1]
    assert not row.delay.isVisible()
    press(banner(window, "delay"), "Align")
    wait_final(qtbot, window)
    lag = row.lag
    assert row.delay.isVisible()
    assert lag.text() == "137 samples"
    lag.stepBy(1)
    lag.stepBy(1)
    assert taken(window) == 139
    lag.lineEdit().setText("\u22121")
    QTest.keyClick(lag, Key.Key_Return)
    assert taken(window) == -1
    assert lag.text() == "\u22121 sample"
    row.delay_button.click()
    assert dialog(window).isVisible()
    window.commands.take_files([str(window.views.store.session.references[0].path)], add=False)
    qtbot.waitUntil(lambda: not dialog(window).isVisible())


def test_silence_and_masks(qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path) -> None:
    sf.write(tmp_path / "silent.wav", np.zeros(RATE), RATE)
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", tmp_path / "silent.wav")
    window.actions_by_id.by_id["delay"].trigger()
    shown = dialog(window)
    assert shown.note.text() == SILENT
    assert not shown.field.isEnabled()
    shown.grab()
    shown.close()
    show_files(qtbot, window, samples / "4_masks_irm.npy", samples / "4_masks_est.npy")
    actions = window.actions_by_id.by_id
    assert not any(actions[name].isEnabled() for name in ("delay", "align", "delay_earlier", "delay_later"))


def test_the_plots_stay_while_an_estimate_is_moved(qtbot: QtBot, open_late: Open) -> None:
    """The old curve is there until the new one begins."""
    window = open_late(137)
    seen: list[int] = []
    window.views.store.analysis_changed.connect(lambda a, _: seen.append(sum(p.score is not None for p in a.pairs)))
    window.actions_by_id.by_id["align"].trigger()
    wait_final(qtbot, window)
    assert set(seen) == {1}


def test_another_estimate_in_the_same_dialog(qtbot: QtBot, open_late: Open, samples: Path) -> None:
    """Nothing of the first one stays while the second is measured."""
    window = open_late(137)
    window.actions_by_id.by_id["delay"].trigger()
    shown = dialog(window)
    assert shown.name.text() == "A · est.wav against clean.wav"
    assert shown.plots[0].reach == RATE // 2
    other = samples / "2_enhancement_est_gate.flac"
    window.commands.take_files([str(other)], add=True)
    window.commands.delays.open(window.views.store.session.estimates[1])
    assert (shown.name.text(), shown.note.text(), shown.plots[0].reach) == ("", WAITING, 0)
    assert not shown.field.isEnabled()
    assert shown.table._rows == ()
    wait_final(qtbot, window)
    assert shown.name.text().startswith("B · 2_enhancement_est_gate.flac")
    assert shown.plots[0].reach == RATE // 2
    assert shown.isVisible()


def test_channels_of_one_file_are_moved_apart(qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path) -> None:
    clean, estimate = (sf.read(samples / f"2_enhancement_{name}.flac")[0] for name in ("clean", "est_dfn3"))
    both = np.zeros((len(estimate) + 300, 2))
    both[137 : 137 + len(estimate), 0] = both[300:, 1] = estimate
    sf.write(tmp_path / "clean.wav", clean, RATE, subtype="DOUBLE")
    sf.write(tmp_path / "est.wav", both, RATE, subtype="DOUBLE")
    show_files(qtbot, window, tmp_path / "clean.wav", tmp_path / "est.wav")
    store = window.views.store
    store.edit(lambda session: compare_channels(session, session.estimates[0], 2, 1))
    wait_final(qtbot, window)
    QTest.keyClick(window, Key.Key_2)
    window.actions_by_id.by_id["delay"].trigger()
    shown = dialog(window)
    assert shown.table._rows[3][1] == "300 samples"
    shown.align.click()
    assert [source.delay for source in store.session.estimates] == [0, 300]
    shown.close()
