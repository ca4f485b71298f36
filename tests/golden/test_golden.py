"""Values worked out with 80 digits by another program: every measure must meet them, alone and through `analyse`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from measures import alpha_table, project, sums_of

from osisnr_gui.core.bad_frames import ACTIVE, frame_status
from osisnr_gui.core.loss import EPS_FUSED, EPS_LOSS, ExactScores, fused, loss_osi
from osisnr_gui.core.mc_mse import mc_mse_blame, mc_mse_per_frame
from osisnr_gui.core.osi_snr import exact_osi_db, literal_osi_db, si_snr_db, snr_db
from osisnr_gui.core.types import FrameStatus
from osisnr_gui.session.analysis import AnalysisOptions, analyse, rescore
from osisnr_gui.session.session import Formula, LossChoice, Session, Source

HERE = Path(__file__).parent
CASES = json.loads((HERE / "golden.json").read_text())["vectors"]
ARRAYS = dict(np.load(HERE / "golden_inputs.npz"))
STATUS = {"silent_est": "silent_estimate", "silent_ref": "silent_reference"}

every_case = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _numbers(values: list[Any]) -> np.ndarray:
    return np.array([_number(value) for value in values])


def _matrix(case: dict[str, Any], name: str) -> np.ndarray:
    if f"{case['id']}_{name}" in ARRAYS:
        return ARRAYS[f"{case['id']}_{name}"]
    stored = case[name]
    if isinstance(stored, dict):
        return np.array(stored["re"]) + 1j * np.array(stored["im"])
    return np.array(stored, dtype=np.int16 if str(case.get("dtype", "")).startswith("int16") else np.float64)


def _pair(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    return _matrix(case, "ref"), _matrix(case, "est")


def _same(found: object, wanted: object, relative: float = 0.0, absolute: float = 0.0) -> None:
    np.testing.assert_allclose(found, wanted, rtol=relative, atol=absolute, equal_nan=True)


def test_there_are_forty_cases() -> None:
    assert len({case["id"] for case in CASES}) == 40


@every_case
def test_literal_values(case: dict[str, Any]) -> None:
    p = project(*_pair(case), case.get("complex_mode", "re"))
    osi_db, wanted, tol = literal_osi_db(p), case["literal"], case["tol"]
    _same(osi_db, _numbers(wanted["osi_db"]), absolute=tol["osi_abs_db"])
    _same(loss_osi(osi_db, 1, EPS_LOSS), _number(wanted["L1"]), tol["L1_rel"])
    _same(loss_osi(osi_db, 1, EPS_FUSED), _number(wanted["L1_eps1e10"]), tol["L1_rel"])
    _same(loss_osi(osi_db, 2, EPS_LOSS), _number(wanted["L2"]), tol["L1_rel"])


@every_case
def test_mc_mse(case: dict[str, Any]) -> None:
    reference, estimate = _pair(case)
    for alpha, wanted in case["literal"]["mcmse"].items():
        _same(np.mean(mc_mse_per_frame(reference, estimate, float(alpha))), _number(wanted), 1e-11)
    per_frame = mc_mse_per_frame(reference, estimate, 0.3)
    _same(per_frame, _numbers(case["literal"]["mcmse_per_frame_0p3"]), 1e-11)


@every_case
def test_blame_sums_to_mc_mse(case: dict[str, Any]) -> None:
    for alpha, wanted in case["literal"]["mcmse"].items():
        _same(mc_mse_blame(*_pair(case), float(alpha)).sum(), _number(wanted), 1e-9)


@every_case
def test_alpha_table(case: dict[str, Any]) -> None:
    table = alpha_table(*_pair(case))
    sums = sums_of(table)
    for alpha, wanted in case["literal"]["mcmse"].items():
        _same(sums.mean(float(alpha)), _number(wanted), 1e-9)
    _same(table.per_frame(0.3), _numbers(case["literal"]["mcmse_per_frame_0p3"]), 1e-9)
    step = 1e-4
    near, far = (sums.mean(0.3 + k * step) - sums.mean(0.3 - k * step) for k in (1, 2))
    slope = (8 * near - far) / (12 * step)
    _same(slope, case["literal"]["dmcmse_dalpha_at_0p3"], 1e-5, 1e-9)


@every_case
def test_fused(case: dict[str, Any]) -> None:
    reference, estimate = _pair(case)
    p = project(reference, estimate, case.get("complex_mode", "re"))
    loss = loss_osi(literal_osi_db(p), 1, EPS_FUSED)
    mc_mse = float(np.mean(mc_mse_per_frame(reference, estimate, 0.3)))
    for gamma, wanted in case["literal"]["fused_alpha0p3"].items():
        _same(fused(loss, mc_mse, float(gamma)), _number(wanted), case["tol"]["L1_rel"])


@every_case
def test_exact_values(case: dict[str, Any]) -> None:
    p = project(*_pair(case), case.get("complex_mode", "re"))
    osi_db, wanted, tol = exact_osi_db(p), case["exact"], case["tol"]
    status = frame_status(p, silence_db=np.inf)
    _same(osi_db, _numbers(wanted["osi_db"]), absolute=tol["osi_abs_db"])
    assert [FrameStatus(s).label for s in status] == [STATUS.get(s, s) for s in wanted["status"]]
    active = np.isin(status, ACTIVE)
    assert np.count_nonzero(active) == wanted["n_active"]
    found = ExactScores.of(osi_db[active])
    _same(found.loss_osi_1, _number(wanted["L1_active"]), 1e-9)
    _same(found.osi_db_median, _number(wanted["median_db"]), absolute=tol["osi_abs_db"])


@every_case
def test_companions(case: dict[str, Any]) -> None:
    mode = case.get("complex_mode", "re")
    p = project(*_pair(case), mode)
    wanted = case["companion"]
    _same(si_snr_db(p), _numbers(wanted["si_snr_db_no_mean"]), absolute=1e-9)
    if mode != "abs":  # there the projection belongs to a turned reference, which SNR does not know
        _same(snr_db(p), _numbers(wanted["snr_db"]), absolute=1e-9)


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if c.get("complex_mode") != "abs"],
    ids=[c["id"] for c in CASES if c.get("complex_mode") != "abs"],
)
@pytest.mark.parametrize("direct", [True, False], ids=["direct", "table"])
def test_through_analyse(case: dict[str, Any], direct: bool, tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("ref.npy", "est.npy")]
    for path, matrix in zip(paths, _pair(case), strict=True):
        np.save(path, matrix)
    session = Session((Source(paths[0]),), (Source(paths[1]),), silence_db=np.inf)
    analysis = analyse(session, wanted=AnalysisOptions(alpha=0.3 if direct else None))
    (pair,) = analysis.pairs
    assert pair.error is None
    assert pair.frames is not None
    assert pair.score is not None
    literal, exact, tol = case["literal"], case["exact"], case["tol"]
    score, facts = pair.score, pair.score.facts
    _same(pair.frames.literal_osi_db, _numbers(literal["osi_db"]), absolute=tol["osi_abs_db"])
    _same(pair.frames.exact_osi_db, _numbers(exact["osi_db"]), absolute=tol["osi_abs_db"])
    assert [FrameStatus(s).label for s in facts.status] == [STATUS.get(s, s) for s in exact["status"]]
    _same(score.literal.loss_osi_1, _number(literal["L1_eps1e10"]), tol["L1_rel"])
    _same(score.literal.loss_osi_2, _number(literal["L2"]), tol["L1_rel"])
    _same(score.literal.fused, _number(literal["fused_alpha0p3"]["15"]), tol["L1_rel"])
    _same(score.mc_mse(), _numbers(literal["mcmse_per_frame_0p3"]), 1e-9)
    _same(score.exact.loss_osi_1, _number(exact["L1_active"]), 1e-9)
    _same(score.exact.osi_db_median, _number(exact["median_db"]), absolute=tol["osi_abs_db"])
    if direct:
        return
    for alpha, wanted in literal["mcmse"].items():
        moved = rescore(replace(session, loss=LossChoice(alpha=float(alpha), formula=Formula.EXACT)), analysis)
        assert moved is not None
        assert moved.pairs[0].score is not None
        _same(moved.pairs[0].score.literal.mc_mse, _number(wanted), 1e-9)
