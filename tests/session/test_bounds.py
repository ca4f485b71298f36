"""Whatever a field of a session file holds: taken, or refused in words, and no more memory than its size explains."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import tracemalloc
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from osisnr_gui.io.errors import MESSAGE_LIMIT, LoadError, SaveError
from osisnr_gui.session import codec, edits
from osisnr_gui.session.codec import SCHEMA, SavedView, load_session, session_bytes
from osisnr_gui.session.session import MAX_DELAY, BadChoice, Criterion, Note, Session, Source, limits

MEMORY = 64 << 20
FIELD = "@"
EXTREMES = {
    "zero": "0", "minus one": "-1", "one": "1", "int32": str(1 << 31), "int64": str(1 << 63), "digits": "1" * 5000,
    "large": "1e308", "minus large": "-1e308", "small": "1e-308", "too large": "1e309", "nan": "NaN", "inf": "Infinity",
    "no text": '""', "null byte": '"a\\u0000b"', "true": "true", "null": "null", "list": "[]", "object": "{}",
    "long text": json.dumps("x" * 40_000), "hidden characters": json.dumps("\1" * 5000), "deep": "[" * 900 + "]" * 900,
    "numbers": json.dumps([1] * 6000), "lists": json.dumps([[]] * 6000), "notes": json.dumps([{"start": 1}] * 6000),
    "files": json.dumps([{"path": "a"}] * 1001), "keys": json.dumps({str(k): 1 for k in range(1000)}),
}  # fmt: skip
WHOLE = codec.MAX_BYTES - 200
FULL = {
    "path": json.dumps("a/" * (WHOLE // 2)),
    "numbers": "[" + "1," * (WHOLE // 2 - 1) + "1]",
    "objects": "[" + "{}," * (WHOLE // 3 - 1) + "{}]",
    "deep": "[" * (WHOLE // 2) + "]" * (WHOLE // 2),
    "larger": "[" + "1," * 10**6 + "1]",
}


def parts_of(kind: Any) -> list[Any]:
    """The types a field may have: those of its union, of the items of its list."""
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is tuple:
        return [part for argument in typing.get_args(kind) for part in parts_of(argument)]
    return [kind]


def fields_of(kind: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dataclasses.Field[Any], list[Any]]]:
    """Place, field and types of all fields below a dataclass; "0" : within a list."""
    hints = typing.get_type_hints(kind)
    for spec in dataclasses.fields(kind):
        here, listed = (*place, spec.name), typing.get_origin(hints[spec.name]) is tuple
        yield here, spec, parts_of(hints[spec.name])
        for part in filter(dataclasses.is_dataclass, parts_of(hints[spec.name])):
            yield from fields_of(part, (*here, "0") if listed else here)


FIELDS = [*fields_of(Session, ("session",)), *fields_of(SavedView, ("view",))]
PLACES = {".".join(place): place for place, _, _ in FIELDS} | {name: (name,) for name in ("session", "view", "schema")}


def text_with(place: tuple[str, ...], raw: str) -> str:
    """A session file that holds `raw` in one place."""
    value: Any = FIELD
    for name in reversed(place):
        value = [value] if name == "0" else {name: value}
        if name in ("references", "estimates", "mixture", "notes") and place[-1] not in ("path", "start", "stop"):
            for item in value[name] if isinstance(value[name], list) else [value[name]]:
                if isinstance(item, dict):
                    item |= {"start": 0, "stop": 0} if name == "notes" else {"path": "a.wav"}
    return json.dumps({"schema": SCHEMA, **value}).replace(f'"{FIELD}"', raw)


@pytest.mark.parametrize("name", PLACES)
def test_any_value_in_any_field_is_taken_or_refused_in_words(name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.osisnr"
    for words, raw in EXTREMES.items():
        path.write_text(text_with(PLACES[name], raw))
        with contextlib.suppress(LoadError):
            session, view, _ = load_session(str(path))
            path.write_bytes(session_bytes(session, view, str(path)))
            assert load_session(str(path)) == (session, view, ()), words


@pytest.mark.parametrize("words", FULL)
@pytest.mark.parametrize("name", ["session.notes", "session.references.0.path"])
def test_no_value_takes_more_memory_than_its_file_explains(name: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "x.osisnr"
    path.write_text(text_with(PLACES[name], FULL[words]))
    tracemalloc.start()
    try:
        with pytest.raises(LoadError) as caught:
            load_session(str(path))
        assert len(str(caught.value)) <= MESSAGE_LIMIT
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


def test_what_cannot_be_read_again_is_not_saved() -> None:
    with pytest.raises(SaveError, match="more than 512 KiB; shorten its notes"):
        session_bytes(Session(notes=(Note(0.0, 1.0, "x" * codec.MAX_BYTES),)), SavedView(), "/a/x.osisnr")


def test_silence_of_zeros_only_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "x.osisnr"
    path.write_bytes(session_bytes(Session(silence_db=float("inf")), SavedView(), str(path)))
    assert load_session(str(path))[0].silence_db == float("inf")


def test_edits_stay_within_the_bounds() -> None:
    session = edits.set_limit(Session(estimates=(Source("/e.wav"),)), -1e9)
    assert session.threshold_db == limits(Session, "threshold_db")[0]
    session = edits.set_limit(edits.set_bad(session, criterion=Criterion.LOSS), float("inf"))
    assert session.bad.loss_limit == limits(BadChoice, "loss_limit")[1]
    assert edits.nudge(session, session.estimates[0], 1 << 60).estimates[0].delay == MAX_DELAY


def test_every_field_states_its_bound() -> None:
    for place, spec, kinds in FIELDS:
        # A place that is no reference's, or no estimate's, means none there.
        if {int, float} & set(kinds) and spec.name not in ("pairing", "hidden"):
            assert "range" in spec.metadata, place
        if {str, ...} & set(kinds):
            assert {"most", "choices"} & set(spec.metadata), place
