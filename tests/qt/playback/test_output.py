"""The sound library: late, perhaps missing, and never asked again without care once it lost its server."""

from __future__ import annotations

import subprocess
import sys
import types
from typing import Any

import pytest
from fake_sound import FakeCard

from osisnr_gui.qt.playback import output
from osisnr_gui.qt.playback.device import NoOutput

# The real one; `no_sound_card` has put another in its place for every test.
OPEN, DEVICES = output.SoundSystem.open, output.SoundSystem.devices


class _Refusing:
    """Stands for the dynamic loader when QtMultimedia cannot be had."""

    def __init__(self, words: str) -> None:
        self.words = words

    def find_spec(self, name: str, *_: object) -> None:
        if name == "osisnr_gui.qt.playback.sound_card":
            raise ImportError(self.words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("libpulse.so.0: cannot open shared object file: No such file or directory", "libpulse.so.0 is missing; on"),
        ("libfoo.so.1: cannot open shared object file: No such file or directory", "libfoo.so.1 is missing; on"),
        ("No module named 'PySide6.QtMultimedia'", "QtMultimedia cannot be loaded (No module named"),
    ],
)
def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, words: str, expected: str) -> None:
    monkeypatch.delitem(sys.modules, "osisnr_gui.qt.playback.sound_card", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Refusing(words), *sys.meta_path])
    for ask in (lambda s: OPEN(s, "", 16_000), DEVICES):
        with pytest.raises(NoOutput) as refused:
            ask(output.SoundSystem())
        assert expected in str(refused.value)


def test_after_a_loss_another_process_asks_first(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """libpulse ends the process that asks for a sink when its server is gone."""
    opened: list[FakeCard] = []

    def make(device_id: str, rate: int) -> FakeCard:
        opened.append(FakeCard(device_id, rate))
        return opened[-1]

    answers: list[bool] = []
    library: Any = types.SimpleNamespace(SoundCard=make)
    monkeypatch.setattr(output, "_library", lambda: library)
    monkeypatch.setattr(output, "server_answers", lambda: answers.pop())
    system = output.SoundSystem()
    OPEN(system, "", 16_000)
    OPEN(system, "", 16_000).failed.emit("gone")  # type: ignore[attr-defined]
    answers[:] = [False]
    with pytest.raises(NoOutput, match="the sound server does not answer"):
        OPEN(system, "", 16_000)
    assert len(opened) == 2
    answers[:] = [True]
    OPEN(system, "", 16_000)
    OPEN(system, "", 16_000)
    assert len(opened) == 4
    assert answers == []


def test_starting_does_not_load_the_sound_library() -> None:
    code = "import sys, osisnr_gui.qt.main; sys.exit('PySide6.QtMultimedia' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
