"""Where results go: stdout, a file that is replaced in one step, or a pipe that cannot be replaced."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from osisnr_gui.cli.lines import stdout_errors
from osisnr_gui.cli.scoring_options import STDOUT
from osisnr_gui.io.atomic import write_atomically
from osisnr_gui.io.errors import SaveError


def write(target: str, data: Iterable[bytes], remedy: str = "") -> None:
    """Write bytes to a path or to "-". remedy : what to do when stdout takes nothing. Raises SaveError."""
    if target == STDOUT:
        with stdout_errors(remedy):
            sys.stdout.flush()
            sys.stdout.buffer.writelines(data)
            sys.stdout.buffer.flush()
    elif os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
        # A pipe or device (/dev/null, >(command)) is written to; replacing it would destroy it.
        try:
            with open(target, "wb") as file:
                file.writelines(data)
        except BrokenPipeError:
            return  # its reader has seen enough
        except OSError:
            raise SaveError(target, "not saved: it cannot be written to", "choose another name") from None
    else:
        write_atomically(target, data)


def write_text(text: str, remedy: str = "") -> None:
    """Text to stdout; what its encoding lacks is escaped instead of stopping the program."""
    write(STDOUT, [text.encode(sys.stdout.encoding or "utf-8", "backslashreplace")], remedy)
