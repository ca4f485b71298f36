"""Which frames are shaded, and how little is done when only a limit moves."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from osisnr_gui.qt.plots.items.shading import BandKind, Runs
from osisnr_gui.qt.presenters.pair_maps import Shader


class _View:
    def __init__(self) -> None:
        self.runs: list[Runs] = []
        self.osi: list[np.ndarray] = []

    def show_runs(self, runs: Runs) -> None:
        self.runs.append(runs)

    def show_osi(self, _t0: float, _dt: float, osi_db: np.ndarray) -> None:
        self.osi.append(osi_db)


def _flags(*frames: range) -> np.ndarray:
    flags = np.zeros(100, bool)
    for each in frames:
        flags[each] = True
    return flags


MISSED, FALSE_ACTIVITY = _flags(range(20, 25)), _flags(range(40, 41))


def _facts() -> SimpleNamespace:
    frames = SimpleNamespace(first_time=0.05, grid=SimpleNamespace(step=0.1))
    active = ~_flags(range(10), range(20, 25), range(40, 41), range(60, 62))
    return SimpleNamespace(active=active, frames=frames, active_osi_db=np.arange(100.0))


def _bad(facts: object, first: int) -> SimpleNamespace:
    low = _flags(range(first, 100))
    return SimpleNamespace(facts=facts, low=low, missed=MISSED, false_activity=FALSE_ACTIVITY)


def _times(view: _View, kind: BandKind) -> list[tuple[float, float]]:
    found = view.runs[-1].kinds[kind]
    return list(zip(found.starts.round(6).tolist(), found.stops.round(6).tolist(), strict=True))


def test_every_kind_of_run_reaches_every_view() -> None:
    rows, overview = [_View(), _View()], _View()
    facts = _facts()
    Shader(rows, overview).show_bad(_bad(facts, 90))
    for view in (*rows, overview):
        assert _times(view, BandKind.BAD) == [(9.0, 10.0)]
        assert _times(view, BandKind.MISSED) == [(2.0, 2.5)]
        assert _times(view, BandKind.FALSE_ACTIVITY) == [(4.0, 4.1)]
        assert _times(view, BandKind.SILENT) == [(0.0, 1.0), (6.0, 6.2)]
    assert overview.osi == [facts.active_osi_db]


def test_a_moved_limit_touches_the_bad_runs_alone() -> None:
    row, overview = _View(), _View()
    shader, facts = Shader([row], overview), _facts()
    first = _bad(facts, 90)
    shader.show_bad(first)
    shader.show_bad(first)
    shader.show_bad(_bad(facts, 80))
    assert len(row.runs) == 2
    before, after = (runs.kinds for runs in row.runs)
    assert [before[kind] is after[kind] for kind in BandKind] == [False, True, True, True]
    assert _times(row, BandKind.BAD) == [(8.0, 10.0)]
    assert len(overview.osi) == 1
    other = _bad(facts, 80)
    other.missed = _flags()
    shader.show_bad(other)
    assert _times(row, BandKind.MISSED) == []
    assert (2.0, 2.5) in _times(row, BandKind.SILENT)


def test_nothing_in_view_shades_nothing() -> None:
    row, overview = _View(), _View()
    shader = Shader([row], overview)
    shader.show_bad(_bad(_facts(), 90))
    shader.show_bad(None)
    assert all(_times(row, kind) == [] for kind in BandKind)
    assert overview.osi[-1].size == 0
    shader.show_bad(_bad(_facts(), 90))
    assert _times(row, BandKind.BAD) == [(9.0, 10.0)]
