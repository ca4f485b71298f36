"""Between an analysis and the plots: each gives certain rows what they show."""
