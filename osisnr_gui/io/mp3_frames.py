"""MPEG audio frames: telling an MP3 from bytes that look like one by chance, and counting its frames.

Without an information frame the decoder guesses the length from the first frame's bit rate and then stops
there, which loses sound silently. The frames are counted here and the count is shown to the decoder.
"""

import struct
from typing import NamedTuple

from .errors import Phrase, corrupt
from .files import OpenFile
from .headers import Header, check_channels_and_rate, id3_size

_SEARCH = 64 * 1024
_FRAMES_TO_AGREE = 3
_KIND = 3  # so many fields of a frame are the same in all frames of a file
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBIT_V1 = {
    3: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBIT_V2 = {
    3: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    1: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_WINDOW = 1 << 17
_MAX_GAPS = 1_000  # each costs a search; a file with more is no sound worth counting


class Mp3Frame(NamedTuple):
    """One frame header: rate in Hz, channels, bytes to the next header, samples per channel."""

    version: int
    layer: int
    rate: int
    channels: int
    size: int
    samples: int


def parse_frame(head: bytes) -> Mp3Frame | None:
    """The frame header in the first four bytes, or None. Free-format frames count as none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 0 or bitrate in (0, 15) or rate == 3:
        return None
    hertz = _RATES[version][rate]
    kbit = (_KBIT_V1 if version == 3 else _KBIT_V2)[layer][bitrate - 1]
    padding = head[2] >> 1 & 1
    if layer == 3:
        size, samples = (12000 * kbit // hertz + padding) * 4, 384
    else:
        samples = 576 if layer == 1 and version != 3 else 1152
        size = samples // 8 * 1000 * kbit // hertz + padding
    return Mp3Frame(version, layer, hertz, 1 if head[3] >> 6 == 3 else 2, size, samples)


def _agrees(source: OpenFile, position: int, first: Mp3Frame) -> bool:
    """Whether three more frames of the same kind follow at the distances the headers give."""
    frame = first
    for _ in range(_FRAMES_TO_AGREE):
        position += frame.size
        following = parse_frame(source.read_at(position, 4))
        if following is None or following[:_KIND] != first[:_KIND]:
            return False
        frame = following
    return True


def find_frames(source: OpenFile, start: int | None = None) -> tuple[int, Mp3Frame] | None:
    """Offset and header of the first of several frames in a row, or None when there are none.

    Looks through 64 KiB from `start`; by default after the tags, where an MP3 begins.
    """
    if start is None:
        start = id3_size(source)
    window = source.read_at(start, _SEARCH)
    offset = window.find(b"\xff")
    while offset >= 0:
        frame = parse_frame(window[offset : offset + 4])
        if frame is not None and _agrees(source, start + offset, frame):
            return start + offset, frame
        offset = window.find(b"\xff", offset + 1)
    return None


def walk_frames(source: OpenFile, start: int) -> tuple[int, int]:
    """Count the whole frames from offset `start`, finding the way again after damage.

    And after how many of them bytes follow that are none (0: nowhere).
    """
    count, broken, n_gaps, position = 0, 0, 0, start
    base, window = start, b""
    while position + 4 <= source.size and n_gaps < _MAX_GAPS:
        if position + 4 > base + len(window):
            base, window = position, source.read_at(position, _WINDOW)
        frame = parse_frame(window[position - base : position - base + 4])
        if frame is not None:
            count += position + frame.size <= source.size
            position += frame.size
            continue
        following = find_frames(source, position)
        if following is None:
            break
        broken, position, n_gaps = broken or count, following[0], n_gaps + 1
    return count, broken


def _info_frame(head: bytes, frame: Mp3Frame, count: int, mark: int) -> bytes:
    """A frame without sound, of the same kind, that tells the decoder the number of frames to come."""
    bitrate = 9 if frame.version == 3 else 8  # large enough for the fields at every sample rate
    raw = bytes([head[0], head[1] | 1, bitrate << 4 | head[2] & 0x0C, head[3]])
    size = (parse_frame(raw) or frame).size
    body = bytes(mark - 4) + b"Xing" + struct.pack(">II", 1, count)
    return (raw + body).ljust(size, b"\0")


def read_mp3(source: OpenFile) -> Header:
    """Header of an MPEG audio stream. Raises LoadError CORRUPT, BAD_RATE, BAD_CHANNELS."""
    found = find_frames(source)
    if found is None:
        raise corrupt(source.path, Phrase("there are no frames of sound"))
    start, frame = found
    check_channels_and_rate(source, frame.channels, frame.rate)
    header = Header("MP3", "MPEG_LAYER_" + "I" * (4 - frame.layer))
    count, broken = walk_frames(source, start)
    begin = id3_size(source)
    lost = begin < start and parse_frame(source.read_at(begin, 4)) is not None  # a frame that no other follows
    if broken or lost:
        place = 0.0 if lost else broken * frame.samples / frame.rate
        message = Phrase(
            "damaged at {time:.3f} s: bytes that are no sound lie there, what follows may come too early", time=place
        )
        header.warn("DAMAGED", message)
    first = source.read_at(start, frame.size)
    # Where an information frame has its mark: after the header and the empty side information.
    mark = 4 + ((17, 32) if frame.version == 3 else (9, 17))[frame.channels - 1]
    if first[mark : mark + 4] in (b"Xing", b"Info") and first[mark + 7 : mark + 8] and first[mark + 7] & 1:
        stored = struct.unpack(">I", first[mark + 8 : mark + 12].ljust(4, b"\0"))[0]
        if stored < count - 1:  # files joined end to end: the mark of the first speaks for itself alone
            header.patches[start + mark + 8] = struct.pack(">I", count - 1)
    elif frame.layer == 1 and first[36:40] != b"VBRI":
        header.start = start
        header.prefix = _info_frame(first, frame, count, mark)
        header.promised = 0  # no promise was made
    return header
