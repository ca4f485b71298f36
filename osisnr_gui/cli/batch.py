"""`osisnr batch`: two folders, all pairs, one table; what fails is named, what is stopped can go on."""

import argparse
import importlib.util
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial

from osisnr_gui.batch import runner
from osisnr_gui.batch.files import ENDINGS, batch_parts, batch_table, counts_words, reported
from osisnr_gui.batch.pairs import BatchPair, find_pairs, load_pairs, with_mixtures
from osisnr_gui.batch.pool import BatchPool
from osisnr_gui.batch.runner import BatchRow, BatchSettings, cluster_workers, core_count
from osisnr_gui.cli import lines, output, scoring_options
from osisnr_gui.cli.lines import DONE, INTERRUPTED, PROGRAM, SOME_FAILED, UsageError, error_line, warning_line
from osisnr_gui.cli.output import ProgressLine
from osisnr_gui.io.errors import Phrase, printable
from osisnr_gui.io.json_file import Journal
from osisnr_gui.io.streams import say
from osisnr_gui.session.words import full_path
from osisnr_gui.text.catalogue import _, ngettext

# Pairs handed out for each worker: enough that none waits for the next one, few enough that Ctrl+C is quick.
PER_WORKER = 3
MOST_NAMED = 5

_Workers = tuple[int, Callable[[], Executor]]  # how many, and what opens them

#: Each takes some 70 MiB.
MOST_JOBS = max(64, core_count())

DESCRIPTION = _("""\
Score the estimates in one folder against the references of the same names in another (also below the folders, also
with another ending), or the pairs of a list: a .csv with the columns reference and estimate, or a .json list of such
objects. The result has one row a pair.
""")

EPILOG = _("""\
A pair that is refused is a row with its error and one line on stderr; the others are scored, and the exit code is 1.
So is a mixture that is refused: its pair is scored, and the gain stays empty.
What is scored is kept at once in FILE.journal: stopped by Ctrl+C or by anything else, the same command goes on where
it was. Exit codes: 0 done, 1 some pairs failed, 2 wrong usage, 3 nothing could be scored or saved, 130 stopped.
""")


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str], BatchSettings]:
    """Read the arguments after `batch`: all options, two folders or one list, and how every pair is scored.

    Raises UsageError, and SystemExit after --help.
    """
    found, inputs = scoring_options.read_arguments(_parser(), arguments)
    if not 1 <= len(inputs) <= 2:
        detail = ngettext("{n} input", "{n} inputs", len(inputs)).format(n=len(inputs))
        raise UsageError(detail, _("give two folders, or one list of pairs"))
    file, endings = found.output, ", ".join(ENDINGS)
    if not file:
        raise UsageError(_("-o FILE is missing"), _("name the result: {endings}").format(endings=endings))
    ending = os.path.splitext(file)[1].lower()
    if ending not in ENDINGS:
        remedy = _("give one of {endings}").format(endings=endings)
        raise UsageError(_("-o: {file} has another ending").format(file=file), remedy)
    if ending == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        remedy = _("install it with: pip install 'osisnr-gui[parquet]', or give .csv or .json")
        raise UsageError(_("-o: {file} needs pyarrow").format(file=file), remedy)
    if any(scoring_options.same_file(file, path) for path in inputs):
        raise UsageError(_("-o: {file} is an input").format(file=file), _("choose another name"))
    if found.cluster is not None and found.jobs is not None:
        raise UsageError(_("--jobs: the cluster has workers of its own"), _("leave out --jobs or --cluster"))
    if found.mixture_dir is not None and len(inputs) == 1:
        raise UsageError(_("--mixture-dir: goes with two folders"), _("give two folders, or leave it out"))
    # Which files are paired is no business of the settings.
    settings = BatchSettings(
        scoring_options.session_of(found, []),
        scoring_options.source_of(found, ""),
        found.align,
        reference_channel=found.reference_channel,
    )
    return found, inputs, settings


def _parser() -> scoring_options.Parser:
    usage = _("{command} REF_DIR EST_DIR -o FILE [options]\n       {command} PAIRS.csv -o FILE [options]")
    usage = usage.format(command=f"{PROGRAM} batch")
    parser = scoring_options.ScoringParser(f"{PROGRAM} batch", usage, DESCRIPTION, EPILOG)
    group = parser.add_argument_group(_("batch"))
    group.add_argument("-o", "--output", metavar="FILE", help=_("where the rows go: .csv, .json or .parquet"))
    jobs = partial(scoring_options.number_in, 1, MOST_JOBS, int)
    group.add_argument("--jobs", metavar="N", type=jobs, help=_("processes (default: one a core)"))
    group.add_argument("--cluster", metavar="ADDRESS", help=_("score on a Dask cluster, such as tcp://host:8786"))
    words = _("what went into the systems, called like the references: what each estimate gained over it")
    group.add_argument("--mixture-dir", metavar="DIR", help=words)
    scoring_options.add_scoring(parser)
    return parser


