"""What the window gives to other programs: the report, the summary, labels, notes, the command."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from report_page import ReportPage
from window_kit import open_window, save_published_pair, show_files, wait_final

from osisnr_gui.cli.main import main
from osisnr_gui.export.html_report import LARGE_BYTES
from osisnr_gui.export.report_audio import AudioChoice
from osisnr_gui.export.score_report import score_report
from osisnr_gui.qt.commands import export_jobs
from osisnr_gui.qt.dialogs import file_dialogs
from osisnr_gui.qt.dialogs.file_dialogs import ReportDialog
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits
from osisnr_gui.session.session import Formula, Lengths, Note

PARTS = ("literal", "exact", "whole_signal", "n_frames", "status_counts", "bad_segments", "delay_samples", "aligned")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        window.commands.session_files.may_close = lambda: True
        yield window


def _accept(monkeypatch: pytest.MonkeyPatch, *, audio: AudioChoice, notes: bool) -> None:
    """Answer the dialog of the report."""

    def execute(dialog: ReportDialog) -> int:
        dialog._audio.setCurrentIndex(dialog._audio.findData(audio.value))
        dialog.notes.setChecked(notes)
        return int(ReportDialog.DialogCode.Accepted)

    monkeypatch.setattr(ReportDialog, "exec", execute)


def _trigger(window: MainWindow, name: str) -> None:
    action = window.actions_by_id.by_id[name]
    assert action.isEnabled(), name
    action.trigger()


def _save(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Trigger an export, and wait until it is on disk."""
    _trigger(window, name)
    qtbot.waitUntil(lambda: not window.commands.exports.jobs.is_busy)


@pytest.mark.parametrize("demo", ["damaged", "speakers", "masks"])
def test_a_report_has_the_numbers_of_the_window(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, answer, monkeypatch: pytest.MonkeyPatch, demo: str
) -> None:
    window.commands.open_demo(demo)
    wait_final(qtbot, window)
    note = Note(1.0, 2.0, "listen here")
    window.views.store.edit(lambda s: edits.add_note(replace(edits.set_alpha(s, 0.4), threshold_db=5.0), note))
    wait_final(qtbot, window)
    for notes in (False, True):
        _accept(monkeypatch, audio=AudioChoice.ALL, notes=notes)
        path = tmp_path / f"report_{notes}.html"
        answer(path)
        _trigger(window, "export_report")
        qtbot.waitUntil(path.exists, timeout=20_000)
        page = ReportPage(path)
        assert [n["text"] for n in page.data["notes"]] == (["listen here"] if notes else [])
        assert ("listen here" in page.text) is notes
    assert page.data["formula"] == "exact"
    shown = score_report(window.views.store.analysis)
    for saved, seen in zip(page.data["score"]["estimates"], shown["estimates"], strict=True):  # type: ignore[arg-type]
        assert saved["n_active"] == seen["n_active"]  # type: ignore[index]
        assert saved["exact"] == pytest.approx(seen["exact"], rel=1e-8)  # type: ignore[index]
    kinds = [track["kind"] for track in page.data["sounds"]["tracks"]]
    assert kinds.count("estimate") == len(page.data["estimates"])
    pair = window.views.plots.pair
    assert pair is not None
    assert pair.score is not None
    assert page.data["estimates"][0]["n_segments"] == len(pair.score.bad.segments)
    assert os.path.expanduser("~") not in page.text
    assert os.path.dirname(pair.source.path) not in page.text


