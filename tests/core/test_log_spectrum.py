"""Log-spectral distance against what its definition says about plain cases."""

from __future__ import annotations

import numpy as np
import pytest

from osisnr_gui.core.mc_mse import FLOOR_DB, log_spectral_distance_db
from osisnr_gui.core.types import ShapeError


def _spectra(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0.1, 1.0, (40, 7)), rng.uniform(0.1, 1.0, (40, 7))


@pytest.mark.parametrize("gain_db", [-30.0, -6.0, 0.0, 0.5, 20.0])
def test_a_gain_reads_as_itself(gain_db: float) -> None:
    s, _ = _spectra()
    assert log_spectral_distance_db(s, s * 10 ** (gain_db / 20)) == pytest.approx(np.full(7, abs(gain_db)), abs=1e-12)


def test_the_definition_bin_by_bin() -> None:
    s, e = _spectra()
    for i, value in enumerate(log_spectral_distance_db(s, e)):
        squares = [(20 * np.log10(s[k, i] / e[k, i])) ** 2 for k in range(40)]
        assert value == pytest.approx(np.sqrt(sum(squares) / 40))


def test_it_is_symmetric_and_ignores_a_common_scale_and_phases() -> None:
    s, e = _spectra()
    value = log_spectral_distance_db(s, e)
    assert log_spectral_distance_db(e, s) == pytest.approx(value)
    assert log_spectral_distance_db(1e-9 * s, 1e-9 * e) == pytest.approx(value)
    turned = e * np.exp(2j * np.pi * np.arange(40) / 7)[:, None]
    assert log_spectral_distance_db(s, turned) == pytest.approx(value)


def test_silence_is_as_far_as_the_floor_and_two_silences_are_no_number() -> None:
    s = np.ones((5, 1))
    assert log_spectral_distance_db(s, 0 * s) == pytest.approx([FLOOR_DB])
    assert np.isnan(log_spectral_distance_db(0 * s, 0 * s)).all()


def test_a_bin_under_the_floor_does_not_decide() -> None:
    s, e = np.ones((4, 1)), np.ones((4, 1))
    e[0] = 1e-300
    assert log_spectral_distance_db(s, e) == pytest.approx([FLOOR_DB / 2])  # one of four bins, root of a mean square


def test_shapes_must_agree() -> None:
    with pytest.raises(ShapeError):
        log_spectral_distance_db(np.ones((4, 2)), np.ones((4, 3)))
