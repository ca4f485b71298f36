"""`osisnr report`: one page that is whole, says what `osisnr score` says, and tells nothing of the machine."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from report_page import ReportPage

from osisnr_gui.cli.main import main
from osisnr_gui.export.report_audio import AudioChoice

from .conftest import RATE, ROOT, Run, speech_like, wav

Make = Callable[..., ReportPage]


@pytest.fixture
def make(run: Run, folder: Path) -> Make:
    """`make("ref.wav", "est.wav", …)` writes page.html and reads it."""

    def call(*arguments: str) -> ReportPage:
        result = run("report", *arguments, "-o", "page.html")
        assert (result.code, result.out) == (0, ""), result.err
        return ReportPage("page.html")

    return call


def _score(run: Run, *arguments: str) -> dict[str, Any]:
    return run("score", *arguments, "--json", "-").json


def test_the_numbers_are_those_of_score(run: Run, make: Make) -> None:
    files = ("ref.wav", "est.wav", "--alpha", "0.5", "--gamma", "3", "--threshold", "20", "--mixture", "ref.wav")
    assert make(*files).data["score"] == _score(run, *files)


def test_an_estimate_of_another_kind_is_named_and_the_others_are_there(run: Run, folder: Path) -> None:
    np.save("mask.npy", np.ones((40, 30)))
    result = run("report", "ref.wav", "est.wav", "mask.npy", "-o", "page.html")
    assert result.code == 3
    assert "mask.npy" in result.err
    sound, mask = ReportPage("page.html").data["score"]["estimates"]
    assert "error" not in sound
    assert "error" in mask


def test_paths_become_names(make: Make, folder: Path) -> None:
    os.mkdir("deep")
    wav("deep/est.wav", speech_like(RATE, seed=3))
    page = make(str(folder / "ref.wav"), str(folder / "deep" / "est.wav"))
    assert [file["name"] for file in page.data["files"]] == ["ref.wav", "est.wav"]
    assert page.data["score"]["estimates"][0]["path"] == "est.wav"
    for secret in (str(folder), folder.name, "deep", os.path.expanduser("~")):
        assert secret not in page.text
    digest = hashlib.sha256(Path("ref.wav").read_bytes()).hexdigest()
    assert page.data["files"][0]["hash"] == digest[:12]


def test_nothing_is_asked_for_from_outside(make: Make) -> None:
    page = make("ref.wav", "est.wav")
    assert not [e for e in page.elements if {"src", "srcset", "action", "style"} & e.attributes.keys()]
    assert [e.attributes["href"] for e in page.elements if "href" in e.attributes] == ["data:,"]
    assert re.findall(r"https?:|//\w+\.\w|@import|url\(", page.text) == []
    policy = page.meta("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    runs = [e for e in page.all("script") if "type" not in e.attributes]
    for (element,), kind in ((runs, "script"), (page.all("style"), "style")):
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_names_are_text(make: Make) -> None:
    name = "<img src=x onerror=alert(1)>\u2028--><!--<script>.wav"
    wav(name, speech_like(RATE, seed=2))
    page = make("ref.wav", name)
    assert not page.all("img")
    assert len([e for e in page.all("script") if "type" not in e.attributes]) == 1
    assert page.data["files"][1]["name"] == name.replace("\u2028", "\\u2028")


def test_alpha_moves_the_loss_to_what_the_formula_gives(run: Run, make: Make) -> None:
    page = make("ref.wav", "est.wav")
    sums = page.data["estimates"][0]["sums"]
    for alpha in (0.02, 0.3, 0.77, 1.0):
        (found,) = _score(run, "ref.wav", "est.wav", "--alpha", str(alpha))["estimates"]
        for result in ("exact", "literal"):
            assert page.mc_mse(sums[result], alpha) == pytest.approx(found[result]["mc_mse"], rel=1e-8)


@pytest.mark.parametrize("most", [4096, 40])
def test_curves_add_up_to_the_loss_of_the_file(
    run: Run, make: Make, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("osisnr_gui.export.html_report.MOST_COLUMNS", most)
    wav("gated.wav", speech_like(RATE) * (np.arange(RATE) % 4000 > 1500))
    page = make("gated.wav", "est.wav")
    (found,) = _score(run, "gated.wav", "est.wav", "--frames")["estimates"]
    curves, frames = page.data["estimates"][0]["curves"], found["frames"]
    group = curves["group"]
    assert group == -(-found["n_frames"] // most)
    osi_db = np.array([np.nan if v is None else v for v in frames["exact_osi_db"]])
    pieces = [osi_db[i : i + group] for i in range(0, len(osi_db), group)]
    means = page.array(curves["exact"]["osi_db"], "<f4")
    assert curves["first"] == pytest.approx(np.mean(frames["time_s"][:group]))
    known = [piece[~np.isnan(piece)] for piece in pieces]
    np.testing.assert_allclose(means, [piece.mean() if piece.size else np.nan for piece in known], rtol=1e-6)
    n_counted = np.array([np.count_nonzero(~np.isnan(piece)) for piece in pieces])
    assert 0 < n_counted.sum() == found["n_active"] < found["n_frames"]
    osi_term = page.array(curves["exact"]["osi_term"], "<f4")
    total = np.nansum(np.where(n_counted, osi_term, 0.0) * n_counted) / n_counted.sum()
    assert total == pytest.approx(found["exact"]["loss_osi_1"], rel=1e-5)
    values = page.array(curves["exact"]["values"], "<f4").reshape(len(page.data["alpha_nodes"]), -1)
    node = 12
    alpha = page.data["alpha_nodes"][node]
    mc_mse = values[node] * 4.0 ** (alpha * page.array(curves["exact"]["exponents"], "<i4"))
    counted = mc_mse * n_counted if group > 1 else mc_mse[n_counted > 0]
    (at_node,) = _score(run, "gated.wav", "est.wav", "--alpha", repr(alpha))["estimates"]
    assert counted.sum() / n_counted.sum() == pytest.approx(at_node["exact"]["mc_mse"], rel=1e-5)


def test_pictures_keep_the_loudest_point(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = make("ref.wav", "est.wav").data["references"][0]["picture"]
    page = ReportPage("page.html")
    codes = np.cumsum(page.array(fine["codes"], "u1").reshape(fine["n_columns"], -1), axis=0, dtype=np.uint8)
    assert codes.shape == (122, 257)
    monkeypatch.setattr("osisnr_gui.export.html_report.MOST_COLUMNS", 50)
    monkeypatch.setattr("osisnr_gui.export.html_report.MOST_ROWS", 100)
    page = make("ref.wav", "est.wav")
    coarse = page.data["references"][0]["picture"]
    pooled = np.cumsum(page.array(coarse["codes"], "u1").reshape(coarse["n_columns"], -1), axis=0, dtype=np.uint8)
    wanted = np.maximum.reduceat(np.maximum.reduceat(codes, np.arange(0, 122, 3), axis=0), np.arange(0, 257, 3), axis=1)
    np.testing.assert_array_equal(pooled, wanted)
    assert coarse["first"] == pytest.approx(fine["first"] + fine["step"])
    assert (coarse["low_bin"], coarse["bin_step"]) == (31.25, 93.75)


def test_sounds_are_the_files(make: Make) -> None:
    wav("loud.wav", 3.0 * speech_like(RATE, seed=1))
    page = make("ref.wav", "est.wav", "loud.wav")
    sounds, (clip,) = page.data["sounds"], page.data["clips"]
    assert [(track["kind"], track["index"]) for track in sounds["tracks"]] == [
        ("reference", 0),
        ("estimate", 0),
        ("estimate", 1),
    ]
    assert (clip["start"], clip["n_samples"]) == (0, RATE)
    for name, path, track in zip(clip["sounds"], ("ref.wav", "est.wav", "loud.wav"), sounds["tracks"], strict=True):
        samples, rate = page.sound(name)
        assert rate == RATE
        np.testing.assert_allclose(track["level"] * samples, soundfile.read(path)[0], atol=track["level"] * 2.0**-15)


def test_only_the_worst_places_or_no_sound(make: Make) -> None:
    noise = 0.01 * np.random.default_rng(4).normal(size=20 * RATE)
    for second in (2, 5, 8, 11, 14, 17):
        noise[second * RATE : second * RATE + 3200] *= 100 + second
    reference = np.tile(speech_like(RATE), 20)
    wav("long.wav", reference)
    wav("long_est.wav", reference + noise)
    page = make("long.wav", "long_est.wav", "--audio", "worst", "--threshold", "15")
    clips = [(clip["start"] / RATE, clip["n_samples"] / RATE) for clip in page.data["clips"]]
    assert len(clips) == 5
    worst = sorted(page.data["estimates"][0]["segments"][:5], key=lambda segment: segment["start"])
    for (start, length), segment in zip(clips, worst, strict=True):
        assert start == pytest.approx(segment["start"] - 0.5, abs=1e-3)
        assert length == pytest.approx(segment["stop"] - segment["start"] + 1.0, abs=1e-3)
    silent = make("long.wav", "long_est.wav", "--audio", "none")
    assert (silent.data["sounds"], silent.data["clips"]) == (None, [])
    assert len(silent.text) < len(page.text)


def test_size_of_ten_seconds(make: Make, samples: Path) -> None:
    """Ten seconds of speech, two estimates and the mixture: at most 3 MB."""
    names = ("2_enhancement_clean", "5_damaged_est", "2_enhancement_est_dfn3", "2_enhancement_noisy")
    for name in names:
        sound, rate = soundfile.read(samples / f"{name}.flac")
        soundfile.write(f"{name}.wav", np.concatenate((sound, sound))[: 10 * rate], rate)
    files = [f"{name}.wav" for name in names]
    make(*files[:3], "--mixture", files[3])
    assert os.path.getsize("page.html") < 3_000_000


@pytest.mark.slow
def test_size_of_five_minutes(folder: Path, samples: Path) -> None:
    """At most 36 MB with all sounds, and little with the worst places only."""
    files = []
    for name in ("2_enhancement_clean", "5_damaged_est", "2_enhancement_est_dfn3", "2_enhancement_noisy"):
        sound, rate = soundfile.read(samples / f"{name}.flac")
        soundfile.write(f"{name}.wav", np.tile(sound, 46)[: 300 * rate], rate)
        files.append(f"{name}.wav")
    for audio, most in ((AudioChoice.ALL, 36_000_000), (AudioChoice.WORST, 8_000_000)):
        assert main(["report", *files[:3], "--mixture", files[3], "-o", "page.html", "--audio", audio]) == 0
        assert os.path.getsize("page.html") < most


def test_aligned_as_score_does(run: Run, make: Make) -> None:
    wav("late.wav", np.roll(speech_like(RATE), 25))
    page = make("ref.wav", "late.wav", "--align")
    assert page.data["score"] == _score(run, "ref.wav", "late.wav", "--align")
    samples, _ = page.sound(page.data["clips"][0]["sounds"][1])
    np.testing.assert_allclose(samples[: RATE - 25], speech_like(RATE)[: RATE - 25], atol=2.0**-14)


def test_the_page_is_english_in_every_language(folder: Path) -> None:
    command = [sys.executable, "-m", "osisnr_gui.cli.main", "report", "ref.wav", "est.wav", "-o", "page.html"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": "xx"})
    assert ReportPage("page.html").data["estimates"][0]["verdict"]["word"] in ("errors audible", "very close")


@pytest.mark.parametrize("representation", ["complex", "waveform"])
def test_other_columns(run: Run, make: Make, representation: str) -> None:
    arguments = ("ref.wav", "est.wav", "--representation", representation, "--n-fft", "400", "--channel", "0")
    page = make(*arguments)
    assert page.data["score"] == _score(run, *arguments)
    assert page.data["references"][0]["picture"]["n_rows"] == 201


def test_masks_are_silent_or_heard_on_the_mixture(run: Run, make: Make, samples: Path) -> None:
    masks = [str(samples / "4_masks_irm.npy"), str(samples / "4_masks_est.npy")]
    page = make(*masks)
    assert (page.data["unit"], page.data["sounds"]) == ("frames", None)
    assert page.data["references"][0]["picture"]["unit"] == ""
    assert page.data["score"]["estimates"][0]["exact"] == _score(run, *masks)["estimates"][0]["exact"]
    mixture = str(samples / "4_masks_noisy.flac")
    heard = make(*masks, "--mixture", mixture, "--hop", "128")
    assert heard.data["unit"] == "s"
    assert [(t["kind"], t["masked"]) for t in heard.data["sounds"]["tracks"]] == [
        ("reference", True),
        ("estimate", True),
        ("mixture", False),
    ]
    assert "mixture" not in heard.data["score"]
    result = run("report", *masks, "--mixture", mixture, "-o", "page.html")
    assert (result.code, ReportPage("page.html").data["sounds"]["tracks"][0]["kind"]) == (0, "mixture")
    assert result.lines[0] == (
        f"osisnr: warning: {mixture}: the masks are not heard on it: their STFT is not known; give --hop, and --n-fft "
        "where it is another"
    )


def test_a_refused_estimate_is_named_and_costs_the_others_nothing(run: Run, folder: Path) -> None:
    Path("bad.wav").write_bytes(b"no sound at all")
    result = run("report", "ref.wav", "bad.wav", "est.wav", "-o", "page.html")
    assert result.code == 3
    assert result.lines[0].startswith("osisnr: bad.wav: ")
    bad, good = ReportPage("page.html").data["estimates"]
    assert bad["error"].startswith("bad.wav: ")
    assert good["letter"] == "B"
    assert "verdict" in good
    Path("page.html").unlink()
    assert run("report", "ref.wav", "bad.wav", "-o", "page.html").code == 3
    assert run("report", "bad.wav", "est.wav", "-o", "page.html").code == 3
    assert not Path("page.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "REFERENCE and ESTIMATE are missing"),
        ("ref.wav -o page.html", "ESTIMATE is missing"),
        ("ref.wav est.wav", "-o: '' is no name of a page; add -o FILE.html"),
        ("ref.wav est.wav -o est.wav", "-o: est.wav is one of the inputs"),
        ("ref.wav est.wav -o page.pdf", "-o: 'page.pdf' is no name of a page; add -o FILE.html"),
        ("ref.wav est.wav -o page.html --audio some", "--audio"),
    ],
)
def test_wrong_usage(run: Run, folder: Path, words: str, said: str) -> None:
    result = run("report", *words.split())
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert len(result.lines) == 1


def test_a_large_page_is_said_to_be_large(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osisnr_gui.cli.report.LARGE_BYTES", 1000)
    result = run("report", "ref.wav", "est.wav", "-o", "page.html")
    assert result.code == 0
    assert "--audio worst keeps the five worst places" in result.lines[-1]
    assert run("report", "ref.wav", "est.wav", "-o", "page.html", "--audio", "worst").err == ""


def test_a_report_needs_no_qt(folder: Path) -> None:
    code = (
        "import sys\n"
        "from osisnr_gui.cli.main import main\n"
        "assert main(['report', 'ref.wav', 'est.wav', '-o', 'page.html']) == 0\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_strict_json(make: Make) -> None:
    page = make("ref.wav", "ref.wav")
    text = next(e.text for e in page.elements if e.attributes.get("id") == "data")

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    json.loads(text, parse_constant=refuse)
