"""Session -> Session: every change a user can make, as a pure function."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from osisnr_gui.core.loss import check_alpha, check_gamma
from osisnr_gui.session.guess import Reading, Role, read_roles
from osisnr_gui.session.masks import mask_times
from osisnr_gui.session.session import BadChoice, Criterion, Formula, MaskGrid, Note, Session, Source, limits

Edit = Callable[[Session], Session]
#: Where the files of a role stand in a session; there is one mixture.
_LISTS: dict[Role | None, str] = {Role.ESTIMATE: "estimates", Role.REFERENCE: "references"}


def open_files(session: Session, paths: list[str], roles: Sequence[Role] | None = None) -> Session:
    """A new set of files, see `add_files`; loss and view settings stay, notes on others do not."""
    framing = replace(session.framing, representation=None)
    files: dict[str, Any] = dict.fromkeys(("references", "estimates", "pairing", "notes", "hidden"), ())
    empty = replace(session, mixture=None, framing=framing, mask_grid=MaskGrid(), roles_guessed=False, **files)
    return add_files(empty, paths, roles)


def open_pair(session: Session, reference: str, estimate: str) -> Session:
    """One reference with one estimate, "" for one that is missing; whatever their names say."""
    sources = [tuple(Source(os.path.abspath(path)) for path in (path,) if path) for path in (reference, estimate)]
    return replace(open_files(session, []), references=sources[0], estimates=sources[1])


def unknown_files(session: Session, paths: list[str]) -> list[str]:
    """The paths that are not open yet, absolute, so that one file has one name."""
    known = {os.path.abspath(source.path) for source in session.sources}
    return [path for path in map(os.path.abspath, paths) if path not in known]


def read_added(session: Session, paths: list[str]) -> Reading:
    """What the names say of the roles of `unknown_files` beside what is open."""
    return read_roles(
        unknown_files(session, paths),
        has_reference=bool(session.references),
        has_estimate=bool(session.estimates),
        has_mixture=session.mixture is not None,
    )


def add_files(session: Session, paths: list[str], roles: Sequence[Role] | None = None) -> Session:
    """More files beside those already open; a file that is open already is not added again.

    One file given twice at once may be reference and estimate (a usual first test), never two estimates. roles : of
    `unknown_files`, chosen by the user; else they are read from the names.
    """
    reading = read_added(session, paths)
    added = dict.fromkeys(zip(unknown_files(session, paths), roles or reading.roles, strict=True))
    references = tuple(Source(path) for path, role in added if role is Role.REFERENCE)
    estimates = tuple(Source(path) for path, role in added if role is Role.ESTIMATE)
    mixture = next((Source(path) for path, role in added if role is Role.MIXTURE), session.mixture)
    changed = _with_files(
        session, references=session.references + references, estimates=session.estimates + estimates, mixture=mixture
    )
    return replace(changed, roles_guessed=session.roles_guessed or (roles is None and not reading.sure))


def _with_files(session: Session, **files: Any) -> Session:
    """Other references or estimates; every estimate that stays keeps its reference where that stays, too.

    While nobody has chosen, a further reference deals the estimates out anew.
    """
    changed = _with_places(session, replace(session, pairing=(), **files))
    if not session.pairing and len(changed.references) > len(session.references):
        return changed
    stays = dict[Source | None, int](reversed([(reference, k) for k, reference in enumerate(changed.references)]))
    pairs = zip(session.estimates, session.partners, strict=True)
    places = {estimate: stays.get(session.references[k]) for estimate, k in pairs if session.references}
    kept = [(places.get(estimate), changed.partner_of(k)) for k, estimate in enumerate(changed.estimates)]
    return set_pairing(changed, tuple(dealt if place is None else place for place, dealt in kept))


def set_files(session: Session, references: tuple[Source, ...], pairs: Sequence[tuple[Source, int]]) -> Session:
    """Other references and estimates, each estimate with the place of its reference."""
    estimates, pairing = tuple(source for source, _ in pairs), tuple(place for _, place in pairs)
    changed = replace(session, references=references, estimates=estimates, pairing=())
    return set_pairing(_with_places(session, changed), pairing)


def _with_places(session: Session, changed: Session) -> Session:
    """`changed`, with what is said of estimates by their places said of their new ones; nothing of those gone."""
    new = changed.estimates
    moved = {place: new.index(source) for place, source in enumerate(session.estimates) if source in new}
    changed = replace(changed, hidden=tuple(sorted(moved[place] for place in session.hidden if place in moved)))
    against = session.bad.against
    return changed if against is None else set_bad(changed, against=moved.get(against))


def toggle_curve(session: Session, place: int) -> Session:
    """Hide the curve of an estimate, or draw it again."""
    return replace(session, hidden=tuple(sorted({*session.hidden} ^ {place})))


def set_pairing(session: Session, pairing: tuple[int, ...]) -> Session:
    """Choose which reference each estimate is compared with."""
    dealt = replace(session, pairing=())
    return dealt if pairing == dealt.partners else replace(session, pairing=pairing)


def set_partner(session: Session, estimate: Source, reference: int) -> Session:
    """Compare one estimate with reference number `reference`."""
    index = session.estimates.index(estimate)
    partners = session.partners
    return set_pairing(session, (*partners[:index], reference, *partners[index + 1 :]))


def role_of(session: Session, source: Source) -> Role:
    """The role a source of the session has; the reference's where it has two."""
    if source in session.references:
        return Role.REFERENCE
    return Role.MIXTURE if source == session.mixture else Role.ESTIMATE


