"""A folder of results that can be made again, and the files in it: a few arrays each, read back bit for bit or not.

Layout of a file: magic, length and CRC-32 of the header, the header (JSON), then the arrays one after the other,
little-endian. The header names every array with its type, shape and CRC-32, and the file must be exactly as long as
that makes it.

The folder is bounded, least recently used out first, never in anybody's way. All it does may fail without harm. A disk
that is full or read-only keeps nothing, a file that is damaged or gone is one that was never kept, and several
processes may use one folder: files are replaced in one step, and what another process has removed is not missed.
"""

import contextlib
import json
import math
import os
import re
import shutil
import sys
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import DAMAGED, Cancel, LoadError, SaveError, as_load_errors, corrupt, stop_if
from .files import OpenFile, write_atomically

MAGIC = b"osisnr\x00\x01"
MAX_HEADER = 1 << 20
CHUNK = 8 << 20
TYPES = ("<f8", "<i4", "|u1")
_PREFIX = len(MAGIC) + 8

Array = npt.NDArray[Any]
Facts = dict[str, Any]
_Entry = tuple[str, tuple[int, ...], int, int]  # type, shape, CRC-32 and offset of an array


def array_file_parts(
    facts: Facts, arrays: Mapping[str, Array], cancelled: Cancel | None = None
) -> Iterator[bytes | memoryview]:
    """The file piece by piece, for `write_atomically`; `facts` must be strict JSON, numbers of numpy included.

    Raises Cancelled, and ValueError for facts that are not finite and for arrays of other types than float64, int32
    and uint8.
    """
    stored = {name: np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    for array in stored.values():
        if array.dtype.str not in TYPES:
            raise ValueError(f"arrays of {array.dtype} are not stored")
    listed = [[name, array.dtype.str, array.shape, zlib.crc32(array.data)] for name, array in stored.items()]
    header = json.dumps({"facts": facts, "arrays": listed}, allow_nan=False, default=np.generic.item).encode("utf-8")
    if len(header) > MAX_HEADER:
        raise ValueError("the facts are too long")
    yield MAGIC + len(header).to_bytes(4, "little") + zlib.crc32(header).to_bytes(4, "little") + header
    for array in stored.values():
        for piece in _pieces(array):
            stop_if(cancelled)
            yield piece


def _pieces(array: Array) -> Iterator[memoryview]:
    if array.size:
        data = array.data.cast("B")
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]


class ArrayFile(OpenFile):
    """An open file of arrays: `facts`, and `read` for one array at a time. A context manager.

    Raises LoadError, also for anything that is not whole or longer than `max_bytes`. Nothing is allocated before the
    claims of the header were held against the file's size.
    """

    def __init__(self, path: str, max_bytes: int) -> None:
        super().__init__(path)
        with contextlib.ExitStack() as opened, as_load_errors(path):
            opened.callback(self.close)
            self.facts, self._entries = self._read_header(max_bytes)
            opened.pop_all()  # it stays open

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The arrays there are."""
        return {name: shape for name, (_, shape, _, _) in self._entries.items()}

    def read(self, name: str, cancelled: Cancel | None = None) -> Array:
        """One array. Raises LoadError when it is not there or not as written, and Cancelled."""
        if name not in self._entries:
            raise corrupt(self.path, DAMAGED)
        dtype, shape, wanted, offset = self._entries[name]
        array: Array = np.empty(shape, dtype=dtype)
        crc = 0
        for piece in _pieces(array):
            stop_if(cancelled)
            offset += self.read_into(offset, piece)  # fewer bytes than there should be give another checksum
            crc = zlib.crc32(piece, crc)
        if crc != wanted:
            raise corrupt(self.path, DAMAGED)
        return array.astype(array.dtype.newbyteorder("="), copy=False)

    def _read_header(self, max_bytes: int) -> tuple[Facts, dict[str, _Entry]]:
        size = self.size
        prefix = self.read_at(0, _PREFIX)
        length = int.from_bytes(prefix[len(MAGIC) : -4], "little")
        if not prefix.startswith(MAGIC) or size > max_bytes or length > min(MAX_HEADER, size - _PREFIX):
            raise ValueError("of another kind")
        header = self.read_at(_PREFIX, length)
        if zlib.crc32(header) != int.from_bytes(prefix[-4:], "little"):
            raise ValueError("the header was changed")
        claims = json.loads(header)
        entries: dict[str, _Entry] = {}
        offset = _PREFIX + length
        for name, dtype, shape, crc in claims["arrays"]:
            if dtype not in TYPES or len(shape) > 2 or any(type(n) is not int or n < 0 for n in shape):
                raise ValueError("an array that is never stored")
            entries[name] = dtype, tuple(shape), crc, offset
            offset += math.prod(shape) * np.dtype(dtype).itemsize
        if offset != size or not isinstance(claims["facts"], dict):
            raise ValueError("of another length than it says")
        return claims["facts"], entries


ENDING = ".kept"
DEFAULT_MAX_BYTES = 1 << 30
SPARE_BYTES = 1 << 28  # left free on the disk
_NAME_FACT = "kept_as"  # in the header, under its checksum: a file says whose it is
_BLOCK = 4096  # what a disk gives to the smallest file
_NAME = re.compile(r"[a-z0-9-]{1,150}")
_OURS = re.compile(rf"{_NAME.pattern}{re.escape(ENDING)}")


def user_cache_folder() -> str | None:
    """Where this user's programs keep what can be made again, by the custom of the system; None without a home."""
    local = os.environ.get("LOCALAPPDATA", "") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME", "")
    own = "Library/Caches" if sys.platform == "darwin" else ".cache"
    folder = local if os.path.isabs(local) and sys.platform != "darwin" else os.path.expanduser(os.path.join("~", own))
    return os.path.join(folder, "osisnr_gui") if os.path.isabs(folder) else None


