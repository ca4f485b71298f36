"""The JSON contract: keys, their order and types, as scripts outside depend on them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any

import numpy as np
import pytest
import soundfile as sf

import osisnr_gui
from osisnr_gui.export.csv_files import frames_csv
from osisnr_gui.export.score_report import score_report
from osisnr_gui.io.json_file import json_bytes, json_parts, plain_text
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.session import LossChoice, Session, Source

Types = type | UnionType

SETTINGS: list[tuple[str, Types]] = [
    ("representation", str),
    ("n_fft", int | None),
    ("hop", int | None),
    ("window", str | None),
    ("alpha", float),
    ("gamma", float),
    ("method", int),
    ("silence_db", float | None),
    ("channel", int | None),
    ("threshold_db", float),
    ("key", str | None),
    ("transpose", bool),
    ("lengths", str),
    ("same_rate_only", bool),
]
TRACK: list[tuple[str, Types]] = [
    ("path", str),
    ("kind", str),
    ("sample_rate", int | None),
    ("channels", int),
    ("n_samples", int | None),
    ("duration_s", float | None),
    ("rms_db", float | None),
]
ESTIMATE: list[tuple[str, Types]] = [
    *TRACK,
    ("channel", int | None),
    ("key", str | None),
    ("transpose", bool),
    ("flip", bool),
    ("gain", float),
    ("offset", float),
    ("samples_taken_out", int),
    ("n_frames", int),
    ("n_active", int),
    ("status_counts", dict),
    ("delay_samples", int | None),
    ("aligned", bool),
    ("delay_peak", float | None),
    ("literal", dict),
    ("exact", dict),
    ("whole_signal", dict | None),
    ("bad_segments", list),
    ("frames", dict),
    ("warnings", list),
    ("heaviest_frame", dict),
]
STATUSES = ["ok", "silent_both", "silent_reference", "silent_estimate", "proportional", "orthogonal", "nonfinite"]
LITERAL = ["osi_db_mean", "loss_osi_1", "loss_osi_2", "mc_mse", "fused"]
EXACT = ["osi_db_mean", "osi_db_median", "osi_db_p05", "loss_osi_1", "loss_osi_2", "mc_mse", "fused"]
WHOLE = ["osi_db", "si_snr_db", "snr_db", "gain_db"]
SEGMENT = ["start_s", "end_s", "n_frames", "osi_db_min", "osi_db_mean", "first_frame"]
FRAMES = ["time_s", "status", "literal_osi_db", "exact_osi_db", "mc_mse", "fused"]


@pytest.fixture
def audio(tmp_path: Path) -> Analysis:
    """A reference that begins with silence and an estimate with a hole."""
    random = np.random.default_rng(0)
    reference = 0.1 * random.standard_normal(16000)
    estimate = reference + 0.02 * random.standard_normal(16000)
    reference[:3000] = 0.0
    estimate[8000:9600] = 0.1 * random.standard_normal(1600)
    for name, samples in (("r.wav", reference), ("e.wav", estimate)):
        sf.write(tmp_path / name, samples, 16000, subtype="DOUBLE")
    # Unrelated noise still reads about 4 dB: magnitudes are never negative.
    return _analyse(tmp_path / "r.wav", tmp_path / "e.wav", tmp_path / "gone.wav", threshold_db=6.0)


@pytest.fixture
def masks(tmp_path: Path) -> Analysis:
    """Random masks, nowhere silent."""
    random = np.random.default_rng(0)
    for name in ("r.npy", "e.npy"):
        np.save(tmp_path / name, random.random((20, 30)))
    return _analyse(tmp_path / "r.npy", tmp_path / "e.npy", threshold_db=4.0)


def _analyse(reference: Path, *estimates: Path, **settings: Any) -> Analysis:
    session = Session((Source(str(reference)),), tuple(Source(str(path)) for path in estimates), **settings)
    return analyse(session, wanted=AnalysisOptions(pictures=False, alpha=session.loss.alpha))


def _strict(analysis: Analysis, with_frames: bool = True) -> dict[str, Any]:
    """The report after a trip through strict JSON text."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    text = json_bytes(score_report(analysis, with_frames=with_frames)).decode("utf-8")
    found = json.loads(text, parse_constant=refuse)
    assert isinstance(found, dict)
    return found


def _check(found: dict[str, Any], expected: list[tuple[str, Types]]) -> None:
    assert list(found) == [name for name, _ in expected]
    for name, types in expected:
        assert isinstance(found[name], types), (name, found[name])
        # bool is an int to Python, not to JSON.
        assert not isinstance(found[name], bool) or types is bool, name


