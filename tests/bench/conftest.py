"""What benchmarks of the window share."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from osisnr_gui.qt.jobs import favour_window


@pytest.fixture
def favoured_window() -> Iterator[None]:
    """The interpreter as the program itself sets it up."""
    before = sys.getswitchinterval()
    favour_window()
    yield
    gc.unfreeze()
    sys.setswitchinterval(before)
