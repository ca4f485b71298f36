"""The row with a spectrogram, a mask, or the difference of two."""

import numpy as np

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import NO_SCALE
from osisnr_gui.qt.plots.items.maps import HIGHEST, BlameItem
from osisnr_gui.qt.plots.items.shading import ClipMarks, Shading
from osisnr_gui.qt.plots.items.spectrogram import Look, PictureItem, same_objects
from osisnr_gui.qt.plots.items.words import ColourBar
from osisnr_gui.qt.plots.scales import DIFFERENCE_MAP, make_scale
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session.pictures import Picture
from osisnr_gui.text.catalogue import _

DEFAULT_LEVELS_DB = (-90.0, -10.0)


class SpectrogramPlot(TimePlot):
    """A row whose y axis is the coordinate 0..1 of a frequency scale (`frequency_at` turns it into Hz).

    The display range is kept per unit: dB for sound, plain values for masks. `bare` : without a colour bar and without
    notes in its title, for one of several alike.
    """

    def __init__(
        self, link: TimeLink, theme: Theme, row_id: str, store: TileStore, title: str = "", *, bare: bool = False
    ) -> None:
        super().__init__(link, theme, row_id, title)
        self._store, self._bare = store, bare
        self._item = PictureItem(store)
        self._bar = ColourBar()
        self._colours = "viridis"
        self._levels: dict[str, tuple[float, float]] = {"dB": DEFAULT_LEVELS_DB}
        self._scale_name = "linear"
        self.frequency_scale = make_scale("linear", 2, 4000.0)
        self.set_y_limits(0.0, 1.0)
        self.set_y_scale(NO_SCALE)
        self.blame = BlameItem()
        self.shading: Shading = Shading(over=True)
        self.clips = ClipMarks()
        self.add(self._item, self.blame, self.shading, self._bar, self.clips)
        store.tiles_changed.connect(self._take_tiles)

    @property
    def levels(self) -> tuple[float, float]:
        """Values of the first and the last colour of the spectrogram map."""
        if (levels := self._levels.get(self._unit())) is not None:
            return levels
        source = self._item.sources[0]
        return source.low, source.high

    def show_source(self, source: Picture | None) -> None:
        """Show one source, or nothing."""
        self.show_sources(*(() if source is None else (source,)))

    def show_sources(self, *sources: Picture) -> None:
        """Show one source, or of two, reference and estimate, level of the second minus level of the first."""
        if same_objects(sources, self._item.sources):
            return
        for source in self._item.sources:
            if not any(source is s for s in sources):
                self._store.release(source)
        self._item.show_sources(*sources)
        self._apply_scale()
        self._dress_picture()

    def look_like(self, other: "SpectrogramPlot") -> None:
        """Take colours, display ranges and frequency scale of another row."""
        self._colours, self._scale_name, self._levels = other._colours, other._scale_name, dict(other._levels)

    def set_colours(self, name: str) -> None:
        """Another colour map (`SPECTROGRAM_MAPS`); the difference keeps its own."""
        self._colours = name
        self._dress_picture()

    def set_blame(self, words: str, *, on: bool = True) -> None:
        """A blame map of this lies over the picture, or none (`on` False) and this is why; "" : none, and no word."""
        on = on and bool(words)
        if (words, on) != (self.blame.words, self.blame.on):
            self.blame.words, self.blame.on = words, on
            self._dress_picture()

    def set_unit_levels(self, unit: str, low: float, high: float) -> None:
        """Display range of pictures in `unit`, shown now or later; the difference uses the lower end as its floor."""
        if np.isfinite(low) and np.isfinite(high) and high > low and self._levels.get(unit) != (low, high):
            self._levels[unit] = (low, high)
            self._dress_picture()

    def set_scale(self, name: str) -> None:
        """linear, log or mel; the frequencies in sight stay in sight."""
        self._scale_name = name
        self._apply_scale()

    def value_at(self, time: float, frequency: float) -> float | None:
        """Value of the pixel under a point (dB, plain, or a difference); None where there is nothing."""
        return self._item.value_at(time, float(self.frequency_scale.to_axis(frequency)))

    def frequency_at(self, coordinate: float) -> float:
        """Hz (or bins) at a value of the y axis, e.g. that of a hover signal."""
        return float(self.frequency_scale.to_frequency(coordinate))

    def is_final(self) -> bool:
        """Whether the picture on screen is the best there will be for this view."""
        return self.link.visible == (self.box.t0, self.box.t1) and self._item.is_final(self.box)

    def zoom_y(self, factor: float, at: float) -> None:
        """As in every row, but not closer than four bins."""
        sources = self._item.sources
        low, high = (self.frequency_at(c) for c in (self.box.lo, self.box.hi))
        if factor < 1.0 and sources and (high - low) * factor < 4.0 * sources[0].bin_step:
            return
        super().zoom_y(factor, at)

    def _title_note(self, vb: PixelViewBox) -> str:
        """Says when a pixel covers more than one frame, and what it then shows."""
        if self._bare:
            return ""
        if self.blame.words:
            return f" · {self.blame.note()}"
        step = (vb.t1 - vb.t0) / vb.columns
        if not any(step > s.column_step * (1 + 1e-9) for s in self._item.sources):
            return ""
        if not self._item.is_exact(vb):
            return f" · {_('first look: 1 frame in {n}').format(n=self._item.sources[0].coarse_step)}"
        if len(self._item.sources) == 2:
            return f" · {_('each pixel compares the largest values')}"
        is_mask = not self._item.sources[0].unit
        return f" · {_('each pixel shows its largest value') if is_mask else _('each pixel shows its loudest point')}"

    def _corner_width(self, vb: PixelViewBox) -> float:
        return self._bar.room(vb)

    def _unit(self) -> str:
        return self._item.sources[0].unit if self._item.sources else "dB"

    def _apply_scale(self) -> None:
        if not self._item.sources:
            self.set_y_scale(NO_SCALE)
            return
        source, old, vb = self._item.sources[0], self.frequency_scale, self.box
        new = make_scale(self._scale_name, source.n_bins, source.bin_step)
        self.frequency_scale = new
        self._item.set_scale(new)
        self.set_y_scale(new)
        if new != old:
            ends = np.clip(new.to_axis(old.to_frequency(np.array([vb.lo, vb.hi]))), 0.0, 1.0)
            low = 0.0 if vb.lo <= 0.0 else float(ends[0])
            high = 1.0 if vb.hi >= 1.0 else float(ends[1])
            self.set_y_range(*((low, high) if high - low > 1e-6 else (0.0, 1.0)))
        self.refresh()

    def _dress_picture(self) -> None:
        low, high = self.levels
        # Values on both sides of 0 have a colour for each side.
        colours = DIFFERENCE_MAP if not self._unit() and low < 0 else self._colours
        span = max(30.0 if self._unit() == "dB" else high - low, 1e-6)
        # Under a blame map a picture is grey, so that no colour of its own is taken for heat.
        self._item.look = Look("grey" if self.blame.on else colours, low, high, span)
        if self._bare or not self._item.sources:
            self._bar.hide()
        elif len(self._item.sources) == 2:
            self._bar.show_map(DIFFERENCE_MAP, -span, span, self._unit())
        else:
            self._bar.show_map(colours, low, high, self._unit())
        if self.blame.on and self._item.sources:
            self._bar.show_heat("1×", _("{n:g}× even share").format(n=HIGHEST))
        self.refresh()

    def _take_tiles(self, source: Picture) -> None:
        if any(s is source for s in self._item.sources):
            self._item.invalidate()
