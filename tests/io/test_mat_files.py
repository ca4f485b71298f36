import io
import os
import struct
import sys
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from osisnr_gui.io import mat_files
from osisnr_gui.io.errors import Cancelled, LoadError, Reason
from osisnr_gui.io.masks import load_mask

SaveBytes = Callable[[str, bytes], str]
MATRIX = np.random.default_rng(2).random((5, 7))


def mat(variables: dict[str, object], **options: object) -> bytes:
    out = io.BytesIO()
    scipy.io.savemat(out, variables, **options)  # type: ignore[arg-type]
    return out.getvalue()


def element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def handmade(dims: tuple[int, int], kind: int, data: bytes) -> bytes:
    """A version 5 file with one double matrix whose parts may contradict each other."""
    parts = element(6, struct.pack("<II", 6, 0)) + element(5, struct.pack("<2i", *dims)) + element(1, b"mask")
    body = element(14, parts + element(kind, data))
    return b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM" + body


def refusal(path: str, key: str | None = None) -> LoadError:
    with pytest.raises(LoadError) as caught:
        load_mask(path, key)
    return caught.value


@pytest.mark.parametrize("options", [{}, {"do_compression": True}, {"format": "4"}])
def test_every_version_is_read_exactly(options: dict[str, object], save_bytes: SaveBytes) -> None:
    mask = load_mask(save_bytes("a.mat", mat({"mask": MATRIX}, **options)))
    assert np.array_equal(mask.values, MATRIX)
    assert (mask.key, mask.keys, mask.warnings) == ("mask", (), ())
    assert mask.values.flags.c_contiguous


def test_types_are_kept_and_sparse_is_filled(save_bytes: SaveBytes) -> None:
    single = load_mask(save_bytes("a.mat", mat({"m": (MATRIX + 1j).astype(np.complex64)})))
    assert single.values.dtype == np.complex64
    sparse = scipy.sparse.csc_matrix(np.diag([0.1, 0.2, 0.3]))
    assert load_mask(save_bytes("b.mat", mat({"m": sparse}))).values.tolist() == np.diag([0.1, 0.2, 0.3]).tolist()


def test_one_matrix_beside_other_things_is_taken(save_bytes: SaveBytes) -> None:
    data = mat({"fs": 16000.0, "note": "hi", "axis": np.arange(7.0), "mask": MATRIX})
    assert load_mask(save_bytes("a.mat", data)).key == "mask"


def test_several_matrices_must_be_chosen_from(save_bytes: SaveBytes) -> None:
    path = save_bytes("a.mat", mat({"a": MATRIX, "b": MATRIX + 1}))
    error = refusal(path)
    assert (error.reason, error.choices) == (Reason.AMBIGUOUS, ("a", "b"))
    mask = load_mask(path, "b")
    assert np.array_equal(mask.values, MATRIX + 1)
    assert mask.keys == ("a",)
    assert refusal(path, "c").reason == Reason.NO_MATRIX


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (mat({"s": {"mask": MATRIX}}), Reason.NO_MATRIX),
        (mat({"s": "text"}), Reason.NO_MATRIX),
        (mat({"s": np.array([[MATRIX, 1]], dtype=object)}), Reason.NO_MATRIX),
        (mat({"m": np.zeros((0, 3))}), Reason.EMPTY_ARRAY),
        (mat({"m": np.ones((3, 4, 5))}), Reason.BAD_NDIM),
        (mat({"m": MATRIX})[:200], Reason.CORRUPT),
        (bytes(4096), Reason.CORRUPT),
        (handmade((2**30, 2**30), 9, MATRIX.tobytes()), Reason.TOO_LARGE),
        (handmade((-5, 7), 9, MATRIX.tobytes()), Reason.CORRUPT),
        (handmade((5, 7), 8, MATRIX.tobytes()), Reason.CORRUPT),  # the native reader may crash on this one
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM" + bytes(400), Reason.MAT_V73),
        (b"\x89HDF\r\n\x1a\n" + bytes(400), Reason.MAT_V73),
        (b"MATLAB 7.3 MAT-file".ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n", Reason.MAT_V73),
    ],
)
def test_what_holds_no_matrix_is_refused(data: bytes, reason: Reason, save_bytes: SaveBytes) -> None:
    assert refusal(save_bytes("a.mat", data)).reason == reason


def test_a_huge_sparse_matrix_is_refused_before_it_is_filled(save_bytes: SaveBytes) -> None:
    sparse = scipy.sparse.coo_matrix(([1.0], ([3], [4])), shape=(20_000_000, 5_000)).tocsc()
    started = time.monotonic()
    assert refusal(save_bytes("a.mat", mat({"m": sparse}))).reason == Reason.TOO_LARGE
    assert time.monotonic() - started < 10


CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
HALF = """print('{"name": "m", "dtype": "<f8", "shape": [5, 7], "others": []}\\n' + 'x' * 50)"""


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (CRASH, Reason.CORRUPT),
        ("import time; time.sleep(60)", Reason.CORRUPT),
        ("while True: print('x' * 10**6)", Reason.CORRUPT),
        ("print('no json')", Reason.CORRUPT),
        ("print('{}')", Reason.CORRUPT),
        ("print('[1]')", Reason.CORRUPT),
        (HALF, Reason.CORRUPT),
        (HALF.replace("5, 7", "99999, 99999"), Reason.TOO_LARGE),
        (HALF.replace("<f8", "|O"), Reason.PICKLE),
        ("raise SystemExit(3)", Reason.CORRUPT),
    ],
)
def test_whatever_the_child_does_the_parent_goes_on(
    code: str, reason: Reason, save_bytes: SaveBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_bytes("a.mat", mat({"mask": MATRIX}))
    descriptor, threads = os.dup(0), threading.active_count()
    os.close(descriptor)
    with monkeypatch.context() as patch:
        patch.setattr(mat_files, "CHILD", (sys.executable, "-c", code))
        patch.setattr(mat_files, "WALL_SECONDS", 1.0)
        started = time.monotonic()
        assert refusal(path).reason == reason
        assert time.monotonic() - started < 5
    after = os.dup(0)
    os.close(after)
    assert (after, threading.active_count()) == (descriptor, threads)
    assert np.array_equal(load_mask(path).values, MATRIX)


def test_a_child_that_has_to_wait_is_not_called_a_damaged_file(
    save_bytes: SaveBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_bytes("a.mat", mat({"mask": MATRIX}))
    late = "import runpy, time; time.sleep(2); runpy.run_module('osisnr_gui.io.mat_child', run_name='__main__')"
    monkeypatch.setattr(mat_files, "CHILD", (sys.executable, "-c", late))
    assert mat_files.WALL_SECONDS > 20 * mat_files.PROCESSOR_SECONDS or sys.platform == "win32"
    assert np.array_equal(load_mask(path).values, MATRIX)
    monkeypatch.setattr(mat_files, "WALL_SECONDS", 1.0)
    assert str(refusal(path)) == "a.mat: not read within 1 s; try again when the computer is less busy"


def test_a_missing_interpreter_is_a_refusal(save_bytes: SaveBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mat_files, "CHILD", ("/nowhere/python",))
    assert refusal(save_bytes("a.mat", mat({"mask": MATRIX}))).reason == Reason.CORRUPT


def test_the_child_does_not_import_from_the_current_folder(
    save_bytes: SaveBytes, tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_bytes("a.mat", mat({"mask": MATRIX}))
    save_bytes("scipy.py", b"raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert np.array_equal(load_mask(path).values, MATRIX)


def test_too_large_a_file_is_not_even_tried(save_bytes: SaveBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mat_files, "MAX_FILE", 10)
    monkeypatch.setattr(mat_files, "CHILD", ("/nowhere/python",))
    assert refusal(save_bytes("a.mat", mat({"mask": MATRIX}))).reason == Reason.TOO_LARGE


def test_waiting_for_the_child_can_be_cancelled(save_bytes: SaveBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_bytes("a.mat", mat({"mask": MATRIX}))
    threads = threading.active_count()
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(threading.get_ident())
        return len(asked) > 3

    with monkeypatch.context() as patch:
        patch.setattr(mat_files, "CHILD", (sys.executable, "-c", "import time; time.sleep(60)"))
        started = time.monotonic()
        with pytest.raises(Cancelled):
            load_mask(path, cancelled=cancelled)
        assert time.monotonic() - started < 5
    assert set(asked) == {threading.get_ident()}
    assert threading.active_count() == threads
    assert np.array_equal(load_mask(path, cancelled=lambda: False).values, MATRIX)
    with pytest.raises(Cancelled):
        load_mask(path, cancelled=lambda: True)


def test_a_refusal_passes_while_cancelling_is_possible(save_bytes: SaveBytes) -> None:
    path = save_bytes("a.mat", mat({"a": MATRIX, "b": MATRIX}))
    with pytest.raises(LoadError) as caught:
        load_mask(path, cancelled=lambda: False)
    assert caught.value.choices == ("a", "b")
