"""The command line: the same walk from Session to Analysis, printed."""
