"""Notices and their remedies: each button is an edit that really changes the result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from osisnr_gui.core.types import Representation
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.notices import Notice
from osisnr_gui.session.session import DOWNMIX, Formula, FramingChoice, Lengths, Session, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]


def _session(write: Write, s: np.ndarray, e: np.ndarray, rates: tuple[int, int] = (16_000, 16_000)) -> Session:
    return Session((Source(write("s.wav", s, rates[0])),), (Source(write("e.wav", e, rates[1])),))


def _notice(analysis: Analysis, code: str) -> Notice:
    (found,) = [notice for notice in analysis.notices if notice.code == code]
    return found


def _codes(analysis: Analysis) -> list[str]:
    return [notice.code for notice in analysis.notices]


def _press(analysis: Analysis, code: str, label: str) -> Analysis:
    (remedy,) = [remedy for remedy in _notice(analysis, code).remedies if remedy.label == label]
    return analyse(remedy.edit(analysis.session), analysis)


def _median(analysis: Analysis) -> float:
    return analysis.pairs[0].score.exact.osi_db_median


def test_nothing_to_say_about_a_good_pair(write: Write, noise: Noise) -> None:
    s = noise()
    assert _codes(analyse(_session(write, s, s + 0.03 * noise(seed=1)))) == []


@pytest.mark.parametrize("delay", [137, -137, 1600])
@pytest.mark.parametrize("gain", [1.0, -0.5])
def test_align(write: Write, noise: Noise, delay: int, gain: float) -> None:
    s = noise(32_000, talk=True)
    e = gain * (np.r_[np.zeros(delay), s] if delay > 0 else s[-delay:])
    first = analyse(_session(write, s, e + 1e-4 * noise(len(e), 1)))
    message = _notice(first, "delay").message
    assert f"{abs(delay)} samples" in message
    assert ("late" if delay > 0 else "early") in message
    assert _notice(first, "delay").severity == "warning"
    aligned = _press(first, "delay", "Align")
    assert aligned.session.estimates[0].delay == delay
    assert aligned.pairs[0].delay.samples == 0
    assert "delay" not in _codes(aligned)
    assert f"{-delay} samples" in _notice(aligned, "aligned").message
    assert aligned.pairs[0].whole.osi_db > 50 > 5 > first.pairs[0].whole.osi_db
    back = _press(aligned, "aligned", "Undo")
    assert back.session == first.session
    assert back.pairs[0].score.exact == first.pairs[0].score.exact


def test_unrelated_files_have_no_delay_to_align(write: Write, noise: Noise) -> None:
    assert "delay" not in _codes(analyse(_session(write, noise(), noise(seed=1))))


def test_delay_at_another_rate(write: Write, noise: Noise) -> None:
    """Delays count samples of the reference, whatever the estimate's rate."""
    smooth = np.convolve(noise(24_000), np.hanning(25), "same")
    first = analyse(_session(write, smooth[::3], np.r_[np.zeros(300), smooth], (16_000, 48_000)))
    assert first.pairs[0].delay.samples == 100
    aligned = _press(first, "delay", "Align")
    assert aligned.pairs[0].delay.samples == 0
    assert aligned.pairs[0].whole.osi_db > first.pairs[0].whole.osi_db + 20


def test_channels(write: Write, noise: Noise) -> None:
    s = noise()
    e = np.stack([noise(seed=1), s + 0.01 * noise(seed=2), -noise(seed=1)], axis=1)
    first = analyse(_session(write, s, e))
    notice = _notice(first, "channels")
    assert "channel 1 is used" in notice.message
    assert [remedy.label for remedy in notice.remedies] == ["Channel 2", "Channel 3", "Mean of all", "Keep"]
    right = _press(first, "channels", "Channel 2")
    assert right.session.estimates[0].channel == 2
    assert _median(right) > 35 > _median(first) + 20
    assert "channel 2 of 3" in _notice(right, "channels").message
    mixed = _press(first, "channels", "Mean of all")
    assert mixed.session.estimates[0].channel == DOWNMIX
    assert _median(mixed) > 35
    kept = _press(first, "channels", "Keep")
    assert _median(kept) == _median(first)
    assert _press(kept, "channels", "Undo").session == first.session
    assert right.reference is first.reference


