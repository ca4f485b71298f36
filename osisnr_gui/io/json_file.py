"""JSON files, read strictly within bounds, written as readable text; and journals.

Written lists of plain values take one line each. A journal has lines of JSON that survive whatever kills the program:
each is there as a whole or not at all.
"""

import contextlib
import json
import math
import os
import zlib
from collections.abc import Iterator
from typing import IO, Any, NoReturn

from .errors import LoadError, Phrase, Reason
from .files import Closing, OpenFile, save_error, write_atomically

MAX_JSON_BYTES = 10 * 2**20
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_REMEDY = Phrase("choose a file that this program saved, or mend it in a text editor")

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def load_json(path: str, max_bytes: int = MAX_JSON_BYTES) -> Json:
    """The value in a JSON file of at most `max_bytes` (10 MiB), UTF-8 with or without a byte order mark.

    Refused beyond what JSON itself refuses: NaN and Infinity, numbers too large for float64, an object that names a
    key twice.

    Raises LoadError, from io's OpenFile, or TOO_LARGE, or CORRUPT with line and column.
    """
    with OpenFile(path) as source:
        if source.size > max_bytes:
            detail = Phrase("the file is too large for this (more than {limit} KiB)", limit=max_bytes >> 10)
            raise LoadError(Reason.TOO_LARGE, path, detail, _REMEDY)
        data = source.read_at(0, max_bytes)
    return parse_json(data, path)


def parse_json(data: bytes, path: str) -> Json:
    """The value in the content of a JSON file, or of a part of the file `path`. Raises LoadError as `load_json`."""
    try:
        text = data.decode("utf-8-sig")
        value: Json = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_finite, parse_int=_integer
        )
        return value
    except UnicodeDecodeError as error:
        detail = Phrase("byte {place} is not UTF-8 text", place=error.start + 1)
    except json.JSONDecodeError as error:
        detail = Phrase("line {line}, column {column}: no valid JSON", line=error.lineno, column=error.colno)
    except RecursionError:
        detail = Phrase("lists or objects are nested too deeply")
    except ValueError as error:  # of the functions below: what Python's parser would take
        detail = error.args[0]
    raise LoadError(Reason.CORRUPT, path, detail, _REMEDY)


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(Phrase("the key {key!r} appears twice", key=key[:40]))
        result[key] = value
    return result


def _constant(name: str) -> NoReturn:
    raise ValueError(Phrase("{text} is not a JSON number", text=name))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(Phrase("the number {text} is too large", text=text[:20]))
    return number


def _integer(text: str) -> int:
    # int() of thousands of digits takes long and raises in its own words.
    if len(text) > 19:
        raise ValueError(Phrase("the number {text} is too large", text=f"{text[:20]}…"))
    return int(text)


def json_bytes(value: Json) -> bytes:
    """`value` as UTF-8 with a final newline; keys keep their order.

    A name that is not valid Unicode (a lone surrogate, as Python gives undecodable bytes of a path) is written as a
    JSON escape such as \\udcff, which Python's json reads back to the same path.

    Raises ValueError for a number that is not finite: whoever builds the value writes null for it.
    """
    return b"".join(json_parts(value))


def json_parts(value: Json) -> Iterator[bytes]:
    """`json_bytes` piece by piece: hours of frames need not stand in memory twice."""
    for text in _texts(value, ""):
        yield text.encode("utf-8")
    yield b"\n"


def plain_text(value: Json) -> str:
    """A value on one line, without a newline, safe to encode as UTF-8."""
    if type(value) is float and math.isfinite(value):
        return repr(value)  # what json writes, without its detour: most values of a report are numbers
    text = _ENCODER.encode(value)
    return text.encode("utf-8", "backslashreplace").decode()


def _texts(value: Json, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        ends, items = "{}", [(f"{plain_text(key)}: ", item) for key, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        ends, items = "[]", [("", item) for item in value]
    else:
        yield plain_text(value)
        return
    mark, deeper = ends[0], indent + "  "
    for name, item in items:
        yield f"{mark}\n{deeper}{name}"
        yield from _texts(item, deeper)
        mark = ","
    yield f"\n{indent}{ends[1]}"


Entry = dict[str, Any]


class Journal(Closing):
    """Appends entries to the file `path`, which begins with `head`; `found` : the entries that are there already.

    Entries of a file that begins with another head are of no use: `is_stale` tells, and the file is begun anew.
    Every line carries a CRC-32, so that one torn by a power failure is as good as absent.

    Raises SaveError.
    """

    def __init__(self, path: str, head: Entry) -> None:
        self.path = path
        lines = _whole_lines(path)
        self.is_stale = bool(lines) and lines[0] != head
        self.found = [] if self.is_stale else lines[1:]
        # What is torn or stale goes first: an entry must not be appended to half a line.
        write_atomically(path, (_line(entry) for entry in (head, *self.found)))
        try:
            self._file: IO[bytes] = open(path, "ab", buffering=0)  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise save_error(path, error) from None

    def add(self, entry: Entry) -> None:
        """Append an entry; from then on a killed process does not lose it. Raises SaveError."""
        try:
            self._file.write(_line(entry))
        except OSError as error:
            raise save_error(self.path, error) from None

    def close(self) -> None:
        """Close the file; it stays for the next time."""
        self._file.close()

    def remove(self) -> None:
        """Close the file and forget it, once what it was for is safe elsewhere."""
        self.close()
        os.unlink(self.path)


def _line(entry: Entry) -> bytes:
    text = json.dumps(entry, allow_nan=False).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _whole_lines(path: str) -> list[Entry]:
    """The entries of a file; nothing of one that is not there, and none after the first line that was torn."""
    entries: list[Entry] = []
    with contextlib.suppress(OSError, ValueError), open(path, "rb") as file:
        for line in file:
            crc, _, text = line.rstrip(b"\n").partition(b" ")
            if not line.endswith(b"\n") or crc != b"%08x" % zlib.crc32(text):
                break
            entry = json.loads(text)
            if not isinstance(entry, dict):
                break
            entries.append(entry)
    return entries
