"""`osisnr score` from files to numbers: published values, every option's effect, refusals, delays."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .conftest import RATE, Run, speech_like, wav

M1 = np.array([[0.5, 0.6, 0.7], [0.8, 0.9, 1.0], [1.1, 1.2, 1.3]])
OSI_DB = np.array([28.07307793, 30.06463945, 31.86671312])


def _estimate(run: Run, *arguments: str) -> dict[str, Any]:
    result = run("score", *arguments, "--json", "-")
    assert result.code == 0, result.err
    (found,) = result.json["estimates"]
    assert isinstance(found, dict)
    return found


def test_published_pair(run: Run, folder: Path) -> None:
    found = _estimate(run, "m1.npy", "m2.npy", "--frames")
    np.testing.assert_allclose(found["frames"]["literal_osi_db"], OSI_DB, atol=5e-9)
    literal = found["literal"]
    assert round(literal["loss_osi_1"], 5) == 0.03342
    assert round(literal["loss_osi_2"], 5) == 0.03333
    assert round(literal["mc_mse"], 5) == 0.00135
    assert round(literal["fused"], 5) == 0.05374
    assert np.mean(found["frames"]["fused"]) == pytest.approx(literal["fused"], rel=1e-14)


@pytest.mark.parametrize("alpha", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("gamma", [0.0, 15.0, 100.0])
@pytest.mark.parametrize("method", [1, 2])
def test_alpha_gamma_method_as_the_formulas_say(
    run: Run, folder: Path, alpha: float, gamma: float, method: int
) -> None:
    words = f"m1.npy m2.npy --alpha {alpha} --gamma {gamma} --method {method}".split()
    literal = _estimate(run, *words)["literal"]
    mc_mse = np.mean((M1**alpha - (M1 - 0.1) ** alpha) ** 2)
    loss = np.mean(1 / OSI_DB) if method == 1 else 1 / np.mean(OSI_DB)
    assert literal["mc_mse"] == pytest.approx(mc_mse, rel=1e-12)
    assert literal["fused"] == pytest.approx(loss + gamma * mc_mse, rel=1e-8)
    assert literal["loss_osi_1"] == pytest.approx(np.mean(1 / OSI_DB), rel=1e-8)
    assert literal["loss_osi_2"] == pytest.approx(1 / np.mean(OSI_DB), rel=1e-8)


@pytest.mark.parametrize("representation", ["magnitude", "complex", "waveform"])
def test_audio_as_the_formulas_say(run: Run, folder: Path, representation: str) -> None:
    words = f"ref.wav est.wav --n-fft 400 --hop 100 --representation {representation} --frames".split()
    found = _estimate(run, *words)
    s, e = speech_like(RATE), speech_like(RATE) + 0.05 * speech_like(RATE, seed=1)
    frames = [x[np.arange(0, RATE - 399, 100)[:, None] + np.arange(400)] for x in (s, e)]
    if representation != "waveform":
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
        frames = [np.fft.rfft(x * window) for x in frames]
    s, e = (np.abs(x) for x in frames) if representation == "magnitude" else frames
    cosine = np.vecdot(s, e).real / np.sqrt(np.vecdot(s, s).real * np.vecdot(e, e).real)
    np.testing.assert_allclose(found["frames"]["exact_osi_db"], -10 * np.log10(1 - cosine**2), rtol=1e-8)
    assert found["n_frames"] == len(cosine) == 157
    assert found["frames"]["time_s"][:2] == pytest.approx([200 / RATE, 300 / RATE])


def test_whole_signal(run: Run, folder: Path) -> None:
    s, e = speech_like(RATE), speech_like(RATE) + 0.05 * speech_like(RATE, seed=1)
    gain = s @ e / (s @ s)
    noise = e - gain * s
    whole = _estimate(run, "ref.wav", "est.wav")["whole_signal"]
    assert whole["si_snr_db"] == pytest.approx(10 * np.log10(gain**2 * (s @ s) / (noise @ noise)), abs=1e-9)
    assert whole["osi_db"] == pytest.approx(10 * np.log10(10 ** (whole["si_snr_db"] / 10) + 1), abs=1e-9)
    assert whole["snr_db"] == pytest.approx(10 * np.log10((s @ s) / ((s - e) @ (s - e))), abs=1e-9)
    assert whole["gain_db"] == pytest.approx(20 * np.log10(gain), abs=1e-9)


def test_bad_segments_and_threshold(run: Run, folder: Path) -> None:
    estimate = speech_like(RATE)
    estimate[6000:8000] = speech_like(2000, seed=5)
    wav("hurt.wav", estimate)
    (segment,) = _estimate(run, "ref.wav", "hurt.wav", "--threshold", "8")["bad_segments"]
    assert segment["start_s"] == pytest.approx(6000 / RATE, abs=0.02)
    assert segment["end_s"] == pytest.approx(8000 / RATE, abs=0.02)
    assert segment["end_s"] - segment["start_s"] == pytest.approx(segment["n_frames"] * 0.008)
    assert 0 < segment["osi_db_min"] < segment["osi_db_mean"] < 8
    assert _estimate(run, "ref.wav", "hurt.wav", "--threshold", "0")["bad_segments"] == []


def test_silence_limit(run: Run, folder: Path) -> None:
    reference = speech_like(RATE)
    reference[:4000] *= 1e-4
    reference[4000:5000] = 0.0
    wav("quiet.wav", reference)
    counted = [
        _estimate(run, "quiet.wav", "est.wav", "--silence-db", limit)["status_counts"]["silent_reference"]
        for limit in ("60", "100", "inf")
    ]
    assert counted[0] > counted[1] >= counted[2] == 4


def _message(estimate: Any, code: str) -> str:
    (found,) = [warning["message"] for warning in estimate["warnings"] if warning["code"] == code]
    return found


@pytest.mark.parametrize(("late", "name"), [(137, "late.wav"), (-137, "early.wav")])
def test_delay_is_reported_and_taken_out_on_request(run: Run, folder: Path, late: int, name: str) -> None:
    estimate = speech_like(RATE) + 0.05 * speech_like(RATE, seed=1)
    wav(name, np.concatenate((np.zeros(137), estimate)) if late > 0 else estimate[137:])
    as_is, aligned = _estimate(run, "ref.wav", name), _estimate(run, "ref.wav", name, "--align")
    assert (as_is["delay_samples"], as_is["aligned"]) == (late, False)
    assert (aligned["delay_samples"], aligned["aligned"]) == (late, True)
    assert "delay" in [warning["code"] for warning in as_is["warnings"]]
    assert "aligned" in [warning["code"] for warning in aligned["warnings"]]
    straight = _estimate(run, "ref.wav", "est.wav")["whole_signal"]["si_snr_db"]
    assert as_is["whole_signal"]["si_snr_db"] < 0
    before, after = (f"{found['whole_signal']['si_snr_db']:.1f} dB".replace("-", "−") for found in (as_is, aligned))
    assert f"whole-signal SI-SNR {before}, {after} once aligned; nothing was shifted" in _message(as_is, "delay")
    assert f"whole-signal SI-SNR {before} → {after}" in _message(aligned, "aligned")
    assert aligned["whole_signal"]["si_snr_db"] == pytest.approx(straight, abs=0.1)


def test_an_uncertain_delay_is_never_taken_out(run: Run, folder: Path) -> None:
    wav("other.wav", speech_like(RATE, seed=7))
    found = _estimate(run, "ref.wav", "other.wav", "--align")
    assert abs(found["delay_peak"]) < 0.3
    assert found["aligned"] is False
    shown = run("score", "ref.wav", "other.wav").out.split("Whole signal")[1].splitlines()[2]
    assert shown.split()[-1] == "-"


def test_different_lengths(run: Run, folder: Path) -> None:
    wav("short.wav", speech_like(RATE)[:10000])
    result = run("score", "ref.wav", "short.wav")
    assert result.code == 0
    assert result.lines[0].startswith("osisnr: warning: short.wav: 0.625 s against the reference's 1.000 s; ")
    refused = run("score", "ref.wav", "short.wav", "--strict")
    assert refused.code == 3
    assert refused.out == ""
    assert refused.lines == [
        "osisnr: short.wav: 10000 samples against the reference's 16000; "
        "cut both to one length, or allow different lengths"
    ]


def test_different_rates(run: Run, folder: Path) -> None:
    estimate = speech_like(RATE // 2, seed=3)
    wav("8k.wav", estimate, 8000)
    result = run("score", "ref.wav", "8k.wav", "--json", "-")
    assert result.code == 0
    assert [w["code"] for w in result.json["estimates"][0]["warnings"]] == ["sample_rate_mismatch"]
    assert result.json["estimates"][0]["sample_rate"] == 8000
    assert run("score", "ref.wav", "8k.wav", "--strict").code == 3


def test_channels(run: Run, folder: Path) -> None:
    left, right = speech_like(RATE), speech_like(RATE, seed=9)
    wav("both.wav", np.stack((left, right), axis=1))
    wav("right.wav", right)
    wav("mean.wav", (left + right) / 2)
    first = run("score", "both.wav", "both.wav")
    said = "osisnr: warning: both.wav: 2 channels; channel 1 is used, nothing was mixed"
    assert first.lines == [f"{said} (the reference)", f"{said} (the estimate)"]
    for channel, twin in (("2", "right.wav"), ("0", "mean.wav")):
        wav("twin.wav", np.stack((np.zeros(RATE), np.zeros(RATE)), axis=1))
        wav("pair.wav", np.stack([speech_like(RATE, seed=11)] * 2, axis=1))
        wav("mono.wav", speech_like(RATE, seed=11))
        found = _estimate(run, "both.wav", "pair.wav", "--channel", channel)
        assert found["channel"] == int(channel)
        assert found["exact"]["osi_db_mean"] == pytest.approx(
            _estimate(run, twin, "mono.wav")["exact"]["osi_db_mean"], abs=1e-9
        )
    refused = run("score", "right.wav", "both.wav", "--channel", "2")
    assert refused.code == 3
    assert refused.lines == ["osisnr: right.wav: there is no channel 2; the file has 1; choose a channel from 1 to 1"]


def test_a_key_that_no_file_has_a_use_for(run: Run, folder: Path) -> None:
    np.save("a.npy", np.ones((3, 4)))
    np.savez("b.npz", m=np.ones((3, 4)) / 2)
    wav("s.wav", speech_like(RATE))
    for names in (("a.npy", "a.npy"), ("s.wav", "s.wav")):
        refused = run("score", *names, "--key", "m")
        assert (refused.code, refused.out) == (2, "")
        assert refused.lines == [
            "osisnr: --key: none of these files has named arrays; leave it out, or give an .npz or .mat file"
        ]
    mixed = run("score", "a.npy", "b.npz", "--key", "m", "--json", "-")
    assert mixed.code == 0
    assert (mixed.json["settings"]["key"], mixed.json["estimates"][0]["key"]) == (None, "m")


def test_key_and_transpose(run: Run, folder: Path) -> None:
    np.savez("two.npz", a=M1, b=M1 - 0.1)
    refused = run("score", "m1.npy", "two.npz")
    assert refused.code == 3
    assert refused.lines == [
        "osisnr: two.npz: several matrices: a (3 × 3), b (3 × 3); choose one by its name (option --key)"
    ]
    assert _estimate(run, "m1.npy", "two.npz", "--key", "b")["literal"]["fused"] == pytest.approx(0.0537370820)
    np.save("wide.npy", np.random.default_rng(0).random((3, 5)))
    plain = _estimate(run, "wide.npy", "wide.npy")
    turned = _estimate(run, "wide.npy", "wide.npy", "--transpose")
    assert (plain["n_frames"], turned["n_frames"], turned["transpose"]) == (5, 3, True)


def test_pairs_of_real_and_imaginary_parts(run: Run, folder: Path) -> None:
    rng = np.random.default_rng(0)
    s, e = rng.normal(size=(2, 9, 20)) + 1j * rng.normal(size=(2, 9, 20))
    for name, values in (("s", s), ("e", e)):
        np.save(folder / f"{name}_complex.npy", values)
        np.save(folder / f"{name}_pairs.npy", np.stack((values.real, values.imag), axis=-1))
    (refused,) = run("score", "s_pairs.npy", "e_complex.npy").lines
    assert refused.endswith("a[..., 0] + 1j * a[..., 1] (option --pair-axis)")
    plain = _estimate(run, "s_complex.npy", "e_complex.npy")
    paired = _estimate(run, "s_pairs.npy", "e_pairs.npy", "--pair-axis")
    assert (paired["literal"], paired["exact"]) == (plain["literal"], plain["exact"])
    assert paired["pair_axis"] is True
    assert "pair_axis" not in plain


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["m1.npy", "est.wav"], "osisnr: est.wav: this is sound and m1.npy is a mask; compare two masks, or"),
        (["ref.wav", "m2.npy"], "osisnr: m2.npy: this is a mask and ref.wav is sound; compare two masks, or"),
        (["m1.npy", "m2.npy", "--representation", "complex"], "osisnr: m1.npy: a matrix cannot be analysed as"),
        (["gone.wav", "est.wav"], "osisnr: gone.wav: there is no such file; check"),
        (["ref.wav", "gone\n\x1b[31m.wav"], r"osisnr: gone\x0a\x1b[31m.wav: there is no such file; check"),
        (["ref.wav", "sub"], "osisnr: sub: this is a folder, not a file; choose"),
        (["ref.wav", "empty.wav"], "osisnr: empty.wav: the file is empty (0 bytes); copy"),
        (["ref.wav", "sub/../text.wav"], "osisnr: sub/../text.wav: the content is no format this program knows;"),
        (["ref.wav", "tiny.wav"], "osisnr: tiny.wav: 10 samples in common, fewer than one frame of 512; use"),
        (["tiny.wav", "est.wav"], "osisnr: tiny.wav: 10 samples in common, fewer than one frame of 512; use"),
        (["nan.wav", "est.wav"], "osisnr: nan.wav: at sample 3 of channel 1 the value is nan; repair"),
        (["ref.wav", "nan.wav"], "osisnr: nan.wav: at sample 3 of channel 1 the value is nan; repair"),
    ],
)
def test_refusals_are_one_line_and_no_output(run: Run, folder: Path, arguments: list[str], line: str) -> None:
    (folder / "sub").mkdir()
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("hello " * 100)
    wav("tiny.wav", speech_like(10))
    wav("nan.wav", np.where(np.arange(RATE) == 3, np.nan, speech_like(RATE)))
    result = run("score", *arguments)
    assert result.code == 3
    assert result.out == ""
    assert len(result.lines) == 1
    assert result.err.startswith(line)


@pytest.mark.parametrize("option", ["--strict", "--align"])
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e308])
def test_samples_that_are_no_numbers(run: Run, folder: Path, value: float, option: str) -> None:
    wav("bad.wav", np.where(np.arange(RATE) % 999 == 3, value, speech_like(RATE)))
    for files in (("ref.wav", "bad.wav"), ("bad.wav", "ref.wav"), ("bad.wav", "bad.wav")):
        result = run("score", *files, option)
        assert (result.code, result.out, len(result.lines)) == (3, "", 1), result.err
        assert result.err.startswith("osisnr: bad.wav: at sample 3 of channel 1 ")


def test_one_refused_estimate_of_several(run: Run, folder: Path) -> None:
    table = run("score", "ref.wav", "gone.wav", "est.wav")
    assert table.code == 3
    assert "est.wav" in table.out
    assert "gone.wav" not in table.out
    result = run("score", "ref.wav", "gone.wav", "est.wav", "--json", "-")
    assert result.code == 3
    assert len(result.lines) == 1
    gone, scored = result.json["estimates"]
    assert gone["error"] == {
        "code": "not_found",
        "message": "gone.wav: there is no such file; check the name and the folder",
    }
    assert "error" not in scored
    assert scored["exact"]["osi_db_mean"] > 0


def test_a_refused_reference_writes_nothing(run: Run, folder: Path) -> None:
    result = run("score", "gone.wav", "est.wav", "--json", "out.json", "--csv", "out.csv")
    assert result.code == 3
    assert not (folder / "out.json").exists()
    assert not (folder / "out.csv").exists()


def test_the_same_file_twice(run: Run, folder: Path) -> None:
    found = _estimate(run, "ref.wav", "ref.wav")
    assert found["status_counts"]["proportional"] == found["n_frames"]
    assert found["exact"]["osi_db_mean"] is None
    assert found["exact"]["loss_osi_1"] == 0
    assert found["whole_signal"]["osi_db"] is None


def test_digital_silence(run: Run, folder: Path) -> None:
    wav("zero.wav", np.zeros(RATE))
    found = _estimate(run, "ref.wav", "zero.wav", "--frames")
    assert found["n_active"] == 0
    assert found["rms_db"] is None
    assert set(found["exact"].values()) == {None}
    assert found["frames"]["literal_osi_db"] == [None] * found["n_frames"]
    assert "literal_not_meaningful" in [warning["code"] for warning in found["warnings"]]
    shown = run("score", "ref.wav", "zero.wav")
    assert shown.code == 0
    assert "* zero.wav: 122 of 122 literal frames are not finite or not above 0 dB" in shown.out


def test_file_outputs_replace_the_table(run: Run, folder: Path) -> None:
    result = run("score", "ref.wav", "est.wav", "--json", "out.json", "--csv", "out.csv")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert (folder / "out.json").read_bytes().startswith(b'{\n  "schema": "osisnr.score/1",')
    assert (folder / "out.csv").read_bytes().startswith(b"# osisnr ")
    assert sorted(p.name for p in folder.iterdir() if p.name.startswith(".")) == []


def test_an_output_that_cannot_be_written(run: Run, folder: Path) -> None:
    result = run("score", "ref.wav", "est.wav", "--json", "no/such/folder.json")
    assert result.code == 3
    assert result.lines == ["osisnr: no/such/folder.json: not saved: its folder does not exist; choose another folder"]


@pytest.mark.parametrize(("bad", "good"), [("csv", "json"), ("json", "csv")])
def test_one_output_that_cannot_be_written_costs_the_other_nothing(run: Run, folder: Path, bad: str, good: str) -> None:
    for target in ("out", "-"):
        result = run("score", "m1.npy", "m2.npy", f"--{bad}", "no/such/file", f"--{good}", target)
        assert result.code == 3
        assert result.lines[-1].startswith("osisnr: no/such/file: not saved: ")
        assert result.out or (folder / "out").stat().st_size > 20


@pytest.mark.may_skip
@pytest.mark.skipif(sys.platform == "win32", reason="no such devices there")
def test_devices_are_written_to_and_not_replaced(run: Run, folder: Path) -> None:
    os.symlink(os.devnull, "null")
    assert run("score", "m1.npy", "m2.npy", "--json", "null").code == 0
    assert not Path(os.devnull).is_file()
    full = run("score", "m1.npy", "m2.npy", "--csv", "/dev/full")
    assert full.code == 3
    assert full.lines[-1] == "osisnr: /dev/full: not saved: it cannot be written to; choose another name"


@pytest.mark.may_skip
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names must be Unicode there")
def test_names_that_are_not_unicode(run: Run, folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.wav")
    os.rename("est.wav", name)
    assert _estimate(run, "ref.wav", name)["path"] == name
    assert r"caf\udce9.wav" in run("score", "ref.wav", name).out
    assert r"caf\udce9.wav" in run("score", "ref.wav", name, "--csv", "-").out
    os.remove(name)
    assert run("score", "ref.wav", name).lines[0].startswith(r"osisnr: caf\udce9.wav: there is no such file; ")


def test_demos(run: Run, samples: Path) -> None:
    clean = str(samples / "2_enhancement_clean.flac")
    better, worse = (str(samples / f"2_enhancement_est_{name}.flac") for name in ("dfn3", "gate"))
    result = run("score", clean, better, worse, "--json", "-")
    assert result.code == 0
    first, second = result.json["estimates"]
    assert first["whole_signal"]["si_snr_db"] == pytest.approx(10.86, abs=0.01)
    assert second["whole_signal"]["si_snr_db"] == pytest.approx(5.24, abs=0.01)
    assert first["exact"]["osi_db_mean"] == pytest.approx(10.88, abs=0.01)
    assert first["exact"]["fused"] == pytest.approx(0.602, abs=0.001)
    assert first["exact"]["osi_db_median"] > second["exact"]["osi_db_median"]


def test_demo_masks(run: Run, samples: Path) -> None:
    exact = _estimate(run, str(samples / "4_masks_irm.npy"), str(samples / "4_masks_est.npy"))["exact"]
    assert exact["osi_db_mean"] == pytest.approx(3.32, abs=0.01)
    assert exact["mc_mse"] == pytest.approx(0.1134, abs=1e-4)
    assert exact["fused"] == pytest.approx(2.261, abs=0.001)


def test_sound_is_no_mixture_of_masks(run: Run, folder: Path) -> None:
    wav("mix.wav", speech_like(RATE))
    refused = run("score", "m1.npy", "m2.npy", "--mixture", "mix.wav")
    assert refused.code == 3
    assert "m1.npy is a mask and mix.wav is sound" in refused.lines[-1]
    both = run("score", "m1.npy", "m2.npy", "--mixture", "mix.wav", "--json", "-")
    assert both.code == 3
    assert both.json["mixture"]["error"]["code"] == "pair"
    assert both.json["estimates"][0]["improvement"] is None