def _standing(session: Session, source: Source, role: Role | None) -> Role | None:
    """The role an edit acts on: the one asked for, else the estimate's, the cheaper to lose; None = it has none."""
    stands = {
        Role.ESTIMATE: source in session.estimates,
        Role.REFERENCE: source in session.references,
        Role.MIXTURE: source == session.mixture,
    }
    return next((kind for kind, there in stands.items() if there and role in (None, kind)), None)


def set_role(session: Session, source: Source, role: Role, present: Role | None = None) -> Session:
    """Give a source another role; the reference it displaces becomes an estimate, so that no file is lost.

    An estimate displaces the reference it is compared with. present : the role it leaves, for a file that stands in
    two.
    """
    present = role_of(session, source) if present is None else present
    if present is role:
        return session
    left = replace(remove(session, source, present), roles_guessed=False)  # a file may stand in two roles
    if role is Role.ESTIMATE:
        return _with_files(left, estimates=(*left.estimates, source))
    if role is Role.MIXTURE:
        estimates = left.estimates if left.mixture is None else (*left.estimates, left.mixture)
        return _with_files(left, mixture=source, estimates=estimates)
    place = session.partner_of(session.estimates.index(source)) if present is Role.ESTIMATE else 0
    old = session.references
    new, displaced = (*old[:place], source, *old[place + 1 :]), old[place : place + 1]
    return _with_files(left, references=new, estimates=displaced + left.estimates)


def add_reference(session: Session, source: Source) -> Session:
    """Make an estimate or the mixture one more reference: another speaker."""
    if source in session.references:
        return session
    mixture = None if source == session.mixture else session.mixture
    estimates = tuple(other for other in session.estimates if other != source)
    return _with_files(session, references=(*session.references, source), estimates=estimates, mixture=mixture)


def swap(session: Session, estimate: Source) -> Session:
    """Let an estimate and the reference it is compared with change places."""
    if not session.references or estimate not in session.estimates:
        return session
    place = session.partner_of(session.estimates.index(estimate))
    reference = session.references[place]
    estimates = tuple(reference if source == estimate else source for source in session.estimates)
    references = (*session.references[:place], estimate, *session.references[place + 1 :])
    return _with_places(session, replace(session, references=references, estimates=estimates, roles_guessed=False))


def remove(session: Session, source: Source, role: Role | None = None) -> Session:
    """Close one file in one role: `role`, else as an estimate where it is one, so that it stays the reference."""
    standing = _standing(session, source, role)
    if standing in _LISTS:
        name = _LISTS[standing]
        return _with_files(session, **{name: tuple(other for other in getattr(session, name) if other != source)})
    return replace(session, mixture=None) if standing is Role.MIXTURE else session


def change_source(session: Session, source: Source, role: Role | None = None, **changes: Any) -> Session:
    """Read one file in another way (channel, key, transpose, delay), in one role, chosen as `remove` does.

    Where the file stands in that role already, read just so, it is there once.
    """
    changed = replace(source, **changes)
    standing = _standing(session, source, role)
    if standing in _LISTS:
        name = _LISTS[standing]
        beside: tuple[Source, ...] = getattr(session, name)
        if changed != source and changed in beside:
            return remove(session, source, standing)
        files: dict[str, Any] = {name: tuple(changed if other == source else other for other in beside)}
        return replace(session, **files)
    return replace(session, mixture=changed) if standing is Role.MIXTURE else session


