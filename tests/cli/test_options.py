"""Options: values that are taken, values that are refused with the allowed range, file names of all kinds."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from osisnr_gui.cli.lines import UsageError
from osisnr_gui.cli.score import parse
from osisnr_gui.core.types import Representation
from osisnr_gui.session import edits
from osisnr_gui.session.session import Formula, FramingChoice, Lengths, LossChoice, Session, Source, limits

from .conftest import Run


def test_defaults_are_the_sessions_own_but_for_the_result_that_leads() -> None:
    found, options = parse(["r.wav", "e.wav"])
    session = Session(references=(Source("r.wav"),), estimates=(Source("e.wav"),))
    assert found == edits.set_formula(session, Formula.LITERAL)
    assert (options.json, options.csv, options.frames, options.align) == (None, None, False, False)


def test_every_option_arrives() -> None:
    text = (
        "r e1 --alpha 0.5 --gamma 2 --method 2 --n-fft 256 --hop 64 --window hamming --representation complex "
        "e2 --channel 0 --key a --transpose --align --silence-db inf --threshold 1.5 --strict --json - --csv c --frames"
    )
    session, options = parse(text.split())
    read_as = {"channel": 0, "key": "a", "transpose": True}
    assert session == Session(
        references=(Source("r", **read_as),),  # type: ignore[arg-type]
        estimates=(Source("e1", **read_as), Source("e2", **read_as)),  # type: ignore[arg-type]
        framing=FramingChoice(Representation.COMPLEX, 256, 64, "hamming"),
        loss=LossChoice(0.5, 2.0, 2, Formula.LITERAL),
        silence_db=math.inf,
        threshold_db=1.5,
        lengths=Lengths.REFUSE,
    )
    assert (options.json, options.csv, options.frames, options.align) == ("-", "c", True, True)


def test_limits_are_those_of_a_session() -> None:
    """What a session can say, the command line can say: "Copy as command" writes it there."""
    for option, name in (("--threshold", "threshold_db"), ("--silence-db", "silence_db")):
        low, high = limits(Session, name)
        for value in (low, high):
            assert getattr(parse(["r", "e", f"{option}={value!r}"])[0], name) == value
        with pytest.raises(UsageError, match=option):
            parse(["r", "e", f"{option}={low - 0.01!r}"])


def test_the_reference_may_have_a_channel_of_its_own() -> None:
    session, _ = parse(["r", "e", "--channel", "2", "--reference-channel", "1", "--mixture", "m"])
    assert (session.references[0].channel, session.estimates[0].channel) == (1, 2)
    assert session.mixture == Source("m", channel=2)
    assert parse(["r", "e", "--channel", "2"])[0].references[0].channel == 2


def test_a_mixture_is_read_as_the_other_files_are() -> None:
    session, _options = parse(["r.wav", "e.wav", "--channel", "2", "--mixture", "m.wav"])
    assert session.mixture == Source("m.wav", channel=2)
    assert session.estimates == (Source("e.wav", channel=2),)
    with pytest.raises(UsageError, match="--mixture: the file name is empty"):
        parse(["r.wav", "e.wav", "--mixture", ""])
    with pytest.raises(UsageError, match=r"m\.json is one of the inputs"):
        parse(["r.wav", "e.wav", "--mixture", "m.json", "--json", "m.json"])


def test_an_option_that_wants_a_file_name_does_not_take_a_recording() -> None:
    with pytest.raises(UsageError, match=r"--json: r\.FLAC has the name of a sound"):
        parse(["--json", "r.FLAC", "a.wav", "b.wav"])


@pytest.mark.parametrize(
    "arguments",
    [["--", "-a.wav", "--json"], ["-", "--", "--"], ["a b", "--alpha", "1", "--", "-1"], ["@x", "=y"]],
)
def test_file_names_like_options(arguments: list[str]) -> None:
    files = [word for word in arguments if word not in ("--alpha", "1")]
    cut = files.index("--") if "--" in files else len(files)
    expected = files[:cut] + files[cut + 1 :]
    assert [source.path for source in parse(arguments)[0].sources] == expected


@pytest.mark.parametrize(
    ("words", "option", "allowed"),
    [
        ("--alpha 0", "--alpha", "from 1e-09 to 1"),
        ("--alpha 1.01", "--alpha", "from 1e-09 to 1"),
        ("--alpha nan", "--alpha", "from 1e-09 to 1"),
        ("--alpha x", "--alpha", "from 1e-09 to 1"),
        ("--gamma -1", "--gamma", "from 0 to 1e+12"),
        ("--gamma inf", "--gamma", "from 0 to 1e+12"),
        ("--method 3", "--method", "1 or 2"),
        ("--n-fft 1", "--n-fft", "from 2 to 32768"),
        ("--n-fft 32769", "--n-fft", "from 2 to 32768"),
        ("--n-fft 2.5", "--n-fft", "from 2 to 32768"),
        ("--hop 0", "--hop", "from 1 to"),
        ("--n-fft 512 --hop 513", "--hop", "from 1 to 512"),
        ("--silence-db 0", "--silence-db", "from 0.1 to inf"),
        ("--threshold -1001", "--threshold", "from -1000 to 1000"),
        ("--channel -1", "--channel", "from 0 to 64"),
        ("--channel 65", "--channel", "from 0 to 64"),
        ("--window kaiser", "--window", "hann, hamming, blackman"),
        ("--representation mask", "--representation", "magnitude, complex or waveform"),
        ("--alph 0.5", "--alph", "put -- before file names that begin with -"),
        ("--alpha", "--alpha", "see osisnr score --help"),
        ("--strict=1", "--strict", "see osisnr score --help"),
        ("--frames", "--frames", "add --json"),
        ("--json - --csv -", "--csv", "two names"),
        ("--json x --csv ./x", "--csv", "two names"),
        ("--json r", "--json", "choose another name"),
        ("--csv ./e", "--csv", "choose another name"),
        ("--csv=", "--csv", "give a file name"),
    ],
)
def test_wrong_values_name_option_and_range(words: str, option: str, allowed: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(["r", "e", *words.split()])
    line = caught.value.line
    assert line.startswith(f"osisnr: {option}: ")
    assert allowed in line.partition("; ")[2]
    assert "\n" not in line


@pytest.mark.parametrize(("files", "words"), [([], "REFERENCE and ESTIMATE are"), (["r"], "ESTIMATE is")])
def test_missing_files(files: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse(files)


def test_hop_longer_than_the_default_frame_is_wrong_usage(run: Run, folder: Path) -> None:
    result = run("score", "ref.wav", "est.wav", "--hop", "513")
    assert result.code == 2
    assert result.lines == [
        "osisnr: --hop: 513 is more than a frame at 16000 Hz; give a whole number from 1 to 512, or --n-fft as well"
    ]
    assert run("score", "ref.wav", "est.wav", "--hop", "512").code == 0


def test_outputs_never_replace_inputs(run: Run, folder: Path) -> None:
    before = (folder / "est.wav").read_bytes()
    (folder / "link.wav").symlink_to("est.wav")
    for name in ("est.wav", "./est.wav", "link.wav"):
        assert run("score", "ref.wav", "est.wav", "--json", name).code == 2
    assert (folder / "est.wav").read_bytes() == before
