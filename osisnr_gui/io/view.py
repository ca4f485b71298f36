"""A read-only view of an open file with a few bytes put right and an earlier end, for the audio decoder."""

import contextlib
import os


class PatchedView:
    """`prefix`, then the bytes `start` to `end` of descriptor `fd` with `patches` (file offset to bytes) over them.

    The decoder calls these methods from C, where an exception cannot travel: a disk error reads as the end.
    """

    def __init__(
        self, fd: int, end: int, patches: dict[int, bytes] | None = None, start: int = 0, prefix: bytes = b""
    ) -> None:
        self._fd = fd
        self._start = start - len(prefix)  # the file offset that position 0 would have
        self._prefix = prefix
        self._size = max(0, end - self._start)
        self._patches = patches or {}
        if prefix:
            self._patches = {**self._patches, self._start: prefix}
        self._position = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; returns the new position in bytes."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        """The position in bytes."""
        return self._position

    def read(self, count: int = -1) -> bytes:
        """Up to `count` bytes from the position; fewer only at the end."""
        room = max(0, self._size - self._position)
        data = self._raw(self._position, room if count < 0 else min(count, room))
        first = self._start + self._position
        for offset, patch in self._patches.items():
            for index, byte in enumerate(patch, offset - first):
                if 0 <= index < len(data):
                    data[index] = byte
        self._position += len(data)
        return bytes(data)

    def _raw(self, position: int, count: int) -> bytearray:
        inside = min(count, max(0, len(self._prefix) - position))
        data = bytearray(inside)  # the prefix itself is laid over as a patch
        with contextlib.suppress(OSError):
            os.lseek(self._fd, self._start + position + inside, os.SEEK_SET)
            while len(data) < count and (part := os.read(self._fd, count - len(data))):
                data += part
        return data
