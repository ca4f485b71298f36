"""Which sound server runs, without asking it.

libpulse ends the process that asks it for anything after its server died, even if another one has come in its place.
So whoever has used it must know whether the server is still the same.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
from collections.abc import Iterable

# `pipewire` alone is no such server, and every filter chain is called so.
_SERVERS = frozenset({b"pulseaudio", b"pipewire-pulse"})
_ANSWER_SECONDS = 0.05

Identity = frozenset[tuple[str, bytes]]


def find_servers() -> Identity | None:
    """Process number and start time of the server behind the socket, else of all of this user; empty: none is seen.

    None on systems whose sound libraries survive their servers. A server of another machine is not seen, and one whose
    socket systemd has opened is told by its name.
    """
    if not sys.platform.startswith("linux"):
        return None
    return _servers_among([_listener()]) or _servers_among(filter(str.isdigit, os.listdir("/proc")))


def _servers_among(processes: Iterable[str]) -> Identity:
    found = []
    for process in processes:
        with contextlib.suppress(OSError):  # one that has just ended
            if os.stat(f"/proc/{process}").st_uid == os.getuid() and _read(process, "comm").strip() in _SERVERS:
                found.append((process, _read(process, "stat").rpartition(b")")[2].split()[19]))
    return frozenset(found)


def _listener() -> str:
    """The process that opened the server's socket; "0" where nobody answers there."""
    named = os.environ.get("PULSE_SERVER", "").removeprefix("unix:")
    path = named or os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), "pulse", "native")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_ANSWER_SECONDS)
        try:
            connection.connect(path)
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        except (OSError, ValueError):
            return "0"
    return str(struct.unpack("3i", credentials)[0])


def _read(process: str, what: str) -> bytes:
    with open(f"/proc/{process}/{what}", "rb") as file:
        return file.read()
