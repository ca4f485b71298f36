"""What the command line says on stderr: one line each, with the file as the user typed it, printable anywhere."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from osisnr_gui.io.errors import FileError, SaveError, printable

PROGRAM = "osisnr"
PATH_LIMIT = 1000
TEXT_LIMIT = 500


class UsageError(Exception):
    """The command line itself is wrong (exit code 2). Arguments: what is wrong, what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail, remedy)
        self.detail = detail
        self.remedy = remedy

    @property
    def line(self) -> str:
        """The line for stderr."""
        detail = printable(self.detail, PATH_LIMIT)
        return f"{PROGRAM}: {detail}; {printable(self.remedy, TEXT_LIMIT)}"


def shown_path(path: str) -> str:
    """A path as typed, with control characters and undecodable bytes escaped."""
    return printable(path, PATH_LIMIT)


def error_line(error: FileError) -> str:
    """`osisnr: FILE: what is wrong; what to do`."""
    remedy = error.remedy
    if getattr(error, "choices", ()):
        remedy += " (option --key)"
    if getattr(error, "looks_paired", False):
        remedy += " (option --pair-axis)"
    return f"{PROGRAM}: {shown_path(error.path)}: {printable(error.detail, TEXT_LIMIT)}; {remedy}"


def warning_line(path: str, message: str) -> str:
    """`osisnr: warning: FILE: …`."""
    return f"{PROGRAM}: warning: {shown_path(path)}: {printable(message, TEXT_LIMIT)}"


def say(lines: list[str]) -> None:
    """Print each different line once, in order."""
    try:
        for line in dict.fromkeys(lines):
            print(line, file=sys.stderr)
        sys.stderr.flush()
    except OSError:  # full, or nobody reads it: there is no other place to say so, and the work goes on
        drop(sys.stderr)


def open_missing_streams() -> None:
    """Put something in place of a closed stdout, where every write fails, and of a closed stderr, where none does."""
    if sys.stdout is None:
        _fill(1, os.O_RDONLY)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the process's own
    if sys.stderr is None:
        _fill(2, os.O_WRONLY)
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the process's own


def flush_stdout(text: str = "") -> None:
    """Also write `text`; SaveError for what stdout does not take, BrokenPipeError when its reader is gone."""
    try:
        if text:  # unbuffered, even nothing is refused by a full disk
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise stdout_error(error) from None


def stdout_error(error: OSError) -> SaveError:
    """What to tell when stdout took nothing; from then on it is not written to."""
    drop(sys.stdout)
    what = printable(error.strerror or str(error), TEXT_LIMIT)
    return SaveError("standard output", f"not written: {what}", "send it to another place, or give a file's name")


def drop(stream: TextIO) -> None:
    """Point a stream at nothing: Python would complain when it flushes what is left on its way out."""
    try:
        _fill(stream.fileno(), os.O_WRONLY)
    except (OSError, ValueError):
        return


def _fill(descriptor: int, mode: int) -> None:
    null = os.open(os.devnull, mode)
    if null != descriptor:
        os.dup2(null, descriptor)
        os.close(null)
