"""Masks compared as sound: the same numbers as the two sounds give when they are files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.io.errors import Cancelled
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.scores import named_results
from osisnr_gui.session.session import Formula, LossChoice, MaskGrid, Session, Source
from osisnr_gui.session.sound.listening import Listening, Sound, SoundKind, find_recipe
from osisnr_gui.session.sound.sound_feed import compare_masked
from osisnr_gui.text.sound_words import masked_sentences

Write = Callable[..., str]


@pytest.fixture(scope="module")
def demo() -> Analysis:
    return analyse(demo_session("masks"))


def test_the_numbers_are_those_of_the_sounds_as_files(demo: Analysis, write: Write) -> None:
    recipe = find_recipe(demo)
    results = compare_masked(recipe, 0, 60.0)
    assert [result.sound for result in results] == [Sound(SoundKind.ESTIMATE), Sound(SoundKind.MIXTURE)]
    listening = Listening(recipe)
    sounds = listening.read(0, listening.n_samples)
    listening.close()
    paths = [write(f"{k}.wav", sound) for k, sound in enumerate(sounds)]
    for loss in (LossChoice(), LossChoice(alpha=0.7, gamma=3.0, method=2)):
        files = analyse(Session((Source(paths[0]),), (Source(paths[1]), Source(paths[2])), loss=loss))
        for result, pair in zip(results, files.pairs, strict=True):
            literal, exact = named_results(result.facts, loss)
            assert pair.score is not None
            assert literal.fused == pytest.approx(pair.score.literal.fused, rel=1e-9)
            assert exact.osi_db_median == pytest.approx(pair.score.exact.osi_db_median, rel=1e-9)
            assert result.facts.n_active == pair.score.facts.n_active
            assert result.whole is not None
            assert pair.whole is not None
            assert result.whole.si_snr_db == pytest.approx(pair.whole.si_snr_db, rel=1e-9)


def test_a_mask_that_is_the_reference_in_other_numbers_sounds_the_same(demo: Analysis, write: Write) -> None:
    ideal = np.load(demo.session.references[0].path)
    half = Source(write("half.npy", 0.5 * ideal))
    analysis = analyse(replace(demo.session, estimates=(half,)))
    result, mixture = compare_masked(find_recipe(analysis), 0, 60.0)
    assert result.whole is not None
    assert result.whole.gain_db == pytest.approx(-6.02, abs=0.01)
    assert result.whole.si_snr_db > 120
    assert mixture.whole is not None
    assert mixture.whole.si_snr_db < 10


def test_words_name_the_frames_the_average_and_the_mixture(demo: Analysis) -> None:
    results = compare_masked(find_recipe(demo), 0, 60.0)
    text = masked_sentences(results, LossChoice(), "noisy.flac")
    assert text.startswith("As sound, on the mixture noisy.flac: ")
    assert "magnitude frames of 32.0 ms every 8.00 ms" in text
    assert "\n\nA: exact OSI-SNR " in text
    assert f"median over {results[0].facts.n_active} active frames" in text
    assert f"(exact, {results[0].facts.n_active} active frames, method 1)" in text
    literal = masked_sentences(results, LossChoice(formula=Formula.LITERAL), "noisy.flac")
    assert "(literal, all 684 frames, 53 silent, method 1)" in literal
    assert "\n\nMixture as it is: " in text


def test_what_cannot_be_heard_is_not_compared(demo: Analysis) -> None:
    unknown = analyse(replace(demo.session, mask_grid=MaskGrid()), demo)
    assert compare_masked(find_recipe(unknown), 0, 60.0) == []
    assert compare_masked(find_recipe(demo), 1, 60.0) == []
    assert masked_sentences([], LossChoice(), "") == ""
    with pytest.raises(Cancelled):
        compare_masked(find_recipe(demo), 0, 60.0, lambda: True)
