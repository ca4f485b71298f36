"""Ghosts: when one is left, what of it is kept, and what is said of the change."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.comparison.difference import Change, Difference, Ghosts, Quantity, find_change
from osisnr_gui.session.scores import FrameLosses
from osisnr_gui.session.session import Formula, Lengths, LossChoice, Session, Source
from osisnr_gui.text.comparison import change_sentence, ghost_name

Noise = Callable[..., np.ndarray]
Write = Callable[..., str]
NOW = time.mktime((2024, 5, 6, 14, 3, 22, 0, 0, -1))


class Files:
    """A reference with pauses and two estimates, which can be written again."""

    def __init__(self, write: Write, noise: Noise) -> None:
        self._write, self._noise = write, noise
        self.clock = round(NOW) - 3600
        names = ("s.wav", "a.wav", "b.wav")
        self.paths = [write(name, self.signal(level)) for name, level in zip(names, (0.0, 0.5, 0.3), strict=True)]
        for path in self.paths:
            self.touch(path)
        self.session = Session((Source(self.paths[0]),), (Source(self.paths[1]), Source(self.paths[2])))

    def signal(self, level: float, n: int = 16_000) -> np.ndarray:
        return (self._noise(20_000, 1, talk=True) + level * self._noise(20_000, 2, talk=True))[:n]

    def touch(self, path: str) -> None:
        self.clock += 60
        os.utime(path, (self.clock, self.clock))

    def rewrite(self, index: int, level: float, n: int = 16_000) -> None:
        self.touch(self._write(os.path.basename(self.paths[index]), self.signal(level, n)))


@pytest.fixture
def files(write: Write, noise: Noise) -> Files:
    return Files(write, noise)


def _take(ghosts: Ghosts, session: Session, previous: Analysis | None = None) -> Analysis:
    """Analyse, with every step on the way told."""

    def report(progress: object) -> None:
        analysis = progress.analysis  # type: ignore[attr-defined]
        if analysis is not None:
            ghosts.take(analysis, NOW)

    analysis = analyse(session, previous, progress=report)
    ghosts.take(analysis, NOW)
    return analysis


def _ghosts(ghosts: Ghosts, analysis: Analysis) -> list[object]:
    return [ghosts.find(analysis.session, pair) for pair in analysis.pairs]


def test_a_rewritten_file_leaves_what_it_was(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    assert _ghosts(ghosts, old) == [None, None]
    files.rewrite(1, 0.1)
    new = _take(ghosts, files.session, old)
    ghost, other = _ghosts(ghosts, new)
    assert other is None
    frames, before = ghost.facts.frames, old.pairs[0].frames
    for name in ("literal_osi_db", "exact_osi_db"):
        np.testing.assert_array_equal(getattr(frames, name), getattr(before, name))
    assert frames.table is ghost.facts.sums_all is ghost.facts.sums_active is None
    assert frames.mc_mse.strides == (0,), "nan for every frame takes no room"
    assert ghost.replaced == files.clock, "the file's own time"
    change = find_change(new.pairs[0].score.facts, ghost.facts)
    assert change.before == old.pairs[0].score.exact.osi_db_median
    assert change.after == new.pairs[0].score.exact.osi_db_median
    assert change.n_frames == new.pairs[0].score.facts.n_active
    assert change.n_better == np.count_nonzero(np.isfinite(new.pairs[0].score.facts.active_osi_db)), (
        "others are perfect"
    )


def test_a_file_that_was_only_touched_leaves_none(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    files.touch(files.paths[1])
    new = _take(ghosts, files.session, old)
    assert new.pairs[0].frames is not old.pairs[0].frames
    assert _ghosts(ghosts, new) == [None, None]


def test_a_changed_reference_leaves_one_of_each(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    files.rewrite(0, 0.05)
    assert None not in _ghosts(ghosts, _take(ghosts, files.session, old))


def test_the_ghost_is_the_state_before_the_last_reload_unless_it_is_pinned(files: Files) -> None:
    ghosts, states = Ghosts(), []
    analysis = _take(ghosts, files.session)
    for level in (0.4, 0.2, 0.1):
        states.append(analysis.pairs[0].frames)
        files.rewrite(1, level)
        analysis = _take(ghosts, files.session, analysis)
        if level == 0.2:
            ghosts.pin(files.session.estimates[0], pinned=True)
    ghost = ghosts.find(files.session, analysis.pairs[0])
    assert ghost.facts.frames.exact_osi_db is states[1].exact_osi_db
    ghosts.pin(files.session.estimates[0], pinned=False)
    states.append(analysis.pairs[0].frames)
    files.rewrite(1, 0.05)
    analysis = _take(ghosts, files.session, analysis)
    assert ghosts.find(files.session, analysis.pairs[0]).facts.frames.exact_osi_db is states[3].exact_osi_db
    ghosts.forget()
    assert _ghosts(ghosts, analysis) == [None, None]


def test_a_file_that_cannot_be_read_any_more_leaves_one_and_keeps_it(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    with open(files.paths[1], "r+b") as file:
        file.truncate(20)
    broken = _take(ghosts, files.session, old)
    assert broken.pairs[0].error is not None
    ghost = ghosts.find(broken.session, broken.pairs[0])
    assert ghost.facts.frames.exact_osi_db is old.pairs[0].frames.exact_osi_db
    files.rewrite(1, 0.1)
    mended = _take(ghosts, files.session, broken)
    assert ghosts.find(mended.session, mended.pairs[0]) is ghost


def test_frames_that_were_read_otherwise_are_not_held_against_each_other(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    files.rewrite(1, 0.1)
    new = _take(ghosts, files.session, old)
    ghost = _ghosts(ghosts, new)[0]
    for edit in (partial(edits.set_framing, hop=64), partial(replace, lengths=Lengths.PAD)):
        changed = _take(ghosts, edit(files.session), new)
        assert _ghosts(ghosts, changed) == [None, None]
    again = _take(ghosts, files.session, new)
    assert _ghosts(ghosts, again) == [ghost, None], "back at the old settings it is there again"


def test_other_settings_that_rescore_leave_none(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    for edit in (partial(edits.set_alpha, alpha=0.7), partial(edits.set_silence, silence_db=20.0)):
        rescored = rescore(edit(old.session), old)
        ghosts.take(rescored, NOW)
        assert _ghosts(ghosts, rescored) == [None, None]


def test_closed_files_leave_nothing_behind(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    files.rewrite(1, 0.1)
    new = _take(ghosts, files.session, old)
    _take(ghosts, edits.remove(files.session, files.session.estimates[0]), new)
    assert ghosts._ghosts == {}
    assert list(ghosts._last) == [files.session.estimates[1]]


@pytest.mark.parametrize("n", [9_000, 20_000])
def test_other_lengths_are_compared_where_both_are(files: Files, n: int) -> None:
    ghosts = Ghosts()
    session = replace(files.session, lengths=Lengths.PAD)
    old = _take(ghosts, session)
    files.rewrite(1, 0.1, n)
    new = _take(ghosts, session, old)
    ghost, facts = _ghosts(ghosts, new)[0], new.pairs[0].score.facts
    assert facts.frames.n_frames != ghost.facts.frames.n_frames or n < 16_000
    found = find_change(facts, ghost.facts)
    m = min(facts.frames.n_frames, ghost.facts.frames.n_frames)
    both = facts.active[:m] & ghost.facts.active[:m]
    assert found.n_frames == both.sum() > 20
    assert found.before == np.median(ghost.facts.frames.exact_osi_db[:m][both])
    assert found.after == np.median(facts.frames.exact_osi_db[:m][both])


@pytest.mark.parametrize("formula", list(Formula))
def test_the_difference_per_frame_is_now_minus_before(files: Files, formula: Formula) -> None:
    ghosts = Ghosts()
    session = replace(files.session, loss=replace(files.session.loss, formula=formula))
    old = _take(ghosts, session)
    files.rewrite(1, 0.1)
    new = _take(ghosts, session, old)
    ghost = FrameLosses(_ghosts(ghosts, new)[0].facts, LossChoice(formula=formula))
    found = Difference(new.pairs[0].score, ghost, Quantity.OSI)
    now, before = new.pairs[0].score.osi_db, old.pairs[0].score.osi_db
    with np.errstate(invalid="ignore"):
        expected = np.where(np.isposinf(now) & np.isposinf(before), 0.0, now - before)
    np.testing.assert_array_equal(found.values, expected)
    assert np.isnan(ghost.frame_loss()).all()


def test_a_ghost_follows_the_silence_limit(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    files.rewrite(1, 0.1)
    new = _take(ghosts, files.session, old)
    other = rescore(edits.set_silence(old.session, 5.0), old)
    found = _ghosts(ghosts, replace(new, session=other.session))[0].facts
    np.testing.assert_array_equal(found.active_osi_db, other.pairs[0].score.facts.active_osi_db)
    assert _ghosts(ghosts, replace(new, session=other.session))[0].facts is found  # it is worked out once


def test_what_is_said(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    files.rewrite(1, 0.1)
    ghost = replace(_ghosts(ghosts, _take(ghosts, files.session, old))[0], replaced=NOW)
    assert ghost_name(0, ghost, NOW + 60) == "A before 14:03"
    assert ghost_name(1, ghost, NOW + 86_400) == "B before 2024-05-06"
    words = "A since 14:03: median +0.8 dB (5.1 → 5.9 dB, exact, 683 frames active before and now), better in 62 %"
    assert change_sentence(0, ghost, Change(5.1, 5.9, 423, 683), NOW).startswith(words)
    assert "median −0.8 dB (5.9 → 5.1 dB," in change_sentence(0, ghost, Change(5.9, 5.1, 1, 9), NOW)
    assert "median 0.0 dB (∞ → ∞ dB," in change_sentence(0, ghost, Change(np.inf, np.inf, 0, 9), NOW)
    none = Change(float("nan"), float("nan"), 0, 0)
    assert change_sentence(0, ghost, none, NOW) == "A since 14:03: no frame is active before and now."


def test_a_file_that_comes_back_as_it_was_leaves_no_ghost(files: Files) -> None:
    ghosts = Ghosts()
    old = _take(ghosts, files.session)
    content = Path(files.paths[1]).read_bytes()
    Path(files.paths[1]).write_bytes(b"")
    broken = _take(ghosts, files.session, old)
    assert _ghosts(ghosts, broken)[0] is not None
    Path(files.paths[1]).write_bytes(content)
    back = _take(ghosts, files.session, broken)
    assert back.pairs[0].error is None
    assert _ghosts(ghosts, back) == [None, None]
    files.rewrite(1, 0.1)
    assert _ghosts(ghosts, _take(ghosts, files.session, back))[0] is not None
