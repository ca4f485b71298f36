"""The streaming pass must equal the same formulas on whole matrices, however it is cut up."""

from __future__ import annotations

import platform
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from measures import alpha_table, columns, project

from osisnr_gui.core.mc_mse import mc_mse_per_frame
from osisnr_gui.core.osi_snr import Projection, exact_osi_db, literal_osi_db, si_snr_db, snr_db
from osisnr_gui.core.types import Framing, Representation
from osisnr_gui.io.errors import Cancelled
from osisnr_gui.session import frame_pass
from osisnr_gui.session.frame_pass import FramePass, PairFrames, PairPictures, PassPlan, limit_threads, worker_count
from osisnr_gui.session.pairs import fit_frames
from osisnr_gui.session.pictures import CodeScale, Picture, TimeGrid
from osisnr_gui.session.readers import AudioColumns, AudioSignal, MaskColumns
from osisnr_gui.session.session import Lengths, Session, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]
GRID = TimeGrid(0.016, 0.008)
CUTS = [
    pytest.param(None, 1 << 20, 2, id="as_shipped"),
    pytest.param(8, 2100, 1, id="8_frames_one_thread"),
    pytest.param(8, 2100, 4, id="8_frames_four_threads"),
    pytest.param(24, 9000, 3, id="24_frames"),
    pytest.param(10_000, 1 << 20, 1, id="one_block"),
]


def _plan(readers: tuple[AudioColumns | MaskColumns, ...], session: Session, alpha: float | None) -> PassPlan:
    fit = fit_frames(session, readers[0], readers[1], ("s", "e"))
    return PassPlan(readers[0], readers[1], fit.first, fit.stop, GRID, fit.samples, alpha)


def _audio(framing: Framing, *sources: Source) -> tuple[AudioColumns, ...]:
    return tuple(AudioColumns(AudioSignal(source), framing) for source in sources)


def _assert_same(found: Projection, wanted: Projection, tolerance: float = 1e-12) -> None:
    for field in fields(Projection):
        a, b = getattr(found, field.name), getattr(wanted, field.name)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * np.abs(b).max(), err_msg=field.name)


