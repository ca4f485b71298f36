"""What the command line says on stderr: one line each, with the file as the user typed it, printable anywhere."""

from __future__ import annotations

import sys

from osisnr_gui.io.errors import FileError, printable

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
    for line in dict.fromkeys(lines):
        print(line, file=sys.stderr)
    sys.stderr.flush()
