"""What tells two contents apart whatever their files are called."""

import hashlib
from collections.abc import Callable

from .errors import Cancelled
from .source import Source

_CHUNK = 4 << 20


def hash_file(file: Source, cancelled: Callable[[], bool] | None = None) -> str:
    """SHA-256 of all bytes of an open file, as `sha256sum` prints it. Raises LoadError CORRUPT and Cancelled."""
    digest = hashlib.sha256()
    for offset in range(0, file.size, _CHUNK):
        if cancelled is not None and cancelled():
            raise Cancelled(file.path)
        digest.update(file.read_at(offset, _CHUNK))
    return digest.hexdigest()
