"""What the command line says, one line each on stderr, printable anywhere, and the exit codes of every command.

Paths stand there as typed, with control characters and undecodable bytes escaped.
"""

import errno
import sys
from collections.abc import Iterable

from osisnr_gui.io.errors import FileError, Phrase, SaveError, printable
from osisnr_gui.io.streams import drop
from osisnr_gui.text.catalogue import _, translated

# Exit codes.
DONE = 0
SOME_FAILED = 1  # some items of a batch
WRONG_USAGE = 2
REFUSED = 3  # an input was refused, or a result could not be written
INTERRUPTED = 130  # what a shell reports for Ctrl+C

PROGRAM = "osisnr"
PATH_LIMIT = 1000
TEXT_LIMIT = 500
SEND_ELSEWHERE = Phrase("send it to another place")


class UsageError(Exception):
    """The command line itself is wrong (exit code 2). Arguments: what is wrong, what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        self.detail, self.remedy = detail, remedy

    @property
    def line(self) -> str:
        """The line for stderr."""
        detail = printable(self.detail, PATH_LIMIT)
        return f"{PROGRAM}: {detail}; {printable(self.remedy, TEXT_LIMIT)}"


def see_help(program: str) -> str:
    """Where the options of a command are listed."""
    return _("see {program} --help").format(program=program)


def error_line(error: FileError) -> str:
    """`osisnr: FILE: what is wrong; what to do`."""
    remedy, named = translated(error.remedy), error.code == "ambiguous" or bool(getattr(error, "choices", ()))
    options = {"--key": named, "--pair-axis": getattr(error, "looks_paired", False)}
    for option in filter(options.get, options):
        remedy = _("{remedy} (option {option})").format(remedy=remedy, option=option)
    detail = printable(translated(error.detail), TEXT_LIMIT)
    return f"{PROGRAM}: {printable(translated(error.path), PATH_LIMIT)}: {detail}; {remedy}"


def warning_line(path: str, message: str) -> str:
    """`osisnr: warning: FILE: …`; the prefix is the same in every language."""
    return f"{PROGRAM}: warning: {printable(path, PATH_LIMIT)}: {printable(message, TEXT_LIMIT)}"


def write_stdout(data: Iterable[bytes] = (), remedy: str = SEND_ELSEWHERE) -> None:
    """Write and flush; a reader that is gone has seen enough. Raises SaveError, and stdout takes all from then on."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # `| head`: no error of ours
        drop(sys.stdout)
    except OSError as error:
        drop(sys.stdout)
        detail = Phrase("not written: it is closed")
        if error.errno != errno.EBADF:
            detail = Phrase("not written: {why}", why=printable(error.strerror or str(error), TEXT_LIMIT))
        raise SaveError(Phrase("standard output"), detail, remedy) from None


def write_text(text: str, remedy: str = SEND_ELSEWHERE) -> None:
    """Text to stdout; what its encoding lacks is escaped instead of stopping the program."""
    write_stdout([text.encode(sys.stdout.encoding or "utf-8", "backslashreplace")], remedy)
