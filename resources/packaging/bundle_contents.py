"""What goes into a bundle and what stays out of it, each with its reason. Standard library only: tests read it, too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import PurePosixPath

#: The modules of PySide6 that are used, by pyqtgraph the two of OpenGL; no other one goes in, WebEngine (204 MB) and
#: Qt Quick among them.
QT_MODULES = ("Core", "Gui", "Multimedia", "Network", "OpenGL", "OpenGLWidgets", "Svg", "Widgets")
#: The libraries behind them, by their names without prefix and ending. FFmpeg (20 MB) is for films: QAudioSink and
#: QMediaDevices do without.
QT_LIBRARIES = (*QT_MODULES, "Concurrent", "DBus", "WaylandClient", "WlShellIntegration", "XcbQpa")
#: Plugins of Qt that are used. Drawing is done by the processor: none for OpenGL. GTK's theme brings 8 MB of GTK.
QT_PLUGINS = (
    *(
        "platforms/*qxcb*",
        "platforms/*qwayland*",
        "platforms/*qoffscreen*",
        "platforms/*qwindows*",
        "platforms/*qcocoa*",
    ),
    *("platformthemes/*xdgdesktopportal*", "platforminputcontexts/*compose*", "platforminputcontexts/*ibus*"),
    *("wayland-shell-integration/*xdg-shell*", "wayland-decoration-client/*", "iconengines/*svg*"),
    *("imageformats/*svg*", "imageformats/*qico*", "styles/*", "multimedia/*darwin*", "multimedia/*windows*"),
)
QT_TRANSLATIONS = "qtbase_*.qm"
#: Python modules that others import where they are there, or that belong to Python and are never used.
EXCLUDED_MODULES = (
    *("tkinter", "sqlite3", "ssl", "_ssl", "curses", "_curses", "readline", "lib2to3", "pydoc_data", "test", "dbm"),
    *("bz2", "_bz2", "lzma", "_lzma", "pip", "setuptools", "pkg_resources", "distutils", "_distutils_hack", "pytest"),
    *("IPython", "jupyter_rfb", "matplotlib", "PIL", "OpenGL", "cupy", "numba", "h5py", "pandas", "colorcet", "pooch"),
    *("scipy.datasets", "scipy.odr", "pyqtgraph.examples", "pyqtgraph.opengl"),
    # Matrix Market files are not read; the extras of the package come with `pip install 'osisnr-gui[cluster,parquet]'`.
    *("scipy.io._fast_matrix_market._fmm_core", "distributed", "dask", "pyarrow"),
)
#: Libraries of the building system that go in: its Python is made for them, and others have other versions.
SYSTEM_LIBRARIES = ("libpython3*", "libffi.so*", "libcrypto.so*", "libmpdec*")
#: What all others are left to, beside what a window needs anyway (`platform_check`): the package, and why.
LEFT_TO_SYSTEM = {
    "libc6 (>= 2.35)": "every program's own: no other one works with the system's libraries",
    "libstdc++6": "the drivers of the graphics card are linked to the system's, which may be newer",
    "libexpat1": "Debian 12's asks for glibc 2.36; fontconfig is linked to the system's",
    "libfreetype6": "must fit the system's fontconfig, whose configuration and cache are the system's",
    "zlib1g": "freetype and others are linked to the system's, which may be newer",
}
#: Resources that only developers use.
EXCLUDED_RESOURCES = ("screenshots",)

NEWEST_GLIBC, NEWEST_GLIBCXX = (2, 35), (3, 4, 30)  # those of Ubuntu 22.04
_SYMBOLS = re.compile(rb"\0(GLIBC|GLIBCXX)_(\d+(?:\.\d+)+)(?=\0)")


def is_wanted(target: str, source: str) -> bool:
    """Whether a file goes in. target : its path in the bundle, source : where it comes from."""
    parts, name = PurePosixPath(target.replace("\\", "/")).parts, PurePosixPath(source.replace("\\", "/")).name
    start = "Qt" if "Qt" in parts else "PySide6"  # Windows has no folder Qt
    inside = parts[parts.index(start) + 1 :] if start in parts else ()
    if inside[:1] == ("plugins",):
        return any(fnmatch("/".join(inside[1:]), pattern) for pattern in QT_PLUGINS)
    if inside[:1] == ("translations",):
        return fnmatch(inside[-1], QT_TRANSLATIONS)
    if inside[:1] == ("lib",) or (inside[-1:] == parts[-1:] and parts[-1].endswith(".dll")):
        library = inside[1] if inside[0] == "lib" else inside[0]  # libQt6Core.so.6, QtCore.framework, Qt6Core.dll
        stem = library.removeprefix("lib").split(".")[0].removeprefix("Qt").removeprefix("6")
        return stem in QT_LIBRARIES or stem.startswith(("icu", "pyside", "shiboken", "msvcp", "vcruntime", "concrt"))
    return not is_of_system(source) or any(fnmatch(name, pattern) for pattern in SYSTEM_LIBRARIES)


def is_of_system(source: str) -> bool:
    """Whether a file is a shared library of the building system, but no module of its Python."""
    return source.startswith(("/lib/", "/lib64/", "/usr/lib/")) and "/python3" not in source


def newest_symbols(data: bytes) -> dict[str, tuple[int, ...]]:
    """The newest version of glibc and of libstdc++ that a library asks for: {"GLIBC": (2, 34)}."""
    found: dict[str, tuple[int, ...]] = {}
    for name, version in _SYMBOLS.findall(data):
        numbers = tuple(map(int, version.split(b".")))
        found[name.decode()] = max(numbers, found.get(name.decode(), ()))
    return found


def too_new(libraries: Iterable[tuple[str, bytes]]) -> list[str]:
    """The libraries that would not load where the oldest supported glibc is, with what they ask for."""
    limits = {"GLIBC": NEWEST_GLIBC, "GLIBCXX": NEWEST_GLIBCXX}
    return [
        f"{name} needs {kind}_{'.'.join(map(str, version))}"
        for name, data in libraries
        for kind, version in newest_symbols(data).items()
        if version > limits[kind]
    ]
