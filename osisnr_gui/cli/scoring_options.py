"""Options of the scoring commands and of `osisnr-gui`, checked for what can be checked without opening a file."""

import argparse
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NoReturn

from osisnr_gui import __version__
from osisnr_gui.cli.lines import UsageError, see_help, write_text
from osisnr_gui.core.bad_frames import DEFAULT_SILENCE_DB, DEFAULT_THRESHOLD_DB
from osisnr_gui.core.loss import DEFAULT_GAMMA
from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.core.stft import WINDOWS
from osisnr_gui.core.types import Representation
from osisnr_gui.io.errors import N_
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.session.session import MAX_FILES, Formula, FramingChoice, Lengths, LossChoice, Session, Source, limits
from osisnr_gui.text.catalogue import _, ngettext

STDOUT = "-"

#: What argparse itself says to a person, listed for translators.
ARGPARSE_WORDS = (
    *(N_("usage: "), N_("positional arguments"), N_("options"), N_("show this help message and exit")),
    *(N_("argument %(argument_name)s: %(message)s"), N_("expected one argument"), N_("ignored explicit argument %r")),
    *(N_("invalid choice: %(value)r (choose from %(choices)s)"), N_("not allowed with argument %s")),
    *(N_("unrecognized arguments: %s"), N_("ambiguous option: %(option)s could match %(matches)s")),
)
# It looks its words up in the catalogue of whatever program it runs in; ours has another name.
vars(argparse).update(_=_, ngettext=ngettext)


class Parser(argparse.ArgumentParser):
    """Errors are UsageError instead of usage text and SystemExit."""

    def _print_message(self, message: str, file: object = None) -> None:
        """Help or version on stdout; argparse's own hides what goes wrong. Raises SaveError."""
        write_text(message)

    def error(self, message: str) -> NoReturn:
        detail, _mark, remedy = message.removeprefix("argument ").partition("; ")
        raise UsageError(detail, remedy or see_help(self.prog))


#: A parser of a scoring command.
ScoringParser = partial(Parser, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)


