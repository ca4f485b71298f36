"""NumPy .npy and .npz files: a header is a few hundred bytes of text, which numpy parses, the data are plain bytes.

Nothing in this module can run code from a file or allocate what a header merely claims.
"""

import io
import math
import re
import zipfile
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy_format

from .errors import LoadError, LoadWarning, Phrase, Reason, as_load_errors, corrupt, printable
from .files import OpenFile

Array = npt.NDArray[np.generic]
MAX_BYTES = 512 * 2**20  # of a matrix
MAX_CELLS = 64 * 2**20
MAGIC = b"\x93NUMPY"
MAX_HEADER = 16_384
MAX_MEMBERS = 4_096
MAX_RATIO = 100
RATIO_FREE = 2**20  # below this size a member may compress as well as it likes
HOLDS_OBJECTS = Phrase("it holds Python objects, which could run code when opened")
SAVE_PLAIN = Phrase("save it as a plain array of numbers")
_MOST_AXES = 32
_TEXT = 12
_MENDED = re.compile(rb"(?<=\d)L|\n")  # shapes as Python 2 wrote them, (12L, 20L), and lines
_WIDTHS = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8), "c": (8, 16)}


class NpyHeader(NamedTuple):
    """An array inside a file: its dtype, shape, order, and where its bytes start."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    offset: int

    @property
    def data_bytes(self) -> int:
        """Bytes of the elements."""
        return math.prod(self.shape) * self.dtype.itemsize


class LoadedArray(NamedTuple):
    """An array as stored, before it is taken for a matrix; `keys` are the other arrays that could be meant."""

    values: Array
    key: str | None = None
    keys: tuple[str, ...] = ()
    warnings: tuple[LoadWarning, ...] = ()


def too_large(path: str, what: str) -> LoadError:
    """The refusal of something above the limits."""
    remedy = Phrase("save a part: at most {cells} cells and {size} MiB", cells=MAX_CELLS, size=MAX_BYTES >> 20)
    return LoadError(Reason.TOO_LARGE, path, what, remedy)


def check_size(path: str, shape: tuple[int, ...], item_bytes: int) -> None:
    """Raise LoadError TOO_LARGE for an array of this shape. Python integers, so nothing wraps."""
    cells = math.prod(shape)
    if cells > MAX_CELLS or cells * item_bytes > MAX_BYTES:
        raise too_large(path, Phrase("the matrix would be {shape}", shape=shape_text(shape)))


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape in words: `257 × 62`."""
    return " × ".join(map(str, shape)) or Phrase("a single number")


def is_matrix(shape: tuple[int, ...]) -> bool:
    """Whether the shape is two-dimensional once axes of length 1 are dropped from three or more."""
    return len(shape) == 2 or sum(n != 1 for n in shape) == 2


def _unusable(path: str) -> LoadError:
    detail = Phrase("its cells are not plain numbers")
    return LoadError(Reason.BAD_DTYPE, path, detail, Phrase("save it as float32 or float64"))


def check_dtype(path: str, dtype: np.dtype[Any]) -> None:
    """Raise LoadError PICKLE or BAD_DTYPE unless an array of this type holds plain numbers."""
    if dtype.hasobject:
        raise LoadError(Reason.PICKLE, path, HOLDS_OBJECTS, SAVE_PLAIN)
    if dtype.names is not None:
        detail = Phrase("its cells are records with several fields")
        raise LoadError(Reason.BAD_DTYPE, path, detail, Phrase("save one field as a plain number matrix"))
    if dtype.itemsize not in _WIDTHS.get(dtype.kind, ()):
        raise _unusable(path)


def parse_header(path: str, head: bytes) -> NpyHeader:
    """The header in the first bytes of an .npy file. Raises LoadError CORRUPT, PICKLE, BAD_DTYPE."""
    # Else numpy mends the text itself, and says so on the terminal. It begins after magic, version and length.
    file = io.BytesIO(head[:_TEXT] + _MENDED.sub(b" ", head[_TEXT:]))
    try:
        version = npy_format.read_magic(file)
        read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
        shape, fortran, dtype = read(file, max_header_size=MAX_HEADER)
    except Exception as error:
        if isinstance(error.__cause__, TypeError):  # a type that numpy does not know, or not on this machine
            raise _unusable(path) from None
        detail = Phrase("the array header is damaged, cut off, or longer than any real one")
        raise corrupt(path, detail) from None
    if any(n < 0 for n in shape) or len(shape) > _MOST_AXES:
        raise corrupt(path, Phrase("the array header has a malformed shape"))
    check_dtype(path, dtype)
    return NpyHeader(dtype, shape, fortran, file.tell())


def native(values: Array) -> Array:
    """The same values in this machine's byte order, rows contiguous."""
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))


def _to_array(header: NpyHeader, data: bytes) -> Array:
    if header.dtype.kind == "b":  # any byte but 0 and 1 is no valid bool for compiled code
        flat: Array = np.frombuffer(data, np.uint8) != 0
    else:
        flat = np.frombuffer(data, header.dtype)
    shaped = flat.reshape(header.shape, order="F" if header.fortran else "C")
    values = native(shaped)
    return values if values.flags.writeable else values.copy()


