"""The order of estimates, and what is said when figures disagree about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.session import Session, Source


def compare(folder: Path, *noise: np.ndarray) -> Analysis:
    """Masks of a constant reference and one estimate for each row of noise levels, one level a frame."""
    rng = np.random.default_rng(3)
    reference = 1.0 + rng.random((64, noise[0].size))
    direction = rng.normal(size=reference.shape)
    np.save(folder / "reference.npy", reference)
    for index, levels in enumerate(noise):
        np.save(folder / f"{index}.npy", reference + levels * direction)
    estimates = tuple(Source(str(folder / f"{index}.npy")) for index in range(len(noise)))
    session = Session((Source(str(folder / "reference.npy")),), estimates)
    return analyse(session, wanted=AnalysisOptions(pictures=False, delay=False))


def test_a_mean_that_few_excellent_frames_lift_is_told(tmp_path: Path) -> None:
    even, uneven = np.full(40, 0.3), np.full(40, 0.5)
    uneven[:15] = 1e-5
    analysis = compare(tmp_path, even, uneven)
    one, other = (pair.score.exact for pair in analysis.pairs if pair.score is not None)
    assert one.osi_db_mean < other.osi_db_mean
    assert one.osi_db_median > other.osi_db_median
    (notice,) = (notice for notice in analysis.notices if notice.code == "order")
    assert "B better than A by mean OSI-SNR" in notice.message
    assert "A better than B by median OSI-SNR" in notice.message
    assert "exact, active frames" in notice.message


def test_nothing_is_said_where_all_agree_or_two_are_the_same(tmp_path: Path) -> None:
    levels = (np.full(40, 0.1), np.full(40, 0.2), np.full(40, 0.4))
    assert "order" not in [notice.code for notice in compare(tmp_path, *levels).notices]
    assert "order" not in [notice.code for notice in compare(tmp_path, levels[0], levels[0]).notices]
    assert "order" not in [notice.code for notice in compare(tmp_path, levels[0]).notices]


def test_of_many_only_the_first_place_is_named(tmp_path: Path) -> None:
    even, uneven, worse = np.full(40, 0.3), np.full(40, 0.5), np.full(40, 2.0)
    uneven[:15] = 1e-5
    analysis = compare(tmp_path, even, uneven, worse, 1.5 * worse)
    (notice,) = (notice for notice in analysis.notices if notice.code == "order")
    assert "B first by mean OSI-SNR" in notice.message
    assert "A first by median OSI-SNR" in notice.message
    assert "before" not in notice.message
