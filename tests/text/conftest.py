"""Files to analyse, written where the test may do with them what it likes."""

from written_files import noise, write

__all__ = ["noise", "write"]
