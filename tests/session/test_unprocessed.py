"""The mixture as one more estimate: scored last, against every reference that is in use, kept like other pairs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from osisnr_gui.io.errors import Cancelled
from osisnr_gui.session import analysis as analysis_module
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import AnalysisOptions, Progress, analyse, rescore
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import Source

BARE = AnalysisOptions(pictures=False, delay=False)


def test_the_mixture_has_the_numbers_it_would_have_as_an_estimate() -> None:
    session = demo_session("enhancement")
    assert session.mixture is not None
    as_estimate = analyse(replace(session, estimates=(session.mixture,), mixture=None), wanted=BARE).pairs[0]
    found = analyse(session, wanted=BARE)
    for index in range(2):
        pair = found.unprocessed_for(index)
        assert pair is not None
        assert pair.score is not None
        assert as_estimate.score is not None
        assert pair.score.literal == as_estimate.score.literal
        assert pair.score.exact == as_estimate.score.exact
        assert pair.whole == as_estimate.whole


def test_each_speaker_has_the_mixture_against_it() -> None:
    found = analyse(demo_session("speakers"), wanted=BARE)
    assert [pair.reference for pair in found.unprocessed] == list(found.references)
    levels = [pair.whole.si_snr_db for pair in found.unprocessed if pair.whole is not None]
    assert len(set(levels)) == 2
    assert found.unprocessed_for(1) is found.unprocessed[1]


def test_it_comes_last_and_all_else_is_there_before_it() -> None:
    session, told = demo_session("enhancement"), []
    found = analyse(session, wanted=BARE, progress=told.append)

    def has_mixture(progress: Progress) -> bool:
        pairs = progress.analysis.unprocessed if progress.analysis is not None else ()
        return any(pair.frames is not None for pair in pairs)

    last = [progress for progress in told if progress.words == "comparing the mixture"]
    assert len(last) == 1
    assert last[0].analysis is not None
    assert [p.score.literal for p in last[0].analysis.pairs if p.score] == [
        p.score.literal for p in found.pairs if p.score
    ]
    assert not any(map(has_mixture, told))


def test_what_is_known_of_it_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    session = demo_session("enhancement")
    first = analyse(session, wanted=BARE)

    def no_pass(*_: object, **__: object) -> None:
        raise AssertionError("a pass was run")

    monkeypatch.setattr(analysis_module, "run_pair", no_pass)
    assert first.unprocessed[0].frames is not None
    again = analyse(session, first, wanted=BARE)
    assert again.unprocessed[0].frames is first.unprocessed[0].frames
    removed = analyse(edits.remove(session, session.estimates[0]), first, wanted=BARE)
    assert removed.unprocessed[0].frames is first.unprocessed[0].frames
    # The same file in another role.
    assert session.mixture is not None
    promoted = replace(session, estimates=(session.mixture,), mixture=None)
    assert analyse(promoted, first, wanted=BARE).pairs[0].frames is first.unprocessed[0].frames


def test_it_follows_cheap_settings() -> None:
    first = analyse(demo_session("enhancement"), wanted=BARE)
    session = edits.set_gamma(first.session, 3.0)
    second = rescore(session, first)
    assert second is not None
    for before, after in zip(first.unprocessed, second.unprocessed, strict=True):
        assert before.score is not None
        assert after.score is not None
        terms = after.score.literal
        assert terms.fused == pytest.approx(terms.loss_osi_1 + 3.0 * terms.mc_mse)
        assert before.score.literal.fused != terms.fused


def test_without_a_mixture_or_with_a_bad_one_there_is_none(tmp_path: object) -> None:
    session = demo_session("damaged")
    assert analyse(replace(session, mixture=None), wanted=BARE).unprocessed == ()
    missing = analyse(replace(session, mixture=Source(f"{tmp_path}/missing.wav")), wanted=BARE)
    assert missing.unprocessed == ()
    assert all(pair.score is not None for pair in missing.pairs)
    mask = analyse(replace(session, mixture=demo_session("masks").reference), wanted=BARE)
    assert mask.unprocessed[0].error is not None
    assert mask.unprocessed[0].score is None


def test_a_mixture_that_is_cancelled_leaves_the_estimates() -> None:
    session, told = demo_session("enhancement"), []
    with pytest.raises(Cancelled):
        analyse(
            session,
            wanted=BARE,
            progress=told.append,
            cancelled=lambda: bool(told) and told[-1].words == "comparing the mixture",
        )
    assert told[-1].analysis is not None
    assert all(pair.score is not None for pair in told[-1].analysis.pairs)
