"""Is there a sound device? Asked in a process of its own: `python -m osisnr_gui.qt.playback.sound_probe`.

When a sound server dies, libpulse ends the process that asks it for anything more. So whoever has seen one go asks
here first.
"""

from __future__ import annotations

import subprocess
import sys

CHILD = (sys.executable, "-m", "osisnr_gui.qt.playback.sound_probe")
LIMIT_SECONDS = 5.0


def server_answers() -> bool:
    """Whether a fresh process finds a device."""
    try:
        done = subprocess.run(
            CHILD,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LIMIT_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> int:
    """The exit code: 0 when there is a device."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtMultimedia import QMediaDevices

    app = QCoreApplication([])
    found = not QMediaDevices.defaultAudioOutput().isNull()
    del app
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
