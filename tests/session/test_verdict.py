"""The verdict does not flatter: what is missing, made up or bad counts beside the angle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from osisnr_gui.core.bands import octave_bands
from osisnr_gui.export.measures import MEASURES
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.segments.bad_segments import SegmentFigures
from osisnr_gui.session.session import MaskGrid, Session
from osisnr_gui.session.verdict import NOTABLE_SHARE, BandOfErrors, Grade, Verdict, find_band_of_errors
from osisnr_gui.text.sentences import grade_words, verdict_sentence

RATE = 16000
CHANCE_DB = 4.2


def _speech(seconds: float = 6.0) -> np.ndarray:
    """Noise in syllables with pauses of a third: white enough for every band."""
    rng = np.random.default_rng(5)
    n = round(seconds * RATE)
    talks = (np.arange(n) / RATE) % 0.6 < 0.4
    return 0.2 * rng.standard_normal(n) * talks


def _judge(folder: Path, reference: np.ndarray, estimate: np.ndarray) -> Verdict:
    for name, sound in (("ref", reference), ("est", estimate)):
        soundfile.write(folder / f"{name}.wav", sound, RATE, subtype="FLOAT")
    session = edits.open_pair(Session(), str(folder / "ref.wav"), str(folder / "est.wav"))
    return Verdict(analyse(session, []).pairs[0], CHANCE_DB)


def _with_errors(sound: np.ndarray, db: float) -> np.ndarray:
    """The sound with an error `db` below it, in its own pauses as silent as it is."""
    error = np.random.default_rng(6).standard_normal(sound.size) * (sound != 0.0)
    return sound + error * np.sqrt(np.mean(sound**2) / np.mean(error**2)) * 10.0 ** (-db / 20.0)


@pytest.mark.parametrize(
    ("db", "grade"),
    [(60, Grade.SAME_TO_THE_EAR), (25, Grade.VERY_CLOSE), (15, Grade.AUDIBLE), (2, Grade.STRONG)],
)
def test_the_word_follows_the_angle(tmp_path: Path, db: float, grade: Grade) -> None:
    sound = _speech()
    verdict = _judge(tmp_path, sound, _with_errors(sound, db))
    assert verdict.grade is grade
    assert max(verdict.missing, verdict.made_up, verdict.under) <= NOTABLE_SHARE or db < 10


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_muted_estimate_is_at_best_audibly_wrong(tmp_path: Path, share: float) -> None:
    sound = _speech()
    muted = _with_errors(sound, 60) * (np.arange(sound.size) >= share * sound.size)
    verdict = _judge(tmp_path, sound, muted)
    assert verdict.grade is Grade.AUDIBLE
    assert verdict.missing == pytest.approx(share, abs=0.03)
    assert f"{100 * verdict.missing:.0f} % of the reference's sound is missing" in verdict_sentence(verdict, "s")
    assert verdict_sentence(verdict, "s")[0].isdigit()


def test_pauses_full_of_noise_count(tmp_path: Path) -> None:
    sound = _speech()
    noise = 0.02 * np.random.default_rng(7).standard_normal(sound.size) * (sound == 0.0)
    verdict = _judge(tmp_path, sound, _with_errors(sound, 60) + noise)
    assert verdict.grade is Grade.AUDIBLE
    assert verdict.made_up > 0.2
    assert verdict_sentence(verdict, "s").startswith("Sound where the reference is silent")


def test_many_bad_frames_count_though_the_median_is_fine(tmp_path: Path) -> None:
    sound = _speech()
    broken = _with_errors(sound, 40)
    part = slice(0, round(0.3 * sound.size))
    broken[part] = 0.2 * np.sin(np.arange(part.stop) * 0.9) * (sound[part] != 0.0)
    verdict = _judge(tmp_path, sound, broken)
    assert verdict.median_db > 30.0
    assert verdict.grade is Grade.AUDIBLE
    assert verdict.under == pytest.approx(0.3, abs=0.1)


def test_another_recording_is_called_unrelated(tmp_path: Path) -> None:
    sound = _speech()
    other = 0.2 * np.random.default_rng(9).standard_normal(sound.size) * (sound != 0.0)
    verdict = _judge(tmp_path, sound, other)
    assert verdict.grade is Grade.UNRELATED
    assert "unrelated" in verdict_sentence(verdict, "s")


def test_the_same_but_louder(tmp_path: Path) -> None:
    sound = np.round(_speech() * 2**12) / 2**12
    verdict = _judge(tmp_path, sound, 2.0 * sound)
    assert (verdict.grade, verdict.band) == (Grade.SAME, None)


def test_silence_everywhere_is_nothing_to_compare(tmp_path: Path) -> None:
    verdict = _judge(tmp_path, _speech(), np.zeros(_speech().size))
    assert verdict.grade is Grade.NOTHING
    assert verdict.missing == pytest.approx(1.0)


BANDS = octave_bands(257, 31.25)


@pytest.mark.parametrize(
    ("osi_db", "low", "high"),
    [
        ((20, 20, 19, 6, 5), 2000, np.inf),
        ((4, 20, 19, 20, 21), 0, 500),
        ((20, 21, 6, 20, 19), 1000, 2000),
    ],
)
def test_errors_in_one_place_of_the_spectrum(osi_db: tuple[float, ...], low: float, high: float) -> None:
    assert find_band_of_errors(BANDS, osi_db) == BandOfErrors(low, high)


@pytest.mark.parametrize("osi_db", [(12, 12, 11, 12, 13), (5, 20, 5, 20, 5), (np.nan,) * 5, (np.inf,) * 5])
def test_errors_everywhere_have_no_band(osi_db: tuple[float, ...]) -> None:
    assert find_band_of_errors(BANDS, osi_db) is None


def test_every_grade_has_its_words() -> None:
    assert len({grade_words(grade) for grade in Grade}) == len(Grade)


def test_where_in_frequency_comes_from_what_the_pass_has_painted(tmp_path: Path) -> None:
    sound = _speech()
    spectrum = np.fft.rfft(np.random.default_rng(8).standard_normal(sound.size))
    spectrum[: spectrum.size // 2] = 0.0
    hiss = 0.5 * np.fft.irfft(spectrum, sound.size) * (sound != 0.0)
    verdict = _judge(tmp_path, sound, sound + 0.2 * hiss)
    assert verdict.band == BandOfErrors(4000.0, np.inf)
    assert verdict_sentence(verdict, "s") == "Errors are audible, mostly above 4\u00a0kHz."


@pytest.mark.parametrize("rate", [None, 16000])
def test_masks_are_judged_in_their_own_words(tmp_path: Path, rate: int | None) -> None:
    mask = np.random.default_rng(3).random((40, 300)) ** 2
    estimate = mask + 0.01
    estimate[32:] = np.random.default_rng(4).random((8, 300))
    estimate[:, :60] = 0.0
    np.save(tmp_path / "ref.npy", mask)
    np.save(tmp_path / "est.npy", estimate)
    session = edits.open_pair(Session(), str(tmp_path / "ref.npy"), str(tmp_path / "est.npy"))
    if rate:
        session = replace(session, mask_grid=MaskGrid(rate=rate, hop=128, n_fft=78))
    verdict = Verdict(analyse(session, []).pairs[0], 3.6)
    sentence = verdict_sentence(verdict, "s" if rate else "frames")
    assert sentence.startswith("Empty in 20 % of the frames that the reference fills; ")
    assert ("mostly above bin 32" in sentence) is (rate is None)
    assert ("mostly above 4\u00a0kHz" in sentence) is (rate is not None)


def test_counts_are_those_of_the_list() -> None:
    for pair in analyse(demo_session("damaged")).pairs:
        assert pair.score is not None
        bad, summary = pair.score.bad, {m.key: m.of(pair) for m in MEASURES if m.unit == "frames"}
        listed = [np.count_nonzero(frames) for frames in (bad.low, bad.missed, bad.false_activity)]
        assert [summary["bad"], summary["missed"], summary["false"]] == listed == list(bad.counts)
        assert SegmentFigures(bad).counts.sum() <= sum(listed)
