"""Whole-file companions against their definitions on whole matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from measures import project

from osisnr_gui.core.mc_mse import log_spectral_distance_db
from osisnr_gui.core.osi_snr import exact_osi_db
from osisnr_gui.core.types import Framing, Representation
from osisnr_gui.io.errors import Cancelled
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.inspection import inspector
from osisnr_gui.session.inspection.inspection import spectra_of
from osisnr_gui.session.inspection.inspector import FileMeasures, Inspector, measure_file
from osisnr_gui.session.pairs import Readers
from osisnr_gui.session.session import FramingChoice, Session, Source


def _analysed(session: Session) -> Analysis:
    return analyse(session, wanted=AnalysisOptions(pictures=False, delay=False))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several blocks, none of them as long as the others."""
    monkeypatch.setattr(inspector, "BLOCK_CELLS", 257 * 100)


def _check(analysis: Analysis) -> FileMeasures:
    pair = analysis.pairs[0]
    assert pair.score is not None
    assert pair.key is not None
    facts = pair.score.facts
    frames, framing = facts.frames, pair.key.framing
    found = measure_file(pair)
    matrices = []
    for track in (analysis.references[0], pair.estimate):
        opened = Readers((track,), framing, pair.sample_rate)
        (reader,) = opened.open()
        count = frames.n_frames
        matrices.append(reader.rows(reader.read(frames.first_frame, count), slice(count))[facts.active])
    s, e = matrices
    if framing is None or framing.representation is not Representation.WAVEFORM:
        assert found.lsd_db == pytest.approx(log_spectral_distance_db(s.T, e.T).mean())
    else:
        assert np.isnan(found.lsd_db)
    energies = (np.abs(s) ** 2).sum(), (np.abs(e) ** 2).sum()
    assert found.level_db == pytest.approx(10 * np.log10(energies[1] / energies[0]))
    s, e = spectra_of(s, e, framing)
    for band, osi_db in zip(found.bands, found.osi_db, strict=True):
        one, other = (x[:, band.first : band.stop].reshape(-1, 1) for x in (s, e))
        assert osi_db == pytest.approx(exact_osi_db(project(one, other))[0])
    assert found.n_frames == facts.n_active
    return found


@pytest.mark.parametrize("demo", ["damaged", "speakers", "echo", "masks"])
def test_demos(demo: str) -> None:
    found = _check(_analysed(demo_session(demo)))
    assert found.negative_share == 0.0


@pytest.mark.parametrize("kind", [Representation.COMPLEX, Representation.WAVEFORM])
def test_representations(kind: Representation) -> None:
    _check(_analysed(replace(demo_session("damaged"), framing=FramingChoice(kind))))


def test_delays_rates_and_polarity(write, noise) -> None:  # type: ignore[no-untyped-def]
    x = noise(9000, 1)
    late = -np.concatenate((np.zeros(900), np.repeat(x, 3))) + 0.01 * noise(27_900, 2)
    reference = Source(write("r.wav", x))
    session = Session((reference,), (Source(write("e.wav", late, rate=48_000), delay=300),))
    session = replace(session, framing=FramingChoice(Representation.WAVEFORM, 320, 160))
    found = _check(_analysed(session))
    assert found.negative_share == 1.0


def test_a_gain_reads_as_itself_in_every_measure(write, noise) -> None:  # type: ignore[no-untyped-def]
    x = noise(8000, 3)
    found = _check(_analysed(Session((Source(write("r.wav", x)),), (Source(write("e.wav", 0.5 * x)),))))
    assert found.lsd_db == pytest.approx(20 * np.log10(2))
    assert found.level_db == pytest.approx(-20 * np.log10(2))
    assert min(found.osi_db) > 250


def test_silence_has_no_measures(write, noise) -> None:  # type: ignore[no-untyped-def]
    x = noise(4000, 3)
    found = measure_file(_analysed(Session((Source(write("r.wav", x)),), (Source(write("e.wav", 0 * x)),))).pairs[0])
    assert found.n_frames == 0
    assert np.isnan([found.lsd_db, found.negative_share, found.level_db, *found.osi_db]).all()


def test_bands_are_the_frame_s_own() -> None:
    analysis = _analysed(demo_session("damaged"))
    inspector = Inspector()
    x = inspector.inspect(analysis.pairs[0], 400)
    inspector.close()
    assert tuple(part.band for part in x.bands) == measure_file(analysis.pairs[0]).bands


def test_it_can_be_stopped() -> None:
    pair = _analysed(demo_session("damaged")).pairs[0]
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 2

    with pytest.raises(Cancelled):
        measure_file(pair, cancelled)
    assert len(asked) == 3


def test_spectra_keep_energies_and_products() -> None:
    rng = np.random.default_rng(0)
    for n in (16, 15):
        s, e = rng.normal(size=(3, n)), rng.normal(size=(3, n))
        one, other = spectra_of(s, e, Framing(Representation.WAVEFORM, n, n))
        assert np.vecdot(one, other).real == pytest.approx(np.vecdot(s, e))
        assert np.vecdot(one, one).real == pytest.approx(np.vecdot(s, s))
