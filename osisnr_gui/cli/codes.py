"""Exit codes of `osisnr`, the same for every command."""

DONE = 0
SOME_FAILED = 1  # some items of a batch
WRONG_USAGE = 2
REFUSED = 3  # an input was refused, or a result could not be written
INTERRUPTED = 130  # what a shell reports for Ctrl+C
