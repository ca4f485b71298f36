"""The table of file formats: how each is recognised, named in dialogs and messages, and read.

An allow-list: libraries that try every format they know take a matrix for sound, so nothing is handed
to one before it was recognised here. The name only decides where bytes cannot (plain text).
"""

import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .container_headers import read_aiff, read_au, read_caf, read_wave
from .errors import Cancel, LoadError, Phrase, Reason
from .files import OpenFile
from .headers import Header, id3_size
from .mat_files import read_mat
from .mp3_frames import find_frames, read_mp3
from .numpy_files import HOLDS_OBJECTS, SAVE_PLAIN, LoadedArray, read_npy, read_npz
from .stream_headers import read_flac, read_ogg
from .tables import read_table

MatrixReader = Callable[[OpenFile, str | None, Cancel | None], LoadedArray]
_HEAD = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file format.

    title : its name in dialogs, messages and the README. extensions : lower case, with the dot.
    magic : regular expression that the content begins with, after any ID3 tags where it is `tagged`. probe : asked
    where there is no magic. With neither, the extension decides, once the content is of no other format.
    """

    title: str
    extensions: tuple[str, ...] = ()
    magic: bytes = b""
    tagged: bool = False
    probe: Callable[[OpenFile], bool] | None = None

    def matches(self, source: OpenFile, head: bytes) -> bool:
        """Whether the content is of this format; `head`: the first kilobyte."""
        if not self.magic:
            return self.probe is not None and self.probe(source)
        if self.tagged and head[:3] == b"ID3":
            head = source.read_at(id3_size(source), _HEAD)
        return re.match(self.magic, head, re.DOTALL) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFormat(Format):
    """`read` gives the checked header of a sound file; raises LoadError."""

    read: Callable[[OpenFile], Header]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFormat(Format):
    """`read(source, key, cancelled)` gives one array, the one called `key` of several; raises LoadError."""

    read: MatrixReader


def _is_mat4(source: OpenFile) -> bool:
    """MATLAB 4 has no magic: five integers that must make sense together, in either byte order."""
    head = source.read_at(0, 20)
    for order in "<>" if len(head) == 20 else "":
        kind, rows, columns, imaginary, name = struct.unpack(order + "5I", head)
        plausible = kind < 5000 and kind // 100 % 10 == 0 and kind // 10 % 10 <= 5 and kind % 10 <= 2
        if plausible and imaginary <= 1 and 1 <= name <= 64 and rows < 2**31 and columns < 2**31:
            return True
    return False


def _refuse(reason: Reason, detail: str, remedy: str) -> MatrixReader:
    """A reader for a format that is recognised, but not read."""

    def read(source: OpenFile, *_: object) -> LoadedArray:
        raise LoadError(reason, source.path, detail, remedy)

    return read


# In the order in which they are tried: what has no magic comes last.
FORMATS: tuple[SoundFormat | MatrixFormat, ...] = (
    SoundFormat(
        title=Phrase("WAV, RF64"),
        extensions=(".wav", ".wave", ".bwf", ".rf64", ".wavex"),
        magic=rb"(RIFF|RIFX|RF64|BW64)....WAVE",
        tagged=True,
        read=read_wave,
    ),
    SoundFormat(
        title="W64",
        extensions=(".w64",),
        magic=rb"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00",
        read=read_wave,
    ),
    SoundFormat(title="FLAC", extensions=(".flac", ".fla"), magic=rb"fLaC", tagged=True, read=read_flac),
    SoundFormat(title=Phrase("Ogg Vorbis, Opus"), extensions=(".ogg", ".oga", ".opus"), magic=rb"OggS", read=read_ogg),
    SoundFormat(title="AIFF", extensions=(".aif", ".aiff", ".aifc"), magic=rb"FORM....AIF[FC]", read=read_aiff),
    SoundFormat(title="CAF", extensions=(".caf",), magic=rb"caff\x00\x01", read=read_caf),
    SoundFormat(title="AU", extensions=(".au", ".snd"), magic=rb"\.snd|dns\.", read=read_au),
    MatrixFormat(title=Phrase("NumPy array"), extensions=(".npy",), magic=rb"\x93NUMPY", read=read_npy),
    MatrixFormat(title=Phrase("NumPy archive"), extensions=(".npz",), magic=rb"PK(\x03\x04|\x05\x06)", read=read_npz),
    MatrixFormat(
        title="MATLAB 7.3",
        magic=rb"(.{512})?\x89HDF\r\n\x1a\n|[^\x00]{4}.{120}(.\x02IM|\x02.MI)",
        read=_refuse(
            Reason.MAT_V73, Phrase("MATLAB 7.3 files are not read"), Phrase("save it in MATLAB with the option -v7")
        ),
    ),
    MatrixFormat(title="MATLAB", extensions=(".mat",), magic=rb"[^\x00]{4}.{122}(IM|MI)", read=read_mat),
    MatrixFormat(title="pickle", magic=rb"\x80[\x02-\x05]", read=_refuse(Reason.PICKLE, HOLDS_OBJECTS, SAVE_PLAIN)),
    SoundFormat(
        title="MP3",
        extensions=(".mp3", ".mp2", ".mpga", ".mpeg"),
        probe=lambda source: find_frames(source) is not None,
        read=read_mp3,
    ),
    MatrixFormat(title="MATLAB 4", extensions=(".mat",), probe=_is_mat4, read=read_mat),
    MatrixFormat(title=Phrase("text"), extensions=(".csv", ".tsv", ".txt"), read=read_table),
)


def extension(path: str) -> str:
    """The lower-case extension of `path` with its dot, or an empty string."""
    return os.path.splitext(path)[1].lower()


def extensions_of(*kinds: type[Format]) -> tuple[str, ...]:
    """Extensions of all formats of these kinds, in the order of the table."""
    return tuple(dict.fromkeys(name for known in FORMATS if isinstance(known, kinds) for name in known.extensions))


_SOUNDS = [known.title for known in FORMATS if isinstance(known, SoundFormat)]
_MATRICES = extensions_of(MatrixFormat)
_NAMES = {"sounds": ", ".join(_SOUNDS[:-1]), "last_sound": _SOUNDS[-1]}
CHOOSE_SOUND = Phrase("choose an audio file: {sounds} or {last_sound}", **_NAMES)
_NAMES |= {"matrices": ", ".join(_MATRICES[:-1]), "last_matrix": _MATRICES[-1]}
CHOOSE_MATRIX = Phrase("choose a matrix: {matrices} or {last_matrix}", **_NAMES)
_CHOOSE_EITHER = Phrase(
    "choose an audio file: {sounds} or {last_sound}; or a matrix: {matrices} or {last_matrix}", **_NAMES
)


def find_format(source: OpenFile) -> SoundFormat | MatrixFormat | None:
    """The format of an open file, None when it is none of the table's. Reads a few kilobytes.

    Raises LoadError only when the disk fails.
    """
    head, name = source.read_at(0, _HEAD), extension(source.path)
    found = (known for known in FORMATS if known.matches(source, head))
    by_name = (f for f in FORMATS if not f.magic and f.probe is None and name in f.extensions)
    return next(found, None) or next(by_name, None)


def is_misnamed(path: str, content: Format) -> bool:
    """Whether the extension of `path` belongs to another format than `content`."""
    name = extension(path)
    return name in extensions_of(Format) and name not in content.extensions


def unknown_format(path: str, remedy: Phrase) -> LoadError:
    """The refusal of content that is none of the formats read here; `remedy` says what would do."""
    return LoadError(Reason.UNKNOWN_FORMAT, path, Phrase("the content is no format this program knows"), remedy)


def find_kind(path: str) -> Literal["audio", "mask"]:
    """Whether `path` is sound or a matrix, by content, then by extension for text.

    A broken matrix file is still called "mask" by its extension, so that its loader can say what is wrong.
    Raises LoadError (NOT_FOUND, NOT_A_FILE, NO_PERMISSION, EMPTY_FILE, UNKNOWN_FORMAT).
    """
    with OpenFile(path) as source:
        found = find_format(source)
    if isinstance(found, SoundFormat):
        return "audio"
    if found is not None or extension(path) in extensions_of(MatrixFormat):
        return "mask"
    raise unknown_format(path, _CHOOSE_EITHER)
