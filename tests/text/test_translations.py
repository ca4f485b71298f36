"""The template that translators begin with has every sentence of the program; what is not ours is translated, too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from osisnr_gui.cli.lines import UsageError
from osisnr_gui.cli.main import COMMANDS
from osisnr_gui.cli.scoring_options import ARGPARSE_WORDS, Parser
from osisnr_gui.core.stft import WINDOWS
from osisnr_gui.core.types import Representation
from osisnr_gui.export.report_audio import AudioChoice
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.text import catalogue
from osisnr_gui.text.catalogue import PseudoTranslation

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "resources" / "translations" / "osisnr_gui.pot"
#: A word without accents: the pseudo-language leaves no vowel as it is.
PLAIN = re.compile(r"\b[a-z]*[aeiou][a-z]*\b")
#: What is typed: programs, commands, options, their values. Numbers and their units.
VALUES = [*WINDOWS, *Representation, *AudioChoice, *(demo.name for demo in DEMOS), "system", "light", "dark"]
TYPED = re.compile(rf"\bosisnr(-gui)?( ({'|'.join(COMMANDS)}))?\b|--?[a-z-]+|\b({'|'.join(VALUES)})\b")


@pytest.mark.may_skip
def test_the_template_is_up_to_date(tmp_path: Path) -> None:
    pytest.importorskip("babel", reason="Babel is not installed")
    fresh = tmp_path / "fresh.pot"
    command = ["-q", "extract", "-k", "Phrase", "--no-location", "--sort-output", "--omit-header", "-o"]
    arguments = [sys.executable, "-m", "babel.messages.frontend", *command, str(fresh), "osisnr_gui"]
    subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True, timeout=120)
    assert fresh.read_text("utf-8") == TEMPLATE.read_text("utf-8"), "make it anew, see README.md"


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=lambda command: " ".join(command))
def test_help_is_in_the_language(command: list[str]) -> None:
    arguments = [sys.executable, "-m", "osisnr_gui.cli.main", *command, "--help"]
    environment = {**os.environ, "LANGUAGE": "xx", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(arguments, env=environment, capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "ûsågé" in done.stdout
    assert PLAIN.findall(TYPED.sub("", done.stdout)) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--n"], "--n: expected one argument"),
        (["--n", "5"], "--n: invalid choice: '5' (choose from '1', '2')"),
        (["--on=5"], "--on: ignored explicit argument '5'"),
        (["--on", "--off"], "--off: not allowed with argument --on"),
        (["--foo"], "unrecognized arguments: --foo"),
        (["--o"], "ambiguous option: --o could match --on, --off"),
    ],
)
def test_what_argparse_refuses_is_said_in_the_language(
    arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = Parser("x")
    parser.add_argument("--n", choices=("1", "2"))
    pair = parser.add_mutually_exclusive_group()
    pair.add_argument("--on", action="store_true")
    pair.add_argument("--off", action="store_true")

    def said() -> str:
        with pytest.raises(UsageError) as refusal:
            parser.parse_args(arguments)
        return str(refusal.value.args[0])

    assert said() == words
    monkeypatch.setattr(catalogue, "_chosen", PseudoTranslation())
    assert PLAIN.findall(re.sub(r"--\w+", "", said())) == []


def test_the_words_of_argparse_are_in_the_template() -> None:
    template = TEMPLATE.read_text("utf-8")
    assert [words for words in ARGPARSE_WORDS if f'msgid "{words}"' not in template] == []
