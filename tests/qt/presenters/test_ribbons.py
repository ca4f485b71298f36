"""Ribbons through the real window: when they are there, and what is said of a frame."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, LIGHT, Theme
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.presenters import ribbons
from osisnr_gui.qt.presenters.ribbons import BEST, PAIRING, ribbon_colour
from osisnr_gui.session import edits
from osisnr_gui.session.session import Session, Source
from tests.kits.window_kit import open_window, show_files, wait_final

TWO = ("2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac", "2_enhancement_est_gate.flac")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


def visible(window: MainWindow, row_id: str = BEST) -> bool:
    row = window.views.plots.stack.row(row_id)
    assert row.isVisible() == window.views.plots.stack.places[row_id].is_shown
    return row.isVisible()


def test_the_best_estimate_of_a_frame_is_named_with_its_lead(qtbot: QtBot, window: MainWindow) -> None:
    window.commands.open_demo("enhancement")
    wait_final(qtbot, window)
    assert not visible(window), "not at the first start"
    window.actions_by_id.by_id["row_best"].trigger()
    wait_final(qtbot, window)
    assert visible(window)
    plots = window.views.plots
    analysis = window.views.store.analysis
    (best,) = analysis.best
    assert plots.ribbons.best_row.item.ribbon.best is best.best
    values = [pair.score.facts.active_osi_db for pair in analysis.pairs]
    frame = int(np.flatnonzero(values[1] > values[0] + 0.5)[3])
    link, readout = plots.link, window.views.readout
    link.set_hover(best.first_time + frame * best.step, 0.5, BEST)
    assert f"best B +{values[1][frame] - values[0][frame]:.1f} dB" in readout.text
    assert "Here: B +" in plots.ribbons.best_row.words_at(link.hover.time)
    assert f"A {100 * best.win_rate(0):.1f} %" in plots.ribbons.best_row.accessibleName()
    silent = int(np.flatnonzero(np.isnan(values[0]))[0])
    link.set_hover(best.first_time + silent * best.step, 0.5, BEST)
    assert "best" not in readout.text
    assert "Here" not in plots.ribbons.best_row.words_at(link.hover.time)


def test_an_estimate_that_cannot_be_compared_leaves_the_reference_and_says_why_there_is_no_ribbon(
    qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "est_mask.npy", np.ones((257, 50)))
    show_files(qtbot, window, *(samples / name for name in TWO), tmp_path / "est_mask.npy")
    plots, pairs = window.views.plots, window.views.store.analysis.pairs
    assert plots.ribbons.best_row.words.message == ""
    window.views.selection.select(2, 3)
    wait_final(qtbot, window)
    assert pairs[2].error is not None
    assert plots.ribbons.best_row.words.message == "The estimate in view, or every other one, cannot be compared"
    assert plots.spectrograms[0]._item.sources == (pairs[0].pictures.reference,)
    window.views.selection.select(1, 3)
    wait_final(qtbot, window)
    assert plots.ribbons.best_row.words.message == ""


def test_one_estimate_has_no_ribbon_and_a_wish_outlives_it(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot) as window:
        window.views.plots.stack.set_row_visible(BEST, True)
        show_files(qtbot, window, *(samples / name for name in TWO[:2]))
        action = window.actions_by_id.by_id["row_best"]
        assert not visible(window)
        assert not action.isEnabled()
        assert not action.isChecked()
    with open_window(qtbot) as window:
        action = window.actions_by_id.by_id["row_best"]
        show_files(qtbot, window, *(samples / name for name in TWO))
        assert visible(window), "hidden for want of a second estimate, not by the user"
        assert action.isEnabled()
        assert action.isChecked()
        action.trigger()
        assert not visible(window)
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in TWO))
        assert not visible(window)
        assert window.actions_by_id.by_id["row_best"].isEnabled()
        window.actions_by_id.by_id["row_best"].trigger()
        assert visible(window)


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_twelve_estimates_have_twelve_colours(theme: Theme) -> None:
    colours = [ribbon_colour(theme, place) for place in range(12)]
    assert len(set(colours)) == 12
    assert colours[:7] == [theme.estimate(place).colour.lower() for place in range(7)]


def test_hiding_all_other_rows_brings_them_back_next_time(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in TWO))
        for name in ("best", "reference", "estimate", "osi", "loss"):
            window.actions_by_id.by_id[f"row_{name}"].trigger()
        assert visible(window)
        assert window.views.plots.stack.row(BEST).time_axis
        assert window.views.plots.stack.row(BEST).height() < 60
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in TWO))
        assert visible(window, "loss")
        assert window.views.plots.stack.row(BEST).height() == 24


RATE, LENGTH, HALF = 16_000, 48_000, 24_000


@pytest.fixture
def speakers(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> MainWindow:
    """Two speakers; A is the first and then the second one, B the other way round."""
    noise = np.random.default_rng(1)
    one, two = 0.1 * noise.normal(size=(2, LENGTH))
    first = np.arange(LENGTH) < HALF
    signals = {"s1": one, "s2": two, "a": np.where(first, one, two), "b": np.where(first, two, one)}
    for name, x in signals.items():
        soundfile.write(tmp_path / f"{name}.wav", x + 0.003 * noise.normal(size=LENGTH) * (len(name) == 1), RATE)
    s1, s2, a, b = (Source(str(tmp_path / f"{name}.wav")) for name in signals)
    window.views.store.edit(lambda _session: Session((s1, s2), (a, b)))
    wait_final(qtbot, window)
    return window


def runs_counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the references of all cross passes from now on."""
    runs: list[str] = []
    run = ribbons.run_cross

    def counted(session, reference, *rest):
        runs.append(reference.name)
        return run(session, reference, *rest)

    monkeypatch.setattr(ribbons, "run_cross", counted)
    return runs


