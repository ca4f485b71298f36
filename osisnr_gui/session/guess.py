"""Roles guessed from file names; always shown, always changeable."""

from __future__ import annotations

import os
import re
from enum import StrEnum


class Role(StrEnum):
    """What a file is to the comparison."""

    REFERENCE = "reference"
    ESTIMATE = "estimate"
    MIXTURE = "mixture"


# Words as they stand between separators in names from training runs and corpora; the first table that matches wins.
_WORDS: tuple[tuple[Role, frozenset[str]], ...] = (
    (
        Role.ESTIMATE,
        frozenset(
            {
                "est",
                "estimate",
                "estimated",
                "enh",
                "enhanced",
                "out",
                "output",
                "pred",
                "separated",
                "processed",
                "denoised",
            }
        ),
    ),
    (
        Role.REFERENCE,
        frozenset(
            {
                "ref",
                "reference",
                "clean",
                "target",
                "tgt",
                "gt",
                "truth",
                "nearend",
                "irm",
                "ibm",
                "psm",
                "cirm",
                "s1",
                "s2",
                "source",
            }
        ),
    ),
    (Role.MIXTURE, frozenset({"mix", "mixture", "noisy", "mic", "input", "unprocessed"})),
)


def name_role(path: str) -> Role | None:
    """The role the name alone suggests, or None."""
    stem = os.path.splitext(os.path.basename(path))[0].lower()
    words = {word for word in re.split(r"[^a-z0-9]+", stem) if word}
    for role, known in _WORDS:
        if words & known:
            return role
    return None


def guess_roles(paths: list[str], *, has_reference: bool = False, has_mixture: bool = False) -> list[Role]:
    """A role for every path: names decide, then order (the first is the reference, the rest are estimates).

    At most one reference and one mixture are guessed; further files that look like one become estimates, except that
    with a single reference needed the first file takes it when no name claims it.
    """
    guesses = [name_role(path) for path in paths]
    roles: list[Role] = []
    for guess in guesses:
        if guess is Role.REFERENCE and not has_reference:
            has_reference = True
            roles.append(Role.REFERENCE)
        elif guess is Role.MIXTURE and not has_mixture and len(paths) > 2:
            has_mixture = True
            roles.append(Role.MIXTURE)
        else:
            roles.append(Role.ESTIMATE)
    if not has_reference and roles:
        unclaimed = [i for i, guess in enumerate(guesses) if guess is None and roles[i] is Role.ESTIMATE]
        roles[unclaimed[0] if unclaimed else 0] = Role.REFERENCE
    return roles
