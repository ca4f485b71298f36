"""Pairs as columns: every order, what has no number last, filters; and what the list says about itself."""

from __future__ import annotations

import math

import pytest

from osisnr_gui.batch.pair_list import (
    NAME,
    REMARKS,
    ListedRow,
    PairList,
    Phase,
    State,
    median_sentence,
    settings_sentence,
    state_sentence,
)
from osisnr_gui.batch.pairs import BatchPair
from osisnr_gui.batch.runner import BatchRow, BatchSettings
from osisnr_gui.io.errors import FileError
from osisnr_gui.io.json_file import Json
from osisnr_gui.session.session import FramingChoice, LossChoice, Session

MEDIAN = "exact_osi_db_median"


def _scored(name: str, osi_db: float | None, *codes: str) -> ListedRow:
    warnings: list[Json] = [{"code": code, "message": f"{name}: {code}"} for code in codes]
    exact: dict[str, Json] = {"osi_db_median": osi_db, "fused": 1.0}
    estimate: dict[str, Json] = {"exact": exact, "warnings": warnings, "bad_segments": []}
    return ListedRow.of(BatchRow(_pair(name), {"estimate": estimate}))


def _pair(name: str) -> BatchPair:
    return BatchPair(name, f"/ref/{name}", f"/est/{name}")


@pytest.fixture
def pairs() -> PairList:
    """b 3 dB with a warning, C 1 dB, a without a finite number, d refused, e waiting."""
    found = PairList([_pair(name) for name in ("a", "b", "C", "d", "e")])
    refused = BatchRow(_pair("d"), error=FileError("/est/d", "it is torn", "copy it again", "corrupt"))
    found.put([_scored("b", 3.0, "dc"), _scored("C", 1.0), _scored("a", None), ListedRow.of(refused)])
    return found


def _order(pairs: PairList, key: str, *, falling: bool = False, words: str = "", only_errors: bool = False) -> str:
    places = pairs.places(key, falling=falling, words=words, only_errors=only_errors)
    return "".join(pairs.pairs[place].name for place in places.tolist())


def test_what_has_no_number_comes_last_in_both_directions(pairs: PairList) -> None:
    assert _order(pairs, MEDIAN) == "Cbade"
    assert _order(pairs, MEDIAN, falling=True) == "bCade"
    assert _order(pairs, "exact_fused", falling=True) == "abCde"


def test_names_sort_in_any_letters_and_remarks_by_what_is_wrong(pairs: PairList) -> None:
    assert _order(pairs, NAME) == "abCde"
    assert _order(pairs, NAME, falling=True) == "edCba"
    assert _order(pairs, REMARKS) == "dbaCe"


def test_filters_keep_the_order(pairs: PairList) -> None:
    assert _order(pairs, MEDIAN, words="c") == "C"
    assert _order(pairs, MEDIAN, words="c b") == ""
    assert _order(pairs, MEDIAN, only_errors=True) == "d"
    assert _order(PairList(), MEDIAN) == ""


def test_counts_medians_and_places(pairs: PairList) -> None:
    assert [pairs.count(state) for state in State] == [3, 1, 1]
    assert pairs.median(MEDIAN) == 2.0
    assert math.isnan(pairs.median("whole_si_snr_db"))
    assert pairs.place_of("C") == pairs.place_of_files("/ref/C", "/est/C") == 2
    assert pairs.place_of_files("/ref/C", "/est/b") is None
    assert [row.pair.name for row in pairs.in_order()] == ["a", "b", "C", "d"]


def test_sentences(pairs: PairList) -> None:
    assert state_sentence(pairs, Phase.STOPPED, 0.0) == "Stopped: 3 of 5 pairs scored, 1 refused"
    assert state_sentence(pairs, Phase.RUNNING, 0.5) == "3 of 5 pairs scored, 1 refused, 0.5 pairs/s, 2 s left"
    medians = median_sentence(pairs)
    assert medians.startswith("Median of 3 pairs: OSI-SNR median (exact, active) 2.00 dB")
    assert " · fused loss (exact, active) 1.00" in medians
    session = Session(framing=FramingChoice(n_fft=256), loss=LossChoice(gamma=3.0), silence_db=math.inf)
    words = settings_sentence(BatchSettings(session))
    for part in ("γ = 3", "silent: zeros only", "256 samples every default, hann"):
        assert part in words
