"""Pictures: codes, pooling, and that what the pass paints is what the file shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.core.types import Representation
from osisnr_gui.session import analysis, frame_pass
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.pictures import COARSE_STEP, HIGH_DB, LOW_DB, CodeScale, Picture, TimeGrid
from osisnr_gui.session.session import FramingChoice, Lengths, Session, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]
repeatable = settings(derandomize=True, deadline=None, max_examples=60, database=None)
GRID = TimeGrid(0.0, 1.0)


def _picture(magnitudes: np.ndarray) -> Picture:
    scale = CodeScale.levels(1.0)
    return Picture(len(magnitudes), magnitudes.shape[1], GRID, scale, lambda a, b, step: magnitudes[a:b:step])


def _magnitudes(n: int, seed: int = 0) -> np.ndarray:
    return 10 ** np.random.default_rng(seed).uniform(-7, 1.2, size=(n, 3))


def _assert_pooled(picture: Picture, codes: np.ndarray) -> None:
    level, step = 0, COARSE_STEP
    while (coarse := picture.coarse(level)) is not None:
        wanted = [codes[a : a + step].max(axis=0) for a in range(0, len(codes), step)]
        np.testing.assert_array_equal(coarse, wanted, err_msg=f"level {level}")
        level, step = level + 1, 2 * step
    assert len(picture.coarse(level - 1)) == 1
    assert picture.coarse(-1) is None


@repeatable
@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=30))
def test_codes_are_monotone(values: list[float]) -> None:
    ordered = np.sort(np.array(values))
    for scale in (CodeScale.levels(256.0), CodeScale.plain(0.0, 1.0), CodeScale.plain(-3.0, 1e6)):
        codes = scale.codes(ordered)
        assert codes.dtype == np.uint8
        assert np.all(np.diff(codes.astype(int)) >= 0)
        assert codes.min() >= 1


def test_ends_of_the_scales() -> None:
    levels = CodeScale.levels(2.0)
    at = 2.0 * 10 ** (np.array([-np.inf, LOW_DB, 0.0, HIGH_DB, 300.0]) / 20)
    assert levels.codes(at).tolist() == [1, 1, round(1 + 254 * -LOW_DB / (HIGH_DB - LOW_DB)), 255, 255]
    assert levels.unit == "dB"
    plain = CodeScale.plain(0.2, 0.8)
    assert (plain.low, plain.high, plain.unit) == (0.0, 1.0, "")
    assert plain.codes(np.array([0.0, 0.5, 1.0])).tolist() == [1, 128, 255]
    assert CodeScale.plain(-2.0, 5.0).codes(np.array([-2.0, 5.0])).tolist() == [1, 255]


@pytest.mark.parametrize("n", [1, 7, 8, 9, 16, 17, 63, 64, 65, 200, 1000])
@pytest.mark.parametrize("blocks", [8, 16, 64])
def test_pooling_by_brute_force(n: int, blocks: int) -> None:
    magnitudes = _magnitudes(n)
    picture = _picture(magnitudes)
    for first in range(0, n, blocks):
        picture.put(first, magnitudes[first : first + blocks])
        picture.lift(first, min(first + blocks, n))
    _assert_pooled(picture, picture.columns(0, n))


@repeatable
@given(st.integers(1, 300), st.permutations(["put", "sketch", "put", "sketch"]))
def test_a_first_look_never_spoils_the_picture(n: int, order: list[str]) -> None:
    magnitudes, half = _magnitudes(n), n // 2 // COARSE_STEP * COARSE_STEP
    picture = _picture(magnitudes)
    parts = {"put": [(0, half), (half, n)], "sketch": [(0, half), (half, n)]}
    for what in order:
        a, b = parts[what].pop()
        if what == "sketch":
            picture.sketch(a, b)
        else:
            picture.put(a, magnitudes[a:b])
            picture.lift(a, b)
    _assert_pooled(picture, picture.columns(0, n))
    assert picture.is_exact(0, n)


def test_a_first_look_shows_one_frame_of_every_column() -> None:
    magnitudes = _magnitudes(203)
    picture = _picture(magnitudes)
    picture.sketch(0, 7 * COARSE_STEP)
    picture.sketch(7 * COARSE_STEP, 203)
    assert not picture.is_exact(0, 1)
    codes = picture.scale.codes(magnitudes[::COARSE_STEP])
    np.testing.assert_array_equal(picture.coarse(0), codes)
    np.testing.assert_array_equal(picture.coarse(3), [codes[a : a + 8].max(axis=0) for a in range(0, len(codes), 8)])


@repeatable
@given(st.integers(1, 300), st.lists(st.integers(0, 300), max_size=6), st.integers(0, 1000))
def test_pooling_from_any_frame_in_any_order(n: int, cuts: list[int], seed: int) -> None:
    """The shared frames come first, then what a file has before and after them."""
    magnitudes = _magnitudes(n, seed)
    picture = _picture(magnitudes)
    edges = sorted({0, n, *(min(cut, n) for cut in cuts)})
    pieces = list(pairwise(edges))
    for k in np.random.default_rng(seed).permutation(len(pieces)):
        first, stop = pieces[k]
        picture.put(first, magnitudes[first:stop])
        picture.lift(first, stop)
    _assert_pooled(picture, picture.columns(0, n))


def test_frames_beyond_the_picture_are_left_out() -> None:
    step = COARSE_STEP
    magnitudes = _magnitudes(4 * step)
    picture = Picture(2 * step + 4, 3, GRID, CodeScale.levels(1.0), lambda a, b, step: magnitudes[a:b:step])
    picture.put(2 * step, magnitudes[2 * step :])
    picture.put(3 * step, magnitudes[3 * step :])
    inside = picture.scale.codes(magnitudes[2 * step : 2 * step + 4])
    np.testing.assert_array_equal(picture.coarse(0)[2], inside.max(axis=0))
    assert len(picture.coarse(0)) == 3
    assert not picture.coarse(0)[:2].any()


def test_a_click_is_seen_at_every_zoom() -> None:
    magnitudes = np.full((999, 3), 1e-6)
    magnitudes[501, 1] = 1.0
    picture = _picture(magnitudes)
    picture.put(0, magnitudes)
    picture.lift(0, 999)
    level = 0
    while (coarse := picture.coarse(level)) is not None:
        assert coarse[:, 1].max() == picture.scale.codes(np.ones(1))[0]
        level += 1


def _analysed(session: Session) -> PairAnalysis:
    (pair,) = analyse(session).pairs
    assert pair.error is None
    return pair


def _analysed_pictures(session: Session) -> dict[str, Picture]:
    pair = _analysed(session)
    return {name: getattr(pair.pictures, name) for name in ("reference", "estimate", "residual")}


def _assert_painted_equals_read(session: Session) -> None:
    pair = _analysed(session)
    for name in ("reference", "estimate", "residual"):
        picture = getattr(pair.pictures, name)
        exact = picture.columns(0, picture.n_columns)
        assert exact.shape == (picture.n_columns, picture.n_bins)
        step = picture.coarse_step
        pooled = [exact[a : a + step].max(axis=0) for a in range(0, len(exact), step)]
        different = picture.coarse(0).astype(int) - np.array(pooled)
        if name == "residual":  # before the first frame both files have, nothing is compared
            different = different[-(-pair.frames.first_frame // step) :]
        assert np.abs(different).max() <= 1, name  # a last place may fall on the edge of a code
        assert np.count_nonzero(different) <= 1e-3 * different.size + 1, name
        _assert_pooled_coarser(picture)


def _assert_pooled_coarser(picture: Picture) -> None:
    fine, level = picture.coarse(0), 1
    while (coarse := picture.coarse(level)) is not None:
        np.testing.assert_array_equal(coarse, [fine[a : a + 2].max(axis=0) for a in range(0, len(fine), 2)])
        fine, level = coarse, level + 1


def test_the_whole_file_is_seen_before_the_pass_is_over(
    write_wav: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", 257 * 16)
    monkeypatch.setattr(frame_pass, "BLOCK_CELLS", 257 * 8)
    monkeypatch.setattr(analysis, "PARTIAL_SECONDS", 0.0)
    # With a clock that stands still every part is reported, however slow the machine is.
    monkeypatch.setattr(analysis, "time", SimpleNamespace(monotonic=lambda: 0.0, time_ns=time.time_ns))
    reference = Source(write_wav("r.wav", noise(48_000)))
    session = Session((reference,), (Source(write_wav("e.wav", noise(48_000, seed=1))),))
    seen: list[tuple[float, float, bool]] = []

    def look(progress: analysis.Progress) -> None:
        if progress.analysis is None or progress.analysis.pairs[0].frames is None:
            return
        pair = progress.analysis.pairs[0]
        shares = [float(p.coarse(0).any(axis=1).mean()) for p in (pair.pictures.reference, pair.pictures.estimate)]
        seen.append((pair.frames.n_frames / pair.frames.n_total, min(shares), shown_exactly(pair)))

    def shown_exactly(pair: PairAnalysis) -> bool:
        return pair.pictures.estimate.is_exact(0, pair.frames.n_total)

    analyse(session, progress=look)
    assert seen[0][1] < 0.5  # the curve does not wait for the first look
    done, shown, _ = seen[1]
    assert done < 0.5
    assert shown == 1.0
    assert not seen[1][2]
    assert seen[-1] == (1.0, 1.0, True)


@pytest.mark.parametrize("kind", [Representation.MAGNITUDE, Representation.COMPLEX, Representation.WAVEFORM])
@pytest.mark.parametrize("delay", [0, 333, -777])
@pytest.mark.parametrize("lengths", list(Lengths)[:2])
def test_painted_equals_read_for_audio(
    write: Write, noise: Noise, kind: Representation, delay: int, lengths: Lengths
) -> None:
    s, e = noise(9000, talk=True), noise(11_000, 1)
    session = Session(
        (Source(write("s.wav", s)),), (Source(write("e.wav", e), delay=delay),), framing=FramingChoice(kind, 128, 48),
        lengths=lengths,
    )  # fmt: skip
    _assert_painted_equals_read(session)


@pytest.mark.parametrize("kind", ["plain", "signed", "complex", "complex against signed", "signed against complex"])
def test_painted_equals_read_for_masks(write: Write, kind: str) -> None:
    rng = np.random.default_rng(0)
    signed, turned = rng.normal(size=(2, 20, 100)), rng.normal(size=(2, 20, 100)) + 1j * rng.normal(size=(2, 20, 100))
    s, e = {
        "plain": np.abs(signed),
        "signed": signed,
        "complex": turned,
        "complex against signed": (turned[0], signed[1]),
        "signed against complex": (signed[0], turned[1]),
    }[kind]
    session = Session((Source(write("s.npy", s)),), (Source(write("e.npy", e)),))
    _assert_painted_equals_read(session)
    pictures = _analysed_pictures(session)
    shown = np.abs(s) if np.iscomplexobj(s) else s
    np.testing.assert_array_equal(pictures["reference"].magnitudes(0, 100), shown.T)


def test_a_full_scale_sine_reads_zero_decibels(write: Write) -> None:
    x = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    pictures = _analysed_pictures(Session((Source(write("s.wav", x)),), (Source(write("e.wav", 0.1 * x)),)))
    for name, wanted in (("reference", 0.0), ("estimate", -20.0)):
        picture = pictures[name]
        codes = picture.columns(0, 10)[:, 32]
        step = (picture.high - picture.low) / 254
        np.testing.assert_allclose(picture.low + (codes - 1.0) * step, wanted, atol=step)
        assert picture.bin_step == 31.25
        assert picture.first_time == 0.016
        assert picture.column_step == 0.008
    assert pictures["residual"].columns(0, 10).max() == 1
