"""The options of `osisnr-gui`."""

from __future__ import annotations

from pathlib import Path

import pytest

from osisnr_gui.cli.lines import UsageError
from osisnr_gui.cli.scoring_options import check_picture, window_options


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("--demo masks a.wav", "--demo: a demo brings its own files; leave out the demo or the files"),
        ("a.wav --demo", "--demo: a demo brings its own files; leave out the demo or the files"),
        ("--demo --reference=a.wav", "--demo: a demo brings its own files; leave out the demo or the files"),
        ("--tour", "--tour: it needs files, or --demo, and takes no picture; see osisnr-gui --help"),
        (
            "--tour a.wav --screenshot b.png",
            "--tour: it needs files, or --demo, and takes no picture; see osisnr-gui --help",
        ),
        ("--demo a.wav", "--demo: there is no demo 'a.wav'; choose one of enhancement, speakers, echo, masks, damaged"),
        ("--size 10x10", "--size: '10x10' is outside 320x240 to 8192x8192; see osisnr-gui --help"),
        ("--bogus", "unrecognized arguments: --bogus; see osisnr-gui --help"),
    ],
)
def test_wrong_usage(arguments: str, line: str) -> None:
    with pytest.raises(UsageError) as refused:
        window_options(arguments.split())
    assert refused.value.line == f"osisnr: {line}"


def test_a_demo_or_files_alone_are_taken() -> None:
    assert window_options(["--demo", "masks"]).demo == "masks"
    assert window_options(["--demo"]).demo == "enhancement"
    assert window_options(["a.wav", "b.wav"]).files == ["a.wav", "b.wav"]


def test_a_picture_asks_for_no_second_folder(tmp_path: Path) -> None:
    check_picture(window_options([str(tmp_path), str(tmp_path)]))
    check_picture(window_options([str(tmp_path), "a.wav", "b.wav"]))
    for count in (1, 3):
        with pytest.raises(UsageError, match="a list needs two folders"):
            check_picture(window_options([str(tmp_path)] * count))
