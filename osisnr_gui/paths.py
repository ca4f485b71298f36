"""Finds what ships beside the code: sample audio, icons, help pages, licences.

Two places, because the same code runs in two ways: a wheel carries them inside the package, and a source
tree (also an editable install of one) has them next to it. A bundle holds a wheel, without a Python around it.
"""

import os
import sys

from osisnr_gui.io.errors import Phrase

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_INSTALLED = os.path.join(_PACKAGE, "_resources")
_SOURCE_TREE = os.path.join(os.path.dirname(_PACKAGE), "resources")
READ_MAT = "--read-mat"  # makes a bundle's program the child of `io.mat_files`


def is_bundle() -> bool:
    """Whether this program runs without a Python around it: `sys.executable` is then the program itself."""
    return bool(getattr(sys, "frozen", False))


def mat_child_command() -> tuple[str, ...]:
    """The words that start the child of `io.mat_files`; its arguments follow."""
    return (sys.executable, READ_MAT) if is_bundle() else (sys.executable, "-m", "osisnr_gui.io.mat_child")


def resource_path(*parts: str) -> str:
    """Absolute path of a resource, `resource_path("icons", "open.svg")`.

    Raises FileNotFoundError when it is not there: the installation is incomplete.
    """
    root = _INSTALLED if os.path.isdir(_INSTALLED) else _SOURCE_TREE
    path = os.path.join(root, *parts)
    if not os.path.exists(path):
        what = {"name": "/".join(parts) or "resources", "path": path}
        words = Phrase("{name} is missing from this installation of osisnr_gui; install it again ({path})", **what)
        raise FileNotFoundError(words)
    return path