def test_the_dialog_says_what_goes_in(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window.commands.open_demo("damaged")
    wait_final(qtbot, window)
    dialog = ReportDialog(window.views.store.analysis)
    qtbot.addWidget(dialog)
    assert dialog.audio is AudioChoice.ALL
    assert not dialog.notes.isVisibleTo(dialog)
    monkeypatch.setattr(file_dialogs, "LARGE_BYTES", LARGE_BYTES // 1000)
    large = ReportDialog(window.views.store.analysis)
    qtbot.addWidget(large)
    assert large.audio is AudioChoice.WORST
    show_files(qtbot, window, *save_published_pair(tmp_path))
    silent = ReportDialog(window.views.store.analysis)
    qtbot.addWidget(silent)
    assert [silent._audio.itemData(k) for k in range(silent._audio.count())] == [AudioChoice.NONE.value]


def test_the_summary_in_three_formats(qtbot: QtBot, window: MainWindow, tmp_path: Path, answer) -> None:
    window.commands.open_demo("damaged")
    wait_final(qtbot, window)
    model = window.views.summary.model
    for ending in ("csv", "md", "tex"):
        answer(tmp_path / f"summary.{ending}")
        _save(qtbot, window, "export_summary")
    lines = (tmp_path / "summary.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == '# result: "exact\\u002c active frames\\u002c method 1"'
    assert len(lines) == 2 + len(model.rows)
    fused = float(lines[2].split(",")[lines[1].split(",").index('"fused L"')])
    pair = window.views.store.analysis.pairs[0]
    assert pair.score is not None
    assert fused == pair.score.exact.fused
    markdown = (tmp_path / "summary.md").read_text(encoding="utf-8").splitlines()
    assert {line.count(" | ") for line in markdown[:4]} == {len(model.columns) - 1}
    assert "**" in markdown[2] + markdown[3]
    latex = (tmp_path / "summary.tex").read_text(encoding="utf-8").splitlines()
    assert latex[1] == f"\\begin{{tabular}}{{l{'r' * (len(model.columns) - 1)}}}"


def test_labels_and_notes(qtbot: QtBot, window: MainWindow, tmp_path: Path, answer) -> None:
    window.commands.open_demo("damaged")
    wait_final(qtbot, window)
    assert not window.actions_by_id.by_id["export_notes"].isEnabled()
    window.views.store.edit(lambda s: edits.add_note(s, Note(0.9, 1.1, "a dropout,\tsurely")))
    wait_final(qtbot, window)
    answer(tmp_path / "bad.txt")
    _save(qtbot, window, "export_labels")
    labels = [line.split("\t") for line in (tmp_path / "bad.txt").read_text(encoding="utf-8").splitlines()]
    score = window.views.plots.pair.score  # type: ignore[union-attr]
    assert score is not None
    assert len(labels) == len(score.bad.segments)
    starts = [float(start) for start, _, _ in labels]
    assert starts == sorted(starts)
    assert all(float(start) < float(stop) and text.startswith("A: ") for start, stop, text in labels)
    assert any(text.endswith("a dropout,\\x09surely") for _, _, text in labels)
    answer(tmp_path / "notes.txt")
    _save(qtbot, window, "export_notes")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "0.900000\t1.100000\ta dropout,\\x09surely\n"
    answer(tmp_path / "notes.csv")
    _save(qtbot, window, "export_notes")
    table = (tmp_path / "notes.csv").read_text(encoding="utf-8").splitlines()
    assert table == ["# start and stop: s", "start,stop,note", '0.9,1.1,"a dropout,\\x09surely"']
    show_files(qtbot, window, *save_published_pair(tmp_path))
    assert not window.actions_by_id.by_id["export_labels"].isEnabled(), "frames of a mask have no time"


def test_notes_can_be_saved_as_long_as_there_are_any(qtbot: QtBot, window: MainWindow) -> None:
    """Also where nothing else changes with the note that an action looks at: there is something to undo already."""
    window.commands.open_demo("damaged")
    wait_final(qtbot, window)
    store, action, note = window.views.store, window.actions_by_id.by_id["export_notes"], Note(0.9, 1.1, "a dropout")
    for edit, can_be_saved in (
        (lambda session: edits.set_gamma(session, 3.0), False),
        (lambda session: edits.add_note(session, note), True),
        (lambda session: edits.remove_note(session, note), False),
    ):
        store.edit(edit)
        wait_final(qtbot, window)
        assert action.isEnabled() == can_be_saved


def _copied(window: MainWindow) -> list[str]:
    _trigger(window, "copy_command")
    return QGuiApplication.clipboard().text().splitlines()


def _numbers(line: str, target: Path) -> list[dict[str, object]]:
    program, *arguments = shlex.split(line)
    assert program == "osisnr"
    assert main([*arguments, "--json", str(target)]) == 0
    found = json.loads(target.read_text(encoding="utf-8"))["estimates"]
    return [{part: estimate[part] for part in PARTS} for estimate in found]


def _in_window(window: MainWindow, places: list[int]) -> list[dict[str, object]]:
    found = score_report(window.views.store.analysis)["estimates"]
    assert isinstance(found, list)
    return [{part: found[place][part] for part in PARTS} for place in places]  # type: ignore[index,call-overload]


def _same(one: object, other: object) -> bool:
    """Equal but for the last digits, which the alpha table may change."""
    if isinstance(one, dict) and isinstance(other, dict):
        if one.get("start_s", 0.0) is None:  # frames of masks have a time in the window alone
            other = {**other, "start_s": None, "end_s": None}
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.isclose(one, other, rtol=1e-8, atol=1e-12))
    return one == other


@pytest.mark.parametrize("demo", ["damaged", "echo", "masks", "speakers"])
def test_the_copied_command_prints_the_same_numbers(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, demo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.commands.open_demo(demo)
    wait_final(qtbot, window)

    def change(session):  # type: ignore[no-untyped-def]
        framing = replace(session.framing, n_fft=400, hop=100, window="hamming")
        loss = replace(session.loss, alpha=0.45, gamma=3.5, method=2, formula=Formula.LITERAL)
        return replace(session, framing=framing, loss=loss, threshold_db=4.25, silence_db=45.0)

    window.views.store.edit(change)
    wait_final(qtbot, window)
    lines = _copied(window)
    monkeypatch.chdir(tmp_path)
    partners = window.views.store.session.partners
    assert len(lines) == len(set(partners))
    for place, line in enumerate(lines):
        estimates = [k for k, partner in enumerate(partners) if partner == place]
        assert _same(_numbers(line, tmp_path / "score.json"), _in_window(window, estimates)), line


def test_a_delay_that_was_taken_out_is_in_the_command(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    voice = 0.1 * np.random.default_rng(3).normal(size=16_000)
    soundfile.write(tmp_path / "ref 'one'.wav", voice, 8000)
    soundfile.write(tmp_path / "est one.wav", np.roll(voice, 25), 8000)
    show_files(qtbot, window, tmp_path / "ref 'one'.wav", tmp_path / "est one.wav")
    assert "--align" not in _copied(window)[0]
    _trigger(window, "align")
    wait_final(qtbot, window)
    (line,) = _copied(window)
    assert line.endswith(" --align")
    assert _same(_numbers(line, tmp_path / "score.json"), _in_window(window, [0]))
    window.commands.delays.change(edits.nudge, merges=True, earlier=1)
    wait_final(qtbot, window)
    _copied(window)
    assert "delays were chosen by hand" in window.statusBar().currentMessage()


def test_what_the_command_cannot_say_is_said(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    show_files(qtbot, window, *save_published_pair(tmp_path))
    window.views.store.edit(lambda s: replace(s, lengths=Lengths.PAD))
    wait_final(qtbot, window)
    _copied(window)
    assert "lengths or rates are treated in another way" in window.statusBar().currentMessage()


def test_nothing_is_written_when_the_dialog_is_left(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *save_published_pair(tmp_path))
    monkeypatch.setattr(ReportDialog, "exec", lambda _dialog: int(ReportDialog.DialogCode.Rejected))
    monkeypatch.setattr(export_jobs, "report_parts", lambda *_a, **_k: pytest.fail("not asked for"))
    _trigger(window, "export_report")
    assert not list(tmp_path.glob("*.html"))
