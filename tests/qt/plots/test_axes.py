"""Ticks are round, labelled at least twice at any zoom, and told apart by their labels."""

from __future__ import annotations

import itertools
import math

import pytest

from osisnr_gui.qt.plots.axes import (
    TIME_STEPS,
    LinearScale,
    decimals_of,
    format_time,
    multiples,
    nice_step,
    time_ticks,
)


def is_125(step: float) -> bool:
    mantissa = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    return any(math.isclose(mantissa, m, rel_tol=1e-6) for m in (1, 2, 5, 10))


@pytest.mark.parametrize("span", [0.0004, 0.002, 0.05, 0.137, 1, 3.3, 10, 47, 60, 95, 600, 1800, 3600, 7200, 4 * 3600])
def test_time_ticks(span):
    for start in (0.0, 0.123, 59.7, 3599.98, 12345.678):
        for pixels in (200, 924, 2400):
            check_time_ticks(start, span, pixels)


def check_time_ticks(start, span, pixels):
    ticks = time_ticks(start, start + span, pixels)
    values, labels = [t.value for t in ticks], [t.label for t in ticks]
    assert len(values) >= 2
    assert len(set(labels)) == len(labels)
    assert all(labels)
    assert all(start - 1e-6 * span <= v <= start + span * (1 + 1e-6) for v in values)
    step = values[1] - values[0]
    assert is_125(step) or any(math.isclose(step, s, rel_tol=1e-6) for s in TIME_STEPS)
    assert all(math.isclose(b - a, step, rel_tol=1e-4) for a, b in itertools.pairwise(values))
    # Labels must not run into each other wherever three or more are shown.
    if len(values) > 2:
        assert max(map(len, labels)) * 7 < pixels * step / span


@pytest.mark.parametrize(("lo", "hi"), [(0, 40), (0, 1e-6), (-3, 3), (59.9, 60.1), (0, 8000), (1e5, 1e5 + 1)])
def test_value_ticks(lo, hi):
    for pixels in (20, 60, 150, 800):
        ticks = LinearScale("x").ticks(lo, hi, pixels)
        assert len(ticks) >= 2
        assert len({t.label for t in ticks}) == len(ticks)
        assert is_125(ticks[1].value - ticks[0].value)


@pytest.mark.parametrize(
    ("time", "step", "largest", "label"),
    [
        (12.5, 0.1, 20, "12.5"),
        (59.999, 0.01, 59.999, "60.00"),
        (59.999, 0.01, 100, "1:00.00"),
        (185, 5, 600, "3:05"),
        (3723, 1, 4000, "1:02:03"),
        (3723.25, 0.01, 4000, "1:02:03.25"),
        (0, 10, 4000, "0:00:00"),
        (-0.5, 0.1, 2, "−0.5"),
    ],
)
def test_time_format(time, step, largest, label):
    assert format_time(time, step, largest) == label


def test_frames_are_whole_numbers():
    ticks = time_ticks(100, 2000, 900, unit="frame")
    assert [t.label for t in ticks][:2] == ["200", "400"]
    assert all(float(t.label) == t.value for t in time_ticks(10, 14, 2000, unit="frame"))


def test_steps():
    assert [nice_step(x) for x in (1, 1.1, 2.5, 7, 0.03)] == pytest.approx([1, 2, 5, 10, 0.05])
    assert multiples(0.1, 0, 0.5) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert [decimals_of(s) for s in (10, 1, 0.5, 0.02)] == [0, 0, 1, 2]
