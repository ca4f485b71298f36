from collections.abc import Callable

import numpy as np
import pytest

from osisnr_gui.io import tables
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.masks import load_mask

SaveBytes = Callable[[str, bytes], str]
MATRIX = [[0.5, 0.25, 1.0], [-0.125, 1e-3, 0.75]]


def load(save_bytes: SaveBytes, text: str | bytes) -> tuple[list[list[float]], list[str]]:
    mask = load_mask(save_bytes("a.csv", text if isinstance(text, bytes) else text.encode()))
    codes = [warning.code for warning in mask.warnings if warning.code != "RANGE"]
    return mask.values.tolist(), codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("0.5,0.25,1\n-0.125,1e-3,.75\n", []),
        ("0.5, 0.25, 1.0\r\n-0.125, 0.001, 0.75", []),
        ("\ufeff0.5,0.25,1\r\n-0.125,0.001,0.75\r\n", []),
        ("0.5\t0.25\t1\n-0.125\t0.001\t0.75\n", []),
        ("  0.5  0.25 1\n-0.125   0.001 0.75  \n", []),
        ("# note\n% other\n\n0.5 0.25 1\n\n-0.125 0.001 0.75\n", []),
        ('"0.5","0.25","1"\n"-0.125","0.001","0.75"\n', []),
        ("0,5;0,25;1\n-0,125;1e-3;0,75\n", ["DECIMAL_COMMA"]),
        ("0,5\t0,25\t1\n-0,125\t0,001\t0,75\n", ["DECIMAL_COMMA"]),
        ("0,5 0,25 1,0\n-0,125 0,001 0,75\n", ["DECIMAL_COMMA"]),
        ("a,b,c\n0.5,0.25,1\n-0.125,0.001,0.75\n", ["HEADER_SKIPPED"]),
        ("a;b;c\n0,5;0,25;1\n-0,125;0,001;0,75\n", ["HEADER_SKIPPED", "DECIMAL_COMMA"]),
        ("0.5,0.25,1,\n-0.125,0.001,0.75,\n", ["TRAILING_DELIMITER"]),
        ("a,b,c\n0.5,0.25,1,\n-0.125,0.001,0.75,\n", ["HEADER_SKIPPED", "TRAILING_DELIMITER"]),
        ("0.5,0.25,1\n-0.125,0.001,0.75\n".encode("utf-16"), []),
        ("# caf\xe9\n0.5,0.25,1\n-0.125,0.001,0.75\n".encode("latin-1"), []),
    ],
)
def test_tables_are_read_as_written(text: str | bytes, codes: list[str], save_bytes: SaveBytes) -> None:
    assert load(save_bytes, text) == (MATRIX, codes)


def test_numbers_survive_to_the_last_bit(save_bytes: SaveBytes) -> None:
    values = np.random.default_rng(3).random((40, 30))
    text = "\n".join(",".join(map(repr, row)) for row in values.tolist())
    assert load(save_bytes, text)[0] == values.tolist()


def test_complex_cells_are_read(save_bytes: SaveBytes) -> None:
    mask = load_mask(save_bytes("a.csv", b"1+2j,0.5\n-1e-3i,3-4i\n"))
    assert mask.values.tolist() == [[1 + 2j, 0.5], [-0.001j, 3 - 4j]]


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("1,2,3\n4,oops,6\n", Reason.NOT_NUMERIC, "line 2, column 2: the text 'oops'"),
        ("# x\n\n1,2,3\n4,,6\n", Reason.NOT_NUMERIC, "line 4, column 2: the cell is empty"),
        ("1,2,3\n4,1_000,6\n", Reason.NOT_NUMERIC, "'1_000'"),
        ("1,2\n3,٤\n", Reason.NOT_NUMERIC, "line 2, column 2"),
        ("1,2\n3,a\x1bb\n", Reason.NOT_NUMERIC, "x1b"),
        ("a,2,3\n4,5,6\n", Reason.NOT_NUMERIC, "line 1, column 1"),
        ("1,2\0,3\n", Reason.NOT_NUMERIC, "binary"),
        ("a,b,c\n", Reason.NOT_NUMERIC, "'a'"),
        ("1,2,3\n4,5\n6,7,8\n", Reason.RAGGED, "line 2 has 2 cells, line 1 has 3"),
        ("0,5,0,25\n0,75,1,0\n", Reason.RAGGED, "decimal commas"),
        ("1\n2\n3\n", Reason.BAD_NDIM, "single column"),
        ("\n \n", Reason.EMPTY_ARRAY, "no numbers"),
        ("# only a comment\n", Reason.EMPTY_ARRAY, "no numbers"),
        ("1,nan,3\n4,inf,1e400\n", Reason.NONFINITE, r"\(0, 1\), \(1, 1\), \(1, 2\)"),
        ("nan,nan\nnan,nan\n", Reason.ALL_NONFINITE, "every cell"),
        ("1" * 300_000 + ",2\n", Reason.NONFINITE, r"\(0, 0\)"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(
    text: str, reason: Reason, words: str, save_bytes: SaveBytes
) -> None:
    with pytest.raises(LoadError, match=words) as caught:
        load(save_bytes, text)
    assert caught.value.reason == reason
    assert str(caught.value).isprintable()


def test_whole_numbers_with_commas_are_not_always_suspect(save_bytes: SaveBytes) -> None:
    assert load(save_bytes, "0,1,1,0\n1,1,0,0\n")[0] == [[0, 1, 1, 0], [1, 1, 0, 0]]
    assert load(save_bytes, "3,5\n7,9\n")[0] == [[3, 5], [7, 9]]


def test_bytes_that_are_no_text_are_refused(save_bytes: SaveBytes) -> None:
    with pytest.raises(LoadError) as caught:
        load(save_bytes, np.random.default_rng(0).bytes(3000))
    assert caught.value.reason == Reason.NOT_NUMERIC


def test_too_much_text_is_refused_before_it_is_read(save_bytes: SaveBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_TEXT", 10)
    with pytest.raises(LoadError) as caught:
        load(save_bytes, "1,2,3,4,5,6,7\n")
    assert caught.value.reason == Reason.TOO_LARGE
