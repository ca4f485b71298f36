"""Session <-> JSON. The dataclasses of the session are the schema: a field that is added there is saved and checked.

    {"schema": "osisnr.session/1", "version": program, "session": {...}, "view": {...}}

A path inside the folder of the session file is stored relative to it, so that the folder can be moved or sent as a
whole; any other path is stored as it is. A figure (PNG) has the same inside, with the names of the files only:

    {"hashes": [SHA-256 of each file, null where it is not known], "saved": what is above}
"""

import dataclasses
import functools
import glob
import json
import math
import os
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from osisnr_gui import __version__
from osisnr_gui.io.errors import N_, LoadError, Phrase, Reason, SaveError, printable
from osisnr_gui.io.json_file import Json, json_bytes, load_json, parse_json
from osisnr_gui.io.png_text import PNG_ENDING, text_in
from osisnr_gui.session.session import ANY_TIME, MAX_FILES, Session, Source, at_most, within

SCHEMA = "osisnr.session/1"
ENDING = ".osisnr"
#: So many files of a folder are read to find one that has another name now.
MOST_CANDIDATES = 64
KEYWORD = b"osisnr session"  # of the text in a figure
#: Room for MAX_FILES and as many short notes; the worst of this size is refused in some 30 ms.
MAX_BYTES = 1 << 19
_hints = functools.cache(typing.get_type_hints)
UNKNOWN = N_("{field} is not known")
PLAIN = {
    bool: N_("{field} must be true or false"),
    int: N_("{field} must be a whole number"),
    float: N_("{field} must be a number"),
    str: N_("{field} must be a text"),
}
TOO_LONG = {
    str: N_("{field} must have no more than {most} characters"),
    list: N_("{field} must have no more than {most} entries"),
}
_REMEDY = Phrase("correct it in a text editor, or open the files again and save a new session")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the time axis."""

    start: float = within(dataclasses.MISSING, *ANY_TIME)
    stop: float = within(dataclasses.MISSING, *ANY_TIME)


@dataclass(frozen=True, slots=True)
class Values:
    """The value axis of a row, by its id, that was zoomed by hand."""

    row: str = at_most(100)
    low: float = within(dataclasses.MISSING, -1e12, 1e12)
    high: float = within(dataclasses.MISSING, -1e12, 1e12)


@dataclass(frozen=True, slots=True)
class SavedView:
    """What was on screen. start, stop : visible range; cursor, selection, loop, playhead : on the time axis, too.

    selected : estimate; low, high : visible part of the frequency axis, as shares of it; rows : ids of those shown;
    values : of rows whose value axis is not the automatic one;
    scale, colours : names of the frequency scale and the colour map; floor_db, ceiling_db : of the colours.
    None = not known: everything is shown, and what cannot be shown stays as it is.
    """

    start: float | None = within(None, *ANY_TIME)
    stop: float | None = within(None, *ANY_TIME)
    cursor: float | None = within(None, *ANY_TIME)
    selected: int = within(0, 0, MAX_FILES - 1)
    selection: Stretch | None = None
    loop: Stretch | None = None
    playhead: float | None = within(None, *ANY_TIME)
    low: float = within(0.0, 0.0, 1.0)
    high: float = within(1.0, 0.0, 1.0)
    rows: tuple[str, ...] | None = at_most(100, None)
    values: tuple[Values, ...] = at_most(100, ())
    scale: str | None = at_most(100, None)
    colours: str | None = at_most(100, None)
    floor_db: float | None = within(None, -1000.0, 1000.0)
    ceiling_db: float | None = within(None, -1000.0, 1000.0)


def is_session_file(path: str) -> bool:
    """Whether a name is that of a session file, or of a figure that may hold one."""
    return path.lower().endswith(ENDING) or is_figure(path)


def is_figure(path: str) -> bool:
    """Whether a name is that of a figure that may hold a session."""
    return path.lower().endswith(PNG_ENDING)


def session_bytes(session: Session, view: SavedView, path: str) -> bytes:
    """The content of a session file that will lie at `path`. Raises SaveError for more than can be read again."""
    folder = os.path.dirname(os.path.abspath(path))
    saved = _encode(_with_paths(session, lambda name: _relative(name, folder)))
    data = json_bytes({"schema": SCHEMA, "version": __version__, "session": saved, "view": _encode(view)})
    if len(data) > MAX_BYTES:
        detail = Phrase("not saved: the session takes more than {limit} KiB", limit=MAX_BYTES >> 10)
        raise SaveError(path, detail, Phrase("shorten its notes, or close some files"))
    return data


def figure_text(session: Session, view: SavedView, hashes: Iterable[str | None]) -> bytes:
    """What a figure holds beside the picture. hashes : of `sources`. Raises SaveError as `session_bytes`."""
    named = _with_paths(session, lambda path: os.sep + os.path.basename(path))
    saved = json.loads(session_bytes(named, view, os.sep + PNG_ENDING))
    return json_bytes({"hashes": list(hashes), "saved": saved})


def load_session(path: str) -> tuple[Session, SavedView, tuple[str | None, ...]]:
    """The session in a file or a figure, with absolute paths, what was on screen, and the hashes of `sources`.

    A field that is missing has its default; null stands for an infinite number. Nothing is looked up: whether the files
    exist shows when they are opened. A session file has no hashes.

    Raises LoadError that names the field, its problem and what to do.
    """
    if not is_figure(path):
        return *_session_in(load_json(path, MAX_BYTES), path), ()
    data = text_in(path, KEYWORD, 2 * MAX_BYTES)
    try:
        return _figure_in(None if data is None else parse_json(data, path), path)
    except LoadError as error:
        if error.reason is not Reason.CORRUPT:
            raise
        remedy = Phrase("open a figure that was saved with the session inside")  # no text editor mends it
        raise LoadError(error.reason, path, error.detail, remedy) from None


def _figure_in(value: Json, path: str) -> tuple[Session, SavedView, tuple[str | None, ...]]:
    if not isinstance(value, dict):
        raise LoadError(Reason.CORRUPT, path, Phrase("this picture holds no session"), _REMEDY)
    hashes = _decode(tuple[str | None, ...], value.get("hashes", []), "hashes", path)
    (session, view), folder = _session_in(value.get("saved"), path), os.path.dirname(os.path.abspath(path))
    # Names only, whoever wrote the figure: it must not reach for files elsewhere.
    return _with_paths(session, lambda name: os.path.join(folder, os.path.basename(name))), view, hashes


def _session_in(value: Json, path: str) -> tuple[Session, SavedView]:
    if not isinstance(value, dict) or not isinstance(value.get("schema"), str):
        detail = Phrase('schema is missing: this is no session; open a file that "Save session" made')
        raise LoadError(Reason.CORRUPT, path, detail, _REMEDY)
    schema = str(value["schema"])
    if schema != SCHEMA:
        found = printable(schema, 40)
        detail = Phrase("its schema is {found!r}, this program reads {wanted!r}", found=found, wanted=SCHEMA)
        remedy = Phrase("open it with the version of the program that saved it")
        raise LoadError(Reason.UNKNOWN_FORMAT, path, detail, remedy)
    for key in value:
        if key not in ("schema", "version", "session", "view"):
            raise _wrong(path, printable(key, 40), UNKNOWN)
    folder = os.path.dirname(os.path.abspath(path))
    session = _decode(Session, value.get("session", {}), "session", path)
    view = _decode(SavedView, value.get("view", {}), "view", path)
    for name in (source.path for source in session.sources):
        if not name or "\0" in name:
            raise _wrong(path, "path", N_("{field} is no file name"))
    return _with_paths(session, lambda name: os.path.normpath(os.path.join(folder, name))), view


def relinked(
    session: Session, folder: str, *, hashes: Iterable[str | None], hash_of: Callable[[str], str | None]
) -> tuple[Session, list[str]]:
    """The session with the files that are gone taken from `folder`, or from a folder in it of the name they were in.

    hashes : of the session's `sources`; a file whose hash is known is one of this content in `folder`, or in a
    folder there, whatever it is called. hash_of : of a file. Also gives the paths of the files that are nowhere there.
    """
    missing, wanted = list[str](), iter(hashes)

    def find(path: str) -> str:
        known, parts, ending = next(wanted, None), path.replace("\\", "/").split("/"), os.path.splitext(path)[1]
        places = [path, *(os.path.join(folder, *parts[k:]) for k in range(1, len(parts)))]
        if known is not None:
            inside = [f"{glob.escape(folder)}/{part}{glob.escape(ending)}" for part in ("*", "*/*")]
            places += [place for pattern in inside for place in sorted(glob.glob(pattern))][:MOST_CANDIDATES]
        there = filter(os.path.exists, places)
        found = next((place for place in there if known is None or hash_of(place) == known), None)
        if found is None:
            missing.append(path)
        # Another file of this name must not be scored in its place.
        return found or (path if known is None else os.path.join(folder, known[:8], parts[-1]))

    return _with_paths(session, find), missing


def _relative(name: str, folder: str) -> str:
    inside = os.path.abspath(name).startswith(folder.rstrip(os.sep) + os.sep)
    return os.path.relpath(name, folder).replace(os.sep, "/") if inside else os.path.abspath(name)


def _with_paths(session: Session, change: Callable[[str], str]) -> Session:
    def moved(source: Source) -> Source:
        return dataclasses.replace(source, path=change(source.path))

    return dataclasses.replace(
        session,
        references=tuple(map(moved, session.references)),
        estimates=tuple(map(moved, session.estimates)),
        mixture=None if session.mixture is None else moved(session.mixture),
    )


def _encode(value: Any) -> Json:
    if dataclasses.is_dataclass(value):
        return {field.name: _encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    assert value is None or isinstance(value, bool | int | float | str), f"{value!r} has no place in a session"
    return value


def _decode(kind: Any, value: Any, field: str, path: str) -> Any:
    """`value` as a `kind`: a dataclass, enum, tuple of one kind, union with None, or a plain value."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if value is None and type(None) in arguments:
            return None
        (kind,) = (argument for argument in arguments if argument is not type(None))
        return _decode(kind, value, field, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise _wrong(path, field, N_("{field} must be a list"))
        return tuple(_decode(arguments[0], item, f"{field}[{index}]", path) for index, item in enumerate(value))
    if dataclasses.is_dataclass(kind):
        return _decode_fields(kind, value, field, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        for item in kind:
            if item.value == value:
                return item
        raise _not_among(path, field, [str(item.value) for item in kind])
    return _decode_plain(kind, value, field, path)


def _decode_fields(kind: Any, value: Any, field: str, path: str) -> Any:
    if not isinstance(value, Mapping):
        raise _wrong(path, field, N_("{field} must be an object with named fields"))
    hints = _hints(kind)
    for key in value:
        if key not in hints:
            raise _wrong(path, f"{field}.{printable(key, 40)}", UNKNOWN)
    parts = {}
    for spec in dataclasses.fields(kind):
        if spec.name in value:
            item, name = value[spec.name], f"{field}.{spec.name}"
            if isinstance(item, str | list) and len(item) > spec.metadata.get("most", len(item)):
                raise _wrong(path, name, TOO_LONG[type(item)], most=spec.metadata["most"])
            found = parts[spec.name] = _decode(hints[spec.name], item, name, path)
            low, high = spec.metadata.get("range", (None, None))
            if found is not None and low is not None and not low <= found <= high:
                raise _wrong(path, name, N_("{field} must lie between {low:g} and {high:g}"), low=low, high=high)
            if found not in spec.metadata.get("choices", (found,)):
                raise _not_among(path, name, spec.metadata["choices"])
    try:
        return kind(**parts)
    except TypeError:
        missing = [f.name for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING and f.name not in parts]
        raise _wrong(path, f"{field}.{missing[0]}", N_("{field} is missing")) from None


def _decode_plain(kind: Any, value: Any, field: str, path: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind is float and value is None:
        return math.inf
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _wrong(path, field, PLAIN[kind])
    return value


def _not_among(path: str, field: str, choices: Iterable[str]) -> LoadError:
    return _wrong(path, field, N_("{field} must be one of {choices}"), choices=", ".join(choices))


def _wrong(path: str, field: str, template: str, **values: object) -> LoadError:
    return LoadError(Reason.CORRUPT, path, Phrase(template, field=field, **values), _REMEDY)
