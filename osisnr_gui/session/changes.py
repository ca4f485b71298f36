"""What differs between two analyses, by identity: a result whose inputs did not change is the same object as before."""

from collections.abc import Callable, Sequence
from enum import Flag, auto
from operator import attrgetter, is_

from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis

#: Of a pair, beside the files and its score: what comes of reading the files.
_found_of = attrgetter("frames", "pictures", "whole", "delay", "error", "sample_rate", "reference")
#: Of a session, beside the files: what reading them, and which frames count, depends on.
_reading_of = attrgetter("framing", "mask_grid", "silence_db", "lengths", "same_rate_only")
#: Of a session: which files there are, in which roles.
_files_of = attrgetter("references", "estimates", "mixture", "pairing")
#: Of an analysis, beside the pairs: what comes of reading the files.
_results_of = attrgetter("alone", "matching")


class Changed(Flag):
    """Parts of an analysis that a view can depend on.

    FILES : which files there are, in which roles, and what is known of them. FRAMES : what the passes over them found,
    the silence limit, how far the run is. LEADING : which named result leads. LOSS : alpha, gamma, method, and the
    losses. BAD : which frames are bad, and the limits. NOTES, NOTICES : what they are called. VIEW : which estimate is
    in view, which is no part of an analysis.
    """

    NONE = 0
    FILES = auto()
    FRAMES = auto()
    LEADING = auto()
    LOSS = auto()
    BAD = auto()
    NOTES = auto()
    NOTICES = auto()
    VIEW = auto()
    ALL = FILES | FRAMES | LEADING | LOSS | BAD | NOTES | NOTICES | VIEW


#: Shows an analysis with one estimate in view.
Show = Callable[[Analysis, int], object]
#: What is to be called whenever something of this changed.
Part = tuple[Show, Changed]


def find_changes(before: Analysis, after: Analysis) -> Changed:
    """Which parts of `after` are not those of `before`."""
    if after is before:
        return Changed.NONE
    old, new = before.session, after.session
    found = _pair_changes(before.pairs, after.pairs) | _pair_changes(before.unprocessed, after.unprocessed)
    other_files = _files_of(old) != _files_of(new) or before.mixture is not after.mixture
    same_run = before.complete == after.complete and before.framing == after.framing
    same_results = _are_same(_results_of(before), _results_of(after)) and _are_same(before.best, after.best)
    differs = {
        Changed.FILES: other_files or not _are_same(before.references, after.references),
        Changed.FRAMES: not (same_run and same_results and _reading_of(old) == _reading_of(new)),
        Changed.LEADING: new.loss.formula is not old.loss.formula,
        Changed.LOSS: new.loss != old.loss,
        Changed.BAD: new.threshold_db != old.threshold_db or new.bad != old.bad,
        Changed.NOTES: new.notes != old.notes,
        Changed.NOTICES: after.notices is not before.notices,
    }
    for part, is_other in differs.items():
        if is_other:
            found |= part
    return found


def _pair_changes(before: Sequence[PairAnalysis], after: Sequence[PairAnalysis]) -> Changed:
    """Of every pair: its file, what the pass found, its score."""
    if len(before) != len(after):
        return Changed.FILES | Changed.FRAMES | Changed.LOSS | Changed.BAD
    found = Changed.NONE
    for old, new in zip(before, after, strict=True):
        if old.estimate is not new.estimate:
            found |= Changed.FILES
        if not _are_same(_found_of(old), _found_of(new)):
            found |= Changed.FRAMES
        a, b = old.score, new.score
        if a is not None and b is not None and a.facts is b.facts:
            found |= Changed.NONE if a.literal is b.literal else Changed.LOSS
            found |= Changed.NONE if a.bad is b.bad else Changed.BAD
        elif a is not b:
            found |= Changed.FRAMES | Changed.LOSS | Changed.BAD
    return found


def _are_same(before: Sequence[object], after: Sequence[object]) -> bool:
    return len(before) == len(after) and all(map(is_, before, after))
