"""The table of figures: what is in it is in JSON, CSV and tables, and values are those of the pair."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from osisnr_gui.batch.files import COLUMNS
from osisnr_gui.batch.pair_list import NUMBERS
from osisnr_gui.export.measures import LISTED, MEASURES, SAVED, Group
from osisnr_gui.export.score_report import score_report
from osisnr_gui.export.score_table import score_table
from osisnr_gui.session.analysis import AnalysisOptions, analyse
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import Track


def test_every_saved_figure_is_in_json_csv_and_table(
    write: Callable[..., str], noise: Callable[..., np.ndarray]
) -> None:
    s = noise(seed=1)
    sources = (Source(write("s.wav", s)),), (Source(write("e.wav", s + 0.1 * noise(seed=2))),)
    analysis = analyse(Session(*sources), wanted=AnalysisOptions(pictures=False))
    (pair,), report = analysis.pairs, score_report(analysis)
    (estimate,) = report["estimates"]  # type: ignore[misc]
    names, table = [column.name for column in COLUMNS], score_table(analysis)
    for group in (Group.LITERAL, Group.EXACT, Group.WHOLE):
        found = estimate[group.value]  # type: ignore[index, call-overload]
        assert list(found) == [measure.key for measure in SAVED[group]]
        assert list(found.values()) == [measure.of(pair) for measure in SAVED[group]]
        assert all(measure.column in names and measure.heading in table for measure in SAVED[group])


def test_names_are_unique_and_titles_have_two_lines() -> None:
    assert len({measure.column for measure in MEASURES}) == len(MEASURES)
    assert all(measure.title.count("\n") == 1 and measure.tip for measure in MEASURES if measure.title)
    assert [measure.column for measure in LISTED] == list(NUMBERS[:-1])


def test_a_pair_without_a_score_has_no_figures() -> None:
    assert all(math.isnan(measure.of(PairAnalysis(Track(Source("a.wav"))))) for measure in MEASURES)


@pytest.mark.parametrize("values", [[3.0], [1.0, 4.0, 2.0, 8.0], [-np.inf, 2.0, np.inf, 5.0, 1.0], [-np.inf] * 3])
def test_literal_quantiles_by_linear_interpolation(values: list[float]) -> None:
    find = Facts.literal_quantiles.func
    facts = SimpleNamespace(frames=SimpleNamespace(literal_osi_db=np.array(values)))
    ordered = sorted(values)
    for share, found in zip((0.05, 0.5), find(facts), strict=True):  # type: ignore[arg-type]
        low, part = divmod(share * (len(values) - 1), 1)
        below, above = ordered[int(low)], ordered[min(int(low) + 1, len(values) - 1)]
        wanted = below if below == above or not part else (1 - part) * below + part * above
        assert found == pytest.approx(wanted)
    facts.frames.literal_osi_db = np.append(values, np.nan)
    assert all(map(math.isnan, find(facts)))  # type: ignore[arg-type]
