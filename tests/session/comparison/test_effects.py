"""What a remedy did to median, loss and SI-SNR, before and after, and why they may disagree."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.comparison.difference import Effects
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import Session
from osisnr_gui.text.comparison import effect_sentence


def _take(*analyses: Analysis) -> Effects:
    effects = Effects()
    for analysis in analyses:
        effects.take(analysis)
    return effects


@pytest.fixture(scope="module")
def speakers() -> tuple[Analysis, Analysis]:
    before = analyse(demo_session("speakers"))
    (remedy,) = next(notice for notice in before.notices if notice.code == "assignment").remedies
    assert remedy.label == "Apply this order"
    return before, analyse(remedy.edit(before.session), before)


def test_the_other_order_is_better_and_the_loss_disagrees(speakers: tuple[Analysis, Analysis]) -> None:
    before, after = speakers
    loss = after.session.loss
    first, second = (_take(*speakers).find(place, loss) for place in (0, 1))
    assert first is not None
    assert second is not None
    for place, effect in enumerate((first, second)):
        scores = [analysis.pairs[place].score.exact for analysis in speakers]
        assert effect.median_db == tuple(exact.osi_db_median for exact in scores)
        assert effect.fused == pytest.approx([exact.fused for exact in scores])
    assert first.is_divided
    assert not second.is_divided
    sentence = effect_sentence(first)
    assert sentence.startswith(f"Before → now (exact, active frames): median {first.median_db[0]:.1f} → ")
    assert "single frames near 0 dB own method 1: the worst 1 % of the frames hold" in sentence
    assert "disagree" not in effect_sentence(second)
    assert "−26." in next(notice.message for notice in before.notices if notice.code == "assignment")


def test_an_effect_is_told_until_the_loss_or_the_frames_are_others(speakers: tuple[Analysis, Analysis]) -> None:
    before, after = speakers
    assert _take(before).find(0, before.session.loss) is None
    assert effect_sentence(None) == ""
    assert _take(before, after).find(0, replace(after.session.loss, gamma=1.0)) is None
    assert _take(before, Analysis(Session()), after).find(0, after.session.loss) is None, "closed files are let go"
    longer = analyse(edits.set_framing(after.session, n_fft=1024), after)
    assert _take(before, after, longer).find(0, after.session.loss) is None


def test_before_is_told_at_the_loss_in_force(speakers: tuple[Analysis, Analysis]) -> None:
    before, after = speakers
    quiet = rescore(edits.set_gamma(after.session, 0.0), after)
    effect = _take(before, quiet).find(1, quiet.session.loss)
    assert effect is not None
    assert effect.fused[0] == pytest.approx(before.pairs[1].score.exact.loss_osi_1)


def test_a_level_changes_the_loss_alone() -> None:
    before = analyse(demo_session("enhancement"))
    after = analyse(edits.change_source(before.session, before.session.estimates[1], gain=4.0), before)
    effect = _take(before, after).find(1, after.session.loss)
    assert effect is not None
    assert effect.median_db[0] == pytest.approx(effect.median_db[1])
    assert effect.fused[1] < effect.fused[0]
    assert not effect.is_divided


def test_an_estimate_that_is_the_reference_before_and_after(speakers: tuple[Analysis, Analysis]) -> None:
    """Infinite figures did not turn, and no frame has a share of nothing: without a warning of numpy."""
    before, _after = speakers
    same = edits.change_source(before.session, before.session.estimates[0], path=before.session.references[0].path)
    first = analyse(same)
    second = analyse(edits.change_source(same, same.estimates[0], gain=4.0), first)
    effect = _take(first, second).find(0, same.loss)
    assert effect is not None
    assert effect.median_db == (math.inf, math.inf)
    assert not effect.is_divided
    assert math.isnan(effect.held)
    assert "median ∞ → ∞ dB" in effect_sentence(effect)
    effect.fused, effect.si_snr_db = (0.2, 0.1), (2.0, 1.0)
    assert effect.is_divided
