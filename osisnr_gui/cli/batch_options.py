"""The options of `osisnr batch`."""

from __future__ import annotations

import argparse
import importlib.util
import os
from dataclasses import dataclass

from osisnr_gui.batch.files import ENDINGS
from osisnr_gui.batch.runner import BatchSettings
from osisnr_gui.batch.workers import core_count
from osisnr_gui.cli.lines import UsageError
from osisnr_gui.cli.scoring_options import (
    Parser,
    add_scoring,
    number_in,
    read_arguments,
    same_file,
    session_of,
    source_of,
)

#: Each takes some 70 MiB.
MOST_JOBS = max(64, core_count())

DESCRIPTION = """\
Score the estimates in one folder against the references of the same names in another (also below the folders, also
with another ending), or the pairs of a list: a .csv with the columns reference and estimate, or a .json list of such
objects. The result has one row a pair.
"""

EPILOG = """\
A pair that is refused is a row with its error and one line on stderr; the others are scored, and the exit code is 1.
What is scored is kept at once in FILE.journal: stopped by Ctrl+C or by anything else, the same command goes on where
it was. Exit codes: 0 done, 1 some pairs failed, 2 wrong usage, 3 nothing could be scored or saved, 130 stopped.
"""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """A `batch` command line. inputs : two folders, or one list; cluster : a scheduler's address, or None."""

    inputs: tuple[str, ...]
    output: str
    settings: BatchSettings
    jobs: int
    cluster: str | None


def parse(arguments: list[str]) -> BatchOptions:
    """Read the arguments after `batch`.

    Raises UsageError, and SystemExit after --help.
    """
    found, inputs = read_arguments(_parser(), arguments)
    if not 1 <= len(inputs) <= 2:
        raise UsageError(f"{len(inputs)} inputs", "give two folders, or one list of pairs")
    _check_output(found, inputs)
    if found.cluster is not None and found.jobs is not None:
        raise UsageError("--jobs: the cluster has workers of its own", "leave out --jobs or --cluster")
    # Which files are paired is no business of the settings.
    settings = BatchSettings(session_of(found, []), source_of(found, ""), found.align)
    return BatchOptions(tuple(inputs), found.output, settings, found.jobs or core_count(), found.cluster)


def _check_output(found: argparse.Namespace, inputs: list[str]) -> None:
    if not found.output:
        raise UsageError("-o FILE is missing", f"name the result: {', '.join(ENDINGS)}")
    ending = os.path.splitext(found.output)[1].lower()
    if ending not in ENDINGS:
        raise UsageError(f"-o: {found.output} has another ending", f"give one of {', '.join(ENDINGS)}")
    if ending == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        remedy = "install it with: pip install 'osisnr-gui[parquet]', or give .csv or .json"
        raise UsageError(f"-o: {found.output} needs pyarrow", remedy)
    if any(same_file(found.output, path) for path in inputs):
        raise UsageError(f"-o: {found.output} is an input", "choose another name")


def _parser() -> Parser:
    usage = "osisnr batch REF_DIR EST_DIR -o FILE [options]\n       osisnr batch PAIRS.csv -o FILE [options]"
    parser = Parser.of_command(usage, DESCRIPTION, EPILOG)
    group = parser.add_argument_group("batch")
    group.add_argument("-o", "--output", metavar="FILE", help="where the rows go: .csv, .json or .parquet")
    group.add_argument("--jobs", metavar="N", type=number_in(1, MOST_JOBS, int), help="processes (default: one a core)")
    group.add_argument("--cluster", metavar="ADDRESS", help="score on a Dask cluster, such as tcp://host:8786")
    add_scoring(parser)
    return parser
