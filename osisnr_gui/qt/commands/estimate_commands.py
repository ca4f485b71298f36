"""Commands for comparing estimates with each other: which curves and pictures are drawn, which reference each has."""

from __future__ import annotations

from functools import partial

from osisnr_gui.qt.dialogs.speakers_page import SpeakersDialog
from osisnr_gui.qt.presenters.shown_curves import CurveChoice
from osisnr_gui.qt.views import Views
from osisnr_gui.session.several.speakers import Speakers, find_speakers


class EstimateCommands:
    """What is chosen lives in `Views.curves`."""

    def __init__(self, views: Views) -> None:
        self._views = views
        views.curves.changed.connect(self._show)
        views.sources.curve_toggled.connect(views.curves.toggle)
        views.banners.details_requested.connect(lambda notice: notice.code == "assignment" and self.show_speakers())

    @property
    def hides_some(self) -> bool:
        """Whether the curve of an estimate is hidden."""
        return not self._views.curves.choice.hidden.isdisjoint(self._views.store.analysis.session.estimates)

    def show_speakers(self) -> None:
        """How well every estimate fits every reference."""
        speakers = find_speakers(self._views.store.analysis)
        if speakers is not None:
            dialog = SpeakersDialog(speakers, self._views.themes.theme, self._views.plots.window())
            dialog.assign_requested.connect(partial(self._assign, speakers))
            dialog.open()

    def _assign(self, speakers: Speakers, places: tuple[int, ...]) -> None:
        self._views.store.edit(partial(speakers.assign, places=places))

    def toggle_curve(self) -> None:
        """Hide the curve of the estimate in view, or draw it again."""
        pair = self._views.plots.pair
        if pair is not None:
            self._views.curves.toggle(pair.source)

    def _show(self, choice: CurveChoice) -> None:
        self._views.plots.set_curves(choice)
        self._views.sources.set_hidden(choice.hidden)
