"""`osisnr-gui --install-desktop`: an entry in the menus of this user's desktop, an icon, and "Open with" for files.

For installs that no package manager looks after: pip, or an unpacked archive. What it writes lies in the user's own
folders and goes with `--remove-desktop`. Standard library only.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from osisnr_gui.cli.lines import DONE, REFUSED, WRONG_USAGE
from osisnr_gui.io.streams import say
from osisnr_gui.paths import resource_path
from osisnr_gui.text.catalogue import _

NAME = "osisnr_gui"
#: What a desktop reads: place below a `share` folder -> resource.
SHARED = {
    f"applications/{NAME}.desktop": f"packaging/{NAME}.desktop",
    f"mime/packages/{NAME}.xml": f"packaging/{NAME}.xml",
    f"icons/hicolor/scalable/apps/{NAME}.svg": f"icons/{NAME}.svg",
    **{f"icons/hicolor/{n}x{n}/apps/{NAME}.png": f"icons/{NAME}_{n}.png" for n in (16, 24, 32, 48, 64, 128, 256)},
}


def program() -> str:
    """The absolute path of `osisnr-gui`: what was started, else what lies beside Python or the other program."""
    started = shutil.which(sys.argv[0]) if Path(sys.argv[0]).name == "osisnr-gui" else None
    return os.path.abspath(started or Path(sys.executable).with_name("osisnr-gui"))


def with_program(entry: str, path: str) -> str:
    """The text of a desktop file that starts the program at `path`."""
    # Quoted as the desktop entry specification wants it: first for the command line, then as a string of the file.
    quoted = re.sub(r"([\"`$\\])", r"\\\1", path.replace("%", "%%")).replace("\\", "\\\\")
    return re.sub(r"^Exec=\S+", lambda _found: f'Exec="{quoted}"', entry, flags=re.MULTILINE)


def change(*, install: bool) -> int:
    """Write all files for this user, or remove them, and say so; the exit code."""
    if not sys.platform.startswith("linux"):
        say([_("Menu entries are for Linux; here start osisnr-gui by its name.")])
        return WRONG_USAGE
    folder = os.environ.get("XDG_DATA_HOME", "")  # there this user's desktop looks for such files
    share = Path(folder) if os.path.isabs(folder) else Path.home() / ".local" / "share"
    try:
        (_install if install else _remove)(share)
    except OSError as error:
        say([_("The menu entry could not be changed: {error}").format(error=error)])
        return REFUSED
    return DONE


def _install(share: Path) -> None:
    for place, resource in SHARED.items():
        (share / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(resource_path(*resource.split("/")), share / place)
    entry = share / "applications" / f"{NAME}.desktop"
    entry.write_text(with_program(entry.read_text("utf-8"), program()), "utf-8")
    _refresh(share)
    print(_("OSI-SNR is in the menu now and opens {program}.").format(program=program()))
    print(_("To take it out again: osisnr-gui --remove-desktop"))


def _remove(share: Path) -> None:
    for place in SHARED:
        (share / place).unlink(missing_ok=True)
    _refresh(share)
    print(_("This user's menu entry is removed; one that a package installed stays."))


def _refresh(share: Path) -> None:
    """Tell the desktop; where the program for it is missing, the desktop looks by itself."""
    for command, folder in (("update-desktop-database", "applications"), ("update-mime-database", "mime")):
        if shutil.which(command) is not None and (share / folder).is_dir():
            subprocess.run([command, str(share / folder)], stdin=subprocess.DEVNULL, capture_output=True, check=False)
