"""Masks as sound files: names that replace nothing, and the session that compares them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.scores import named_results
from osisnr_gui.session.session import Note, Source
from osisnr_gui.session.sound.listening import Sound, SoundKind, find_recipe
from osisnr_gui.session.sound.sound_feed import compare_masked, masked_paths, open_masked, wav_parts

REFERENCE, EST_A, EST_B = Sound(SoundKind.REFERENCE), Sound(SoundKind.ESTIMATE, 0), Sound(SoundKind.ESTIMATE, 1)


@pytest.fixture(scope="module")
def demo() -> Analysis:
    return analyse(edits.add_note(demo_session("masks"), Note(1.0, 2.0, "here")))


def test_nothing_is_written_over(demo: Analysis, tmp_path: Path) -> None:
    recipe = find_recipe(demo)
    paths = masked_paths(recipe, str(tmp_path))
    assert {sound: Path(path).name for sound, path in paths.items()} == {
        REFERENCE: "4_masks_irm_on_mixture.wav",
        EST_A: "4_masks_est_on_mixture.wav",
    }
    Path(paths[EST_A]).write_bytes(b"mine")
    assert Path(masked_paths(recipe, str(tmp_path))[EST_A]).name == "4_masks_est_on_mixture_2.wav"
    # One file in two roles needs two names.
    twice = analyse(replace(demo.session, estimates=demo.session.references), demo)
    assert len(set(masked_paths(find_recipe(twice), str(tmp_path)).values())) == 2


def test_the_files_compare_as_the_masks_do_as_sound(demo: Analysis, tmp_path: Path) -> None:
    recipe = find_recipe(demo)
    paths = masked_paths(recipe, str(tmp_path))
    for sound, path in paths.items():
        Path(path).write_bytes(b"".join(wav_parts(recipe, sound)))
        assert soundfile.info(path).frames == 88_000
    session = open_masked(demo.session, paths)
    assert session.mixture == demo.session.mixture
    assert session.notes == demo.session.notes
    analysis = analyse(session)
    for pair, result in zip((*analysis.pairs, *analysis.unprocessed), compare_masked(recipe, 0, 60.0), strict=True):
        assert pair.score is not None
        expected = named_results(result.facts, session.loss)[1]
        assert pair.score.exact.osi_db_median == pytest.approx(expected.osi_db_median, abs=1e-4)  # 32-bit files


def test_estimates_keep_their_references(demo: Analysis) -> None:
    session = replace(
        demo.session,
        references=(Source("r1.npy"), Source("r2.npy")),
        estimates=(Source("a.npy"), Source("b.npy"), Source("c.npy")),
        pairing=(1, 0, 1),
    )
    kept = {REFERENCE: "r1.wav", Sound(SoundKind.REFERENCE, 1): "r2.wav", EST_A: "a.wav", EST_B: "b.wav"}
    assert open_masked(session, kept).partners == (1, 0)
    without_b = {sound: path for sound, path in kept.items() if sound != EST_B} | {
        Sound(SoundKind.ESTIMATE, 2): "c.wav"
    }
    assert open_masked(session, without_b).partners == (1, 1)
