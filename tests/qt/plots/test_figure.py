"""Figures of plots: what their files hold, how large they are, and the session inside them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import struct
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from window_kit import answer, open_window, show_files, wait_final

from osisnr_gui.io.png_text import with_text
from osisnr_gui.qt.dialogs.figure_dialog import CSV, PDF, PNG, SVG, PlotDialog
from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.figure import Figure, png_bytes
from osisnr_gui.session import edits
from osisnr_gui.session.codec import (
    KEYWORD,
    SavedView,
    figure_text,
    load_session,
    relinked,
    session_bytes,
)
from osisnr_gui.session.session import Note, Session, Source

TOOLS = all(map(shutil.which, ("pdftotext", "pdftoppm")))
FOLDER = "home_of_anna"
#: 85 mm at 300 dpi.
COLUMN = {
    "pixels": 1004,
    "dpi": 300.0,
    "font": 7.0,
    "theme": LIGHT,
    "title": "A title",
    "files": ["clean.flac"],
    "settings": "alpha 0.3",
}
SLIDE = {"pixels": 1920, "dpi": 192.0, "font": 12.0, "height": 1080, "theme": DARK}


@pytest.fixture
def folder(tmp_path: Path, samples: Path) -> Path:
    """Files in a folder whose name must be in no figure."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name in ("clean", "est_dfn3", "est_gate"):
        shutil.copy(samples / f"2_enhancement_{name}.flac", folder / f"{name}.flac")
    return folder


@pytest.fixture
def window(qtbot: QtBot, folder: Path) -> Iterator[MainWindow]:
    with open_window(qtbot, (1280, 900)) as window:
        show_files(qtbot, window, *(folder / f"{name}.flac" for name in ("clean", "est_dfn3", "est_gate")))
        yield window


def _figure(window: MainWindow, how: dict[str, object] = COLUMN) -> Figure:
    plots = window.views.plots
    return Figure([row for row in plots.stack.rows if row.isVisible()], plots.set_theme, **how)  # type: ignore[arg-type]


def _save(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, path: Path, *, notes: bool = False, kind: str = PNG
) -> None:
    """The command, with this answer to its dialogs, until what it says is written."""

    def execute(dialog: PlotDialog) -> int:
        dialog._format.setCurrentIndex(dialog._format.findData(kind))
        dialog.notes.setChecked(notes)
        return PlotDialog.DialogCode.Accepted

    monkeypatch.setattr(PlotDialog, "exec", execute)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    window.actions_by_id.by_id["export_png"].trigger()
    end = time.monotonic() + 10.0
    while window.statusBar().currentMessage().startswith("Saving") and time.monotonic() < end:
        QApplication.processEvents()


def _chunks(data: bytes) -> dict[bytes, bytes]:
    found, place = {}, 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        found[data[place + 4 : place + 8]] = data[place + 8 : place + 8 + length]
        place += 12 + length
    return found


def _drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    keys = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, keys))


@pytest.mark.parametrize("demo", ["enhancement", "masks"])
def test_an_svg_has_text_and_curves_and_pictures(qtbot: QtBot, demo: str) -> None:
    with open_window(qtbot, (1280, 900)) as window:
        window.commands.open_demo(demo)
        wait_final(qtbot, window)
        window.views.plots.link.select(1.0, 2.0)
        figure = _figure(window)
        svg = ElementTree.fromstring(figure.svg())
        rows = [row for row in window.views.plots.stack.rows if row.isVisible()]
        assert svg.attrib["width"] == "85.005mm"
        texts = ["".join(each.itertext()) for each in svg.iter("{http://www.w3.org/2000/svg}text")]
        for wanted in ("A title", "clean.flac", "alpha 0.3", "OSI-SNR (dB)", "Loss"):
            assert wanted in map(str.strip, texts)
        paths = [each.attrib["d"] for each in svg.iter("{http://www.w3.org/2000/svg}path")]
        curves = [path for path in paths if path.count("L") + path.count(",") > 150]
        assert curves, "the curve of every frame is a path"
        places = [
            (k, each) for each in svg.iter("{http://www.w3.org/2000/svg}image") for k in each.attrib if "href" in k
        ]
        files = [base64.b64decode(each.attrib[key].partition(",")[2]) for key, each in places]
        shown = figure.width - rows[0].width() + rows[0].box.width()
        fine = [data for data in files if struct.unpack_from(">I", data, 16)[0] >= round(figure.scale * shown) - 1]
        assert len(fine) >= 2, "pictures are as fine as the resolution says"
        thin = [
            each
            for each in svg.iter()
            if each.tag.endswith(("polyline", "}line")) and each.get("vector-effect") == "non-scaling-stroke"
        ]
        assert len(thin) == 2 * len(rows), (
            "not every program knows such pens: only the edges of the selection have them"
        )


