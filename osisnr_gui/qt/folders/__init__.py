"""The list of pairs of two folders."""
