"""Templates are found in the language of the user; lower layers say theirs in English with values."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import pytest

from osisnr_gui.io.errors import Phrase, phrase_from_json, phrase_to_json
from osisnr_gui.text import catalogue
from osisnr_gui.text.catalogue import PseudoTranslation, english, translated


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_chosen", PseudoTranslation())


def test_a_phrase_is_its_english() -> None:
    phrase = Phrase("only {n} samples could be read", n=5)
    assert phrase == "only 5 samples could be read"
    assert translated(phrase) == phrase
    assert translated("a file name") == "a file name"
    again = pickle.loads(pickle.dumps(phrase))
    assert (again, again.template, again.values) == (phrase, phrase.template, phrase.values)


def test_a_phrase_passes_through_json_with_what_it_holds() -> None:
    phrase = Phrase("{n} of {shape}", n=2, shape=Phrase("a single number"))
    again = phrase_from_json(json.loads(json.dumps(phrase_to_json(phrase))))
    assert (again, again.template, again.values) == (phrase, phrase.template, phrase.values)
    assert again.values["shape"].template == "a single number"
    assert phrase_from_json(phrase_to_json("plain")) == "plain"


@pytest.mark.usefixtures("pseudo")
def test_places_tags_and_shortcuts_survive_another_language() -> None:
    assert "{n}" in catalogue._("only {n} samples (Ctrl+R)")
    assert "Ctrl+R" in catalogue._("only {n} samples (Ctrl+R)")
    assert "<b>" in catalogue._("<b>Open</b>")
    assert catalogue.ngettext("{n} frame", "{n} frames", 2) == catalogue._("{n} frames")


@pytest.mark.usefixtures("pseudo")
def test_phrases_are_translated_with_their_values() -> None:
    inner = Phrase("a hop of {hop} or more", hop=64)
    shown = translated(Phrase("choose {way}, or cut the file", way=inner))
    assert "64" in shown
    assert "choose" not in shown
    assert "hop" not in shown


@pytest.mark.usefixtures("pseudo")
def test_what_programs_read_is_english() -> None:
    with english():
        assert catalogue._("loss") == "loss"
    assert catalogue._("loss") != "loss"


@pytest.mark.parametrize(("language", "start"), [("xx", "["), ("en_GB", "L"), ("C", "L"), ("de_XX", "L")])
def test_the_environment_chooses(language: str, start: str) -> None:
    code = "from osisnr_gui.text.catalogue import _; print(_('Loss'))"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        env={"LANGUAGE": language},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(start)
