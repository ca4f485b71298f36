"""Which frame is meant by a time or a stretch, what is drawn of it, and how its numbers are put in words."""

from __future__ import annotations

import copy
import math
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.core.mc_mse import compress
from osisnr_gui.core.types import FrameStatus, Representation
from osisnr_gui.export.csv_files import inspection_table
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.inspection.inspection import CurveView, FrameCurves, Inspection
from osisnr_gui.session.inspection.inspector import Inspector, find_frame, find_worst, measure_file
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Formula, FramingChoice, LossChoice, MaskGrid, Session, Source
from osisnr_gui.text.explain import (
    companion_rows,
    correlation_words,
    formula_lines,
    formula_rows,
    negative_words,
)


def _analysed(session: Session) -> Analysis:
    return analyse(session, wanted=AnalysisOptions(pictures=False, delay=False))


def _inspect(analysis: Analysis, frame: int) -> Inspection:
    inspector = Inspector()
    try:
        return inspector.inspect(analysis.pairs[0], frame)
    finally:
        inspector.close()


@pytest.fixture(scope="module")
def damaged() -> Analysis:
    return _analysed(demo_session("damaged"))


def test_a_time_means_the_nearest_frame(damaged: Analysis) -> None:
    pair = damaged.pairs[0]
    for time, frame in ((2.936, 365), (2.9399, 365), (2.9401, 366), (0.0, 0), (0.016, 0), (6.599, 821)):
        assert find_frame(pair, time) == frame
    for time in (-0.001, 6.62, math.nan, math.inf):
        assert find_frame(pair, time) is None


def test_frames_of_an_early_file_keep_the_reference_s_numbers(write, noise) -> None:  # type: ignore[no-untyped-def]
    x = noise(9000, 1)
    session = Session((Source(write("r.wav", x)),), (Source(write("e.wav", x[1000:]), delay=-1000),))
    pair = _analysed(session).pairs[0]
    assert pair.frames is not None
    assert pair.frames.first_frame == 8
    assert find_frame(pair, 0.016 + 8 * 0.008) == 8
    assert find_frame(pair, 0.0) is None


def test_masks_have_frames_for_times() -> None:
    pair = _analysed(replace(demo_session("masks"), mask_grid=MaskGrid())).pairs[0]
    assert [find_frame(pair, t) for t in (-0.4, 0.4, 0.6, 685.4)] == [0, 0, 1, 685]
    assert find_frame(pair, 685.6) is None


@pytest.mark.parametrize("formula", list(Formula))
def test_the_worst_frame_of_a_stretch(formula: Formula) -> None:
    pair = _analysed(replace(demo_session("damaged"), loss=LossChoice(formula=formula))).pairs[0]
    score, frames = pair.score, pair.frames
    assert score is not None
    assert frames is not None
    loss = score.frame_loss()
    for start, stop in ((0.0, 6.6), (1.3, 1.6), (4.3, 5.3)):
        frame = find_worst(pair, start, stop)
        inside = (frames.times() >= start) & (frames.times() <= stop)
        assert frame is not None
        assert inside[frame]
        assert loss[frame] == np.nanmax(loss[inside])
    assert find_worst(pair, 1.0001, 1.0002) is None
    # Frames the exact result leaves out are shown where there are no others.
    assert find_worst(pair, 1.0, 1.1) is not None


def test_levels_are_those_of_the_pictures(damaged: Analysis) -> None:
    x = _inspect(damaged, 365)
    curves = FrameCurves(x, CurveView.LEVEL)
    assert (curves.unit, curves.step, curves.in_db) == ("Hz", 31.25, True)
    assert curves.names == ("λs", "e", "e − λs")
    full_scale = 128.0  # half the sum of a Hann window of 512
    assert curves.estimate == pytest.approx(20 * np.log10(x.columns.estimate / full_scale))
    assert curves.reference == pytest.approx(20 * np.log10(x.exact.lam * x.columns.reference / full_scale))


def test_compressed_curves_follow_alpha(damaged: Analysis) -> None:
    x = _inspect(damaged, 600)
    x = copy.copy(x)
    x.score = PairScore(x.score.facts, LossChoice(alpha=0.5), x.score.bad)
    curves = FrameCurves(x, CurveView.COMPRESSED)
    assert x.target is not None
    assert x.noise is not None
    assert curves.reference == pytest.approx(compress(x.target, 0.5))
    assert curves.error == pytest.approx(compress(x.noise, 0.5))
    compared = FrameCurves(x, CurveView.MC_MSE)
    assert compared.estimate == pytest.approx(np.sqrt(x.columns.estimate))
    assert compared.error == pytest.approx(np.abs(np.sqrt(x.columns.estimate) - np.sqrt(x.columns.reference)))


