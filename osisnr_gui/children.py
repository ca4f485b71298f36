"""Processes of this program's own: how one is started, and how a bundle starts one.

With a Python at hand it is `python -m MODULE`. In a bundle `sys.executable` is the program itself, which takes the
module's name behind an option that no help mentions. Standard library only: a child must start quickly.
"""

from __future__ import annotations

import sys
from importlib import import_module

OPTION = "--run-child"
#: The modules that can be run so: each has a `main(arguments) -> exit code`.
CHILDREN = frozenset({"osisnr_gui.io.mat_child"})


def is_bundle() -> bool:
    """Whether this program runs without a Python around it."""
    return bool(getattr(sys, "frozen", False))


def child_command(module: str) -> tuple[str, ...]:
    """The words that start `module`, one of CHILDREN, as a process of its own; its arguments follow."""
    return (sys.executable, OPTION, module) if is_bundle() else (sys.executable, "-m", module)


def run_child(arguments: list[str]) -> int:
    """Run the child that OPTION and what stands behind it ask for; returns the exit code, 2 where there is none."""
    _option, module, *rest = arguments
    return int(import_module(module).main(rest)) if module in CHILDREN else 2
