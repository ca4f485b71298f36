"""What plots show that pyqtgraph has no item for: one small GraphicsObject each."""
