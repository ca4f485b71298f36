"""The sound library: late, perhaps missing, and never asked again without care once it lost its server."""

from __future__ import annotations

import shutil
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from fake_sound import FakeCard

from osisnr_gui.qt.playback import output
from osisnr_gui.qt.playback.output import NoOutput, find_servers

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


@pytest.fixture
def opened(qapp: object, monkeypatch: pytest.MonkeyPatch) -> list[FakeCard]:
    """The cards that the library was asked for."""
    cards: list[FakeCard] = []

    def make(device_id: str, rate: int) -> FakeCard:
        cards.append(FakeCard(device_id, rate))
        return cards[-1]

    library: Any = types.SimpleNamespace(SoundCard=make, list_devices=list)
    monkeypatch.setattr(output, "_library", lambda: library)
    return cards


ONE, OTHER = frozenset({("1", b"10")}), frozenset({("2", b"20")})


WORDS = "is not the one it was; start the program again"


@pytest.mark.parametrize("now", [OTHER, frozenset()])
def test_a_library_that_lost_its_server_is_never_asked_again(
    opened: list[FakeCard], monkeypatch: pytest.MonkeyPatch, now: frozenset[tuple[str, bytes]]
) -> None:
    """libpulse ends the process that asks for anything when its server is gone, or when another one came."""
    monkeypatch.setattr(output, "find_servers", lambda: ONE)
    system = output.SoundSystem()
    OPEN(system, "", 16_000)
    DEVICES(system)
    monkeypatch.setattr(output, "find_servers", lambda: now)
    for ask in (lambda: OPEN(system, "", 16_000), lambda: DEVICES(system)) * 2:
        with pytest.raises(NoOutput, match=WORDS):
            ask()
    monkeypatch.setattr(output, "find_servers", lambda: ONE)
    with pytest.raises(NoOutput, match=WORDS):
        OPEN(system, "", 16_000)
    assert len(opened) == 1


def test_another_device_of_the_same_server_is_opened(opened: list[FakeCard], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "find_servers", lambda: ONE)
    system = output.SoundSystem()
    OPEN(system, "", 16_000).failed.emit("pulled out")  # type: ignore[attr-defined]
    OPEN(system, "", 16_000)
    assert len(opened) == 2


def test_a_server_that_is_not_seen_is_not_trusted_after_a_loss(
    opened: list[FakeCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "find_servers", frozenset)
    system = output.SoundSystem()
    OPEN(system, "", 16_000)
    OPEN(system, "", 16_000).failed.emit("gone")  # type: ignore[attr-defined]
    with pytest.raises(NoOutput, match="is not the one it was, or could not be told apart; start"):
        OPEN(system, "", 16_000)
    assert len(opened) == 2


def test_a_server_that_the_first_question_starts_is_no_other_one(
    opened: list[FakeCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    servers: list[frozenset[tuple[str, bytes]]] = [frozenset()]
    monkeypatch.setattr(output, "find_servers", lambda: servers[0])
    system = output.SoundSystem()
    library: Any = output._library()
    monkeypatch.setattr(library, "list_devices", lambda: servers.__setitem__(0, ONE) or [])
    DEVICES(system)
    OPEN(system, "", 16_000)
    assert len(opened) == 1


def test_on_linux_a_server_of_this_user_is_seen_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", str(tmp_path / "no socket"))
    before = find_servers()
    if before is None:
        assert not sys.platform.startswith("linux")
        return
    names = ("pulseaudio", "pipewire-pulse", "pipewire")  # the last one is any filter chain
    sleeps = [shutil.copy(shutil.which("sleep") or "", tmp_path / name) for name in names]
    processes = [subprocess.Popen([sleep, "30"]) for sleep in sleeps]
    seen = find_servers()
    for process in processes:
        process.kill()
        process.wait()
    assert seen is not None
    assert {number for number, _ in seen - before} == {str(process.pid) for process in processes[:2]}
    assert find_servers() == before


def test_starting_does_not_load_the_sound_library() -> None:
    code = "import sys, osisnr_gui.qt.main; sys.exit('PySide6.QtMultimedia' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
