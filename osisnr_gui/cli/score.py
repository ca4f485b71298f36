"""`osisnr score`: one reference, its estimates, the numbers.

One refused estimate does not stop the others: they are scored, its error is one line on stderr and an "error" in the
JSON, and the exit code is 3. A refused reference leaves nothing to score: no output is written at all.
"""

import argparse
from dataclasses import replace

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from osisnr_gui.cli import output, scoring_options
from osisnr_gui.cli.lines import DONE, PROGRAM, REFUSED, UsageError, error_line, warning_line, write_text
from osisnr_gui.cli.output import ProgressLine
from osisnr_gui.cli.scoring_options import STDOUT, same_file
from osisnr_gui.core.stft import default_n_fft
from osisnr_gui.export.csv_files import frames_csv
from osisnr_gui.export.score_report import score_report
from osisnr_gui.export.score_table import score_table
from osisnr_gui.io.errors import SaveError
from osisnr_gui.io.formats import SoundFormat, extensions_of
from osisnr_gui.io.json_file import json_parts
from osisnr_gui.io.memory import keep_freed_memory
from osisnr_gui.io.streams import say
from osisnr_gui.session.analysis import Analysis, Report, analyse_numbers, rescore
from osisnr_gui.session.edits import set_formula
from osisnr_gui.session.session import Formula, Session
from osisnr_gui.text.catalogue import _, translated

NO_NUMBERS = _("There are no numbers: no estimate was compared with a reference.")

DESCRIPTION = _("""\
Compare one or more estimates with a reference: sound files (WAV, FLAC, OGG, MP3, AIFF, ...), or masks (.npy, .npz,
.mat, .csv, .tsv; rows are bins, columns are frames). Prints a table, unless --json or --csv is given. A file name that
begins with - goes after --.
""")

EPILOG = _("""\
An estimate that is refused costs the others nothing: they are scored, the refusal is one line on stderr (in the JSON
an "error" instead of numbers), and the exit code is 3. Exit codes: 0 done, 2 wrong usage, 3 an input was refused or a
result could not be written.
""")


def parse(arguments: list[str]) -> tuple[Session, argparse.Namespace]:
    """Read the arguments after `score`: the session, and the options (json, csv : a path, "-" for stdout, or None).

    Raises UsageError, and SystemExit after --help.
    """
    found, session, files = scoring_options.read_comparison(_parser(), arguments)
    # Options that are right alone and wrong together.
    if found.frames and found.json is None:
        raise UsageError(_("--frames: needs --json"), _("add --json FILE (--csv always has the frames)"))
    for option, target in (("--json", found.json), ("--csv", found.csv)):
        if target == "":
            detail = _("{option}: the file name is empty").format(option=option)
            raise UsageError(detail, _("give a file name, or - for stdout"))
        if target not in (None, STDOUT) and any(same_file(target, path) for path in files):
            detail = _("{option}: {file} is one of the inputs").format(option=option, file=target)
            raise UsageError(detail, _("choose another name"))
        if target is not None and target.lower().endswith(extensions_of(SoundFormat)):
            # `--json ref.wav a.wav b.wav`, as if it were a switch: the recording would be lost.
            detail = _("{option}: {file} has the name of a sound").format(option=option, file=target)
            raise UsageError(detail, _("name the result, or give - for stdout"))
    if found.json is not None and found.csv is not None and same_file(found.json, found.csv):
        raise UsageError(_("--csv: the same place as --json"), _("choose two names"))
    return session, found


def _parser() -> scoring_options.Parser:
    usage = _("{command} REFERENCE ESTIMATE [ESTIMATE ...] [options]").format(command=f"{PROGRAM} score")
    parser = scoring_options.ScoringParser(f"{PROGRAM} score", usage, DESCRIPTION, EPILOG)
    group = parser.add_argument_group(_("output"))
    group.add_argument("--json", metavar="FILE", help=_("write the numbers as JSON; - is stdout"))
    group.add_argument("--csv", metavar="FILE", help=_("write one row per frame of every estimate; - is stdout"))
    group.add_argument("--frames", action="store_true", help=_("per-frame arrays in the JSON, too"))
    words = _("what went into the systems: what each estimate gained over it, in the table and in the JSON")
    scoring_options.add_scoring(parser, words)
    return parser


