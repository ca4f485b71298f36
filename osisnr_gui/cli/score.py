"""`osisnr score`: one reference, its estimates, the numbers.

One refused estimate does not stop the others: they are scored, its error is one line on stderr and an "error" in the
JSON, and the exit code is 3. A refused reference leaves nothing to score: no output is written at all.
"""

from __future__ import annotations

from dataclasses import replace

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from osisnr_gui.cli import output
from osisnr_gui.cli.lines import DONE, REFUSED, UsageError, error_line, warning_line
from osisnr_gui.cli.options import Options, parse
from osisnr_gui.cli.output import ProgressLine
from osisnr_gui.cli.scoring_options import STDOUT
from osisnr_gui.core.stft import default_n_fft
from osisnr_gui.export.csv_files import frames_csv
from osisnr_gui.export.score_report import score_report
from osisnr_gui.export.score_table import score_table
from osisnr_gui.io.errors import FileError, SaveError
from osisnr_gui.io.json_file import json_parts
from osisnr_gui.io.streams import say
from osisnr_gui.session.analysis import Analysis, rescore
from osisnr_gui.session.delay.alignment import analyse_numbers
from osisnr_gui.session.edits import set_formula
from osisnr_gui.session.session import Formula, Session
from osisnr_gui.session.tracks import Track

NO_NUMBERS = "There are no numbers: no estimate was compared with a reference.\n"


def run(arguments: list[str]) -> int:
    """Score; `arguments` are those after the word `score`. Returns the exit code."""
    options = parse(arguments)
    # A second BLAS thread slows these many small products down as soon as a core is busy.
    with threadpool_limits(limits=1, user_api="blas"), ProgressLine() as progress:
        analysis = analyse_numbers(options.session, align=options.align, progress=progress.report)
    assert analysis.reference is not None, "the command line always names a reference"
    check_hop(options.session, analysis.reference)
    check_key(options.session, analysis)
    refused = say_notices(analysis)
    if analysis.reference.error is not None:
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
    return score_table(analysis) or NO_NUMBERS, REFUSED if refused else DONE


def say_notices(analysis: Analysis) -> bool:
    """Say what was adapted and what was refused; whether something was refused."""
    refusals = _refusals(analysis)
    say(_warnings(analysis) + [error_line(error) for error in refusals])
    return bool(refusals)


def check_hop(session: Session, reference: Track) -> None:
    """A hop too long for the default frame is wrong usage, but which frame that is only the file can tell."""
    choice = session.framing
    if reference.kind != "audio" or not reference.sample_rate or choice.hop is None or choice.n_fft is not None:
        return
    n_fft = default_n_fft(reference.sample_rate)
    if choice.hop > n_fft:
        detail = f"--hop: {choice.hop} is more than a frame at {reference.sample_rate} Hz"
        raise UsageError(detail, f"give a whole number from 1 to {n_fft}, or --n-fft as well")


def check_key(session: Session, analysis: Analysis) -> None:
    """A key nobody could use is wrong usage; that a file's arrays have no names only the file can tell."""
    key = session.estimates[0].key
    if key is None or any(
        t.error is not None or (t.mask is not None and t.mask.key is not None) for t in analysis.tracks
    ):
        return
    raise UsageError("--key: none of these files has named arrays", "leave it out, or give an .npz or .mat file")


def _refusals(analysis: Analysis) -> list[FileError]:
    reference = analysis.reference
    found = [] if reference is None or reference.error is None else [reference.error]
    last = analysis.mixture_error
    own = analysis.mixture is not None and analysis.mixture.error is not None
    mixtures = [] if last is None or (found and not own) else [last]
    return found + [pair.error for pair in analysis.pairs if pair.error is not None] + mixtures


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
        warning_line(notice.source.path, notice.message.removeprefix(f"{tracks[notice.source].name}: "))
        for notice in analysis.notices
        if notice.source in tracks
    ]


def _write(options: Options, analysis: Analysis) -> bool:
    """Write all that was asked for, stdout last because it may refuse; whether all was taken."""
    if options.csv is None and options.json is None:
        output.write_text(score_table(analysis))
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