def test_length_mismatch(write: Write, noise: Noise) -> None:
    s = noise(20_000)
    first = analyse(_session(write, s, s[:16_000]))
    message = _notice(first, "length_mismatch").message
    assert "1.000 s against the reference's 1.250 s" in message
    assert "4000 samples" in message
    padded = _press(first, "length_mismatch", "Pad with zeros")
    assert padded.session.lengths is Lengths.PAD
    assert padded.pairs[0].frames.n_frames == 153 > first.pairs[0].frames.n_frames == 122
    assert padded.pairs[0].score.facts.counts["silent_estimate"] == 153 - 125
    back = _press(padded, "length_mismatch", "Undo")
    assert back.session == first.session
    assert back.pairs[0].frames.n_frames == 122


def test_length_mismatch_of_masks(write: Write) -> None:
    rng = np.random.default_rng(0)
    session = Session(
        (Source(write("s.npy", rng.uniform(size=(9, 50)))),), (Source(write("e.npy", rng.uniform(size=(9, 40)))),)
    )
    first = analyse(session)
    assert "40 frames against the reference's 50" in _notice(first, "length_mismatch").message
    assert _press(first, "length_mismatch", "Pad with zeros").pairs[0].frames.n_frames == 50


def test_lengths_refused(write: Write, noise: Noise) -> None:
    session = edits.set_lengths(_session(write, noise(20_000), noise()), Lengths.REFUSE)
    assert "16000 samples against the reference's 20000" in str(analyse(session).pairs[0].error)
    equal = edits.set_lengths(_session(write, noise(), noise(seed=1)), Lengths.REFUSE)
    assert analyse(equal).pairs[0].error is None


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_rate_mismatch(write: Write, noise: Noise, rate: int) -> None:
    first = analyse(_session(write, noise(), noise(rate, 1), (16_000, rate)))
    assert f"{rate} Hz, resampled to the reference's 16000 Hz" in _notice(first, "sample_rate_mismatch").message
    assert "length_mismatch" not in _codes(first)
    assert first.pairs[0].sample_rate == 16_000
    refused = _press(first, "sample_rate_mismatch", "Refuse instead")
    assert f"{rate} Hz" in str(refused.pairs[0].error)
    assert refused.pairs[0].score is None


def test_resampling_there_and_back_caps_osi(write: Write, noise: Noise) -> None:
    from scipy.signal import resample_poly

    s = noise(32_000)
    first = analyse(_session(write, s, resample_poly(s, 3, 1), (16_000, 48_000)))
    assert 15 < _median(first) < 60


def test_polarity(write: Write, noise: Noise) -> None:
    s = noise()
    session = _session(write, s, -s + 0.01 * noise(seed=1))
    waveform = analyse(edits.set_framing(session, representation=Representation.WAVEFORM))
    assert "122 of 122 active frames are inverted" in _notice(waveform, "polarity").message
    upright = analyse(edits.set_framing(_session(write, s, s), representation=Representation.WAVEFORM))
    assert "polarity" not in _codes(upright)
    assert _median(waveform) > 30


@pytest.mark.parametrize(("offset", "said"), [(0.0, False), (0.0009, False), (0.0015, True), (-0.05, True)])
def test_dc(write: Write, offset: float, said: bool) -> None:
    s = 0.1 * np.sin(np.arange(16_000) * 2 * np.pi / 160) * np.sqrt(2)
    assert ("dc" in _codes(analyse(_session(write, s, s + offset)))) == said


def test_clipping(write: Write, noise: Noise) -> None:
    e = noise()
    e[100:103] = 1.0
    e[200:202] = 1.0
    e[300:310] = -1.0
    notice = _notice(analyse(_session(write, noise(), e)), "clipping")
    assert "2 clipped places" in notice.message
    assert notice.source.path.endswith("e.wav")