@pytest.mark.parametrize("kind", ["audio", "masks"])
def test_keys_order_and_types(kind: str, request: pytest.FixtureRequest) -> None:
    report = _strict(request.getfixturevalue(kind))
    assert list(report) == ["schema", "version", "settings", "reference", "estimates"]
    assert (report["schema"], report["version"]) == ("osisnr.score/1", osisnr_gui.__version__)
    _check(report["settings"], SETTINGS)
    _check(report["reference"], TRACK)
    estimate = report["estimates"][0]
    _check(estimate, ESTIMATE)
    assert list(estimate["status_counts"]) == STATUSES
    assert sum(estimate["status_counts"].values()) == estimate["n_frames"]
    for part, keys in (("literal", LITERAL), ("exact", EXACT), ("whole_signal", WHOLE)):
        if estimate[part] is not None:
            _check(estimate[part], [(key, float | NoneType) for key in keys])
    assert estimate["bad_segments"]
    assert all(list(segment) == SEGMENT for segment in estimate["bad_segments"])
    assert all(list(warning) == ["code", "message"] for warning in estimate["warnings"])
    assert list(estimate["frames"]) == FRAMES
    assert {len(values) for values in estimate["frames"].values()} == {estimate["n_frames"]}


def test_frames_only_on_request(audio: Analysis) -> None:
    estimate = _strict(audio, with_frames=False)["estimates"][0]
    assert list(estimate) == [name for name, _ in ESTIMATE if name != "frames"]


def test_frames_agree_with_the_means(audio: Analysis) -> None:
    estimate = _strict(audio)["estimates"][0]
    frames, n = estimate["frames"], estimate["n_frames"]
    active = [status in ("ok", "proportional", "orthogonal") for status in frames["status"]]
    assert sum(active) == estimate["n_active"] < n
    assert [value is not None for value in frames["exact_osi_db"]] == active
    exact = [value for value in frames["exact_osi_db"] if value is not None]
    assert np.mean(exact) == pytest.approx(estimate["exact"]["osi_db_mean"])
    assert np.median(exact) == pytest.approx(estimate["exact"]["osi_db_median"])
    assert frames["status"][0] == "silent_reference"
    assert frames["literal_osi_db"][0] is None
    assert np.mean(frames["mc_mse"]) == pytest.approx(estimate["literal"]["mc_mse"])
    assert np.mean(frames["fused"]) == pytest.approx(estimate["literal"]["fused"])
    assert frames["time_s"][:2] == [0.016, 0.024]


def test_bad_segment(audio: Analysis) -> None:
    estimate = _strict(audio)["estimates"][0]
    (segment,) = estimate["bad_segments"]
    frames = estimate["frames"]
    inside = slice(segment["first_frame"], segment["first_frame"] + segment["n_frames"])
    assert segment["start_s"] == pytest.approx(frames["time_s"][inside][0] - 0.004)
    assert segment["end_s"] == pytest.approx(frames["time_s"][inside][-1] + 0.004)
    bad = [value for value in frames["exact_osi_db"][inside] if value is not None and value < 6.0]
    assert segment["osi_db_min"] == min(bad)
    assert segment["osi_db_mean"] == pytest.approx(np.mean(bad))


def test_masks_have_no_time(masks: Analysis) -> None:
    report = _strict(masks)
    assert report["settings"]["representation"] == "mask"
    assert [report["settings"][name] for name in ("n_fft", "hop", "window", "channel")] == [None] * 4
    estimate = report["estimates"][0]
    assert (estimate["whole_signal"], estimate["delay_samples"], estimate["rms_db"]) == (None, None, None)
    assert estimate["frames"]["time_s"] == [None] * 30
    assert {segment["start_s"] for segment in estimate["bad_segments"]} == {None}


def test_a_refused_estimate(audio: Analysis) -> None:
    refused = _strict(audio)["estimates"][1]
    assert list(refused) == ["path", "kind", "error"]
    assert refused["error"]["code"] == "not_found"
    assert refused["error"]["message"].startswith("gone.wav: there is no such file; ")


def test_files_that_do_not_fit(audio: Analysis, masks: Analysis) -> None:
    assert audio.reference is not None
    assert masks.reference is not None
    mixed = _analyse(Path(audio.reference.source.path), Path(masks.reference.source.path))
    refused = _strict(mixed)["estimates"][0]
    assert (refused["kind"], refused["error"]["code"]) == ("mask", "pair")


def test_a_refused_reference_leaves_no_numbers(tmp_path: Path) -> None:
    samples = np.full(16000, 0.1)
    sf.write(tmp_path / "e.wav", samples, 16000, subtype="DOUBLE")
    samples[100] = np.nan
    sf.write(tmp_path / "r.wav", samples, 16000, subtype="DOUBLE")
    report = _strict(_analyse(tmp_path / "r.wav", tmp_path / "e.wav"))
    assert report["estimates"][0]["error"]["code"] == "nonfinite"


