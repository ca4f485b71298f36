"""What can be heard as a file: the very samples, and nothing of it clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from osisnr_gui.io.errors import SaveError
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import Session
from osisnr_gui.session.sound import sound_feed as sound_file
from osisnr_gui.session.sound.listening import Listening, find_recipe
from osisnr_gui.session.sound.sound_feed import wav_parts


def test_every_sound_of_masks_on_a_mixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_file, "BLOCK", 10_007)
    recipe = find_recipe(analyse(demo_session("masks")))
    listening = Listening(recipe)
    expected = listening.read(0, listening.n_samples)
    listening.close()
    for row, sound in zip(expected, recipe.sounds, strict=True):
        path = tmp_path / f"{sound.kind}.wav"
        path.write_bytes(b"".join(wav_parts(recipe, sound)))
        found, rate = soundfile.read(path, dtype="float32")
        assert (rate, soundfile.info(path).subtype) == (16_000, "FLOAT")
        np.testing.assert_allclose(found, row, atol=1e-7)


def test_what_is_louder_than_full_scale_stays_so(tmp_path: Path) -> None:
    loud = 3.0 * np.sin(np.arange(4000) / 7)
    soundfile.write(tmp_path / "loud.wav", loud, 16_000, subtype="DOUBLE")
    recipe = find_recipe(analyse(edits.add_files(Session(), [str(tmp_path / "loud.wav")])))
    (tmp_path / "out.wav").write_bytes(b"".join(wav_parts(recipe, recipe.sounds[0])))
    np.testing.assert_array_equal(soundfile.read(tmp_path / "out.wav")[0], loud.astype(np.float32))


def test_what_a_wav_file_cannot_hold_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = find_recipe(analyse(demo_session("masks")))
    monkeypatch.setattr(sound_file, "MOST_BYTES", 1000)
    with pytest.raises(SaveError, match="too long"):
        next(wav_parts(recipe, recipe.sounds[0]))
