"""Nothing needs a POSIX system just to be imported: every module loads without the modules Windows does not have."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import importlib, pkgutil, sys
missing = ("fcntl", "resource", "pwd", "grp", "termios")
sys.modules.update(dict.fromkeys(missing))  # None: an import of it fails
import osisnr_gui
names = [module.name for module in pkgutil.walk_packages(osisnr_gui.__path__, "osisnr_gui.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
"""


def test_every_module_loads_without_posix() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
