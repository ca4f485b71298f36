"""Installs the .deb into a Debian 12 without Python, and uses the program there as a person would:

    .venv/bin/python tests/packaging/bare_debian.py dist/osisnr-gui_*.deb [--root FOLDER] [--shots FOLDER]

Needs root, debootstrap, and what the slow tests need (an X server, a sound server). On demand: it takes minutes and
downloads a system. --root : a fresh debootstrap of bookworm, used as it is; without it one is made. Ends with 0 when
everything held; every step says what it saw.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "kits"), str(ROOT / "tests" / "qt")]

from real_display import Display, open_display, running, wait_for  # noqa: E402
from real_sound import SoundServer, open_sound_server  # noqa: E402
from test_real_window import ARGUMENTS, PLACES, TITLE, Places, _fused  # noqa: E402

SUITE, MIRROR, USER = "bookworm", "http://deb.debian.org/debian", "tester"
HOMES = "/home"
HOME = f"{HOMES}/{USER}"
RESOURCES = "/opt/osisnr-gui/_internal/osisnr_gui/_resources"
PAIRS = 50
SHOWN_SECONDS = 120.0


def say(text: str) -> None:
    """One line of the record."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


class Machine:
    """A Debian in a folder. The network, displays and processes are those of the machine around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / HOME[1:]

    def run(self, *command: str, user: str = "root", **environment: str) -> str:
        """What a program in it writes; it must end with 0."""
        done = subprocess.run(
            self.words(*command, user=user), env=self.environment(user, **environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{shlex.join(command)}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def words(self, *command: str, user: str = USER) -> list[str]:
        """The words that start a program in it."""
        return ["chroot", f"--userspec={user}", str(self.folder), *command]

    def environment(self, user: str = USER, **more: str) -> dict[str, str]:
        """That of a fresh login."""
        home = "/root" if user == "root" else HOME
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"PATH": path, "HOME": home, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **more}

    def own_files(self) -> set[str]:
        """Everything named after the program, outside home folders and what is mounted."""
        found = self.run(
            "find", "/", "-xdev", "-iname", "*osisnr*", "-not", "-path", f"{HOMES}/*", "-not", "-path", "/proc/*"
        )
        return set(found.split())

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """With /proc, shared memory and the sockets of X servers, as any system has them."""
        outside, inside = Path("/tmp/.X11-unix"), self.folder / "tmp" / ".X11-unix"
        for folder in (outside, inside):
            folder.mkdir(exist_ok=True)
        outside.chmod(0o1777)
        pairs = (
            ["-t", "proc", "proc", str(self.folder / "proc")],
            ["-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(self.folder / "dev" / "shm")],
            ["--bind", str(outside), str(inside)],
        )
        for arguments in pairs:
            subprocess.run(["mount", *arguments], check=True)
        try:
            yield
        finally:
            for arguments in reversed(pairs):
                subprocess.run(["umount", "-l", arguments[-1]], check=True)


def make_system(folder: Path) -> None:
    """A Debian 12 without anything that is not essential."""
    subprocess.run(["debootstrap", "--variant=minbase", SUITE, str(folder), MIRROR], check=True, capture_output=True)


def install(machine: Machine, package: Path) -> None:
    """Install with apt-get, as the README says."""
    assert "python3" not in os.listdir(machine.folder / "usr" / "bin")
    shutil.copy(package, machine.folder / "opt")
    machine.run("apt-get", "-q", "update")
    said = machine.run("apt-get", "-q", "install", "-y", "--no-install-recommends", f"/opt/{package.name}")
    (machine.folder / "opt" / package.name).unlink()
    assert "python3" not in os.listdir(machine.folder / "usr" / "bin"), "Python came with it"
    new = next(line for line in said.splitlines() if "newly installed" in line)
    say(f"installed: {new}")
    machine.run("useradd", "--create-home", USER)
    for name in ("osisnr", "osisnr-gui"):
        say(machine.run(name, "--version", user=USER).strip())


def fill_home(machine: Machine) -> None:
    """Files of a user: two sounds, two masks, a session, 50 pairs."""
    from osisnr_gui.session.codec import SavedView, session_bytes
    from osisnr_gui.session.edits import open_files
    from osisnr_gui.session.session import Session

    samples, selftest = ROOT / "resources" / "samples", ROOT / "resources" / "selftest"
    for name, sample in (("ref.flac", "clean"), ("est.flac", "est_dfn3"), ("est_b.flac", "est_gate")):
        shutil.copy(samples / f"2_enhancement_{sample}.flac", machine.home / name)
    shutil.copy(selftest / "matrix.npy", machine.home / "ref.npy")
    shutil.copy(selftest / "matrix.mat", machine.home / "est.mat")
    shutil.copy(selftest / "tone.wav", machine.home / "tone.wav")
    session = open_files(Session(), [str(machine.home / "ref.flac"), str(machine.home / "est.flac")])
    path = machine.home / "both.osisnr"
    path.write_bytes(session_bytes(session, SavedView(), str(path)))
    for folder, sample in (("clean", "clean"), ("enhanced", "est_dfn3")):
        (machine.home / folder).mkdir()
        for index in range(PAIRS):
            shutil.copy(samples / f"2_enhancement_{sample}.flac", machine.home / folder / f"{index:02}.flac")
    machine.run("chown", "-R", f"{USER}:{USER}", HOME)


class Desk:
    """A display and a sound server in front of the machine, and who sits there."""

    def __init__(self, machine: Machine, display: Display, sound: SoundServer, shots: Path) -> None:
        self.machine, self.display, self.sound, self.shots = machine, display, sound, shots
        socket = Path(sound.environment["PULSE_SERVER"].removeprefix("unix:"))
        self.environment = machine.environment(
            DISPLAY=display.environment["DISPLAY"], PULSE_SERVER=f"unix:/{socket.relative_to(machine.folder)}",
        )  # fmt: skip

    @contextmanager
    def program(self, *command: str, title: str, name: str) -> Iterator[str]:
        """The id of the program's window, once it is there; in the end it is closed and must end with 0, in silence."""
        log = self.shots / f"{name}.log"
        with running(self.machine.words(*command), self.environment, log) as process:
            window = wait_for(title, lambda: self.display.find_window(title), SHOWN_SECONDS)
            self.wait_still()
            yield window
            self.display.screenshot(self.shots / f"{name}.png")
            self.display.close(window)
            assert process.wait(60) == 0, log.read_text()
        assert "Traceback" not in log.read_text(), log.read_text()
        say(f"{name}: window shown, used, closed with 0")

    def wait_still(self) -> None:
        """Until the screen does not change any more."""
        self.display.point(1399, 899)
        looks: list[bytes] = []

        def still() -> bool | None:
            self.display.screenshot(self.shots / "still.bmp")
            looks.append((self.shots / "still.bmp").read_bytes())
            return True if len(looks) > 3 and len(set(looks[-3:])) == 1 else None

        wait_for("a screen that stands still", still, SHOWN_SECONDS)

    def focus(self, window: str) -> None:
        """Give a window the keyboard."""
        self.display.call("xdotool", "windowactivate", "--sync", window)

    def number(self) -> float:
        """The fused loss of the first estimate, as it is copied."""
        return next(iter(_fused(self.display.copied()).values()))


