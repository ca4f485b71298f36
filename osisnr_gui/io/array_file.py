"""A few arrays and facts about them in one file, read back bit for bit or not at all.

Layout: magic, length and CRC-32 of the header, the header (JSON), then the arrays one after the other, little-endian.
The header names every array with its type, shape and CRC-32, and the file must be exactly as long as that makes it.
"""

import json
import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import Cancel, LoadError, Reason, stop_if
from .source import Closing, OpenFile

MAGIC = b"osisnr\x00\x01"
MAX_HEADER = 1 << 20
CHUNK = 8 << 20
TYPES = ("<f8", "<i4", "|u1")
_PREFIX = len(MAGIC) + 8

Array = npt.NDArray[Any]
Facts = dict[str, Any]


class DamagedFileError(Exception):
    """The file is not what was written: cut off, changed, or of another kind."""


@dataclass(frozen=True, slots=True)
class _Entry:
    dtype: str
    shape: tuple[int, ...]
    crc: int
    offset: int

    @property
    def size(self) -> int:
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize


def array_file_parts(facts: Facts, arrays: Mapping[str, Array]) -> Iterator[bytes | memoryview]:
    """The file piece by piece, for `write_atomically`; `facts` must be strict JSON.

    Raises ValueError for facts that are not finite and for arrays of other types than float64, int32 and uint8.
    """
    stored = {name: _stored(array) for name, array in arrays.items()}
    listed = [[name, array.dtype.str, array.shape, _crc(array)] for name, array in stored.items()]
    header = json.dumps({"facts": facts, "arrays": listed}, allow_nan=False).encode("utf-8")
    if len(header) > MAX_HEADER:
        raise ValueError("the facts are too long")
    yield MAGIC + len(header).to_bytes(4, "little") + zlib.crc32(header).to_bytes(4, "little") + header
    for array in stored.values():
        yield from _pieces(array)


def _stored(array: Array) -> Array:
    stored = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    if stored.dtype.str not in TYPES:
        raise ValueError(f"arrays of {array.dtype} are not stored")
    return stored


def _pieces(array: Array) -> Iterator[memoryview]:
    if array.size:
        data = array.data.cast("B")
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]


def _crc(array: Array) -> int:
    crc = 0
    for piece in _pieces(array):
        crc = zlib.crc32(piece, crc)
    return crc


class ArrayFile(Closing):
    """An open file of arrays: `facts`, and `read` for one array at a time. A context manager.

    Raises LoadError when there is no such file or it may not be read, DamagedFileError for anything that is not whole
    or longer than `max_bytes`. Nothing is allocated before the claims of the header were held against the file's size.
    """

    def __init__(self, path: str, max_bytes: int) -> None:
        try:
            self._source = OpenFile(path)
        except LoadError as error:
            if error.reason is Reason.EMPTY_FILE:
                raise DamagedFileError(str(error)) from None
            raise
        try:
            self.facts, self._entries = self._read_header(max_bytes)
        except (ValueError, TypeError, KeyError, RecursionError, LoadError) as error:
            self._source.close()
            raise DamagedFileError(str(error)) from None
        except BaseException:
            self._source.close()
            raise

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The arrays there are."""
        return {name: entry.shape for name, entry in self._entries.items()}

    def read(self, name: str, cancelled: Cancel | None = None) -> Array:
        """One array. Raises DamagedFileError when it is not there or not as written, and Cancelled."""
        entry = self._entries.get(name)
        if entry is None:
            raise DamagedFileError(f"there is no {name}")
        array: Array = np.empty(entry.shape, dtype=entry.dtype)
        crc, offset = 0, entry.offset
        try:
            for piece in _pieces(array):
                stop_if(cancelled)
                if self._source.read_into(offset, piece) != len(piece):
                    raise DamagedFileError(f"{name} is cut off")
                crc = zlib.crc32(piece, crc)
                offset += len(piece)
        except LoadError as error:
            raise DamagedFileError(str(error)) from None
        if crc != entry.crc:
            raise DamagedFileError(f"{name} was changed")
        return array.astype(array.dtype.newbyteorder("="), copy=False)

    def _read_header(self, max_bytes: int) -> tuple[Facts, dict[str, _Entry]]:
        size = self._source.size
        prefix = self._source.read_at(0, _PREFIX)
        length = int.from_bytes(prefix[len(MAGIC) : -4], "little")
        if not prefix.startswith(MAGIC) or size > max_bytes or length > min(MAX_HEADER, size - _PREFIX):
            raise ValueError("of another kind")
        header = self._source.read_at(_PREFIX, length)
        if zlib.crc32(header) != int.from_bytes(prefix[-4:], "little"):
            raise ValueError("the header was changed")
        claims = json.loads(header)
        entries: dict[str, _Entry] = {}
        offset = _PREFIX + length
        for name, dtype, shape, crc in claims["arrays"]:
            if dtype not in TYPES or len(shape) > 2 or any(type(n) is not int or n < 0 for n in shape):
                raise ValueError("an array that is never stored")
            entries[name] = entry = _Entry(dtype, tuple(shape), crc, offset)
            offset += entry.size
        if offset != size or not isinstance(claims["facts"], dict):
            raise ValueError("of another length than it says")
        return claims["facts"], entries

    def close(self) -> None:
        """Close the file."""
        self._source.close()
