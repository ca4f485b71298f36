"""Sample checks and the delay search, done with the samples that the pass reads anyway."""

from __future__ import annotations

from collections.abc import Sequence

from osisnr_gui.core.align import Delay
from osisnr_gui.io.errors import Cancel
from osisnr_gui.session.delay.delays import DelaySearch
from osisnr_gui.session.signals import AudioSignal
from osisnr_gui.session.tracks import Track, check_track


class PairSamples:
    """What is done with the samples of two files while the pass has them: each is checked, the delay is measured.

    Decoding a file costs more than either. Without signals (masks) nothing is done.

    signals : the two files, open; the pass reads them in order from sample `start` on. with_delay : measure the delay.
    """

    def __init__(
        self,
        tracks: tuple[Track, Track],
        signals: Sequence[AudioSignal],
        start: int,
        with_delay: bool,
        cancelled: Cancel | None,
    ) -> None:
        self._tracks, self._cancelled = tracks, cancelled
        # A reference with several estimates is checked with the first.
        pairs = zip(tracks, signals, strict=False)
        self._scanners = [None if track.checked else signal.scanner() for track, signal in pairs]
        self._search = DelaySearch(signals[0], signals[1]) if with_delay and signals else None
        self.listener = None if self._search is None else self._search.feed
        if self._search is not None:
            self._search.read_to(start, cancelled)

    def finish(self) -> tuple[tuple[Track, Track], Delay | None]:
        """Both tracks, checked, and the delay, after reading what the pass did not.

        Raises LoadError for what is wrong with the estimate's samples; the reference's track has its own error.
        """
        delay = None if self._search is None else self._search.finish(self._cancelled)
        tracks = self._tracks
        if self._scanners:
            checked = [check_track(t, self._cancelled, s) for t, s in zip(tracks, self._scanners, strict=True)]
            tracks = checked[0], checked[1]
        if tracks[1].error is not None:
            raise tracks[1].error
        return tracks, delay
