"""Under the pseudo-language every word of plots and their tools is a translated one."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.map_plots import BandPlot
from osisnr_gui.qt.plots.charts.panel_charts import AlphaChart
from osisnr_gui.qt.plots.charts.frame_charts import AngleChart
from osisnr_gui.qt.plots.charts.delay_chart import DelayChart
from osisnr_gui.qt.plots.charts.panel_charts import HistogramChart
from osisnr_gui.qt.plots.charts.panel_charts import ShareChart
from osisnr_gui.qt.plots.charts.frame_charts import SpectrumChart
from osisnr_gui.qt.plots.curve_plot import CurvePlot, GainPlot
from osisnr_gui.qt.plots.comparison_plots import DifferencePlot
from osisnr_gui.qt.plots.curve_plot import LossPlot
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.rows import ROWS
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.view_bar import ViewBar
link = TimeLink()
rows = [kind(link, DARK, "row") for kind in (BandPlot, CurvePlot, GainPlot, DifferencePlot, LossPlot)]
charts = [kind(DARK) for kind in (AlphaChart, AngleChart, HistogramChart, ShareChart, SpectrumChart)]
charts += [DelayChart(DARK, near=near) for near in (False, True)]
strip, bar = Overview(link, DARK), ViewBar()
words = [text for row in ROWS for text in (row.title, row.tip)]
words += [row.words.title for row in rows] + [strip.toolTip(), strip.accessibleName()]
words += [text for chart in charts for text in (chart.accessibleName(), chart.toolTip()) if text]
words += [tool.toolTip() for tool in bar.findChildren(QWidget) if tool.toolTip() and tool.parent() is bar]
print("missed:", [text for text in words if "[" not in text], "of", len(words))
for row in rows:
    row.deleteLater()
"""


def test_nothing_is_left_in_plain_english() -> None:
    setting = {**os.environ, "LANGUAGE": "xx", "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run([sys.executable, "-c", SCRIPT], env=setting, capture_output=True, text=True, timeout=120)
    assert "missed: [] of " in run.stdout, run.stdout + run.stderr
