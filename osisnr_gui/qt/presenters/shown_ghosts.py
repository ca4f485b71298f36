"""Ghosts as they are drawn: faint lines of what estimates were before their files changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from osisnr_gui.qt.plots.curve_plot import Curve
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.scores import osi_db_of
from osisnr_gui.session.session import Formula, Source
from osisnr_gui.session.several.ghosts import Change, Ghost

#: With more of them only that of the estimate in view is drawn.
MOST_GHOSTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class ShownGhost:
    """A ghost of estimate number `place`, called `name`. facts : under the silence limit in force.

    change : None while it is worked out, and for an estimate that cannot be read.
    """

    place: int
    source: Source
    ghost: Ghost
    name: str
    facts: Facts
    change: Change | None = None


def ghost_of(ghosts: Sequence[ShownGhost], place: int) -> ShownGhost | None:
    """The ghost of estimate number `place`."""
    return next((ghost for ghost in ghosts if ghost.place == place), None)


def ghost_curves(
    ghosts: Sequence[ShownGhost], formula: Formula, selected: int, hidden: frozenset[Source]
) -> list[Curve]:
    """Lines for the plot of OSI-SNR, without those of estimates whose curve is hidden."""
    drawn = [ghost for ghost in ghosts if ghost.source not in hidden]
    if len(drawn) > MOST_GHOSTS:
        drawn = [ghost for ghost in drawn if ghost.place == selected]
    return [
        Curve(
            shown.facts.frames.first_time,
            shown.facts.frames.grid.step,
            osi_db_of(shown.facts, formula),
            shown.place,
            before=shown.name,
        )
        for shown in drawn
    ]
