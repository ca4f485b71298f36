"""The margins that all rows share, so that plot edges are aligned to the pixel whatever the labels are."""

LEFT_AXIS_WIDTH = 64
RIGHT_MARGIN = 12
TIME_AXIS_HEIGHT = 24
ROW_GAP = 3  # empty pixels above and below the plot of a row
