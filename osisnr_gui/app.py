"""Entry points: `osisnr` (command line, imports Qt for its selftest only) and `osisnr-gui` (window).

Each imports its side of the program only when it is called: `osisnr --version` must not pay for Qt, and an
import that fails must be able to become one plain sentence.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from osisnr_gui import platform_check
from osisnr_gui.cli.lines import REFUSED, WRONG_USAGE
from osisnr_gui.io.streams import say
from osisnr_gui.paths import READ_MAT
from osisnr_gui.text.catalogue import _

if TYPE_CHECKING:
    from argparse import Namespace

_BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def use_one_blas_thread() -> None:
    """One thread per matrix product, unless the user chose otherwise; works only before numpy is imported.

    The products here are small and many. With two BLAS threads they wait for each other as soon as another core
    is busy: measured, a slider tick went from 0.5 ms to 6.6 ms.
    """
    for variable in _BLAS_VARIABLES:
        os.environ.setdefault(variable, "1")


def command_line() -> int:
    """The console script `osisnr`; returns the exit code."""
    if sys.argv[1:] == ["--selftest"]:
        return window()
    use_one_blas_thread()
    from osisnr_gui.cli.main import main

    return main(sys.argv[1:])


def window() -> int:
    """The program `osisnr-gui`; returns the exit code, 2 with one message when no window can be shown or drawn."""
    use_one_blas_thread()
    from osisnr_gui.cli.main import guarded

    return guarded(_open, net=())  # what is not foreseen is for the crash log


def _open() -> int:
    gc.disable()  # until the window is on screen: all that is made by then stays, and looking it through took a tenth
    from osisnr_gui.cli.scoring_options import check_picture, window_options

    options = window_options(sys.argv[1:])
    if options.install_desktop or options.remove_desktop:
        from osisnr_gui import desktop_files

        return desktop_files.change(install=options.install_desktop)
    if options.selftest:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    problem = platform_check.find_problem()
    if problem is not None or options.screenshot is not None:
        check_picture(options)
    if problem is not None:
        if not problem.can_draw:
            return _refuse(problem.text)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        if options.selftest:
            from osisnr_gui.qt.selftest import main

            gc.enable()
            return main()
        from osisnr_gui.qt.main import run
    except ImportError as error:
        library = platform_check.missing_library(str(error))
        if library is None:
            raise
        return _refuse(platform_check.library_message(library))
    return run(options) if problem is None or options.screenshot is not None else _draw(options, problem.text)


def _draw(options: Namespace, problem: str) -> int:
    """Without a display: what the options ask for as a picture and as numbers; 2 when they ask for nothing."""
    from osisnr_gui.cli import batch, score
    from osisnr_gui.cli.lines import SEND_ELSEWHERE, error_line, write_text
    from osisnr_gui.io.errors import Phrase, SaveError
    from osisnr_gui.qt.main import picture_path, run

    options.screenshot = picture_path(options)
    if options.screenshot is None:
        return _refuse(problem)
    found: list[Any] = []
    drawn = _("The window, drawn without a display: {path}").format(path=options.screenshot) + "\n"
    remedy = Phrase("see {path}", path=options.screenshot)
    try:
        if code := run(options, lambda *shown: found.extend(shown)):  # ended from outside
            return code
    except SaveError as error:
        say([error_line(SaveError(error.path, error.detail, Phrase("give another name with --screenshot FILE")))])
        code, drawn, remedy = REFUSED, "", SEND_ELSEWHERE
    analysis, rows = found
    text, its_code = batch.summary(rows) if rows else score.summary(analysis)
    live = _("To see it live, start it in a desktop session or log in with `ssh -X`.")
    write_text(f"{text}\n{drawn}{live}\n", remedy)
    return code or its_code


def _refuse(message: str) -> int:
    say([f"osisnr: {message}"])
    return WRONG_USAGE


def start_bundle() -> int:
    """Both programs of a bundle, told apart by the executable's name, and their child; returns the exit code."""
    if sys.argv[1:2] == [READ_MAT]:
        from osisnr_gui.io.mat_child import main

        return main(sys.argv[2:])
    return command_line() if PurePath(sys.executable).stem == "osisnr" else window()
