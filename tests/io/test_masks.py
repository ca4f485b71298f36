import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.io import numpy_files
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.masks import Mask, MaskKind, load_mask

SaveBytes = Callable[[str, bytes], str]


@pytest.fixture
def save(tmp_path: Path) -> Callable[[np.ndarray], str]:
    def write(values: np.ndarray) -> str:
        path = tmp_path / "a.npy"
        np.save(path, values)
        return str(path)

    return write


def codes(mask: Mask) -> list[str]:
    return [warning.code for warning in mask.warnings]


def test_a_mask_tells_its_range(save: Callable[[np.ndarray], str]) -> None:
    mask = load_mask(save(np.array([[0.0, 0.5], [1.0, 0.25]])))
    assert (mask.minimum, mask.maximum, mask.share_outside, codes(mask)) == (0.0, 1.0, 0.0, [])
    mask = load_mask(save(np.array([[0, 255], [1, 2]], dtype=np.uint8)))
    assert (mask.minimum, mask.maximum, mask.share_outside, codes(mask)) == (0.0, 255.0, 0.5, ["RANGE"])
    assert mask.values.dtype == np.uint8


def test_magnitudes_count_for_complex_masks(save: Callable[[np.ndarray], str]) -> None:
    path = save(np.array([[3 + 4j, 0.6 - 0.8j]]))
    mask = load_mask(path)
    assert (mask.minimum, mask.maximum, mask.share_outside) == (1.0, 5.0, 0.5)
    assert codes(mask) == ["COMPLEX", "RANGE"]


def test_transposing_is_on_request(save: Callable[[np.ndarray], str]) -> None:
    values = np.arange(6.0).reshape(2, 3)
    mask = load_mask(save(values), transpose=True)
    assert np.array_equal(mask.values, values.T)
    assert mask.values.flags.c_contiguous


@pytest.mark.parametrize("shape", [(1, 3, 4), (3, 1, 4), (3, 4, 1), (1, 1, 3, 4)])
def test_axes_of_length_one_are_dropped_and_told(shape: tuple[int, ...], save: Callable[..., str]) -> None:
    values = np.arange(12.0).reshape(shape) / 12
    mask = load_mask(save(values))
    assert np.array_equal(mask.values, values.reshape(3, 4))
    assert codes(mask) == ["SQUEEZED"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.array(3.0), Reason.BAD_NDIM),
        (np.zeros(5), Reason.BAD_NDIM),
        (np.zeros((2, 3, 4)), Reason.BAD_NDIM),
        (np.zeros((0, 257)), Reason.EMPTY_ARRAY),
        (np.full((2, 2), np.nan), Reason.ALL_NONFINITE),
        (np.array([[1.0, np.inf]]), Reason.NONFINITE),
        (np.array([[1.0, complex(0, np.nan)]]), Reason.NONFINITE),
    ],
)
def test_what_is_no_matrix_of_finite_numbers_is_refused(
    values: np.ndarray, reason: Reason, save: Callable[[np.ndarray], str]
) -> None:
    with pytest.raises(LoadError) as caught:
        load_mask(save(values))
    assert caught.value.reason == reason


def test_pairs_of_parts_are_refused_with_what_to_save_instead(save: Callable[[np.ndarray], str]) -> None:
    with pytest.raises(LoadError) as caught:
        load_mask(save(np.ones((5, 7, 2))))
    assert caught.value.reason == Reason.BAD_NDIM
    assert "1j" in caught.value.remedy
    assert "complex" in str(caught.value)
    with pytest.raises(LoadError) as caught:
        load_mask(save(np.ones((5, 7, 3))))
    assert "complex" not in str(caught.value)


def test_the_first_five_bad_cells_are_listed(save: Callable[[np.ndarray], str]) -> None:
    values = np.ones((300, 200))
    for cell in ((0, 3), (7, 199), (150, 0), (150, 1), (299, 198), (299, 199)):
        values[cell] = np.nan
    with pytest.raises(LoadError) as caught:
        load_mask(save(values))
    assert "6 cells" in caught.value.detail
    assert "(0, 3), (7, 199), (150, 0), (150, 1), (299, 198), …" in caught.value.detail


