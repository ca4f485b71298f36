"""ViewBoxes take a size only while there is an application."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    """There is one in every test."""
    return qapp
