"""Run as a process of its own: one MATLAB file on standard input, one matrix on standard output.

The reader of these files is native code that a damaged file can crash, so it never runs in the program itself.
The answer is one line of JSON, then the bytes of the matrix, rows contiguous, little-endian; or the line of a refusal.
"""

import contextlib
import json
import math
import sys
from typing import Any

import numpy as np

from .errors import LoadError, Phrase, Reason, corrupt, phrase_to_json
from .numpy_files import check_size, choose_array, is_matrix, too_large

Variable = tuple[str, tuple[int, ...], str]  # name, shape, MATLAB class

DAMAGED = Phrase("the MATLAB file is damaged and cannot be read")
_MEMORY = 3 * 2**30
_NUMERIC = frozenset({
    "double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "logical", "sparse",
})  # fmt: skip


def _limit(memory: int, seconds: int) -> None:
    """Bound memory (bytes) and processor time (s) of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    used = math.ceil(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    for what, value in (
        (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, used + seconds), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        _, hard = resource.getrlimit(what)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (value, hard))


def _choose(listed: list[Variable], key: str | None) -> tuple[str, list[str]]:
    """The variable to read, and the others that could be meant. Raises LoadError when there is not exactly one."""
    numeric = {name: shape for name, shape, kind in listed if kind in _NUMERIC}
    matrices = {n: s for n, s in numeric.items() if is_matrix(s) and math.prod(s) > 1}
    # MATLAB has no vectors: an axis beside the mask is 1 × n, and no reason to ask.
    matrices = {n: s for n, s in matrices.items() if 1 not in s or len(s) > 2} or matrices
    name = choose_array("", matrices, key, tuple(numeric))
    return name, [other for other in matrices if other != name]


def _read(key: str | None) -> tuple[dict[str, Any], Any]:
    """The line and the bytes of the answer. Raises LoadError."""
    import scipy.io

    file: Any = sys.stdin.buffer
    listed: list[Variable] = [(name, shape, kind) for name, shape, kind in scipy.io.whosmat(file)]
    name, others = _choose(listed, key)
    shape = next(shape for other, shape, _ in listed if other == name)
    if min(shape, default=0) < 0:
        raise corrupt("", DAMAGED)
    check_size("", shape, 1)
    file.seek(0)
    value = scipy.io.loadmat(file, variable_names=[name])[name]
    if hasattr(value, "toarray"):
        value = value.toarray()
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biufc":
        detail = Phrase("the variable does not hold plain numbers")
        raise LoadError(Reason.BAD_DTYPE, "", detail, Phrase("save a plain number matrix"))
    check_size("", value.shape, value.itemsize)
    little = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
    fields = {"name": name, "others": others, "dtype": little.dtype.str, "shape": little.shape}
    return fields, little.data.cast("B") if little.size else b""


def main(arguments: list[str]) -> int:
    """Arguments: seconds of processor time, then the key if one was given."""
    # The interpreter and the libraries are loaded before the clock starts.
    import scipy.io  # noqa: F401

    _limit(_MEMORY, int(arguments[0]))
    data: Any = b""
    try:
        fields, data = _read(arguments[1] if len(arguments) > 1 else None)
    except BaseException as error:
        refusal = error if isinstance(error, LoadError) else corrupt("", DAMAGED)
        if isinstance(error, MemoryError):
            refusal = too_large("", Phrase("it needs more memory than is allowed"))
        words = {"detail": phrase_to_json(refusal.detail), "remedy": phrase_to_json(refusal.remedy)}
        fields = {"reason": refusal.reason, **words, "choices": refusal.choices}
    out = sys.stdout.buffer
    out.write(json.dumps(fields).encode("ascii") + b"\n")
    out.write(data)
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
