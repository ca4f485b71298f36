"""What the cells of a matrix are: their range, their mean, and which kind of mask that makes."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import LoadError, Reason
from .phrase import Phrase

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
    detail = Phrase(
        "{n_nan} cells are NaN and {n_inf} infinite, at (row, column from 0) {places}",
        n_nan=n_nan,
        n_inf=count - n_nan,
        places=shown,
    )
    return LoadError(Reason.NONFINITE, path, detail, Phrase("replace them by numbers"))
