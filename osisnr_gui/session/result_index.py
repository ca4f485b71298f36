"""Index of the results of earlier analyses by what they depend on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from osisnr_gui.core.align import Delay
from osisnr_gui.session.comparison.matching import Matching, MatchKey
from osisnr_gui.session.pairs import PairAnalysis, PairKey
from osisnr_gui.session.pictures import Picture
from osisnr_gui.session.session import Source
from osisnr_gui.session.tracks import Track, stamp_of


class ResultIndex:
    """Tracks, complete pairs and matchings of earlier analyses; where there are several, the first counts."""

    def __init__(
        self, tracks: Sequence[Track], pairs: Iterable[PairAnalysis], matchings: Iterable[Matching | None]
    ) -> None:
        self._tracks = dict[Source, Track]()
        self._pairs = list[PairAnalysis]()
        self.add(tracks, pairs)
        self._matchings = [matching for matching in matchings if matching is not None]

    def add(self, tracks: Sequence[Track], pairs: Iterable[PairAnalysis]) -> None:
        """Tracks and pairs that count before those there are."""
        self._tracks |= {replace(track.source, delay=0): track for track in reversed(tracks)}
        self._pairs = [*(p for p in pairs if p.frames is not None and p.frames.complete), *self._pairs]

    def track(self, source: Source) -> Track | None:
        """A source that was opened, perhaps with another delay, when its file is still the same, or gone.

        Of a file that is gone there is nothing better.
        """
        old = self._tracks.get(replace(source, delay=0))
        if old is None or old.error is not None or old.stamp is None:
            return None
        if stamp_of(source.path) in (old.stamp, None):
            return old if old.source == source else replace(old, source=source)
        return None

    def pair(self, key: PairKey, with_pictures: bool) -> PairAnalysis | None:
        """The same pair in the same framing."""
        same = (old for old in self._pairs if old.key == key)
        return next((old for old in same if old.pictures.estimate is not None or not with_pictures), None)

    def delay(self, key: PairKey) -> Delay | None:
        """The delay between the same two files, whatever their frames were and whatever of it was taken out."""
        same = (old.delay for old in self._pairs if old.key is not None and old.key.files == key.files)
        return next(filter(None, same), None)

    def picture(self, reference: Track, wanted: PairKey, pairs: Iterable[PairAnalysis]) -> Picture | None:
        """The reference's picture, when one of these pairs, or an earlier one in the same framing, has painted it."""
        looks = (reference.source, reference.stamp, wanted.framing, wanted.mask_grid)
        for pair in (*pairs, *self._pairs):
            key, frames = pair.key, pair.frames
            done = frames is not None and frames.complete
            same = key is not None and (key.reference, key.stamps[0], key.framing, key.mask_grid) == looks
            if done and same and pair.pictures.reference is not None:
                return pair.pictures.reference
        return None

    def matching(self, key: MatchKey) -> Matching | None:
        """How the same files fit each other."""
        return next((old for old in self._matchings if old.key == key), None)
