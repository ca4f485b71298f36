"""Breaking off what takes long: whoever asked for it says so by a function."""

from __future__ import annotations

from collections.abc import Callable

from osisnr_gui.io.errors import Cancelled

Cancel = Callable[[], bool]


def stop_if(cancelled: Cancel | None) -> None:
    """Raise io's Cancelled once `cancelled()`."""
    if cancelled is not None and cancelled():
        raise Cancelled
