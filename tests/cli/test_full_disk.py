"""A disk that really is full: one clear line that names the file, what was there stays, nothing else is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from full_disk import fill, held, small_disk

from osisnr_gui.io.errors import SaveError
from osisnr_gui.io.files import write_atomically

from .conftest import Run

pytestmark = [pytest.mark.slow, pytest.mark.may_skip]


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A small disk beside the pair of sounds."""
    with small_disk(folder / "disk") as place:
        yield place


@pytest.mark.parametrize("exists", [True, False], ids=["over", "new"])
@pytest.mark.parametrize(
    ("name", "command", "spare"),
    [
        ("a.csv", "score ref.wav est.wav --csv", 0),
        ("a.csv", "score ref.wav est.wav --csv", 4096),
        ("a.json", "score ref.wav est.wav --frames --json", 4096),
        ("a.html", "report ref.wav est.wav -o", 8192),
        ("b.csv", "batch ref est --jobs 1 -o", 0),
        ("b.csv", "batch ref est --jobs 1 -o", 4096),  # room for the journal alone
    ],
)
def test_a_result_that_does_not_fit(run: Run, disk: Path, name: str, command: str, exists: bool, spare: int) -> None:
    for kind in ("ref", "est"):
        Path(kind).mkdir()
        (Path(kind) / "a.wav").write_bytes(Path(f"{kind}.wav").read_bytes())
    if exists:
        (disk / name).write_bytes(b"old")
    had = held(disk)
    fill(disk, spare=spare)
    done = run(*command.split(), str(disk / name))
    assert (done.code, len(done.lines)) == (3, 1), done
    assert "not saved: the disk is full" in done.err
    assert name in done.err
    left = held(disk)
    left.pop(f"{name}.journal", None)  # keeps what was scored
    assert left == had
    (disk / "ballast").unlink()
    assert run(*command.split(), str(disk / name)).code == 0
    assert set(held(disk)) == {name}
    assert held(disk)[name] != b"old"


def test_bytes_that_come_in_parts(disk: Path) -> None:
    (disk / "a").write_bytes(b"old")
    fill(disk, spare=3 * 4096)
    with pytest.raises(SaveError, match="a: not saved: the disk is full"):
        write_atomically(str(disk / "a"), (b"x" * 4096 for _ in range(9)))
    assert held(disk) == {"a": b"old"}
