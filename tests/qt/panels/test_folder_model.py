"""Cells of the list of pairs."""

from __future__ import annotations

import pytest

from osisnr_gui.batch.pair_list import ListedRow
from osisnr_gui.batch.pairs import BatchPair
from osisnr_gui.batch.runner import BatchRow
from osisnr_gui.io.json_file import Json
from osisnr_gui.qt.panels.folder_model import FolderModel


@pytest.mark.parametrize(("mean", "shown"), [(None, "not defined"), (-3.0, "not defined"), (7.25, "7.25")])
def test_a_literal_mean_that_silence_leaves_undefined_says_so(mean: float | None, shown: str) -> None:
    pair = BatchPair("a", "/ref/a", "/est/a")
    literal: dict[str, Json] = {"osi_db_mean": mean, "fused": 0.5}
    exact: dict[str, Json] = {"osi_db_median": 4.0, "fused": 0.75}
    estimate: dict[str, Json] = {"literal": literal, "exact": exact, "warnings": [], "bad_segments": []}
    model = FolderModel()
    model.show_pairs([pair])
    model.put([ListedRow.of(BatchRow(pair, {"estimate": estimate}))])
    texts = {column.key: model.text(0, column) for column in model.columns}
    assert texts["literal_osi_db_mean"] == shown
    assert (texts["literal_fused"], texts["exact_fused"]) == ("0.500", "0.750")
    assert texts["whole_si_snr_db"] == "–"
