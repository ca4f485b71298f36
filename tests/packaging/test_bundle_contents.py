"""What is left out of a bundle is not used: its lists against the program's imports, and its rules against names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "resources" / "packaging"
sys.path.insert(0, str(PACKAGING))
import bundle_contents as contents  # noqa: E402

sys.path.remove(str(PACKAGING))
LIBRARY = "/usr/lib/x86_64-linux-gnu/"


def _imports() -> Iterator[str]:
    """Every module that the program imports, also inside functions and for what is only looked at by a type checker."""
    for path in (ROOT / "osisnr_gui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nothing_that_is_imported_is_left_out() -> None:
    extras = {"distributed", "dask", "pyarrow"}
    excluded = {name for name in contents.EXCLUDED_MODULES if name not in extras}
    used = {name for name in _imports() if not name.startswith("osisnr_gui")}
    assert "scipy.io" in used
    assert [name for name in used if any(name == out or name.startswith(f"{out}.") for out in excluded)] == []


def test_the_modules_of_qt_are_those_that_are_imported() -> None:
    used = {name.split(".")[1] for name in _imports() if name.startswith("PySide6.Qt")}
    assert used <= {f"Qt{name}" for name in contents.QT_MODULES}
    assert not {name for name in contents.QT_LIBRARIES if name.startswith(("WebEngine", "Quick", "Qml", "3D"))}


@pytest.mark.parametrize(
    ("target", "source", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "site/libqxcb.so", True),
        ("PySide6\\plugins\\platforms\\qwindows.dll", "C:\\site\\qwindows.dll", True),
        ("PySide6\\plugins\\multimedia\\ffmpegmediaplugin.dll", "C:\\site\\ffmpegmediaplugin.dll", False),
        ("PySide6\\Qt6Core.dll", "C:\\site\\Qt6Core.dll", True),
        ("PySide6\\Qt6Quick.dll", "C:\\site\\Qt6Quick.dll", False),
        ("PySide6\\QtCore.pyd", "C:\\site\\QtCore.pyd", True),
        ("PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore", "site/QtCore", True),
        ("PySide6/Qt/lib/QtQuick.framework/Versions/A/QtQuick", "site/QtQuick", False),
        ("PySide6/QtCore.abi3.so", "site/QtCore.abi3.so", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "site/libqgtk3.so", False),
        ("PySide6/Qt/plugins/multimedia/libffmpegmediaplugin.so", "site/libffmpegmediaplugin.so", False),
        ("PySide6/Qt/lib/libQt6Core.so.6", "site/libQt6Core.so.6", True),
        ("PySide6/Qt/lib/libicudata.so.73", "site/libicudata.so.73", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", "site/libQt6Quick.so.6", False),
        ("PySide6/Qt/lib/libavcodec.so.61", "site/libavcodec.so.61", False),
        ("PySide6/Qt/translations/qtbase_de.qm", "site/qtbase_de.qm", True),
        ("PySide6/Qt/translations/qtwebengine_de.qm", "site/qtwebengine_de.qm", False),
        ("libexpat.so.1", f"{LIBRARY}libexpat.so.1", False),
        ("libstdc++.so.6", f"{LIBRARY}libstdc++.so.6", False),
        ("libpython3.11.so.1.0", f"{LIBRARY}libpython3.11.so.1.0", True),
        ("python3.11/lib-dynload/_json.so", "/usr/lib/python3.11/lib-dynload/_json.so", True),
        ("scipy.libs/libscipy_openblas.so", "site/scipy.libs/libscipy_openblas.so", True),
    ],
)
def test_rules(target: str, source: str, wanted: bool) -> None:
    assert contents.is_wanted(target, source) is wanted


def test_a_library_of_too_new_a_system_is_found() -> None:
    old, new = b"\0GLIBC_2.2.5\0GLIBC_2.35\0GLIBCXX_3.4.29\0", b"\0GLIBC_2.4\0x\0GLIBC_2.36\0GLIBC_PRIVATE\0"
    assert contents.newest_symbols(old) == {"GLIBC": (2, 35), "GLIBCXX": (3, 4, 29)}
    assert contents.too_new([("old.so", old), ("new.so", new)]) == ["new.so needs GLIBC_2.36"]


def test_the_recipe_can_be_read_and_names_what_is_there() -> None:
    recipe = (PACKAGING / "osisnr_gui.spec").read_text("utf-8")
    compile(recipe, "osisnr_gui.spec", "exec")
    assert '("osisnr-gui", False), ("osisnr", True)' in recipe
    for name in ("packaging/bundle_entry.py", "icons/osisnr_gui.ico"):
        assert (ROOT / "resources" / name).is_file()
    for name in contents.EXCLUDED_RESOURCES:
        assert (ROOT / "resources" / name).is_dir()


def test_helpers_of_multiprocessing_come_first() -> None:
    entry = (PACKAGING / "bundle_entry.py").read_text("utf-8")
    assert 0 < entry.index("freeze_support()") < entry.index("import start_bundle")
