"""Can a window be shown here? Asked before Qt is, because Qt answers with an abort.

A Linux without a display, or without the system libraries that Qt's xcb plugin is linked to, ends the process
inside the constructor of QApplication (exit 134, a page of plugin names). Here it becomes one sentence that says
what to do. Standard library only: the script that installs what is missing runs before anything else is there, so
the translations are imported where a sentence is made.
"""

import ctypes
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from typing import NamedTuple

# Package of Debian and Ubuntu -> the library in it that tells whether it is there. Without the first lot nothing of Qt
# loads; the others are for a window and for sound.
NEEDED = {
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libglib2.0-0": "libgthread-2.0.so.0",
}
USEFUL = {
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libx11-xcb1": "libX11-xcb.so.1",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-sync1": "libxcb-sync.so.1",
    "libxcb-xfixes0": "libxcb-xfixes.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libwayland-client0": "libwayland-client.so.0",
    "libwayland-cursor0": "libwayland-cursor.so.0",
    "libpulse0": "libpulse.so.0",
    "libgssapi-krb5-2": "libgssapi_krb5.so.2",  # of Qt's network library, which that for sound is linked to
}
FONT_PACKAGE = "fonts-dejavu-core"
APT_PACKAGES = " ".join([*NEEDED, *USEFUL, FONT_PACKAGE])
DNF_PACKAGES = " ".join((
    "mesa-libEGL", "mesa-libGL", "libxkbcommon", "libxkbcommon-x11", "dbus-libs", "fontconfig", "glib2", "libX11-xcb",
    "xcb-util-cursor", "xcb-util-wm", "xcb-util-image", "xcb-util-keysyms", "xcb-util-renderutil", "libwayland-client",
    "libwayland-cursor", "pulseaudio-libs", "krb5-libs", "dejavu-sans-fonts",
))  # fmt: skip

# Platforms of Qt that need no display, or a device that only Qt can ask.
_ELSEWHERE = frozenset({"offscreen", "minimal", "minimalegl", "linuxfb", "eglfs", "vnc", "vkkhrdisplay"})

# The dynamic loader's own words, the same in glibc and musl up to the colon.
_LOADER_MESSAGE = re.compile(r"(?P<name>lib[\w.+-]+\.so[\w.]*): cannot open shared object file")
_MUSL_MESSAGE = re.compile(r"Error loading shared library (?P<name>lib[\w.+-]+\.so[\w.]*)")


class Problem(NamedTuple):
    """Why no window can be shown. can_draw : one can still be drawn offscreen, nothing but a display is missing."""

    text: str
    can_draw: bool


def missing_library(text: str) -> str | None:
    """The shared library the dynamic loader could not find, from the text of its error; None for other errors."""
    match = _LOADER_MESSAGE.search(text) or _MUSL_MESSAGE.search(text)
    return match["name"] if match else None


def library_message(library: str) -> str:
    """What to say when a system library is missing."""
    from osisnr_gui.text.catalogue import _

    template = _(
        "the system library {library} is missing, and Qt needs it to show a window. Install it with\n"
        "  Debian, Ubuntu:  sudo apt-get install {apt}\n"
        "  Fedora:          sudo dnf install {dnf}"
    )
    return template.format(library=library, apt=APT_PACKAGES, dnf=DNF_PACKAGES)


def find_problem(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Problem | None:
    """Why no window can be shown; None when nothing speaks against it."""
    if not platform.startswith("linux"):
        return None
    # Of several platforms Qt takes the first that works; behind a colon, or a hyphen, stands how.
    asked = environment.get("QT_QPA_PLATFORM", "")
    names = set(re.findall(r"(?:^|;)([^;:-]+)", asked.lower())) or {"wayland", "xcb"}
    if names & _ELSEWHERE or ("wayland" in names and _wayland_answers(environment)):
        return None
    if "xcb" in names and environment.get("DISPLAY"):
        if (library := _missing_for_xcb()) is not None:
            return Problem(library_message(library), can_draw=False)
        if _x_server_answers():
            return None
    from osisnr_gui.text.catalogue import _

    if not names & {"wayland", "xcb"}:
        template = _(
            "QT_QPA_PLATFORM is {name!r}, which Qt does not know; unset it, or choose wayland, xcb or offscreen"
        )
        return Problem(template.format(name=asked), can_draw=False)
    template = _(
        "there is no display for {names} (none that WAYLAND_DISPLAY or DISPLAY names). For a window start it in a "
        "desktop session or with `ssh -X`; without one, name files or a demo, and a picture of the window is left."
    )
    return Problem(template.format(names=_(" or ").join(sorted(names))), can_draw=True)


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    """Whether a compositor listens where Qt would look for it: of a name left over from another session Qt aborts."""
    import socket  # here, because `osisnr --version` must not pay for it

    name = environment.get("WAYLAND_DISPLAY")
    if not name:
        return False
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(os.path.join(environment.get("XDG_RUNTIME_DIR", ""), name))
        except OSError:
            return False
    return True


def _missing_for_xcb() -> str | None:
    """The library that Qt's xcb plugin does not find when it is loaded as Qt would."""
    spec = importlib.util.find_spec("PySide6")
    folders = (spec.submodule_search_locations or ()) if spec else ()
    plugins = [os.path.join(folder, "Qt", "plugins", "platforms", "libqxcb.so") for folder in folders]
    try:
        # A PySide6 of the distribution has its plugins elsewhere: its package manager looks after the libraries.
        for path in (*filter(os.path.exists, plugins), "libxcb.so.1"):
            ctypes.CDLL(path)
    except OSError as error:
        return missing_library(str(error))
    return None


def _x_server_answers() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
