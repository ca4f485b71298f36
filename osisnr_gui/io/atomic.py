"""Saving so that a reader finds the old file or the new one, never a torn one."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable

from .errors import Phrase, SaveError

Data = bytes | Iterable[bytes | memoryview]

_OTHER_FOLDER, _OTHER_NAME = Phrase("choose another folder"), Phrase("choose another name")
_FORBIDDEN = Phrase("not saved: you may not write in this folder"), _OTHER_FOLDER
_NO_FOLDER = Phrase("not saved: its folder does not exist"), _OTHER_FOLDER
_OTHER = (Phrase("not saved: the disk refused to store it"), Phrase("check the drive or choose another folder"))
_REASONS = {
    errno.ENOSPC: (
        Phrase("not saved: the disk is full"),
        Phrase("free some space and save again, or choose another disk"),
    ),
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


def _fill(temporary: str, data: Data, lasting: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    with open(os.open(temporary, flags, 0o666), "wb") as file:
        for part in (data,) if isinstance(data, bytes) else data:
            file.write(part)
        if lasting:
            file.flush()
            os.fsync(file.fileno())


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
        _fill(temporary, data, lasting)
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