@pytest.mark.parametrize("kind", [Representation.COMPLEX, Representation.WAVEFORM])
def test_the_distance_s_mean_square_is_the_mc_mse(kind: Representation) -> None:
    x = _inspect(_analysed(replace(demo_session("damaged"), framing=FramingChoice(kind))), 600)
    curves = FrameCurves(x, CurveView.MC_MSE)
    assert np.mean(curves.error**2) == pytest.approx(x.mc_mse)
    assert curves.error.dtype == np.float64
    if kind is Representation.WAVEFORM:
        plain = FrameCurves(x, CurveView.LEVEL)
        assert (plain.unit, plain.title, plain.in_db, plain.step) == ("ms", "sample", False, 0.0625)
        assert (plain.estimate == x.columns.estimate).all()


def test_a_frame_without_lam_shows_the_columns_as_they_are(damaged: Analysis) -> None:
    x = _inspect(damaged, 115)
    assert x.status is FrameStatus.SILENT_ESTIMATE
    curves = FrameCurves(x, CurveView.LEVEL)
    assert curves.names == ("s", "e", "")
    assert curves.error.size == 0
    assert (curves.estimate == -np.inf).all()


def test_the_table_and_the_lines_hold_the_numbers(damaged: Analysis) -> None:
    x = _inspect(damaged, 365)
    rows = {row[0]: row[1:] for row in formula_rows(x)}
    assert rows[""] == ("literal", "exact")
    assert rows["OSI-SNR"] == ("10.707 dB", "10.707 dB")
    assert float(rows["|λs|²"][0]) == pytest.approx(x.literal.target_energy, rel=1e-3)
    assert float(rows["L = 1/OSI + γ·MC"][1]) == pytest.approx(x.exact.fused, rel=1e-3)
    literal, exact, loss = formula_lines(x)
    assert literal == "literal OSI = 10·log₁₀(503.0 / (42.74 + 10⁻⁸))"
    assert exact == "exact OSI = −20·log₁₀ sin 16.9°"
    assert loss == "exact L = 1/10.71 + 15 · 0.186"


def test_companions_of_the_frame_and_of_the_file(damaged: Analysis) -> None:
    pair = damaged.pairs[0]
    x = _inspect(damaged, 365)
    before = {row[0]: row[1:] for row in companion_rows(x, pair, None)}
    measures = measure_file(pair)
    rows = {row[0]: row[1:] for row in companion_rows(x, pair, measures)}
    assert rows[""] == ("this frame", "whole file")
    assert pair.whole is not None
    assert rows["SI-SNR"] == (f"{x.si_snr_db:.1f} dB", f"{pair.whole.si_snr_db:.1f} dB")
    assert rows["correlation"] == ("+0.957", "always +")
    assert before["correlation"] == ("+0.957", "…")
    assert rows["log-spectral"] == (f"{x.lsd_db:.1f} dB", f"{measures.lsd_db:.1f} dB")
    names = [name for name in rows if name.startswith("OSI")]
    assert names == ["OSI 4–8 kHz", "OSI 2–4 kHz", "OSI 1–2 kHz", "OSI 0.5–1 kHz", "OSI < 500 Hz"]
    assert rows["OSI 4–8 kHz"] == (f"{x.bands[-1].osi_db:.1f} dB", f"{measures.osi_db[-1]:.1f} dB")
    values = dict(line.split("\t") for line in inspection_table(x, "e.flac", measures).splitlines())
    assert float(values["file_exact_osi_db 4–8 kHz"]) == measures.osi_db[-1]
    assert float(values["file_log_spectral_distance_db"]) == measures.lsd_db
    assert negative_words(replace(measures, negative_share=0.03)) == "− in 3 %"
    assert negative_words(replace(measures, negative_share=math.nan)) == "–"


def test_a_silent_frame_has_no_exact_numbers(damaged: Analysis) -> None:
    x = _inspect(damaged, 115)
    assert [row[2] for row in formula_rows(x)[1:]] == ["–"] * 7
    assert formula_lines(x)[1] == "exact: left out, the frame is not active"


def test_a_correlation_has_its_sign() -> None:
    assert [correlation_words(value) for value in (0.957, -0.5, 0.0, math.nan)] == ["+0.957", "−0.500", "0.000", "–"]
