"""`osisnr report`: a comparison as one HTML file to send.

Numbers are those of `osisnr score`; what is refused there is refused here. An estimate that is refused is named in the
page, and the exit code is 3.
"""

import argparse
import os
from dataclasses import replace

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from osisnr_gui.cli import output
from osisnr_gui.cli.lines import DONE, PROGRAM, REFUSED, UsageError, error_line, warning_line
from osisnr_gui.cli.output import ProgressLine
from osisnr_gui.cli.score import checked_numbers, say_notices
from osisnr_gui.cli.scoring_options import Parser, ScoringParser, add_scoring, read_comparison, same_file
from osisnr_gui.export.html_report import LARGE_BYTES, report_parts
from osisnr_gui.export.report_audio import AudioChoice
from osisnr_gui.io.errors import FileError
from osisnr_gui.io.streams import say
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import MaskGrid, Session
from osisnr_gui.session.tracks import open_track
from osisnr_gui.text.catalogue import _

DESCRIPTION = _("""\
Compare one or more estimates with a reference, as `osisnr score` does, and write one HTML file: verdicts, numbers,
spectrograms, curves that follow alpha and gamma, bad segments, and the sounds themselves to switch between. It works in
any browser, without a network and without this program. Files are named by their base names; no path is written.
""")

EPILOG = _("""\
Masks are silent, unless --mixture names the sound they are for and --hop (with --n-fft) the STFT they belong to.
Exit codes: 0 done, 2 wrong usage, 3 an input was refused or the report could not be written.
""")


def run(arguments: list[str]) -> int:
    """Write a report; `arguments` are those after the word `report`. Returns the exit code."""
    found, session = parse(arguments)
    # A second BLAS thread slows these many small products down as soon as a core is busy.
    with threadpool_limits(limits=1, user_api="blas"), ProgressLine() as progress:
        session = _with_grid(session)
        numbers = checked_numbers(session, align=found.align, progress=progress.report)
        refused = say_notices(numbers if numbers.compares_mixture else replace(numbers, mixture=None))
        if all(pair.valid_score is None for pair in numbers.pairs):
            return REFUSED
        written = _write(numbers, found.output, AudioChoice(found.audio))
    return DONE if written and not refused else REFUSED


def parse(arguments: list[str]) -> tuple[argparse.Namespace, Session]:
    """Read the arguments after `report`: output, audio and align, and the session.

    Raises UsageError, and SystemExit after --help.
    """
    found, session, files = read_comparison(_parser(), arguments)
    if any(same_file(found.output, path) for path in files):
        raise UsageError(_("-o: {path} is one of the inputs").format(path=found.output), _("choose another name"))
    if not found.output.lower().endswith((".html", ".htm")):
        raise UsageError(_("-o: {path!r} is no name of a page").format(path=found.output), _("add -o FILE.html"))
    return found, session


def _with_grid(session: Session) -> Session:
    """The session of masks with the STFT of the sound they are heard on; says so where that is not known."""
    if session.mixture is None or session.reference is None:
        return session
    mixture, framing = open_track(session.mixture), session.framing
    if open_track(session.reference).kind != "mask" or mixture.kind != "audio":
        return session
    if framing.hop is None:
        words = _("the masks are not heard on it: their STFT is not known; give --hop, and --n-fft where it is another")
        say([warning_line(session.mixture.path, words)])
        return session
    return replace(session, mask_grid=MaskGrid(mixture.sample_rate, framing.hop, framing.n_fft, window=framing.window))


def _write(numbers: Analysis, target: str, audio: AudioChoice) -> bool:
    """Write the page, and say so where it is large; whether that was possible."""
    try:
        output.write(target, report_parts(numbers, audio))
    except FileError as error:
        say([error_line(error)])
        return False
    size = os.path.getsize(target) if os.path.isfile(target) else 0
    if size > LARGE_BYTES and audio is AudioChoice.ALL:
        template = _("the report has {size} MB, more than most mail takes; --audio worst keeps the five worst places")
        say([warning_line(target, template.format(size=round(size / 1e6)))])
    return True


def _parser() -> Parser:
    usage = _("{command} REFERENCE ESTIMATE [ESTIMATE ...] -o FILE.html [options]")
    usage = usage.format(command=f"{PROGRAM} report")
    parser = ScoringParser(f"{PROGRAM} report", usage, DESCRIPTION, EPILOG)
    group = parser.add_argument_group(_("output"))
    group.add_argument("-o", "--output", metavar="FILE", default="", help=_("the page to write (.html)"))
    words = _("sounds in the page: all of them, the five worst places, or none (default all)")
    group.add_argument("--audio", choices=list(map(str, AudioChoice)), default=str(AudioChoice.ALL), help=words)
    add_scoring(parser, _("what went into the systems, to see and to hear; of masks, the sound they are heard on"))
    return parser
