"""Status of frames: section 4 of the definitions."""

from __future__ import annotations

import numpy as np
import pytest
from measures import project

from osisnr_gui.core.bad_frames import ACTIVE, frame_status, status_counts
from osisnr_gui.core.types import FrameStatus

S = FrameStatus


def _columns(*amplitudes: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(16, 1)) * np.array(amplitudes)


def _status(s: np.ndarray, e: np.ndarray, silence_db: float = 60.0) -> list[int]:
    return frame_status(project(s, e), silence_db).tolist()


def test_every_status() -> None:
    s, e = _columns(1, 0, 0, 1, 1, 1, 1), _columns(1, 0, 1, 0, 1, 1, 1, seed=1)
    e[:, 4] = -3 * s[:, 4]
    s[:, 5], e[:, 5] = np.eye(16)[0], np.eye(16)[1]
    e[3, 6] = np.nan
    wanted = [S.OK, S.SILENT_BOTH, S.SILENT_REFERENCE, S.SILENT_ESTIMATE, S.PROPORTIONAL, S.ORTHOGONAL, S.NONFINITE]
    assert _status(s, e) == wanted
    active = np.isin(np.array(wanted, dtype=np.uint8), ACTIVE)
    assert active.tolist() == [True, False, False, False, True, True, False]
    assert status_counts(np.array(wanted, dtype=np.uint8)) == {kind.label: 1 for kind in S}


def test_counts_name_what_does_not_occur() -> None:
    assert status_counts(np.array([0, 0], dtype=np.uint8)) == {kind.label: 2 * (kind is S.OK) for kind in S}
    assert sum(status_counts(np.empty(0, dtype=np.uint8)).values()) == 0


def test_silence_is_relative_to_the_loudest_frame_of_the_same_signal() -> None:
    s, e = _columns(1, 1.1e-3, 0.9e-3), _columns(1e-6, 1e-6, 1e-6, seed=1)
    assert _status(s, e) == [S.OK, S.OK, S.SILENT_REFERENCE]
    assert _status(e, s) == [S.OK, S.OK, S.SILENT_ESTIMATE]
    assert _status(1e-200 * s, 1e200 * e) == [S.OK, S.OK, S.SILENT_REFERENCE]


def test_the_limit_itself_is_silent() -> None:
    s = np.zeros((4, 2))
    s[0] = 1.0, 0.001
    assert _status(s, np.ones((4, 2)), 60.0)[1] == S.SILENT_REFERENCE
    assert _status(s, np.ones((4, 2)), 60.001)[1] == S.OK


def test_adjustable_and_off() -> None:
    s, e = _columns(1, 1e-2, 1e-150, 0), _columns(1, 1, 1, 1, seed=1)
    assert _status(s, e, 30.0) == [S.OK] + [S.SILENT_REFERENCE] * 3
    assert _status(s, e, np.inf) == [S.OK, S.OK, S.OK, S.SILENT_REFERENCE]


@pytest.mark.parametrize("silence_db", [60.0, np.inf, 0.0])
def test_all_silent(silence_db: float) -> None:
    assert _status(np.zeros((4, 3)), np.zeros((4, 3)), silence_db) == [S.SILENT_BOTH] * 3


def test_one_bad_frame_does_not_silence_the_others() -> None:
    s, e = _columns(1, 1, 1), _columns(1, 1, 1, seed=1)
    s[0, 0], e[0, 1] = np.inf, np.nan
    assert _status(s, e) == [S.NONFINITE, S.NONFINITE, S.OK]


def test_silent_goes_before_proportional_and_orthogonal() -> None:
    s = _columns(1, 1e-4)
    assert _status(s, s) == [S.PROPORTIONAL, S.SILENT_BOTH]
