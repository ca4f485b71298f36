"""Results as JSON, CSV and plain tables, the same for window and command line; English in every language."""
