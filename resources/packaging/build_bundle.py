"""Builds what is installed without Python, for the system this runs on (Debian 12 for Linux):

    /usr/bin/python3 resources/packaging/build_bundle.py

Leaves in `dist/`: the folder `osisnr-gui` with both programs, and on Linux a .deb and a .tar.xz of it. Needs
python3-venv and python3-dev, binutils, dpkg-deb, tar and xz; everything else is installed with pip into an environment
of its own, outside the repository. Ends with the bundle's own selftest.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True  # the folder stays as git made it
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT)]

from bundle_contents import LEFT_TO_SYSTEM, too_new  # noqa: E402

from osisnr_gui import __version__  # noqa: E402
from osisnr_gui.cli.main import COMMANDS  # noqa: E402
from osisnr_gui.desktop_files import SHARED  # noqa: E402
from osisnr_gui.platform_check import FONT_PACKAGE, NEEDED, USEFUL  # noqa: E402

NAME = "osisnr-gui"
PROGRAMS = {
    "osisnr": ("scores of separated speech: OSI-SNR, MC-MSE and the fused loss", ("", *COMMANDS)),
    "osisnr-gui": ("see and judge speech separation", ("",)),
}
CONTROL = """\
Package: {name}
Version: {version}
Architecture: {machine}
Maintainer: osisnr_gui <osisnr_gui@localhost>
Installed-Size: {kib}
Depends: {depends}
Section: sound
Priority: optional
Description: see and judge speech separation
 Spectrograms, OSI-SNR of every frame and a live fused loss of separated or enhanced
 speech against its reference; a window (osisnr-gui) and a command line (osisnr).
