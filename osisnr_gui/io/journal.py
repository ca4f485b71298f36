"""Lines of JSON that survive whatever kills the program: each is there as a whole or not at all."""

import contextlib
import json
import os
import zlib
from typing import IO, Any

from .atomic import save_error, write_atomically
from .source import Closing

Entry = dict[str, Any]


class Journal(Closing):
    """Appends entries to the file `path`, which begins with `head`; `found` : the entries that are there already.

    Entries of a file that begins with another head are of no use: `is_stale` tells, and the file is begun anew.
    Every line carries a CRC-32, so that one torn by a power failure is as good as absent.

    Raises SaveError.
    """

    def __init__(self, path: str, head: Entry) -> None:
        self.path = path
        self._file: IO[bytes] | None = None
        lines = _whole_lines(path)
        self.is_stale = bool(lines) and lines[0] != head
        self.found = [] if self.is_stale else lines[1:]
        # What is torn or stale goes first: an entry must not be appended to half a line.
        write_atomically(path, (_line(entry) for entry in (head, *self.found)))
        try:
            self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise save_error(path, error) from None

    def add(self, entry: Entry) -> None:
        """Append an entry; from then on a killed process does not lose it. Raises SaveError."""
        assert self._file is not None, "a closed journal takes no entries"
        try:
            self._file.write(_line(entry))
        except OSError as error:
            raise save_error(self.path, error) from None

    def close(self) -> None:
        """Close the file; it stays for the next time."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Close the file and forget it, once what it was for is safe elsewhere."""
        self.close()
        os.unlink(self.path)


def _line(entry: Entry) -> bytes:
    text = json.dumps(entry, allow_nan=False).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _whole_lines(path: str) -> list[Entry]:
    """The entries of a file; nothing of one that is not there, and none after the first line that was torn."""
    entries: list[Entry] = []
    with contextlib.suppress(OSError, ValueError), open(path, "rb") as file:
        for line in file:
            crc, _, text = line.rstrip(b"\n").partition(b" ")
            if not line.endswith(b"\n") or crc != b"%08x" % zlib.crc32(text):
                break
            entry = json.loads(text)
            if not isinstance(entry, dict):
                break
            entries.append(entry)
    return entries
