"""Errors of the measures."""

from __future__ import annotations


class ShapeError(ValueError):
    """Reference and estimate have different shapes, or are not (n_bins, n_frames)."""


class ParameterError(ValueError):
    """A number lies outside the range in which the formula is defined."""