def read_arguments(parser: Parser, arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options, and the file names in their order.

    Raises UsageError, and SystemExit after --help.
    """
    # Everything after the first -- is a file, whatever it looks like; argparse alone gets this wrong in places.
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    found, files = parser.parse_known_args(arguments[:cut])
    for word in files:
        if word.startswith("-") and word != STDOUT:
            detail = _("{word}: there is no such option").format(word=word)
            raise UsageError(detail, _("put -- before file names that begin with -"))
    if found.n_fft is not None and found.hop is not None and found.hop > found.n_fft:
        detail = _("--hop: {hop} is more than a frame").format(hop=found.hop)
        raise UsageError(detail, _("give a whole number from 1 to {most}").format(most=found.n_fft))
    files += arguments[cut + 1 :]
    if len(files) > MAX_FILES:
        remedy = _("give no more than {most}; `osisnr batch` takes folders").format(most=MAX_FILES)
        raise UsageError(_("{n} files").format(n=len(files)), remedy)
    return found, files


def same_file(one: str, other: str) -> bool:
    if STDOUT in (one, other):
        return one == other
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return os.path.abspath(one) == os.path.abspath(other)


def source_of(found: argparse.Namespace, path: str) -> Source:
    """A file, read as the options say."""
    return Source(path, channel=found.channel, key=found.key, transpose=found.transpose, pair_axis=found.pair_axis)


def session_of(found: argparse.Namespace, files: list[str]) -> Session:
    """The session of a reference and its estimates; without files, what the options say of any."""
    sources = tuple(source_of(found, path) for path in files)
    channel = found.channel if found.reference_channel is None else found.reference_channel
    return Session(
        references=tuple(replace(source, channel=channel) for source in sources[:1]),
        estimates=sources[1:],
        framing=FramingChoice(found.representation, found.n_fft, found.hop, found.window),
        loss=LossChoice(found.alpha, found.gamma, found.method, Formula.LITERAL),
        silence_db=found.silence_db,
        threshold_db=found.threshold,
        lengths=Lengths.REFUSE if found.strict else Lengths.COMMON,
    )


def read_comparison(parser: Parser, arguments: list[str]) -> tuple[argparse.Namespace, Session, list[str]]:
    """The options, the session of a reference, its estimates and perhaps a mixture, and the names of all these files.

    Raises UsageError, and SystemExit after --help.
    """
    found, files = read_arguments(parser, arguments)
    if len(files) < 2:
        detail = _("ESTIMATE is missing") if files else _("REFERENCE and ESTIMATE are missing")
        raise UsageError(detail, _("give a reference and at least one estimate"))
    session = session_of(found, files)
    if found.mixture is None:
        return found, session, files
    if not found.mixture:
        raise UsageError(_("--mixture: the file name is empty"), _("give the name of a file"))
    return found, replace(session, mixture=source_of(found, found.mixture)), [*files, found.mixture]


def add_scoring(parser: Parser, mixture: str = "") -> None:
    """The groups of options that decide the numbers. mixture : what one is for, "" for none."""
    number = partial(_add_number, parser.add_argument_group(_("formula")))
    number("--alpha", LossChoice, _("exponent of the compression in MC-MSE, 0 < alpha <= 1"), default=DEFAULT_ALPHA)
    number("--gamma", LossChoice, _("weight of MC-MSE in the fused loss, 0 or more"), default=DEFAULT_GAMMA)
    words = _("loss_osi in the fused loss: 1 mean of inverses, 2 inverse of mean")
    number("--method", LossChoice, words, default=1, convert=int)
    words = _("a frame this far below the loudest one is silent; inf: only all-zero frames")
    number("--silence-db", Session, words, default=DEFAULT_SILENCE_DB, metavar="DB")
    words = _("active frames with an exact OSI-SNR below this are bad")
    number("--threshold", Session, words, "threshold_db", default=DEFAULT_THRESHOLD_DB, metavar="DB")

    group = parser.add_argument_group(_("frames (sound only; a mask's columns are taken as they are)"))
    audio = [kind for kind in Representation if kind is not Representation.MASK]
    choices = _("{choices} (default {default})")
    words = choices.format(choices=" | ".join(audio), default="magnitude")
    group.add_argument("--representation", metavar="KIND", type=partial(_choice, audio), help=words)
    whole = partial(_add_number, group, kind=FramingChoice, metavar="N", convert=int)
    whole("--n-fft", words=_("samples in a frame (default 32 ms: 512 at 16 kHz)"))
    whole("--hop", words=_("samples from frame to frame (default 8 ms; a quarter of --n-fft where that is given)"))
    words = choices.format(choices=" | ".join(WINDOWS), default="hann")
    group.add_argument("--window", metavar="NAME", type=partial(_choice, WINDOWS), default="hann", help=words)

    group = parser.add_argument_group(_("inputs"))
    words = _("channel of every sound file, from 1; 0 = mean of all (default 1)")
    _add_number(group, "--channel", Source, words, metavar="K", convert=int)
    words = _("channel of the reference, where it is another one than --channel")
    _add_number(group, "--reference-channel", Source, words, "channel", metavar="K", convert=int)
    group.add_argument("--key", metavar="NAME", help=_("array to take from every .npz and .mat"))
    flag = partial(group.add_argument, action="store_true")
    flag("--transpose", help=_("masks are stored with frames as rows"))
    flag("--pair-axis", help=_("the last axis of masks, of length 2, holds real and imaginary parts"))
    flag("--align", help=_("measure each estimate's delay and, where it is certain, take it out"))
    flag("--strict", help=_("refuse different lengths and sample rates"))
    if mixture:
        parser.add_argument_group(_("comparison")).add_argument("--mixture", metavar="FILE", help=mixture)


def _add_number(
    group: argparse._ArgumentGroup,
    option: str,
    kind: type,
    words: str,
    name: str | None = None,
    default: float | None = None,
    metavar: str | None = None,
    convert: Callable[[str], float] = float,
) -> None:
    """An option for a field of `kind` within its limits; it is called as the option is, unless it has a `name`."""
    least, most = limits(kind, name or option.removeprefix("--").replace("-", "_"))
    read = partial(number_in, least, most, convert)
    shown = words if default is None else _("{words} (default {number:g})").format(words=words, number=default)
    group.add_argument(option, metavar=metavar, type=read, default=default, help=shown)


def number_in(low: float, high: float, convert: Callable[[str], float], text: str) -> float:
    """Read a number in [low, high]; `convert` : int for whole ones, else float."""
    try:
        value = convert(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        template = _("{text!r} cannot be used; give a number from {low:g} to {high:g}")
        if convert is int and high == low + 1:
            template = _("{text!r} cannot be used; give {low} or {high}")
        elif convert is int:
            template = _("{text!r} cannot be used; give a whole number from {low} to {high}")
        raise argparse.ArgumentTypeError(template.format(text=text, low=low, high=high))
    return value


def _choice(names: Sequence[str], text: str) -> str:
    """Take one of `names`."""
    if text not in names:
        template = _("{text!r} cannot be used; give {names} or {last}")
        raise argparse.ArgumentTypeError(template.format(text=text, names=", ".join(names[:-1]), last=names[-1]))
    return names[names.index(text)]


def window_options(arguments: list[str]) -> argparse.Namespace:
    """Read the arguments of `osisnr-gui`.

    Raises UsageError, and SystemExit after --help and --version.
    """
    names = ", ".join(demo.name for demo in DEMOS)
    description = _("See and judge speech separation: spectrograms and OSI-SNR of every frame.")
    parser = Parser(prog="osisnr-gui", description=description)
    add = parser.add_argument
    words = _("reference and estimates, as their names tell, else the first is the reference; or a session")
    add("files", nargs="*", metavar="FILE", help=words)
    add("--reference", metavar="FILE", help=_("the reference, whatever the order of the other files"))
    words = _("open a demo: {names} (default: the first)").format(names=names)
    add("--demo", nargs="?", const=DEMOS[0].name, metavar="NAME", help=words)
    add("--tour", action="store_true", help=_("show and play the worst places one after the other, in plain words"))
    add("--screenshot", metavar="FILE", help=_("save the window as PNG once everything is shown, and quit"))
    add("--theme", choices=("system", "light", "dark"), help=_("look of this run"))
    add("--size", metavar="WxH", type=_size, help=_("window size of this run, e.g. 1280x720"))
    alone = parser.add_mutually_exclusive_group().add_argument
    alone("--selftest", action="store_true", help=_("try every part of this installation, print a table, and quit"))
    alone("--install-desktop", action="store_true", help=_("add the program to the menus of this user, and quit"))
    alone("--remove-desktop", action="store_true", help=_("take it out of them again, and quit"))
    words = _("show program's version number and exit")
    add("--version", action="version", version=f"osisnr-gui {__version__}", help=words)
    options = parser.parse_args(arguments)
    if options.demo is not None and options.demo not in names.split(", "):
        # `--demo a.wav` means the first demo was not asked for by name: say so instead of guessing.
        detail = _("--demo: there is no demo {name!r}").format(name=options.demo)
        raise UsageError(detail, _("choose one of {names}").format(names=names))
    if options.demo is not None and (options.files or options.reference is not None):
        raise UsageError(_("--demo: a demo brings its own files"), _("leave out the demo or the files"))
    if options.tour and (options.screenshot is not None or not (options.files or options.demo)):
        raise UsageError(_("--tour: it needs files, or --demo, and takes no picture"), see_help(parser.prog))
    return options


def check_picture(options: argparse.Namespace) -> None:
    """Raise UsageError for what the window asks about: a picture's has nobody who could answer."""
    if options.files and len(options.files) != 2 and all(map(os.path.isdir, options.files)):
        raise UsageError(_("a list needs two folders"), _("name that of the references, then the estimates'"))


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = map(int, text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(_("{text!r} is not a size like 1280x720").format(text=text)) from None
    if not (320 <= width <= 8192 and 240 <= height <= 8192):
        raise argparse.ArgumentTypeError(_("{text!r} is outside 320x240 to 8192x8192").format(text=text))
    return width, height
