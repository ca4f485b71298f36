"""Breaking off what takes long: whoever asked for it says so by a function. The same as in io."""

from osisnr_gui.io.errors import Cancel as Cancel
from osisnr_gui.io.errors import stop_if as stop_if
