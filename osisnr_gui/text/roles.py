"""What is asked when the names of files do not tell their roles."""

from collections.abc import Sequence

from osisnr_gui.io.errors import NAME_LIMIT, printable
from osisnr_gui.session.guess import Role
from osisnr_gui.text.catalogue import _


def question() -> tuple[str, str]:
    """Title and question."""
    words = _("The names of these files do not tell which one the others are held against.")
    return _("Which file is the reference?"), words


def reading_words(paths: Sequence[str], roles: Sequence[Role]) -> tuple[str, str]:
    """One reading of the roles: what the reference is, and what the others are."""
    named = list(zip(_distinct(paths), roles, strict=True))
    of_role = {role: ", ".join(name for name, its in named if its is role) for role in Role}
    reference = _("{name} is the reference").format(name=of_role[Role.REFERENCE])
    others = [(Role.ESTIMATE, _("estimate: {names}")), (Role.MIXTURE, _("mixture: {names}"))]
    return reference, "; ".join(what.format(names=of_role[role]) for role, what in others if of_role[role])


def _distinct(paths: Sequence[str]) -> list[str]:
    """Base names, or as much of the ends of the paths as tells the files apart; safe to show."""
    parts = [path.replace("\\", "/").split("/") for path in paths]
    depths = range(1, max(map(len, parts), default=1) + 1)
    depth = next((k for k in depths if len({tuple(p[-k:]) for p in parts}) == len(set(paths))), 1)
    return [printable("/".join(p[-depth:]), NAME_LIMIT) for p in parts]
