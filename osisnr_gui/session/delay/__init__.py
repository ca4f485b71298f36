"""Late and early estimates: measured, named, lined up."""
