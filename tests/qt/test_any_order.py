"""Files come, go and change places in any order while things are heard, drawn, open and saved: nothing breaks."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_sound import FakeSystem
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot
from window_kit import WAIT_MS, open_window, show_files, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits
from osisnr_gui.session.guess import Role
from osisnr_gui.session.session import Criterion, MaskGrid, Session, Source
from osisnr_gui.session.sound.listening import Sound, SoundKind

RATE = 8000
#: Menu commands that ask for nothing and leave the files alone.
COMMANDS = (
    *("play", "stop", "flip", "hear_reference", "hear_estimate", "hear_mixture", "hear_residual", "play_box", "loop"),
    *("match_off", "match_rms", "match_osi", "residual_whole", "residual_frame", "band", "residual"),
    *("all_estimates", "hide_curve", "all_curves", "mixture_curve", "next_partner", "difference_loss"),
    *("difference_osi", "keep_ghost", "forget_ghosts", "inspector", "mask_values", "next_bad", "previous_bad", "worst"),
    *("row_delta", "row_pairing", "row_best", "row_gain", "row_bands", "next_blame", "blame_off", "delay", "align"),
    *("delay_earlier", "delay_none", "speakers", "exact", "literal", "copy_numbers", "copy_frame", "bad_list"),
    *("export_csv", "export_json", "export_sound", "export_segments", "frame_right", "cursor_end", "fit", "swap"),
)


@pytest.fixture
def sounds(tmp_path: Path) -> list[Path]:
    """Two references, three estimates, a mixture, half a second each."""
    rng = np.random.default_rng(8)
    voices = 0.2 * rng.standard_normal((2, RATE // 2)) * np.hanning(RATE // 2)
    signals = {"ref_a": voices[0], "ref_b": voices[1], "mix": voices.sum(axis=0)}
    signals |= {f"est_{k}": voices[k % 2] + 0.02 * (k + 1) * rng.standard_normal(RATE // 2) for k in range(3)}
    paths = [tmp_path / f"{name}.wav" for name in signals]
    for path, signal in zip(paths, signals.values(), strict=True):
        soundfile.write(path, signal, RATE)
    return paths


@pytest.fixture
def masks(tmp_path: Path, sounds: list[Path]) -> list[Path]:
    """A mask as reference, three as estimates, and a mixture to hear them on."""
    rng = np.random.default_rng(9)
    paths = [tmp_path / f"{name}.npy" for name in ("ref_mask", "est_mask_0", "est_mask_1", "est_mask_2")]
    for path in paths:
        np.save(path, rng.random((65, 126)))
    return [*paths, next(path for path in sounds if path.stem == "mix")]


class Hand:
    """Does one thing after the other, chosen by a seed; what it did is in `done`."""

    def __init__(self, window: MainWindow, system: FakeSystem, seed: int, wait: Callable[[], None]) -> None:
        self.window, self.system, self.wait = window, system, wait
        self.chance = random.Random(seed)
        self.paths = [source.path for source in self._session.sources]
        self.done: list[str] = []
        self._doings: tuple[tuple[int, Callable[[], str]], ...] = (
            (6, self._edit_files),
            (3, self._go_back),
            (8, self._command),
            (3, self._hear),
            (2, self._choose),
            (2, self._change_settings),
            (1, self._rewrite),
            (1, self._open_more),
        )

    def act(self) -> None:
        """One thing, then as many turns of the event loop as chance has it."""
        weights = [weight for weight, _ in self._doings]
        doing = self.chance.choices([doing for _, doing in self._doings], weights)[0]
        if len(self._session.estimates) < 2 or not self._session.references:
            doing = self._open_all
        self.done.append(f"{doing.__name__.strip('_')}…")
        self.done[-1] = doing()
        if self.chance.random() < 0.3:
            self.wait()
        for _ in range(self.chance.choice((0, 0, 1, 3, 20))):
            QApplication.processEvents()
        card = self.system.card if self.system.opened else None
        if card is not None and not card.closed:
            card.pull(256)

    @property
    def _session(self) -> Session:
        return self.window.views.store.session

    def _source(self) -> Source | None:
        sources = self._session.sources
        return self.chance.choice(sources) if sources else None

    def _edit_files(self) -> str:
        source, role = self._source(), self.chance.choice(list(Role))
        if source is None:
            return "nothing is open"
        session = self._session
        choices: dict[str, Callable[[Session], Session]] = {
            "remove": lambda s: edits.remove(s, source),
            f"role {role}": lambda s: edits.set_role(s, source, role),
            "swap": lambda s: edits.swap(s, source),
            "one more reference": lambda s: edits.add_reference(s, source),
            "delay": lambda s: edits.change_source(s, source, delay=source.delay + 7),
            "flip": lambda s: edits.change_source(s, source, flip=not source.flip),
            "gone": lambda s: edits.change_source(s, source, path=source.path + ".gone"),
            "reverse": lambda s: replace(s, estimates=s.estimates[::-1], pairing=s.pairing[::-1]),
        }
        if source in session.estimates:
            partner = self.chance.randrange(3)
            choices["partner"] = lambda s: edits.set_partner(s, source, min(partner, max(0, len(s.references) - 1)))
        (name,) = self.chance.choices(list(choices), [2 if name == "remove" else 1 for name in choices])
        self.window.views.store.edit(choices[name])
        return f"{name} {Path(source.path).name}"

    def _go_back(self) -> str:
        name = self.chance.choice(("undo", "undo", "redo", "reload"))
        self.window.actions_by_id.by_id[name].trigger()
        return name

    def _command(self) -> str:
        name = self.chance.choice(COMMANDS)
        self.window.actions_by_id.by_id[name].trigger()
        return name

    def _hear(self) -> str:
        player = self.window.views.player
        sound = self.chance.choice([*player.recipe.sounds, Sound(SoundKind.ESTIMATE, self.chance.randrange(4))])
        player.hear(sound)
        return f"hear {sound.kind} {sound.index}"

    def _choose(self) -> str:
        index = self.chance.randrange(4)
        self.window.commands.playback.hear_estimate(index)
        return f"choose {index}"

    def _change_settings(self) -> str:
        store, chance = self.window.views.store, self.chance
        against = chance.choice((None, 0, 1, 2, 7))
        choices: dict[str, Callable[[Session], Session]] = {
            "gamma": lambda s: edits.set_gamma(s, 3.0 + s.loss.gamma % 5),
            "threshold": lambda s: edits.set_threshold(s, 5.0 + s.threshold_db % 7),
            f"against {against}": lambda s: edits.set_bad(s, criterion=Criterion.AGAINST, against=against),
            "drop": lambda s: edits.set_bad(s, criterion=Criterion.DROP),
            "frames": lambda s: edits.set_framing(s, n_fft=chance.choice((None, 64, 128))),
        }
        name = chance.choice(list(choices))
        store.edit(choices[name])
        return name

    def _rewrite(self) -> str:
        """Another file of the set under this one's name."""
        path, other = self.chance.choice(self.paths), self.chance.choice(self.paths)
        if path != other and Path(path).suffix == Path(other).suffix:
            shutil.copy(other, path)
            self.window.actions_by_id.by_id["reload"].trigger()
        return f"{Path(other).name} over {Path(path).name}"

    def _open_all(self) -> str:
        self.window.commands.take_files(self.paths, add=False)
        grid = MaskGrid(rate=RATE, hop=32)
        self.window.views.store.edit(lambda session: replace(session, mask_grid=grid))
        self.wait()
        return "open all"

    def _open_more(self) -> str:
        path = self.chance.choice(self.paths)
        self.window.commands.take_files([path], add=self.chance.random() < 0.8)
        return f"open {Path(path).name}"


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def window(qtbot: QtBot, system: FakeSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    names = (str(tmp_path / f"saved_{k}") for k in range(10_000))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (next(names), ""))
    with open_window(qtbot) as window:
        window.views.player.deck.system = system  # type: ignore[assignment]
        yield window


