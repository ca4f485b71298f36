"""Played on a real sound server and recorded there: every sample is accounted for.

A server that is not in real time may leave gaps on a busy machine, which nobody here can help. So a recording with a
gap is made again a few times; one without any must come of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile
from heard import SILENCE, Stretch, UnexplainedError, explain
from real_sound import FIRST, RATE, Recording, SoundServer, missing_tools, open_sound_server
from sound_kit import smooth_noise, steepest

from osisnr_gui.core.filters import Upsampler

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("play_by_script.py")
FILE_RATE = 16_000
FACTOR = RATE // FILE_RATE
N = 8 * FILE_RATE
FADE = RATE // 100
FRAME = 512 / FILE_RATE
REFERENCE, A, B, MIXTURE, RESIDUAL = range(5)
LOOP = 1.0, 1.25
STEPS: list[list[object]] = [
    ["Space", 1500], ["2", 350], ["0", 350], ["M", 350], ["1", 350], ["D", 350], ["loop", *LOOP], ["2", 1600],
    ["Space", 300],
]  # fmt: skip
HEARD = [A, B, REFERENCE, MIXTURE, A, RESIDUAL, B]
ATTEMPTS = 8

pytestmark = [
    pytest.mark.slow,
    pytest.mark.may_skip,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PulseAudio is Linux's"),
]


class Played(NamedTuple):
    """One run: what was heard, when keys were pressed (recorded samples), and the playhead against the ear (s)."""

    stretches: list[Stretch]
    pressed: list[tuple[str, float]]
    playhead_errors: np.ndarray
    recording: np.ndarray


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], np.ndarray]:
    """Four sound files, and the five sounds they make at the server's rate."""
    s, v, b, m = (smooth_noise(N, seed, peak=0.3).astype(np.float32).astype(float) for seed in range(4))
    a = (0.6 * s + 0.2 * v).astype(np.float32).astype(float)
    folder = tmp_path_factory.mktemp("played")
    paths = [folder / f"{name}.wav" for name in ("reference", "a", "b", "mixture")]
    for path, sound in zip(paths, (s, a, b, m), strict=True):
        soundfile.write(path, sound, FILE_RATE, subtype="FLOAT")
    upsampler = Upsampler(FACTOR)
    first, stop = upsampler.span(0, FACTOR * N)
    padded = np.zeros((5, stop - first))
    padded[:, -first : N - first] = [s, a, b, m, a - (s @ a) / (s @ s) * s]
    return paths, upsampler.run(padded, first, 0, FACTOR * N).astype(np.float32)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SoundServer]:
    if missing := missing_tools():
        pytest.fail(missing, pytrace=False)
    with open_sound_server(tmp_path / "home") as server:
        yield server


