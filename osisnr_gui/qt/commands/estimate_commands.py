"""Commands for comparing estimates with each other: which curves and pictures are drawn, which reference each has."""

from __future__ import annotations

from functools import partial

from osisnr_gui.qt.commands.actions import CommandGroup, Handler
from osisnr_gui.qt.dialogs.speakers_page import SpeakersDialog
from osisnr_gui.qt.presenters.shown_curves import CurveChoice
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.views import Views
from osisnr_gui.session.comparison.speakers import Speakers, find_speakers


class EstimateCommands(CommandGroup):
    """Handlers; what is chosen lives in `Views.curves`."""

    def __init__(self, views: Views) -> None:
        self._views = views
        views.curves.changed.connect(self._show)
        views.sources.curve_toggled.connect(views.curves.toggle)
        views.banners.details_requested.connect(lambda notice: notice.code == "assignment" and self._show_speakers())

    def handlers(self) -> dict[str, Handler]:
        """A function for every action of these."""
        return {
            "hide_curve": self._toggle_curve,
            "all_curves": self._views.curves.show_all,
            "mixture_curve": self._toggle_mixture,
            "all_estimates": self._toggle_stacked,
            "speakers": self._show_speakers,
        }

    def refresh(self) -> None:
        """Which of them make sense now, and check marks."""
        analysis, choice = self._views.store.analysis, self._views.curves.choice
        self._enable(bool(analysis.pairs), "hide_curve")
        self._enable(analysis.matching is not None, "speakers")
        hidden = choice.hidden.intersection(analysis.session.estimates)
        self._enable(bool(hidden), "all_curves")
        self._enable(analysis.compares_mixture, "mixture_curve")
        self._check("mixture_curve", choice.mixture)
        self._enable(len(analysis.pairs) > 1, "all_estimates")
        self._check("all_estimates", self._views.plots.estimates.stacked)

    def restore(self, settings: Settings) -> None:
        """The mixture's curve, and whether pictures are stacked, as they were left."""
        self._views.plots.set_stacked(settings.flag("all_estimates", False))
        self._views.curves.set_mixture(settings.flag("mixture_curve", False))

    def remember(self, settings: Settings) -> None:
        """Keep that for the next start."""
        settings.put("mixture_curve", self._views.curves.choice.mixture)
        settings.put("all_estimates", self._views.plots.estimates.stacked)

    def _show_speakers(self) -> None:
        speakers = find_speakers(self._views.store.analysis)
        if speakers is not None:
            dialog = SpeakersDialog(speakers, self._views.plots.window())
            dialog.assign_requested.connect(partial(self._assign, speakers))
            dialog.open()

    def _assign(self, speakers: Speakers, places: tuple[int, ...]) -> None:
        self._views.store.edit(partial(speakers.assign, places=places))

    def _toggle_curve(self) -> None:
        pair = self._views.plots.pair
        if pair is not None:
            self._views.curves.toggle(pair.source)

    def _toggle_mixture(self) -> None:
        self._views.curves.set_mixture(not self._views.curves.choice.mixture)

    def _toggle_stacked(self) -> None:
        self._views.plots.set_stacked(not self._views.plots.estimates.stacked)
        self.refresh()

    def _show(self, choice: CurveChoice) -> None:
        self._views.plots.set_curves(choice)
        self._views.sources.set_hidden(choice.hidden)
        self.refresh()
