"""Errors that concern a pair of files or a setting, in the form all errors have: file, what is wrong, what to do."""

from __future__ import annotations

from osisnr_gui.io.errors import FileError


class PairError(FileError):
    """Two files that were each read well do not fit together, or not the settings."""