def use_demo(desk: Desk, places: Places) -> None:
    """Drag the slider: the number is that of the command line. Play: it is recorded. Open a .mat: it is shown."""
    with desk.program("osisnr-gui", *ARGUMENTS, title=TITLE, name="demo") as window:
        desk.focus(window)
        before = desk.number()
        way = [places.at(0.3 + 0.6 * step / 12) for step in range(13)]
        desk.display.drag(window, way, halfway=lambda: None)
        desk.wait_still()
        after = desk.number()
        assert abs(after - before) > 0.01, (before, after)
        files = [f"{RESOURCES}/samples/2_enhancement_{name}.flac" for name in ("clean", "est_dfn3")]
        desk.machine.run("osisnr", "score", *files, "--json", f"{HOME}/scores.json", user=USER)
        scored = json.loads((desk.machine.home / "scores.json").read_text("utf-8"))
        assert abs(scored["estimates"][0]["exact"]["fused"] - before) < 1e-9
        say(f"demo: slider dragged, fused loss {before:.4f} -> {after:.4f}; osisnr score says {before:.4f}, too")
        with desk.sound.recording() as recording:
            desk.display.press("space")
            wait_for("sound", lambda: True if abs(recording.samples).max(initial=0) > 0.01 else None)
            recording.wait_for(1.0)
            desk.display.press("space")
            peak = float(abs(recording.samples).max())
        say(f"demo: {recording.samples.size} samples recorded, peak {peak:.2f}")
        desk.display.press("ctrl+o")
        wait_for("the file dialog", lambda: desk.display.find_window("Open a reference and estimates"))
        desk.display.call("xdotool", "type", "--delay", "20", f'"{HOME}/ref.npy" "{HOME}/est.mat"')
        desk.display.press("Return")
        wait_for(".mat", lambda: desk.display.find_window(r"^est\.mat against ref\.npy"), SHOWN_SECONDS)
        desk.wait_still()
        say("demo: est.mat is compared with ref.npy")