def run(arguments: list[str]) -> int:
    """Score; `arguments` are those after the word `score`. Returns the exit code."""
    session, options = parse(arguments)
    keep_freed_memory()
    # A second BLAS thread slows these many small products down as soon as a core is busy.
    with threadpool_limits(limits=1, user_api="blas"), ProgressLine() as progress:
        analysis = checked_numbers(session, align=options.align, progress=progress.report)
    refused = say_notices(analysis)
    if analysis.references[0].error is not None:
        return REFUSED
    return DONE if _write(options, analysis) and not refused else REFUSED


def summary(analysis: Analysis) -> tuple[str, int]:
    """The table of an analysis made in the window, and the exit code; says its warnings and errors.

    In the window the exact result leads; here the literal one does, as in `osisnr score`.
    """
    analysis = rescore(set_formula(analysis.session, Formula.LITERAL), analysis) or analysis
    mixture = analysis.mixture
    if mixture is not None and mixture.error is None and not analysis.compares_mixture:
        analysis = replace(analysis, mixture=None)  # masks are heard on it
    refused = say_notices(analysis)
    return score_table(analysis) or f"{NO_NUMBERS}\n", REFUSED if refused else DONE


def say_notices(analysis: Analysis) -> bool:
    """Say what was adapted and what was refused; whether something was refused."""
    reference, mixture, last = analysis.reference, analysis.mixture, analysis.mixture_error
    refusals = [] if reference is None or reference.error is None else [reference.error]
    own = mixture is not None and mixture.error is not None
    mixtures = [] if last is None or (refusals and not own) else [last]
    refusals += [*(pair.error for pair in analysis.pairs if pair.error is not None), *mixtures]
    say(_warnings(analysis) + [error_line(error) for error in refusals])
    return bool(refusals)


def checked_numbers(session: Session, *, align: bool, progress: Report | None) -> Analysis:
    """`analyse_numbers`; a hop too long for the default frame and a key nobody could use are wrong usage.

    Only the files can tell. Raises UsageError.
    """
    analysis = analyse_numbers(session, align=align, progress=progress)
    reference = analysis.references[0]
    hop, rate = session.framing.hop, reference.sample_rate
    if reference.kind == "audio" and rate and hop is not None and session.framing.n_fft is None:
        n_fft = default_n_fft(rate)
        if hop > n_fft:
            detail = _("--hop: {hop} is more than a frame at {rate} Hz").format(hop=hop, rate=rate)
            raise UsageError(detail, _("give a whole number from 1 to {most}, or --n-fft as well").format(most=n_fft))
    may_have_keys = any(t.error is not None or (t.mask is not None and t.mask.key is not None) for t in analysis.tracks)
    if session.estimates[0].key is not None and not may_have_keys:
        detail = _("--key: none of these files has named arrays")
        raise UsageError(detail, _("leave it out, or give an .npz or .mat file"))
    return analysis


def _warnings(analysis: Analysis) -> list[str]:
    """Lines about the files that were scored; a refused file has its error and nothing else."""
    scored = [pair.estimate for pair in analysis.pairs if pair.valid_score is not None]
    if not scored or analysis.reference is None:
        return []
    mixture = analysis.mixture_pair
    scored += [mixture.estimate] if mixture is not None and mixture.valid_score is not None else []
    references = [pair.reference for pair in analysis.pairs if pair.reference is not None]
    tracks = {track.source: track for track in (analysis.reference, *references, *scored)}
    return [
        warning_line(notice.source.path, translated(notice.message).removeprefix(f"{tracks[notice.source].name}: "))
        for notice in analysis.notices
        if notice.source in tracks
    ]


def _write(options: argparse.Namespace, analysis: Analysis) -> bool:
    """Write all that was asked for, stdout last because it may refuse; whether all was taken."""
    if options.csv is None and options.json is None:
        write_text(score_table(analysis))
    report = score_report(analysis, with_frames=options.frames) if options.json else None
    wanted = [(options.csv, frames_csv(analysis)), (options.json, json_parts(report))]
    taken = True
    for target, data in sorted(wanted, key=lambda item: item[0] == STDOUT):
        try:
            if target is not None:
                output.write(target, data)
        except SaveError as error:
            say([error_line(error)])
            taken = False
    return taken
