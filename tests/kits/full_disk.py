"""A disk of 2 MB without a byte to spare: a tmpfs, which needs root."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

SIZE = 2 << 20


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """An empty disk at `place`; the test is skipped where none can be mounted."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        why = done.stderr.strip() if done.returncode else ""
    except OSError as error:
        why = str(error)
    if why:
        pytest.skip(f"no tmpfs can be mounted here: {why}")
    try:
        assert os.statvfs(place).f_blocks * os.statvfs(place).f_frsize == SIZE
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True, timeout=20)


def fill(disk: Path, *, spare: int) -> None:
    """Leave so many bytes, in whole pages, free on it."""
    with (disk / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        for _ in range(SIZE // 4096):
            file.write(b"x" * 4096)
    assert os.statvfs(disk).f_bavail == 0
    size = (disk / "ballast").stat().st_size
    os.truncate(disk / "ballast", size - spare)


def held(disk: Path) -> dict[str, bytes]:
    """Every file on it but the ballast."""
    return {path.name: path.read_bytes() for path in disk.iterdir() if path.name != "ballast"}
