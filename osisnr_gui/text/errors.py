"""What a person is told of a file that could not be read or written."""

from osisnr_gui.io.errors import MESSAGE_LIMIT, FileError, display_name, printable
from osisnr_gui.text.catalogue import _, translated


def error_words(error: FileError) -> str:
    """`str(error)` in the language of the user: name, what is wrong, what to do; one line, at most 300 characters."""
    detail, remedy = translated(error.detail), translated(error.remedy)
    words = _("{name}: {detail}; {remedy}").format(name=display_name(error.path), detail=detail, remedy=remedy)
    return printable(words, MESSAGE_LIMIT)
