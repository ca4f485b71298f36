import io
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.masks import load_mask
from osisnr_gui.io.numpy_files import choose_array, parse_header

SaveBytes = Callable[[str, bytes], str]
MATRIX = np.random.default_rng(2).random((5, 7))


class Trap:
    """Unpickling it would write to the terminal."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("the trap was sprung",)


def npy(values: np.ndarray, allow_pickle: bool = False) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, values, allow_pickle=allow_pickle)
    return out.getvalue()


def header(text: str, data: bytes = b"", version: int = 1) -> bytes:
    raw = text.encode("latin-1") + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(raw)) + raw + data


def described(descr: str, shape: str, data: bytes = b"") -> bytes:
    return header(f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}", data)


def npz(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def refusal(path: str, key: str | None = None) -> LoadError:
    with pytest.raises(LoadError) as caught:
        load_mask(path, key)
    assert len(str(caught.value)) <= 300
    assert "pickle" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("descr", ["<f8", ">f8", "<f4", "<f2", ">i4", "<u2", "|i1", "|u1", "|b1", ">c16", "<c8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_number_type_is_read_exactly(descr: str, order: str, save_bytes: SaveBytes) -> None:
    values = np.asarray(np.round(MATRIX), dtype=descr, order=order)  # type: ignore[call-overload]
    mask = load_mask(save_bytes("a.npy", npy(values)))
    assert np.array_equal(mask.values, values)
    assert mask.values.dtype == values.dtype.newbyteorder("=")
    assert mask.values.dtype.isnative
    assert mask.values.flags.c_contiguous
    assert mask.values.flags.writeable
    assert mask.values.shape == (5, 7)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_all_header_versions_are_read(version: tuple[int, int], save_bytes: SaveBytes) -> None:
    out = io.BytesIO()
    np.lib.format.write_array(out, MATRIX, version=version)
    assert np.array_equal(load_mask(save_bytes("a.npy", out.getvalue())).values, MATRIX)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (described("<f8", "(1000000000, 1000000000)", bytes(80)), Reason.TOO_LARGE),
        (described("<f8", "(4294967296, 4294967296)", bytes(80)), Reason.TOO_LARGE),
        (described("|i1", "(8193, 8193)"), Reason.TOO_LARGE),
        (described("<f8", "(-5, 7)", bytes(280)), Reason.CORRUPT),
        (described("<f8", "(True, 7)", bytes(280)), Reason.CORRUPT),
        (described("<f8", "(5.0, 7)", bytes(280)), Reason.CORRUPT),
        (described("<f8", "5", bytes(40)), Reason.CORRUPT),
        (described("<q9", "(5, 7)", bytes(280)), Reason.BAD_DTYPE),
        (described("<f16", "(5, 7)", bytes(560)), Reason.BAD_DTYPE),
        (described("<M8[s]", "(5, 7)", bytes(280)), Reason.BAD_DTYPE),
        (described("f8 or so", "(5, 7)", bytes(280)), Reason.BAD_DTYPE),
        (header("__import__('os').getpid()"), Reason.CORRUPT),
        (header("(" * 3000 + ")" * 3000), Reason.CORRUPT),
        (header("{'descr': '<f8'}"), Reason.CORRUPT),
        (b"\x93NUMPY\2\0\xff\xff\xff\xff{", Reason.CORRUPT),
        (b"\x93NUMPY\7\0\xff\xff\xff\xff{", Reason.CORRUPT),
        (b"\x93NUMPY", Reason.CORRUPT),
        (npy(MATRIX)[:-1], Reason.CORRUPT),
        (npy(np.array([[Trap()]], dtype=object), allow_pickle=True), Reason.PICKLE),
        (pickle.dumps(Trap()), Reason.PICKLE),
        (npy(np.zeros((5, 5), [("a", "f8"), ("b", "i4")])), Reason.BAD_DTYPE),
        (npy(np.array([["1", "2"]])), Reason.BAD_DTYPE),
        (b"just some text", Reason.UNKNOWN_FORMAT),
    ],
)
def test_bad_arrays_are_refused(
    data: bytes, reason: Reason, save_bytes: SaveBytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal(save_bytes("a.npy", data)).reason == reason
    assert capsys.readouterr().out == ""


def test_bytes_after_the_array_are_told(save_bytes: SaveBytes) -> None:
    mask = load_mask(save_bytes("a.npy", npy(MATRIX) + b"more"))
    assert [warning.code for warning in mask.warnings] == ["EXTRA_BYTES"]
    assert np.array_equal(mask.values, MATRIX)


def test_foreign_bool_bytes_become_true(save_bytes: SaveBytes) -> None:
    mask = load_mask(save_bytes("a.npy", described("|b1", "(2, 2)", b"\0\1\2\xff")))
    assert mask.values.tolist() == [[False, True], [True, True]]
    assert mask.values.view(np.uint8).max() == 1


def test_the_only_matrix_of_an_archive_is_taken(save_bytes: SaveBytes) -> None:
    members = {"axis.npy": npy(MATRIX[0]), "rate.npy": npy(np.array(5)), "m.npy": npy(MATRIX), "read.me": b"hello"}
    mask = load_mask(save_bytes("a.npz", npz(members)))
    assert np.array_equal(mask.values, MATRIX)
    assert (mask.key, mask.keys) == ("m", ())


def test_several_matrices_must_be_chosen_from(save_bytes: SaveBytes) -> None:
    path = save_bytes("a.npz", npz({"one.npy": npy(MATRIX), "two.npy": npy(MATRIX + 1)}))
    error = refusal(path)
    assert error.reason == Reason.AMBIGUOUS
    assert error.choices == ("one", "two")
    assert "one (5 × 7)" in error.detail
    mask = load_mask(path, "two")
    assert np.array_equal(mask.values, MATRIX + 1)
    assert (mask.key, mask.keys) == ("two", ("one",))
    missing = refusal(path, "three")
    assert (missing.reason, missing.choices) == (Reason.NO_MATRIX, ("one", "two"))


def test_the_fault_of_the_only_array_is_the_message(save_bytes: SaveBytes) -> None:
    objects = npy(np.array([[Trap()]], dtype=object), allow_pickle=True)
    assert refusal(save_bytes("a.npz", npz({"m.npy": objects}))).reason == Reason.PICKLE
    assert refusal(save_bytes("b.npz", npz({"m.npy": npy(MATRIX[0])}))).reason == Reason.BAD_NDIM
    assert refusal(save_bytes("c.npz", npz({"m.npy": objects, "n.npy": npy(MATRIX)})), "m").reason == Reason.PICKLE


def encrypted(data: bytes) -> bytes:
    raw = bytearray(data)
    raw[6] |= 1
    raw[raw.index(b"PK\1\2") + 8] |= 1
    return bytes(raw)


def wrong_checksum(data: bytes) -> bytes:
    raw = bytearray(data)
    raw[len(raw) // 2] ^= 0xFF
    return bytes(raw)


def bomb(mebibytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("m.npy", "w") as member:
        member.write(described("<f8", f"({mebibytes}, {2**17})"))
        for _ in range(mebibytes):
            member.write(bytes(2**20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (npz({}), Reason.NO_MATRIX),
        (npz({"a.txt": b"hello"}), Reason.NO_MATRIX),
        (encrypted(npz({"m.npy": npy(MATRIX)})), Reason.ENCRYPTED),
        (npz({"m.npy": npy(MATRIX)})[:-30], Reason.CORRUPT),
        (wrong_checksum(npz({"m.npy": npy(MATRIX)})), Reason.CORRUPT),
        (npz({"m.npy": npy(MATRIX)}, zipfile.ZIP_BZIP2), Reason.CORRUPT),
        (npz({"m.npy": described("<f8", "(40000, 40000)", bytes(80))}), Reason.TOO_LARGE),
        (npz({"m.npy": described("<f8", "(40, 40)", bytes(80))}), Reason.CORRUPT),
        (bomb(4), Reason.TOO_LARGE),
        (npz({f"{k}.npy": b"" for k in range(5000)}), Reason.TOO_LARGE),
    ],
)
def test_bad_archives_are_refused(data: bytes, reason: Reason, save_bytes: SaveBytes) -> None:
    assert refusal(save_bytes("a.npz", data)).reason == reason


def test_a_member_that_climbs_out_of_the_folder_is_only_a_name(save_bytes: SaveBytes, tmp_path: Path) -> None:
    mask = load_mask(save_bytes("a.npz", npz({"../../evil.npy": npy(MATRIX)})))
    assert mask.key == "../../evil"
    assert not (tmp_path.parent.parent / "evil.npy").exists()


def test_well_compressed_masks_are_no_bombs(save_bytes: SaveBytes) -> None:
    half = np.zeros((257, 400))
    out = io.BytesIO()
    np.savez_compressed(out, half)
    assert load_mask(save_bytes("a.npz", out.getvalue())).values.shape == (257, 400)


def test_a_header_is_parsed_without_reading_data() -> None:
    head = parse_header("x", npy(np.zeros((3, 4), ">f4")))
    assert (head.shape, head.dtype.str, head.data_bytes) == ((3, 4), ">f4", 48)


def test_picking_shows_hidden_characters_escaped() -> None:
    with pytest.raises(LoadError, match=r"a\\x0ab"):
        choose_array("x.npz", {"a\nb": (2, 2), "c": (2, 2)}, None, ())


@pytest.mark.parametrize("text", [b"(2L, 3L), }", b"(2, 3), }\n "])
def test_headers_that_numpy_would_warn_of_are_read(save_bytes: SaveBytes, text: bytes) -> None:
    out = io.BytesIO()
    np.save(out, np.arange(6.0).reshape(2, 3))
    # Found by mutants: numpy's warning of such a header is an error in tests, and a line on a user's terminal.
    path = save_bytes("old.npy", out.getvalue().replace(b"(2, 3), }  ", text))
    assert load_mask(path).values.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
