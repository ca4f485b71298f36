"""Notices and their remedies: each button is an edit that really changes the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.core.types import Representation
from osisnr_gui.export.score_report import score_report, track_report
from osisnr_gui.io.errors import Cancelled
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.guess import Role
from osisnr_gui.session.notices.all_notices import Notice, gather
from osisnr_gui.session.session import DOWNMIX, Formula, FramingChoice, Lengths, Session, Source
from osisnr_gui.session.tracks import check_track, open_track

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]


def _session(write: Write, s: np.ndarray, e: np.ndarray, rates: tuple[int, int] = (16_000, 16_000)) -> Session:
    """A pair whose literal result leads: that one has notices of its own."""
    session = Session((Source(write("s.wav", s, rates[0])),), (Source(write("e.wav", e, rates[1])),))
    return edits.set_formula(session, Formula.LITERAL)


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
    assert aligned.pairs[0].delay is first.pairs[0].delay
    assert "delay" not in _codes(aligned)
    moved = f"moved {abs(delay)} samples ({abs(delay) / 16:.2f} ms) {'earlier' if delay > 0 else 'later'}"
    assert moved in _notice(aligned, "aligned").message
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
    assert aligned.session.estimates[0].delay == 100
    assert aligned.pairs[0].whole.osi_db > first.pairs[0].whole.osi_db + 20


def test_channels(write: Write, noise: Noise) -> None:
    s = noise()
    e = np.stack([noise(seed=1), s + 0.01 * noise(seed=2), -noise(seed=1)], axis=1)
    first = analyse(_session(write, s, e))
    notice = _notice(first, "channels")
    assert "channel 1 is used" in notice.message
    assert [remedy.label for remedy in notice.remedies] == [
        *("Channel 2", "Channel 3", "Mean of all", "Each channel as its own estimate", "Keep")
    ]
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
    session = replace(_session(write, noise(20_000), noise()), lengths=Lengths.REFUSE)
    refused = analyse(session)
    assert "16000 samples against the reference's 20000" in str(refused.pairs[0].error)
    allowed = _press(refused, "refused", "Allow")
    assert allowed.session.lengths is Lengths.COMMON
    assert allowed.pairs[0].error is None
    equal = replace(_session(write, noise(), noise(seed=1)), lengths=Lengths.REFUSE)
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
    allowed = _press(refused, "refused", "Allow")
    assert allowed.session == first.session
    assert allowed.pairs[0].score is not None


def test_resampling_there_and_back_caps_osi(write: Write, noise: Noise) -> None:
    from scipy.signal import resample_poly

    s = noise(32_000)
    first = analyse(_session(write, s, resample_poly(s, 3, 1), (16_000, 48_000)))
    assert 15 < _median(first) < 60


def test_polarity(write: Write, noise: Noise) -> None:
    s = noise()
    session = _session(write, s, -s + 0.01 * noise(seed=1))
    upright, unlike = _session(write, s, s + 0.01 * noise(seed=1)), _session(write, s, noise(seed=2) - 0.1 * s)
    session = Session(upright.references, (Source(write("inverted.wav", -s + 0.01 * noise(seed=1))),))
    for kind in (Representation.MAGNITUDE, Representation.COMPLEX, Representation.WAVEFORM):
        inverted = analyse(edits.set_framing(session, representation=kind))
        assert "the signal is inverted (correlation −1.00)" in _notice(inverted, "polarity").message
        assert _median(inverted) > 30
        assert "polarity" not in _codes(analyse(edits.set_framing(upright, representation=kind)))
        assert "polarity" not in _codes(analyse(edits.set_framing(unlike, representation=kind)))


def test_flipping_makes_it_upright_and_is_undone(write: Write, noise: Noise) -> None:
    x = noise(8000, 3)
    session = Session((Source(write("a.wav", x)),), (Source(write("b.wav", -0.5 * x)),))
    first = analyse(session)
    flipped = _press(first, "polarity", "Flip")
    assert "polarity" not in _codes(flipped)
    pair = flipped.pairs[0]
    assert pair.whole is not None
    assert pair.whole.snr_db == pytest.approx(6.02, abs=0.05)
    assert _press(flipped, "flipped", "Undo").session == session


def test_a_flipped_mask(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    mask = rng.random((4, 20)) > 0.5
    mask[0] = True
    np.save(tmp_path / "a.npy", mask.astype(float))
    np.save(tmp_path / "b.npy", -mask.astype(np.int8))
    first = analyse(Session((Source(str(tmp_path / "a.npy")),), (Source(str(tmp_path / "b.npy")),)))
    flipped = _press(first, "polarity", "Flip")
    score = flipped.pairs[0].score
    assert score is not None
    assert score.exact.mc_mse == 0.0
    track = flipped.pairs[0].estimate.mask
    assert track is not None
    assert (track.minimum, track.maximum) == (0.0, 1.0)


def test_names_that_say_the_opposite_of_the_roles(write: Write, noise: Noise) -> None:
    session = Session((Source(write("enhanced.wav", noise(8000, 3))),), (Source(write("clean.wav", noise(8000, 4))),))
    first = analyse(session)
    assert "the names say the opposite" in _notice(first, "roles").message
    assert "roles" not in _codes(_press(first, "roles", "Swap"))


@pytest.mark.parametrize("sign", [1, -1])
def test_polarity_of_a_late_file_is_judged_at_its_delay(write: Write, noise: Noise, sign: int) -> None:
    """Half a period late, a tone in its place is the opposite of itself."""
    n = np.arange(16_000)
    s = np.sin(2 * np.pi * n / 80) * np.hanning(len(n)) + noise()
    first = analyse(_session(write, s, sign * np.r_[np.zeros(40), s[:-40]]))
    assert first.pairs[0].delay.samples == 40
    assert ("polarity" in _codes(first)) == (sign < 0)
    assert ("polarity" in _codes(_press(first, "delay", "Align"))) == (sign < 0)


def test_polarity_of_masks(write: Write) -> None:
    s = np.random.default_rng(0).normal(size=(9, 20))
    session = Session((Source(write("s.npy", s)),), (Source(write("e.npy", -s + 0.01)),))
    assert "20 of 20 active frames are inverted" in _notice(analyse(session), "polarity").message


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
    first_lost, stop = facts.longest_lost
    assert stop - first_lost == silent
    assert "the longest stretch 0.268–0.484 s" in notice.message, (
        "4,000 to 8,000 of 16,000 samples a second, whole frames"
    )
    exact = rescore(notice.remedies[0].edit(first.session), first)
    assert exact.session.loss.formula is Formula.EXACT
    assert "literal_not_meaningful" not in _codes(exact)
    assert exact.pairs[0].score.leading is exact.pairs[0].score.exact


def test_a_frame_that_decides_the_loss_is_named(write: Write, noise: Noise) -> None:
    time = np.arange(16_000) / 16_000
    s = 0.1 * np.sin(2 * np.pi * 500 * time)
    e = s + 0.001 * noise()
    assert "one_frame" not in _codes(analyse(_session(write, s, e)))
    e[8064:8576] = 0.1 * np.sin(2 * np.pi * 4000 * time[8064:8576])  # one whole frame
    found = analyse(_session(write, s, e))
    facts = found.pairs[0].score.facts
    frame, share = facts.heaviest
    assert facts.frames.first_time + frame * facts.frames.grid.step == pytest.approx((8064 + 256) / 16_000)
    weights = 1.0 / facts.frames.exact_osi_db[facts.active]
    assert share == pytest.approx(weights.max() / weights.sum(), rel=1e-12)
    assert share > 0.5
    assert "one frame (0.516–0.524 s) holds" in _notice(found, "one_frame").message
    report = score_report(found)["estimates"][0]
    assert list(report)[-1] == "heaviest_frame"
    assert report["heaviest_frame"] == {"frame": frame, "time_s": facts.frames.times()[frame], "share": share}


def test_quiet_files_are_flagged_as_biased(write: Write, noise: Noise) -> None:
    s = noise()
    quiet = analyse(_session(write, 1e-6 * s, 1e-6 * (s + 0.01 * noise(seed=1))))
    facts = quiet.pairs[0].score.facts
    assert facts.biased == facts.frames.n_frames
    assert facts.tiny == facts.frames.n_frames
    loud = analyse(_session(write, s, s + 0.01 * noise(seed=1)))
    assert loud.pairs[0].score.facts.biased == 0
    assert loud.pairs[0].score.facts.tiny == 0
    assert "quiet" not in _codes(loud)
    n = facts.n_active
    notice = _notice(quiet, "quiet")
    assert f"in {n} of {n} active frames the constants of the literal formula change OSI-SNR" in notice.message
    assert f"; {n} frames of the estimate hold less energy than the constants" in notice.message
    assert notice.severity == "note"
    exact = rescore(notice.remedies[0].edit(quiet.session), quiet)
    assert "quiet" not in _codes(exact)


def test_how_far_the_constants_reach(write: Write, noise: Noise) -> None:
    s = noise()
    analysis = analyse(_session(write, 1e-3 * s, 1e-3 * (s + 0.003 * noise(seed=1))))
    score = analysis.pairs[0].score
    bias = np.abs(score.facts.frames.literal_osi_db - score.facts.frames.exact_osi_db)
    assert f"by up to {bias[score.facts.active].max():.1f} dB" in _notice(analysis, "quiet").message
    assert "less energy than the constants" not in _notice(analysis, "quiet").message


def test_a_copy_is_not_called_quiet(write: Write, noise: Noise) -> None:
    analysis = analyse(_session(write, noise(), noise()))
    assert analysis.pairs[0].score.facts.counts["proportional"] > 0
    assert "quiet" not in _codes(analysis)


def test_the_quiet_share_a_banner() -> None:
    one, two = (Notice("quiet", f"{name}: so and so", Source(name)) for name in "ab")
    (shown,) = gather((one, two))
    assert shown.message == "a: so and so\nb: so and so"


def test_one_remedy_serves_all_estimates_with_the_same_fault(write: Write, noise: Noise) -> None:
    s = noise()
    estimates = tuple(Source(write(f"e{k}.wav", gain * s)) for k, gain in enumerate((0.25, 0.125, 1.0)))
    session = Session((Source(write("s.wav", s)),), estimates)
    (shown,) = [notice for notice in gather(analyse(session).notices) if notice.code == "gain"]
    assert [line.partition(" dB")[0][-4:] for line in shown.message.splitlines()] == ["12.0", "18.1"]
    (remedy,) = shown.remedies
    assert remedy.label == "Match level (all 2)"
    matched = remedy.edit(session)
    assert [source.gain for source in matched.estimates] == pytest.approx([4.0, 8.0, 1.0])
    assert not [notice for notice in analyse(matched).notices if notice.code == "gain"]


@pytest.mark.parametrize(
    ("delay", "n", "length", "aligned"),
    [
        (-137, 15_863, "0.991 s against the reference's 1.000 s; the stretch both have is compared, "
         "the reference's first 137 samples (0.009 s) are left out", ""),
        (137, 16_137, "the stretch both have is compared, the estimate's first 137 samples (0.009 s) are left out", ""),
        (137, 16_000, "", "its first 137 samples (0.009 s) and the reference's last 137 samples (0.009 s) are left"),
        (-137, 16_000, "", "its last 137 samples (0.009 s) and the reference's first 137 samples (0.009 s) are left"),
        (137, 17_000, "the estimate's first 137 samples (0.009 s) and the estimate's last 863 samples (0.054 s)", ""),
        (0, 16_100, "the common start is compared, the estimate's last 100 samples (0.006 s) are left out", ""),
    ],
)  # fmt: skip
def test_what_is_left_out_is_said_of_the_right_end(
    write: Write, noise: Noise, delay: int, n: int, length: str, aligned: str
) -> None:
    session = _session(write, noise(), noise(n, 1))
    session = edits.change_source(session, session.estimates[0], delay=delay)
    analysis = analyse(session)
    assert ("length_mismatch" in _codes(analysis)) == bool(length)
    if length:
        assert length in _notice(analysis, "length_mismatch").message
    if delay:
        message = _notice(analysis, "aligned").message
        assert aligned in message
        assert ("left out" in message) == bool(aligned)


def test_padding_still_loses_what_comes_before_the_reference(write: Write, noise: Noise) -> None:
    session = replace(_session(write, noise(), noise(15_000, 1)), lengths=Lengths.PAD)
    plain = analyse(session)
    assert _notice(plain, "length_mismatch").message.endswith("what one of them lacks is filled with zeros")
    late = analyse(edits.change_source(session, session.estimates[0], delay=100))
    assert "zeros, the estimate's first 100 samples (0.006 s) are left out" in _notice(late, "length_mismatch").message


def test_one_file_in_two_roles_has_remedies_for_each(write: Write, noise: Noise) -> None:
    both = Source(write("a.wav", np.stack([noise(), noise(seed=1)], axis=1)))
    first = analyse(Session((both,), (both,)))
    notices = [notice for notice in first.notices if notice.code == "channels"]
    assert [notice.message.rpartition(" (")[2] for notice in notices] == ["the reference)", "the estimate)"]
    for notice, channels in zip(notices, ((2, None), (None, 2)), strict=True):
        after = notice.remedies[0].edit(first.session)
        assert (after.references[0].channel, after.estimates[0].channel) == channels


def test_the_level_of_a_mix_is_measured(write: Write, noise: Noise) -> None:
    s = noise()
    stereo = np.stack([s, 0.5 * noise(seed=1) + 0.01], axis=1)
    level = check_track(open_track(Source(write("a.wav", stereo), channel=DOWNMIX))).level
    mix = stereo.mean(axis=1)
    assert (level.rms, level.mean, level.peak) == pytest.approx(
        (np.sqrt(np.mean(mix**2)), mix.mean(), np.abs(mix).max()), rel=1e-9
    )
    silent = check_track(open_track(Source(write("b.wav", np.stack([s, -s], axis=1)), channel=DOWNMIX)))
    assert silent.level.rms_db == -np.inf
    assert track_report(silent)["rms_db"] is None
    assert [w.message for w in silent.warnings if w.code == "SILENT"] == [
        "only silence in the mean of all channels: they cancel out"
    ]


def test_measuring_a_mix_can_be_cancelled(write: Write, noise: Noise) -> None:
    track = open_track(Source(write("a.wav", np.stack([noise(), noise()], axis=1)), channel=DOWNMIX))
    asked = iter((False, True))
    with pytest.raises(Cancelled):
        check_track(track, lambda: next(asked))


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


def test_opening_a_matrix_can_be_cancelled(write: Write) -> None:
    source = Source(write("s.npy", np.ones((3, 4))))
    assert open_track(source, lambda: False).mask is not None
    with pytest.raises(Cancelled):
        open_track(source, lambda: True)


def test_a_mixture_is_adapted_as_openly_as_an_estimate(write: Write, noise: Noise) -> None:
    s = noise()
    both = np.stack((noise(24_000, 1), noise(24_000, 2)), axis=1)
    session = _session(write, s, s + 0.03 * noise(seed=3))
    session = replace(session, mixture=Source(write("noisy.wav", both, 48_000)))
    first = analyse(session)
    assert _codes(first) == ["channels", "length_mismatch", "sample_rate_mismatch"]
    assert all(notice.source == session.mixture for notice in first.notices)
    assert "Each channel as its own estimate" not in [r.label for r in _notice(first, "channels").remedies]
    second = _press(first, "channels", "Channel 2")
    assert second.session.mixture == replace(session.mixture, channel=2)
    assert second.session.estimates == session.estimates
    assert _press(second, "channels", "Undo").session == session
    refused = _press(first, "sample_rate_mismatch", "Refuse instead")
    assert _press(refused, "refused", "Allow").session == session


def test_a_mixture_that_cannot_be_used_is_said(write: Write, noise: Noise, tmp_path: Path) -> None:
    session = _session(write, noise(), noise() + 0.03 * noise(seed=3))
    mask = replace(session, mixture=Source(write("mix.npy", np.ones((3, 4)))))
    for each in (mask, replace(session, mixture=Source(str(tmp_path / "gone.wav")))):
        assert _press(analyse(each), "refused", "Remove").session == session


@pytest.mark.parametrize("place", ["reference", "mixture"])
def test_what_was_done_to_an_estimate_is_said_in_its_next_role_too(write: Write, noise: Noise, place: str) -> None:
    s = noise()
    changed = Source(write("e.wav", 0.5 * s + 0.01 * noise(seed=1)), delay=100, flip=True, gain=2.0)
    session = Session((Source(write("s.wav", s)),), (changed, Source(write("b.wav", s + 0.1 * noise(seed=2)))))
    role = {"reference": Role.REFERENCE, "mixture": Role.MIXTURE}[place]
    analysis = analyse(edits.set_role(session, changed, role))
    for code, said, undone in (
        ("aligned", "e.wav: moved 100 samples (6.25 ms) earlier", replace(changed, delay=0)),
        ("flipped", "e.wav: turned upside down (opposite sign)", replace(changed, flip=False)),
        ("level_matched", "e.wav: made 6.0 dB louder", replace(changed, gain=1.0)),
    ):
        notice = _notice(analysis, code)
        assert (notice.message, notice.source) == (said, changed)
        (undo,) = notice.remedies
        assert getattr(undo.edit(analysis.session), place) == undone


def test_a_hyphen_in_a_name_stays_one(write: Write, noise: Noise) -> None:
    """Signs of numbers are true minus signs; names are as they are."""
    s = noise()
    path = write("my-est-1.wav", -0.0001 * (s + 0.01) + 1e-8 * noise(seed=1))
    analysis = analyse(Session((Source(write("my-ref.wav", s)),), (Source(path),)))
    assert {"polarity", "gain", "dc", "near_silent"} <= set(_codes(analysis))
    for notice in analysis.notices:
        assert notice.message.startswith("my-est-1.wav: ")
        assert "-" not in notice.message.removeprefix("my-est-1.wav: ").replace("OSI-SNR", "").replace(
            "MC-MSE", ""
        ).replace("least-squares", "")


def test_a_channel_that_is_not_there_any_more(write: Write, noise: Noise) -> None:
    session = _session(write, noise(), noise() + 0.03 * noise(seed=1))
    missing = edits.change_source(session, session.estimates[0], channel=2)
    assert _press(analyse(missing), "refused", "Channel 1").session == session


def test_levels_are_as_read(write: Write, noise: Noise) -> None:
    x = noise() + 0.2
    x[100:110] = 1.0
    source = Source(write("a.wav", x), offset=0.2, gain=0.5)
    track = check_track(open_track(source))
    level, clean = track.level, x - 0.2
    assert level.rms == pytest.approx(0.5 * np.sqrt(np.mean(clean**2)), rel=1e-9)
    assert level.mean == pytest.approx(0.5 * np.mean(clean), abs=1e-9)
    assert level.peak >= 0.5 * np.abs(clean).max()
    assert level.clipped_runs == 1, "the damage stays, at whatever level"
    assert track.clips.tolist() == [[100, 10]]
    mixed = check_track(open_track(Source(write("b.wav", np.stack((x, np.roll(x, 50)), axis=1)), channel=DOWNMIX)))
    assert mixed.clips.tolist() == [[100, 10], [150, 10]]


def test_unrelated_signals_are_called_that(write: Write, noise: Noise) -> None:
    s, other = noise(32_000), noise(32_000, 1)
    unrelated = analyse(_session(write, s, other))
    message = str(_notice(unrelated, "unrelated").message)
    assert message.startswith("e.wav: unrelated to the reference? Correlation ")
    assert "(by chance 4.2 dB)" in message
    assert _notice(unrelated, "unrelated").severity == "warning"
    assert not _press(unrelated, "unrelated", "Remove").session.estimates
    assert "unrelated" not in _codes(analyse(_session(write, s, other + 0.5 * s))), "a bad estimate is one"
    assert "unrelated" not in _codes(analyse(_session(write, s, np.r_[np.zeros(500), s][:32_000]))), "late only"


def test_speakers_in_another_order_are_told_once() -> None:
    assert "unrelated" not in _codes(analyse(demo_session("speakers")))


def test_two_references_are_noticed(write: Write, noise: Noise) -> None:
    s, other = noise(), noise(seed=1)

    def told(first: str, second: str, level: float) -> list[str]:
        sources = Source(write(first, s, 16_000)), Source(write(second, s + level * other, 16_000))
        return [
            str(n.message) for n in analyse(Session(sources[:1], sources[1:])).notices if n.code == "two_references"
        ]

    assert told("a.wav", "b.wav", 0.0001)[0].startswith("b.wav: two references? Nearly the same (")
    assert told("a_clean.wav", "b_clean.wav", 0.3) == ["b_clean.wav: two references? Both names say so"]
    assert told("clean.wav", "clean_enhanced.wav", 0.3) == told("a.wav", "b.wav", 0.03) == []
