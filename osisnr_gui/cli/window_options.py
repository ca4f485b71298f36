"""The options of `osisnr-gui`, read before anything of Qt is loaded."""

import argparse
import os

from osisnr_gui import __version__
from osisnr_gui.cli.lines import UsageError
from osisnr_gui.cli.scoring_options import Parser
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.text.catalogue import _


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the arguments of `osisnr-gui`.

    Raises UsageError, and SystemExit after --help and --version.
    """
    names = ", ".join(demo.name for demo in DEMOS)
    description = _("See and judge speech separation: spectrograms and OSI-SNR of every frame.")
    parser = Parser(prog="osisnr-gui", description=description)
    add = parser.add_argument
    add(
        "files",
        nargs="*",
        metavar="FILE",
        help=_("reference and estimates, as their names tell, else the first is the reference; or a session"),
    )
    add("--reference", metavar="FILE", help=_("the reference, whatever the order of the other files"))
    words = _("open a demo: {names} (default: the first)").format(names=names)
    add("--demo", nargs="?", const=DEMOS[0].name, metavar="NAME", help=words)
    add("--screenshot", metavar="FILE", help=_("save the window as PNG once everything is shown, and quit"))
    add("--theme", choices=("system", "light", "dark"), help=_("look of this run"))
    add("--size", metavar="WxH", type=_size, help=_("window size of this run, e.g. 1280x720"))
    alone = parser.add_mutually_exclusive_group().add_argument
    alone("--selftest", action="store_true", help=_("try every part of this installation, print a table, and quit"))
    alone("--install-desktop", action="store_true", help=_("add the program to the menus of this user, and quit"))
    alone("--remove-desktop", action="store_true", help=_("take it out of them again, and quit"))
    add("--version", action="version", version=f"osisnr-gui {__version__}")
    options = parser.parse_args(arguments)
    if options.demo is not None and options.demo not in names.split(", "):
        # `--demo a.wav` means the first demo was not asked for by name: say so instead of guessing.
        detail = _("--demo: there is no demo {name!r}").format(name=options.demo)
        raise UsageError(detail, _("choose one of {names}").format(names=names))
    if options.demo is not None and (options.files or options.reference is not None):
        raise UsageError(_("--demo: a demo brings its own files"), _("leave out the demo or the files"))
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
