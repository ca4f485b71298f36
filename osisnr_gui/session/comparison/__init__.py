"""Several estimates or several speakers held against each other."""