@pytest.mark.slow
@pytest.mark.may_skip
@pytest.mark.skipif(not TOOLS, reason="poppler-utils are not installed")
@pytest.mark.parametrize("demo", ["enhancement", "masks"])
def test_a_pdf_has_text_and_looks_like_the_png(qtbot: QtBot, tmp_path: Path, demo: str) -> None:
    with open_window(qtbot, (1280, 900)) as window:
        window.commands.open_demo(demo)
        wait_final(qtbot, window)
        figure = _figure(window)
        (tmp_path / "a.pdf").write_bytes(figure.pdf())
        words = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, check=True).stdout.decode()
        for wanted in ("A title", "alpha 0.3", "OSI-SNR (dB)", "Loss"):
            assert wanted in words
        subprocess.run(["pdftoppm", "-r", "300", "-png", "-singlefile", tmp_path / "a.pdf", tmp_path / "a"], check=True)
        drawn, wanted = QImage(str(tmp_path / "a.png")), figure.image()
        assert abs(drawn.width() - 1004) <= 1
        assert abs(drawn.height() - wanted.height()) <= 4
        greys = [
            np.array([[image.scaled(100, 100).pixelColor(x, y).lightness() for x in range(100)] for y in range(100)])
            for image in (drawn, wanted)
        ]
        assert np.corrcoef(greys[0].ravel(), greys[1].ravel())[0, 1] > 0.8


def test_a_row_that_just_came_is_as_wide_as_the_others(qtbot: QtBot, window: MainWindow) -> None:
    """While a picture is waited for the window lays itself out again."""
    for row in ("difference", "bands", "gain"):
        window.views.plots.stack.set_row_visible(row, True)
    wait_final(qtbot, window)
    figure = _figure(window)
    drawn: list[list[int]] = []
    render = Figure._render
    monkey = pytest.MonkeyPatch()
    monkey.setattr(
        Figure, "_render", lambda self, to: (render(self, to), drawn.append([row.width() for row in self.plots]))[0]
    )
    figure.image()
    monkey.undo()
    assert all(set(widths) == {figure.width} for widths in drawn)


def test_a_png_has_the_size_it_says(window: MainWindow) -> None:
    chunks = _chunks(png_bytes(_figure(window).image()))
    assert struct.unpack_from(">I", chunks[b"IHDR"])[0] == 1004
    across, down, unit = struct.unpack(">IIB", chunks[b"pHYs"])
    assert (round(across * 0.0254), round(down * 0.0254), unit) == (300, 300, 1)
    slide = _figure(window, SLIDE).image()
    assert (slide.width(), slide.height()) == (1920, 1080)


def test_the_screen_is_as_before(window: MainWindow) -> None:
    window.views.plots.link.set_cursor(2.0)
    before = window.views.plots.grab().toImage()
    for how in (COLUMN, SLIDE):
        figure = _figure(window, how)
        for write in (figure.image, figure.svg, figure.pdf):
            write()
            assert window.views.plots.grab().toImage() == before


@pytest.mark.parametrize(("ending", "start"), [(PNG, b"\x89PNG"), (SVG, b"<?xml"), (PDF, b"%PDF")])
def test_the_ending_says_what_is_written(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, start: bytes
) -> None:
    path = tmp_path / f"figure.{ending}"
    _save(window, monkeypatch, path)
    assert path.read_bytes().startswith(start)


def test_an_ending_that_is_no_format_is_refused(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: said.append(box.text()))
    for name in ("figure.jpg", "figure.csv"):
        _save(window, monkeypatch, tmp_path / name)
        assert not (tmp_path / name).exists()
        assert ".png, .svg or .pdf" in said.pop()


