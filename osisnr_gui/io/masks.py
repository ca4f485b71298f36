"""Matrices from .npy, .npz, .mat and text files (rows are bins, columns are frames), and what their cells are."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import REMEDY, Cancel, LoadError, LoadWarning, Phrase, Reason, as_load_errors, overwritten, stop_if
from .files import OpenFile
from .formats import CHOOSE_MATRIX, MatrixFormat, extension, find_format, is_misnamed, unknown_format
from .numpy_files import LoadedArray, check_size, shape_text

Array = npt.NDArray[Any]
_POSITIONS_SHOWN = 5
_BLOCK_CELLS = 1 << 20
LARGEST = 1e306  # beyond it the range of a matrix is no number any more


class MaskKind(StrEnum):
    """What the values of a mask are.

    COMPLEX : complex numbers. BINARY : two different values and no other. CONSTANT : one value. RATIO : within 0 to 1.
    SIGNED : some are below 0. MAGNITUDE : none is, some are above 1.
    """

    COMPLEX = "complex"
    BINARY = "binary"
    CONSTANT = "constant"
    RATIO = "ratio"
    SIGNED = "signed"
    MAGNITUDE = "magnitude"


@dataclass(frozen=True, slots=True)
class CellFacts:
    """Minimum, maximum, mean and share outside 0 to 1 of all cells; of their magnitudes where they are complex."""

    minimum: float
    maximum: float
    mean: float
    share_outside: float
    kind: MaskKind


def blocks_of(matrix: Array) -> Iterator[Array]:
    """The rows of a matrix in pieces of about a million cells."""
    rows = max(1, _BLOCK_CELLS // matrix.shape[1])
    for start in range(0, len(matrix), rows):
        yield matrix[start : start + rows]


def real_values(block: Array) -> Array:
    """Cells as they are, complex ones as magnitudes."""
    return np.abs(block) if block.dtype.kind == "c" else block


def find_cell_facts(path: str, matrix: Array) -> CellFacts:
    """Go over all cells once. Raises LoadError NONFINITE, of cells beyond 1e306 too, and ALL_NONFINITE."""
    low, high, outside, total = np.inf, -np.inf, 0, 0.0
    ends, only_ends = set[float](), True  # of all blocks: in a matrix of two values there are no others
    for block in blocks_of(matrix):
        if block.dtype.kind in "fc" and not np.isfinite(block).all():
            raise _nonfinite(path, matrix)
        values = real_values(block)
        least, most = float(values.min()), float(values.max())
        ends |= {least, most}
        only_ends = only_ends and len(ends) <= 2 and bool(((values == least) | (values == most)).all())
        low, high = min(low, least), max(high, most)
        outside += int(np.count_nonzero((values < 0) | (values > 1)))
        with np.errstate(over="ignore"):  # cells that are too large are refused below
            total += float(values.sum(dtype=np.float64))
    if max(high, -low) > LARGEST:
        largest = high if high > -low else low
        detail = Phrase("a cell of {value:.3g} is too large to compute with", value=largest)
        remedy = Phrase("scale the matrix to values below {limit:g}", limit=LARGEST)
        raise LoadError(Reason.NONFINITE, path, detail, remedy)
    share = outside / matrix.size
    mean = min(max(total / matrix.size, low), high)
    return CellFacts(low, high, mean, share, _kind(matrix, low, high, share, only_ends))


def _kind(matrix: Array, low: float, high: float, share_outside: float, only_two: bool) -> MaskKind:
    if matrix.dtype.kind == "c":
        return MaskKind.COMPLEX
    if low == high and matrix.dtype.kind != "b":
        return MaskKind.CONSTANT
    if only_two:
        return MaskKind.BINARY
    if not share_outside:
        return MaskKind.RATIO
    return MaskKind.SIGNED if low < 0 else MaskKind.MAGNITUDE


def _nonfinite(path: str, matrix: Array) -> LoadError:
    bad = ~np.isfinite(matrix)
    count, n_nan = int(np.count_nonzero(bad)), int(np.count_nonzero(np.isnan(matrix)))
    if count == matrix.size:
        detail = Phrase("every cell is NaN or infinite")
        return LoadError(Reason.ALL_NONFINITE, path, detail, Phrase("export the matrix again"))
    first = np.unravel_index(np.flatnonzero(bad)[:_POSITIONS_SHOWN], matrix.shape)
    places = [f"({row}, {column})" for row, column in zip(*first, strict=True)]
    shown = ", ".join([*places, *(["…"] if count > _POSITIONS_SHOWN else [])])
    found = {"n_nan": n_nan, "n_inf": count - n_nan, "places": shown}
    detail = Phrase("{n_nan} cells are NaN and {n_inf} infinite, at (row, column from 0) {places}", **found)
    return LoadError(Reason.NONFINITE, path, detail, Phrase("replace them by numbers"))


@dataclass(frozen=True, slots=True, eq=False)
class Mask(CellFacts):
    """A matrix from a file, and what its cells are.

    `values`: (n_bins, n_frames) in this machine's byte order, rows contiguous, of the type it was stored in
    (bool, int, float or complex).
    `key`: the name of the array in its file; `keys`: other arrays that could be meant.
    """

    path: str
    key: str | None
    values: Array
    warnings: tuple[LoadWarning, ...]
    keys: tuple[str, ...]


def load_mask(
    path: str, key: str | None = None, transpose: bool = False, cancelled: Cancel | None = None, pair_axis: bool = False
) -> Mask:
    """Load a matrix. `key` names an array in .npz and .mat; `transpose` swaps rows and columns after loading;
    `pair_axis` takes a last axis of length 2 for real and imaginary parts.

    Raises LoadError: NOT_FOUND, NOT_A_FILE, NO_PERMISSION, EMPTY_FILE, UNKNOWN_FORMAT, CORRUPT, PICKLE,
    TOO_LARGE, BAD_DTYPE, BAD_NDIM, EMPTY_ARRAY, NONFINITE, ALL_NONFINITE, NO_MATRIX, AMBIGUOUS (its `choices`
    are the keys), MAT_V73, ENCRYPTED, RAGGED, NOT_NUMERIC. Raises Cancelled once `cancelled()` is true.
    """
    with as_load_errors(path):
        with OpenFile(path) as source:
            stop_if(cancelled, path)
            stored = _read(source, key, cancelled)
            if not source.unchanged():
                raise overwritten(path)
        if pair_axis:
            stored = _paired(path, stored)
        return _to_mask(path, stored, transpose)


def _read(source: OpenFile, key: str | None, cancelled: Cancel | None) -> LoadedArray:
    path, content = source.path, find_format(source)
    if not isinstance(content, MatrixFormat):
        if extension(path) == ".mat":
            raise LoadError(Reason.CORRUPT, path, Phrase("the MATLAB header is damaged"), REMEDY)
        raise unknown_format(path, CHOOSE_MATRIX)
    stored = content.read(source, key, cancelled)
    if not is_misnamed(path, content):
        return stored
    message = Phrase("the content is a {format} file, whatever the name says", format=content.title)
    return stored._replace(warnings=(*stored.warnings, LoadWarning("EXTENSION", message)))


def _to_mask(path: str, stored: LoadedArray, transpose: bool) -> Mask:
    values = stored.values
    warnings = list(stored.warnings)
    check_size(path, values.shape, values.dtype.itemsize)
    if values.size == 0:
        detail = Phrase("the matrix is empty: {shape}", shape=shape_text(values.shape))
        raise LoadError(Reason.EMPTY_ARRAY, path, detail, REMEDY)
    matrix = _two_dimensional(path, values, warnings)
    if np.iscomplexobj(matrix):
        message = Phrase("complex numbers: compared as such, shown by their magnitude")
        warnings.append(LoadWarning("COMPLEX", message))
    cells = find_cell_facts(path, matrix)
    if cells.share_outside:
        found = {"low": cells.minimum, "high": cells.maximum, "share": 100 * cells.share_outside}
        message = Phrase(
            "values from {low:.6g} to {high:.6g}; {share:.3g} % of the cells lie outside 0 to 1; nothing was rescaled",
            **found,
        )
        warnings.append(LoadWarning("RANGE", message))
    if transpose:
        matrix = np.ascontiguousarray(matrix.T)
    return Mask(**asdict(cells), path=path, key=stored.key, values=matrix, warnings=tuple(warnings), keys=stored.keys)


def _two_dimensional(path: str, values: Array, warnings: list[LoadWarning]) -> Array:
    if values.ndim == 2:
        return values
    shape, squeezed = shape_text(values.shape), tuple(n for n in values.shape if n != 1)
    if values.ndim > 2 and len(squeezed) == 2:
        message = Phrase("{shape} was read as {squeezed}", shape=shape, squeezed=shape_text(squeezed))
        warnings.append(LoadWarning("SQUEEZED", message))
        return values.reshape(squeezed)
    detail = Phrase("{shape} is no matrix of two dimensions", shape=shape)
    remedy = Phrase("save a matrix: rows are bins, columns are frames")
    looks_paired = values.ndim == 3 and values.shape[-1] == 2 and not np.iscomplexobj(values)
    if looks_paired:
        remedy = Phrase("read these as real and imaginary parts, or save one complex matrix a[..., 0] + 1j * a[..., 1]")
    refusal = LoadError(Reason.BAD_NDIM, path, detail, remedy)
    refusal.looks_paired = looks_paired
    raise refusal


def _paired(path: str, stored: LoadedArray) -> LoadedArray:
    """Real and imaginary parts along the last axis as complex numbers: complex64 from float32, else complex128."""
    values = stored.values
    if values.ndim < 3 or values.shape[-1] != 2 or values.dtype.kind not in "biuf":
        detail = Phrase("{shape} has no last axis of real and imaginary parts", shape=shape_text(values.shape))
        raise LoadError(Reason.BAD_NDIM, path, detail, Phrase("read it as it is"))
    single = values.dtype.kind == "f" and values.dtype.itemsize <= 4
    joined = np.empty(values.shape[:-1], dtype=np.complex64 if single else np.complex128)
    joined.real, joined.imag = values[..., 0], values[..., 1]
    message = Phrase("{shape}: the last axis was read as real and imaginary parts", shape=shape_text(values.shape))
    return LoadedArray(joined, stored.key, stored.keys, (*stored.warnings, LoadWarning("PAIRED", message)))
