"""Values of masks: bins common to all, exact counts, what a mask is in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.io.masks import Mask, load_mask
from osisnr_gui.session import masks
from osisnr_gui.session.masks import N_BINS, ValueBins, count_values
from osisnr_gui.session.session import Source
from osisnr_gui.session.tracks import open_track
from osisnr_gui.text.sound_words import mask_sentence


def _mask(folder: Path, values: np.ndarray) -> Mask:
    np.save(folder / "m.npy", values)
    return load_mask(str(folder / "m.npy"))


def test_every_cell_of_every_mask_is_in_one_of_the_common_bins(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    several = [
        _mask(tmp_path, values) for values in (rng.random((9, 40)), rng.normal(0, 3, (9, 40)), 1j * rng.random((9, 4)))
    ]
    bins = ValueBins.of(several)
    for mask in several:
        counts = count_values(mask, bins)
        assert counts is not None
        assert counts.sum() == mask.values.size
        plain = np.abs(mask.values) if np.iscomplexobj(mask.values) else mask.values
        expected, _ = np.histogram(plain, bins=N_BINS, range=(bins.low, bins.high))
        assert np.array_equal(counts, expected)


def test_no_cell_of_a_complex_mask_is_lost_when_it_is_flipped(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        np.save(tmp_path / "m.npy", (rng.normal(size=(9, 40)) + 1j * rng.normal(size=(9, 40))).astype(np.complex64))
        plain, flipped = (open_track(Source(str(tmp_path / "m.npy"), flip=flip)).mask for flip in (False, True))
        assert plain is not None
        assert flipped is not None
        assert np.array_equal(flipped.values, -plain.values)
        counts = count_values(flipped, ValueBins.of([flipped]))
        assert counts is not None
        assert counts.sum() == 360


def test_values_of_any_size_have_bins_and_short_words(tmp_path: Path) -> None:
    mask = _mask(tmp_path, np.array([[9e305, -9e305, 0.0, -2.0]]))
    bins = ValueBins.of([mask])
    counts = count_values(mask, bins)
    assert counts is not None
    assert counts[[0, N_BINS // 2 - 1, N_BINS // 2, N_BINS - 1]].tolist() == [1, 1, 1, 1]
    assert np.isfinite([bins.edges(0), bins.edges(N_BINS - 1)]).all()
    assert "signed; −9.00\u202f×\u202f10³⁰⁵ to 9.00\u202f×\u202f10³⁰⁵, mean −0.500" in mask_sentence(mask)


def test_pieces_add_up_to_the_whole_and_ends_belong_to_their_bins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.concatenate((np.random.default_rng(0).random(1000), [0.0, 0.5, 1.0]))
    mask = _mask(tmp_path, values[None])
    monkeypatch.setattr(masks, "blocks_of", lambda whole: np.array_split(whole, 7, axis=1))
    counts = count_values(mask, ValueBins.of([mask]))
    assert counts is not None
    assert np.array_equal(counts, np.histogram(values, bins=N_BINS, range=(0.0, 1.0))[0])
    assert counts.sum() == values.size


def test_booleans_and_integers_are_values_too(tmp_path: Path) -> None:
    for values in (np.array([[True, False, True]]), np.array([[1, 0, 1]], dtype=np.uint8)):
        counts = count_values(_mask(tmp_path, values), ValueBins(0.0, 1.0))
        assert counts is not None
        assert counts[[0, N_BINS - 1]].tolist() == [1, 2]


def test_a_cancelled_count_gives_nothing(tmp_path: Path) -> None:
    assert count_values(_mask(tmp_path, np.ones((2, 3))), ValueBins(0.0, 1.0), lambda: True) is None


def test_bins_hold_0_to_1_in_any_case_and_meet() -> None:
    bins = ValueBins.of([])
    assert (bins.low, bins.high) == (0.0, 1.0)
    assert bins.edges(0) == (0.0, 1 / N_BINS)
    assert bins.edges(N_BINS - 1)[1] == 1.0


def test_a_mask_in_words(tmp_path: Path) -> None:
    binary = mask_sentence(_mask(tmp_path, np.array([[0.0, 1.0], [1.0, 1.0]])))
    assert binary == (
        "binary: 0.00 or 1.00, nothing between; 0.000 to 1.000, mean 0.750; outside 0 to 1: none; all 4 cells"
    )
    beyond = mask_sentence(_mask(tmp_path, np.array([[0.0, 3.0, 0.5, 0.5]])))
    assert beyond.startswith("magnitude ratio, above 1 too; 0.000 to 3.000, mean 1.000; outside 0 to 1: 25.00 %")
    assert mask_sentence(_mask(tmp_path, np.array([[3 + 4j, 0, 0, 0]]))).startswith(
        "complex; magnitudes; 0.000 to 5.000"
    )
