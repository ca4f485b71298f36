"""Entry points: `osisnr` (command line, never imports Qt) and `osisnr-gui` (window).

Each imports its side of the program only when it is called: `osisnr --version` must not pay for Qt, and an
import that fails must be able to become one plain sentence.
"""

from __future__ import annotations

import os
import sys

from osisnr_gui import platform_check
from osisnr_gui.io.streams import open_missing, say

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
    """The program `osisnr-gui`; returns the exit code, 2 with one message when no window can be shown or drawn."""
    use_one_blas_thread()
    open_missing()
    arguments = sys.argv[1:]
    has_window = _NEEDS_NO_SCREEN.isdisjoint(arguments)
    problem = platform_check.find_problem() if has_window else None
    if problem is not None:
        if not problem.can_draw:
            return _refuse(problem.text)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        from osisnr_gui.qt.main import run
    except ImportError as error:
        library = platform_check.missing_library(str(error))
        if library is None:
            raise
        return _refuse(platform_check.library_message(library))
    if problem is None and has_window:  # what goes wrong from here on is for the crash log
        return run(arguments)
    from osisnr_gui.cli.main import guarded

    return guarded(lambda: run(arguments) if problem is None else _draw(arguments, problem.text))


def _draw(arguments: list[str], problem: str) -> int:
    """Without a display: what the arguments ask for as a picture and as numbers; 2 when they ask for nothing."""
    from osisnr_gui.cli.output import write_text
    from osisnr_gui.cli.score import show
    from osisnr_gui.qt.main import parse, picture_path, run
    from osisnr_gui.session.analysis import Analysis

    options = parse(arguments)
    if options.screenshot is not None:
        return run(arguments)
    path = picture_path(options)
    if path is None:
        return _refuse(problem)
    found: list[Analysis] = []
    code = run(["--screenshot", path, *arguments], found.append)
    if code not in (0, 3):  # ended from outside
        return code
    shown = show(found[0])
    drawn = f"\nThe window, drawn without a display: {path}\n" if code == 0 else ""
    write_text(f"{drawn}To see it live, start it in a desktop session or log in with `ssh -X`.\n")
    return code or shown


def _refuse(message: str) -> int:
    say([f"osisnr-gui: {message}"])
    return _CANNOT_START
