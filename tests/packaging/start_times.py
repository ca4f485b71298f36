"""How long two installations take to show a window, in turns on one X server:

    .venv/bin/python tests/packaging/start_times.py VENV/bin/osisnr-gui dist/osisnr-gui/osisnr-gui [--runs 10]

Prints the seconds from the command to the window on screen (median, least) of each, with and without a demo, and the
median of the ratios of paired runs. The first run of each is not counted: files come from the disk then.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "kits"))

from real_display import Display, open_display, running, wait_for


def once(display: Display, log: Path, *command: str) -> float:
    """Seconds until the window of a program is on screen; it is ended then."""
    start = time.monotonic()
    with running([*command], display.environment, log):
        while display.find_window("osisnr_gui$") is None:
            assert time.monotonic() - start < 120, log.read_text()
            time.sleep(0.005)
        seconds = time.monotonic() - start
    wait_for("no window", lambda: True if display.find_window("osisnr_gui$") is None else None)
    return seconds


def main() -> None:
    """Run both in turns and print the table."""
    parser = argparse.ArgumentParser(description="Compare the start of two installations.")
    parser.add_argument("programs", nargs=2)
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_display(Path(folder) / "home") as display:
        for arguments in ((), ("--demo",)):
            log = Path(folder) / "log"
            pairs = [
                [once(display, log, program, *arguments) for program in options.programs]
                for _ in range(options.runs + 1)
            ][1:]
            for program, seconds in zip(options.programs, zip(*pairs, strict=True), strict=True):
                print(
                    f"{statistics.median(seconds):6.2f} s (least {min(seconds):.2f})  {program} {' '.join(arguments)}"
                )
            print(f"{statistics.median(second / first for first, second in pairs):6.2f} times as long")


if __name__ == "__main__":
    main()
