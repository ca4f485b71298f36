"""Sounds of an analysis: their samples, loudness and names."""
