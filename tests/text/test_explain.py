"""The sentences about one frame are true to its numbers, for every kind of frame."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.core.bands import FrequencyBand
from osisnr_gui.core.types import FrameStatus, Representation
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse, rescore
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.inspection.inspector import Inspector
from osisnr_gui.session.session import Formula, FramingChoice, LossChoice, MaskGrid, Session, Source
from osisnr_gui.text.explain import (
    angle_words,
    band_words,
    explain,
    formula_lines,
    formula_rows,
    frame_chance_db,
    place_words,
    share_words,
    status_words,
)

Inspect = Callable[..., Inspection]


def _inspect(analysis: Analysis, frame: int, pair: int = 0) -> Inspection:
    inspector = Inspector()
    try:
        return inspector.inspect(analysis.pairs[pair], frame)
    finally:
        inspector.close()


def _changed(x: Inspection, **changes: object) -> Inspection:
    """Another frame, that differs in these."""
    other = copy.copy(x)
    vars(other).update(changes)
    return other


@pytest.fixture(scope="module")
def damaged() -> Analysis:
    return analyse(demo_session("damaged"), wanted=AnalysisOptions(pictures=False, delay=False))


@pytest.fixture
def column(write) -> Inspect:  # type: ignore[no-untyped-def]
    """Inspect the second of three frames, whose columns are given; the others are two unrelated loud ones."""

    def inspect(s: np.ndarray, e: np.ndarray, **loss: object) -> Inspection:
        rng = np.random.default_rng(0)
        columns = [np.stack((rng.uniform(1, 2, len(s)), x, rng.uniform(1, 2, len(s))), axis=1) for x in (s, e)]
        sources = [Source(write(f"{name}.npy", x)) for name, x in zip("se", columns, strict=True)]
        session = Session((sources[0],), (sources[1],), loss=LossChoice(**loss))  # type: ignore[arg-type]
        return _inspect(analyse(session, wanted=AnalysisOptions(pictures=False)), 1)

    return inspect


def test_the_planted_damage_is_told(damaged: Analysis) -> None:
    dropout = _inspect(damaged, 115)
    level, errors, angle = explain(dropout)
    assert status_words(dropout) == "missed: only the estimate is silent"
    assert "The estimate is silent here (all zero)" in level
    assert errors.startswith("What is missing lies mostly under 500 Hz")
    assert "as if it were perfect" in angle
    click = explain(_inspect(damaged, 365))
    assert "mostly at 4–8 kHz" in click[1]
    assert "above the reference" in click[1]
    muffled = _inspect(damaged, 600)
    sentence = explain(muffled)[1]
    weak = max(muffled.bands, key=lambda part: part.mc_share)
    assert f"where the estimate is {abs(weak.level_db):.1f} dB below the reference" in sentence
    assert weak.band.low >= 1000


def test_places(damaged: Analysis) -> None:
    assert place_words(_inspect(damaged, 115)) == "frame 115 · 0.936 s"
    session = demo_session("masks")
    masks = analyse(session, wanted=AnalysisOptions(pictures=False))
    assert place_words(_inspect(masks, 7)) == "frame 7 · 0.064 s"
    masks = analyse(replace(session, mask_grid=MaskGrid()), wanted=AnalysisOptions(pictures=False))
    assert place_words(_inspect(masks, 7)) == "frame 7"


def test_the_level_sentence_follows_the_number(column: Inspect) -> None:
    s = np.random.default_rng(1).uniform(0.5, 1, 20)
    wobble = 1 + 0.2 * np.sin(np.arange(20))
    for gain_db, words in ((-6.0, "quieter"), (9.0, "louder")):
        x = column(s, s * wobble * 10 ** (gain_db / 20))
        assert f"{abs(x.level_db):.1f} dB {words} than the reference" in explain(x)[0]
        assert x.level_db == pytest.approx(gain_db, abs=1.0)
    assert re.search(r"as loud as the reference here \([+−]0\.\d dB\)", explain(column(s, s * wobble))[0])
    assert "upside down and 6.0 dB quieter" in explain(column(s, -0.5 * s + 1e-3))[0]


def test_the_angle_sentence_follows_the_numbers(column: Inspect) -> None:
    rng = np.random.default_rng(2)
    s = rng.uniform(0.5, 1, 30)
    for amount in (0.01, 0.1, 0.5):
        x = column(s, s + amount * rng.uniform(-1, 1, 30))
        sentence = explain(x)[2]
        assert f"{angle_words(x.angle_deg)} apart" in sentence
        assert f"{x.exact.osi_db:.1f} dB exact OSI-SNR" in sentence
        (percent,) = re.findall(r"([\d.]+) % of the estimate's energy", sentence)
        assert float(percent) == pytest.approx(100 * math.cos(math.radians(x.angle_deg)) ** 2, abs=0.51)
        assert "unrelated" not in sentence
    x = column(rng.uniform(0, 1, 30) ** 8, rng.uniform(0, 1, 30) ** 8)
    assert x.exact.osi_db < 3.6
    assert explain(x)[2].endswith("no better than something unrelated, which reaches about 3.6 dB.")
    assert "polarity aside" in explain(column(s, -s + 0.1 * rng.uniform(-1, 1, 30)))[2]


def test_silence_on_either_side(column: Inspect) -> None:
    loud, zero = np.ones(10), np.zeros(10)
    both, missed, false = column(zero, zero), column(loud, zero), column(zero, loud)
    assert [status_words(x).split(":")[0] for x in (both, missed, false)] == ["both silent", "missed", "false activity"]
    assert explain(both)[0].startswith("Both signals are silent here (each is all zero or at least 60 dB below")
    assert explain(both)[1].endswith("no errors to place.")
    assert "the reference is missed" in explain(missed)[0]
    assert "what the estimate holds is false activity" in explain(false)[0]
    for x in (missed, false):
        assert "in many bands (20 % in bins 0–1, 20 % in bins 2–3)" in explain(x)[1]
    for x in (both, missed, false):
        assert "the exact result leaves the frame out" in explain(x)[2]
        assert explain(x)[2].endswith("not defined for silence, counts it as if it were perfect.")
        assert not [text for row in (*formula_rows(x), formula_lines(x)) for text in row if "−∞" in text]
    faint = column(loud, 1e-4 * loud)
    assert faint.status is FrameStatus.SILENT_ESTIMATE
    assert "80.0 dB below the reference" in explain(faint)[0]
    assert "−∞" not in explain(faint)[2]


def test_proportional_and_orthogonal(column: Inspect) -> None:
    s = np.arange(1.0, 11.0)
    same = column(s, 0.5 * s)
    assert explain(same)[1] == "There are no errors: the estimate is 0.500 times the reference."
    assert "0°" in explain(same)[2]
    assert "infinite" in explain(same)[2]
    assert same.exact.osi_db == math.inf
    apart = column(np.where(s > 5, s, 0.0), np.where(s > 5, 0.0, s))
    assert apart.status is FrameStatus.ORTHOGONAL
    assert explain(apart)[1] == "All of the estimate is error; it lies mostly in bins 2–3 (45 %)."
    assert "90°, with nothing in common" in explain(apart)[2]


def test_frames_that_are_not_finite(damaged: Analysis) -> None:
    x = _inspect(damaged, 400)
    broken = x.columns.estimate.copy()
    broken[:3] = (math.nan, math.inf, -math.inf)
    x = _changed(x, status=FrameStatus.NONFINITE, active=False, columns=replace(x.columns, estimate=broken))
    level, errors, angle = explain(x)
    assert "not finite" in level
    assert "0 of the reference's and 3 of the estimate's 257 values" in errors
    assert "no OSI-SNR" in angle
    assert status_words(x) == "holds numbers that are not finite"


@pytest.mark.parametrize("demo", ["enhancement", "echo", "masks"])
@pytest.mark.parametrize("kind", [None, Representation.COMPLEX, Representation.WAVEFORM])
def test_no_sentence_is_ever_broken(demo: str, kind: Representation | None) -> None:
    if demo == "masks" and kind is not None:
        kind = None
    session = replace(demo_session(demo), framing=FramingChoice(kind))
    analysis = analyse(session, wanted=AnalysisOptions(pictures=False, delay=False))
    inspector, frames = Inspector(), analysis.pairs[0].frames
    assert frames is not None
    for frame in range(0, frames.n_frames, 11):
        x = inspector.inspect(analysis.pairs[0], frame)
        for sentence in (*explain(x), share_words(x), status_words(x)):
            assert sentence
            assert "nan" not in sentence
            assert sentence.count("(") == sentence.count(")")
        assert all(sentence.endswith(".") for sentence in explain(x))
    inspector.close()


def test_shares_name_their_sum(column: Inspect, damaged: Analysis) -> None:
    x = _inspect(damaged, 600)
    n = x.score.facts.n_active
    assert 0 < n < 822
    assert share_words(x) == (
        f"{100 * x.share:.2f} % of the sum of 1/OSI + γ·MC-MSE (exact, {n} active frames); "
        f"{n * x.share:.1f} × an even share"
    )
    literal = rescore(edits.set_formula(damaged.session, Formula.LITERAL), damaged)
    assert literal is not None
    y = _inspect(literal, 600)
    assert share_words(y) == (
        f"{100 * y.share:.2f} % of the sum of 1/OSI + γ·MC-MSE (literal, all 822 frames); "
        f"{822 * y.share:.1f} × an even share"
    )
    loud, zero = np.ones(10), np.zeros(10)
    left_out = column(loud, zero, formula=Formula.EXACT)
    assert share_words(left_out).startswith("no part of the sum of 1/OSI + γ·MC-MSE (exact, 2 active frames)")
    endless = column(np.eye(10)[0], np.eye(10)[1], formula=Formula.EXACT)
    assert "the frame's loss is not finite" in share_words(endless)
    assert "under 0.01 %" in share_words(_changed(x, leading=x.exact._replace(fused=1e-9)))


def test_a_chance_floor_needs_columns_that_are_not_negative(damaged: Analysis) -> None:
    x = _inspect(damaged, 600)
    assert frame_chance_db(x) == 4.2
    assert math.isnan(frame_chance_db(_changed(x, columns=replace(x.columns, estimate=-x.columns.estimate))))


def test_a_literal_value_bent_by_the_constants_is_said(column: Inspect, damaged: Analysis) -> None:
    x = _inspect(damaged, 600)
    bent = _changed(x, literal=x.literal._replace(osi_db=x.exact.osi_db - 4.0))
    assert status_words(bent) == "active · literal 4.0 dB below exact (constants)"
    assert status_words(_changed(x, bad=True)) == "active · under 3.0 dB"


@pytest.mark.parametrize(
    ("band", "in_hertz", "words"),
    [
        (FrequencyBand(0, 16, 0.0, 500.0), True, "under 500 Hz"),
        (FrequencyBand(16, 32, 500.0, 1000.0), True, "0.5–1 kHz"),
        (FrequencyBand(128, 177, 4000.0, 5512.5), True, "4–5.51 kHz"),
        (FrequencyBand(0, 26, 0.0, 26.0), False, "bins 0–25"),
        (FrequencyBand(4, 5, 4.0, 5.0), False, "bin 4"),
    ],
)
def test_band_names(band: FrequencyBand, in_hertz: bool, words: str) -> None:
    assert band_words(band, in_hertz) == words


def test_angles_keep_the_digits_that_count() -> None:
    assert [angle_words(a) for a in (0.0, 0.01234, 0.5, 14.32, 90.0, math.nan)] == [
        "0.0°", "0.0123°", "0.50°", "14.3°", "90.0°", "–",
    ]  # fmt: skip
