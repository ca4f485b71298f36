"""What lower layers say: English phrases that can be translated, refusals with their reason, warnings; how to stop."""

import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any


class Phrase(str):
    """A formatted English string that remembers its template and the values of its places.

    Phrase("only {n} samples could be read", n=5) == "only 5 samples could be read"
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> "Phrase":
        """Format `template` with `values`."""
        phrase = super().__new__(cls, template.format(**values))
        phrase.template, phrase.values = template, values
        return phrase

    def __reduce__(self) -> tuple[object, ...]:
        """Worker processes hand their errors back by pickle."""
        return partial(Phrase, self.template, **self.values), ()


def phrase_to_json(text: Any) -> Any:
    """A phrase as template and values, for `phrase_from_json`; anything else stays as it is."""
    if not isinstance(text, Phrase):
        return text
    return [text.template, {name: phrase_to_json(value) for name, value in text.values.items()}]


def phrase_from_json(stored: Any) -> Any:
    """What `phrase_to_json` was called of. Raises ValueError and such for what it did not give."""
    if not isinstance(stored, list):
        return stored
    template, values = stored
    return Phrase(template, **{name: phrase_from_json(value) for name, value in values.items()})


def N_(template: str) -> str:
    """Mark a template of a table, which becomes a Phrase once its values are known."""
    return template


Cancel = Callable[[], bool]  # asked now and then; True: stop

REMEDY = Phrase("export or copy the file again")
DAMAGED = Phrase("the file is damaged")
MESSAGE_LIMIT = 300
NAME_LIMIT = 90
# Control, format (bidi), surrogate, private and unassigned characters, and line/paragraph separators:
# none of them may reach a log line, a terminal or a label as they are.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


#: Why a file was refused; the value is the name in lower case, as JSON has it.
Reason = StrEnum(
    "Reason",
    "EMPTY_FILE NOT_A_FILE NOT_FOUND NO_PERMISSION UNKNOWN_FORMAT CORRUPT NO_FRAMES TOO_SHORT BAD_CHANNELS BAD_RATE "
    "NONFINITE TOO_LARGE PICKLE BAD_DTYPE BAD_NDIM EMPTY_ARRAY NO_MATRIX AMBIGUOUS MAT_V73 RAGGED NOT_NUMERIC "
    "ENCRYPTED ALL_NONFINITE",
)


def _escape(char: str) -> str:
    if unicodedata.category(char) not in _HIDDEN:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def printable(text: str, limit: int) -> str:
    """`text` on one line, hidden characters escaped, elided in the middle to at most `limit` characters."""
    # No character gets shorter: what lies further inside is not seen, and need not be gone through.
    ends = text if len(text) <= 2 * limit else text[:limit] + text[-limit:]
    shown = "".join(map(_escape, ends))
    if len(shown) <= limit:
        return shown
    tail = limit // 3
    return shown[: limit - tail - 1] + "…" + shown[-tail:]


def display_name(path: str) -> str:
    """The base name of `path`, safe to show as plain text: escaped, one line, at most 90 characters."""
    name = os.path.basename(path.rstrip("/" + os.sep)) or path
    return printable(name, NAME_LIMIT)


class FileError(Exception):
    """Base of the errors of this package; `str()` is `name: detail; remedy` in English, at most 300 characters.

    detail, remedy : what is wrong and what to do, each a Phrase that can be translated. code : as JSON has it; "pair"
    when the file is sound but does not fit the others or the settings.
    """

    def __init__(self, path: str, detail: str, remedy: str, code: str = "pair") -> None:
        # Not handed on: `args` stay what the class was called with, by which pickle carries it between processes.
        self.path, self.detail, self.remedy, self.code = path, detail, remedy, code

    def __str__(self) -> str:
        name = display_name(self.path)
        room = MESSAGE_LIMIT - len(name) - len(self.remedy) - len(": ; ")
        return f"{name}: {printable(self.detail, max(room, 20))}; {self.remedy}"[:MESSAGE_LIMIT]


class LoadError(FileError):
    """A file was refused.

    `choices` holds the keys to pick from when `reason` is AMBIGUOUS, else it is empty. `looks_paired` : a matrix of
    pairs, which may be real and imaginary parts.
    """

    looks_paired = False

    def __init__(self, reason: Reason, path: str, detail: str, remedy: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(path, detail, remedy, reason.value)
        self.reason, self.choices = reason, choices


def corrupt(path: str, detail: str) -> LoadError:
    """A LoadError CORRUPT with the usual remedy."""
    return LoadError(Reason.CORRUPT, path, detail, REMEDY)


class BrokenOffError(LoadError):
    """Reading came to where a damaged file breaks off. Opened again, it is as long as it can be read."""


class OverwrittenError(LoadError):
    """Samples are missing because the file is another by now than when it was opened."""


def overwritten(path: str) -> OverwrittenError:
    """The refusal of a file that is written while it is read."""
    detail = Phrase("the file changed while it was read")
    return OverwrittenError(Reason.CORRUPT, path, detail, Phrase("wait until it is complete and open it again"))


class SaveError(FileError):
    """A file could not be written; what was there before is untouched."""


class Cancelled(Exception):  # noqa: N818 - no error, an answer
    """The caller's `cancelled()` said so; nothing is wrong with the file."""


def stop_if(cancelled: Cancel | None, path: str = "") -> None:
    """Raise Cancelled once `cancelled()` is true."""
    if cancelled is not None and cancelled():
        raise Cancelled(path)


@contextmanager
def as_load_errors(path: str, detail: str = DAMAGED) -> Iterator[None]:
    """Turn what libraries raise inside into a LoadError: TOO_LARGE for want of memory, else CORRUPT with `detail`."""
    try:
        yield
    except (FileError, Cancelled):
        raise
    except MemoryError:
        detail = Phrase("there is not enough memory to read it")
        remedy = Phrase("close other programs or use a smaller file")
        raise LoadError(Reason.TOO_LARGE, path, detail, remedy) from None
    except Exception:
        raise corrupt(path, detail) from None


@dataclass(frozen=True, slots=True)
class LoadWarning:
    """Something the user must be told although the file was accepted; `code` is upper-case, `message` a Phrase."""

    code: str
    message: str
