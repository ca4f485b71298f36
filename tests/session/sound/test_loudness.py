"""Equally loud, in the sense that was asked for, and never beyond full scale."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.sound.listening import (
    LIMIT_DB,
    Listening,
    Match,
    ResidualScale,
    Sound,
    SoundKind,
    find_loudness,
    find_recipe,
    measure_gain,
)

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]

REFERENCE, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.MIXTURE)
ESTIMATE, RESIDUAL = Sound(SoundKind.ESTIMATE), Sound(SoundKind.RESIDUAL)


@pytest.fixture
def analysis(write: Write, noise: Noise) -> Analysis:
    s, v = noise(16_000, 1), noise(16_000, 2)
    files = [Source(write(f"{k}.wav", x)) for k, x in enumerate((s, -0.25 * s + 0.05 * v, 1.5 * s + v))]
    return analyse(Session((files[0],), (files[1],), files[2]))


def _levels(analysis: Analysis, scale: ResidualScale = ResidualScale.WHOLE) -> dict[Sound, np.ndarray]:
    listening = Listening(find_recipe(analysis, scale))
    sounds = dict(zip(listening.sounds, listening.read(0, 16_000), strict=True))
    listening.close()
    return sounds


def test_off_leaves_everything_as_it_is(analysis: Analysis) -> None:
    loudness = find_loudness(analysis, find_recipe(analysis), Match.OFF)
    assert set(loudness.gains.values()) == {1.0}
    assert (loudness.lowered, loudness.unknown, loudness.limited) == (1.0, frozenset(), frozenset())


@pytest.mark.parametrize("scale", list(ResidualScale))
def test_rms_makes_all_as_loud_as_the_reference(analysis: Analysis, scale: ResidualScale) -> None:
    loudness = find_loudness(analysis, find_recipe(analysis, scale), Match.RMS)
    rms = {sound: np.sqrt(np.mean(x**2)) * loudness.gains[sound] for sound, x in _levels(analysis, scale).items()}
    assert rms[ESTIMATE] == pytest.approx(rms[REFERENCE], rel=1e-9)
    assert rms[MIXTURE] == pytest.approx(rms[REFERENCE], rel=1e-9)
    # The frames' magnitudes are no signal of their own: what is heard of them comes close.
    assert rms[RESIDUAL] == pytest.approx(rms[REFERENCE], rel=1e-9 if scale is ResidualScale.WHOLE else 0.5)


def test_osi_scale_makes_the_references_part_equally_loud(analysis: Analysis) -> None:
    recipe = find_recipe(analysis)
    loudness = find_loudness(analysis, recipe, Match.OSI)
    assert loudness.unknown == {MIXTURE}
    gain = measure_gain(recipe.files[0][1], recipe.files[2][1], recipe.rate)
    loudness = find_loudness(analysis, recipe, Match.OSI, gain)
    assert loudness.unknown == frozenset()
    sounds = _levels(analysis)
    s = sounds[REFERENCE]
    for sound in (ESTIMATE, MIXTURE):
        part = loudness.gains[sound] * float(s @ sounds[sound]) / float(s @ s)
        assert abs(part) == pytest.approx(1.0, rel=1e-9)
    assert loudness.gains[RESIDUAL] == loudness.gains[ESTIMATE]


def test_no_file_gets_beyond_full_scale(write: Write, noise: Noise) -> None:
    s = noise(16_000, 1)
    loud, soft = s / np.max(np.abs(s)), 0.05 * noise(16_000, 2) + 1e-3 * s
    soft[50] = 0.6  # a peak that a higher gain would lift over full scale
    files = Source(write("s.wav", loud)), Source(write("e.wav", soft))
    loudness = find_loudness(analyse(Session((files[0],), (files[1],))), find_recipe(analyse(Session())), Match.RMS)
    assert loudness.lowered == 1.0, "what cannot be heard cannot be too loud"
    analysis = analyse(Session((files[0],), (files[1],)))
    loudness = find_loudness(analysis, find_recipe(analysis), Match.RMS)
    assert loudness.gains[ESTIMATE] > 2
    assert loudness.total(ESTIMATE) * 0.6 == pytest.approx(0.99)
    assert loudness.gain_db(REFERENCE) == pytest.approx(20 * np.log10(loudness.lowered))


def test_one_sound_does_not_silence_all_others(write: Write, noise: Noise) -> None:
    """A bad estimate would have to be very loud to have as much of the reference in it."""
    s, bad = noise(16_000, 1), noise(16_000, 2) + 0.02 * noise(16_000, 1)
    analysis = analyse(Session((Source(write("s.wav", s)),), (Source(write("e.wav", bad)),)))
    loudness = find_loudness(analysis, find_recipe(analysis), Match.OSI)
    assert loudness.gain_db(REFERENCE) == pytest.approx(-6.0)
    assert loudness.total(ESTIMATE) * np.max(np.abs(bad)) == pytest.approx(0.99)
    assert loudness.limited == {ESTIMATE, RESIDUAL}
    assert loudness.gains[RESIDUAL] == loudness.gains[ESTIMATE]


def test_gains_have_a_limit_and_say_so(write: Write, noise: Noise) -> None:
    files = Source(write("s.wav", noise())), Source(write("e.wav", 1e-3 * noise(seed=3)))
    analysis = analyse(Session((files[0],), (files[1],)))
    loudness = find_loudness(analysis, find_recipe(analysis), Match.RMS)
    assert loudness.gain_db(ESTIMATE) == pytest.approx(LIMIT_DB)
    assert ESTIMATE in loudness.limited
    silent = analyse(Session((files[0],), (Source(write("z.wav", np.zeros(16_000))),)))
    loudness = find_loudness(silent, find_recipe(silent), Match.RMS)
    assert ESTIMATE in loudness.unknown
    assert loudness.gains[ESTIMATE] == 1.0
