"""`osisnr score --mixture`: what estimates gained over it, and that nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .conftest import RATE, Run, speech_like, wav

PARTS = ("literal", "exact", "whole_signal")


@pytest.fixture
def mixed(folder: Path) -> Path:
    """Also mix.wav, noisier than est.wav, and better.wav."""
    reference, noise = speech_like(RATE), speech_like(RATE, seed=1)
    wav("mix.wav", reference + 0.5 * noise)
    wav("better.wav", reference + 0.02 * noise)
    return folder


def report(run: Run, *arguments: str) -> dict[str, Any]:
    result = run("score", *arguments, "--json", "-")
    assert result.code == 0, result.err
    return result.json


def test_an_improvement_is_the_difference_of_two_reports(run: Run, mixed: Path) -> None:
    alone = report(run, "ref.wav", "est.wav", "better.wav", "mix.wav")["estimates"]
    found = report(run, "ref.wav", "est.wav", "better.wav", "--mixture", "mix.wav")
    mixture = alone[2]
    for estimate, plain in zip(found["estimates"], alone[:2], strict=True):
        gained = estimate["improvement"]
        assert list(gained) == list(PARTS)
        for part in PARTS:
            assert gained[part]
            for name, value in gained[part].items():
                assert value == pytest.approx(plain[part][name] - mixture[part][name], abs=1e-12), (part, name)
    assert found["estimates"][0]["improvement"]["whole_signal"]["si_snr_db"] == pytest.approx(20, abs=0.2)
    for part in PARTS:
        assert found["mixture"][part] == mixture[part]


def test_everything_else_is_as_without_it(run: Run, mixed: Path) -> None:
    alone = report(run, "ref.wav", "est.wav", "--frames")
    found = report(run, "ref.wav", "est.wav", "--frames", "--mixture", "mix.wav")
    assert list(found) == [*alone, "mixture"]
    *before, last = alone["estimates"][0]
    assert list(found["estimates"][0]) == [*before, "improvement", last]
    del found["mixture"], found["estimates"][0]["improvement"]
    assert found == alone


def test_masks_have_no_whole_signal(run: Run, folder: Path) -> None:
    np.save("m0.npy", np.full((3, 3), 0.7))
    found = report(run, "m1.npy", "m2.npy", "--mixture", "m0.npy")
    assert found["estimates"][0]["improvement"]["whole_signal"] is None
    assert found["estimates"][0]["improvement"]["exact"]["osi_db_median"] > 0


def test_a_refused_mixture_costs_the_estimates_nothing(run: Run, mixed: Path) -> None:
    result = run("score", "ref.wav", "est.wav", "--mixture", "nowhere.wav", "--json", "-")
    assert result.code == 3
    assert [line for line in result.lines if "nowhere.wav: there is no such file" in line]
    assert result.json["estimates"][0]["exact"]["osi_db_median"] > 0
    assert result.json["estimates"][0]["improvement"] is None
    assert list(result.json["mixture"]) == ["path", "kind", "error"]
    np.save("short.npy", np.ones((2, 2)))
    result = run("score", "m1.npy", "m2.npy", "--mixture", "short.npy", "--json", "-")
    assert result.code == 3
    assert len([line for line in result.lines if "short.npy: 2 × 2 does not fit" in line]) == 1
    assert result.json["mixture"]["error"]["code"] == "pair"


def test_the_table_has_a_block_for_it(run: Run, mixed: Path) -> None:
    plain = run("score", "ref.wav", "est.wav").out
    shown = run("score", "ref.wav", "est.wav", "--mixture", "mix.wav").out
    assert shown.startswith(plain)
    title, header, row = shown.removeprefix(plain).strip().splitlines()
    assert title == "Gained over mix.wav (estimate minus mixture; losses: below 0 is better):"
    assert header.split()[:4] == ["estimate", "exact", "median", "dB"]
    name, *numbers = row.split()
    assert name == "est.wav"
    signs = [number[0] for number in numbers]
    assert signs == ["+", "-", "-", "+"]


def test_how_a_mixture_was_adapted_is_said(run: Run, mixed: Path) -> None:
    half = speech_like(RATE)[: RATE // 2] + 0.5 * speech_like(RATE, seed=1)[: RATE // 2]
    wav("odd.wav", np.stack((half, 0.1 * half), axis=1))
    result = run("score", "ref.wav", "est.wav", "--mixture", "odd.wav", "--json", "-")
    found = result.json["mixture"]
    assert [warning["code"] for warning in found["warnings"]] == ["channels", "length_mismatch"]
    assert found["n_frames"] < result.json["estimates"][0]["n_frames"]
    for warning in found["warnings"]:
        assert f"osisnr: warning: {warning['message']}" in result.err.splitlines()
    # Nothing more is said of the mixture than that.
    assert result.err.count("odd.wav") == 2
