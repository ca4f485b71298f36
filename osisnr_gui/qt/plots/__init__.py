"""Plots: pyqtgraph's, with the items it lacks."""

import pyqtgraph

# Every move of the mouse counts: at the default rate the last one of a quick drag is dropped.
pyqtgraph.setConfigOptions(antialias=False, imageAxisOrder="row-major", mouseRateLimit=-1)
