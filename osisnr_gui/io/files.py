"""Opening a user's file without being fooled by what it is, and saving so that nobody ever finds a torn one.

A FIFO blocks whoever opens it and a device never ends, so the kind is asked before `open` and again
on the descriptor: between the two another file may have taken the name. A reader of what is saved finds the old file
or the new one.
"""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import Self, TypeVar

from .errors import Cancel, LoadError, Phrase, Reason, SaveError, stop_if

K = TypeVar("K")
V = TypeVar("V")
Identity = tuple[int, int, int, int]
_HASHED_AT_ONCE = 4 << 20
_KEPT, _changing = 512, threading.Lock()  # of a `BoundedCache`
# Flags of `os.open`, where the system has them; each is a bit of its own.
_READING = sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_BINARY", "O_NOINHERIT"))
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL})


def _os_error(path: str, error: OSError | ValueError) -> LoadError:
    if isinstance(error, ValueError) or error.errno in _NOT_THERE:  # the first for a NUL character in the name
        words = Phrase("there is no such file"), Phrase("check the name and the folder")
        return LoadError(Reason.NOT_FOUND, path, *words)
    if isinstance(error, PermissionError):
        words = Phrase("you may not read this file"), Phrase("change its permissions or copy it")
        return LoadError(Reason.NO_PERMISSION, path, *words)
    words = Phrase("the disk could not deliver the file"), Phrase("check the drive or copy the file again")
    return LoadError(Reason.CORRUPT, path, *words)


