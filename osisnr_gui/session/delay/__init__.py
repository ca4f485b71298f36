"""Delays of estimates: measured, described, taken out."""
