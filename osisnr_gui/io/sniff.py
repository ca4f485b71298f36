"""What a file is, from its first bytes; the name only decides where bytes cannot (plain text).

An allow-list: libraries that try every format they know take a matrix for sound, so nothing is handed
to one before it was recognised here.
"""

import os
import struct
from typing import Literal

from .errors import LoadError, Reason
from .headers import id3_size
from .mp3_frames import find_frames
from .source import Source

Content = Literal[
    "WAV", "W64", "FLAC", "OGG", "MP3", "AIFF", "CAF", "AU",
    "NPY", "ZIP", "MAT5", "MAT4", "MAT73", "PICKLE", "UNKNOWN",
]  # fmt: skip

AUDIO: frozenset[str] = frozenset({"WAV", "W64", "FLAC", "OGG", "MP3", "AIFF", "CAF", "AU"})
MATRIX: frozenset[str] = frozenset({"NPY", "ZIP", "MAT5", "MAT4", "MAT73", "PICKLE"})
TEXT_EXTENSIONS = frozenset({".csv", ".tsv", ".txt"})
EXTENSIONS: dict[str, frozenset[str]] = {
    "WAV": frozenset({".wav", ".wave", ".bwf", ".rf64", ".wavex"}),
    "W64": frozenset({".w64"}),
    "FLAC": frozenset({".flac", ".fla"}),
    "OGG": frozenset({".ogg", ".oga", ".opus"}),
    "MP3": frozenset({".mp3", ".mp2", ".mpga", ".mpeg"}),
    "AIFF": frozenset({".aif", ".aiff", ".aifc"}),
    "CAF": frozenset({".caf"}),
    "AU": frozenset({".au", ".snd"}),
    "NPY": frozenset({".npy"}),
    "ZIP": frozenset({".npz"}),
    "MAT": frozenset({".mat"}),
    "TEXT": TEXT_EXTENSIONS,
}
_KNOWN_EXTENSIONS = frozenset().union(*EXTENSIONS.values())
_W64_MAGIC = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"


def extension(path: str) -> str:
    """The lower-case extension of `path` with its dot, or an empty string."""
    return os.path.splitext(path)[1].lower()


def is_misnamed(path: str, content: str) -> bool:
    """Whether the extension of `path` belongs to another format than `content` (a key of EXTENSIONS)."""
    name = extension(path)
    return name in _KNOWN_EXTENSIONS and name not in EXTENSIONS[content]


def _audio_magic(head: bytes) -> Content | None:
    if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "WAV"
    if head[:16] == _W64_MAGIC:
        return "W64"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "AIFF"
    if head[:4] == b"caff" and head[4:6] == b"\0\1":
        return "CAF"
    simple: dict[bytes, Content] = {b"fLaC": "FLAC", b"OggS": "OGG", b".snd": "AU", b"dns.": "AU"}
    return simple.get(head[:4])


def _is_mat4(head: bytes) -> bool:
    """MATLAB 4 has no magic: five integers that must make sense together, in either byte order."""
    if len(head) < 20:
        return False
    for order in "<>":
        kind, rows, columns, imaginary, name = struct.unpack(order + "5I", head[:20])
        plausible = kind < 5000 and kind // 100 % 10 == 0 and kind // 10 % 10 <= 5 and kind % 10 <= 2
        if plausible and imaginary <= 1 and 1 <= name <= 64 and rows < 2**31 and columns < 2**31:
            return True
    return False


def _matrix_magic(head: bytes) -> Content | None:
    if head[:6] == b"\x93NUMPY":
        return "NPY"
    if head[:4] in (b"PK\3\4", b"PK\5\6"):
        return "ZIP"
    if head[:8] == _HDF5_MAGIC or head[512:520] == _HDF5_MAGIC:
        return "MAT73"
    if len(head) >= 128 and head[126:128] in (b"IM", b"MI") and all(head[:4]):
        version = head[125] if head[126:128] == b"IM" else head[124]
        return "MAT73" if version == 2 else "MAT5"
    if head[:1] == b"\x80" and head[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        return "PICKLE"
    return None


def sniff_content(source: Source) -> Content:
    """The format of an open file. Reads a few kilobytes; raises LoadError only when the disk fails."""
    head = source.read_at(0, 1024)
    found = _audio_magic(head) or _matrix_magic(head)
    if found is not None:
        return found
    if head[:3] == b"ID3" and source.read_at(id3_size(source), 4) == b"fLaC":
        return "FLAC"
    if find_frames(source) is not None:
        return "MP3"
    return "MAT4" if _is_mat4(head) else "UNKNOWN"


def unknown_format(path: str, wanted: str) -> LoadError:
    """The refusal of content that is none of the formats read here; `wanted` names what would do."""
    return LoadError(Reason.UNKNOWN_FORMAT, path, "the content is no format this program knows", f"choose {wanted}")


def sniff_kind(path: str) -> Literal["audio", "mask"]:
    """Whether `path` is sound or a matrix, by content, then by extension for text.

    A broken matrix file is still called "mask" by its extension, so that its loader can say what is wrong.
    Raises LoadError (NOT_FOUND, NOT_A_FILE, NO_PERMISSION, EMPTY_FILE, UNKNOWN_FORMAT).
    """
    with Source(path) as source:
        content = sniff_content(source)
    if content in AUDIO:
        return "audio"
    by_name = TEXT_EXTENSIONS | EXTENSIONS["NPY"] | EXTENSIONS["ZIP"] | EXTENSIONS["MAT"]
    if content in MATRIX or extension(path) in by_name:
        return "mask"
    raise unknown_format(path, "an audio file (WAV, FLAC, OGG, …) or a matrix (.npy, .npz, .mat, .csv)")
