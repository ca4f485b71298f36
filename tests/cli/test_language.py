"""Another language changes what a person reads, and nothing that a program reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from osisnr_gui.text import catalogue
from osisnr_gui.text.catalogue import PseudoTranslation

from .conftest import RATE, Run, speech_like, wav


def test_json_csv_and_the_prefix_of_warnings_stay_english(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wav("short.wav", speech_like(RATE // 2))
    arguments = "score", "ref.wav", "est.wav", "short.wav", "m1.npy", "--json", "-", "--frames", "--csv", "frames.csv"
    english, table = run(*arguments), run("score", "m1.npy", "m2.npy")
    frames = Path("frames.csv").read_bytes()
    monkeypatch.setattr(catalogue, "_chosen", PseudoTranslation())
    other = run(*arguments)
    assert (other.code, other.out, Path("frames.csv").read_bytes()) == (english.code, english.out, frames)
    starts = [line.split(": ")[:2] for line in english.lines]
    assert [line.split(": ")[:2] for line in other.lines] == starts
    assert ["osisnr", "warning"] in starts
    translated = run("score", "m1.npy", "m2.npy")
    assert (table.code, translated.code) == (0, 0)
    assert "Exact, active frames" in table.out
    assert "Exact, active frames" not in translated.out


def test_wrong_usage_is_said_in_the_language(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_chosen", PseudoTranslation())
    result = run("score", "a.wav")
    assert result.code == 2
    assert result.err.startswith("osisnr: [")
    assert "missing" not in result.err
