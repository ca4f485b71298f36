"""What lower layers say: English for logs and programs, with the template and values a translation is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Phrase(str):
    """A formatted English string that remembers its template and the values of its places.

    Phrase("only {n} samples could be read", n=5) == "only 5 samples could be read"
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> Phrase:
        """Format `template` with `values`."""
        phrase = super().__new__(cls, template.format(**values))
        phrase.template, phrase.values = template, values
        return phrase

    def __reduce__(self) -> tuple[object, ...]:
        """Worker processes hand their errors back by pickle."""
        return _made_again, (self.template, dict(self.values))


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


def with_other_values(text: str, others: Mapping[str, str]) -> str:
    """A phrase with other texts in place of some of its values, and of those of the phrases in it."""
    if not isinstance(text, Phrase):
        return others.get(text, text)
    values = dict(text.values)
    for name, value in text.values.items():
        if isinstance(value, str):
            values[name] = with_other_values(value, others)
    return Phrase(text.template, **values)


def _made_again(template: str, values: dict[str, object]) -> Phrase:
    return Phrase(template, **values)


def N_(template: str) -> str:
    """Mark a template of a table, which becomes a Phrase once its values are known."""
    return template
