"""What a notice is: a sentence about something that was adapted or looks wrong, and what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from osisnr_gui.io.errors import FileError, Phrase, display_name
from osisnr_gui.session import edits
from osisnr_gui.session.guess import Role
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Notice, Remedy
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.words import error_words

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Found:
    """That a notice applies: what it says, what can be done, and the stretch of time it is about."""

    message: str
    remedies: tuple[Remedy, ...] = ()
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class NoticeKind(Generic[Subject]):
    """One notice. code : as in the JSON. find : looks whether it applies, and says what it says."""

    code: str
    find: Callable[[Subject], Found | None]
    severity: str = "note"

    def notices(self, subject: Subject, source: Source | None = None) -> list[Notice]:
        """The notice where it applies. source : of the file it concerns."""
        found = self.find(subject)
        if found is None:
            return []
        return [Notice(self.code, found.message, source, self.severity, found.remedies, found.place)]


@dataclass(frozen=True, slots=True)
class Case:
    """A file in one role. reference : what it is compared with, itself for a reference; None while there is none.

    name : what notices call it. pair : of an estimate, or of the mixture.
    """

    session: Session
    track: Track
    role: Role
    reference: Track | None
    name: str
    pair: PairAnalysis | None = None

    @property
    def source(self) -> Source:
        """The file."""
        return self.track.source

    @property
    def remove(self) -> Remedy:
        """Close it."""
        return Remedy(Phrase("Remove"), partial(edits.remove, source=self.source, role=self.role))

    def change(self, label: str, **changes: Any) -> tuple[Remedy, ...]:
        """Read it in another way, in this role alone."""
        return (Remedy(label, partial(edits.change_source, source=self.source, role=self.role, **changes)),)

    def error_words(self, error: FileError) -> str:
        """An error of it under the name notices give it."""
        return error_words(error, self.name if display_name(error.path) == self.track.name else "")


def signed(value: float, form: str) -> str:
    """A number with a true minus sign: `signed(-0.5, ".1f")`. A whole sentence may name a file with a hyphen."""
    return format(value, form).replace("-", "\u2212")


def louder(gain_db: float) -> Phrase:
    """ "6.0 dB louder", "6.0 dB quieter"."""
    level = f"{abs(gain_db):.1f}"
    return Phrase("{level} dB louder", level=level) if gain_db > 0 else Phrase("{level} dB quieter", level=level)
