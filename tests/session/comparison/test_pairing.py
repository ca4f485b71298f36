"""Which reference an estimate fits better, frame by frame: a pass of OSI-SNR alone, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.io.errors import Cancelled
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.comparison.best_frames import BestFrames, find_pairing
from osisnr_gui.session.frame_pass import PairFrames
from osisnr_gui.session.pair_pass import run_cross
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import MaskGrid, Session, Source
from osisnr_gui.session.tracks import PairError

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]
QUICK = AnalysisOptions(pictures=False, delay=False)
N, HALF = 64_000, 32_000


@pytest.fixture
def swapped(write: Write, noise: Noise) -> Session:
    """Two speakers, and an estimate that is the first one up to the middle and the second one from there on."""
    one, two = noise(N, 1), noise(N, 2)
    estimate = np.where(np.arange(N) < HALF, one, two) + 0.01 * noise(N, 3)
    paths = [write(f"{name}.wav", x) for name, x in (("s1", one), ("s2", two), ("e", estimate))]
    return Session(tuple(map(Source, paths[:2])), (Source(paths[2]),))


def cross(analysis: Analysis, place: int, progress: Callable[[PairAnalysis], None] | None = None) -> PairFrames:
    pair = analysis.pairs[0]
    assert pair.frames is not None
    return run_cross(analysis.session, analysis.references[place], pair.estimate, pair.frames.grid, progress)


def pairing(analysis: Analysis) -> BestFrames:
    own = analysis.session.partner_of(0)
    (pair,) = analysis.pairs
    assert pair.score is not None
    others = {place: cross(analysis, place) for place in range(len(analysis.references)) if place != own}
    return find_pairing(own, pair.score.facts, others)


def test_the_pass_gives_what_the_pair_itself_would(swapped: Session) -> None:
    reported: list[PairAnalysis] = []
    found = cross(analyse(swapped, wanted=QUICK), 1, reported.append)
    seen = [pair.frames for pair in reported if pair.frames is not None]
    (direct,) = analyse(Session(swapped.references[1:], swapped.estimates), wanted=QUICK).pairs
    assert direct.frames is not None
    assert direct.score is not None
    np.testing.assert_array_equal(found.exact_osi_db, direct.frames.exact_osi_db)
    np.testing.assert_array_equal(Facts(found, 60.0).active_osi_db, direct.score.facts.active_osi_db)
    assert [len(part.span) for part in seen] == sorted({len(part.span) for part in seen})
    assert seen[-1].complete
    assert not seen[0].complete or len(seen) == 1


@pytest.mark.parametrize("own", [0, 1])
def test_the_ribbon_turns_where_the_speakers_swap(swapped: Session, own: int) -> None:
    analysis = analyse(edits.set_pairing(swapped, (own,)), wanted=QUICK)
    found = pairing(analysis)
    assert found.places == (0, 1)
    framing = analysis.framing
    assert framing is not None
    starts = framing.hop * np.arange(found.best.place.size)
    assert (found.best.place[starts + framing.n_fft <= HALF] == 0).all()
    assert (found.best.place[starts >= HALF] == 1).all()
    assert found.win_rate(0) == pytest.approx(0.5, abs=0.01)
    lead = found.lead_at(1.0)
    assert lead is not None
    index = round((1.0 - found.first_time) / found.step)
    assert lead.places == (0,)
    assert lead.lead_db == pytest.approx(found.values[0][index] - found.values[1][index])


def test_frames_count_where_the_estimate_its_own_and_another_reference_are_active(write: Write, noise: Noise) -> None:
    n = 16_000
    voices = [noise(n, seed) * (np.arange(n) // 4000 != quiet) for seed, quiet in ((1, 0), (2, 1), (3, 2))]
    references = tuple(Source(write(f"s{k}.wav", x)) for k, x in enumerate(voices))
    session = Session(references, (Source(write("e.wav", voices[0] + 0.1 * noise(n, 7))),), pairing=(0,))
    found = pairing(analyse(session, wanted=QUICK))
    place = found.best.place
    starts = 128 * np.arange(place.size)
    assert (place[starts + 512 <= 4000] == -1).all(), "its own reference is silent"
    assert (place[starts >= 4000] == 0).all(), "one of the others is enough"
    only_two = pairing(analyse(Session(references[:2], session.estimates, pairing=(0,)), wanted=QUICK)).best.place
    assert (only_two[(starts >= 4000) & (starts + 512 <= 8000)] == -1).all(), "the only other one is silent"


def test_a_pass_can_be_stopped_and_what_does_not_fit_says_so(swapped: Session, write: Write) -> None:
    analysis = analyse(swapped, wanted=QUICK)
    pair = analysis.pairs[0]
    assert pair.frames is not None
    with pytest.raises(Cancelled):
        run_cross(swapped, analysis.references[1], pair.estimate, pair.frames.grid, cancelled=lambda: True)
    other = Source(write("rate.wav", np.random.default_rng(0).normal(size=N) * 0.1, rate=11_025))
    mixed = analyse(Session((swapped.references[0], other), swapped.estimates), wanted=QUICK)
    with pytest.raises(PairError, match="one sample rate"):
        cross(mixed, 1)


def test_masks_too(write: Write) -> None:
    rng = np.random.default_rng(4)
    one, two = rng.random((2, 9, 40))
    estimate = np.where(np.arange(40) < 15, one, two) * 0.9
    paths = [write(f"{name}.npy", x) for name, x in (("m1", one), ("m2", two), ("e", estimate))]
    session = Session(tuple(map(Source, paths[:2])), (Source(paths[2]),))
    for grid, first_time in ((MaskGrid(), 0.0), (MaskGrid(rate=8000, hop=4), 0.001)):
        found = pairing(analyse(replace(session, mask_grid=grid), wanted=QUICK))
        assert found.best.place.tolist() == [0] * 15 + [1] * 25
        assert found.first_time == first_time