def test_the_ribbon_turns_at_the_frame_where_the_speakers_swap(
    qtbot: QtBot, speakers: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = runs_counted(monkeypatch)
    plots, store = speakers.views.plots, speakers.views.store
    pairing = plots.ribbons.pairing
    assert not visible(speakers, PAIRING)
    assert not visible(speakers), "each reference has but one estimate"
    speakers.actions_by_id.by_id["row_pairing"].trigger()
    wait_final(qtbot, speakers)
    assert runs == ["s2.wav"], "only for the estimate in view, only now"
    place, starts = pairing.best.best.place, 128 * np.arange(pairing.best.best.place.size)
    assert (place[starts + 512 <= HALF] == 0).all()
    assert (place[starts >= HALF] == 1).all()
    assert pairing.row.item.ribbon.letters == ("1", "2")
    plots.link.set_hover(2.5, 0.5, PAIRING)
    assert "fits ref 2 +" in speakers.views.readout.text
    assert "Here: fits ref 2 +" in pairing.row.words_at(2.5)
    assert "reference 1 (its own) 49." in pairing.row.accessibleName() or "50." in pairing.row.accessibleName()
    store.edit(lambda session: edits.set_alpha(session, 0.9))
    speakers.views.selection.select(1, 2)
    wait_final(qtbot, speakers)
    assert runs == ["s2.wav", "s1.wav"], "alpha changes nothing, another estimate is a pass of its own"
    assert (pairing.best.best.place[starts >= HALF] == 0).all()
    speakers.views.selection.select(0, 2)
    store.edit(lambda session: edits.set_silence(session, 40.0))
    wait_final(qtbot, speakers)
    assert runs == ["s2.wav", "s1.wav"], "what was made is kept"
    assert (pairing.best.best.place[starts >= HALF] == 1).all()
    store.edit(lambda session: edits.set_framing(session, n_fft=256))
    wait_final(qtbot, speakers)
    assert runs[2:] == ["s2.wav"]


def test_a_pass_ends_when_its_row_is_hidden(
    qtbot: QtBot, speakers: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairing, action = speakers.views.plots.ribbons.pairing, speakers.actions_by_id.by_id["row_pairing"]
    begun, ended, run = threading.Event(), threading.Event(), ribbons.run_cross

    def slow(session, reference, estimate, grid, progress, cancelled):
        begun.set()
        while not cancelled():
            ended.wait(0.01)
        try:
            return run(session, reference, estimate, grid, progress, cancelled)
        finally:
            ended.set()

    monkeypatch.setattr(ribbons, "run_cross", slow)
    action.trigger()
    assert begun.wait(5)
    assert not speakers.is_final()
    action.trigger()
    qtbot.waitUntil(ended.is_set)
    qtbot.waitUntil(lambda: not pairing._job.is_busy)
    assert pairing.best is None
    monkeypatch.setattr(ribbons, "run_cross", run)
    action.trigger()
    wait_final(qtbot, speakers)
    assert pairing.best is not None


def test_what_cannot_be_compared_says_so(qtbot: QtBot, speakers: MainWindow, tmp_path: Path) -> None:
    speakers.actions_by_id.by_id["row_pairing"].trigger()
    wait_final(qtbot, speakers)
    path = tmp_path / "slow.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(3).normal(size=LENGTH), 11_025)
    session = speakers.views.store.session
    speakers.views.store.edit(lambda _old: Session((session.references[0], Source(str(path))), session.estimates[:1]))
    wait_final(qtbot, speakers)
    row = speakers.views.plots.ribbons.pairing.row
    assert "one sample rate" in row.words.message
    assert row.item.ribbon is None
    speakers.commands.open_demo("masks")
    wait_final(qtbot, speakers)
    assert not visible(speakers, PAIRING)
    assert not speakers.actions_by_id.by_id["row_pairing"].isEnabled()
