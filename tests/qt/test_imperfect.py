"""Every imperfection through the real window and through the command line: said alike, mended on a click, undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from imperfect_kit import CASES, RATE, Case, Samples, beside, clipped, leads_exact, sound
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from window_kit import WAIT_MS, open_window

from osisnr_gui.cli.main import main
from osisnr_gui.core.osi_snr import Projection
from osisnr_gui.export.score_report import score_report
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.panels.banners import Banner
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import Formula

REFUSED = 3


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


def settle(qtbot: QtBot, window: MainWindow) -> Analysis:
    """Wait for the numbers; pictures may still come."""
    store = window.views.store
    qtbot.waitUntil(lambda: not store.is_busy and store.analysis.complete, timeout=WAIT_MS)
    return store.analysis


def open_files(qtbot: QtBot, window: MainWindow, *paths: Path) -> Analysis:
    window.commands.take_files([str(path) for path in paths], add=False)
    return settle(qtbot, window)


def banner(window: MainWindow, code: str) -> Banner:
    """The banner of a notice, behind "more" or not; the estimate's where the reference has one, too."""
    banners = window.views.banners
    if banners.more.isVisible() and banners.more.text().endswith("▾"):
        banners.more.click()
    found = [each for each in banners.banners if each.notice.code == code]
    assert found, [each.notice.code for each in banners.banners]
    estimates = window.views.store.session.estimates
    found.sort(key=lambda each: each.notice.source not in estimates)
    assert found[0].isVisible()
    return found[0]


def press(qtbot: QtBot, window: MainWindow, code: str, label: str) -> Analysis:
    """Click a remedy, in its banner or in the menu of its "Choose…"."""
    buttons: list[QPushButton] = banner(window, code).buttons
    menus = [action for button in buttons if button.menu() for action in button.menu().actions()]
    (one,) = [each for each in (*buttons, *menus) if each.text() == label]
    one.trigger() if one in menus else one.click()  # type: ignore[union-attr]
    return settle(qtbot, window)


