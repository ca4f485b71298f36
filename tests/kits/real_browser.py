"""Real browsers without a screen: Chromium through its driver, Firefox through its own remote control.

Standard library only: `.ci/run` asks this module for the packages before anything is installed.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# The program that is needed -> the package of Debian that has it.
TOOLS = {"chromium": "chromium", "chromedriver": "chromium-driver", "firefox-esr": "firefox-esr"}
APT_PACKAGES = " ".join(TOOLS.values())
WAIT_SECONDS = 60.0


def missing_tools(*tools: str) -> str:
    """What is not installed of these and how to install it; empty when nothing is missing."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    packages = " ".join(TOOLS[tool] for tool in missing)
    return f"{', '.join(missing)} not found; install with: sudo apt-get install {packages}" if missing else ""


class Browser:
    """One window. A browser gives `call(method, path, parameters)`: a WebDriver command."""

    def call(self, method: str, path: str, parameters: dict[str, Any] | None = None) -> Any:
        """Give a command and wait for its answer."""
        raise NotImplementedError

    def open(self, page: Path) -> None:
        """Show a file, and wait until it says that it is ready."""
        self.call("POST", "url", {"url": page.as_uri()})
        self.wait("document.documentElement.dataset.ready === 'yes'")

    def run(self, script: str, *arguments: Any) -> Any:
        """The value a script returns, in the page."""
        return self.call("POST", "execute/sync", {"script": script, "args": list(arguments)})

    def value(self, expression: str) -> Any:
        """The value of an expression."""
        return self.run(f"return {expression}")

    def wait(self, expression: str, seconds: float = WAIT_SECONDS) -> Any:
        """Ask until an expression is true; its value."""
        stop = time.monotonic() + seconds
        while not (found := self.value(expression)):
            assert time.monotonic() < stop, f"waited {seconds:g} s for {expression}"
            time.sleep(0.05)
        return found

    def press(self, key: str) -> None:
        """Press and release a key."""
        actions = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self.call("POST", "actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def drag(self, selector: str, start: float, stop: float) -> None:
        """Drag across an element at half its height, from one share of its width to another."""
        box = self.run(
            "const e = document.querySelector(arguments[0]); e.scrollIntoView({block: 'center'});"
            "const r = e.getBoundingClientRect(); return [r.left, r.top + r.height / 2, r.width];",
            selector,
        )
        x, y, width = box
        steps: list[dict[str, Any]] = [
            {"type": "pointerMove", "duration": 0, "x": round(x + start * width), "y": round(y)},
            {"type": "pointerDown", "button": 0},
        ]
        for share in (0.25, 0.5, 0.75, 1.0):
            at = round(x + (start + share * (stop - start)) * width)
            steps.append({"type": "pointerMove", "duration": 20, "x": at, "y": round(y)})
        steps.append({"type": "pointerUp", "button": 0})
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}
        self.call("POST", "actions", {"actions": [pointer]})

    def picture(self, path: Path) -> None:
        """Save what the window shows as PNG."""
        path.write_bytes(base64.b64decode(self.call("GET", "screenshot")))


