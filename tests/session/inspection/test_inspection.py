"""One frame's numbers: the same as in the per-frame CSV to the last digit, and true to their geometry."""

from __future__ import annotations

import csv
import io
from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from measures import project

from osisnr_gui.core.bad_frames import frame_status
from osisnr_gui.core.loss import inverse_osi
from osisnr_gui.core.mc_mse import compress
from osisnr_gui.core.osi_snr import exact_osi_db
from osisnr_gui.core.types import FrameStatus, Representation
from osisnr_gui.export.csv_files import columns_table, csv_fields, frames_csv, inspection_table
from osisnr_gui.io.errors import LoadError
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.inspection.inspector import Inspector
from osisnr_gui.session.session import Formula, FramingChoice, Lengths, LossChoice, Session, Source

ALPHA, GAMMA = 0.45, 7.0


def _analysed(session: Session) -> Analysis:
    """With MC-MSE by the direct formula, as every CSV has it."""
    loss = LossChoice(ALPHA, GAMMA, formula=session.loss.formula)
    return analyse(replace(session, loss=loss), wanted=AnalysisOptions(pictures=False, delay=False, alpha=ALPHA))


def _rows(analysis: Analysis) -> list[dict[str, str]]:
    text = b"".join(frames_csv(analysis)).decode("utf-8")
    return list(csv.DictReader(io.StringIO("".join(x for x in text.splitlines(True) if not x.startswith("#")))))


def _inspected(analysis: Analysis, step: int = 1) -> list[tuple[Inspection, str]]:
    """Every `step`-th frame of every pair, in an order that jumps about, with the estimate's path."""
    found, inspector = [], Inspector()
    for pair in analysis.pairs:
        assert pair.frames is not None
        first, n = pair.frames.first_frame, pair.frames.n_frames
        order = np.random.default_rng(0).permutation(np.arange(first, first + n, step))
        found += [(inspector.inspect(pair, int(frame)), pair.source.path) for frame in order]
    inspector.close()
    return found


def _assert_equals_csv(analysis: Analysis, step: int = 1) -> None:
    rows = {(row["estimate"], row["frame"]): row for row in _rows(analysis)}
    for inspection, path in _inspected(analysis, step):
        fields = csv_fields(inspection, path)
        assert fields == rows[(fields["estimate"], fields["frame"])]


@pytest.mark.parametrize("demo", ["enhancement", "speakers", "echo", "masks", "damaged"])
def test_every_number_is_the_one_in_the_csv(demo: str) -> None:
    _assert_equals_csv(_analysed(demo_session(demo)), step=5)


@pytest.mark.parametrize(
    "framing",
    [
        FramingChoice(Representation.COMPLEX),
        FramingChoice(Representation.WAVEFORM),
        FramingChoice(Representation.WAVEFORM, n_fft=301, hop=77),
        FramingChoice(Representation.MAGNITUDE, n_fft=400, hop=160, window="hamming"),
        FramingChoice(Representation.COMPLEX, n_fft=6000, hop=6000),
    ],
)
def test_every_representation_and_framing(framing: FramingChoice) -> None:
    session = replace(demo_session("damaged"), framing=framing)
    _assert_equals_csv(_analysed(session), step=7)


def test_delays_channels_rates_and_padding(write, noise) -> None:  # type: ignore[no-untyped-def]
    x, y = noise(9000, 1, talk=True), noise(9000, 2)
    reference = Source(write("r.wav", np.stack((x, 0.2 * y), axis=1)), channel=1)
    estimates = (
        Source(write("late.wav", np.concatenate((np.zeros(300), x + 0.1 * y))), delay=300),
        Source(write("early.wav", (x + 0.1 * y)[300:]), delay=-300),
        Source(write("both.wav", np.stack((y, x), axis=1)), channel=2),
        Source(write("mean.wav", np.stack((y, x), axis=1)), channel=0),
        Source(write("fast.wav", np.repeat(x, 3) + 0.05 * noise(27_000, 5), rate=48_000)),
        Source(write("short.wav", (0.5 * x + 0.1 * y)[:5000])),
        Source(write("quiet.wav", 1e-4 * (x + 0.01 * y))),
    )
    session = Session((reference,), estimates)
    for lengths in (Lengths.COMMON, Lengths.PAD):
        _assert_equals_csv(_analysed(replace(session, lengths=lengths)))


def test_masks_complex_ones_and_extreme_ones(write) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(3)
    s = rng.uniform(size=(65, 40))
    s[:, 3], s[:, 9] = 0.0, 1e-4
    e = np.clip(s + 0.2 * rng.normal(size=s.shape), 0.0, 1.0)
    e[:, 5], e[:, 6] = 0.0, 0.5 * s[:, 6]
    turned = e * np.exp(1j * rng.uniform(0, 3, s.shape))
    paths = [write(f"m{k}.npy", values) for k, values in enumerate((s, e, turned, s - e, 1e180 * e, 1e-190 * e))]
    _assert_equals_csv(_analysed(Session((Source(paths[0]),), tuple(map(Source, paths[1:])))))
    _assert_equals_csv(_analysed(Session((Source(paths[2]),), (Source(paths[1]),))))