def run(arguments: list[str]) -> int:
    """Score a batch; `arguments` are those after the word `batch`. Returns the exit code."""
    options, inputs, settings = parse(arguments)
    pairs = load_pairs(*inputs) if len(inputs) == 1 else find_pairs(*inputs)
    if options.mixture_dir is not None:
        pairs = with_mixtures(pairs, inputs[0], options.mixture_dir)
        alone = [pair.name for pair in pairs if pair.error is None and not pair.mixture]
        if alone:
            names = ", ".join(alone[:MOST_NAMED]) + (", …" if len(alone) > MOST_NAMED else "")
            words = ngettext(
                "{n} pair has no mixture there ({names}): its gain stays empty",
                "{n} pairs have no mixture there ({names}): their gains stay empty",
                len(alone),
            )
            say([warning_line(options.mixture_dir, words.format(n=len(alone), names=printable(names, 200)))])
    rows: dict[str, BatchRow] = {}
    started = time.monotonic()
    with _workers(options) as workers, runner.open_journal(options.output, settings) as journal:
        if journal.is_stale:
            stale = _("of other settings or another version; everything is scored again")
            say([f"{PROGRAM}: {journal.path}: {stale}"])
        try:
            _score(settings, workers, pairs, rows, journal)
        except KeyboardInterrupt:
            done = sum(row.error is None for row in rows.values())
            stopped = _("stopped, {n} of {total} pairs are scored; the same command goes on from there")
            say([f"{PROGRAM}: {stopped.format(n=done, total=len(pairs))}"])
            return INTERRUPTED
        ordered = [rows[pair.name] for pair in pairs]
        output.write(options.output, batch_parts(ordered, settings, os.path.splitext(options.output)[1].lower()))
        journal.remove()
    rate = sum(not row.is_known for row in ordered) / max(time.monotonic() - started, 1e-3)
    path = full_path(options.output)
    first_line = _("{counts}, {rate:.1f} pairs/s; saved in {path}")
    text, code = summary(ordered, first_line.format(counts=counts_words(ordered), rate=rate, path=path))
    # Why pairs that are scored have no gain over their mixture.
    refused = list(filter(None, (reported(row, "mixture.error.message") for row in ordered)))
    say([f"{PROGRAM}: {words}" for words in refused])
    lines.write_text(text, Phrase("the results are in {path}", path=path))
    return SOME_FAILED if refused else code


def summary(rows: Sequence[BatchRow], first_line: str | None = None) -> tuple[str, int]:
    """The table of a batch, and the exit code; says the errors. first_line : None = `counts_words`."""
    errors = [error_line(row.error) for row in rows if row.error is not None]
    say(errors)
    return batch_table(rows, first_line or counts_words(rows)), SOME_FAILED if errors else DONE


def _workers(options: argparse.Namespace) -> AbstractContextManager[_Workers]:
    """Processes of this machine, or a cluster. Raises FileError when there is no such cluster."""
    if options.cluster is not None:
        return cluster_workers(options.cluster)
    jobs = options.jobs or core_count()
    return nullcontext((jobs, partial(BatchPool, jobs)))


def _score(
    settings: BatchSettings, workers: _Workers, pairs: Sequence[BatchPair], rows: dict[str, BatchRow], journal: Journal
) -> None:
    """Fill `rows` by the names of the pairs as they end, and show how far and how fast."""
    count, open_executor = workers
    running = runner.run_batch(pairs, settings, open_executor, at_once=PER_WORKER * count, journal=journal)
    total, known, refused, started = len(pairs), 0, 0, time.monotonic()
    with ProgressLine() as line, closing(running):
        for n, row in enumerate(running, start=1):
            rows[row.pair.name] = row
            known += row.is_known or row.pair.error is not None
            refused += row.error is not None
            rate = (n - known) / max(1e-3, time.monotonic() - started)
            left = (total - n) / rate if rate else 0.0
            template = _("{n} of {total} pairs, {rate:.1f} pairs/s, {left:.0f} s left")
            if refused:
                template = _("{n} of {total} pairs, {refused} refused, {rate:.1f} pairs/s, {left:.0f} s left")
            line.show(n / total, template.format(n=n, total=total, refused=refused, rate=rate, left=left))