def test_no_figure_names_a_folder_and_notes_only_if_asked(
    window: MainWindow, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = Note(1.0, 2.0, "a secret")
    monkeypatch.setattr("osisnr_gui.qt.commands.session_files.SessionFiles.may_close", lambda _files: True)
    window.views.store.edit(lambda session: edits.add_note(session, note))
    for kind in (PNG, SVG, PDF):
        path = tmp_path / f"figure.{kind}"
        for notes in (False, True):
            _save(window, monkeypatch, path, notes=notes, kind=kind)
            data = path.read_bytes()
            streams = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL) if kind == PDF else []
            plain = data + b"".join(_inflated(stream) for stream in streams)
            for name in (FOLDER, str(folder.parent), Path.home().name):
                assert name.encode() not in plain
                assert name.encode("utf-16-be") not in plain
            if kind == PNG:
                assert (b"a secret" in plain) is notes
                assert b"est_gate.flac" in plain
            if kind == SVG and not notes:
                assert b"a secret" not in plain


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


def test_a_dropped_png_brings_back_files_range_and_settings(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.views.store.edit(lambda session: edits.set_alpha(session, 0.55))
    wait_final(qtbot, window)
    window.views.plots.link.set_range(1.0, 2.5)
    _save(window, monkeypatch, tmp_path / "figure.png")
    wanted = window.views.store.session
    other = tmp_path / "elsewhere"
    other.mkdir()
    for name, now in (("clean", "clean"), ("est_dfn3", "renamed"), ("est_gate", "est_gate")):
        shutil.copy(folder / f"{name}.flac", other / f"{now}.flac")
    shutil.rmtree(folder)
    shutil.move(tmp_path / "figure.png", other / "figure.png")
    with open_window(qtbot) as new:
        _drop(new, other / "figure.png")
        wait_final(qtbot, new)
        session = new.views.store.session
        assert [Path(source.path).name for source in session.sources] == ["clean.flac", "renamed.flac", "est_gate.flac"]
        assert {Path(source.path).parent for source in session.sources} == {other}
        assert session.loss == wanted.loss
        assert tuple(new.views.plots.link.visible) == (1.0, 2.5)
        assert new.commands.session_files.path == "", "Ctrl+S must not write over a picture"
        assert new.views.plots.pair is not None
        assert new.views.plots.pair.score is not None


def test_files_elsewhere_are_asked_for_and_others_of_the_name_are_told(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "figures" / "figure.png"
    picture.parent.mkdir()
    _save(window, monkeypatch, picture)
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: said.append(box.text()))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(folder))
    asked = answer(monkeypatch, "Choose a folder…")
    shutil.copy(folder / "est_dfn3.flac", folder / "est_gate.flac")
    with open_window(qtbot) as new:
        new.commands.asks = True
        _drop(new, picture)
        wait_final(qtbot, new)
        assert "3 files" in asked[0]
        assert [Path(source.path).parent for source in new.views.store.session.sources][:2] == [folder, folder]
        assert said == ["Not what the figure was made of, though of the same name: est_gate.flac"]
        last = new.views.store.session.estimates[-1].path
        assert not Path(last).exists(), "another file of the name is not scored in its place"
        assert new.views.store.analysis.pairs[-1].score is None


