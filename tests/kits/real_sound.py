"""A sound server of its own with a sound card that is not there, and a recorder of everything that is played on it.

Standard library and numpy; `.ci/run` asks this module for the packages before anything is installed, so numpy is
imported where it is used.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# The program that is needed -> the package of Debian and Ubuntu that has it.
TOOLS = {"pulseaudio": "pulseaudio", "parec": "pulseaudio-utils", "pactl": "pulseaudio-utils"}
APT_PACKAGES = " ".join(dict.fromkeys(TOOLS.values()))
RATE = 48_000
CARD = ["module-null-sink", "sink_name=card", f"rate={RATE}", "channels=1", "format=float32le"]
WAIT_SECONDS = 30.0
# Sound is real time: where it may, all of it goes before what else the machine does.
FIRST = ["nice", "-n", "-10"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def missing_tools() -> str:
    """What is not installed and how to install it; empty when nothing is missing."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"{', '.join(missing)} not found; install with: sudo apt-get install {APT_PACKAGES}" if missing else ""


@dataclass(frozen=True)
class SoundServer:
    """A running PulseAudio whose only device plays into nothing, mono float samples at RATE, and can be recorded."""

    environment: Mapping[str, str] = field(repr=False)
    log: Path
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list, repr=False)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        socket = self.environment["PULSE_SERVER"].removeprefix("unix:")
        Path(socket).unlink(missing_ok=True)
        command = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit"]
        command += ["--log-level=error"]
        command += ["-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"]
        command += ["-L", " ".join(CARD)]
        with self.log.open("ab") as words:
            process = subprocess.Popen(
                FIRST + command, env=self.environment, stdout=words, stderr=words, stdin=subprocess.DEVNULL
            )
        self._processes.append(process)
        stop = time.monotonic() + WAIT_SECONDS
        while subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False).returncode:
            assert process.poll() is None, self.log.read_text()
            assert time.monotonic() < stop, self.log.read_text()
            time.sleep(0.1)

    def die(self) -> None:
        """Kill the server, as a crash would."""
        process = self._processes.pop()
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End the server, if it runs."""
        for process in self._processes:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def is_playing(self) -> bool:
        """Whether some program has opened the device."""
        found = subprocess.run(
            ["pactl", "list", "short", "sink-inputs"], env=self.environment, capture_output=True, check=False
        )
        return bool(found.stdout.strip())

    def change_card(self) -> None:
        """Pull the device out, and put another one in."""
        for command in (["unload-module", "module-null-sink"], ["load-module", *CARD]):
            subprocess.run(["pactl", *command], env=self.environment, check=True, capture_output=True)

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Record what is played, from the first block on; ended with the context."""
        command = ["parec", "--device=card.monitor", "--format=float32le", f"--rate={RATE}", "--channels=1"]
        command += ["--raw", "--latency-msec=10"]
        process = subprocess.Popen(
            FIRST + command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        recording = Recording(process)
        try:
            recording.wait_for(0.1)
            yield recording
        finally:
            process.terminate()
            recording.thread.join(WAIT_SECONDS)
            process.wait(WAIT_SECONDS)
            if process.stdout is not None:
                process.stdout.close()


class Recording:
    """Samples as they come, and when."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._data = bytearray()
        self._arrivals: list[tuple[float, int]] = []  # moment, samples so far
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    @property
    def samples(self) -> np.ndarray:
        """All so far, float32."""
        import numpy as np

        return np.frombuffer(bytes(self._data[: len(self._data) // 4 * 4]), np.float32)

    def index_at(self, moment: float) -> float:
        """The sample that came at a moment of the monotonic clock, to some milliseconds."""
        later = next((arrival for arrival in self._arrivals if arrival[0] >= moment), self._arrivals[-1])
        return later[1] - (later[0] - moment) * RATE

    def wait_for(self, seconds: float) -> None:
        """Until this much has come since now."""
        wanted, stop = len(self._data) + round(seconds * RATE) * 4, time.monotonic() + WAIT_SECONDS
        while len(self._data) < wanted:
            assert time.monotonic() < stop, "nothing is recorded"
            time.sleep(0.01)

    def _read(self) -> None:
        assert self._process.stdout is not None
        while block := os.read(self._process.stdout.fileno(), 1 << 16):
            self._data += block
            self._arrivals.append((time.monotonic(), len(self._data) // 4))


@contextmanager
def open_sound_server(home: Path) -> Iterator[SoundServer]:
    """A PulseAudio for programs that live in the folder `home`; it knows nothing of the machine's sound cards."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, parents=True)
    socket = runtime / "native"
    dropped = ("XDG_", "PULSE_", "PIPEWIRE_", "DBUS_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "PULSE_SERVER": f"unix:{socket}"}
    server = SoundServer(environment, home / "pulseaudio.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()
