"""What tests of several commands need."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch):
    """Let the file dialog answer with a path."""

    def say(path: Path) -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))

    return say
