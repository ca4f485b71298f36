"""What the cells of a matrix make of it."""

from __future__ import annotations

import numpy as np
import pytest

from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.masks import MaskKind, find_cell_facts


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([[0.0, 1.0], [1.0, 0.0]], MaskKind.BINARY),
        ([[-1.0, 1.0], [1.0, -1.0]], MaskKind.BINARY),
        ([[True, True], [True, True]], MaskKind.BINARY),
        ([[0, 1], [0, 1]], MaskKind.BINARY),
        ([[0.5, 0.5], [0.5, 0.5]], MaskKind.CONSTANT),
        ([[0.0, 0.5], [1.0, 0.25]], MaskKind.RATIO),
        ([[0.0, 0.5], [1.0, 7.0]], MaskKind.MAGNITUDE),
        ([[0.0, -0.5], [1.0, 7.0]], MaskKind.SIGNED),
        ([[0.0, 1j], [1.0, 0.0]], MaskKind.COMPLEX),
    ],
)
def test_kinds(values: list, kind: MaskKind) -> None:
    assert find_cell_facts("m.npy", np.array(values)).kind is kind


@pytest.mark.parametrize("third", [0.0, 0.5, 1.0])
def test_two_values_over_many_blocks(third: float, monkeypatch: pytest.MonkeyPatch) -> None:
    # One row is one block; the first is all 0, the second all 1, the third holds the value that may be too many.
    monkeypatch.setattr("osisnr_gui.io.masks._BLOCK_CELLS", 4)
    matrix = np.array([np.zeros(4), np.ones(4), np.full(4, third), [0.0, 1.0, 1.0, 0.0]])
    expected = MaskKind.RATIO if third == 0.5 else MaskKind.BINARY
    assert find_cell_facts("m.npy", matrix).kind is expected
    matrix = np.array([np.zeros(4), [third, 1.0, third, 1.0]])
    assert find_cell_facts("m.npy", matrix).kind is expected


def test_figures_are_those_of_all_cells_and_of_magnitudes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osisnr_gui.io.masks._BLOCK_CELLS", 50)
    values = np.random.default_rng(0).normal(0.5, 1.0, (20, 30))
    cells = find_cell_facts("m.npy", values)
    assert (cells.minimum, cells.maximum) == (values.min(), values.max())
    assert cells.mean == pytest.approx(values.mean(), rel=1e-12)
    assert cells.share_outside == np.mean((values < 0) | (values > 1))
    size = np.abs(values * np.exp(1j * values))
    cells = find_cell_facts("m.npy", values * np.exp(1j * values))
    assert cells.mean == pytest.approx(size.mean(), rel=1e-12)
    assert cells.maximum == pytest.approx(size.max())


def test_a_refusal_counts_nan_and_infinite_cells_and_names_the_first_five() -> None:
    values = np.zeros((3, 4))
    values[0, 1] = values[2, :] = np.nan
    values[1, 2] = -np.inf
    with pytest.raises(LoadError) as caught:
        find_cell_facts("m.npy", values)
    assert caught.value.reason is Reason.NONFINITE
    places = "(0, 1), (1, 2), (2, 0), (2, 1), (2, 2), …"
    assert caught.value.detail == f"5 cells are NaN and 1 infinite, at (row, column from 0) {places}"
