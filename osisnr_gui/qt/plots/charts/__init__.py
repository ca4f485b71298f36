"""Small plots that do not share the time axis: plain PlotWidgets with stock items."""
