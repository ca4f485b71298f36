"""The options of `osisnr score`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace

from osisnr_gui.cli.lines import UsageError
from osisnr_gui.cli.scoring_options import (
    STDOUT,
    Parser,
    add_scoring,
    read_arguments,
    same_file,
    session_of,
    source_of,
)
from osisnr_gui.io.formats import SoundFormat, extensions_of
from osisnr_gui.session.session import Session

DESCRIPTION = """\
Compare one or more estimates with a reference: sound files (WAV, FLAC, OGG, MP3, AIFF, ...), or masks (.npy, .npz,
.mat, .csv, .tsv; rows are bins, columns are frames). Prints a table, unless --json or --csv is given. A file name that
begins with - goes after --.
"""

EPILOG = """\
An estimate that is refused costs the others nothing: they are scored, the refusal is one line on stderr (in the JSON
an "error" instead of numbers), and the exit code is 3. Exit codes: 0 done, 2 wrong usage, 3 an input was refused or a
result could not be written.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """A `score` command line. json, csv : path, "-" for stdout, None = not wanted; align, frames : the flags."""

    session: Session
    json: str | None
    csv: str | None
    frames: bool
    align: bool


def parse(arguments: list[str]) -> Options:
    """Read the arguments after `score`.

    Raises UsageError, and SystemExit after --help.
    """
    found, files = read_arguments(_parser(), arguments)
    if len(files) < 2:
        missing = "REFERENCE and ESTIMATE are" if not files else "ESTIMATE is"
        raise UsageError(f"{missing} missing", "give a reference and at least one estimate")
    session = session_of(found, files)
    if found.mixture is not None:
        if not found.mixture:
            raise UsageError("--mixture: the file name is empty", "give the name of a file")
        session, files = replace(session, mixture=source_of(found, found.mixture)), [*files, found.mixture]
    _check_together(found, files)
    return Options(session, found.json, found.csv, found.frames, found.align)


def _check_together(found: argparse.Namespace, files: list[str]) -> None:
    """Options that are right alone and wrong together."""
    if found.frames and found.json is None:
        raise UsageError("--frames: needs --json", "add --json FILE (--csv always has the frames)")
    for option, target in (("--json", found.json), ("--csv", found.csv)):
        if target == "":
            raise UsageError(f"{option}: the file name is empty", "give a file name, or - for stdout")
        if target not in (None, STDOUT) and any(same_file(target, path) for path in files):
            raise UsageError(f"{option}: {target} is one of the inputs", "choose another name")
        if target is not None and target.lower().endswith(extensions_of(SoundFormat)):
            # `--json ref.wav a.wav b.wav`, as if it were a switch: the recording would be lost.
            raise UsageError(f"{option}: {target} has the name of a sound", "name the result, or give - for stdout")
    if found.json is not None and found.csv is not None and same_file(found.json, found.csv):
        raise UsageError("--csv: the same place as --json", "choose two names")


def _parser() -> Parser:
    parser = Parser.of_command("osisnr score REFERENCE ESTIMATE [ESTIMATE ...] [options]", DESCRIPTION, EPILOG)
    group = parser.add_argument_group("output")
    group.add_argument("--json", metavar="FILE", help="write the numbers as JSON; - is stdout")
    group.add_argument("--csv", metavar="FILE", help="write one row per frame of every estimate; - is stdout")
    group.add_argument("--frames", action="store_true", help="per-frame arrays in the JSON, too")
    add_scoring(parser)
    parser.add_argument_group("comparison").add_argument(
        "--mixture",
        metavar="FILE",
        help="what went into the systems: what each estimate gained over it, in the table and in the JSON",
    )
    return parser
