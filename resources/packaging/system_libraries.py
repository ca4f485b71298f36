"""The first step of the README's two commands: the system libraries that Qt needs, installed where they are missing.

    python3 resources/packaging/system_libraries.py

Standard library only; it runs before anything is installed. Where all is there it does and says nothing, and needs no
rights. By apt-get where that is there and the user is root or `sudo -n` works; elsewhere it names what is missing.
Exit code 1 when Qt cannot load at all, else 0: without a library for windows or sound the rest still works.
"""

from __future__ import annotations

import ctypes
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
    return unloadable({**NEEDED, **USEFUL}) + ([] if has_font() else [FONT_PACKAGE])


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
    print(f"Installing system libraries: {' '.join(packages)}", flush=True)
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *APT_OPTIONS]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        # An update that fails is no end: the lists that are there may do.
        subprocess.run([*apt_get, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main() -> int:
    """Install or name what is missing; the exit code."""
    if not sys.platform.startswith("linux"):
        return 0
    missing = missing_packages()
    prefix = administrator() if missing and shutil.which("apt-get") else None
    if prefix is not None:
        install(missing, prefix)
        missing = missing_packages()
    if not missing:
        return 0
    print(
        f"These system libraries are missing, and Qt needs them: {', '.join(missing)}. Install them with\n"
        f"  Debian, Ubuntu:  sudo apt-get install {' '.join(missing)}\n"
        f"  Fedora:          sudo dnf install {DNF_PACKAGES}",
        file=sys.stderr,
    )
    return 1 if NEEDED.keys() & set(missing) else 0


if __name__ == "__main__":
    raise SystemExit(main())
