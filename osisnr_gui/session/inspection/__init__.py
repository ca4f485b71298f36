"""Everything known of one frame, as numbers, curves and sentences."""
