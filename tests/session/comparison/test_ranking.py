"""Three systems on the enhancement demo: where they swap ranks, checked by the loss itself on both sides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from osisnr_gui.core.several import Crossing
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse, rescore
from osisnr_gui.session.comparison.speakers import Ranking, find_ranking
from osisnr_gui.session.session import Formula, Session, Source


@pytest.fixture(scope="module")
def three(samples: Path) -> Analysis:
    names = ("est_dfn3", "est_gate", "noisy")
    sources = [Source(str(samples / f"2_enhancement_{name}.flac")) for name in ("clean", *names)]
    return analyse(Session((sources[0],), tuple(sources[1:])), wanted=AnalysisOptions(pictures=False, delay=False))


def losses(analysis: Analysis, gamma: float) -> list[float]:
    scored = rescore(edits.set_gamma(analysis.session, gamma), analysis)
    assert scored is not None
    return [pair.score.leading.fused for pair in scored.pairs if pair.score is not None]


@pytest.mark.parametrize("method", [1, 2])
@pytest.mark.parametrize("formula", list(Formula))
@pytest.mark.parametrize("alpha", [0.1, 0.3, 1.0])
def test_crossings_are_where_the_losses_cross(three: Analysis, method: int, formula: Formula, alpha: float) -> None:
    loss = replace(three.session.loss, method=method, formula=formula, alpha=alpha)
    shown = rescore(replace(three.session, loss=loss), three)
    assert shown is not None
    ranking = find_ranking(shown, 0)
    now = losses(shown, loss.gamma)
    assert list(ranking.order) == sorted(range(3), key=now.__getitem__)
    for crossing in ranking.crossings:
        before, after = losses(shown, crossing.gamma * 0.999), losses(shown, crossing.gamma * 1.001)
        assert before[crossing.below] < before[crossing.above]
        assert after[crossing.below] > after[crossing.above]


def test_estimates_of_another_speaker_are_not_ranked(samples: Path) -> None:
    names = ("ref_a", "ref_b", "est_a", "est_b")
    sources = [Source(str(samples / f"1_two_speakers_{name}.flac")) for name in names]
    analysis = analyse(
        Session(tuple(sources[:2]), tuple(sources[2:])), wanted=AnalysisOptions(pictures=False, delay=False)
    )
    assert find_ranking(analysis, 1).order == (1,)
    assert find_ranking(analysis, 1).sentence == ""


def test_sentences() -> None:
    crossing = Crossing(4.0, 0, 1)
    assert Ranking((1, 0), (crossing,), 4.0, 31.04).sentence == "B better than A for γ from 4 to 31"
    assert Ranking((0, 1), (), 0.0, float("inf")).sentence == "A better than B at every γ"
    assert Ranking((1, 0), (crossing,), 4.0, float("inf")).sentence == "B better than A for γ above 4"
    tied = Ranking((2, 0, 1), (), 0.0, float("inf"), frozenset({0}))
    assert tied.sentence == "C better than A equal to B at every γ"
