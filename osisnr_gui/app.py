"""Entry points: `osisnr` (command line, never imports Qt) and `osisnr-gui` (window).

Each imports its side of the program only when it is called: `osisnr --version` must not pay for Qt, and an
import that fails must be able to become one plain sentence.
"""

from __future__ import annotations

import os
import sys

from osisnr_gui import platform_check

_BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_NEEDS_NO_SCREEN = frozenset({"-h", "--help", "--version"})
_CANNOT_START = 2


def use_one_blas_thread() -> None:
    """One thread per matrix product, unless the user chose otherwise; works only before numpy is imported.

    The products here are small and many. With two BLAS threads they wait for each other as soon as another core
    is busy: measured, a slider tick went from 0.5 ms to 6.6 ms.
    """
    for variable in _BLAS_VARIABLES:
        os.environ.setdefault(variable, "1")


def command_line() -> int:
    """The console script `osisnr`; returns the exit code."""
    use_one_blas_thread()
    from osisnr_gui.cli.main import main

    return main(sys.argv[1:])


def window() -> int:
    """The program `osisnr-gui`; returns the exit code, 2 with one message when no window can be shown."""
    use_one_blas_thread()
    arguments = sys.argv[1:]
    if _NEEDS_NO_SCREEN.isdisjoint(arguments):
        problem = platform_check.find_problem()
        if problem is not None:
            return _refuse(problem)
    try:
        from osisnr_gui.qt.main import run
    except ImportError as error:
        library = platform_check.missing_library(str(error))
        if library is None:
            raise
        return _refuse(platform_check.library_message(library))
    return run(arguments)


def _refuse(message: str) -> int:
    print(f"osisnr-gui: {message}", file=sys.stderr)
    return _CANNOT_START
