"""The first step of the README's two commands: what Qt and `venv` need of the system, installed where it is missing.

    python3 resources/packaging/system_libraries.py

Standard library only; it runs before anything is installed. Where all is there it does and says nothing, and needs no
rights. By apt-get where that is there and the user is root or `sudo -n` works; elsewhere it names what is missing.
Exit code 1 when nothing can start, else 0: without a library for windows or sound the rest still works.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping

sys.dont_write_bytecode = True  # the folder stays as git made it
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from osisnr_gui.platform_check import DNF_PACKAGES, FONT_PACKAGE, NEEDED, USEFUL  # noqa: E402

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
VENV_PACKAGE = "python3-venv"
APT_OPTIONS = ("-qq", "-o", "DPkg::Lock::Timeout=60")


def unloadable(packages: Mapping[str, str]) -> list[str]:
    """The packages whose library the dynamic loader does not find."""
    return [package for package, library in packages.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font(folders: Iterable[str] = FONT_FOLDERS) -> bool:
    """Whether there is any outline font: without one Qt draws no letters."""
    return any(
        name.lower().endswith((".ttf", ".otf", ".ttc"))
        for folder in folders
        for _, _, names in os.walk(os.path.expanduser(folder))
        for name in names
    )


def missing_packages() -> list[str]:
    """What is not there, as packages of Debian and Ubuntu."""
    venv = [] if importlib.util.find_spec("ensurepip") else [VENV_PACKAGE]
    return venv + unloadable({**NEEDED, **USEFUL}) + ([] if has_font() else [FONT_PACKAGE])


def administrator() -> list[str] | None:
    """What to put before a command that needs root's rights; None when it would ask for a password."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asked = subprocess.run([sudo, "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True)
    return [sudo, "-n"] if asked.returncode == 0 else None


def install(packages: list[str], prefix: list[str]) -> None:
    """Install packages without a question; what apt-get complains about goes to stderr."""
    print(f"Installing {' '.join(packages)}", flush=True)
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *APT_OPTIONS]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        # An update that fails is no end: the lists that are there may do.
        subprocess.run([*apt_get, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main() -> int:
    """Install or name what is missing; the exit code."""
    if not sys.platform.startswith("linux"):
        return 0
    missing, has_apt = missing_packages(), shutil.which("apt-get") is not None
    prefix = administrator() if missing and has_apt else None
    if prefix is not None:
        install(missing, prefix)
        missing = missing_packages()
    if not missing:
        return 0
    needed = [package for package in missing if package in NEEDED or package == VENV_PACKAGE]
    useful = [package for package in missing if package not in needed]
    if needed:
        print(f"Nothing can start without {', '.join(needed)}.", file=sys.stderr)
    if useful:
        print(f"There is no window, no sound or no letters without {', '.join(useful)}.", file=sys.stderr)
    command = f"apt-get install {' '.join(missing)}" if has_apt else f"dnf install {DNF_PACKAGES}  (Fedora)"
    print(f"Install it with: sudo {command}", file=sys.stderr)
    return 1 if needed else 0


if __name__ == "__main__":
    raise SystemExit(main())
