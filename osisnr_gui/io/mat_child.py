"""Run as a process of its own: one MATLAB file on standard input, one matrix on standard output.

The reader of these files is native code that a damaged file can crash, so it never runs in the program itself.
The answer is one line of JSON, then the bytes of the matrix, rows contiguous, little-endian.
"""

import contextlib
import json
import math
import sys
from typing import Any

Variable = tuple[str, tuple[int, ...], str]  # name, shape, MATLAB class

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


def _answer(fields: dict[str, Any], data: Any = b"") -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(fields).encode("ascii") + b"\n")
    out.write(data)
    out.flush()


def _shape_is_matrix(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 or sum(n != 1 for n in shape) == 2


def _choose(listed: list[Variable], key: str | None) -> tuple[str | None, dict[str, Any]]:
    """The variable to read, and what to answer when there is not exactly one."""
    numeric = {name: shape for name, shape, kind in listed if kind in _NUMERIC}
    matrices = {n: s for n, s in numeric.items() if _shape_is_matrix(s) and math.prod(s) > 1}
    # MATLAB has no vectors: an axis beside the mask is 1 × n, and no reason to ask.
    matrices = {n: s for n, s in matrices.items() if 1 not in s or len(s) > 2} or matrices
    if key is None and not matrices and len(numeric) == 1:
        key = next(iter(numeric))
    candidates = [[name, list(shape)] for name, shape in matrices.items()]
    if key is not None:
        return (key if key in numeric else None), {"status": "no_key", "candidates": candidates}
    if len(matrices) == 1:
        return next(iter(matrices)), {"candidates": candidates}
    return None, {"status": "choose", "candidates": candidates}


def _run(key: str | None, max_cells: int, max_bytes: int) -> None:
    import numpy as np
    import scipy.io

    file: Any = sys.stdin.buffer
    listed: list[Variable] = [(name, shape, kind) for name, shape, kind in scipy.io.whosmat(file)]
    name, answer = _choose(listed, key)
    if name is None:
        _answer(answer)
        return
    shape = next(shape for other, shape, _ in listed if other == name)
    if min(shape, default=0) < 0:
        _answer({"status": "damaged"})
        return
    if math.prod(shape) > max_cells:
        _answer({"status": "too_large", "shape": [int(n) for n in shape]})
        return
    file.seek(0)
    value = scipy.io.loadmat(file, variable_names=[name])[name]
    if hasattr(value, "toarray"):
        value = value.toarray()
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biufc":
        _answer({"status": "not_numeric"})
        return
    if value.nbytes > max_bytes:
        _answer({"status": "too_large", "shape": list(value.shape)})
        return
    little = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
    fields = {"status": "ok", "name": name, "dtype": little.dtype.str, "shape": list(little.shape)}
    _answer({**answer, **fields}, little.data.cast("B") if little.size else b"")


def main(arguments: list[str]) -> int:
    """Arguments: most cells, most bytes, seconds of processor time, then the key if one was given."""
    max_cells, max_bytes, seconds = map(int, arguments[:3])
    # The interpreter and the libraries are loaded before the clock starts.
    import scipy.io  # noqa: F401

    _limit(_MEMORY, seconds)
    try:
        _run(arguments[3] if len(arguments) > 3 else None, max_cells, max_bytes)
    except MemoryError:
        _answer({"status": "memory"})
    except BaseException:
        _answer({"status": "damaged"})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