def exported(qtbot: QtBot, window: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The JSON that the window saves."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    path.unlink(missing_ok=True)
    window.actions_by_id.by_id["export_json"].trigger()
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def scored(capsysbinary: pytest.CaptureFixture[bytes], *arguments: Path | str) -> tuple[int, dict[str, Any], list[str]]:
    """Exit code, JSON and lines on stderr of `osisnr score`."""
    code = main(["score", *map(str, arguments), "--json", "-"])
    out, err = capsysbinary.readouterr()
    return code, json.loads(out), err.decode().splitlines()


def assert_same_result(one: Analysis, other: Analysis) -> None:
    """The same numbers to the last bit."""
    assert one.session == other.session
    assert one.notices == other.notices or [n.message for n in one.notices] == [n.message for n in other.notices]
    for a, b in zip(one.pairs, other.pairs, strict=True):
        assert (a.error is None) == (b.error is None)
        if a.score is None or b.score is None or a.frames is None or b.frames is None:
            assert a.score is b.score
            continue
        assert repr((a.score.literal, a.score.exact, a.whole)) == repr((b.score.literal, b.score.exact, b.whole))
        for name in Projection.__dataclass_fields__:
            first, second = (getattr(pair.frames.projection, name) for pair in (a, b))
            assert np.array_equal(first, second, equal_nan=True), name


def assert_said_on_stderr(lines: list[str], report: dict[str, Any], names: tuple[Path, Path]) -> None:
    """Every warning of the JSON is one line, with the file as it was typed, and nothing else is said."""
    wanted = set()
    for warning in report["estimates"][0]["warnings"]:
        (path,) = [path for path in names if warning["message"].startswith(f"{path.name}: ")]
        wanted.add(f"osisnr: warning: {path}: {warning['message'].removeprefix(f'{path.name}: ')}")
    assert set(lines) == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_imperfection(
    case: Case,
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    files = case.make(tmp_path)
    first = open_files(qtbot, window, *files)
    shown = banner(window, case.code)
    for part in case.says:
        assert part in shown.accessibleName()

    code, report, lines = scored(capsysbinary, *files)
    (estimate,) = report["estimates"]
    if case.refused:
        assert code == REFUSED
        assert len(lines) == 1
        assert estimate["error"] == score_report(first)["estimates"][0]["error"]  # type: ignore[call-overload,index]
        assert estimate["error"]["message"] == shown.notice.message
    else:
        assert code == 0
        assert {"code": case.code, "message": shown.notice.message} in estimate["warnings"]
        assert_said_on_stderr(lines, report, files)
        assert exported(qtbot, window, tmp_path / "out.json", monkeypatch) == report
    if not case.remedy:
        return

    if case.effect is leads_exact:
        assert case.remedy not in [button.text() for button in shown.buttons], "it leads already"
        window.actions_by_id.by_id["literal"].trigger()
        first = settle(qtbot, window)
    after = press(qtbot, window, case.code, case.remedy)
    assert case.effect(first, after)
    if case.options is not None:
        wanted = scored(capsysbinary, *files, *case.options)[1]
        assert score_report(after)["estimates"][0].get("error") == wanted["estimates"][0].get("error")  # type: ignore[call-overload,index,union-attr]
    window.actions_by_id.by_id["undo"].trigger()
    assert_same_result(settle(qtbot, window), first)
    if case.undo_code:
        press(qtbot, window, case.code, case.remedy)
        assert_same_result(press(qtbot, window, case.undo_code, "Undo"), first)


def test_swapped_roles(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    reference, estimate = sound(names=("clean-1.wav", "enhanced-1.wav"))(tmp_path)
    right = open_files(qtbot, window, reference, estimate)
    window.actions_by_id.by_id["swap"].trigger()
    wrong = settle(qtbot, window)
    shown = banner(window, "roles").notice.message
    assert shown == "clean-1.wav is compared with enhanced-1.wav as its reference; the names say the opposite"
    _, report, lines = scored(capsysbinary, estimate, reference)
    assert {"code": "roles", "message": shown} in report["estimates"][0]["warnings"]
    assert f"osisnr: warning: {reference}: {shown}" in lines
    assert_same_result(press(qtbot, window, "roles", "Swap"), right)
    window.actions_by_id.by_id["undo"].trigger()
    assert_same_result(settle(qtbot, window), wrong)


def test_channel_by_channel_and_mixed_as_on_the_command_line(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    files = sound(beside(0.0), reference=beside(0.5))(tmp_path)
    open_files(qtbot, window, *files)
    for choice, option in (("channel 2 of 2", "2"), ("mean of 2 channels", "0")):
        for row in window.views.sources.rows:
            picker = row.channel
            picker.setCurrentIndex(picker.findText(choice))
            picker.activated.emit(picker.currentIndex())
            settle(qtbot, window)
        code, report, lines = scored(capsysbinary, *files, "--channel", option)
        assert code == 0
        assert [w["code"] for w in report["estimates"][0]["warnings"]][:2] == ["channels", "channels"]
        assert_said_on_stderr(lines, report, files)
        assert exported(qtbot, window, tmp_path / "out.json", monkeypatch) == report


def test_numbers_are_saved_as_the_command_line_has_them_whatever_leads(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    files = sound(lambda x: x * (np.arange(x.size) > x.size // 2), names=("ref-1.wav", "est-1.wav"))(tmp_path)
    mixture = tmp_path / "mixture.wav"
    soundfile.write(mixture, beside(0.5)(soundfile.read(files[0])[0]), 16_000, subtype="FLOAT")
    open_files(qtbot, window, *files, mixture)
    window.views.store.edit(partial(edits.set_formula, formula=Formula.EXACT))
    assert settle(qtbot, window).session.mixture is not None
    code, report, _ = scored(capsysbinary, *files, "--mixture", mixture)
    assert code == 0
    assert "literal_not_meaningful" in [warning["code"] for warning in report["estimates"][0]["warnings"]]
    assert [warning["code"] for warning in report["mixture"]["warnings"]] == ["channels"]
    assert exported(qtbot, window, tmp_path / "out.json", monkeypatch) == report


def test_aligned_as_on_the_command_line(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    files = sound(lambda x: np.r_[np.zeros(137), x])(tmp_path)
    first = open_files(qtbot, window, *files)
    assert exported(qtbot, window, tmp_path / "out.json", monkeypatch) == scored(capsysbinary, *files)[1]
    press(qtbot, window, "delay", "Align")
    found = exported(qtbot, window, tmp_path / "out.json", monkeypatch)
    wanted = scored(capsysbinary, *files, "--align")[1]
    assert found == wanted
    assert_same_result(press(qtbot, window, "aligned", "Undo"), first)


def test_clipped_places_are_marked_and_shown(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    files = sound(clipped, reference=lambda x: np.where(np.arange(len(x)) // 5 == 40, -1.0, x))(tmp_path)
    analysis = open_files(qtbot, window, *files)
    plots = window.views.plots
    np.testing.assert_allclose(plots._reference.clips.stretches.starts, [200 / 16_000])
    np.testing.assert_allclose(plots.estimates.main.clips.stretches.starts, [0.125, 0.5, 0.75])
    assert "clipped\u00a03×" in window.views.sources.rows[1].details.text()
    (button,) = (b for b in banner(window, "clipping").findChildren(QPushButton) if b.text() == "Show")
    button.click()
    assert plots.link.selection == pytest.approx((0.5, 0.5 + 40 / 16_000))
    assert plots.link.visible.start < 0.5 < plots.link.visible.stop < 1.0
    window.actions_by_id.by_id["zoom_back"].trigger()
    assert plots.link.visible == plots.link.extent
    window.actions_by_id.by_id["swap"].trigger()
    settle(qtbot, window)
    np.testing.assert_allclose(plots._reference.clips.stretches.starts, [0.125, 0.5, 0.75])
    assert analysis.pairs[0].source != window.views.store.session.estimates[0]


def test_channel_by_channel_from_the_menu_of_a_row(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    files = sound(beside(0.5), reference=beside(0.5))(tmp_path)
    first = open_files(qtbot, window, *files)
    row = window.views.sources.rows[1]
    menu = row.role_menu()
    (each,) = (action for action in menu.actions() if action.text() == "Each channel as its own estimate")
    each.trigger()
    menu.close()
    after = settle(qtbot, window)
    assert [source.channel for source in after.session.estimates] == [1, 2]
    assert after.session.partners == (0, 1)
    titles = [window.views.plots._reference.words.title, window.views.plots.estimates.main.words.title]
    assert titles == ["Reference · ref-1.wav · channel 1 of 2", "A · est-1.wav · channel 1 of 2"]
    menu = window.views.sources.rows[0].role_menu()
    assert "Each channel as its own estimate" not in [action.text() for action in menu.actions()]
    menu.close()
    # One file in two rows: reading one channel as the other leaves one row, removing one leaves the other.
    picker = window.views.sources.rows[3].channel
    picker.setCurrentIndex(picker.findText("channel 1 of 2"))
    picker.activated.emit(picker.currentIndex())
    assert [source.channel for source in settle(qtbot, window).session.estimates] == [1]
    window.actions_by_id.by_id["undo"].trigger()
    settle(qtbot, window)
    window.views.sources.rows[2].remove_button.click()
    assert [source.channel for source in settle(qtbot, window).session.estimates] == [2]
    for _ in range(2):
        window.actions_by_id.by_id["undo"].trigger()
    assert_same_result(settle(qtbot, window), first)


def test_everything_at_once_is_mended_step_by_step_and_undone(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    """48 kHz, stereo, short, late, inverted, quiet, with an offset and clipped places."""

    def spoil(x: Samples) -> Samples:
        late = np.r_[np.zeros(411), -0.25 * x + 0.004]
        late[9000:9003] = 1.0
        return np.stack((0.05 * np.random.default_rng(5).standard_normal(len(late)), late), axis=1)

    files = sound(spoil, seconds=0.8, rates=(RATE, 48_000))(tmp_path)
    first = open_files(qtbot, window, *files)
    _, report, lines = scored(capsysbinary, *files)
    assert exported(qtbot, window, tmp_path / "out.json", monkeypatch) == report
    assert_said_on_stderr(lines, report, files)
    steps = (
        ("channels", "Channel 2"),
        ("delay", "Align"),
        ("dc", "Take it out"),
        ("polarity", "Flip"),
        ("gain", "Match level"),
        ("length_mismatch", "Pad with zeros"),
    )
    passed = [first]
    for code, label in steps:
        passed.append(press(qtbot, window, code, label))
        assert code in {"channels", "length_mismatch"} or code not in {n.code for n in passed[-1].notices}
    last = passed[-1].pairs[0]
    assert last.source.delay == 137
    assert last.whole is not None
    assert passed[0].pairs[0].whole.snr_db < 0 < 5 < last.whole.snr_db  # type: ignore[union-attr]
    assert {"clipping", "aligned", "dc_removed", "flipped", "level_matched"} <= {n.code for n in passed[-1].notices}
    mended = exported(qtbot, window, tmp_path / "out.json", monkeypatch)["estimates"][0]
    assert (mended["flip"], mended["channel"], mended["delay_samples"], mended["aligned"]) == (True, 2, 137, True)
    assert mended["gain"] == pytest.approx(4, rel=0.1)
    assert mended["offset"] == pytest.approx(0.004, rel=0.1)
    for before in reversed(passed[:-1]):
        window.actions_by_id.by_id["undo"].trigger()
        assert_same_result(settle(qtbot, window), before)


@pytest.mark.parametrize("names", [("3_echo_nearend.flac", "3_echo_est.flac"), ("4_masks_irm.npy", "4_masks_est.npy")])
def test_real_files_are_the_same_in_both(
    names: tuple[str, str],
    samples: Path,
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    """One of them is late and upside down."""
    files = [samples / name for name in names]
    open_files(qtbot, window, *files)
    _, report, lines = scored(capsysbinary, *files)
    assert exported(qtbot, window, tmp_path / "out.json", monkeypatch) == report
    assert len(lines) == len(report["estimates"][0]["warnings"])
