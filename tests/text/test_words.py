"""Numbers and sentences: right digits, right signs, and nothing that the data do not say."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from osisnr_gui.core.types import Representation
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import DOWNMIX, Formula, Session
from osisnr_gui.session.verdict import Verdict
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text import sentences
from osisnr_gui.text.files import track_words

RATE = 8000


@pytest.fixture(scope="module")
def sound() -> Analysis:
    return analyse(demo_session("enhancement"))


@pytest.fixture
def voice() -> np.ndarray:
    rng = np.random.default_rng(3)
    return 0.1 * rng.normal(size=RATE)


def compare(folder: Path, reference: np.ndarray, estimate: np.ndarray) -> Analysis:
    soundfile.write(folder / "ref.wav", reference, RATE, subtype="DOUBLE")
    soundfile.write(folder / "est.wav", estimate, RATE, subtype="DOUBLE")
    return analyse(edits.open_files(Session(), [str(folder / "ref.wav"), str(folder / "est.wav")]))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (words.db(4.234), "4.2 dB"),
        (words.db(-32.06), "\u221232.1 dB"),
        (words.db(-0.04), "0.0 dB"),
        (words.db(math.inf), "∞ dB"),
        (words.db(-math.inf), "\u2212∞ dB"),
        (words.db(math.nan), "–"),
        (words.loss(0.6024), "0.602"),
        (words.loss(12.345), "12.35"),
        (words.loss(0.00135439), "0.00135"),
        (words.loss(0.0334), "0.0334"),
        (words.loss(-0.0), "0.000"),
        (words.loss(1e7), "1.00\u202f×\u202f10⁷"),
        (words.loss(9.999e-7), "1.00\u202f×\u202f10⁻⁶"),
        (words.loss(1e-320), "1.00\u202f×\u202f10⁻³²⁰"),
        (words.loss(math.nan), "–"),
        (words.count(9999), "9999"),
        (words.count(450000), "450\u202f000"),
        (words.percent(0.345), "34 %"),
        (words.percent(math.nan), "–"),
        (words.duration(6.6), "6.60 s"),
        (words.duration(725), "12:05 min"),
        (words.duration(3722.4), "1:02:02 h"),
        (words.hertz(440.4), "440 Hz"),
        (words.hertz(1250), "1.25 kHz"),
        (words.rate(44100), "44.1 kHz"),
        (words.rate(11025), "11025 Hz"),
        (words.milliseconds(0.008), "8.00 ms"),
        (words.milliseconds(0.032), "32.0 ms"),
    ],
)
def test_numbers(text: str, wanted: str):
    assert text == wanted


@pytest.mark.parametrize("value", [0.0, -0.0, 1e-320, -1e-5, 0.3, 99999.9, 1e300, math.inf, -math.inf, math.nan])
def test_no_number_shows_how_it_is_spelt_in_python(value: float):
    for text in (words.loss(value), words.db(value), words.number(value, 2), words.percent(value)):
        assert not set(text) & set("enaif-") - set("dB")


def test_letters():
    assert [estimate_letter(index) for index in (0, 1, 25, 26, 27, 52)] == ["A", "B", "Z", "AA", "AB", "BA"]


def test_names_lose_what_all_of_them_share():
    assert words.short_names(["/x/2_enh_clean.wav", "/y/2_enh_est_a.wav"]) == ["clean", "est_a"]
    assert words.short_names(["/x/a.wav", "/y/a.wav"]) == ["a", "a"]
    assert words.short_names(["/x/est.wav", "/x/est_2.wav"]) == ["est", "est_2"]
    assert words.short_names(["a_.wav", "a_b.wav"]) == ["a_", "b"]
    assert words.short_names(["/x/m_epoch10_output.wav", "/x/m_epoch20_output.wav"]) == ["epoch10", "epoch20"]
    assert words.short_names(["a_b_c.wav", "a_c.wav"]) == ["b", "c"]
    assert words.short_names(["out_2.wav", "out_2_2.wav"]) == ["2", "2_2"], "different files have different names"
    assert words.short_names([]) == []
    assert words.short_names(["/x/evil\n\u202e.wav"]) == ["evil\\x0a\\u202e"]


def test_every_name_is_there_and_says_something(sound: Analysis):
    assert sentences.estimate_names(sound) == ["A (est_dfn3)", "B (est_gate)"]


def test_the_sentence_is_true_to_the_figures(sound: Analysis):
    pair = sound.pairs[0]
    facts, exact = pair.score.facts, pair.score.exact
    assert sentences.status_sentence(sound, 0) == (
        f"A (est_dfn3): median {exact.osi_db_median:.1f} dB (exact, {facts.n_active} active frames)."
    )


def test_the_sentence_does_not_depend_on_which_result_leads(sound: Analysis):
    exact = rescore(edits.set_formula(sound.session, Formula.EXACT), sound)
    assert sentences.status_sentence(exact, 1) == sentences.status_sentence(sound, 1)


def test_the_leading_result_is_named_with_its_frames(sound: Analysis):
    score = sound.pairs[0].score
    assert sentences.result_words(score) == "exact, 683 active frames, method 1"
    literal = rescore(edits.set_method(edits.set_formula(sound.session, Formula.LITERAL), 2), sound)
    assert sentences.result_words(literal.pairs[0].score) == "literal, all 822 frames, 129 silent, method 2"


@pytest.mark.parametrize(("gain", "said"), [(2.0, "6.0 dB too loud"), (0.5, "6.0 dB too quiet"), (1.01, "")])
def test_a_level_is_mentioned_when_it_is_off(tmp_path: Path, voice: np.ndarray, gain: float, said: str):
    noise = 0.01 * np.random.default_rng(5).normal(size=RATE)
    analysis = compare(tmp_path, voice, gain * voice + noise)
    assert sentences.level_polarity_delay(analysis, analysis.pairs[0]) == ([said] if said else [])


def test_a_delay_is_mentioned_until_it_is_taken_out(tmp_path: Path, voice: np.ndarray):
    analysis = compare(tmp_path, voice, np.concatenate((np.zeros(40), voice[:-40])))
    assert sentences.level_polarity_delay(analysis, analysis.pairs[0]) == ["5.00 ms late"]
    aligned = analyse(edits.change_source(analysis.session, analysis.pairs[0].source, delay=40))
    assert sentences.level_polarity_delay(aligned, aligned.pairs[0]) == []


def test_no_level_is_claimed_for_something_unrelated(tmp_path: Path, voice: np.ndarray):
    other = 0.1 * np.random.default_rng(9).normal(size=RATE)
    analysis = compare(tmp_path, voice, other)
    assert sentences.level_polarity_delay(analysis, analysis.pairs[0]) == []


def test_the_same_but_for_its_level(tmp_path: Path, voice: np.ndarray):
    analysis = compare(tmp_path, voice, 0.5 * voice)
    verdict = sentences.verdict_sentence(Verdict(analysis.pairs[0]), "s")
    assert verdict == "The same as the reference but for its level."
    score = analysis.pairs[0].score
    assert score.exact.osi_db_mean == math.inf
    assert "the estimate is the reference" in sentences.why_osi(math.inf, score, Formula.EXACT)


def test_an_upside_down_estimate_is_called_so(tmp_path: Path, voice: np.ndarray):
    reference = analyse(
        edits.set_framing(compare(tmp_path, voice, -voice + 1e-3).session, representation=Representation.WAVEFORM)
    )
    assert "upside down (polarity)" in sentences.level_polarity_delay(reference, reference.pairs[0])


def test_silence_is_said_and_explained(tmp_path: Path, voice: np.ndarray):
    analysis = compare(tmp_path, voice, np.zeros(RATE))
    score = analysis.pairs[0].score
    assert "no frame is active" in sentences.status_sentence(analysis, 0)
    verdict = sentences.verdict_sentence(Verdict(analysis.pairs[0]), "s")
    assert "100 % of the reference's sound is missing" in verdict
    assert "No frame is active" in sentences.why_loss(score.exact.fused, score, Formula.EXACT)
    assert sentences.why_loss(score.literal.fused, score, Formula.LITERAL)


def test_a_number_in_order_needs_no_excuse(tmp_path: Path, voice: np.ndarray):
    noise = 0.01 * np.random.default_rng(5).normal(size=RATE)
    score = compare(tmp_path, voice, voice + noise).pairs[0].score
    assert sentences.why_osi(score.exact.osi_db_mean, score, Formula.EXACT) == ""
    assert sentences.why_loss(score.exact.fused, score, Formula.EXACT) == ""
    assert sentences.why_loss(score.literal.fused, score, Formula.LITERAL) == ""


def test_every_state_of_a_session_has_a_sentence(tmp_path: Path, voice: np.ndarray, sound: Analysis):
    assert sentences.status_sentence(None).startswith("Open a reference")
    assert sentences.status_sentence(Analysis(Session())).startswith("Open a reference")
    session = sound.session
    alone = analyse(replace(session, estimates=(), mixture=None))
    assert "add an estimate" in sentences.status_sentence(alone, 0)
    assert "no reference yet" in sentences.status_sentence(analyse(replace(session, references=())), 0)
    missing = replace(session.references[0], path=str(tmp_path / "gone.wav"))
    assert "The reference gone.wav was refused" in sentences.status_sentence(
        analyse(replace(session, references=(missing,)))
    )
    broken = analyse(replace(session, estimates=(missing,)))
    assert "A (gone) cannot be compared" in sentences.status_sentence(broken, 7)


def test_what_a_file_is(tmp_path: Path, voice: np.ndarray):
    soundfile.write(tmp_path / "two.wav", np.stack((voice, 0 * voice), axis=1), RATE)
    session = edits.open_files(Session(), [str(tmp_path / "two.wav")])
    track = analyse(session).reference
    assert track_words(track).startswith("1.00 s · 8 kHz · channel 1 of 2 · WAV PCM 16 · −20.")
    second = analyse(edits.change_source(session, session.reference, channel=2, delay=37)).reference
    assert track_words(second).endswith("channel 2 of 2 · WAV PCM 16 · digital silence · moved −37 samples")
    mean = analyse(edits.change_source(session, session.reference, channel=DOWNMIX)).reference
    assert "mean of 2 channels" in track_words(mean)
    mask = analyse(demo_session("masks")).reference
    assert track_words(mask) == ("ratio mask · 129 bins × 686 frames · float32 · 0.00 to 1.00, mean 0.25")
