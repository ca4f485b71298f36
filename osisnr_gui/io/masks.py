"""Matrices from .npy, .npz, .mat and text files: rows are bins, columns are frames."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np

from .errors import Cancelled, LoadError, LoadWarning, Reason
from .headers import REMEDY
from .limits import check_size, shape_text
from .mask_cells import MaskKind, find_cell_facts
from .mat_files import read_mat
from .numpy_files import Array, Stored, read_npy, read_npz
from .sniff import AUDIO, EXTENSIONS, TEXT_EXTENSIONS, extension, is_misnamed, sniff_content, unknown_format
from .source import Source
from .tables import read_table

__all__ = ["Mask", "MaskKind", "load_mask"]

_WANTED = "a matrix: .npy, .npz, .mat, .csv, .tsv or .txt"


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A matrix from a file.

    `values`: (n_bins, n_frames) in this machine's byte order, rows contiguous, of the type it was stored in
    (bool, int, float or complex).
    `minimum`, `maximum`, `mean` and `share_outside` (share of cells outside 0 to 1) are taken from magnitudes
    when the values are complex. `kind`: what the values make of it. `key`: the name of the array in its file;
    `keys`: other arrays that could be meant.
    """

    path: str
    key: str | None
    values: Array
    warnings: tuple[LoadWarning, ...]
    minimum: float
    maximum: float
    mean: float
    share_outside: float
    kind: MaskKind
    keys: tuple[str, ...]


def load_mask(
    path: str,
    key: str | None = None,
    transpose: bool = False,
    cancelled: Callable[[], bool] | None = None,
    pair_axis: bool = False,
) -> Mask:
    """Load a matrix. `key` names an array in .npz and .mat; `transpose` swaps rows and columns after loading;
    `pair_axis` takes a last axis of length 2 for real and imaginary parts.

    Raises LoadError: NOT_FOUND, NOT_A_FILE, NO_PERMISSION, EMPTY_FILE, UNKNOWN_FORMAT, CORRUPT, PICKLE,
    TOO_LARGE, BAD_DTYPE, BAD_NDIM, EMPTY_ARRAY, NONFINITE, ALL_NONFINITE, NO_MATRIX, AMBIGUOUS (its `choices`
    are the keys), MAT_V73, ENCRYPTED, RAGGED, NOT_NUMERIC. Raises Cancelled once `cancelled()` is true.
    """
    try:
        with Source(path) as source:
            stored = _read(source, key, cancelled)
            if not source.unchanged():
                detail, remedy = "the file changed while it was read", "wait until it is complete, open it again"
                raise LoadError(Reason.CORRUPT, path, detail, remedy)
        if pair_axis:
            stored = _paired(path, stored)
        return _to_mask(path, stored, transpose)
    except (LoadError, Cancelled):
        raise
    except MemoryError:
        detail = "there is not enough memory to read it"
        raise LoadError(Reason.TOO_LARGE, path, detail, "close other programs or use a smaller matrix") from None
    except Exception:
        raise LoadError(Reason.CORRUPT, path, "the file is damaged", REMEDY) from None


def _read(source: Source, key: str | None, cancelled: Callable[[], bool] | None) -> Stored:
    path = source.path
    if cancelled is not None and cancelled():
        raise Cancelled(path)
    content = sniff_content(source)
    if content == "PICKLE":
        detail = "it holds Python objects, which could run code when opened"
        raise LoadError(Reason.PICKLE, path, detail, "save it as a plain array of numbers")
    if content == "MAT73":
        detail = "MATLAB 7.3 files are not read"
        raise LoadError(Reason.MAT_V73, path, detail, "save it in MATLAB with the option -v7")
    if content in AUDIO:
        raise LoadError(Reason.UNKNOWN_FORMAT, path, "this is sound, not a matrix", f"choose {_WANTED}")
    if content == "UNKNOWN":
        return _read_unmarked(source)
    if content == "NPY":
        return _named(source, read_npy(source), "NPY")
    if content == "ZIP":
        return _named(source, read_npz(source, key), "ZIP")
    return _named(source, read_mat(source, key, cancelled), "MAT")