def use_folders(desk: Desk) -> None:
    """Score 50 pairs in the window and, with two jobs, from the command line."""
    command = ("osisnr", "batch", f"{HOME}/clean", f"{HOME}/enhanced", "-o", f"{HOME}/out.csv", "--jobs", "2")
    desk.machine.run(*command, user=USER)
    lines = [line for line in (desk.machine.home / "out.csv").read_text().splitlines() if not line.startswith("#")]
    assert len(lines) == PAIRS + 1, lines
    say(f"osisnr batch --jobs 2: {len(lines) - 1} pairs")
    with desk.program("osisnr-gui", f"{HOME}/clean", f"{HOME}/enhanced", title="osisnr_gui$", name="folders"):
        journals = desk.machine.home / ".cache" / "osisnr_gui"
        wait_for("rows", lambda: next(journals.rglob("*.journal"), None), SHOWN_SECONDS)
        rows = wait_for("all rows", lambda: _rows(journals) if _rows(journals) >= PAIRS else None, SHOWN_SECONDS)
        desk.wait_still()
        say(f"folders: {rows} rows in the journal")


def _rows(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") - 1 for path in folder.rglob("*.journal"))


def double_click(desk: Desk) -> None:
    """What a file manager starts: the desktop file's Exec line with one session, one sound, and two files."""
    entry = (desk.machine.folder / "usr/share/applications/osisnr_gui.desktop").read_text()
    (line,) = (line.removeprefix("Exec=") for line in entry.splitlines() if line.startswith("Exec="))
    program, place = shlex.split(line)
    assert place == "%F", line
    for name, files, title in (
        ("session", ["both.osisnr"], r"^both\b.*est\.flac against ref\.flac"),
        ("sound", ["tone.wav"], "osisnr_gui$"),
        ("two", ["ref.flac", "est_b.flac"], r"^est_b\.flac against ref\.flac"),
    ):
        with desk.program(program, *(f"{HOME}/{file}" for file in files), title=title, name=name):
            pass


def write_report(machine: Machine) -> None:
    """One page with two estimates and their sounds."""
    names = [f"{HOME}/{name}" for name in ("ref.flac", "est.flac", "est_b.flac")]
    machine.run("osisnr", "report", *names, "-o", f"{HOME}/report.html", user=USER)
    page = (machine.home / "report.html").read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>")
    assert HOME not in page, "no path stands in a report"
    say(f"report: {len(page) / 1e6:.1f} MB")


def purge(machine: Machine) -> None:
    """Remove it; nothing named after it is left outside the home folder."""
    machine.run("apt-get", "-q", "purge", "-y", "osisnr-gui")
    assert machine.own_files() == set(), machine.own_files()
    kept = sorted(path.name for path in machine.home.iterdir() if path.name.startswith("."))
    say(f"purged: nothing left; hidden folders at home: {kept}")


def find_places() -> Places:
    """Where things are in the window, from the same window offscreen (of this tree, which the bundle was made of)."""
    from PySide6.QtCore import QRect

    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-c", PLACES, *ARGUMENTS]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    rects = {name: QRect(*found[name]) for name in ("slider", "field", "headline")}
    return Places(left=found["left"], span=found["span"], **rects)


def main() -> None:
    """All steps, one after the other."""
    parser = argparse.ArgumentParser(description="Try the .deb on a Debian without Python.")
    parser.add_argument("package", type=Path)
    parser.add_argument("--root", type=Path, help="a fresh debootstrap of bookworm")
    parser.add_argument("--shots", type=Path, help="where pictures of the screen go")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="osisnr_bare_")))
        folder.chmod(0o755)
        machine = Machine((options.root or folder / "root").resolve())
        if options.root is None:
            make_system(machine.folder)
        shots = (options.shots or folder / "shots").resolve()
        shots.mkdir(parents=True, exist_ok=True)
        places = find_places()
        stack.enter_context(machine.mounted())
        install(machine, options.package)
        fill_home(machine)
        print(machine.run("osisnr", "--selftest", user=USER))
        write_report(machine)
        display = stack.enter_context(open_display(folder / "display"))
        stack.enter_context(running(["openbox"], display.environment, folder / "openbox.log"))
        wait_for("the window manager", lambda: display.is_managed() or None)
        sound = stack.enter_context(open_sound_server(machine.folder / "var" / "tmp" / "sound"))
        machine.run("chmod", "-R", "a+rwX", "/var/tmp/sound")
        desk = Desk(machine, display, sound, shots)
        use_demo(desk, places)
        use_folders(desk)
        double_click(desk)
        sound.stop()
        purge(machine)
    say("everything held")


if __name__ == "__main__":
    main()