class Chromium(Browser):
    """Chromium, driven by chromedriver at `address`."""

    def __init__(self, address: str, profile: Path) -> None:
        self._address = address
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
        options = {
            "args": [*flags, "--no-first-run", f"--user-data-dir={profile}"],
            "binary": shutil.which("chromium"),
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}
        found = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{found['sessionId']}"

    def call(self, method: str, path: str, parameters: dict[str, Any] | None = None) -> Any:
        """A WebDriver command by HTTP."""
        return self._send(method, f"{self._session}/{path}".rstrip("/"), parameters)

    def _send(self, method: str, path: str, parameters: dict[str, Any] | None) -> Any:
        body = None if method == "GET" else json.dumps(parameters or {}).encode()
        request = urllib.request.Request(self._address + path, body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of the DevTools protocol."""
        return self.call("POST", "goog/cdp/execute", {"cmd": name, "params": parameters})

    def resize(self, width: int, height: int, ratio: float = 1.0) -> None:
        """A screen of so many CSS pixels, with scroll bars that take no room."""
        self.command("Emulation.setScrollbarsHidden", hidden=True)
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=ratio, mobile=False
        )

    def prefer(self, scheme: str) -> None:
        """What the system says of light and dark."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", features=[feature])

    def whole_picture(self, path: Path) -> None:
        """Save the whole page as PNG, also what is out of sight."""
        found = self.command("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def requests(self) -> list[str]:
        """The addresses asked for since the last call."""
        entries = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return [e["params"]["request"]["url"] for e in entries if e["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """Warnings and errors in the console since the last call."""
        return [entry["message"] for entry in self._log("browser") if entry["level"] in ("WARNING", "SEVERE")]

    def _log(self, kind: str) -> list[dict[str, Any]]:
        found = self.call("POST", "se/log", {"type": kind})
        assert isinstance(found, list)
        return found


# Commands of WebDriver under the names Firefox has for them.
_NAMES = {
    "url": "WebDriver:Navigate",
    "execute/sync": "WebDriver:ExecuteScript",
    "actions": "WebDriver:PerformActions",
    "screenshot": "WebDriver:TakeScreenshot",
    "window/rect": "WebDriver:SetWindowRect",
}


class Firefox(Browser):
    """Firefox, by its remote control at `port`."""

    def __init__(self, port: int) -> None:
        self._socket = _connected(port)
        self._number = 0
        self._receive()
        self._send("WebDriver:NewSession", {"strictFileInteractability": True})

    def call(self, method: str, path: str, parameters: dict[str, Any] | None = None) -> Any:
        """The same command under the name it has here."""
        found = self._send(_NAMES[path], {"full": False, **(parameters or {})})
        return found.get("value") if isinstance(found, dict) else found

    def resize(self, width: int, height: int) -> None:
        """A window of so many pixels."""
        self.call("POST", "window/rect", {"width": width, "height": height})

    def _send(self, name: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        text = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        _, number, error, found = self._receive()
        assert number == self._number
        assert error is None, error
        return found

    def _receive(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._socket.recv(1)
        left, parts = int(size[:-1]), list[bytes]()
        while left:
            parts.append(self._socket.recv(left))
            left -= len(parts[-1])
        return json.loads(b"".join(parts))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _connected(port: int) -> socket.socket:
    """A connection, as soon as somebody answers."""
    stop = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=120)
        except OSError:
            assert time.monotonic() < stop, f"nobody answers at port {port}"
            time.sleep(0.1)


@contextmanager
def chromium(folder: Path) -> Iterator[Chromium]:
    """A running Chromium with a profile of its own."""
    port = _free_port()
    with (folder / "chromedriver.log").open("wb") as log:
        driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=log, stderr=log)
        try:
            _connected(port).close()
            browser = Chromium(f"http://127.0.0.1:{port}", folder / "chromium")
            yield browser
            browser.call("DELETE", "")
        finally:
            driver.terminate()
            driver.wait(30)


@contextmanager
def firefox(folder: Path, environment: Mapping[str, str]) -> Iterator[Firefox]:
    """A running Firefox with a profile of its own that plays without being asked, where it finds a sound server."""
    port, profile = _free_port(), folder / "firefox"
    profile.mkdir()
    preferences = {"marionette.port": port, "media.autoplay.default": 0, "browser.shell.checkDefaultBrowser": False}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
    (profile / "user.js").write_text("".join(lines))
    command = ["firefox-esr", "--headless", "--no-remote", "--marionette", "--profile", str(profile)]
    with (folder / "firefox.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            browser = Firefox(port)
            yield browser
            browser.close()
        finally:
            process.terminate()
            process.wait(30)
