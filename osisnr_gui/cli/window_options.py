"""The options of `osisnr-gui`, read before anything of Qt is loaded."""

from __future__ import annotations

import argparse
import os

from osisnr_gui import __version__
from osisnr_gui.cli.lines import UsageError
from osisnr_gui.cli.scoring_options import Parser
from osisnr_gui.session.demos import DEMOS


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the arguments of `osisnr-gui`.

    Raises UsageError, and SystemExit after --help and --version.
    """
    names = ", ".join(demo.name for demo in DEMOS)
    parser = Parser(
        prog="osisnr-gui", description="See and judge speech separation: spectrograms and OSI-SNR of every frame."
    )
    add = parser.add_argument
    add(
        "files",
        nargs="*",
        metavar="FILE",
        help="reference and estimates, as their names tell, else the first is the reference; or a session",
    )
    add("--reference", metavar="FILE", help="the reference, whatever the order of the other files")
    add("--demo", nargs="?", const=DEMOS[0].name, metavar="NAME", help=f"open a demo: {names} (default: the first)")
    add("--screenshot", metavar="FILE", help="save the window as PNG once everything is shown, and quit")
    add("--theme", choices=("system", "light", "dark"), help="look of this run")
    add("--size", metavar="WxH", type=_size, help="window size of this run, e.g. 1280x720")
    desktop = parser.add_mutually_exclusive_group().add_argument
    desktop("--install-desktop", action="store_true", help="add the program to this user's menus, and quit")
    desktop("--remove-desktop", action="store_true", help="take it out of them again, and quit")
    add("--version", action="version", version=f"osisnr-gui {__version__}")
    options = parser.parse_args(arguments)
    if options.demo is not None and options.demo not in names.split(", "):
        # `--demo a.wav` means the first demo was not asked for by name: say so instead of guessing.
        raise UsageError(f"--demo: there is no demo {options.demo!r}", f"choose one of {names}")
    if options.demo is not None and (options.files or options.reference is not None):
        raise UsageError("--demo: a demo brings its own files", "leave out the demo or the files")
    return options


def check_picture(options: argparse.Namespace) -> None:
    """Raise UsageError for what the window asks about: a picture's has nobody who could answer."""
    if options.files and len(options.files) != 2 and all(map(os.path.isdir, options.files)):
        raise UsageError("a list needs two folders", "name that of the references, then the estimates'")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    try:
        size = int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1280x720") from None
    if not (320 <= size[0] <= 8192 and 240 <= size[1] <= 8192):
        raise argparse.ArgumentTypeError(f"{text!r} is outside 320x240 to 8192x8192")
    return size