def _assert_whole_matrix(found: PairFrames, s: np.ndarray, e: np.ndarray, alpha: float | None) -> None:
    wanted = project(s, e)
    assert found.complete
    assert found.n_frames == s.shape[1]
    _assert_same(found.projection, wanted)
    np.testing.assert_allclose(found.literal_osi_db, literal_osi_db(wanted), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.exact_osi_db, exact_osi_db(wanted), rtol=1e-12, atol=1e-12)
    if alpha is not None:
        assert found.table is None
        np.testing.assert_allclose(found.mc_mse, mc_mse_per_frame(s, e, alpha), rtol=1e-12, atol=1e-18)
        return
    assert found.mc_mse is None
    table = alpha_table(s, e)
    np.testing.assert_array_equal(found.table.exponents, table.exponents)
    np.testing.assert_allclose(found.table.values, table.values, rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize(("block", "chunk", "workers"), CUTS)
@pytest.mark.parametrize("kind", [Representation.MAGNITUDE, Representation.COMPLEX, Representation.WAVEFORM])
@pytest.mark.parametrize("alpha", [None, 0.3])
def test_audio(
    write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch, kind: Representation, block: int | None, chunk: int,
    workers: int, alpha: float | None,
) -> None:  # fmt: skip
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", chunk)
    s = noise(20_077, 0, talk=True)
    e = 0.7 * s + 0.1 * noise(20_077, 1)
    framing = Framing(kind, 256, 96)
    readers = _audio(framing, Source(write("s.wav", s)), Source(write("e.wav", e)))
    found = FramePass(_plan(readers, Session(), alpha), workers, block).run()
    _assert_whole_matrix(found, columns(s, framing), columns(e, framing), alpha)
    whole = project(s[:, None], e[:, None])
    np.testing.assert_allclose(exact_osi_db(found.whole), exact_osi_db(whole), rtol=1e-12)
    np.testing.assert_allclose(found.times(), (np.arange(207) * 0.008) + 0.016)


@pytest.mark.parametrize(("block", "chunk", "workers"), CUTS)
@pytest.mark.parametrize("kind", ["real", "signed", "complex", "mixed", "uint8", "one bin"])
def test_masks(monkeypatch: pytest.MonkeyPatch, kind: str, block: int | None, chunk: int, workers: int) -> None:
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", chunk)
    rng = np.random.default_rng(0)
    s, e = rng.uniform(size=(2, 1 if kind == "one bin" else 65, 333))
    if kind == "signed":
        s, e = s - 0.5, e - 0.3
    elif kind == "complex":
        s, e = s + 1j * rng.normal(size=s.shape), e - 1j * s
    elif kind == "mixed":
        e = e + 1j * rng.normal(size=s.shape)
    elif kind == "uint8":
        s, e = (255 * s).astype(np.uint8), (255 * e).astype(np.uint8)
    readers = MaskColumns(s), MaskColumns(e)
    found = FramePass(_plan(readers, Session(), None), workers, block).run()
    _assert_whole_matrix(found, s.astype(np.result_type(s, np.float64)), e.astype(np.result_type(e, np.float64)), None)
    assert found.whole is None


def test_the_number_of_threads_and_blocks_changes_no_bit(write: Write, noise: Noise) -> None:
    s, e = noise(40_000, 0), noise(40_000, 1)
    paths = write("s.wav", s), write("e.wav", e)
    results = []
    for workers, block in ((1, 8), (4, 8), (2, 64), (1, None), (3, 1 << 20)):
        readers = _audio(Framing(Representation.MAGNITUDE, 512, 128), *map(Source, paths))
        results.append(FramePass(_plan(readers, Session(), None), workers, block).run())
    for other in results[1:]:
        np.testing.assert_array_equal(other.literal_osi_db, results[0].literal_osi_db)
        np.testing.assert_array_equal(other.exact_osi_db, results[0].exact_osi_db)
        np.testing.assert_allclose(other.table.values, results[0].table.values, rtol=1e-14, atol=0)


def _shifted(x: np.ndarray, delay: int, n: int) -> np.ndarray:
    """What a file with a delay looks like on the common time axis, from sample 0 to n."""
    out = np.zeros(n)
    a, b = max(0, -delay), min(n, len(x) - delay)
    if a < b:
        out[a:b] = x[a + delay : b + delay]
    return out


@pytest.mark.parametrize("delays", [(0, 0), (0, 137), (0, -137), (0, -1000), (50, -50), (-300, -301), (-300, 700)])
@pytest.mark.parametrize("lengths", [(12_345, 12_345), (12_345, 9_000), (9_000, 12_345)])
@pytest.mark.parametrize("policy", [Lengths.COMMON, Lengths.PAD])
@pytest.mark.parametrize("chunk", [3000, 1 << 20])
def test_delays_lengths_and_the_whole_signal(
    write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch, delays: tuple[int, int], lengths: tuple[int, int],
    policy: Lengths, chunk: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", chunk)
    s, e = noise(lengths[0], 0), noise(lengths[1], 1)
    e[: min(lengths)] += 0.5 * s[: min(lengths)]
    framing = Framing(Representation.MAGNITUDE, 64, 24)
    readers = _audio(framing, Source(write("s.wav", s), delay=delays[0]), Source(write("e.wav", e), delay=delays[1]))
    found = FramePass(_plan(readers, Session(lengths=policy), 0.3), 2, 8).run()
    ends = [len(x) - d for x, d in zip((s, e), delays, strict=True)]
    begins = [max(0, -d) for d in delays]
    pad = policy is Lengths.PAD
    start, stop = (0, max(ends)) if pad else (max(begins), min(ends))
    a, b = _shifted(s, delays[0], stop), _shifted(e, delays[1], stop)
    first = -(-start // 24)
    assert found.first_frame == first
    wanted = project(columns(a, framing)[:, first:], columns(b, framing)[:, first:])
    _assert_same(found.projection, wanted)
    whole = project(a[start:, None], b[start:, None])
    for measure in (exact_osi_db, si_snr_db, snr_db):
        np.testing.assert_allclose(measure(found.whole), measure(whole), rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found.whole.estimate_energy, whole.estimate_energy, rtol=1e-12)


@pytest.mark.parametrize("workers", [1, 4])
def test_the_listener_hears_every_sample_once_and_in_order(
    write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """Also when one of its calls takes longer than those for the chunks after it."""
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", 257 * 8)
    s, e = noise(12_345, 0), noise(12_345, 1)
    readers = _audio(Framing(Representation.MAGNITUDE, 512, 128), Source(write("s.wav", s)), Source(write("e.wav", e)))
    heard: list[tuple[np.ndarray, np.ndarray]] = []

    def listen(*pieces: np.ndarray) -> None:
        if not heard:
            threading.Event().wait(0.05)
        heard.append((pieces[0].copy(), pieces[1].copy()))

    FramePass(replace(_plan(readers, Session(), 0.3), listener=listen), workers, 8).run()
    assert len(heard) > 5
    for index, (reader, length) in enumerate(zip(readers, (len(s), len(e)), strict=True)):
        np.testing.assert_array_equal(np.concatenate([piece[index] for piece in heard]), reader.signal.read(0, length))


def test_one_worker_is_the_thread_that_asks(write: Write, noise: Noise) -> None:
    """Where every core has a pair of its own, a second thread only waits."""
    paths = write("s.wav", noise(3000, 0)), write("e.wav", noise(3000, 1))
    readers = _audio(Framing(Representation.MAGNITUDE, 512, 128), *map(Source, paths))
    threads: set[int] = set()
    plan = _plan(readers, Session(), 0.3)
    FramePass(replace(plan, listener=lambda *_pieces: threads.add(threading.get_ident())), 1).run()
    assert threads == {threading.get_ident()}


_FAULTS = """
import resource, sys
import numpy as np
from osisnr_gui.io.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
blocks = lambda: [np.ones(1 << 16) for _ in range(8)]
blocks()
before = faults()
for _ in range(50):
    blocks()
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc alone can be told")
def test_freed_memory_is_used_again() -> None:
    """Blocks of half a megabyte, freed and made again, touch fresh pages once and not each time."""
    counts = {}
    for how in ("kept", "as_it_is"):
        done = subprocess.run([sys.executable, "-c", _FAULTS, how], capture_output=True, text=True, check=True)
        counts[how] = int(done.stdout)
    assert counts["kept"] < 0.1 * counts["as_it_is"]


def test_whole_signal_counts_samples_no_frame_has(write: Write) -> None:
    """The last 100 samples fill no frame; the estimate differs nowhere else."""
    s = np.sin(np.arange(512 + 3 * 128 + 100) / 5)
    e = s.copy()
    e[-100:] = 0
    readers = _audio(Framing(Representation.MAGNITUDE, 512, 128), Source(write("s.wav", s)), Source(write("e.wav", e)))
    found = FramePass(_plan(readers, Session(), 0.3), 1).run()
    assert np.all(np.isposinf(found.exact_osi_db))
    np.testing.assert_allclose(snr_db(found.whole), snr_db(project(s[:, None], e[:, None])), rtol=1e-12)


def test_snapshots_are_prefixes_that_never_change(write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", 257 * 40)
    monkeypatch.setattr(frame_pass, "BLOCK_CELLS", 257 * 16)
    readers = _audio(
        Framing(Representation.MAGNITUDE, 512, 128),
        Source(write("s.wav", noise())),
        Source(write("e.wav", noise(seed=1))),
    )
    seen: list[tuple[PairFrames, list[np.ndarray]]] = []

    def keep(running: FramePass) -> None:
        part = running.snapshot()
        copies = [
            part.literal_osi_db.copy(),
            part.exact_osi_db.copy(),
            part.projection.dot.copy(),
            part.table.values.copy(),
        ]
        seen.append((part, copies))

    done = FramePass(_plan(readers, Session(), None), 3).run(keep)
    counts = [part.n_frames for part, _ in seen]
    assert len(counts) > 2
    assert counts == sorted(set(counts))
    assert counts[-1] == done.n_frames == done.n_total
    for part, copies in seen:
        n = part.n_frames
        assert part.complete == (n == done.n_total)
        now = [part.literal_osi_db, part.exact_osi_db, part.projection.dot, part.table.values]
        final = [done.literal_osi_db, done.exact_osi_db, done.projection.dot, done.table.values]
        for array, copy, all_of_it in zip(now, copies, final, strict=True):
            np.testing.assert_array_equal(array, copy)
            np.testing.assert_array_equal(copy, all_of_it[..., :n])


@pytest.mark.parametrize("alpha", [None, 0.3])
@pytest.mark.parametrize("start", [0, 1, 15, 16, 100, 121, 122, 5000])
@pytest.mark.parametrize("delay", [0, -1000])
def test_a_pass_that_begins_in_the_middle(
    write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch, start: int, alpha: float | None, delay: int
) -> None:
    """What is done is one stretch that holds the start from the first report on; in the end everything is the same."""
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", 257 * 40)
    monkeypatch.setattr(frame_pass, "BLOCK_CELLS", 257 * 16)
    sources = Source(write("s.wav", noise())), Source(write("e.wav", noise(seed=1)), delay=delay)

    def run(begin: int | None) -> tuple[PairFrames, list[PairFrames], list[Picture]]:
        readers = _audio(Framing(Representation.MAGNITUDE, 512, 128), *sources)
        plan = _plan(readers, Session(), alpha)
        scale = CodeScale.levels(128.0)
        pictures = [Picture(plan.stop, 257, GRID, scale, lambda a, b: np.zeros((b - a, 257))) for _ in range(3)]
        seen: list[PairFrames] = []
        plan = replace(plan, start=begin, pictures=PairPictures(*pictures))
        done = FramePass(plan, 3).run(lambda running: seen.append(running.snapshot()))
        return done, seen, pictures

    wanted, _, wanted_pictures = run(None)
    found, seen, pictures = run(start)
    arrays = ["literal_osi_db", "exact_osi_db", "table" if alpha is None else "mc_mse"]
    for part in seen:
        a = part.missing_before
        assert part.first_frame == wanted.first_frame + a
        assert part.first_frame <= max(wanted.first_frame, min(start, wanted.stop_frame - 1))
        assert part.first_frame + part.n_frames > min(start, wanted.stop_frame - 1)
        assert (part.n_total, part.stop_frame) == (wanted.n_total, wanted.stop_frame)
        assert part.times()[0] == pytest.approx(wanted.times()[a], rel=1e-12)
        assert part.complete == (part.n_frames == wanted.n_frames)
        for name in arrays:
            x, y = getattr(part, name), getattr(wanted, name)
            x, y = (x.values, y.values) if name == "table" else (x, y)
            np.testing.assert_array_equal(x, y[..., a : a + part.n_frames])
    n_frames = [part.n_frames for part in seen]
    assert n_frames == sorted(set(n_frames))
    assert found.complete
    assert found.missing_before == 0
    for field in fields(Projection):
        for name in ("projection", "whole"):
            array, other = (getattr(getattr(frames, name), field.name) for frames in (found, wanted))
            np.testing.assert_array_equal(array, other)
    for picture, other in zip(pictures, wanted_pictures, strict=True):
        for level in range(6):
            np.testing.assert_array_equal(picture.coarse(level), other.coarse(level))
    if start >= 100:
        assert seen[0].first_frame > wanted.first_frame


def test_masks_from_the_middle() -> None:
    rng = np.random.default_rng(0)
    plan = _plan((MaskColumns(rng.uniform(size=(5, 400))), MaskColumns(rng.uniform(size=(5, 400)))), Session(), None)
    whole = FramePass(plan, 2, 8).run()
    turned = FramePass(replace(plan, start=333), 2, 8).run()
    np.testing.assert_array_equal(turned.exact_osi_db, whole.exact_osi_db)
    np.testing.assert_array_equal(turned.table.values, whole.table.values)


def test_cancel_is_heard_after_one_chunk(write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", 257 * 8)
    s, e = noise(100_000), noise(100_000, 1)
    readers = _audio(Framing(Representation.MAGNITUDE, 512, 128), Source(write("s.wav", s)), Source(write("e.wav", e)))
    seen: list[int] = []
    running = FramePass(_plan(readers, Session(), None), 2, 8)
    with pytest.raises(Cancelled):
        running.run(lambda run: seen.append(run.snapshot().n_frames), lambda: len(seen) >= 2)
    assert len(seen) == 2
    chunk = seen[1] - seen[0]
    assert running.snapshot().n_frames in (seen[-1], seen[-1] + chunk)  # never a part of a chunk
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("frames")]


def test_an_error_in_a_block_comes_out_and_leaves_no_thread(noise: Noise, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MemoryError("no room")

    readers = MaskColumns(np.ones((5, 4000))), MaskColumns(np.ones((5, 4000)))
    monkeypatch.setattr(frame_pass, "project_rows", fails)
    with pytest.raises(MemoryError):
        FramePass(_plan(readers, Session(), None), 3, 8).run()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("frames")]


def test_workers() -> None:
    assert 1 <= worker_count() <= 4
    with limit_threads(1):
        assert worker_count() == 1
        with limit_threads(4):
            assert worker_count() >= 1
    assert worker_count() <= 4


def _peak_bytes(write: Write, noise: Noise, minutes: int) -> int:
    n = minutes * 60 * 16_000
    paths = (
        write(f"s{minutes}.wav", noise(n), subtype="PCM_16"),
        write(f"e{minutes}.wav", noise(n, 1), subtype="PCM_16"),
    )
    readers = _audio(Framing(Representation.MAGNITUDE, 512, 128), *map(Source, paths))
    plan = _plan(readers, Session(), 0.3)
    tracemalloc.start()
    try:
        FramePass(plan, 2).run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_length(write: Write, noise: Noise) -> None:
    """Apart from the handful of numbers kept of a frame; three minutes more of samples alone would be 46 MB."""
    one, four = (_peak_bytes(write, noise, minutes) for minutes in (1, 4))
    assert four - one < 15_000_000
    assert four < 60_000_000


@pytest.mark.slow
def test_five_minutes_against_the_direct_formula(write: Write) -> None:
    """16-bit sound that fades over 90 dB and back, every frame at 40 values of alpha."""
    rng = np.random.default_rng(0)
    n = 5 * 60 * 16_000
    envelope = 10 ** (-4.5 * np.sin(np.arange(n) / 40_000) ** 2)
    s = 0.2 * envelope * rng.normal(size=n)
    paths = write("s.wav", s, subtype="PCM_16"), write("e.wav", s + 1e-3 * rng.normal(size=n), subtype="PCM_16")
    framing = Framing(Representation.MAGNITUDE, 512, 128)
    readers = _audio(framing, *map(Source, paths))
    found = FramePass(_plan(readers, Session(), None)).run()
    a, b = (columns(reader.signal.read(0, n), framing) for reader in readers)
    for alpha in np.linspace(0.01, 1.0, 40):
        np.testing.assert_allclose(found.table.per_frame(alpha), mc_mse_per_frame(a, b, alpha), rtol=1e-8, atol=1e-18)
    np.testing.assert_allclose(found.exact_osi_db, exact_osi_db(project(a, b)), rtol=1e-12)
