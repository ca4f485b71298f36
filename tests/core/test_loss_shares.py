"""Which frames carry the loss, against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.core.bad_frames import LossShares, limit_of_worst

repeatable = settings(derandomize=True, deadline=None, max_examples=150, database=None)


@repeatable
@given(st.lists(st.floats(0.01, 60), min_size=1, max_size=80), st.floats(0.0, 1.0))
def test_shares_are_sums_of_inverses_of_the_worst(osi_db: list[float], share: float) -> None:
    values = np.array(osi_db)
    shares = LossShares(values, np.ones(values.size, bool))
    inverse = np.sort(1 / values)[::-1]
    for n in range(values.size + 1):
        assert shares.held_by(n) == pytest.approx(inverse[:n].sum() / inverse.sum())
    n = shares.frames_for(share)
    assert shares.held_by(n) >= share * (1 - 1e-9)
    assert n == 1 or shares.held_by(n - 1) <= share * (1 + 1e-9)
    threshold = limit_of_worst(shares.osi_db, n)
    assert np.count_nonzero(values < threshold) <= n


def test_what_is_not_active_has_no_part() -> None:
    shares = LossShares(np.array([1.0, 0.001, 4.0, np.nan]), np.array([True, False, True, False]))
    assert len(shares) == 2
    assert shares.held_by(1) == pytest.approx(0.8)
    assert limit_of_worst(shares.osi_db, 1) == 2.5


def test_frames_with_nothing_in_common_share_the_whole_loss() -> None:
    shares = LossShares(np.array([0.0, 5.0, 0.0, np.inf]), np.ones(4, bool))
    assert [shares.held_by(n) for n in range(5)] == [0.0, 0.5, 1.0, 1.0, 1.0]


def test_nothing_and_perfection_have_no_shares() -> None:
    nothing = LossShares(np.empty(0), np.empty(0, bool))
    assert (len(nothing), nothing.held_by(3)) == (0, 0.0)
    assert np.isnan(limit_of_worst(nothing.osi_db, 1))
    assert np.isnan(LossShares(np.array([np.inf]), np.ones(1, bool)).share).all()
