"""Session -> Session: every change a user can make, as a pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from osisnr_gui.core.loss import check_gamma
from osisnr_gui.core.mc_mse import check_alpha
from osisnr_gui.session.guess import Role, guess_roles
from osisnr_gui.session.session import Formula, Lengths, Session, Source

Edit = Callable[[Session], Session]


def open_files(session: Session, paths: list[str]) -> Session:
    """A new set of files, roles guessed from their names; loss and view settings stay."""
    empty = replace(
        session, references=(), estimates=(), mixture=None, framing=replace(session.framing, representation=None)
    )
    return add_files(empty, paths)


def add_files(session: Session, paths: list[str]) -> Session:
    """More files beside those already open; a path that is open already is not added twice."""
    known = {source.path for source in session.sources}
    fresh = [path for path in dict.fromkeys(paths) if path not in known]
    roles = guess_roles(fresh, has_reference=bool(session.references), has_mixture=session.mixture is not None)
    references, estimates, mixture = list(session.references), list(session.estimates), session.mixture
    for path, role in zip(fresh, roles, strict=True):
        if role is Role.REFERENCE:
            references.append(Source(path))
        elif role is Role.MIXTURE:
            mixture = Source(path)
        else:
            estimates.append(Source(path))
    return replace(session, references=tuple(references), estimates=tuple(estimates), mixture=mixture)


def role_of(session: Session, source: Source) -> Role:
    """The role a source of the session has."""
    if source in session.references:
        return Role.REFERENCE
    return Role.MIXTURE if source == session.mixture else Role.ESTIMATE


def set_role(session: Session, source: Source, role: Role) -> Session:
    """Give a source another role; the reference it displaces becomes an estimate, so that no file is lost."""
    present = role_of(session, source)
    if present is role:
        return session
    # Only from this role: a file may stand in two.
    if present is Role.REFERENCE:
        session = replace(session, references=tuple(other for other in session.references if other != source))
    elif present is Role.MIXTURE:
        session = replace(session, mixture=None)
    else:
        session = replace(session, estimates=tuple(other for other in session.estimates if other != source))
    if role is Role.REFERENCE:
        return replace(session, references=(source,), estimates=session.references + session.estimates)
    if role is Role.MIXTURE:
        displaced = () if session.mixture is None else (session.mixture,)
        return replace(session, mixture=source, estimates=session.estimates + displaced)
    return replace(session, estimates=(*session.estimates, source))


def swap(session: Session, estimate: Source) -> Session:
    """Let the reference and one estimate change places."""
    if session.reference is None or estimate not in session.estimates:
        return session
    reference = session.reference
    estimates = tuple(reference if source == estimate else source for source in session.estimates)
    return replace(session, references=(estimate, *session.references[1:]), estimates=estimates)


def remove(session: Session, source: Source) -> Session:
    """Close one file."""
    return replace(
        session,
        references=tuple(other for other in session.references if other != source),
        estimates=tuple(other for other in session.estimates if other != source),
        mixture=None if session.mixture == source else session.mixture,
    )


def change_source(session: Session, source: Source, **changes: Any) -> Session:
    """Read one file in another way (channel, key, transpose, delay)."""
    changed = replace(source, **changes)

    def swapped(sources: tuple[Source, ...]) -> tuple[Source, ...]:
        return tuple(changed if other == source else other for other in sources)

    mixture = changed if session.mixture == source else session.mixture
    return replace(
        session, references=swapped(session.references), estimates=swapped(session.estimates), mixture=mixture
    )


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


def set_threshold(session: Session, threshold_db: float) -> Session:
    """Exact OSI-SNR in dB under which an active frame is bad."""
    return replace(session, threshold_db=float(threshold_db))


def set_silence(session: Session, silence_db: float) -> Session:
    """Level below a signal's loudest frame, in dB, from which on a frame is silent."""
    return replace(session, silence_db=float(silence_db))


def set_lengths(session: Session, lengths: Lengths) -> Session:
    """Common start, pad with zeros, or refuse."""
    return replace(session, lengths=lengths)
