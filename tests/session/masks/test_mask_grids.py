"""Where masks lie in time and frequency: axes from a known grid, grids that fit a mixture, notes on their frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import ShortTimeFFT, stft

from osisnr_gui.export.csv_files import frames_csv
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.masks import MaskShape, find_grids, fits_mixture, mask_times
from osisnr_gui.session.session import MaskGrid, Note, Session, Source

Write = Callable[..., str]


@pytest.fixture(scope="module")
def masks() -> Analysis:
    """The demo without what it says of its STFT."""
    return analyse(replace(demo_session("masks"), mask_grid=MaskGrid()))


def _frames(analysis: Analysis):
    (pair,) = analysis.pairs
    assert pair.frames is not None
    return pair.frames


def test_without_rate_or_hop_frames_and_bins_are_counted(masks: Analysis) -> None:
    for grid in (MaskGrid(), MaskGrid(rate=16_000), MaskGrid(hop=128, n_fft=256)):
        analysis = analyse(replace(masks.session, mask_grid=grid), masks)
        frames = _frames(analysis)
        assert (frames.grid.first, frames.grid.step, frames.grid.seconds, frames.grid.bin_hz) == (0.0, 1.0, False, None)
        assert frames.projection is _frames(masks).projection  # nothing was compared again
        assert analysis.pairs[0].pictures.estimate.bin_step == 1.0


@pytest.mark.parametrize(("centred", "first"), [(False, 128 / 16_000), (True, 0.0)])
def test_with_both_they_are_seconds_and_hz(masks: Analysis, centred: bool, first: float) -> None:
    analysis = analyse(edits.set_mask_grid(masks.session, 129, rate=16_000, hop=128, centred=centred), masks)
    frames, picture = _frames(analysis), analysis.pairs[0].pictures.estimate
    assert (frames.grid.first, frames.grid.step, frames.grid.seconds) == (first, 0.008, True)
    assert (picture.first_time, picture.column_step, picture.bin_step) == (first, 0.008, 62.5)
    np.testing.assert_array_equal(frames.exact_osi_db, _frames(masks).exact_osi_db)
    text = b"".join(frames_csv(analysis)).decode()
    assert "# mask_sample_rate: 16000\n" in text
    assert f"# mask_frames_centred: {'true' if centred else 'false'}\n" in text
    row = next(line for line in text.splitlines() if line.startswith("3,"))
    assert float(row.split(",")[1]) == pytest.approx(first + 3 * 0.008)


def test_n_fft_of_its_own_moves_the_frequencies() -> None:
    assert mask_times(MaskGrid(16_000, 128), 257).bin_hz == 16_000 / 512
    assert mask_times(MaskGrid(16_000, 128, 512), 256).bin_hz == 16_000 / 512
    assert mask_times(MaskGrid(16_000, 128, 512), 256).first == 256 / 16_000


def test_notes_stay_on_their_frames(masks: Analysis) -> None:
    session = edits.add_note(masks.session, Note(10.0, 20.5, "here"))
    known = edits.set_mask_grid(session, 129, rate=16_000, hop=128)
    assert known.notes == (Note(0.008 + 10 * 0.008, 0.008 + 20.5 * 0.008, "here"),)
    (back,) = edits.set_mask_grid(known, 129, hop=None).notes
    assert (back.start, back.stop) == pytest.approx((10.0, 20.5))


def test_other_files_bring_no_grid(masks: Analysis) -> None:
    known = edits.set_mask_grid(masks.session, 129, rate=16_000, hop=128)
    assert edits.open_files(known, ["a.npy", "b.npy"]).mask_grid == MaskGrid()
    assert edits.add_files(known, ["c.npy"]).mask_grid == known.mask_grid


@pytest.mark.parametrize("n", [88_000, 87_999, 12_345])
@pytest.mark.parametrize(("n_fft", "hop"), [(256, 128), (512, 128), (512, 100), (400, 160)])
def test_the_grid_of_a_real_stft_is_among_those_that_fit(n: int, n_fft: int, hop: int) -> None:
    x = np.zeros(n)
    plain = ShortTimeFFT(np.ones(n_fft), hop, 16_000)
    # Frames from the first that begins at sample 0 to the last that ends inside.
    n_plain = 1 + (n - n_fft) // hop
    assert plain.stft(x).shape[0] == n_fft // 2 + 1
    n_centred = stft(x, nperseg=n_fft, noverlap=n_fft - hop, boundary="zeros", padded=True)[2].shape[1]
    for n_frames, centred in ((n_plain, False), (1 + n // hop, True), (n_centred, True)):
        shape = MaskShape(n_fft // 2 + 1, n_frames)
        grid = MaskGrid(16_000, hop, None, centred)
        assert fits_mixture(grid, shape, n), (n_frames, centred)
        usual = n_fft // hop * hop == n_fft
        if usual or len([g for g in find_grids(shape, n, 16_000) if g.centred == centred]) == 1:
            assert grid in find_grids(shape, n, 16_000)


def test_nothing_is_offered_that_does_not_fit() -> None:
    for shape in (MaskShape(129, 5000), MaskShape(129, 1), MaskShape(1, 10)):
        for grid in find_grids(shape, 88_000, 16_000):
            assert fits_mixture(grid, shape, 88_000)
    assert find_grids(MaskShape(129, 100_000), 88_000, 16_000) == ()


def test_nothing_is_offered_for_an_n_fft_of_other_bins() -> None:
    shape = MaskShape(129, 1 + 88_000 // 128)
    assert MaskGrid(16_000, 128, 256, centred=True) in find_grids(shape, 88_000, 16_000, n_fft=256)
    assert find_grids(shape, 88_000, 16_000, n_fft=512) == ()


def test_the_mixture_of_the_demo_offers_the_grid_it_was_made_with(masks: Analysis) -> None:
    (notice,) = (notice for notice in masks.notices if notice.code == "mask_grid")
    assert [remedy.label for remedy in notice.remedies] == ["Use hop 128, not padded"]
    session = notice.remedies[0].edit(masks.session)
    assert session.mask_grid == MaskGrid(16_000, 128)
    assert not any(notice.code == "mask_grid" for notice in analyse(session, masks).notices)


def test_a_mixture_that_fits_nothing_says_so(masks: Analysis, write: Write) -> None:
    short = replace(masks.session, mixture=Source(write("mix.wav", np.full(999, 0.1))))
    (notice,) = (notice for notice in analyse(short, masks).notices if notice.code == "mask_grid")
    assert notice.remedies == ()
    assert "(686 frames, 129 bins) fit no usual STFT of mix.wav with n_fft 256" in notice.message


def test_sound_knows_nothing_of_grids(write: Write) -> None:
    paths = [write(f"{name}.wav", np.random.default_rng(0).normal(0, 0.1, 4000)) for name in "abm"]
    session = Session((Source(paths[0]),), (Source(paths[1]),), Source(paths[2]))
    plain = analyse(session)
    other = analyse(replace(session, mask_grid=MaskGrid(8000, 64)), plain)
    assert other.pairs[0].frames is plain.pairs[0].frames
    assert not any(notice.code == "mask_grid" for notice in plain.notices)


def test_what_does_not_fit_the_mixture_is_said(masks: Analysis, write: Write) -> None:
    def said(**grid: object) -> list[str]:
        analysis = analyse(edits.set_mask_grid(masks.session, 129, **grid), masks)
        return [notice.message for notice in analysis.notices if notice.code == "mask_grid"]

    assert said(rate=16_000, hop=128) == []
    assert "4_masks_noisy.flac has 88\u202f000 samples at 16 kHz" in said(rate=16_000, hop=64)[0]
    assert "257 bins, the masks have 129" in said(rate=16_000, hop=128, n_fft=512)[0]
    assert "leave gaps" in said(rate=16_000, hop=250)[0]
