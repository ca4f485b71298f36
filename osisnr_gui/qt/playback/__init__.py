"""Hearing what the plots show."""
