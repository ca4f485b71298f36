"""A selection says how long it is, which frames it holds and what they are worth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.session import words
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.inspection.inspector import selected_frames
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Session, Source
from osisnr_gui.text.sentences import selection_sentence


@pytest.fixture(scope="module")
def pair(samples: Path) -> PairAnalysis:
    sources = [Source(str(samples / f"2_enhancement_{name}.flac")) for name in ("clean", "est_dfn3")]
    return analyse(Session(references=(sources[0],), estimates=(sources[1],))).pairs[0]


def test_frames_whose_centres_lie_inside(pair: PairAnalysis) -> None:
    times = pair.frames.times()  # type: ignore[union-attr]
    for start, stop in ((1.0, 2.0), (times[10], times[20]), (-3.0, 0.5), (6.0, 99.0), (1.001, 1.002)):
        chosen = selected_frames(pair, start, stop)
        inside = np.flatnonzero((times >= start - 1e-9) & (times <= stop + 1e-9))
        assert list(range(chosen.start, chosen.stop)) == inside.tolist()


def test_sentence_holds_the_numbers_of_the_range(pair: PairAnalysis) -> None:
    chosen = selected_frames(pair, 3.0, 4.0)
    score = pair.score
    assert score is not None
    active = score.facts.active[chosen]
    exact = score.facts.frames.exact_osi_db[chosen][active]
    sentence = selection_sentence(pair, 3.0, 4.0)
    assert f"{chosen.stop - chosen.start} frames" in sentence
    assert f"over {exact.size} active" in sentence
    assert words.db(float(exact.mean())) in sentence
    assert words.db(float(np.median(exact))) in sentence
    fused = np.add(*score.terms())[chosen]
    assert f"mean fused loss {words.loss(float(fused[active].mean()))} (exact, active frames)" in sentence


def test_silence_has_no_active_frame(pair: PairAnalysis) -> None:
    assert "no active frame" in selection_sentence(pair, 6.3, 6.5)