class CacheFolder:
    """Files of arrays by name (lower-case letters, digits and -) in the folder `path`, at most `max_bytes` of them."""

    def __init__(self, path: str, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.path, self.max_bytes = path, max_bytes

    def names(self, start: str = "") -> list[str]:
        """What is kept under names that begin with `start`."""
        return [name for name in self._files() if name.startswith(start)]

    def size(self) -> int:
        """Bytes of all that is kept."""
        return sum(map(_size_of, self._files().values()))

    def open(self, name: str) -> ArrayFile | None:
        """What is kept under `name`, None when there is nothing; from now on it is the most recently used.

        A damaged file is removed and None, and so is one that was kept under another name: a folder that was put
        together from others, or restored, must not give one result for another. Whoever finds damage later calls
        `remove`.
        """
        path = self._path(name)
        try:
            file = ArrayFile(path, self.max_bytes)
            if file.facts.get(_NAME_FACT) != name:
                file.close()
                raise corrupt(path, DAMAGED)
        except LoadError:
            self.remove(name)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return file

    def put(self, name: str, facts: Facts, arrays: Mapping[str, Array], cancelled: Cancel | None = None) -> bool:
        """Keep facts and arrays under `name`; False when there is no room or the disk refused. Raises Cancelled."""
        path = self._path(name)
        size = sum(array.nbytes for array in arrays.values()) + _BLOCK
        if size > self.max_bytes:
            return False
        self.trim(size)
        parts = array_file_parts({**facts, _NAME_FACT: name}, arrays, cancelled)
        try:
            os.makedirs(self.path, mode=0o700, exist_ok=True)
            if shutil.disk_usage(self.path).free < size + SPARE_BYTES:
                return False
            # Torn by a power failure it would be recognised, so nobody needs to wait for the disk.
            write_atomically(path, parts, lasting=False)
        except (OSError, SaveError):
            return False
        return True

    def remove(self, name: str) -> None:
        """Forget what is kept under `name`."""
        with contextlib.suppress(OSError):
            os.unlink(self._path(name))

    def clear(self) -> None:
        """Forget everything. Files of others in the folder stay."""
        for name in self._files():
            self.remove(name)

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for something kept")
        return os.path.join(self.path, name + ENDING)

    def _files(self) -> dict[str, os.stat_result]:
        """What is kept under which name."""
        found = dict[str, os.stat_result]()
        # The folder may not be there yet, or may not be read.
        with contextlib.suppress(OSError), os.scandir(self.path) as entries:
            for entry in entries:
                if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(OSError):
                        found[entry.name.removesuffix(ENDING)] = entry.stat(follow_symlinks=False)
        return found

    def trim(self, size: int = 0) -> None:
        """Remove what was used longest ago until `size` more bytes fit."""
        files = self._files()
        total = sum(map(_size_of, files.values())) + size
        for name in sorted(files, key=lambda name: files[name].st_mtime):
            if total <= self.max_bytes:
                break
            self.remove(name)
            total -= _size_of(files[name])


def _size_of(status: os.stat_result) -> int:
    return max(_BLOCK, status.st_size)
