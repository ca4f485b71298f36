"""The table for people: aligned, and every number named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.cli.output import ProgressLine
from osisnr_gui.export.score_table import aligned, shown
from osisnr_gui.session.analysis import Progress

from .conftest import Run


def test_table_of_the_published_pair(run: Run, folder: Path) -> None:
    shown = run("score", "m1.npy", "m2.npy").out
    assert shown == (
        "Reference: m1.npy (mask, 3 × 3 float64)\n"
        "Settings:  mask, alpha 0.3, gamma 15, method 1, silent below -60 dB, bad below 3 dB\n"
        "\n"
        "Literal, all frames (constants included, as in training):\n"
        "  estimate  frames  mean OSI-SNR dB  loss_osi 1  loss_osi 2   MC-MSE  fused loss\n"
        "  m2.npy         3            30.00     0.03342     0.03333  0.00135     0.05374\n"
        "\n"
        "Exact, active frames (no constants, silence left out):\n"
        "  estimate  frames  mean OSI-SNR dB  median dB  5 % quantile dB"
        "  loss_osi 1  loss_osi 2   MC-MSE  fused loss\n"
        "  m2.npy         3            30.00      30.06            28.27"
        "     0.03342     0.03333  0.00135     0.05374\n"
        "\n"
        "Frames:\n"
        "  estimate  ok  bad  bad segments\n"
        "  m2.npy     3    0             0\n"
    )


def test_audio_has_a_block_for_the_whole_signal(run: Run, folder: Path) -> None:
    shown = run("score", "ref.wav", "est.wav", "est.wav").out
    assert "Reference: ref.wav (16000 Hz, 1.000 s, RMS " in shown
    assert "magnitude, n_fft 512, hop 128, window hann, alpha 0.3" in shown
    assert "SI-SNR dB" in shown
    blocks = shown.split("\n\n")
    assert len(blocks) == 5
    for block in blocks[1:]:
        rows = block.splitlines()[1:]
        assert len({len(row) for row in rows}) == 1
        assert [row.split()[0] for row in rows] == ["estimate", "est.wav", "est.wav"]


def test_aligned() -> None:
    assert aligned(("name", "x"), [("a", "1"), ("long name", "10.5")]) == [
        "  name          x",
        "  a             1",
        "  long name  10.5",
    ]


@pytest.mark.parametrize(
    ("value", "level", "as_loss"),
    [
        (0.0, "0.00", "0"),
        (-0.0, "-0.00", "-0"),
        (30.00149, "30.00", "30.00149"),
        (np.inf, "inf", "inf"),
        (-np.inf, "-inf", "-inf"),
        (np.nan, "-", "-"),
        (2.5e9, "2500000000.00", "2.5e+09"),
        (1.2345678e-7, "0.00", "1.235e-07"),
    ],
)
def test_numbers(value: float, level: str, as_loss: str) -> None:
    assert shown(value) == level
    assert shown(value, "") == as_loss


def test_progress_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ProgressLine().report is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with ProgressLine() as line:
        assert line.report is not None
        line.report(Progress(0.25, "comparing"))
        line.report(Progress(0.26, "comparing"))  # too soon to be worth drawing
    assert capsys.readouterr().err == "\r\x1b[K 25% comparing\r\x1b[K"
