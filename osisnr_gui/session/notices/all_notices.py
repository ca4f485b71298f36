"""What was adapted, and what looks wrong: one notice each, with figures, remedies and, where it makes sense, an undo.

A remedy is an edit of the session: the banner that shows it, the command line and undo all take the same path. To add a
notice: a function that finds it, in one of the modules beside this one, and its place in a table below.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from osisnr_gui.io.errors import N_, Phrase
from osisnr_gui.session import edits
from osisnr_gui.session.comparison.speakers import like, order_sentence
from osisnr_gui.session.edits import Edit
from osisnr_gui.session.guess import Role
from osisnr_gui.session.matching import order_words
from osisnr_gui.session.notices import file_notices as of_file
from osisnr_gui.session.notices import pair_notices as of_pair
from osisnr_gui.session.notices.file_notices import Case
from osisnr_gui.session.result import Analysis, Notice, Remedy
from osisnr_gui.session.session import Formula, Session
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.words import joined

__all__ = ["Notice", "Remedy", "find_notices", "gather"]

# Of many estimates, with one remedy that serves all of them.
ABOUT_LITERAL = ("literal_not_meaningful", "quiet")
# Of many estimates, each with a remedy of its own of the same name.
ALIKE = ("gain", "polarity", "delay", "aligned", "level_matched", "flipped", "length_mismatch", "sample_rate_mismatch")

Finder = Callable[[Case], Iterator[Notice]]
#: Of every file.
FILE_FINDERS: tuple[Finder, ...] = (of_file.find_turned_or_offset, of_file.find_extremes)
#: Of what was done to a file that is no estimate; of an estimate its pair tells more.
CHANGE_FINDERS: tuple[Finder, ...] = (of_file.find_moved_file, of_file.find_scaled, of_file.find_flipped)
#: Of an estimate and its reference.
PAIR_FINDERS: tuple[Finder, ...] = (
    of_pair.find_moved,
    of_pair.find_late,
    of_pair.find_unlike,
    of_file.find_flipped,
    of_pair.find_polarity,
    of_file.find_scaled,
    of_pair.find_gain,
    of_pair.find_one_frame,
    of_pair.find_roles,
)


def find_notices(analysis: Analysis) -> tuple[Notice, ...]:
    """All notices of an analysis: of masks beside a mixture, of the references, then each estimate's, the mixture's,
    then those about the result.

    Of the mixture against each reference the first speaks for all.
    """
    session = analysis.session
    references = [Case(session, track, Role.REFERENCE, track, track.name) for track in analysis.references]
    estimates = [
        Case(session, pair.estimate, Role.ESTIMATE, pair.reference, _name(session, pair.estimate), pair)
        for pair in analysis.pairs
    ]
    mixture = _mixture_case(analysis)
    grid = None if mixture is None else of_file.mask_grid_notice(replace(mixture, reference=analysis.reference))
    order = find_assignment_notice(analysis)
    found = [] if grid is None else [grid]
    for case in references:
        found += _file_notices(case)
    found += [] if order is None else [order]
    # Speakers in another order are unrelated only to those they are compared with.
    finders: tuple[Finder, ...] = (
        PAIR_FINDERS if order else (*PAIR_FINDERS, partial(of_pair.find_unrelated, analysis=analysis))
    )
    for case in estimates:
        found += _file_notices(case) + _fit_notices(case, finders)
    if mixture is not None:
        found += _file_notices(mixture) + _fit_notices(mixture, (of_pair.find_unlike,))
    if orders := order_sentence(analysis.pairs):
        template = N_("The order depends on the figure (exact, active frames): {orders}; the mean misleads most")
        found.append(Notice("order", Phrase(template, orders=orders)))
    if session.loss.formula is Formula.LITERAL:
        plain = [replace(case, name=case.track.name) for case in estimates]
        for find in (of_pair.find_not_meaningful, of_pair.find_quiet):
            found += [notice for case in plain for notice in find(case)]
    return tuple(found)


def find_assignment_notice(analysis: Analysis) -> Notice | None:
    """Speakers that seem to be in another order; applied on a click only."""
    matching, partners = analysis.matching, analysis.session.partners
    if matching is None:
        return None
    best, gain = matching.best, matching.gain_db(partners)
    known = all(not np.isnan(matching.si_snr_db[place, i]) for i, place in enumerate(best.places))
    if best.places == partners or not gain > of_pair.SURE_GAIN_DB or not known:
        return None
    template = N_(
        "Speakers in another order? {order}: mean whole-signal SI-SNR {before} → {after} dB "
        "(margin to the next order {margin:.1f} dB)"
    )
    before, after = (of_file.signed(mean_db, ".1f") for mean_db in (best.mean_db - gain, best.mean_db))
    order, margin = order_words(best.places), best.margin_db
    message = Phrase(template, order=order, before=before, after=after, margin=margin)
    apply = Remedy(Phrase("Apply this order"), partial(edits.set_pairing, pairing=best.places))
    return Notice("assignment", message, severity="warning", remedies=(apply,))


def _name(session: Session, track: Track) -> str:
    """A file's name, with the channel where several of one file are compared."""
    if sum(like(other, track.source) for other in session.estimates) < 2:
        return track.name
    return Phrase("{name}: channel {channel}", name=track.name, channel=track.source.channel or 1)


