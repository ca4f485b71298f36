"""Saving so that a reader finds the old file or the new one, never a torn one."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable

from .errors import SaveError

Data = bytes | Iterable[bytes | memoryview]

_REMEDIES = {
    errno.ENOSPC: ("the disk is full", "free some space and save again, or choose another disk"),
    errno.EDQUOT: ("your quota on this disk is used up", "free some space and save again"),
    errno.EFBIG: ("the file would be too large for this disk", "choose another disk"),
    errno.EACCES: ("you may not write in this folder", "choose another folder"),
    errno.EPERM: ("you may not write in this folder", "choose another folder"),
    errno.EROFS: ("this disk cannot be written to", "choose another folder"),
    errno.ENOENT: ("its folder does not exist", "choose another folder"),
    errno.ENOTDIR: ("its folder does not exist", "choose another folder"),
    errno.EISDIR: ("a folder has this name", "choose another name"),
    errno.EEXIST: ("this is a device or a pipe, no file", "choose another name"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter name"),
}


def save_error(path: str, error: OSError) -> SaveError:
    """What to tell when `path` could not be written."""
    detail, remedy = _REMEDIES.get(
        error.errno or 0, ("the disk refused to store it", "check the drive or choose another folder")
    )
    return SaveError(path, f"not saved: {detail}", remedy)


def _target(path: str) -> str:
    """The file behind links: replacing a link would leave the file it points to as it was."""
    return os.path.realpath(path) if os.path.islink(path) else path


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
    target = _target(path)
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