def test_infinite_settings_are_null(audio: Analysis) -> None:
    session = Session(audio.session.references, loss=LossChoice(0.5, 1.0, 2), silence_db=float("inf"))
    settings = _strict(analyse(session, wanted=AnalysisOptions(pictures=False)))["settings"]
    assert (settings["silence_db"], settings["alpha"], settings["method"]) == (None, 0.5, 2)


def test_reference_warnings_come_with_every_estimate(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).standard_normal((8000, 2)) * 0.1
    sf.write(tmp_path / "r.wav", samples, 16000, subtype="DOUBLE")
    sf.write(tmp_path / "e.wav", samples[:, 0], 16000, subtype="DOUBLE")
    estimates = _strict(_analyse(tmp_path / "r.wav", tmp_path / "e.wav", tmp_path / "e.wav"))["estimates"]
    for estimate in estimates:
        assert estimate["warnings"] == [
            {"code": "channels", "message": "r.wav: 2 channels; channel 1 is used, nothing was mixed"}
        ]


def test_a_delay_that_was_taken_out_counts(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).standard_normal(16000) * 0.1
    sf.write(tmp_path / "r.wav", samples, 16000, subtype="DOUBLE")
    sf.write(tmp_path / "e.wav", np.concatenate((np.zeros(50), samples)), 16000, subtype="DOUBLE")
    session = Session((Source(str(tmp_path / "r.wav")),), (Source(str(tmp_path / "e.wav"), delay=40),))
    (pair,) = analyse(session, wanted=AnalysisOptions(pictures=False)).pairs
    assert pair.delay_samples == 50


def test_what_was_done_to_the_samples(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).standard_normal(16000) * 0.1
    for name in ("r.wav", "e.wav"):
        sf.write(tmp_path / name, samples, 16000, subtype="DOUBLE")
    reference, estimate = (Source(str(tmp_path / name)) for name in ("r.wav", "e.wav"))
    session = Session((replace(reference, gain=2.0, delay=3),), (replace(estimate, delay=-7, flip=True),))
    report = _strict(analyse(session, wanted=AnalysisOptions(pictures=False)))
    assert (report["estimates"][0]["samples_taken_out"], report["estimates"][0]["flip"]) == (-7, True)
    _check(report["reference"], [*TRACK, ("gain", float), ("samples_taken_out", int)])
    assert (report["reference"]["gain"], report["reference"]["samples_taken_out"]) == (2.0, 3)


def test_every_estimate_names_which_of_several_references_it_is_compared_with(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    samples = 0.1 * random.standard_normal((8000, 2))
    sf.write(tmp_path / "r.wav", samples, 16000, subtype="DOUBLE")
    for k in (0, 1):
        noisy = samples[:, k] + 0.01 * random.standard_normal(8000)
        sf.write(tmp_path / f"e{k}.wav", noisy, 16000, subtype="DOUBLE")
    references = tuple(Source(str(tmp_path / "r.wav"), channel=k) for k in (1, 2))
    estimates = tuple(Source(str(tmp_path / name)) for name in ("e1.wav", "e0.wav", "gone.wav"))
    analysis = analyse(Session(references, estimates, pairing=(1, 0, 0)), wanted=AnalysisOptions(pictures=False))
    report = _strict(analysis, with_frames=False)
    assert list(report) == ["schema", "version", "settings", "reference", "references", "estimates"]
    several: list[tuple[str, Types]] = [*TRACK, ("channel", int), ("key", NoneType), ("transpose", bool)]
    for k, reference in enumerate(report["references"]):
        _check(reference, several)
        assert (reference["path"], reference["channel"]) == (references[k].path, k + 1)
    partners = [estimate.get("reference") for estimate in report["estimates"]]
    assert partners == [2, 1, None], "a refused one is compared with none"
    assert report["estimates"][0]["whole_signal"]["si_snr_db"] > 15
    header = next(iter(frames_csv(analysis))).decode().splitlines()
    path = references[0].path
    assert [line for line in header if line.startswith("# reference: ")] == [
        f'# reference: "{path} (channel {k} of 2)"' for k in (1, 2)
    ]
    assert [line for line in header if line.startswith("# estimate_reference: ")] == [
        f'# estimate_reference: "{path} (channel {k} of 2)"' for k in (2, 1)
    ]


def test_json_text() -> None:
    value: Any = {"a": [1, 2.5, None], "b": [{"c": "ä\n"}, []], "d": {}, "e": True}
    text = json_bytes(value).decode("utf-8")
    assert text == (
        '{\n  "a": [1, 2.5, null],\n  "b": [\n    {\n      "c": "ä\\n"\n    },\n    []\n  ],\n'
        '  "d": {},\n  "e": true\n}\n'
    )
    assert b"".join(json_parts(value)) == json_bytes(value)


def test_json_text_is_strict() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_bytes({"x": [float("nan")]})


def test_lone_surrogates_survive() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    text = plain_text(name)
    assert text == '"caf\\udce9"'
    assert json.loads(text.encode("utf-8")) == name
