import os
from collections.abc import Callable

from osisnr_gui.io.decoder import PatchedView
from osisnr_gui.io.files import OpenFile

SaveBytes = Callable[[str, bytes], str]


def test_patches_prefix_and_bounds_make_one_file(save_bytes: SaveBytes) -> None:
    with OpenFile(save_bytes("a", b"0123456789")) as source:
        view = PatchedView(source.fd, 8, {3: b"xy", 7: b"abc"}, start=2, prefix=b"--")
        whole = b"--2xy56a"
        assert view.read() == whole
        assert (view.tell(), view.read(5)) == (8, b"")
        for start in range(9):
            for count in range(9):
                assert view.seek(start) == start
                assert view.read(count) == whole[start : start + count]
        assert view.seek(-3, os.SEEK_END) == 5
        assert view.seek(1, os.SEEK_CUR) == 6
        assert view.seek(-9, os.SEEK_CUR) == 0


def test_a_disk_error_reads_as_the_end(save_bytes: SaveBytes) -> None:
    source = OpenFile(save_bytes("a", b"0123456789"))
    view = PatchedView(source.fd, 10)
    source.close()
    assert view.read(4) == b""