@pytest.mark.parametrize("kind", [Representation.MAGNITUDE, Representation.COMPLEX, Representation.WAVEFORM])
def test_the_triangle_of_target_noise_and_estimate(kind: Representation) -> None:
    session = replace(demo_session("damaged"), framing=FramingChoice(kind))
    seen = 0
    for x, _ in _inspected(_analysed(session), step=23):
        if x.status is not FrameStatus.OK:
            continue
        seen += 1
        assert x.target is not None
        assert x.noise is not None
        s, e, target, noise = x.columns.reference, x.columns.estimate, x.target, x.noise
        assert x.angle_deg == pytest.approx(np.degrees(np.arcsin(10 ** (-x.exact.osi_db / 20))), rel=1e-12)
        assert abs(x.correlation) == pytest.approx(np.cos(np.radians(x.angle_deg)), abs=1e-7)
        assert np.allclose(target + noise, e, rtol=1e-9, atol=1e-12 * np.abs(e).max())
        assert np.allclose(target, x.exact.lam * s)
        size = np.vdot(noise, noise).real
        assert abs(np.vdot(noise, e).real) < 1e-9 * np.sqrt(size * np.vdot(e, e).real)  # upright on the estimate
        assert x.exact.target_energy == pytest.approx(np.vdot(target, target).real, rel=1e-9)
        assert x.exact.noise_energy == pytest.approx(size, rel=1e-6)
        assert 10 * np.log10(x.exact.target_energy / x.exact.noise_energy) == pytest.approx(x.exact.osi_db, abs=1e-9)
        literal = x.literal.target_energy / (x.literal.noise_energy + 1e-8)
        assert 10 * np.log10(literal) == pytest.approx(x.literal.osi_db, abs=1e-6)
        assert x.level_db == pytest.approx(x.estimate_energy_db - x.reference_energy_db)
        energy = np.vdot(e, e).real
        assert x.literal.lam == pytest.approx(x.exact.lam / (1 + 1e-10 * x.exact.lam / energy), rel=1e-9)
    assert seen > 20


@pytest.mark.parametrize("kind", list(Representation))
def test_bands_are_parts_of_the_whole(kind: Representation) -> None:
    if kind is Representation.MASK:
        session = demo_session("masks")
    else:
        session = replace(demo_session("damaged"), framing=FramingChoice(kind))
    for x, _ in _inspected(_analysed(session), step=41):
        if x.status is not FrameStatus.OK:
            continue
        for name in ("noise_share", "reference_share", "estimate_share", "mc_share"):
            total = sum(getattr(part, name) for part in x.bands)
            if kind is Representation.WAVEFORM and name == "mc_share":
                assert np.isnan(total)
            else:
                assert total == pytest.approx(1.0)
        assert x.noise is not None
        part, s, e = x.bands[1], x.columns.reference, x.columns.estimate
        cells = slice(part.band.first, part.band.stop)
        if kind is Representation.WAVEFORM:
            s, e = (np.concatenate((f[:1], np.sqrt(2) * f[1:-1], f[-1:])) for f in (np.fft.rfft(s), np.fft.rfft(e)))
        else:
            errors = np.abs(compress(s, ALPHA) - compress(e, ALPHA)) ** 2
            assert part.mc_share == pytest.approx(errors[cells].sum() / (x.mc_mse * len(s)))
            noise = np.abs(x.noise) ** 2
            assert part.noise_share == pytest.approx(noise[cells].sum() / noise.sum())
        p = project(s[cells, None], e[cells, None])
        assert part.osi_db == pytest.approx(exact_osi_db(p)[0])
        energies = (np.abs(s[cells]) ** 2).sum(), (np.abs(e[cells]) ** 2).sum()
        assert part.level_db == pytest.approx(10 * np.log10(energies[1] / energies[0]))
        assert part.reference_share == pytest.approx(energies[0] / (np.abs(s) ** 2).sum())


@pytest.mark.parametrize("formula", list(Formula))
def test_shares_of_the_loss_add_up(formula: Formula) -> None:
    session = replace(demo_session("enhancement"), loss=LossChoice(formula=formula))
    analysis = _analysed(session)
    shares = [x.share for x, path in _inspected(analysis) if path == analysis.pairs[0].source.path]
    score = analysis.pairs[0].score
    assert score is not None
    counted = np.isfinite(shares)
    assert np.count_nonzero(counted) == score.n_counted
    assert np.nansum(shares) == pytest.approx(1.0)
    assert score.loss_sum / score.n_counted == pytest.approx(score.leading.fused)


def test_a_sum_that_is_no_whole_has_no_shares() -> None:
    score = _analysed(demo_session("enhancement")).pairs[0].score
    assert score is not None
    assert score.whole_loss == score.loss_sum > 0
    for loss in (0.0, -1.0, np.inf, np.nan):
        other = copy(score)
        other.leading = replace(score.exact, loss_osi_1=loss, mc_mse=0.0)
        assert np.isnan(other.whole_loss)


