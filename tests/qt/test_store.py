"""The store under edits that come while a run is on its way: one session in force, nothing computed is lost."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import soundfile
from pytestqt.qtbot import QtBot

import osisnr_gui.qt.store as store_module
from osisnr_gui.io.errors import Cancelled
from osisnr_gui.qt.store import Store
from osisnr_gui.session import changes, edits
from osisnr_gui.session.analysis import AnalysisOptions, analyse
from osisnr_gui.session.session import Criterion, Note, Session
from osisnr_gui.session.tracks import stamp_of


class _Gate:
    """Lets runs of `analyse` begin, and holds them after their first report until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.calls: list[Session] = []
        self.wanted: list[AnalysisOptions] = []

    def analyse(self, session: Session, previous: Any, *, progress: Any, cancelled: Any, **options: Any) -> Any:
        self.calls.append(session)
        self.wanted.append(options["wanted"])

        def held(report: Any) -> None:
            progress(report)
            while report.analysis is not None and not self.open.wait(0.005):
                if cancelled():
                    raise Cancelled

        return analyse(session, previous, progress=held, cancelled=cancelled, **options)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> _Gate:
    gate = _Gate()
    monkeypatch.setattr(store_module, "analyse", gate.analyse)
    return gate


@pytest.fixture
def store(qtbot: QtBot, gate: _Gate, samples: Path) -> Iterator[Store]:
    """A store with the enhancement pair, done."""
    store = Store()
    paths = [str(samples / name) for name in ("2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac")]
    store.edit(partial(edits.open_files, paths=paths))
    qtbot.waitUntil(lambda: store.analysis.complete and not store.is_busy, timeout=10_000)
    gate.calls.clear()
    yield store
    store.close()


def _add(store: Store, samples: Path) -> None:
    store.edit(partial(edits.add_files, paths=[str(samples / "2_enhancement_est_gate.flac")]))


def test_cancel_puts_the_session_on_screen_in_force_again(
    qtbot: QtBot, store: Store, gate: _Gate, samples: Path
) -> None:
    before, shown = store.session, store.analysis
    gate.open.clear()
    store.edit(partial(edits.set_framing, hop=64))
    qtbot.wait(50)
    assert store.analysis.pairs == shown.pairs, "the old result stays until the new one is there"
    store.cancel()
    assert store.session == before == store.analysis.session
    assert store.history.following is not None
    assert not store.is_busy


def test_a_run_begins_where_the_user_looks(qtbot: QtBot, store: Store, gate: _Gate) -> None:
    for hop, place in ((64, 2.5), (32, None)):
        store.looked_at = lambda place=place: place
        store.edit(partial(edits.set_framing, hop=hop))
        qtbot.waitUntil(lambda: store.analysis.complete and not store.is_busy, timeout=10_000)
        assert gate.wanted[-1].around == place


def test_a_finished_pair_survives_cancel_of_the_next(qtbot: QtBot, store: Store, gate: _Gate, samples: Path) -> None:
    first = store.analysis.pairs[0]
    gate.open.clear()
    _add(store, samples)
    qtbot.waitUntil(lambda: len(store.analysis.pairs) == 2, timeout=5_000)
    store.cancel()
    assert store.analysis.pairs[0].frames is first.frames
    assert store.analysis.pairs[0].score is not None
    assert len(store.session.estimates) == len(store.analysis.pairs) == 2


def test_a_slider_after_cancel_scores_and_starts_nothing(
    qtbot: QtBot, store: Store, gate: _Gate, samples: Path
) -> None:
    gate.open.clear()
    _add(store, samples)
    qtbot.waitUntil(lambda: len(store.analysis.pairs) == 2, timeout=5_000)
    store.cancel()
    gate.calls.clear()
    store.edit(partial(edits.set_alpha, alpha=0.7), "alpha")
    assert store.analysis.pairs[0].score.loss.alpha == 0.7  # type: ignore[union-attr]
    assert gate.calls == []
    gate.open.set()
    store.reload()
    qtbot.waitUntil(lambda: store.analysis.complete and not store.is_busy, timeout=10_000)
    assert store.analysis.pairs[1].score.loss.alpha == 0.7  # type: ignore[union-attr]


def test_undo_during_a_run_needs_no_new_pass(qtbot: QtBot, store: Store, gate: _Gate) -> None:
    frames = store.analysis.pairs[0].frames
    gate.open.clear()
    store.edit(partial(edits.set_framing, n_fft=1024))
    qtbot.wait(50)
    store.undo()
    gate.open.set()
    qtbot.waitUntil(lambda: not store.is_busy, timeout=5_000)
    assert store.analysis.complete
    assert store.analysis.pairs[0].frames is frames


def test_a_slider_during_a_run_does_not_restart_it(qtbot: QtBot, store: Store, gate: _Gate, samples: Path) -> None:
    gate.open.clear()
    _add(store, samples)
    qtbot.waitUntil(lambda: len(gate.calls) == 1, timeout=5_000)
    for alpha in (0.4, 0.5, 0.6):
        store.edit(partial(edits.set_alpha, alpha=alpha), "alpha")
    gate.open.set()
    qtbot.waitUntil(lambda: store.analysis.complete and not store.is_busy, timeout=10_000)
    assert len(gate.calls) == 1
    assert [pair.score.loss.alpha for pair in store.analysis.pairs] == [0.6, 0.6]  # type: ignore[union-attr]


