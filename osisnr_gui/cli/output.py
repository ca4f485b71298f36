"""What the command line says and where results go: stdout, a file replaced in one step, a pipe; and progress."""

import errno
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from osisnr_gui.io.errors import FileError, Phrase, SaveError, printable
from osisnr_gui.io.files import Closing, write_atomically
from osisnr_gui.io.streams import drop, put
from osisnr_gui.session.analysis import Report
from osisnr_gui.text.catalogue import _, translated

# Exit codes.
DONE = 0
SOME_FAILED = 1  # some items of a batch
WRONG_USAGE = 2
REFUSED = 3  # an input was refused, or a result could not be written
INTERRUPTED = 130  # what a shell reports for Ctrl+C

PROGRAM = "osisnr"
STDOUT = "-"
PATH_LIMIT = 1000
TEXT_LIMIT = 500
SEND_ELSEWHERE = Phrase("send it to another place")


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


def see_help(program: str) -> str:
    """Where the options of a command are listed."""
    return _("see {program} --help").format(program=program)


def error_line(error: FileError) -> str:
    """`osisnr: FILE: what is wrong; what to do`."""
    remedy = translated(error.remedy)
    if getattr(error, "choices", ()):
        remedy = with_option(remedy, "--key")
    if getattr(error, "looks_paired", False):
        remedy = with_option(remedy, "--pair-axis")
    detail = printable(translated(error.detail), TEXT_LIMIT)
    return f"{PROGRAM}: {printable(translated(error.path), PATH_LIMIT)}: {detail}; {remedy}"


def with_option(remedy: str, option: str) -> str:
    """A remedy and the option that does it."""
    return _("{remedy} (option {option})").format(remedy=translated(remedy), option=option)


def warning_line(path: str, message: str) -> str:
    """`osisnr: warning: FILE: …`; the prefix is the same in every language."""
    return f"{PROGRAM}: warning: {printable(path, PATH_LIMIT)}: {printable(message, TEXT_LIMIT)}"


@contextmanager
def stdout_errors(remedy: str = SEND_ELSEWHERE) -> Iterator[None]:
    """SaveError for what stdout does not take, from then on it takes all; a reader that is gone has seen enough."""
    try:
        yield
    except BrokenPipeError:  # `| head`: no error of ours
        drop(sys.stdout)
    except OSError as error:
        drop(sys.stdout)
        detail = Phrase("not written: it is closed")
        if error.errno != errno.EBADF:
            detail = Phrase("not written: {why}", why=printable(error.strerror or str(error), TEXT_LIMIT))
        raise SaveError(Phrase("standard output"), detail, remedy) from None


def flush_stdout(text: str = "") -> None:
    """Also write `text`. Raises SaveError."""
    with stdout_errors():
        if text:  # unbuffered, even nothing is refused by a full disk
            sys.stdout.write(text)
        sys.stdout.flush()


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


def write(target: str, data: Iterable[bytes], remedy: str = SEND_ELSEWHERE) -> None:
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
            detail = Phrase("not saved: it cannot be written to")
            raise SaveError(target, detail, Phrase("choose another name")) from None
    else:
        write_atomically(target, data)


def write_text(text: str, remedy: str = SEND_ELSEWHERE) -> None:
    """Text to stdout; what its encoding lacks is escaped instead of stopping the program."""
    write(STDOUT, [text.encode(sys.stdout.encoding or "utf-8", "backslashreplace")], remedy)
