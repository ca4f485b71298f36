"""Every sample the sound card gets, against what it should be; and no click, whatever is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sound_kit import WholeSupply, smooth_noise, steepest

from osisnr_gui.qt.playback.engine import Engine, Seek, Span, fade_in

RATE = 16_000
FADE = 160
N = 20_000
SOUNDS = np.stack([smooth_noise(N, seed) for seed in range(3)])
CLOSE = 1e-6


@pytest.fixture
def supply() -> WholeSupply:
    return WholeSupply(SOUNDS)


def _engine(supply: Any, **wish: Any) -> Engine:
    engine = Engine(RATE)
    engine.wish = replace(engine.wish, supply=supply, **wish)
    return engine


def _ask(engine: Engine, **wish: Any) -> None:
    engine.wish = replace(engine.wish, **wish)


def _seek(engine: Engine, position: int) -> None:
    _ask(engine, seek=Seek(engine.wish.seek.serial + 1, position))


def _crossfade(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    weights = fade_in(FADE).astype(float)
    return old[:FADE] * (1 - weights) + new[:FADE] * weights


def test_the_fade_is_a_raised_cosine_of_ten_milliseconds_that_adds_up_to_one() -> None:
    assert Engine(RATE).fade == FADE
    assert Engine(48_000).fade == 480
    weights = fade_in(FADE).astype(float)
    expected = np.sin(0.5 * np.pi * (np.arange(FADE) + 0.5) / FADE) ** 2
    np.testing.assert_allclose(weights, expected, atol=CLOSE)
    np.testing.assert_allclose(weights + weights[::-1], 1.0, atol=CLOSE)


def test_silence_until_something_is_asked_for(supply: WholeSupply) -> None:
    engine = _engine(supply)
    assert not engine.render(1000).any()
    assert engine.index == 1000


def test_start_fades_in_and_then_gives_the_samples_themselves(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True, seek=Seek(1, 500))
    out = engine.render(3000)
    np.testing.assert_allclose(out[:FADE], _crossfade(np.zeros(FADE), SOUNDS[0, 500:]), atol=CLOSE)
    np.testing.assert_array_equal(out[FADE:], supply.sounds[0, 500 + FADE : 3500])


def test_a_switch_is_a_crossfade_at_the_same_sample(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True)
    engine.render(1000)
    _ask(engine, sound=2)
    out = engine.render(1000)
    np.testing.assert_allclose(out[:FADE], _crossfade(SOUNDS[0, 1000:], SOUNDS[2, 1000:]), atol=CLOSE)
    np.testing.assert_array_equal(out[FADE:], supply.sounds[2, 1000 + FADE : 2000])


def test_a_switch_during_a_switch_starts_from_what_is_heard(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True)
    engine.render(1000)
    _ask(engine, sound=1)
    engine.render(FADE // 2)
    _ask(engine, sound=2)
    out = engine.render(FADE)
    at, half = 1000 + FADE // 2, FADE // 2
    first = SOUNDS[1, at : at + FADE].copy()
    weights = fade_in(FADE).astype(float)[half:]
    first[:half] = SOUNDS[0, at : at + half] * (1 - weights) + SOUNDS[1, at : at + half] * weights
    np.testing.assert_allclose(out, _crossfade(first, SOUNDS[2, at:]), atol=CLOSE)


@pytest.mark.parametrize("block", [1, 7, 256, 1024, 9999])
def test_blocks_of_any_size_give_the_same_samples(supply: WholeSupply, block: int) -> None:
    wish = {"playing": True, "loop": Span(700, 2100), "seek": Seek(1, 650)}
    whole = _engine(supply, **wish).render(5000)
    engine = _engine(supply, **wish)
    parts = np.concatenate([engine.render(min(block, 5000 - k)) for k in range(0, 5000, block)])
    np.testing.assert_array_equal(parts, whole)


def test_a_loop_has_its_length_to_the_sample(supply: WholeSupply) -> None:
    start, stop = 3000, 4234
    length = stop - start
    engine = _engine(supply, playing=True, loop=Span(start, stop), seek=Seek(1, start))
    out = engine.render(6 * length)
    np.testing.assert_array_equal(out[FADE:length], supply.sounds[0, start + FADE : stop])
    for turn in range(1, 6):
        part = out[turn * length : (turn + 1) * length]
        np.testing.assert_allclose(part[:FADE], _crossfade(SOUNDS[0, stop:], SOUNDS[0, start:]), atol=CLOSE)
        np.testing.assert_array_equal(part[FADE:], supply.sounds[0, start + FADE : stop])


def test_a_loop_to_the_very_end_does_not_click(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True, loop=Span(N - 2000, N), seek=Seek(1, N - 2000))
    out = engine.render(9000)
    assert steepest(out) < 1.1 * steepest(SOUNDS[0])
    np.testing.assert_array_equal(out[2000 + FADE : 4000], supply.sounds[0, N - 2000 + FADE :])


def test_loop_edges_may_move_while_it_plays(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True, loop=Span(1000, 5000), seek=Seek(1, 1000))
    engine.render(3000)  # at 4000
    _ask(engine, loop=Span(1000, 3500))  # behind the new end: back to the start
    out = engine.render(500)
    np.testing.assert_array_equal(out[FADE:], supply.sounds[0, 1000 + FADE : 1500])
    _ask(engine, loop=Span(1200, 3000))  # still inside: nothing to hear of it
    np.testing.assert_array_equal(engine.render(1500), supply.sounds[0, 1500:3000])
    _ask(engine, loop=None)
    out = engine.render(500)
    np.testing.assert_array_equal(out, supply.sounds[0, 3000:3500])


def test_seek_fades_from_here_to_there(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True)
    engine.render(1000)
    _seek(engine, 9000)
    out = engine.render(1000)
    np.testing.assert_allclose(out[:FADE], _crossfade(SOUNDS[0, 1000:], SOUNDS[0, 9000:]), atol=CLOSE)
    np.testing.assert_array_equal(out[FADE:], supply.sounds[0, 9000 + FADE : 10_000])


def test_a_seek_to_samples_not_read_yet_plays_on_until_they_are(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True)
    engine.render(1000)
    supply.missing = (8000, 12_000)
    _seek(engine, 9000)
    np.testing.assert_array_equal(engine.render(700), supply.sounds[0, 1000:1700])
    supply.missing = (0, 0)
    out = engine.render(400)
    np.testing.assert_allclose(out[:FADE], _crossfade(SOUNDS[0, 1700:], SOUNDS[0, 9000:]), atol=CLOSE)


def test_missing_samples_fade_to_silence_and_go_on_from_there(supply: WholeSupply) -> None:
    supply.missing = (5000, 7000)
    engine = _engine(supply, playing=True)
    out = np.concatenate([engine.render(256) for _ in range(30)])
    assert engine.starved == 1
    assert not out[5000:].any()
    assert steepest(out) < 1.1 * steepest(SOUNDS[0])
    here = round(engine.position_at(engine.index)[0])
    assert 4400 < here <= 5000
    supply.missing = (0, 0)
    back = engine.render(1000)
    np.testing.assert_array_equal(back[FADE:], supply.sounds[0, here + FADE : here + 1000])


def test_pause_fades_out_and_resumes_at_the_same_sample(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True)
    engine.render(1000)
    _ask(engine, playing=False)
    out = engine.render(1000)
    np.testing.assert_allclose(out[:FADE], _crossfade(SOUNDS[0, 1000:], np.zeros(FADE)), atol=CLOSE)
    assert not out[FADE:].any()
    _ask(engine, playing=True, sound=1)
    out = engine.render(1000)
    np.testing.assert_array_equal(out[FADE:], supply.sounds[1, 1000 + FADE : 2000])


def test_it_stops_at_the_end_once_and_waits(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True, seek=Seek(1, N - 1000))
    out = engine.render(3000)
    np.testing.assert_array_equal(out[FADE:1000], supply.sounds[0, N - 1000 + FADE :])
    assert not out[1000 + FADE :].any()
    assert steepest(out) < 1.1 * steepest(SOUNDS[0])
    assert engine.ended == 1
    _ask(engine, sound=1)
    assert not engine.render(1000).any()
    _seek(engine, 100)
    np.testing.assert_array_equal(engine.render(500)[FADE:], supply.sounds[1, 100 + FADE : 600])
    assert engine.ended == 1


def test_a_selection_is_played_once(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True, seek=Seek(1, 2000), stop_at=3000)
    out = engine.render(2000)
    np.testing.assert_array_equal(out[FADE:1000], supply.sounds[0, 2000 + FADE : 3000])
    assert not out[1000 + FADE :].any()
    assert engine.ended == 1
    assert engine.position_at(engine.index)[0] == 3000


def test_gain_changes_without_a_step(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True)
    engine.render(1000)
    _ask(engine, gain=0.25)
    out = engine.render(1000)
    np.testing.assert_allclose(out[:FADE], _crossfade(SOUNDS[0, 1000:], 0.25 * SOUNDS[0, 1000:]), atol=CLOSE)
    np.testing.assert_allclose(out[FADE:], 0.25 * SOUNDS[0, 1000 + FADE : 2000], atol=CLOSE)


def test_what_is_too_loud_is_lowered_and_told_never_clipped(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True, gain=8.0)
    out = np.concatenate([engine.render(256) for _ in range(60)])
    loudest = 8.0 * np.max(np.abs(SOUNDS[0, : out.size]))
    assert loudest > 1.5
    assert np.max(np.abs(out)) <= 1.0
    assert engine.lowered == pytest.approx(0.99 / loudest, rel=1e-5)
    assert np.count_nonzero(np.abs(out) == np.max(np.abs(out))) == 1, "a flat top is a clipped one"
    _ask(engine, playing=False)
    engine.render(2 * FADE)
    _ask(engine, playing=True, gain=1.0)
    engine.render(10)
    assert engine.lowered == 1.0


def test_other_files_take_over_at_the_same_sample(supply: WholeSupply) -> None:
    """After an edit there is another supply, perhaps with other rows: nobody hears when it came."""
    engine = _engine(supply, playing=True, sound=1)
    engine.render(1000)
    other = WholeSupply(SOUNDS[::-1])
    other.missing = (0, N)
    _ask(engine, supply=other, sound=0)
    np.testing.assert_array_equal(engine.render(300), supply.sounds[1, 1000:1300])
    assert engine.uses(supply)
    other.missing = (0, 0)
    out = engine.render(1000)
    np.testing.assert_allclose(out[:FADE], _crossfade(SOUNDS[1, 1300:], SOUNDS[2, 1300:]), atol=CLOSE)
    np.testing.assert_array_equal(out[FADE:], supply.sounds[2, 1300 + FADE : 2300])
    assert not engine.uses(supply)
    assert engine.uses(other)


def test_positions_are_known_for_what_is_heard_later(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True, loop=Span(1000, 2000), seek=Seek(1, 1500))
    for _ in range(20):
        engine.render(100)
    for index, position in ((0, 1500), (499, 1999), (500, 1000), (1499, 1999), (1500, 1000), (1999, 1499)):
        assert engine.position_at(index)[0] == position
    _ask(engine, playing=False)
    engine.render(1000)
    assert engine.position_at(2000)[0] == 1500
    assert engine.position_at(2900)[0] == 1500


@pytest.mark.parametrize("speed", [0.5, 0.75])
def test_slower_keeps_pitch_and_takes_longer(speed: float) -> None:
    time = np.arange(4 * RATE) / RATE
    tone = 0.4 * np.sin(2 * np.pi * 440.0 * time)
    engine = _engine(WholeSupply(tone[None, :]), playing=True, speed=speed)
    out = engine.render(2 * RATE)
    assert engine.position_at(engine.index)[0] == pytest.approx(2 * RATE * speed, abs=1)
    spectrum = np.abs(np.fft.rfft(out[RATE:] * np.hanning(RATE)))
    assert np.argmax(spectrum) == 440
    assert np.sqrt(np.mean(out[RATE:] ** 2)) == pytest.approx(0.4 / np.sqrt(2), rel=0.02)
    assert steepest(out) < 1.05 * steepest(tone)


def test_a_switch_while_slow_stays_on_the_same_sample() -> None:
    """To the negative of the sound: a crossfade at the same sample goes through zero half way, and nowhere else."""
    sound = smooth_noise(4 * RATE, 5)
    engine = _engine(WholeSupply(np.stack((sound, -sound))), playing=True, speed=0.6)
    twin = _engine(WholeSupply(np.stack((sound, sound))), playing=True, speed=0.6)
    for one in (engine, twin):
        one.render(FADE + 30 * one.grain)  # between two grains, where one of them is heard alone
    _ask(engine, sound=1)
    _ask(twin, sound=1)
    weights = fade_in(FADE).astype(float)
    np.testing.assert_allclose(engine.render(FADE), twin.render(FADE) * (1 - 2 * weights), atol=1e-5)


def test_a_slow_loop_lasts_its_length_over_the_speed(supply: WholeSupply) -> None:
    engine = _engine(supply, playing=True, loop=Span(2000, 4000), seek=Seek(1, 2000), speed=0.5)
    engine.render(12_000)
    starts = [m.index for m in engine._history if m.position == 2000 and m.speed]
    assert starts == [0, 4000, 8000]


COMMANDS = st.one_of(
    st.tuples(st.just("sound"), st.integers(0, 2)),
    st.tuples(st.just("seek"), st.integers(0, N + 500)),
    st.tuples(st.just("playing"), st.booleans()),
    st.tuples(st.just("gain"), st.sampled_from([0.3, 1.0, 1.4])),
    st.tuples(st.just("speed"), st.sampled_from([0.5, 0.8, 1.0])),
    st.tuples(st.just("loop"), st.tuples(st.integers(0, N - 400), st.integers(320, 3000))),
    st.tuples(st.just("loop off"), st.none()),
    st.tuples(st.just("missing"), st.tuples(st.integers(0, N), st.integers(0, 4000))),
)


@given(st.lists(st.tuples(COMMANDS, st.integers(1, 700)), min_size=1, max_size=25))
def test_nothing_that_can_be_asked_for_clicks(commands: list[tuple[tuple[str, Any], int]]) -> None:
    """A crossfade adds at most the difference of two sounds over its own steepest step to their slopes.

    Fades may overlap, so that is the bound for two of them at once, for the loudest gain.
    """
    supply = WholeSupply(SOUNDS)
    engine = _engine(supply, playing=True)
    loudest = 1.4
    bound = loudest * (steepest(SOUNDS) + 2 * 2 * 0.5 * steepest(fade_in(FADE)))
    heard = [engine.render(100)]
    for (name, value), count in commands:
        if name == "seek":
            _seek(engine, value)
        elif name == "loop":
            _ask(engine, loop=Span(value[0], min(value[0] + value[1], N)))
        elif name == "loop off":
            _ask(engine, loop=None)
        elif name == "missing":
            # Not where the sound is: what was read stays until it has been heard.
            here = round(engine.position_at(engine.index)[0])
            start = max(value[0], here + 2000)
            supply.missing = (start, start + value[1])
        else:
            _ask(engine, **{name: value})
        heard += [engine.render(min(256, count - k)) for k in range(0, count, 256)]
    out = np.concatenate(heard)
    assert np.max(np.abs(out)) <= 1.0
    assert np.isfinite(out).all()
    assert steepest(out) <= bound