def test_an_unexpected_error_is_told_once_and_steps_back(
    qtbot: QtBot, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.session
    told: list[str] = []
    store.failed.connect(lambda _sentence, details: told.append(details))

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(store_module, "analyse", broken)
    store.edit(partial(edits.set_framing, hop=64))
    qtbot.waitUntil(lambda: bool(told), timeout=5_000)
    assert "on purpose" in told[0]
    assert store.session == before
    store.edit(partial(edits.set_alpha, alpha=0.9), "alpha")
    qtbot.wait(50)
    assert len(told) == 1
    assert store.analysis.pairs[0].score.loss.alpha == 0.9  # type: ignore[union-attr]


def test_cancel_of_an_undo_goes_forward_again_and_keeps_notes(qtbot: QtBot, store: Store, gate: _Gate) -> None:
    store.edit(partial(edits.set_framing, n_fft=1024))
    qtbot.waitUntil(lambda: not store.is_busy)
    gate.open.clear()
    store.undo()
    note = Note(0.0, 1.0, "meanwhile")
    store.edit(partial(edits.add_note, note=note))
    store.cancel()
    assert store.session.framing.n_fft == 1024
    assert store.session.notes == (note,)
    assert store.analysis.session == store.session


@pytest.mark.parametrize(
    "edit",
    [
        partial(edits.set_silence, silence_db=30.0),
        partial(edits.set_bad, criterion=Criterion.DROP),
    ],
    ids=["silence limit", "running median"],
)
def test_what_takes_long_is_left_to_the_worker_and_reads_no_file(
    qtbot: QtBot, store: Store, gate: _Gate, monkeypatch: pytest.MonkeyPatch, edit: edits.Edit
) -> None:
    at_once = store.analysis.pairs[0]
    monkeypatch.setattr(changes, "MANY_FRAMES", at_once.frames.n_frames - 1)  # type: ignore[union-attr]
    store.edit(edit)
    assert store.is_busy
    assert store.analysis.session != store.session, "what is on screen stays until the worker has scored it anew"
    qtbot.waitUntil(lambda: store.analysis.complete and not store.is_busy, timeout=10_000)
    assert store.analysis.session == store.session == gate.calls[-1]
    again = store.analysis.pairs[0]
    assert again.frames is at_once.frames
    assert again.score is not at_once.score
    store.edit(partial(edits.set_alpha, alpha=0.6), "alpha")
    assert not store.is_busy, "sliders need no worker"
    assert store.analysis.pairs[0].score.loss.alpha == 0.6  # type: ignore[union-attr]


def test_an_edit_while_the_worker_scores_anew_is_not_lost(
    qtbot: QtBot, store: Store, gate: _Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MANY_FRAMES", 1)
    gate.open.clear()
    store.edit(partial(edits.set_silence, silence_db=30.0), "silence")
    store.edit(partial(edits.set_silence, silence_db=20.0), "silence")
    store.edit(partial(edits.set_alpha, alpha=0.6), "alpha")
    gate.open.set()
    qtbot.waitUntil(lambda: store.analysis.session == store.session and not store.is_busy, timeout=10_000)
    score = store.analysis.pairs[0].score
    assert score is not None
    assert (score.facts.silence_db, score.loss.alpha) == (20.0, 0.6)
    assert store.analysis.complete


def test_cancel_shows_what_would_take_long_all_the_same(
    qtbot: QtBot, store: Store, gate: _Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session and what is on screen must not part."""
    monkeypatch.setattr(changes, "MANY_FRAMES", 1)
    gate.open.clear()
    store.edit(partial(edits.set_silence, silence_db=30.0), "silence")
    store.cancel()
    assert store.analysis.session == store.session
    assert store.analysis.pairs[0].score.facts.silence_db == 30.0  # type: ignore[union-attr]


def test_an_edit_during_a_thorough_reload_does_not_bring_back_what_is_no_longer_there(
    qtbot: QtBot, store: Store, gate: _Gate, samples: Path, tmp_path: Path
) -> None:
    reference = store.analysis.reference
    assert reference is not None
    sound, rate = soundfile.read(reference.source.path)
    path, times = tmp_path / "e.wav", (1e9, 1e9)
    soundfile.write(path, sound, rate, subtype="PCM_16")
    os.utime(path, times)
    store.edit(partial(edits.open_pair, reference=reference.source.path, estimate=str(path)))
    qtbot.waitUntil(lambda: store.analysis.complete and not store.is_busy, timeout=10_000)
    store.hashes.make(str(path), stamp_of(str(path)))
    soundfile.write(path, 0.5 * sound[::-1], rate, subtype="PCM_16")
    os.utime(path, times)  # of another content, and all the same to whoever only looks at it
    gate.open.clear()
    store.reload(thoroughly=True)
    _add(store, samples)
    gate.open.set()
    qtbot.waitUntil(lambda: store.analysis.complete and not store.is_busy, timeout=10_000)
    whole = store.analysis.pairs[0].whole
    assert whole is not None
    assert whole.si_snr_db < 0
