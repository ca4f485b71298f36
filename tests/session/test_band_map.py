"""Band maps: at any step the sums are those of the frames that count."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from osisnr_gui.core.bands import BandSums
from osisnr_gui.core.types import Representation
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.maps import MOST_BLOCKS, BandMap, band_step, block_columns
from osisnr_gui.session.pairs import PairReader
from osisnr_gui.session.session import FramingChoice, Session, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]


@pytest.fixture(params=[Representation.MAGNITUDE, Representation.COMPLEX])
def bands(request: pytest.FixtureRequest, write: Write, noise: Noise) -> BandMap:
    n = 200_000
    s = noise(n, 1, talk=True)
    session = Session(
        (Source(write("a.wav", s)),),
        (Source(write("b.wav", s + 0.2 * noise(n, 2, talk=True))),),
        framing=FramingChoice(representation=request.param),
        silence_db=30.0,
    )
    analysis = analyse(session)
    (pair,) = analysis.pairs
    assert pair.score is not None
    assert not pair.score.facts.active.all()
    return BandMap(PairReader(pair), pair.score.facts.active)


def _all(bands: BandMap, step: int) -> None:
    for index in bands.missing(step, 0, bands.n_stored(step)):
        bands.load(step, index)


@pytest.mark.parametrize("step", [1, 8, 64])
def test_pooled_sums_are_those_of_all_active_frames(bands: BandMap, step: int) -> None:
    _all(bands, step)
    assert bands.missing(step, 0, bands.n_stored(step)) == []
    n = bands.n_stored(step)
    edges = np.unique(np.linspace(0, n, 12).astype(int))
    found = bands.sums(step, edges[:-1], edges[1:]).osi_db()
    frames = np.minimum(edges * step, bands.columns.n_frames)
    active = bands._active
    for k, (a, b) in enumerate(itertools.pairwise(frames)):
        s, e = bands.columns.rows(a, b)
        s, e = s[active[a:b]], e[active[a:b]]
        whole = BandSums.of_rows(s, e, bands._edges).pooled(np.array([0]), np.array([len(s)])).osi_db()[:, 0]
        np.testing.assert_allclose(found[:, k], whole, atol=1e-8)


def test_what_is_not_loaded_has_no_value(bands: BandMap) -> None:
    bands.load(1, 0)
    edge = block_columns(1)
    osi = bands.sums(1, np.array([3, edge, edge + 1]), np.array([edge, edge, edge + 9])).osi_db()
    assert np.isfinite(osi[:, 0]).all()
    assert np.isnan(osi[:, 1:]).all()
    assert bands.missing(1, 0, edge + 1) == [1]
    assert bands.missing(1, 5, 5) == []


def test_steps_leave_two_columns_to_a_pixel() -> None:
    assert [band_step(x) for x in (0.01, 1, 15.9, 16, 100, 128, 2000)] == [1, 1, 1, 8, 8, 64, 512]
    assert all(block_columns(step) >= 1 for step in (1, 8, 64, 512, 4096, 8**6))


def test_memory_is_bounded(bands: BandMap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osisnr_gui.session.maps.MOST_BLOCKS", 1)
    bands.load(1, 0)
    bands.load(1, 1)
    assert bands.missing(1, 0, 2 * block_columns(1)) == [0]
    assert MOST_BLOCKS * block_columns(1) * 8 * 3 * 8 < 30e6


def test_bands_of_a_mask_count_bins(write: Write) -> None:
    s, e = np.random.default_rng(0).uniform(size=(2, 64, 20))
    analysis = analyse(Session((Source(write("a.npy", s)),), (Source(write("b.npy", e)),)))
    (pair,) = analysis.pairs
    bands = BandMap(PairReader(pair), np.ones(20, bool))
    assert not bands.in_hz
    assert [(band.first, band.low) for band in bands.bands] == [(k, k) for k in range(0, 64, 8)]
