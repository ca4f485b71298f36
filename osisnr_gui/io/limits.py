"""How large a matrix may be, and the words for one that is larger."""

import math

from .errors import LoadError, Reason

MAX_BYTES = 512 * 2**20
MAX_CELLS = 64 * 2**20


def too_large(path: str, what: str) -> LoadError:
    """The refusal of something above the limits."""
    return LoadError(Reason.TOO_LARGE, path, what, f"save a part: at most {MAX_CELLS} cells and {MAX_BYTES >> 20} MiB")


def check_size(path: str, shape: tuple[int, ...], item_bytes: int) -> None:
    """Raise LoadError TOO_LARGE for an array of this shape. Python integers, so nothing wraps."""
    cells = math.prod(shape)
    if cells > MAX_CELLS or cells * item_bytes > MAX_BYTES:
        raise too_large(path, f"the matrix would be {shape_text(shape)}")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape in words: `257 × 62`."""
    return " × ".join(map(str, shape)) or "a single number"


def is_matrix(shape: tuple[int, ...]) -> bool:
    """Whether the shape is two-dimensional once axes of length 1 are dropped from three or more."""
    return len(shape) == 2 or sum(n != 1 for n in shape) == 2
