"""Small painting helpers."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QPainterPath

from osisnr_gui.qt.plots.painting import line_path

MOVE, LINE = QPainterPath.ElementType.MoveToElement, QPainterPath.ElementType.LineToElement
NAN = np.nan


def _elements(path: QPainterPath) -> list[tuple[float, float, object]]:
    elements = (path.elementAt(i) for i in range(path.elementCount()))
    return [(element.x, element.y, element.type) for element in elements]


def test_a_path_has_every_point_and_a_gap_for_every_nan() -> None:
    path = line_path(np.arange(6.0), np.array([1.0, 2.5, NAN, NAN, 4.0, 3.0]))
    assert _elements(path) == [(0, 1, MOVE), (1, 2.5, LINE), (4, 4, MOVE), (5, 3, LINE)]


def test_a_point_between_gaps_is_a_pixel_long() -> None:
    path = line_path(np.arange(5.0), np.array([NAN, 7.0, NAN, NAN, 8.0]))
    assert _elements(path) == [(1, 7, MOVE), (2, 7, LINE), (4, 8, MOVE), (5, 8, LINE)]


@pytest.mark.parametrize("values", [[], [NAN], [NAN, NAN, NAN]])
def test_nothing_makes_an_empty_path(values: list[float]) -> None:
    assert line_path(np.arange(float(len(values))), np.array(values)).isEmpty()


def test_a_long_path_is_exact() -> None:
    xs, ys = np.random.default_rng(0).normal(size=(2, 5000))
    elements = _elements(line_path(xs, ys))
    assert [(x, y) for x, y, _ in elements] == list(zip(xs.tolist(), ys.tolist(), strict=True))