def test_the_size_limit_counts_bytes_and_cells(
    save: Callable[[np.ndarray], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(np.ones((10, 10)))
    for name, least in (("MAX_BYTES", 800), ("MAX_CELLS", 100)):
        with monkeypatch.context() as patch:
            patch.setattr(numpy_files, name, least)
            assert load_mask(path).values.shape == (10, 10)
            patch.setattr(numpy_files, name, least - 1)
            with pytest.raises(LoadError) as caught:
                load_mask(path)
            assert caught.value.reason == Reason.TOO_LARGE


def test_sound_and_wrong_names(save_bytes: SaveBytes, save_sound: Callable[..., str], noise: np.ndarray) -> None:
    with pytest.raises(LoadError, match="choose a matrix"):
        load_mask(save_sound("a.npy", noise, "FLAC"))
    matrix = b"\x93NUMPY\1\0" + b"\x3b\0" + b"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2)}".ljust(59)
    assert codes(load_mask(save_bytes("b.csv", matrix + b"\0\1"))) == ["EXTENSION"]


def test_a_file_that_changes_while_it_is_read_is_refused(
    save: Callable[[np.ndarray], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(np.ones((10, 10)))
    genuine = numpy_files._to_array

    def read_and_touch(header: numpy_files.NpyHeader, data: bytes) -> np.ndarray:
        stored = genuine(header, data)
        os.utime(path, ns=(5, 5))
        return stored

    monkeypatch.setattr(numpy_files, "_to_array", read_and_touch)
    with pytest.raises(LoadError, match="changed"):
        load_mask(path)


@pytest.mark.parametrize(
    ("error", "reason"), [(MemoryError(), Reason.TOO_LARGE), (KeyError("library"), Reason.CORRUPT)]
)
def test_trouble_in_a_library_becomes_a_refusal(
    error: BaseException, reason: Reason, save: Callable[[np.ndarray], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(numpy_files, "_to_array", fail)
    with pytest.raises(LoadError) as caught:
        load_mask(save(np.ones((2, 2))))
    assert caught.value.reason == reason
    assert "library" not in str(caught.value)


@pytest.mark.parametrize(
    ("stored", "read"), [(np.float32, np.complex64), (np.float64, np.complex128), (np.int16, np.complex128)]
)
def test_pairs_are_complex_numbers_when_that_is_said(stored: type, read: type, save: Callable[..., str]) -> None:
    values = np.arange(70).reshape(5, 7, 2).astype(stored)
    path = save(values)
    with pytest.raises(LoadError) as caught:
        load_mask(path)
    assert caught.value.looks_paired
    assert pickle.loads(pickle.dumps(caught.value)).looks_paired
    mask = load_mask(path, pair_axis=True)
    assert mask.values.dtype == read
    assert np.array_equal(mask.values, values[..., 0] + 1j * values[..., 1])
    assert (mask.kind, mask.values.shape, codes(mask)[:2]) == (MaskKind.COMPLEX, (5, 7), ["PAIRED", "COMPLEX"])
    assert np.array_equal(load_mask(path, pair_axis=True, transpose=True).values, mask.values.T)


@pytest.mark.parametrize("values", [np.ones((5, 2)), np.ones((5, 7)), np.ones((5, 7, 3)), np.ones((5, 7, 2), complex)])
def test_what_has_no_pairs_is_not_read_as_such(values: np.ndarray, save: Callable[..., str]) -> None:
    with pytest.raises(LoadError) as caught:
        load_mask(save(values), pair_axis=True)
    assert caught.value.reason == Reason.BAD_NDIM
    assert "no last axis" in str(caught.value)
    assert not caught.value.looks_paired


@pytest.mark.parametrize("value", [1.5e308, -1e307, 1e308 + 1e308j])
def test_cells_whose_range_is_no_number_are_refused(save: Callable[[np.ndarray], str], value: complex) -> None:
    with pytest.raises(LoadError, match="too large") as refused:
        load_mask(save(np.array([[0.5, value], [1.0, 0.25]])))
    assert refused.value.reason is Reason.NONFINITE
    assert load_mask(save(np.array([[0.5, 1e300], [-1e300, 0.25]]))).maximum == 1e300


def test_cells_whose_sum_is_no_number_are_refused_for_their_size(save: Callable[[np.ndarray], str]) -> None:
    with pytest.raises(LoadError, match="too large"):  # found by a mutant: numpy's warning was an error before that
        load_mask(save(np.array([[1.5e308, 1.5e308], [1.0, 0.25]])))