def _mixture_case(analysis: Analysis) -> Case | None:
    """The mixture against the first reference; no reference where the two could not be opened."""
    track, pair = analysis.mixture, next(iter(analysis.unprocessed), None)
    if track is None:
        return None
    return Case(analysis.session, track, Role.MIXTURE, None if pair is None else pair.reference, track.name, pair)


def _told(finders: Iterable[Finder], case: Case) -> list[Notice]:
    return [notice for find in finders for notice in find(case)]


def _file_notices(case: Case) -> list[Notice]:
    """What a file gives rise to in one role; its remedies leave its other role alone."""
    if case.track.error is not None:
        return [of_file.refused_notice(case, case.track.error)]
    found = [of_file.warning_notice(case, warning) for warning in case.track.warnings]
    found += _told(FILE_FINDERS, case)
    return found if case.role is Role.ESTIMATE else found + _told(CHANGE_FINDERS, case)


def _fit_notices(case: Case, finders: Iterable[Finder]) -> list[Notice]:
    """What a file and its reference give rise to together."""
    pair, reference = case.pair, case.reference
    if pair is None or reference is None or (case.role is Role.MIXTURE and reference.error is not None):
        return []
    return _told((of_pair.find_refused_pair,) if pair.error is not None else finders, case)


def gather(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """For banners: one notice where several estimates give rise to the same one with remedies of the same names."""
    groups: dict[object, list[Notice]] = {}
    for notice in notices:
        # Of each channel of one file, with one remedy.
        place = notice.source.path if notice.source and notice.code == "channels" else notice.source
        key: object = notice.code, place, notice.message
        if notice.code in ABOUT_LITERAL + ALIKE:
            key = notice.code, tuple(remedy.label for remedy in notice.remedies)
        groups.setdefault(key, []).append(notice)
    return tuple(_gathered(*group) for group in groups.values())


def _gathered(first: Notice, *others: Notice) -> Notice:
    if not others or first.code == "channels":
        return first
    group, remedies = (first, *others), first.remedies
    if first.code in ALIKE:
        labels = [Phrase("{remedy} (all {n})", remedy=remedy.label, n=len(group)) for remedy in remedies]
        same = zip(*([remedy.edit for remedy in notice.remedies] for notice in group), strict=True)
        remedies = tuple(Remedy(x, partial(_edit_all, alike=alike)) for x, alike in zip(labels, same, strict=True))
    return replace(first, message=joined([notice.message for notice in group], "\n"), remedies=remedies)


def _edit_all(session: Session, alike: Iterable[Edit]) -> Session:
    for edit in alike:
        session = edit(session)
    return session
