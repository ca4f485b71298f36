"""JSON as text: strict, UTF-8, readable, and one line for every list of plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_INDENT = "  "


def json_bytes(value: JsonValue) -> bytes:
    """`value` as UTF-8 with a final newline; keys keep their order.

    A name that is not valid Unicode (a lone surrogate, as Python gives undecodable bytes of a path) is written as a
    JSON escape such as \\udcff, which Python's json reads back to the same path.

    Raises ValueError for a number that is not finite: whoever builds the value writes null for it.
    """
    return b"".join(json_parts(value))


def json_parts(value: JsonValue) -> Iterator[bytes]:
    """`json_bytes` piece by piece: hours of frames need not stand in memory twice."""
    for text in _texts(value, ""):
        yield text.encode("utf-8")
    yield b"\n"


def plain_text(value: JsonValue) -> str:
    """A value on one line, without a newline, safe to encode as UTF-8."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _texts(value: JsonValue, indent: str) -> Iterator[str]:
    deeper = indent + _INDENT
    if isinstance(value, dict) and value:
        mark = "{\n"
        for key, item in value.items():
            yield f"{mark}{deeper}{plain_text(key)}: "
            yield from _texts(item, deeper)
            mark = ",\n"
        yield f"\n{indent}}}"
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        mark = "[\n"
        for item in value:
            yield mark + deeper
            yield from _texts(item, deeper)
            mark = ",\n"
        yield f"\n{indent}]"
    else:
        yield plain_text(value)
