"""What is told of a file that could not be read or written."""

from __future__ import annotations

import pytest

from osisnr_gui.io.errors import Phrase, SaveError
from osisnr_gui.text import catalogue
from osisnr_gui.text.files import error_words

ERRORS = [
    SaveError("/x/a.csv", Phrase("not saved: the disk is full"), Phrase("make room")),
    SaveError("/x/a.csv", "plain \x1b[0m words", "make room"),
]


@pytest.mark.parametrize("error", ERRORS)
def test_in_english_it_is_the_error_itself(error: SaveError) -> None:
    assert error_words(error) == str(error)


def test_detail_and_remedy_are_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_chosen", catalogue.PseudoTranslation())
    words = error_words(ERRORS[0])
    assert "a.csv" in words
    assert "disk" not in words
    assert "room" not in words
    assert len(error_words(SaveError("/x/a.csv", Phrase("x" * 400), "make room"))) <= 300
