"""Labels: another text is painted, not only kept."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.panels.plain_text import ElidedLabel


class CountingLabel(ElidedLabel):
    paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paints += 1
        super().paintEvent(event)


def test_another_text_is_painted(shown):
    label = shown(CountingLabel("comparing 1 %"), 200, 20)
    QApplication.processEvents()
    before = label.paints
    label.set_text("comparing 2 %")
    QApplication.processEvents()
    assert label.paints == before + 1
    label.set_text("comparing 2 %")
    QApplication.processEvents()
    assert label.paints == before + 1, "the same text is no reason to paint"