def test_the_window_s_own_numbers_are_as_near_as_the_alpha_table() -> None:
    analysis = analyse(demo_session("speakers"), wanted=AnalysisOptions(pictures=False, delay=False))
    pair = analysis.pairs[0]
    assert pair.score is not None
    inspector = Inspector()
    for index in range(0, pair.score.facts.frames.n_frames, 50):
        x = inspector.inspect(pair, index)
        assert x.mc_mse == pytest.approx(pair.score.mc_mse()[index], rel=1e-6)
        osi, mc_mse = np.array([x.literal.osi_db]), np.array([x.mc_mse])
        assert x.literal.fused == (inverse_osi(osi, 1e-10) + x.score.loss.gamma * mc_mse)[0]
    inspector.close()


def test_every_estimate_with_its_own_reference(write, noise) -> None:  # type: ignore[no-untyped-def]
    sounds = [noise(5000, seed, talk=True) for seed in (1, 2)]
    references = tuple(Source(write(f"r{k}.wav", x)) for k, x in enumerate(sounds))
    estimates = tuple(Source(write(f"e{k}.wav", x + 0.1 * noise(5000, 3 + k))) for k, x in enumerate(sounds))
    analysis = _analysed(Session(references, estimates))
    assert [pair.key.reference for pair in analysis.pairs if pair.key is not None] == list(references)
    _assert_equals_csv(analysis)


def test_a_file_that_changed_is_said_to_have_changed(write, noise) -> None:  # type: ignore[no-untyped-def]
    paths = [write("r.wav", noise(4000, 1)), write("e.wav", noise(4000, 2))]
    analysis = _analysed(Session((Source(paths[0]),), (Source(paths[1]),)))
    inspector = Inspector()
    inspector.inspect(analysis.pairs[0], 2)
    write("e.wav", noise(4001, 3))
    for _ in range(2):  # also when it has to be opened again
        with pytest.raises(LoadError, match="changed after it was compared"):
            inspector.inspect(analysis.pairs[0], 3)
    inspector.close()


def test_statuses_are_those_of_the_whole_file(write) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(8)
    s, e = rng.uniform(size=(33, 12)), rng.uniform(size=(33, 12))
    s[:, 1], e[:, 2], s[:, 3], e[:, 3] = 0.0, 1e-5, 0.0, 0.0
    e[:, 4] = 0.25 * s[:, 4]
    s[::2, 5], e[1::2, 5] = 0.0, 0.0
    analysis = _analysed(Session((Source(write("s.npy", s)),), (Source(write("e.npy", e)),)))
    found = {x.columns.frame: x for x, _ in _inspected(analysis)}
    assert [found[i].status for i in range(12)] == list(frame_status(project(s, e)))
    assert [found[i].status for i in (1, 2, 3, 4, 5)] == [
        FrameStatus.SILENT_REFERENCE,
        FrameStatus.SILENT_ESTIMATE,
        FrameStatus.SILENT_BOTH,
        FrameStatus.PROPORTIONAL,
        FrameStatus.ORTHOGONAL,
    ]
    for i in (1, 3, 5):
        assert found[i].target is None
        assert found[i].noise is None
    assert np.isnan(found[2].exact.fused)
    assert not found[2].exact.counted
    assert found[4].exact.loss_osi == 0.0
    assert found[4].angle_deg == 0.0
    assert found[4].gain == pytest.approx(0.25)
    assert found[5].angle_deg == 90.0
    assert found[5].exact.loss_osi == np.inf
    assert found[3].level_db == 0.0
    assert found[1].level_db == np.inf


def test_the_copied_tables_read_back() -> None:
    analysis = _analysed(demo_session("damaged"))
    x, path = next(found for found in _inspected(analysis, step=50) if found[0].status is FrameStatus.OK)
    values = dict(line.split("\t") for line in inspection_table(x, path).splitlines())
    assert float(values["exact_osi_db"]) == x.exact.osi_db
    assert float(values["literal_lambda"]) == x.literal.lam
    assert values["status"] == x.status.label
    assert {"sentence_1", "sentence_2", "sentence_3", "angle_deg", "log_spectral_distance_db"} <= set(values)
    assert sum(float(value) for name, value in values.items() if name.startswith("noise_share")) == pytest.approx(1.0)
    header, *lines = columns_table(x).splitlines()
    assert header.split("\t") == ["frequency_hz", "reference", "estimate", "scaled_reference", "noise"]
    numbers = np.array([[float(cell) for cell in line.split("\t")] for line in lines])
    assert numbers.shape == (257, 5)
    assert numbers[-1, 0] == 8000.0
    assert (numbers[:, 1] == x.columns.reference).all()
    assert numbers[:, 3] + numbers[:, 4] == pytest.approx(numbers[:, 2])
