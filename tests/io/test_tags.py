from collections.abc import Callable

from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.headers import id3_size


def test_tags_are_measured(save_bytes: Callable[[str, bytes], str]) -> None:
    tag = b"ID3\4\0\0" + bytes([0, 0, 1, 2]) + bytes(130)
    for data, size in (
        (b"none" * 9, 0),
        (tag, 140),
        (tag + tag + b"x", 280),
        (b"ID3\4\0\x10" + bytes([0, 0, 0, 1]) + bytes(11), 21),
        (b"ID3\4\0\0\xff\xff\xff\xff" + bytes(9), 0),
        (b"ID3\4\0\0\x7f\x7f\x7f\x7f", 10 + 2**28 - 1),
    ):
        with OpenFile(save_bytes("a.mp3", data)) as source:
            assert id3_size(source) == size
