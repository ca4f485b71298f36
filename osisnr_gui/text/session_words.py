"""What a window, a comparison and an edit of a session are called."""

from __future__ import annotations

from collections.abc import Sequence

from osisnr_gui.text.catalogue import _


def pair_words(names: Sequence[str]) -> str:
    """The title of what is open: an estimate and the reference it is held against, or one name, or nothing."""
    if len(names) < 2:
        return names[0] if names else ""
    return _("{estimate} against {reference}").format(estimate=names[0], reference=names[1])
