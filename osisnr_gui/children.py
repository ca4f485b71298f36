"""Processes of this program's own: how one is started, and how a bundle starts one.

With a Python at hand it is `python -m MODULE`. In a bundle `sys.executable` is the program itself, which takes the
module's name behind an option that no help mentions. Standard library only: a child must start quickly.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import PurePath

OPTION = "--run-child"
#: The modules that can be run so: each has a `main(arguments) -> exit code`.
CHILDREN = frozenset({"osisnr_gui.io.mat_child"})


def is_bundle() -> bool:
    """Whether this program runs without a Python around it."""
    return bool(getattr(sys, "frozen", False))


def child_command(module: str) -> tuple[str, ...]:
    """The words that start `module`, one of CHILDREN, as a process of its own; its arguments follow."""
    return (sys.executable, OPTION, module) if is_bundle() else (sys.executable, "-m", module)


def start_bundle() -> int:
    """Both programs of a bundle, told apart by the executable's name, and their children; returns the exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == [OPTION]:
        module, *rest = arguments[1:]
        if module not in CHILDREN:
            return 2
        return int(import_module(module).main(rest))
    from osisnr_gui import app

    return app.command_line() if PurePath(sys.executable).stem == "osisnr" else app.window()