def test_a_figure_cannot_reach_for_files_elsewhere(window: MainWindow, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "figures" / "figure.png"
    path.parent.mkdir()
    session = window.views.store.session
    text = figure_text(session, SavedView(), [None, None, None]).decode()
    for name in ("clean.flac", f"{FOLDER}/est_gate.flac"):
        text = text.replace(f'"{Path(name).name}"', f'"../{name}"')
    assert text.count("../") == 2
    path.write_bytes(with_text(png_bytes(QImage(8, 8, QImage.Format.Format_RGB32)), KEYWORD, text.encode()))
    found, _view, _hashes = load_session(str(path))
    assert {Path(source.path).parent for source in found.sources} == {path.parent}


def test_a_picture_without_a_session_says_so(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: said.append(box.text()))
    window.grab().save(str(tmp_path / "other.png"))
    before = window.views.store.session
    _drop(window, tmp_path / "other.png")
    assert "this picture holds no session" in said[0]
    assert window.views.store.session == before


def _dialog(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> PlotDialog:
    """What the command shows."""
    shown: list[PlotDialog] = []
    monkeypatch.setattr(PlotDialog, "exec", lambda dialog: shown.append(dialog) or PlotDialog.DialogCode.Rejected)
    monkeypatch.setattr(PlotDialog, "deleteLater", lambda _dialog: None)
    window.actions_by_id.by_id["export_png"].trigger()
    monkeypatch.undo()
    return shown[0]


def test_the_dialog_shows_size_look_and_what_is_inside(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = _dialog(window, monkeypatch)
    dialog.show()
    qtbot.waitUntil(lambda: not dialog._preview.pixmap().isNull(), timeout=10_000)
    assert "SHA-256 of 3 files" in dialog._inside.text()
    dialog._preset.setCurrentIndex(1)
    assert dialog.figure.pixels == 1004
    dialog._unit.setCurrentIndex(0)
    assert dialog.figure.pixels == 1004
    dialog._look.setCurrentIndex(1)
    dialog._names.setChecked(True)
    qtbot.waitUntil(lambda: "85 × " in dialog._size.text(), timeout=10_000)
    assert dialog._preview.pixmap().toImage().pixelColor(1, 1).lightness() > 200
    assert dialog.figure.files == ["clean.flac", "est_dfn3.flac", "est_gate.flac"]
    dialog._rows.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert len(dialog.chosen) == dialog._rows.count() - 2, "the overview is not in it unless it is asked for"
    dialog._format.setCurrentIndex(dialog._format.findData(SVG))
    assert dialog._inside.text() == "The file holds what is seen, and nothing else."
    assert dialog._format.findData(CSV) == -1
    dialog.close()
    dialog.deleteLater()


def test_session_files_know_nothing_of_hashes(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _save(window, monkeypatch, tmp_path / "figure.png")
    inside = json.loads(_chunks((tmp_path / "figure.png").read_bytes())[b"iTXt"].partition(b"\0\0\0\0\0")[2])
    paths = [source.path for source in window.views.store.session.sources]
    assert inside["hashes"] == [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths]
    session = tmp_path / "plain.osisnr"
    session.write_text(json.dumps(inside["saved"]), encoding="utf-8")
    assert load_session(str(session))[0].loss == window.views.store.session.loss
    written = json.loads(session_bytes(window.views.store.session, window.commands.session_files.view(), str(session)))
    assert written.keys() == inside["saved"].keys()
    assert written["view"] == inside["saved"]["view"]


@pytest.mark.parametrize("kind", [PNG, SVG, PDF])
def test_a_place_that_takes_no_file_is_told(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: said.append(box.text()))
    _save(window, monkeypatch, tmp_path / "gone" / f"figure.{kind}", kind=kind)
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    assert f"figure.{kind}: not saved" in said[0]
    assert not (tmp_path / "gone").exists()


def test_a_width_that_makes_too_many_pixels_cannot_be_chosen(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = _dialog(window, monkeypatch)
    dialog._preset.setCurrentIndex(2)
    assert dialog._width.value() == 178.0
    dialog._dpi.setValue(2400)
    assert dialog._width.value() == pytest.approx(16_000 / 2400 * 25.4, abs=0.05)
    assert dialog.figure.pixels / dialog.figure.dpi * 25.4 == pytest.approx(dialog._width.value(), abs=0.01)
    dialog._preset.setCurrentIndex(1)
    assert (dialog._width.value(), dialog.figure.pixels) == (85.0, 1004)
    dialog.deleteLater()


def test_presets_are_of_the_size_they_say(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = _dialog(window, monkeypatch)
    for preset, (pixels, across, height) in enumerate(
        [(1004, 85.0, 0), (2102, 178.0, 0), (1920, 254.0, 1080)], start=1
    ):
        dialog._preset.setCurrentIndex(preset)
        figure = dialog.figure
        assert (figure.pixels, figure.height) == (pixels, height)
        assert figure.pixels / figure.dpi * 25.4 == pytest.approx(across, abs=0.05)
    dialog.close()
    dialog.deleteLater()


def test_files_of_one_name_are_found_by_content_in_the_folders_beside_the_figure(tmp_path: Path) -> None:
    for name in ("est", "ref"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "vocals.wav").write_text(name)
    named = Source(str(tmp_path / "vocals.wav"))
    session = Session(references=(named,), estimates=(named,))
    hashes = "ref", "est"
    found, missing = relinked(session, str(tmp_path), hashes=hashes, hash_of=lambda path: Path(path).read_text())
    assert [source.path for source in found.sources] == [str(tmp_path / name / "vocals.wav") for name in ("ref", "est")]
    assert missing == []
