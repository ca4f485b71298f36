"""MATLAB files of version 4 to 7, read by a child process with limits on memory and time."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np

from osisnr_gui.paths import mat_child_command

from .errors import Cancel, LoadError, Phrase, Reason, as_load_errors, corrupt, phrase_from_json, stop_if
from .files import OpenFile
from .mat_child import DAMAGED
from .numpy_files import MAX_BYTES, LoadedArray, check_dtype, check_size, native, too_large

MAX_FILE = 2 * MAX_BYTES
MAX_ANSWER = 1 << 21
PROCESSOR_SECONDS = 3
#: On a busy machine the child waits far longer than it works; Windows does not end it by what it works.
WALL_SECONDS = 20.0 if sys.platform == "win32" else 120.0
POLL_SECONDS = 0.05
BYTES_PER_SECOND = 8 << 20
CHILD = mat_child_command()


def _start_child(source: OpenFile, arguments: list[str]) -> subprocess.Popen[bytes]:
    """The child, with its standard output open."""
    os.lseek(source.fd, 0, os.SEEK_SET)
    # The child finds this very package, and never a module that lies in the current folder.
    root, known = Path(__file__).resolve().parents[2], os.environ.get("PYTHONPATH", "")
    paths = [str(root), *filter(None, known.split(os.pathsep))]
    safe = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    few = {"OPENBLAS_NUM_THREADS": "1"}  # each thread would reserve address space, which is limited
    return subprocess.Popen(
        [*CHILD, *arguments],
        stdin=source.fd,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **safe, **few},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _read_answer(path: str, out: Any) -> LoadedArray:
    """The child's line and matrix, believed no more than a file would be. Raises LoadError."""
    line = out.readline(MAX_ANSWER)
    if not line.endswith(b"\n"):
        raise corrupt(path, DAMAGED)
    fields: dict[str, Any] = json.loads(line)
    if "reason" in fields:
        detail, remedy = phrase_from_json(fields["detail"]), phrase_from_json(fields["remedy"])
        raise LoadError(Reason(fields["reason"]), path, detail, remedy, tuple(map(str, fields["choices"])))
    dtype: np.dtype[Any] = np.dtype(fields["dtype"])
    check_dtype(path, dtype)
    shape = tuple(int(n) for n in fields["shape"])
    check_size(path, shape, dtype.itemsize)
    values = np.empty(shape, dtype)
    # A buffered pipe reads on until all is there, or nothing comes any more.
    if values.size and out.readinto(values.reshape(-1).view(np.uint8).data) < values.nbytes:
        raise corrupt(path, DAMAGED)
    return LoadedArray(native(values), str(fields["name"]), tuple(map(str, fields["others"])))


def read_mat(source: OpenFile, key: str | None, cancelled: Cancel | None = None) -> LoadedArray:
    """One matrix of a MATLAB file, full even when it was stored sparse.

    Raises LoadError CORRUPT, TOO_LARGE, AMBIGUOUS, NO_MATRIX, BAD_DTYPE, and Cancelled once `cancelled()` is true.
    """
    path = source.path
    if source.size > MAX_FILE:
        raise too_large(path, Phrase("the file has {size} MiB", size=source.size >> 20))
    extra = source.size // BYTES_PER_SECOND
    arguments = [str(PROCESSOR_SECONDS + extra), *([] if key is None else [key])]
    limit = WALL_SECONDS + 2 * extra
    stop = time.monotonic() + limit
    with (
        as_load_errors(path, DAMAGED),  # an answer that makes no sense: the child was hit while it wrote
        _start_child(source, arguments) as process,
        ThreadPoolExecutor(1, thread_name_prefix="mat") as pool,
    ):
        try:
            answer = pool.submit(_read_answer, path, process.stdout)
            while wait((answer,), POLL_SECONDS).not_done:
                stop_if(cancelled, path)
                if time.monotonic() > stop:
                    remedy = Phrase("try again when the computer is less busy")
                    raise LoadError(Reason.CORRUPT, path, Phrase("not read within {limit:.0f} s", limit=limit), remedy)
            return answer.result()
        finally:
            process.kill()  # ends the thread's read, for which leaving the block waits
