"""Which sound server runs, without asking it.

libpulse ends the process that asks it for anything after its server died, even if another one has come in its place.
So whoever has used it must know whether the server is still the same.
"""

from __future__ import annotations

import contextlib
import os
import sys

_SERVERS = frozenset({b"pulseaudio", b"pipewire", b"pipewire-pulse"})

Identity = frozenset[tuple[str, bytes]]


def find_servers() -> Identity | None:
    """Process number and start time of every sound server of this user, empty where none is seen.

    None on systems whose sound libraries survive their servers. A server of another user or machine is not seen.
    """
    if not sys.platform.startswith("linux"):
        return None
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):  # a process that has just ended
                if os.stat(f"/proc/{entry}").st_uid == os.getuid() and _read(entry, "comm").strip() in _SERVERS:
                    started = _read(entry, "stat").rpartition(b")")[2].split()[19]
                    found.append((entry, started))
    return frozenset(found)


def _read(process: str, what: str) -> bytes:
    with open(f"/proc/{process}/{what}", "rb") as file:
        return file.read()
