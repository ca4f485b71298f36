"""Finds translations of templates (gettext); English is the original.

The language is that of the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG), as everywhere in gettext, and chosen
once. `LANGUAGE=xx` is a pseudo-language, made here: accents and brackets around every template, forty per cent longer,
so that one sees what was missed and what has no room.
"""

import gettext as library
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from osisnr_gui.io.errors import Phrase
from osisnr_gui.paths import resource_path

DOMAIN = "osisnr_gui"
PSEUDO_LANGUAGE = "xx"
LONGER_BY = 0.4
_ACCENTS = str.maketrans("aceinouyzACEINOUYZ", "åçéîñöûýžÅÇÉÎÑÖÛÝŽ")
#: What must stay as it is: places, percent signs, tags, shortcuts, line ends.
_KEPT = re.compile(r"(\{[^{}]*\}|%\(\w+\)[rs]|%[rs]|<[^<>]*>|&\w+;|Ctrl\+\S*|Shift\+\S*|Alt\+\S*|\n)")


class PseudoTranslation(library.NullTranslations):
    """Accents and brackets in place of a translation."""

    def gettext(self, message: str) -> str:
        """`message` as it would look translated into a longer language."""
        if not message.strip():
            return message
        parts = _KEPT.split(message)
        accented = "".join(part if k % 2 else part.translate(_ACCENTS) for k, part in enumerate(parts))
        return f"[{accented}{'·' * round(LONGER_BY * len(message))}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form for `n`, accented."""
        return self.gettext(msgid1 if n == 1 else msgid2)


ENGLISH = library.NullTranslations()
_override: ContextVar[library.NullTranslations | None] = ContextVar("translation", default=None)


def _find() -> library.NullTranslations:
    wanted = next(filter(None, map(os.environ.get, ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if wanted.split(":")[0] == PSEUDO_LANGUAGE:
        return PseudoTranslation()
    try:
        folder = resource_path("translations")
    except FileNotFoundError:
        return ENGLISH
    return library.translation(DOMAIN, folder, fallback=True)


_chosen = _find()


def _(template: str) -> str:
    """The translation of a template."""
    return (_override.get() or _chosen).gettext(template)


def ngettext(one: str, many: str, n: int) -> str:
    """The translation of the template for `n` things."""
    return (_override.get() or _chosen).ngettext(one, many, n)


def translated(phrase: str, others: Mapping[str, str] | None = None) -> str:
    """An English phrase of a lower layer in the language of the user; a plain string stays as it is.

    others : texts in place of some of its values, and of those of the phrases in it.
    """
    if not isinstance(phrase, Phrase):
        return (others or {}).get(phrase, phrase)
    values = {name: translated(v, others) if isinstance(v, str) else v for name, v in phrase.values.items()}
    return _(phrase.template).format(**values)


@contextmanager
def english() -> Iterator[None]:
    """Have templates in English, for what programs read (JSON, CSV)."""
    token = _override.set(ENGLISH)
    try:
        yield
    finally:
        _override.reset(token)
