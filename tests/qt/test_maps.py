"""Blame map, band strip and gain strip in the window: right values, live, remembered, for every kind of column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from measures import columns
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_kit import open_window, save_published_pair, show_files, wait_final

from osisnr_gui.core.bands import BandSums
from osisnr_gui.core.mc_mse import mc_mse_blame, osi_noise_blame
from osisnr_gui.core.types import Framing, Representation
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.map_plots import WAVEFORM_WORDS
from osisnr_gui.qt.presenters.pair_maps import BANDS, GAIN
from osisnr_gui.session import edits
from osisnr_gui.session.maps import BlameKind
from osisnr_gui.session.session import Formula

FILES = ("2_enhancement_clean.flac", "5_damaged_est.flac")
FRAMING = Framing(Representation.MAGNITUDE, 512, 128)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


@pytest.fixture
def damaged(qtbot: QtBot, window: MainWindow, samples: Path) -> MainWindow:
    show_files(qtbot, window, *(samples / name for name in FILES))
    return window


def _columns(samples: Path, framing: Framing = FRAMING) -> tuple[np.ndarray, np.ndarray]:
    s, e = (columns(soundfile.read(samples / name)[0], framing) for name in FILES)
    return s, e


def _trigger(qtbot: QtBot, window: MainWindow, *actions: str) -> None:
    for action in actions:
        window.actions_by_id.by_id[action].trigger()
    wait_final(qtbot, window)


def _drawn(window: MainWindow, frame: int, bin_: int) -> float:
    """The blame under the middle of a frame and a bin."""
    plots = window.views.plots
    frames = plots.pair.frames  # type: ignore[union-attr]
    coordinate = float(plots._estimate.frequency_scale.to_axis(bin_ * 31.25))
    value = plots.maps.blame.value_at(frames.first_time + frame * frames.grid.step, coordinate)
    assert value is not None
    return value


def _zoom_to_bins(qtbot: QtBot, window: MainWindow, frames: tuple[int, int], bins: tuple[int, int]) -> None:
    """So near that every frame and every bin has pixels of its own."""
    plots = window.views.plots
    step = plots.pair.frames.grid.step  # type: ignore[union-attr]
    plots.link.set_range(0.016 + frames[0] * step, 0.016 + frames[1] * step)
    low, high = (float(plots._estimate.frequency_scale.to_axis(k * 31.25)) for k in bins)
    plots._estimate.set_y_range(low, high)
    wait_final(qtbot, window)


def test_the_map_is_the_blame_of_the_core_and_follows_alpha(qtbot: QtBot, damaged: MainWindow, samples: Path) -> None:
    s, e = _columns(samples)
    _trigger(qtbot, damaged, "literal", "blame_mc_mse")
    _zoom_to_bins(qtbot, damaged, (110, 140), (40, 80))
    for alpha in (0.3, 0.11, 1.0):
        damaged.views.store.edit(lambda session, a=alpha: edits.set_alpha(session, a))
        wait_final(qtbot, damaged)
        blame = mc_mse_blame(s, e, alpha)
        for frame, bin_ in ((112, 45), (120, 60), (135, 78)):
            assert _drawn(damaged, frame, bin_) == pytest.approx(blame[bin_, frame] / blame.mean(), rel=1e-6)


def test_the_whole_view_adds_up_to_mc_mse(qtbot: QtBot, damaged: MainWindow) -> None:
    """The mean over all pixels is the even share: what is drawn is all of mc_mse, no more and no less."""
    _trigger(qtbot, damaged, "literal", "blame_mc_mse")
    picture = damaged.views.plots._estimate.blame.picture
    assert picture is not None
    assert picture.complete
    covered = picture.values[:, picture.values.any(axis=0)]
    share = covered.shape[1] * picture.grid.time_step / (822 * 0.008)
    assert covered.mean() * share == pytest.approx(1.0, rel=0.02)  # rows of pixels hold unequal numbers of bins


def test_noise_blame_is_the_frames_part_divided_as_its_noise(qtbot: QtBot, damaged: MainWindow, samples: Path) -> None:
    s, e = _columns(samples)
    _trigger(qtbot, damaged, "exact", "blame_osi_noise")
    _zoom_to_bins(qtbot, damaged, (380, 400), (40, 60))
    score = damaged.views.plots.pair.score  # type: ignore[union-attr]
    part = np.nan_to_num(score.osi_term())
    weight = part * score.facts.n_active / part.sum()
    shares = osi_noise_blame(s, e) * 257
    for frame, bin_ in ((385, 45), (390, 50), (397, 58)):
        assert _drawn(damaged, frame, bin_) == pytest.approx(weight[frame] * shares[bin_, frame], rel=1e-6)


def test_b_goes_round_and_the_title_says_what_it_is(qtbot: QtBot, damaged: MainWindow) -> None:
    plot = damaged.views.plots._estimate
    seen = []
    for _ in range(3):
        QTest.keySequence(damaged, QKeySequence("B"))
        wait_final(qtbot, damaged)
        seen.append((damaged.views.plots.maps.blame.kind, plot._title_note(plot.box), plot._bar.labels[1]))
    kinds, notes, legends = zip(*seen, strict=True)
    assert kinds == (BlameKind.MC_MSE, BlameKind.OSI_NOISE, None)
    assert notes[0] == " · where the loss comes from: MC-MSE, exact"
    assert notes[1] == " · where the loss comes from: 1/OSI-SNR, exact"
    assert "blame" not in notes[2]
    assert legends[:2] == ("30× even share",) * 2
    assert legends[2] == "−10 dB"
    assert damaged.actions_by_id.by_id["blame_off"].isChecked()


def test_off_brings_back_the_very_picture(qtbot: QtBot, damaged: MainWindow) -> None:
    plot = damaged.views.plots._estimate
    before = plot.grab().toImage()
    _trigger(qtbot, damaged, "blame_mc_mse")
    assert plot.grab().toImage() != before
    _trigger(qtbot, damaged, "blame_off")
    assert plot.grab().toImage() == before


def test_over_the_third_picture(qtbot: QtBot, damaged: MainWindow) -> None:
    plots = damaged.views.plots
    _trigger(qtbot, damaged, "blame_mc_mse", "blame_third")
    assert plots._estimate.blame.words == ""
    assert plots._difference.blame.picture is not None
    _trigger(qtbot, damaged, "residual")
    assert plots._difference.blame.picture is not None
    assert plots.maps.blame.value_at(3.1, 0.5) is not None
    _trigger(qtbot, damaged, "blame_third")
    assert plots._difference.blame.words == ""
    assert plots._estimate.blame.picture is not None


def test_another_formula_or_estimate_is_another_map(qtbot: QtBot, damaged: MainWindow, samples: Path) -> None:
    plots = damaged.views.plots
    _trigger(qtbot, damaged, "literal", "blame_mc_mse")
    literal = plots._estimate.blame.picture
    _trigger(qtbot, damaged, "exact")
    exact = plots._estimate.blame.picture
    assert literal is not None
    assert exact is not None
    assert literal.values.max() != pytest.approx(exact.values.max(), rel=1e-6)
    assert "exact" in plots._estimate.blame.words
    show_files(qtbot, damaged, samples / FILES[0], samples / FILES[1], samples / "2_enhancement_est_dfn3.flac")
    damaged.views.selection.select(1, 2)
    wait_final(qtbot, damaged)
    other = plots._estimate.blame.picture
    assert other is not None
    assert other.values.max() != pytest.approx(exact.values.max(), rel=1e-6)
    damaged.commands.take_files([str(samples / FILES[0])], add=False)
    wait_final(qtbot, damaged)
    assert plots._estimate.blame.picture is None


def test_a_file_that_is_gone_is_said_and_nothing_breaks(
    qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path
) -> None:
    copies = [tmp_path / name for name in FILES]
    for copy, name in zip(copies, FILES, strict=True):
        copy.write_bytes((samples / name).read_bytes())
    show_files(qtbot, window, *copies)
    copies[1].unlink()
    _trigger(qtbot, window, "blame_mc_mse", "row_bands")
    assert FILES[1] in window.views.plots._estimate.blame.words
    assert FILES[1] in window.views.plots.maps.band_row.words.message


def test_bands_are_the_sums_of_the_frames_of_a_pixel(qtbot: QtBot, damaged: MainWindow, samples: Path) -> None:
    s, e = _columns(samples)
    _trigger(qtbot, damaged, "row_bands")
    plots = damaged.views.plots
    row = plots.maps.band_row
    plots.link.set_range(3.0, 3.2)  # several pixels to a frame
    wait_final(qtbot, damaged)
    band = row.band_of(1700.0)
    assert band is not None
    assert (band.low, band.high) == (1500, 2000)
    edges = (0, band.stop - band.first)
    for frame in (375, 380, 390):
        rows = (x[band.first : band.stop, frame][None, :] for x in (s, e))
        wanted = float(BandSums.of_rows(*rows, edges).osi_db()[0, 0])
        assert row.value_at(0.016 + frame * 0.008, band) == pytest.approx(wanted, abs=1e-6)


def test_bands_far_out_pool_sums_not_decibels(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    s = 0.1 * rng.normal(size=16_000 * 120)
    e = s + 0.03 * rng.normal(size=s.size)
    paths = tmp_path / "ref.wav", tmp_path / "est.wav"
    for path, samples in zip(paths, (s, e), strict=True):
        soundfile.write(path, samples, 16_000, subtype="FLOAT")
    show_files(qtbot, window, *paths)
    _trigger(qtbot, window, "row_bands")
    row = window.views.plots.maps.band_row
    assert "all frames of a pixel together" in row._title_note(row.box)
    grid = row._strip.picture.grid  # type: ignore[union-attr]
    x, y = (columns(z.astype(np.float32).astype(float), FRAMING) for z in (s, e))
    first = int(np.ceil((grid.time + 200 * grid.time_step - 0.016) / 0.008 - 1e-9))
    last = int(np.ceil((grid.time + 201 * grid.time_step - 0.016) / 0.008 - 1e-9))
    assert last - first > 15
    band = row.band_of(5000.0)
    assert band is not None
    found = row.value_at(grid.time + 200.5 * grid.time_step, band)
    wanted = []
    for k in (-8, 0, 8):  # stored columns of eight frames: an edge may lie that far from the pixel's
        rows = (z[band.first : band.stop, first + k : last + k].reshape(1, -1) for z in (x, y))
        cells = (band.stop - band.first) * (last - first)
        wanted.append(float(BandSums.of_rows(*rows, (0, cells)).osi_db()[0, 0]))
    assert found is not None
    assert min(wanted) - 0.5 < found < max(wanted) + 0.5


def test_gain_is_the_least_squares_gain_of_active_frames(qtbot: QtBot, damaged: MainWindow, samples: Path) -> None:
    s, e = _columns(samples)
    _trigger(qtbot, damaged, "row_gain")
    (gain,) = damaged.views.plots.maps.gain_row.curves
    active = damaged.views.plots.pair.score.facts.active  # type: ignore[union-attr]
    assert np.isnan(gain.values[~active]).all()
    s, e = s[:, active], e[:, active]
    wanted = 20 * np.log10(np.sum(s * e, axis=0) / np.sum(s * s, axis=0))
    np.testing.assert_allclose(gain.values[active], wanted, atol=1e-9)
    assert not gain.turned.any()


def test_the_readout_tells_the_maps(qtbot: QtBot, damaged: MainWindow) -> None:
    link, readout = damaged.views.plots.link, damaged.views.readout
    link.set_hover(3.1, 0.5, "estimate")
    assert "blame" not in readout.text
    assert "gain" not in readout.text
    _trigger(qtbot, damaged, "blame_mc_mse", "row_bands", "row_gain")
    link.set_hover(3.1, 0.501, "estimate")
    value = damaged.views.plots.maps.blame.value_at(3.1, 0.501)
    assert f"{value:.1f}× its share" in readout.text
    assert "4–6 kHz" in readout.text
    assert "gain −" in readout.text
    link.set_hover(3.1, 2.5, BANDS)
    assert "500–1000 Hz" in readout.text or "0.5–1 kHz" in readout.text
    assert "blame" not in readout.text


def test_rows_and_map_are_remembered(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in FILES))
        assert not window.views.plots.stack.places[BANDS].is_shown
        assert not window.views.plots.stack.places[GAIN].is_shown
        _trigger(qtbot, window, "row_bands", "row_gain", "row_loss", "blame_osi_noise", "blame_third")
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in FILES))
        places = window.views.plots.stack.places
        assert places[BANDS].is_shown
        assert places[GAIN].is_shown
        assert not places["loss"].is_shown
        assert window.actions_by_id.by_id["blame_third"].isChecked()
        assert window.actions_by_id.by_id["blame_osi_noise"].isChecked()
        assert window.views.plots._difference.blame.picture is not None
        _trigger(qtbot, window, "reset_layout")
        assert places["loss"].is_shown
        assert not places[BANDS].is_shown
        assert window.views.plots.maps.blame.kind is None


@pytest.mark.parametrize("kind", [Representation.COMPLEX, Representation.WAVEFORM])
def test_other_columns(qtbot: QtBot, damaged: MainWindow, kind: Representation) -> None:
    plots = damaged.views.plots
    _trigger(qtbot, damaged, "blame_mc_mse", "row_bands", "row_gain")
    damaged.views.store.edit(lambda session: edits.set_framing(session, representation=kind))
    wait_final(qtbot, damaged)
    row = plots.maps.band_row
    if kind is Representation.COMPLEX:
        assert plots._estimate.blame.picture is not None
        assert row.words.message == ""
        band = row.band_of(1000.0)
        assert band is not None
        assert row.value_at(3.0, band) is not None
    else:
        assert plots._estimate.blame.picture is None
        assert WAVEFORM_WORDS in plots._estimate._title_note(plots._estimate.box)
        assert "dB" in plots._estimate._bar.labels[1]  # the picture itself is as it always is
        assert "no frequency bands" in row.words.message
    assert np.isfinite(plots.maps.gain_row.curves[0].values).any()


def test_turned_polarity_is_seen_where_it_can_be(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    x = 0.1 * np.random.default_rng(0).normal(size=16_000)
    paths = tmp_path / "ref.wav", tmp_path / "est.wav"
    soundfile.write(paths[0], x, 16_000)
    soundfile.write(paths[1], -0.5 * x, 16_000)
    show_files(qtbot, window, *paths)
    _trigger(qtbot, window, "row_gain")
    gain_row = window.views.plots.maps.gain_row
    assert not gain_row.curves[0].turned.any()  # magnitudes have no sign
    window.views.store.edit(lambda session: edits.set_framing(session, representation=Representation.COMPLEX))
    wait_final(qtbot, window)
    assert gain_row.curves[0].turned.all()
    assert gain_row.curves[0].values == pytest.approx(np.full(122, 20 * np.log10(0.5)), abs=0.01)
    window.views.plots.link.set_hover(0.5, 0.0, GAIN)
    assert "dB (−)" in window.views.readout.text


def test_masks_have_bins(qtbot: QtBot, window: MainWindow, samples: Path, tmp_path: Path) -> None:
    show_files(qtbot, window, samples / "4_masks_irm.npy", samples / "4_masks_est.npy")
    _trigger(qtbot, window, "blame_mc_mse", "row_bands")
    row = window.views.plots.maps.band_row
    assert row.left.scale_of_values.title == "Bins"
    window.views.plots.link.set_hover(100.0, 0.5, BANDS)
    assert "bins 0–" in window.views.readout.text
    show_files(qtbot, window, *save_published_pair(tmp_path))
    picture = window.views.plots._estimate.blame.picture
    assert picture is not None
    m1 = np.array([[0.5, 0.6, 0.7], [0.8, 0.9, 1.0], [1.1, 1.2, 1.3]])
    blame = mc_mse_blame(m1, m1 - 0.1, 0.3)
    seen = [[window.views.plots.maps.blame.value_at(t, (k + 0.5) / 3) for t in range(3)] for k in range(3)]
    np.testing.assert_allclose(seen, blame / blame.mean(), rtol=1e-6)


def test_alpha_moves_faster_than_maps_are_made(qtbot: QtBot, damaged: MainWindow) -> None:
    """Every map on the way may be left out, the last one not."""
    _trigger(qtbot, damaged, "blame_mc_mse")
    for k in range(60):
        damaged.views.store.edit(lambda session, a=0.2 + 0.01 * k: edits.set_alpha(session, a), "alpha")
    wait_final(qtbot, damaged)
    found = damaged.views.plots._estimate.blame.picture
    _trigger(qtbot, damaged, "blame_off", "blame_mc_mse")
    again = damaged.views.plots._estimate.blame.picture
    assert found is not None
    assert again is not None
    np.testing.assert_allclose(found.values, again.values, rtol=1e-9, atol=1e-12)


def test_what_does_not_change_a_map_draws_none(qtbot: QtBot, damaged: MainWindow) -> None:
    _trigger(qtbot, damaged, "blame_osi_noise")
    overlay = damaged.views.plots.maps.blame
    drawn: list[object] = []
    overlay._job.reported.connect(drawn.append)
    damaged.views.store.edit(lambda session: edits.set_gamma(session, 3.0))
    damaged.views.store.edit(lambda session: edits.set_alpha(session, 0.5))
    wait_final(qtbot, damaged)
    assert drawn == []
    _trigger(qtbot, damaged, "blame_mc_mse")
    drawn.clear()
    damaged.views.store.edit(lambda session: edits.set_gamma(session, 5.0))
    wait_final(qtbot, damaged)
    assert drawn == []
    damaged.views.store.edit(lambda session: edits.set_alpha(session, 0.6))
    wait_final(qtbot, damaged)
    assert len(drawn) == 1


def test_the_map_is_of_the_result_in_the_headline(qtbot: QtBot, damaged: MainWindow) -> None:
    assert damaged.views.store.session.loss.formula is Formula.EXACT
    _trigger(qtbot, damaged, "blame_osi_noise")
    for formula in (Formula.EXACT, Formula.LITERAL):
        _trigger(qtbot, damaged, formula.value)
        assert f"({formula.value}, " in damaged.views.loss.headline.text
        assert damaged.views.plots._estimate.blame.words == f"1/OSI-SNR, {formula.value}"
