"""The measures: numpy in, numpy out. No files, no clock, no Qt, no text for users."""