def _run(environment: Any, paths: list[Path], steps: list[list[object]]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [*FIRST, sys.executable, str(SCRIPT), *map(str, paths)],
        env={**environment, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(steps))
    process.stdin.close()
    return process


def _report(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        out, words = process.stdout.read(), process.stderr.read()
    assert process.returncode == 0, words
    report: dict[str, Any] = json.loads(out)
    return report


def _play(server: SoundServer, paths: list[Path], sounds: np.ndarray) -> Played:
    """Raises UnexplainedError for a recording with a gap."""
    with server.recording() as recording:
        report = _report(_run(server.environment, paths, STEPS))
        recording.wait_for(0.3)
    assert report["said"] == []
    assert report["starved"] == 0
    stretches = explain(recording.samples, sounds, FADE)
    pressed = [(name, recording.index_at(moment)) for name, moment in report["pressed"]]
    return Played(stretches, pressed, _playhead_errors(recording, stretches, report["heads"]), recording.samples)


def _playhead_errors(recording: Recording, stretches: list[Stretch], heads: list[list[float]]) -> np.ndarray:
    """Playhead minus what is heard at the same moment, in seconds, where a sound has been heard for a while."""
    errors = []
    for moment, head in heads:
        index = recording.index_at(moment)
        present = [stretch for stretch in stretches if stretch.start <= index][-1]
        since = index - present.start
        if present.sound != SILENCE and since > 0.1 * RATE:
            errors.append(head - (present.position + since) / RATE)
    return np.array(errors)


def test_what_is_heard_is_what_was_asked_for_sample_by_sample(
    server: SoundServer, files: tuple[list[Path], np.ndarray], record_property: Any
) -> None:
    paths, sounds = files
    gaps = []
    for _ in range(ATTEMPTS):
        try:
            played = _play(server, paths, sounds)
            break
        except UnexplainedError as gap:
            gaps.append(f"{gap} (load {os.getloadavg()[0]:.1f})")
    else:
        pytest.fail("every recording has something in it that was not asked for:\n" + "\n".join(gaps), pytrace=False)
    silence, *heard, end = played.stretches
    assert (silence.sound, end.sound) == (SILENCE, SILENCE)
    n_switches = len(HEARD) - 1
    assert [stretch.sound for stretch in heard[: n_switches + 1]] == HEARD
    for before, after in pairwise(heard[:n_switches]):
        drift = after.position - (before.position + after.start - before.start)
        assert drift == 0, "a switch stays on the same sample"
    loop_start, loop_length = round(LOOP[0] * RATE), round((LOOP[1] - LOOP[0]) * RATE)
    turns = heard[n_switches:]
    assert len(turns) >= 5
    assert {turn.sound for turn in turns} == {B}
    assert {turn.position for turn in turns} == {loop_start}
    assert {after.start - before.start for before, after in pairwise(turns)} == {loop_length}
    # No click: a fade adds the difference of two sounds over its own slope, at most, to that of the programme.
    fade_slope = np.pi / 2 / FADE
    assert steepest(played.recording) <= steepest(sounds) + 2 * np.max(np.abs(sounds)) * fade_slope
    _tell(played, record_property, len(gaps))
    assert np.median(np.abs(played.playhead_errors)) < FRAME


def _tell(played: Played, record_property: Any, n_gaps: int) -> None:
    """From key to recorded sound, and from playhead to ear: measured, shown, not judged, for machines differ."""
    starts = [stretch.start for stretch in played.stretches[1:]]
    switches = [(key, index) for key, index in played.pressed if key != "Space"]
    latencies = [1000 * (min(s for s in starts if s > index) - index) / RATE for _, index in switches]
    errors = 1000 * played.playhead_errors
    figures = {
        "switch_ms": [round(latency, 1) for latency in latencies],
        "playhead_minus_ear_ms": [round(float(q), 1) for q in np.percentile(errors, (5, 50, 95))],
        "recordings_with_gaps": n_gaps,
    }
    for name, value in figures.items():
        record_property(name, value)
        print(f"{name}: {value}")


def test_without_a_server_it_says_so_and_goes_on(tmp_path: Path, files: tuple[list[Path], np.ndarray]) -> None:
    dropped = ("XDG_", "PULSE_", "PIPEWIRE_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment |= {"HOME": str(tmp_path), "PULSE_SERVER": f"unix:{tmp_path}/nobody", "XDG_RUNTIME_DIR": str(tmp_path)}
    report = _report(_run(environment, files[0], [["Space", 200], ["2", 100], ["Space", 200]]))
    assert len(report["said"]) == 1
    assert report["said"][0].startswith("Nothing can be heard: no sound device was found")


def test_a_device_that_is_pulled_out_and_put_back_is_heard_again(
    server: SoundServer, files: tuple[list[Path], np.ndarray]
) -> None:
    """Both at once: what is played after it was missed comes out of the new one."""
    process = _run(server.environment, files[0], [["Space", 9000], ["Space", 500], ["Space", 3500]])
    stop = time.monotonic() + 30
    while not server.is_playing():
        assert time.monotonic() < stop
        time.sleep(0.1)
    server.change_card()
    time.sleep(8)
    with server.recording() as recording:
        recording.wait_for(4)
    report = _report(process)
    assert report["said"][0].startswith("Playing stopped: the sound device")
    assert len(report["said"]) == 1
    assert recording.samples.any()


def test_a_server_that_dies_is_said_and_survived(tmp_path: Path, files: tuple[list[Path], np.ndarray]) -> None:
    if missing := missing_tools():
        pytest.fail(missing, pytrace=False)
    with open_sound_server(tmp_path / "home") as server:
        process = _run(server.environment, files[0], [["Space", 9000], ["2", 100]])
        stop = time.monotonic() + 30
        while not server.is_playing():
            assert time.monotonic() < stop
            time.sleep(0.1)
    report = _report(process)
    assert report["said"], "silence without a word"
    assert any(sentence.startswith(("Playing stopped", "Nothing can be heard")) for sentence in report["said"])


def test_a_server_that_dies_and_comes_back_ends_no_program(
    tmp_path: Path, files: tuple[list[Path], np.ndarray]
) -> None:
    """libpulse ends a process that asks it again after its server died: the backend is not touched any more."""
    if missing := missing_tools():
        pytest.fail(missing, pytrace=False)
    with open_sound_server(tmp_path / "home") as server:
        process = _run(server.environment, files[0], [["Space", 10_000], ["Space", 2000], ["1", 300], ["Space", 500]])
        stop = time.monotonic() + 30
        while not server.is_playing():
            assert time.monotonic() < stop
            time.sleep(0.1)
        server.die()
        time.sleep(3)
        server.start()
        report = _report(process)
    assert any(sentence.startswith(("Playing stopped", "Nothing can be heard")) for sentence in report["said"])
