"""Results as JSON and CSV (English in every language) and as tables to read, for window and command line."""
