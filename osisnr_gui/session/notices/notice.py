"""What a notice is: a sentence about something that was adapted or looks wrong, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from osisnr_gui.session.session import Session, Source


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: its label and the edit it makes."""

    label: str
    edit: Callable[[Session], Session]


@dataclass(frozen=True, slots=True)
class Notice:
    """code : as in the JSON; source : the file it concerns, None for all; severity "note" or "warning".

    place : the stretch of the time axis it is about, in seconds; None when it is about all of it.
    """

    code: str
    message: str
    source: Source | None = None
    severity: str = "note"
    remedies: tuple[Remedy, ...] = ()
    place: tuple[float, float] | None = None


def signed(value: float, form: str) -> str:
    """A number with a true minus sign: `signed(-0.5, ".1f")`. A whole sentence may name a file with a hyphen."""
    return format(value, form).replace("-", "\u2212")