def _check_regular(path: str, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    words = Phrase("this is a device or pipe, not a file"), Phrase("store what it delivers in a file and choose that")
    if stat.S_ISDIR(status.st_mode):
        words = Phrase("this is a folder, not a file"), Phrase("choose a file inside it")
    raise LoadError(Reason.NOT_A_FILE, path, *words)


class Closing:
    """Base of context managers that are closed at the end of the `with` block."""

    def close(self) -> None:
        """Let go of what is open."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class OpenFile(Closing):
    """An open regular file; `size` in bytes. Owns its descriptor `fd`; use as a context manager.

    Raises LoadError NOT_FOUND, NO_PERMISSION, NOT_A_FILE, EMPTY_FILE.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            _check_regular(path, os.stat(path))
            self.fd = os.open(path, _READING)
        except (OSError, ValueError) as error:
            raise _os_error(path, error) from None
        try:
            self.status = os.fstat(self.fd)
            _check_regular(path, self.status)
            if self.status.st_size == 0:
                words = Phrase("the file is empty (0 bytes)"), Phrase("copy or export it again")
                raise LoadError(Reason.EMPTY_FILE, path, *words)
        except BaseException:
            os.close(self.fd)
            raise
        self.size = self.status.st_size
        self._open = True

    def read_at(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset`; fewer only at the end of the file. Raises LoadError CORRUPT."""
        with self._at(offset) as file:
            return file.read(max(0, min(count, self.size - offset)))

    def read_into(self, offset: int, target: memoryview) -> int:
        """Fill `target` (bytes) from `offset`; how many came, fewer only at the end. Raises LoadError CORRUPT."""
        with self._at(offset) as file:
            return file.readinto(target)

    @contextmanager
    def _at(self, offset: int) -> Iterator[BufferedReader]:
        try:
            with open(self.fd, "rb", closefd=False) as file:
                file.seek(offset)
                yield file
        except OSError as error:
            raise _os_error(self.path, error) from None

    def identity(self) -> Identity:
        """Device, inode, size in bytes and modification time in ns: equal means the same content."""
        now = os.fstat(self.fd)
        return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns

    def unchanged(self) -> bool:
        """Whether the file still has the size and time it had when it was opened."""
        return self.identity()[2:] == (self.status.st_size, self.status.st_mtime_ns)

    def sha256(self, cancelled: Cancel | None = None) -> str:
        """SHA-256 of all bytes as `sha256sum` prints it: equal contents, whatever the files are called.

        Raises LoadError CORRUPT, and Cancelled.
        """
        digest = hashlib.sha256()
        for offset in range(0, self.size, _HASHED_AT_ONCE):
            stop_if(cancelled, self.path)
            digest.update(self.read_at(offset, _HASHED_AT_ONCE))
        return digest.hexdigest()

    def close(self) -> None:
        """Close the descriptor; may be called twice."""
        if self._open:
            self._open = False
            os.close(self.fd)


class BoundedCache(dict[K, V]):
    """What was found out by reading whole files, by what tells them apart; the newest few hundred.

    Any thread may `get`, `put` and `drop`.
    """

    def put(self, key: K, value: V) -> None:
        """Remember `value`."""
        with _changing:
            self[key] = value
            while len(self) > _KEPT:
                del self[next(iter(self))]

    def drop(self, unwanted: Callable[[K], bool]) -> None:
        """Forget what is known under these keys."""
        with _changing:
            for key in list(filter(unwanted, self)):
                del self[key]


Data = bytes | Iterable[bytes | memoryview]

_OTHER_FOLDER, _OTHER_NAME = Phrase("choose another folder"), Phrase("choose another name")
_FORBIDDEN = Phrase("not saved: you may not write in this folder"), _OTHER_FOLDER
_FULL = Phrase("not saved: the disk is full"), Phrase("free some space and save again, or choose another disk")
_NO_FOLDER = Phrase("not saved: its folder does not exist"), _OTHER_FOLDER
_OTHER = (Phrase("not saved: the disk refused to store it"), Phrase("check the drive or choose another folder"))
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: (Phrase("not saved: your quota on this disk is used up"), Phrase("free some space and save again")),
    errno.EFBIG: (Phrase("not saved: the file would be too large for this disk"), Phrase("choose another disk")),
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: (Phrase("not saved: this disk cannot be written to"), _OTHER_FOLDER),
    errno.ENOENT: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EISDIR: (Phrase("not saved: a folder has this name"), _OTHER_NAME),
    errno.EEXIST: (Phrase("not saved: this is a device or a pipe, no file"), _OTHER_NAME),
    errno.ENAMETOOLONG: (Phrase("not saved: the name is too long"), Phrase("choose a shorter name")),
}
#: What `write_atomically` calls its file until it is whole, and how old one is that nobody writes any more.
_TEMPORARY = re.compile(r"\.~[0-9a-f]{12}\.tmp")
_TEMPORARY_SECONDS = 3600.0


def save_error(path: str, error: OSError) -> SaveError:
    """What to tell when `path` could not be written."""
    return SaveError(path, *_REASONS.get(error.errno or 0, _OTHER))


def _sync_folder(folder: str) -> None:
    """Make the new name survive a power failure, where folders can be synced at all."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_atomically(path: str, data: Data, *, lasting: bool = True) -> None:
    """Store `data` under `path`; whatever happens, `path` holds the old content or all of the new.

    lasting : False does not wait until the disk has it, for what may be lost or torn by a power failure.

    Raises SaveError; then no temporary file is left. An exception of the iterable passes through, with the
    same promise.
    """
    # Replacing a link would leave the file it points to as it was.
    target = os.path.realpath(path) if os.path.islink(path) else path
    folder = os.path.dirname(target) or os.curdir
    # The name does not grow with the target's, whose own may already be as long as the disk allows.
    temporary = os.path.join(folder, f".~{secrets.token_hex(6)}.tmp")
    try:
        if os.path.isdir(target):
            raise IsADirectoryError(errno.EISDIR, "")
        if os.path.exists(target) and not os.path.isfile(target):
            raise FileExistsError(errno.EEXIST, "")  # a device or a pipe: replacing it would break the system
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(temporary, flags, 0o666), "wb") as file:
            file.writelines((data,) if isinstance(data, bytes) else data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        if os.path.exists(target):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise save_error(path, error) from None
        raise
    if lasting:
        _sync_folder(folder)
    _sweep(folder)


def _sweep(folder: str) -> None:
    """Remove what processes that were killed while they wrote left beside the files."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY.fullmatch(entry.name) and entry.stat().st_mtime < time.time() - _TEMPORARY_SECONDS:
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)
