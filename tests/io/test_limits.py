import pytest

from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.numpy_files import MAX_BYTES, MAX_CELLS, check_size, shape_text


def test_the_largest_matrix_and_one_cell_more() -> None:
    check_size("x", (MAX_CELLS // 8, 8), 8)
    for shape, width in (((MAX_CELLS + 1, 1), 1), ((MAX_BYTES // 16 + 1, 1), 16), ((2**32, 2**32), 8)):
        with pytest.raises(LoadError) as caught:
            check_size("x", shape, width)
        assert caught.value.reason == Reason.TOO_LARGE


def test_shapes_in_words() -> None:
    assert shape_text((257, 62)) == "257 × 62"
    assert shape_text(()) == "a single number"
