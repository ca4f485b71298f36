"""Where results go: stdout, a file that is replaced in one step, or a pipe that cannot be replaced; and progress."""

import os
import sys
import time
from collections.abc import Iterable

from osisnr_gui.cli.lines import write_stdout
from osisnr_gui.cli.scoring_options import STDOUT
from osisnr_gui.io.errors import Phrase, SaveError
from osisnr_gui.io.files import Closing, write_atomically
from osisnr_gui.io.streams import put
from osisnr_gui.session.analysis import Report

INTERVAL_SECONDS = 0.1
ERASE_LINE = "\r\x1b[K"


class ProgressLine(Closing):
    """Context manager that shows progress in one line of a terminal, and nothing where stderr is a file or a pipe."""

    def __init__(self) -> None:
        self._visible = sys.stderr.isatty()
        self._next = 0.0

    @property
    def report(self) -> Report | None:
        """The callback, None without a terminal: then `analyse` does not even prepare partial results."""
        return (lambda progress: self.show(progress.fraction, progress.words)) if self._visible else None

    def show(self, fraction: float, words: str) -> None:
        """Show a share done, 0 to 1, and what is done; not more often than an eye can follow."""
        now = time.monotonic()
        if not self._visible or now < self._next:
            return
        self._next = now + INTERVAL_SECONDS
        put(f"{ERASE_LINE}{fraction:4.0%} {words}")

    def close(self) -> None:
        """Take the line away."""
        if self._visible:
            put(ERASE_LINE)


def write(target: str, data: Iterable[bytes]) -> None:
    """Write bytes to a path or to "-". Raises SaveError."""
    if target == STDOUT:
        write_stdout(data)
    elif os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
        # A pipe or device (/dev/null, >(command)) is written to; replacing it would destroy it.
        try:
            with open(target, "wb") as file:
                file.writelines(data)
        except BrokenPipeError:
            return  # its reader has seen enough
        except OSError:
            detail = Phrase("not saved: it cannot be written to")
            raise SaveError(target, detail, Phrase("choose another name")) from None
    else:
        write_atomically(target, data)
