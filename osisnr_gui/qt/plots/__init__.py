"""Plots that share one time axis."""
