"""Applies masks to a mixture: its STFT times each mask, back in time, block by block."""

from collections.abc import Sequence

import numpy as np

from osisnr_gui.core.masking import MaskFrames
from osisnr_gui.core.types import FloatArray, ParameterError
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.session.masks.mask_grids import n_fft_of
from osisnr_gui.session.session import MaskGrid, Source
from osisnr_gui.session.signals import AudioSignal

Matrix = np.ndarray[tuple[int, int], np.dtype[np.generic]]


def mask_frames(grid: MaskGrid, n_bins: int) -> MaskFrames:
    """How the STFT of masks of so many bins cuts a mixture at the grid's rate.

    Raises ParameterError while that is not known, and where such masks cannot be applied.
    """
    if not grid.is_known or grid.hop is None:
        raise ParameterError(Phrase("rate and hop of the masks are not known"))
    n_fft = n_fft_of(grid, n_bins)
    if n_fft // 2 + 1 != n_bins:
        own = n_fft // 2 + 1
        detail = Phrase(
            "an STFT of n_fft {n_fft} has {own} bins, the masks have {wanted}", n_fft=n_fft, own=own, wanted=n_bins
        )
        raise ParameterError(detail)
    return MaskFrames(n_fft, grid.hop, -(n_fft // 2) if grid.centred else 0, grid.window)


class MaskedMixture:
    """Several masks (n_bins, n_frames) on one mixture; samples are numbered as the mixture's. One thread at a time.

    Magnitudes are scaled and the mixture's phase stays; a complex mask turns it, too. Frames beyond a mask, or not
    wholly inside the mixture, are silent. Raises LoadError when the file cannot be opened, ParameterError as
    `mask_frames`.
    """

    def __init__(self, mixture: Source, grid: MaskGrid, masks: Sequence[Matrix]) -> None:
        self.frames = mask_frames(grid, masks[0].shape[0])
        self._masks = masks
        self._signal = AudioSignal(mixture, grid.rate)
        self.n_samples, self.first_sample = self._signal.n_samples, self._signal.first_sample

    def read(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count) of the mixture through every mask: (n_masks, count)."""
        out = np.zeros((len(self._masks), count))
        inside = self.frames.inside(self.first_sample, self.n_samples)
        touching = self.frames.touching(start, start + count)
        first, stop = max(inside[0], touching[0]), min(inside[1], touching[1])
        if stop <= first:
            return out
        begin = self.frames.offset + first * self.frames.hop
        length = (stop - 1 - first) * self.frames.hop + self.frames.n_fft
        spectra = self.frames.stft(self._signal.read(begin, length))
        a, b = max(start, begin), min(start + count, begin + length)
        for row, mask in zip(out, self._masks, strict=True):
            part = np.asarray(mask[:, first:stop]).T
            through = np.zeros_like(spectra)
            np.multiply(spectra[: len(part)], part, out=through[: len(part)])
            row[a - start : b - start] = self.frames.istft(through)[a - begin : b - begin]
        return out

    def close(self) -> None:
        """Close the file."""
        self._signal.close()


class MaskedSignal(AudioSignal):
    """A mixture's signal, through one mask."""

    def __init__(self, mixture: Source, grid: MaskGrid, mask: Matrix) -> None:
        super().__init__(mixture, grid.rate)
        self._through = MaskedMixture(mixture, grid, (mask,))

    def read(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count), zeros where there are none."""
        return np.asarray(self._through.read(start, count)[0])

    def close(self) -> None:
        """Close the file."""
        self._through.close()
        super().close()
