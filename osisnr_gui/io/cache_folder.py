"""A folder of results that can be made again: bounded, least recently used out first, never in anybody's way.

Everything here may fail without harm. A disk that is full or read-only keeps nothing, a file that is damaged or gone
is one that was never kept, and several processes may use one folder: files are replaced in one step, and what another
process has removed is not missed.
"""

import contextlib
import os
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .array_file import Array, ArrayFile, DamagedFileError, Facts, array_file_parts
from .atomic import write_atomically
from .errors import Cancel, LoadError, SaveError, stop_if

ENDING = ".kept"
DEFAULT_MAX_BYTES = 1 << 30
SPARE_BYTES = 1 << 28  # left free on the disk
_NAME_FACT = "kept_as"  # in the header, under its checksum: a file says whose it is
_BLOCK = 4096  # what a disk gives to the smallest file
_NAME = re.compile(r"[a-z0-9-]{1,150}")
_OURS = re.compile(rf"{_NAME.pattern}{re.escape(ENDING)}")
_TEMPORARY = re.compile(r"\.~[0-9a-f]{12}\.tmp")
_TEMPORARY_SECONDS = 3600.0


def user_cache_folder() -> str | None:
    """Where this user's programs keep what can be made again, by the custom of the system; None without a home."""
    local = os.environ.get("LOCALAPPDATA", "") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME", "")
    own = "Library/Caches" if sys.platform == "darwin" else ".cache"
    folder = local if os.path.isabs(local) and sys.platform != "darwin" else os.path.expanduser(os.path.join("~", own))
    return os.path.join(folder, "osisnr_gui") if os.path.isabs(folder) else None


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    size: int
    used: float


class CacheFolder:
    """Files of arrays by name (lower-case letters, digits and -) in the folder `path`, at most `max_bytes` of them."""

    def __init__(self, path: str, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.path, self.max_bytes = path, max_bytes

    def names(self, start: str = "") -> list[str]:
        """What is kept under names that begin with `start`."""
        return [file.name for file in self._files() if file.name.startswith(start)]

    def size(self) -> int:
        """Bytes of all that is kept."""
        return sum(file.size for file in self._files())

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
                raise DamagedFileError("kept under another name")
        except LoadError:
            return None
        except DamagedFileError:
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
        self._make_room(size)
        parts = array_file_parts({**facts, _NAME_FACT: name}, arrays)
        try:
            os.makedirs(self.path, mode=0o700, exist_ok=True)
            if shutil.disk_usage(self.path).free < size + SPARE_BYTES:
                return False
            # Torn by a power failure it would be recognised, so nobody needs to wait for the disk.
            write_atomically(path, _until(cancelled, parts), lasting=False)
        except (OSError, SaveError):
            return False
        return True

    def remove(self, name: str) -> None:
        """Forget what is kept under `name`."""
        with contextlib.suppress(OSError):
            os.unlink(self._path(name))

    def trim(self) -> None:
        """Remove what was used longest ago until no more than `max_bytes` are left."""
        self._make_room(0)

    def clear(self) -> None:
        """Forget everything. Files of others in the folder stay."""
        for file in self._files():
            self.remove(file.name)

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for something kept")
        return os.path.join(self.path, name + ENDING)

    def _files(self) -> list[_File]:
        found = []
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                        with contextlib.suppress(OSError):
                            status = entry.stat(follow_symlinks=False)
                            size = max(_BLOCK, status.st_size)
                            found.append(_File(entry.name.removesuffix(ENDING), size, status.st_mtime))
        except OSError:  # no such folder yet, or one that may not be read
            return []
        return found

    def _make_room(self, size: int) -> None:
        """Remove what was used longest ago until `size` more bytes fit, and what a killed process left behind."""
        files = self._files()
        total = sum(file.size for file in files) + size
        for file in sorted(files, key=lambda file: file.used):
            if total <= self.max_bytes:
                break
            self.remove(file.name)
            total -= file.size
        with contextlib.suppress(OSError), os.scandir(self.path) as entries:
            for entry in entries:
                if _TEMPORARY.fullmatch(entry.name) and entry.stat().st_mtime < time.time() - _TEMPORARY_SECONDS:
                    os.unlink(entry.path)


def _until(cancelled: Cancel | None, parts: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    for part in parts:
        stop_if(cancelled)
        yield part
