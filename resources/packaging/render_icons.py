"""Makes the PNG and ICO files of the app icon from its SVG: `python resources/packaging/render_icons.py`."""

from __future__ import annotations

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parent.parent / "icons"
SIZES = (16, 24, 32, 48, 64, 128, 256)


def png(size: int) -> bytes:
    """The icon as PNG."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(ICONS / "osisnr_gui.svg")).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """An ICO file of PNG pictures: 6 bytes, then 16 per picture, then the pictures; a size of 256 is written as 0."""
    header, offset = struct.pack("<HHH", 0, 1, len(pictures)), 6 + 16 * len(pictures)
    for size, data in pictures.items():
        header += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    return header + b"".join(pictures.values())


def main() -> None:
    """Write all of them beside the SVG."""
    pictures = {size: png(size) for size in SIZES}
    for size, data in pictures.items():
        (ICONS / f"osisnr_gui_{size}.png").write_bytes(data)
    (ICONS / "osisnr_gui.ico").write_bytes(ico(pictures))


if __name__ == "__main__":
    main()
