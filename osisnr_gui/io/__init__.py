"""Bytes on disk to arrays and back; every refusal is a `LoadError` with a reason and a remedy."""