def set_delay(session: Session, estimate: Source, delay: int) -> Session:
    """Take `delay` samples out of an estimate, whatever is taken out of it now."""
    limited = _inside(Source, "delay", delay)
    estimates = (replace(e, delay=limited) if e.signal == estimate.signal else e for e in session.estimates)
    return replace(session, estimates=tuple(estimates))


def nudge(session: Session, estimate: Source, earlier: int) -> Session:
    """Move an estimate by so many samples, to be compared earlier (or later, below 0) than it is now."""
    now = next((source for source in session.estimates if source.signal == estimate.signal), None)
    return session if now is None else set_delay(session, now, now.delay + earlier)


def set_alpha(session: Session, alpha: float) -> Session:
    """Raises ParameterError outside (0, 1]."""
    check_alpha(alpha)
    return replace(session, loss=replace(session.loss, alpha=float(alpha)))


def set_gamma(session: Session, gamma: float) -> Session:
    """Raises ParameterError below 0."""
    check_gamma(gamma)
    return replace(session, loss=replace(session.loss, gamma=float(gamma)))


def set_method(session: Session, method: int) -> Session:
    """loss_osi method 1 (mean of inverses) or 2 (inverse of mean)."""
    return replace(session, loss=replace(session.loss, method=method))


def set_formula(session: Session, formula: Formula) -> Session:
    """Which of the two named results leads."""
    return replace(session, loss=replace(session.loss, formula=formula))


def set_framing(session: Session, **changes: Any) -> Session:
    """Change n_fft, hop, window or representation; None goes back to the default."""
    return replace(session, framing=replace(session.framing, **changes))


def set_mask_grid(session: Session, n_bins: int, **changes: Any) -> Session:
    """Change what is known of the STFT that masks of `n_bins` bins belong to; notes stay on their frames."""
    grid = replace(session.mask_grid, **changes)
    old, new = mask_times(session.mask_grid, n_bins), mask_times(grid, n_bins)

    def moved(time: float) -> float:
        return new.first + (time - old.first) / old.step * new.step

    notes = tuple(replace(note, start=moved(note.start), stop=moved(note.stop)) for note in session.notes)
    return replace(session, mask_grid=grid, notes=notes)


def set_threshold(session: Session, threshold_db: float) -> Session:
    """Exact OSI-SNR in dB under which an active frame is bad."""
    return replace(session, threshold_db=_inside(Session, "threshold_db", float(threshold_db)))


def set_bad(session: Session, **changes: Any) -> Session:
    """Change which frames are listed as bad: fields of BadChoice."""
    return replace(session, bad=replace(session.bad, **changes))


_SHARES = {Criterion.WORST: "worst_share", Criterion.SHARE: "loss_share"}
_LIMITS = {Criterion.LOSS: "loss_limit", Criterion.DROP: "drop_db", Criterion.AGAINST: "against_db", **_SHARES}


def limit_of(session: Session) -> float:
    """The limit of the criterion in force: dB, a loss, or a share."""
    name = _LIMITS.get(session.bad.criterion)
    return session.threshold_db if name is None else float(getattr(session.bad, name))


def set_limit(session: Session, limit: float) -> Session:
    """Set it."""
    name = _LIMITS.get(session.bad.criterion)
    if name is None:
        return set_threshold(session, limit)
    return set_bad(session, **{name: _inside(BadChoice, name, float(limit))})


def _inside(kind: type, name: str, value: Any) -> Any:
    """The nearest value that a field may have."""
    low, high = limits(kind, name)
    return min(max(value, low), high)


def set_silence(session: Session, silence_db: float) -> Session:
    """Level below a signal's loudest frame, in dB, from which on a frame is silent."""
    return replace(session, silence_db=float(silence_db))


def add_note(session: Session, note: Note) -> Session:
    """One more note, in order of time."""
    return replace(session, notes=tuple(sorted((*session.notes, note), key=attrgetter("start", "stop", "text"))))


def change_note(session: Session, note: Note, text: str) -> Session:
    """Another text for a note."""
    return replace(session, notes=tuple(replace(n, text=text) if n == note else n for n in session.notes))


def remove_note(session: Session, note: Note) -> Session:
    """Delete a note."""
    return replace(session, notes=tuple(other for other in session.notes if other != note))
