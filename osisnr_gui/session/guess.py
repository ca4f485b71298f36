"""Guesses the roles of files from their names."""

from __future__ import annotations

import os
import re
from enum import StrEnum


class Role(StrEnum):
    """What a file is to the comparison."""

    REFERENCE = "reference"
    ESTIMATE = "estimate"
    MIXTURE = "mixture"


# Words as they stand between separators in names from training runs and corpora; the first line that matches wins.
_WORDS: dict[Role, str] = {
    Role.ESTIMATE: "est estimate estimated enh enhanced out output pred separated processed denoised",
    Role.REFERENCE: "ref reference clean target tgt gt truth nearend irm ibm psm cirm s1 s2 source",
    Role.MIXTURE: "mix mixture noisy mic input unprocessed",
}


def name_role(path: str) -> Role | None:
    """The role the name alone suggests, or None."""
    stem = os.path.splitext(os.path.basename(path))[0].lower()
    words = set(re.split(r"[^a-z0-9]+", stem))
    return next((role for role, known in _WORDS.items() if not words.isdisjoint(known.split())), None)


def guess_roles(
    paths: list[str], *, has_reference: bool = False, has_estimate: bool | None = None, has_mixture: bool = False
) -> list[Role]:
    """A role for every path: names decide, then order (the first is the reference, the rest are estimates).

    has_... : what is open already; without a word about estimates, one is taken to stand beside a reference. At most
    one mixture is guessed, and several references only where every one of them has its estimate by name: separated
    speakers. Further files that look like one become estimates, and so does a mixture when there would be nothing
    else to compare. A needed reference that no name claims is the first file whose name says nothing, else the first
    that is not called a mixture.
    """
    guesses = [name_role(path) for path in paths]
    several = 1 < guesses.count(Role.REFERENCE) <= guesses.count(Role.ESTIMATE)
    n_files = len(paths) + has_reference + (has_reference if has_estimate is None else has_estimate)
    roles: list[Role] = []
    for guess in guesses:
        if guess is Role.REFERENCE and (several or not has_reference):
            has_reference = True
            roles.append(Role.REFERENCE)
        elif guess is Role.MIXTURE and not has_mixture and n_files > 2:
            has_mixture = True
            roles.append(Role.MIXTURE)
        else:
            roles.append(Role.ESTIMATE)
    if not has_reference:
        free = [i for i, role in enumerate(roles) if role is Role.ESTIMATE]
        ranks = {None: 0, Role.ESTIMATE: 1, Role.MIXTURE: 2}
        if free:
            roles[min(free, key=lambda i: ranks[guesses[i]])] = Role.REFERENCE
    return roles