def test_levels_are_of_the_chosen_channel(write: Write, noise: Noise) -> None:
    e = np.stack([np.full(16_000, 0.5), noise()], axis=1)
    session = _session(write, noise(), e)
    first = analyse(session)
    assert first.pairs[0].estimate.level.mean == pytest.approx(0.5)
    second = analyse(edits.change_source(session, session.estimates[0], channel=2), first)
    level = second.pairs[0].estimate.level
    assert level.rms == pytest.approx(np.sqrt(np.mean(noise() ** 2)), rel=1e-9)
    assert level.rms_db == pytest.approx(20 * np.log10(level.rms))
    assert "dc" in _codes(first)
    assert "dc" not in _codes(second)


def test_literal_frames_that_mean_nothing(write: Write, noise: Noise) -> None:
    s, e = noise(), noise() + 0.01 * noise(seed=1)
    e[4000:8000] = 0
    first = analyse(_session(write, s, e))
    facts = first.pairs[0].score.facts
    silent = facts.counts["silent_estimate"]
    assert facts.not_meaningful >= silent > 20
    notice = _notice(first, "literal_not_meaningful")
    assert f"{facts.not_meaningful} of 122 literal frames" in notice.message
    exact = rescore(notice.remedies[0].edit(first.session), first)
    assert exact.session.loss.formula is Formula.EXACT
    assert "literal_not_meaningful" not in _codes(exact)
    assert exact.pairs[0].score.leading is exact.pairs[0].score.exact


def test_quiet_files_are_flagged_as_biased(write: Write, noise: Noise) -> None:
    s = noise()
    quiet = analyse(_session(write, 1e-6 * s, 1e-6 * (s + 0.01 * noise(seed=1))))
    facts = quiet.pairs[0].score.facts
    assert facts.biased == facts.frames.n_frames
    assert facts.tiny == facts.frames.n_frames
    loud = analyse(_session(write, s, s + 0.01 * noise(seed=1)))
    assert loud.pairs[0].score.facts.biased == 0
    assert loud.pairs[0].score.facts.tiny == 0


def test_a_refused_file_with_choices(write: Write, tmp_path: object) -> None:
    matrices = {name: np.random.default_rng(k).uniform(size=(9, 20)) for k, name in enumerate(("clean", "noisy"))}
    path = f"{tmp_path}/both.npz"
    np.savez(path, **matrices)
    session = Session((Source(write("s.npy", matrices["noisy"])),), (Source(path),))
    first = analyse(session)
    notice = _notice(first, "refused")
    assert [remedy.label for remedy in notice.remedies] == ["Use clean", "Use noisy"]
    chosen = _press(first, "refused", "Use noisy")
    assert chosen.session.estimates[0].key == "noisy"
    assert _median(chosen) == np.inf


def test_every_notice_names_its_file_and_every_remedy_edits(write: Write, noise: Noise) -> None:
    e = np.stack([np.r_[np.zeros(137), noise(15_000)]] * 2, axis=1)
    e[50:60] = 1.0
    analysis = analyse(_session(write, noise(20_000), e))
    assert {"channels", "clipping", "length_mismatch", "delay"} <= set(_codes(analysis))
    for notice in analysis.notices:
        assert notice.message
        assert notice.severity in ("note", "warning")
        assert notice.source in analysis.session.sources
        for remedy in notice.remedies:
            assert remedy.edit(analysis.session) != analysis.session


def test_notices_of_the_reference_come_first(write: Write, noise: Noise) -> None:
    stereo = np.stack([noise(), noise(seed=1)], axis=1)
    analysis = analyse(_session(write, stereo, stereo))
    assert [notice.source for notice in analysis.notices if notice.code == "channels"] == [
        analysis.session.references[0],
        analysis.session.estimates[0],
    ]


def test_framing_choice_is_kept_by_remedies(write: Write, noise: Noise) -> None:
    session = Session(
        (Source(write("s.wav", noise(20_000))),), (Source(write("e.wav", noise())),),
        framing=FramingChoice(n_fft=256),
    )  # fmt: skip
    padded = _press(analyse(session), "length_mismatch", "Pad with zeros")
    assert padded.framing.n_fft == 256
    assert padded.framing.hop == 64
