import os
from collections.abc import Callable
from pathlib import Path

import pytest

from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.files import BoundedCache, Identity, OpenFile

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


def refusal(path: str) -> Reason:
    with pytest.raises(LoadError) as caught:
        OpenFile(path)
    return caught.value.reason


def test_what_is_not_there(tmp_path: Path) -> None:
    assert refusal(str(tmp_path / "gone.wav")) == Reason.NOT_FOUND
    assert refusal(str(tmp_path / "a\0b.wav")) == Reason.NOT_FOUND
    assert refusal(str(tmp_path / ("n" * 300))) == Reason.NOT_FOUND


@posix
def test_what_is_no_plain_file(tmp_path: Path) -> None:
    fifo, zero, loop = tmp_path / "fifo", tmp_path / "zero", tmp_path / "loop"
    os.mkfifo(fifo)  # opening it would wait for a writer for ever
    zero.symlink_to("/dev/zero")
    loop.symlink_to("loop")
    assert refusal(str(tmp_path)) == Reason.NOT_A_FILE
    assert refusal(str(fifo)) == Reason.NOT_A_FILE
    assert refusal(str(zero)) == Reason.NOT_A_FILE
    assert refusal(str(loop)) == Reason.NOT_FOUND
    for path, remedy in ((tmp_path, "choose a file inside it"), (fifo, "store what it delivers"), (zero, "store what")):
        with pytest.raises(LoadError, match=remedy):
            OpenFile(str(path))


def test_an_empty_file_is_refused_and_its_descriptor_closed(save_bytes: Callable[[str, bytes], str]) -> None:
    path = save_bytes("empty.wav", b"")
    before = os.dup(0)
    os.close(before)
    assert refusal(path) == Reason.EMPTY_FILE
    after = os.dup(0)
    os.close(after)
    assert before == after


@pytest.mark.parametrize(
    ("error", "reason"), [(PermissionError(13, ""), Reason.NO_PERMISSION), (OSError(5, ""), Reason.CORRUPT)]
)
def test_what_cannot_be_opened(
    error: OSError, reason: Reason, save_bytes: Callable[[str, bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_bytes("a.wav", b"data")

    def refuse(*_: object) -> int:
        raise error

    monkeypatch.setattr(os, "open", refuse)
    assert refusal(path) == reason


def test_a_file_exchanged_after_the_check_is_noticed(
    save_bytes: Callable[[str, bytes], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_bytes("a.wav", b"data")
    genuine = os.open
    monkeypatch.setattr(os, "open", lambda _path, flags: genuine(str(tmp_path), flags))
    assert refusal(path) == Reason.NOT_A_FILE


def test_reading_stays_inside_the_file(save_bytes: Callable[[str, bytes], str]) -> None:
    with OpenFile(save_bytes("a.bin", b"0123456789")) as source:
        assert source.size == 10
        assert source.read_at(3, 4) == b"3456"
        assert source.read_at(8, 100) == b"89"
        assert source.read_at(50, 5) == b""
    source.close()  # a second time is fine


def test_only_so_much_is_remembered(save_bytes: Callable[[str, bytes], str]) -> None:
    known = BoundedCache[Identity, int]()
    with OpenFile(save_bytes("a.bin", b"1")) as first, OpenFile(save_bytes("b.bin", b"2")) as second:
        known.put(first.identity(), 1)
        assert known.get(first.identity()) == 1
        assert known.get(second.identity()) is None
        os.utime(first.path, ns=(1, 1))  # other content, perhaps
        assert known.get(first.identity()) is None