def read_npy(source: OpenFile, *_: object) -> LoadedArray:
    """The array of an .npy file. Raises LoadError CORRUPT, PICKLE, BAD_DTYPE, TOO_LARGE."""
    header = parse_header(source.path, source.read_at(0, MAX_HEADER + 12))
    check_size(source.path, header.shape, header.dtype.itemsize)
    extra = source.size - header.offset - header.data_bytes
    if extra < 0:
        raise corrupt(source.path, Phrase("cut off: {n} bytes of the matrix are missing", n=-extra))
    data = source.read_at(header.offset, header.data_bytes)
    if len(data) != header.data_bytes:
        raise corrupt(source.path, Phrase("the file changed while it was read"))
    ignored = LoadWarning("EXTRA_BYTES", Phrase("{n} bytes after the matrix were ignored", n=extra))
    return LoadedArray(_to_array(header, data), warnings=(ignored,) if extra else ())


def choose_array(
    path: str, candidates: dict[str, tuple[int, ...]], key: str | None, everything: tuple[str, ...]
) -> str:
    """The name of the array to load.

    `candidates` are the two-dimensional numeric arrays with their shapes; `everything` names all arrays.
    Raises LoadError AMBIGUOUS (with `choices`), NO_MATRIX.
    """
    if key is not None:
        if key in candidates or key in everything:
            return key
        names = ", ".join(printable(name, 20) for name in candidates) or Phrase("no matrix")
        detail = Phrase("there is no array {key!r} inside, but {names}", key=printable(key, 30), names=names)
        raise LoadError(Reason.NO_MATRIX, path, detail, Phrase("give the name of one of these"), tuple(candidates))
    if len(candidates) == 1:
        return next(iter(candidates))
    if len(everything) == 1 and not candidates:
        return everything[0]  # its own fault is the better message
    if not candidates:
        detail = Phrase("there is no matrix of numbers inside")
        raise LoadError(Reason.NO_MATRIX, path, detail, Phrase("save the mask as a 2-D array"))
    names = ", ".join(f"{printable(n, 20)} ({shape_text(s)})" for n, s in candidates.items())
    detail = Phrase("several matrices: {names}", names=names)
    raise LoadError(Reason.AMBIGUOUS, path, detail, Phrase("choose one by its name"), tuple(candidates))


def _check_archive(path: str, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise too_large(path, Phrase("the archive has {n} members", n=len(members)))
    if sum(info.file_size for info in members) > MAX_BYTES:
        raise too_large(path, Phrase("the archive would unpack to more than the limit"))
    if any(info.file_size > max(RATIO_FREE, MAX_RATIO * max(info.compress_size, 1)) for info in members):
        raise too_large(path, Phrase("a member unpacks to more than a hundred times its size"))


def _open_header(path: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NpyHeader | LoadError | None:
    """The array header of a member, the reason it cannot be used, or None when it is no array at all."""
    if info.flag_bits & 0x1:
        detail = Phrase("the archive is protected by a password")
        raise LoadError(Reason.ENCRYPTED, path, detail, Phrase("save it without a password"))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise corrupt(path, Phrase("the archive is packed by a method NumPy does not use"))
    with archive.open(info) as member:
        head = member.read(MAX_HEADER + 12)
    if head[:6] != MAGIC:
        return None
    try:
        return parse_header(path, head)
    except LoadError as error:
        return error


def read_npz(source: OpenFile, key: str | None, *_: object) -> LoadedArray:
    """One array of an .npz archive. Raises LoadError as `read_npy`, and ENCRYPTED, AMBIGUOUS, NO_MATRIX."""
    path = source.path
    if source.size > 2 * MAX_BYTES:
        raise too_large(path, Phrase("the archive has {size} MiB", size=source.size >> 20))
    with (
        as_load_errors(path, Phrase("the archive is damaged or cut off")),  # zipfile has a dozen ways to say so
        open(source.fd, "rb", closefd=False) as file,
        zipfile.ZipFile(file) as archive,
    ):
        members = archive.infolist()
        _check_archive(path, members)
        found = {info.filename.removesuffix(".npy"): (info, _open_header(path, archive, info)) for info in members}
        arrays = {name: head for name, (_, head) in found.items() if isinstance(head, NpyHeader)}
        candidates = {name: head.shape for name, head in arrays.items() if is_matrix(head.shape)}
        refused = {name: head for name, (_, head) in found.items() if isinstance(head, LoadError)}
        if key is None and refused and not candidates:
            raise next(iter(refused.values()))
        if key is not None and key in refused:
            raise refused[key]
        name = choose_array(path, candidates, key, tuple(arrays))
        header = arrays[name]
        with archive.open(found[name][0]) as member:
            member.read(header.offset)
            check_size(path, header.shape, header.dtype.itemsize)
            data = member.read(header.data_bytes)
            if len(data) != header.data_bytes:
                raise corrupt(path, Phrase("cut off: the matrix inside is shorter than its header says"))
            while member.read(2**16):
                pass  # only reading to the end makes zipfile compare the checksum
        return LoadedArray(_to_array(header, data), name, tuple(other for other in candidates if other != name))
