"""An X server of its own, and what a user does there: look at the screen, move the mouse, press keys, paste.

Standard library only: `.ci/run` asks this module for the packages before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

# The program that is needed -> the package of Debian and Ubuntu that has it.
TOOLS = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "xclip": "xclip",
    "import": "imagemagick",
    "openbox": "openbox",
    "wmctrl": "wmctrl",
}
APT_PACKAGES = " ".join(TOOLS.values())
SCREEN = "1400x900x24"
WAIT_SECONDS = 60.0
_MARKER = "nothing was copied"

Found = TypeVar("Found")


def missing_tools() -> str:
    """What is not installed and how to install it; empty when nothing is missing."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"{', '.join(missing)} not found; install with: sudo apt-get install {APT_PACKAGES}" if missing else ""


def wait_for(what: str, ask: Callable[[], Found | None], seconds: float = WAIT_SECONDS) -> Found:
    """Ask until the answer is not None."""
    stop = time.monotonic() + seconds
    while (answer := ask()) is None:
        if time.monotonic() > stop:
            raise AssertionError(f"waited {seconds:g} s for {what}")
        time.sleep(0.1)
    return answer


@dataclass(frozen=True)
class Display:
    """A running X server; every method is a program that talks to it from outside."""

    environment: Mapping[str, str] = field(repr=False)

    def call(self, *command: str) -> str:
        """Run a program on this display; its output, stripped."""
        done = self._run(*command)
        assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}: {done.stderr}"
        return done.stdout.strip()

    def find_window(self, title: str) -> str | None:
        """The id of the one visible window whose title matches."""
        found = self._run("xdotool", "search", "--onlyvisible", "--name", title).stdout.split()
        return found[0] if len(found) == 1 else None

    def is_managed(self) -> bool:
        """Whether a window manager runs."""
        return self._run("wmctrl", "-m").returncode == 0

    def close(self, window: str) -> None:
        """Ask the window manager to close a window, as the cross in the title bar does."""
        self.call("wmctrl", "-i", "-c", window)

    def maximize(self, window: str, on: bool) -> None:
        """Make a window as large as the screen, or what it was before; everything in it is laid out and painted."""
        action = "add" if on else "remove"
        self.call("wmctrl", "-i", "-r", window, "-b", f"{action},maximized_vert,maximized_horz")

    def geometry(self, window: str) -> tuple[int, int, int, int]:
        """x, y, width and height of a window without its frame."""
        lines = self.call("xdotool", "getwindowgeometry", "--shell", window).splitlines()
        values = dict(line.split("=") for line in lines)
        return int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])

    def press(self, keys: str) -> None:
        """Press keys in whatever has the focus."""
        self.call("xdotool", "key", keys)

    def point(self, x: int, y: int, window: str = "") -> None:
        """Move the mouse on the screen, or in a window: then the frame does not count."""
        self.call("xdotool", "mousemove", *(("--window", window) if window else ()), str(x), str(y))

    def click(self, times: int = 1) -> None:
        """Click where the mouse is."""
        self.call("xdotool", "click", "--repeat", str(times), "--delay", "60", "1")

    def drag(self, window: str, way: list[tuple[int, int]], halfway: Callable[[], None]) -> None:
        """Take what is at the first place through all others; `halfway` is called with the button down."""
        self.point(*way[0], window)
        self.call("xdotool", "mousedown", "1")
        for step, (x, y) in enumerate(way[1:], start=1):
            self.point(x, y, window)
            time.sleep(0.02)
            if step == len(way) // 2:
                halfway()
        self.call("xdotool", "mouseup", "1")

    def copied(self, keys: str = "ctrl+c", seconds: float = 10.0) -> str:
        """What `keys` put on the clipboard. What was there before is replaced first, and so cannot be mistaken."""
        put = ["xclip", "-i", "-selection", "clipboard"]
        # It stays in the background for as long as it owns the clipboard, and would keep a pipe open.
        quiet = subprocess.DEVNULL
        subprocess.run(put, input=_MARKER, text=True, env=self.environment, stdout=quiet, stderr=quiet, check=True)
        self.press(keys)

        def read() -> str | None:
            done = self._run("xclip", "-o", "-selection", "clipboard", "-t", "UTF8_STRING")
            return done.stdout if done.returncode == 0 and done.stdout != _MARKER else None

        return wait_for(f"{keys} to copy something", read, seconds)

    def screenshot(self, path: Path) -> Path:
        """The whole screen as PNG."""
        self.call("import", "-window", "root", str(path))
        return path

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, capture_output=True, text=True, env=self.environment, timeout=WAIT_SECONDS, check=False
        )


@contextmanager
def open_display(home: Path) -> Iterator[Display]:
    """An X server on a free display, for programs that live in the folder `home`."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, parents=True)
    dropped = ("XDG_", "QT_", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "QT_QPA_PLATFORM": "xcb"}
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    with running(command, environment, home / "xvfb.log", pass_fds=(write,)):
        os.close(write)
        with open(read) as number:
            display = number.readline().strip()  # comes when the server is ready, or empty when it died
        assert display, (home / "xvfb.log").read_text()
        yield Display({**environment, "DISPLAY": f":{display}"})


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], log: Path, pass_fds: tuple[int, ...] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is ended in the end, if it has not ended by itself; its words go to `log`."""
    with log.open("wb") as words:
        process = subprocess.Popen(command, env=environment, stdout=words, stderr=words, pass_fds=pass_fds)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
