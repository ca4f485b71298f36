"""`osisnr-gui --install-desktop`: an entry in the menus of this user's desktop, an icon, and "Open with" for files.

For installs that no package manager looks after: pip, or an unpacked archive. What it writes lies in the user's own
folders and goes with `--remove-desktop`. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from osisnr_gui.children import is_bundle
from osisnr_gui.paths import resource_path
from osisnr_gui.text.catalogue import _

NAME = "osisnr_gui"
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
#: Programs that tell the desktop of new files; where one is missing, the desktop looks by itself.
_REFRESH = (("update-desktop-database", "applications"), ("update-mime-database", "mime"))
_QUOTED = re.compile(r"([\"`$\\])")


def shared_files() -> Iterator[tuple[str, str]]:
    """(resource, place below a `share` folder) of everything a desktop reads."""
    yield f"packaging/{NAME}.desktop", f"applications/{NAME}.desktop"
    yield f"packaging/{NAME}.xml", f"mime/packages/{NAME}.xml"
    yield f"icons/{NAME}.svg", f"icons/hicolor/scalable/apps/{NAME}.svg"
    for size in ICON_SIZES:
        yield f"icons/{NAME}_{size}.png", f"icons/hicolor/{size}x{size}/apps/{NAME}.png"


def program() -> str:
    """The absolute path of `osisnr-gui`: the bundle itself, else the script that runs, or the one beside Python."""
    if is_bundle():
        return str(Path(sys.executable).with_name("osisnr-gui"))
    beside = Path(sys.executable).with_name("osisnr-gui")
    started = shutil.which(sys.argv[0]) if Path(sys.argv[0]).name == "osisnr-gui" else None
    return os.path.abspath(started or beside)


def with_program(entry: str, path: str) -> str:
    """The text of a desktop file that starts the program at `path`."""
    # Quoted as the desktop entry specification wants it: first for the command line, then as a string of the file.
    quoted = _QUOTED.sub(r"\\\1", path.replace("%", "%%")).replace("\\", "\\\\")
    return re.sub(r"^Exec=\S+", lambda _found: f'Exec="{quoted}"', entry, flags=re.MULTILINE)


def user_share() -> Path:
    """Where this user's desktop looks for such files."""
    folder = os.environ.get("XDG_DATA_HOME", "")
    return Path(folder) if os.path.isabs(folder) else Path.home() / ".local" / "share"


def install() -> int:
    """Write all files for this user and say so; the exit code."""
    if not sys.platform.startswith("linux"):
        print(_("Desktop files are for Linux; elsewhere the installer does this."), file=sys.stderr)
        return 2
    share = user_share()
    for resource, place in shared_files():
        target = share / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(resource_path(*resource.split("/")), target)
    entry = share / "applications" / f"{NAME}.desktop"
    entry.write_text(with_program(entry.read_text("utf-8"), program()), "utf-8")
    _refresh(share)
    print(_("OSI-SNR is in the menu now and opens {program}.").format(program=program()))
    print(_("To take it out again: osisnr-gui --remove-desktop"))
    return 0


def remove() -> int:
    """Remove what `install` wrote; the exit code."""
    share = user_share()
    for _resource, place in shared_files():
        (share / place).unlink(missing_ok=True)
    _refresh(share)
    print(_("OSI-SNR is no longer in the menu."))
    return 0


def _refresh(share: Path) -> None:
    for command, folder in _REFRESH:
        if shutil.which(command) is not None and (share / folder).is_dir():
            subprocess.run([command, str(share / folder)], stdin=subprocess.DEVNULL, capture_output=True, check=False)
