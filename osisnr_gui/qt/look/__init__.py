"""Themes, style sheet and icons."""
