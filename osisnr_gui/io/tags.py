"""ID3v2 tags, which may stand before MP3 and FLAC streams."""

from .source import Source


def id3_size(source: Source) -> int:
    """Bytes taken by ID3v2 tags at the start of a file (0 when there is none)."""
    position = 0
    for _ in range(16):
        head = source.read_at(position, 10)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
            break
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        position += 10 + length + (10 if head[5] & 0x10 else 0)
    return position
