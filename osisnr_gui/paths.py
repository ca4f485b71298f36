"""Finds what ships beside the code: sample audio, icons, help pages, licences.

Two places, because the same code runs in two ways: a wheel carries them inside the package, and a source
tree (also an editable install of one) has them next to it.
"""

import os

from osisnr_gui.io.errors import Phrase

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_INSTALLED = os.path.join(_PACKAGE, "_resources")
_SOURCE_TREE = os.path.join(os.path.dirname(_PACKAGE), "resources")


class MissingResource(FileNotFoundError):  # noqa: N818 - named after what happened
    """Something that ships with the program is not there: the installation is incomplete."""


def resource_path(*parts: str) -> str:
    """Absolute path of a resource, `resource_path("icons", "open.svg")`; raises MissingResource."""
    root = _INSTALLED if os.path.isdir(_INSTALLED) else _SOURCE_TREE
    path = os.path.join(root, *parts)
    if not os.path.exists(path):
        name = "/".join(parts) or "resources"
        raise MissingResource(
            Phrase(
                "{name} is missing from this installation of osisnr_gui; install it again ({path})",
                name=name,
                path=path,
            )
        )
    return path
