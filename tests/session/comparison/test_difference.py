"""One estimate against another one: what the table of frames says of both, subtracted."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.export.csv_files import frames_csv
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.comparison.difference import (
    Difference,
    Quantity,
    partner_pair,
    partners,
)
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import Formula, LossChoice, Session, Source
from osisnr_gui.session.words import MIXTURE
from osisnr_gui.text.comparison import difference_words


@pytest.fixture(scope="module")
def demo() -> Session:
    return demo_session("enhancement")


def analysis_of(session: Session, formula: Formula) -> Analysis:
    session = replace(session, loss=LossChoice(formula=formula))
    return analyse(session, wanted=AnalysisOptions(pictures=False, delay=False, alpha=session.loss.alpha))


def table_of(analysis: Analysis) -> dict[str, dict[str, np.ndarray]]:
    """Columns of the table of frames, by estimate."""
    text = b"".join(frames_csv(analysis)).decode()
    rows = list(csv.DictReader(io.StringIO("\n".join(li for li in text.splitlines() if not li.startswith("#")))))
    names = dict.fromkeys(row["estimate"] for row in rows)
    columns = [key for key in rows[0] if key not in ("estimate", "status")]
    return {
        name: {key: np.array([float(r[key] or "nan") for r in rows if r["estimate"] == name]) for key in columns}
        for name in names
    }


@pytest.mark.parametrize("formula", list(Formula))
@pytest.mark.parametrize("measure", list(Quantity))
def test_differences_are_those_of_the_table(demo: Session, formula: Formula, measure: Quantity):
    analysis = analysis_of(demo, formula)
    first, second = (pair.score for pair in analysis.pairs)
    assert first is not None
    assert second is not None
    found = Difference(first, second, measure)
    column = f"{formula.value}_{'osi_db' if measure is Quantity.OSI else 'fused'}"
    a, b = (table[column] for table in table_of(analysis).values())
    both = ~np.isnan(a) & ~np.isnan(b)
    assert both.sum() > 100
    np.testing.assert_allclose(found.values[both], (a - b)[both], rtol=0, atol=1e-9)
    if formula is Formula.EXACT:
        assert np.isnan(found.values[~both]).all()
        assert found.n_frames == both.sum()
        assert found.median == pytest.approx(np.median((a - b)[both]), abs=1e-9)
        better = (a > b) if measure is Quantity.OSI else (a < b)
        assert found.n_better == better[both].sum()
        words = difference_words(found, 0, 1)
        assert words.startswith(f"{'OSI-SNR' if measure is Quantity.OSI else 'fused loss'}, A minus B: median ")
        assert words.endswith(f"of {found.n_frames} frames")


def test_the_other_way_round_is_the_opposite(demo: Session):
    first, second = (pair.score for pair in analysis_of(demo, Formula.EXACT).pairs)
    there, back = Difference(first, second, Quantity.OSI), Difference(second, first, Quantity.OSI)
    np.testing.assert_array_equal(there.values, -back.values)
    ties = np.count_nonzero(there.values == 0)
    assert there.n_better + back.n_better + ties == there.n_frames


def test_perfect_frames(tmp_path: Path):
    """Equal to the reference in its first half: infinitely better there, no difference where both are."""
    rng = np.random.default_rng(5)
    reference = rng.random((9, 40)) + 0.1
    noisy = reference + 0.2 * rng.random((9, 40))
    half = np.where(np.arange(40) < 20, reference, noisy)
    quarter = np.where(np.arange(40) < 10, reference, noisy)
    for name, values in {"reference": reference, "half": half, "quarter": quarter}.items():
        np.save(tmp_path / f"{name}.npy", values)
    sources = tuple(Source(str(tmp_path / f"{name}.npy")) for name in ("half", "quarter"))
    session = Session(references=(Source(str(tmp_path / "reference.npy")),), estimates=sources)
    first, second = (pair.score for pair in analysis_of(session, Formula.EXACT).pairs)
    found = Difference(first, second, Quantity.OSI)
    assert (found.values[:10] == 0).all()
    assert np.isposinf(found.values[10:20]).all()
    assert (found.values[20:] == 0).all()
    assert (found.n_better, found.n_frames) == (10, 40)
    assert np.isneginf(Difference(second, first, Quantity.OSI).values[10:20]).all()


def test_frames_are_matched_by_their_time_and_not_by_their_place(tmp_path: Path):
    """Masks of different lengths: only frames both have are compared."""
    rng = np.random.default_rng(6)
    reference = rng.random((9, 40)) + 0.1
    for name, n_frames in {"reference": 40, "long": 40, "short": 25}.items():
        np.save(tmp_path / f"{name}.npy", reference[:, :n_frames] + (name != "reference") * rng.random((9, n_frames)))
    sources = tuple(Source(str(tmp_path / f"{name}.npy")) for name in ("short", "long"))
    session = Session(references=(Source(str(tmp_path / "reference.npy")),), estimates=sources)
    first, second = (pair.score for pair in analysis_of(session, Formula.EXACT).pairs)
    assert Difference(first, second, Quantity.OSI).values.size == 25
    found = Difference(second, first, Quantity.OSI)
    assert found.n_frames == 25
    assert np.isnan(found.values[25:]).all()
    np.testing.assert_array_equal(found.values[:25], second.osi_db[:25] - first.osi_db)


def test_partners_are_those_of_the_same_reference(demo: Session):
    a, b, c, d = (Source(f"{name}.wav") for name in "abcd")
    session = Session(references=(Source("r.wav"),), estimates=(a, b, c))
    assert partners(session, 0) == (1, 2)
    assert partners(session, 1) == (2, 0)
    assert partners(session, 2) == (0, 1)
    assert partners(replace(session, mixture=d), 1) == (2, 0, MIXTURE)
    two = replace(session, references=(Source("r.wav"), Source("s.wav")), estimates=(a, b, c, d))
    assert partners(two, 0) == (2,)
    assert partners(replace(session, estimates=(a,)), 0) == ()
    analysis = analysis_of(demo, Formula.EXACT)
    assert partner_pair(analysis, 0, MIXTURE) is analysis.unprocessed[0]
    assert partner_pair(analysis, 0, 1) is analysis.pairs[1]
