"""The short names of estimates."""

from __future__ import annotations

import string
from functools import cache

#: In place of an estimate: the unprocessed mixture.
MIXTURE = -1
#: In place of another estimate: what this one was before its file changed.
GHOST = -2


@cache
def estimate_letter(index: int) -> str:
    """A, B, … Z, AA, AB, …: the short name of an estimate by its place."""
    letters = string.ascii_uppercase
    first, last = divmod(index, len(letters))
    return letters[last] if first == 0 else estimate_letter(first - 1) + letters[last]