def _play_through(
    qtbot: QtBot, window: MainWindow, system: FakeSystem, paths: list[Path], seed: int, count: int
) -> None:
    show_files(qtbot, window, *paths)
    hand = Hand(window, system, seed, lambda: qtbot.waitUntil(lambda: not window.views.store.is_busy, timeout=WAIT_MS))
    for _ in range(count):
        with qtbot.captureExceptions() as errors:
            try:
                hand.act()
            except Exception as error:
                raise AssertionError(f"seed {seed}: {hand.done}") from error
        assert not errors, f"seed {seed}: {hand.done}: {errors}"
    wait_final(qtbot, window)
    player, session = window.views.player, window.views.store.session
    assert tuple(pair.source for pair in window.views.store.analysis.pairs) == session.estimates
    assert all(
        sound.index < len(session.estimates) for sound in player.recipe.sounds if sound.kind is SoundKind.ESTIMATE
    )


@pytest.mark.parametrize(("kind", "count"), [("sounds", 15), ("masks", 40)])
def test_files_come_and_go_in_any_order(
    qtbot: QtBot, window: MainWindow, system: FakeSystem, request: pytest.FixtureRequest, kind: str, count: int
) -> None:
    _play_through(qtbot, window, system, request.getfixturevalue(kind), 1, count)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
@pytest.mark.parametrize("kind", ["sounds", "masks"])
def test_files_come_and_go_in_any_order_for_long(
    qtbot: QtBot, window: MainWindow, system: FakeSystem, request: pytest.FixtureRequest, kind: str, seed: int
) -> None:
    _play_through(qtbot, window, system, request.getfixturevalue(kind), seed, 200)
