"""Times and hashes of files in words."""

from __future__ import annotations

import time

import pytest

from osisnr_gui.session.words import short_moment
from osisnr_gui.text.files import age, file_tip, file_words

NOON = time.mktime((2024, 5, 6, 12, 0, 0, 0, 0, -1))
STAMP = (123_456, round(NOON) * 10**9)
HASH = "3f9ac21e" + 56 * "0"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s ago"),
        (59, "59 s ago"),
        (130, "2 min ago"),
        (2 * 3600 + 59, "2 h ago"),
        (25 * 3600, "1 day ago"),
        (72 * 3600, "3 days ago"),
        (400 * 86_400, ""),
        (-5, ""),
    ],
)
def test_ages(seconds: float, words: str) -> None:
    assert age(seconds) == words


def test_today_has_a_time_and_other_days_a_date() -> None:
    assert short_moment(NOON, NOON + 3600) == "12:00:00"
    assert short_moment(NOON, NOON + 86_400) == "2024-05-06"


def test_a_line_and_the_same_in_full() -> None:
    assert file_words(STAMP, HASH, NOON + 120) == "12:00:00 · 3f9ac21e"
    assert file_words(STAMP, "", NOON + 120) == "12:00:00"
    assert file_words(None, HASH, NOON) == file_tip(None, HASH, NOON) == ""
    full = f"written 2024-05-06 12:00:00 (2 min ago)\n123\u202f456 bytes\nSHA-256 {HASH}"
    assert file_tip(STAMP, HASH, NOON + 120) == full
    assert file_tip(STAMP, "", NOON - 60).endswith("12:00:00\n123\u202f456 bytes\nSHA-256 not known yet")