def _read_unmarked(source: Source) -> Stored:
    name = extension(source.path)
    if name in TEXT_EXTENSIONS:
        values, warnings = read_table(source)
        return Stored(values, warnings=warnings)
    if name in EXTENSIONS["MAT"]:
        raise LoadError(Reason.CORRUPT, source.path, "the MATLAB header is damaged", REMEDY)
    raise unknown_format(source.path, _WANTED)


def _named(source: Source, stored: Stored, content: str) -> Stored:
    if not is_misnamed(source.path, content):
        return stored
    kind = {"NPY": "NumPy array", "ZIP": "NumPy archive", "MAT": "MATLAB"}[content]
    warning = LoadWarning("EXTENSION", f"the content is a {kind} file, whatever the name says")
    return replace(stored, warnings=(*stored.warnings, warning))


def _to_mask(path: str, stored: Stored, transpose: bool) -> Mask:
    values = stored.values
    warnings = list(stored.warnings)
    check_size(path, values.shape, values.dtype.itemsize)
    if values.size == 0:
        raise LoadError(Reason.EMPTY_ARRAY, path, f"the matrix is empty: {shape_text(values.shape)}", REMEDY)
    matrix = _two_dimensional(path, values, warnings)
    if np.iscomplexobj(matrix):
        warnings.append(LoadWarning("COMPLEX", "complex numbers: compared as such, shown by their magnitude"))
    cells = find_cell_facts(path, matrix)
    if cells.share_outside:
        share = f"{100 * cells.share_outside:.3g} % of the cells"
        span = f"values from {cells.minimum:.6g} to {cells.maximum:.6g}"
        message = f"{span}; {share} lie outside 0 to 1; nothing was rescaled"
        warnings.append(LoadWarning("RANGE", message))
    if transpose:
        matrix = np.ascontiguousarray(matrix.T)
    return Mask(path, stored.key, matrix, tuple(warnings), keys=stored.keys, **asdict(cells))


def _two_dimensional(path: str, values: Array, warnings: list[LoadWarning]) -> Array:
    if values.ndim == 2:
        return values
    squeezed = tuple(n for n in values.shape if n != 1)
    if values.ndim > 2 and len(squeezed) == 2:
        message = f"{shape_text(values.shape)} was read as {shape_text(squeezed)}"
        warnings.append(LoadWarning("SQUEEZED", message))
        return values.reshape(squeezed)
    detail = f"{shape_text(values.shape)} is no matrix of two dimensions"
    remedy = "save a matrix: rows are bins, columns are frames"
    paired = values.ndim == 3 and values.shape[-1] == 2 and not np.iscomplexobj(values)
    if paired:
        remedy = "read these as real and imaginary parts, or save one complex matrix a[..., 0] + 1j * a[..., 1]"
    raise LoadError(Reason.BAD_NDIM, path, detail, remedy, looks_paired=paired)


def _paired(path: str, stored: Stored) -> Stored:
    """Real and imaginary parts along the last axis as complex numbers: complex64 from float32, else complex128."""
    values = stored.values
    if values.ndim < 3 or values.shape[-1] != 2 or values.dtype.kind not in "biuf":
        detail = f"{shape_text(values.shape)} has no last axis of real and imaginary parts"
        raise LoadError(Reason.BAD_NDIM, path, detail, "read it as it is")
    single = values.dtype.kind == "f" and values.dtype.itemsize <= 4
    joined = np.empty(values.shape[:-1], dtype=np.complex64 if single else np.complex128)
    joined.real, joined.imag = values[..., 0], values[..., 1]
    message = f"{shape_text(values.shape)}: the last axis was read as real and imaginary parts"
    return Stored(joined, stored.key, stored.keys, (*stored.warnings, LoadWarning("PAIRED", message)))
