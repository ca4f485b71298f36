"""The frame inspector's place in the window."""

from __future__ import annotations

from osisnr_gui.qt.on_demand_dock import OnDemandDock
from osisnr_gui.qt.panels.frame_inspector import FrameInspector


class InspectorDock(OnDemandDock):
    """Out of sight until it is asked for."""

    def __init__(self, panel: FrameInspector) -> None:
        super().__init__("Inspector", "dock_inspector", panel)
