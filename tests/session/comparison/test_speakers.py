"""The matrix of speakers: its figures, why a cell has none, orders chosen by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.core.several import find_assignment
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import AnalysisOptions, analyse
from osisnr_gui.session.comparison.speakers import Speakers
from osisnr_gui.session.session import Session, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]
QUICK = AnalysisOptions(pictures=False, delay=False)


def speakers_of(session: Session) -> Speakers:
    analysis = analyse(session, wanted=QUICK)
    assert analysis.matching is not None
    return Speakers(analysis, analysis.matching)


@pytest.fixture
def demo(samples: Path) -> Session:
    references, estimates = (
        tuple(Source(str(samples / f"1_two_speakers_{name}.flac")) for name in names)
        for names in (("ref_a", "ref_b"), ("est_b", "est_a"))
    )
    return Session(references, estimates)


def test_the_figures_are_those_of_the_pairs_themselves(demo: Session) -> None:
    speakers = speakers_of(demo)
    assert (speakers.in_force, speakers.best) == ((0, 1), (1, 0))
    for reference in range(2):
        for estimate in range(2):
            alone = analyse(Session((demo.references[reference],), (demo.estimates[estimate],)), wanted=QUICK).pairs[0]
            assert alone.whole is not None
            assert speakers.si_snr_db(reference, estimate) == pytest.approx(alone.whole.si_snr_db, abs=1e-6)
            assert speakers.why(reference, estimate) == ""
    gain = speakers.mean_db(speakers.best) - speakers.mean_db(speakers.in_force)
    assert gain == pytest.approx(speakers.matching.best.margin_db), "two orders: the next best is the one in force"


def test_an_order_is_given_to_the_files_it_was_found_for_only(demo: Session) -> None:
    speakers = speakers_of(demo)
    assert speakers.assign(demo, (1, 0)).partners == (1, 0)
    assert speakers.assign(demo, (0, 0)).partners == (0, 0)
    other = edits.remove(demo, demo.estimates[0])
    assert speakers.assign(other, (1, 0)) is other


def test_doubts_name_what_is_uneven(demo: Session) -> None:
    speakers = speakers_of(demo)
    assert speakers.doubts((1, 0)) == ""
    assert speakers.doubts((0, 0)) == "reference 1 has A and B, reference 2 has no estimate"


def test_more_estimates_than_references(write: Write, noise: Noise) -> None:
    voices = [noise(16_000, seed) for seed in (1, 2)]
    references = tuple(Source(write(f"s{k}.wav", x)) for k, x in enumerate(voices))
    outputs = [voices[place] + 0.1 * noise(16_000, 5 + k) for k, place in enumerate((1, 0, 0, 1))]
    session = Session(references, tuple(Source(write(f"e{k}.wav", x)) for k, x in enumerate(outputs)))
    speakers = speakers_of(session)
    assert speakers.best == (1, 0, 0, 1)
    assert speakers.doubts(speakers.best) == ""
    assert speakers.doubts((1, 1, 0, 1)) == "reference 2 has A, B and D"
    assert find_assignment(speakers.matching.si_snr_db).margin_db == speakers.matching.best.margin_db > 0


def test_cells_that_cannot_be_compared_say_why_and_no_order_is_offered(write: Write, noise: Noise) -> None:
    sound, other = noise(16_000, 1), noise(16_000, 2)
    references = (Source(write("s1.wav", sound)), Source(write("s2.npy", np.ones((5, 40)))))
    names = {
        "e1.wav": other,
        "e2.npy": np.full((6, 40), 0.5),
        "broken.wav": np.zeros(0),
        "silent.wav": np.zeros(16_000),
        "e3.wav": sound,
    }
    session = Session(references, tuple(Source(write(name, values)) for name, values in names.items()))
    analysis = analyse(session, wanted=QUICK)
    assert analysis.matching is not None
    speakers = Speakers(analysis, analysis.matching)
    assert speakers.why(0, 0) == ""
    assert speakers.why(0, 1) == speakers.why(1, 0) == "One is a mask, the other is sound."
    assert speakers.why(1, 1) == "5 bins against 6."
    assert "broken.wav" in speakers.why(0, 2)
    assert "silent" in speakers.why(0, 3)
    assert math.isnan(speakers.mean_db(speakers.best))
    assert "assignment" not in [notice.code for notice in analysis.notices]
    assert analyse(Session(references[:1], session.estimates), wanted=QUICK).matching is None


def test_a_file_that_is_mended_is_compared_again(write: Write, noise: Noise) -> None:
    voices = [noise(16_000, seed) for seed in (1, 2)]
    references = tuple(Source(write(f"s{k}.wav", x)) for k, x in enumerate(voices))
    estimates = tuple(Source(write(f"e{k}.wav", x)) for k, x in enumerate((voices[1], np.zeros(0))))
    first = analyse(Session(references, estimates), wanted=QUICK)
    assert "assignment" not in [notice.code for notice in first.notices]
    write("e1.wav", voices[0])
    second = analyse(first.session, first, wanted=QUICK)
    assert "assignment" in [notice.code for notice in second.notices]
