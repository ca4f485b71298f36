"""Whatever an option is given: taken, or refused in one line, before any file is opened."""

from __future__ import annotations

import argparse
import contextlib
import tracemalloc

import pytest

from osisnr_gui.cli import batch, score
from osisnr_gui.cli.lines import PATH_LIMIT, TEXT_LIMIT, UsageError
from osisnr_gui.session.session import MAX_FILES

MEMORY = 8 << 20
LONGEST = 131_000  # what Linux takes as one argument
EXTREMES = (
    "0", "-1", "1", "-0.0", str(1 << 31), str(1 << 63), "9" * LONGEST, "1e308", "-1e308", "1e-308", "1e309", "nan",
    "inf", "-inf", "", " ", "x" * LONGEST, "\1" * LONGEST, "a/" * (LONGEST // 2), "\udcff", "True", "None", "[]", "٣",
)  # fmt: skip
FILES = {"score": ["r.wav", "e.wav"], "batch": ["ref", "est", "-o", "out.csv"]}
COMMANDS = {"score": score, "batch": batch}
OPTIONS = [
    (command, action.option_strings[-1])
    for command, module in COMMANDS.items()
    for action in module._parser()._actions
    if not isinstance(action, argparse._HelpAction)
]


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_any_value_of_an_option_is_taken_or_refused_in_words(command: str, option: str) -> None:
    tracemalloc.start()
    try:
        for value in EXTREMES:
            with contextlib.suppress(UsageError):
                COMMANDS[command].parse([*FILES[command], f"{option}={value}"])
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


def test_a_refusal_is_one_line_however_long_the_value() -> None:
    for value in EXTREMES:
        with pytest.raises(UsageError) as caught:
            score.parse([*FILES["score"], f"--method={value or 3}" if value != "1" else "--method=3"])
        assert "\n" not in caught.value.line
        assert len(caught.value.line) < PATH_LIMIT + TEXT_LIMIT + 20


def test_more_files_than_a_session_holds_are_refused() -> None:
    with pytest.raises(UsageError, match=f"{MAX_FILES + 1} files") as caught:
        score.parse([f"{k}.wav" for k in range(MAX_FILES + 1)])
    assert caught.value.remedy.startswith(f"give no more than {MAX_FILES}")
