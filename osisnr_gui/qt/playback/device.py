"""A sound card by name, and the answer that there is none."""

from __future__ import annotations

from typing import NamedTuple


class NoOutput(Exception):  # noqa: N818 - an answer: nothing can be heard, and why
    """Nothing can be heard; `str()` says why, in words that follow "Nothing can be heard:"."""


class Device(NamedTuple):
    """A sound card: an id to remember and a name to show."""

    id: str
    name: str