"""


def run(*command: str | Path, **how: object) -> None:
    """Run a program; its failure is ours."""
    subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL, **how)  # type: ignore[call-overload]


def said_by(*command: str) -> str:
    """What a program writes."""
    environment = {**os.environ, "COLUMNS": "76"}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout


def freeze(work: Path, out: Path) -> Path:
    """The folder of a fresh bundle of what pip would install."""
    environment = work / "venv"
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    if not programs.exists():
        run(sys.executable, "-m", "venv", environment)
    pip = (programs / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "uninstall", "--yes", NAME)
    run(*pip, "install", f"{ROOT}[bundle]")
    options = ("--noconfirm", "--log-level", "WARN", "--distpath", out, "--workpath", work / "build")
    run(programs / "pyinstaller", *options, HERE / "osisnr_gui.spec", cwd=work)
    if sys.platform == "linux":  # one file with two names: only on Windows and macOS do the programs differ
        (out / NAME / "osisnr").unlink()
        (out / NAME / "osisnr").hardlink_to(out / NAME / NAME)
    return out / NAME


def check(bundle: Path) -> None:
    """Refuse a bundle that would not start on an older system, or whose selftest fails."""
    libraries = (path for path in bundle.rglob("*.so*") if not path.is_symlink())
    if wrong := too_new((str(path), path.read_bytes()) for path in libraries):
        raise SystemExit("\n".join(["built on too new a system:", *wrong]))
    run(bundle / "osisnr", "--selftest")


def manual(bundle: Path, program: str) -> bytes:
    """A man page made of what the program says of its options."""
    title, commands = PROGRAMS[program]
    page = [f'.TH {program.upper()} 1 "" "osisnr_gui {__version__}"', ".SH NAME", f"{program} \\- {title}"]
    for command in commands:
        words = [str(bundle / program), *filter(None, [command]), "--help"]
        text = subprocess.run(
            words, check=True, capture_output=True, text=True, env={**os.environ, "COLUMNS": "76"}
        ).stdout
        lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
        page += [f".SH {command.upper() or 'DESCRIPTION'}", ".nf", *(f"\\&{line}" for line in lines), ".fi"]
    return gzip.compress("\n".join([*page, ""]).encode(), mtime=0)


def share(folder: Path, bundle: Path) -> None:
    """Fill a `share` folder: menus, icons, file types, man pages, licence."""
    files = {place: (ROOT / "resources" / resource).read_bytes() for place, resource in SHARED.items()}
    files |= {f"man/man1/{program}.1.gz": manual(bundle, program) for program in PROGRAMS}
    licences = ROOT / "resources" / "licenses"
    both = (licences / "LICENSE").read_bytes() + b"\n" + (licences / "THIRD_PARTY.md").read_bytes()
    files |= {f"doc/{NAME}/copyright": both}
    for place, data in files.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(data)


def make_deb(bundle: Path, work: Path, out: Path) -> Path:
    """The package for Debian and Ubuntu: everything in /opt, links to both programs in /usr/bin."""
    tree = work / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "opt").mkdir(parents=True)
    run("cp", "--archive", bundle, tree / "opt" / NAME)  # keeps the hard link
    share(tree / "usr" / "share", bundle)
    (tree / "usr" / "bin").mkdir()
    for program in PROGRAMS:
        (tree / "usr" / "bin" / program).symlink_to(f"/opt/{NAME}/{program}")
    machine = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    depends = ", ".join([*LEFT_TO_SYSTEM, *NEEDED, *USEFUL, FONT_PACKAGE])
    fields = {"name": NAME, "version": __version__, "machine": machine, "depends": depends, "kib": size(tree) >> 10}
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(CONTROL.format(**fields), "utf-8")
    run("chmod", "-R", "u=rwX,go=rX", tree)
    package = out / f"{NAME}_{__version__}_{machine}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, package, stdout=subprocess.DEVNULL)
    return package


def make_archive(bundle: Path, work: Path, out: Path) -> Path:
    """The bundle for users without root: unpacked anywhere, `osisnr-gui --install-desktop` does the rest."""
    folder = work / f"{NAME}-{__version__}"
    shutil.rmtree(folder, ignore_errors=True)
    run("cp", "--archive", bundle, folder)
    share(folder / "share", bundle)
    archive = out / f"{folder.name}-linux-{platform.machine()}.tar.xz"
    options = ("--owner=0", "--group=0", "--sort=name", "-C", work)
    run("tar", *options, "-cJf", archive, folder.name, env={**os.environ, "XZ_OPT": "-6 -T0"})
    return archive


def size(path: Path) -> int:
    """Bytes of all files, links of any kind not counted again."""
    files = [file.lstat() for file in (path.rglob("*") if path.is_dir() else [path]) if not file.is_dir()]
    return sum({file.st_ino: file.st_size for file in files}.values())


def report(bundle: Path, made: list[Path]) -> Iterator[str]:
    """Sizes of all that was made and of the bundle's largest parts."""
    for path in (bundle, *made):
        yield f"{size(path) / 1e6:7.1f} MB  {path.name}"
    inside = bundle / "_internal"
    parts = [
        part for folder in (inside, inside / "PySide6" / "Qt") for part in folder.iterdir() if part.name != "PySide6"
    ]
    for part in sorted(parts, key=size, reverse=True)[:12]:
        yield f"{size(part) / 1e6:7.1f} MB    {part.relative_to(inside)}"


def main() -> None:
    """Build, check, pack, report."""
    parser = argparse.ArgumentParser(description="Build osisnr_gui for people without Python.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the results go (default: dist)")
    work = Path(tempfile.gettempdir()) / "osisnr_gui_bundle"
    parser.add_argument("--work", type=Path, default=work, help=f"environment and intermediate files (default: {work})")
    parser.add_argument("--only-folder", action="store_true", help="no packages")
    options = parser.parse_args()
    work, out = options.work.resolve(), options.out.resolve()
    for folder in (work, out):
        folder.mkdir(parents=True, exist_ok=True)
    bundle = freeze(work, out)
    check(bundle)
    packs = sys.platform == "linux" and not options.only_folder
    made = [make_deb(bundle, work, out), make_archive(bundle, work, out)] if packs else []
    print(*report(bundle, made), sep="\n")


if __name__ == "__main__":
    main()
