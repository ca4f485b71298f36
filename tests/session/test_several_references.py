"""Several speakers: each estimate goes with its reference, and a wrong order is noticed and mended on a click."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import AnalysisOptions, analyse
from osisnr_gui.session.guess import Role, read_roles
from osisnr_gui.session.matching import find_matching
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import open_track

A, B, C, D, E = (Source(f"/x/{name}.wav") for name in "abcde")


@pytest.fixture
def speakers(samples: Path) -> dict[str, Source]:
    names = ("ref_a", "ref_b", "est_a", "est_b")
    return {name: Source(str(samples / f"1_two_speakers_{name}.flac")) for name in names}


def wrong(speakers: dict[str, Source]) -> Session:
    return Session((speakers["ref_a"], speakers["ref_b"]), (speakers["est_b"], speakers["est_a"]))


def test_the_swap_is_offered_and_gives_the_direct_numbers(speakers: dict[str, Source]) -> None:
    session = wrong(speakers)
    first = analyse(session)
    (notice,) = (notice for notice in first.notices if notice.code == "assignment")
    assert first.matching is not None
    assert first.matching.best.places == (1, 0)
    assert first.matching.best.margin_db == pytest.approx(first.matching.gain_db((0, 1)))
    assert f"{first.matching.best.margin_db:.1f} dB" in notice.message
    mended = notice.remedies[0].edit(session)
    second = analyse(mended, first)
    assert second.matching is first.matching
    assert "assignment" not in [notice.code for notice in second.notices]
    for index, name in enumerate("ba"):
        direct = analyse(Session((speakers[f"ref_{name}"],), (speakers[f"est_{name}"],))).pairs[0]
        pair = second.pairs[index]
        assert pair.score is not None
        assert direct.score is not None
        assert pair.reference is not None
        assert pair.reference.source == speakers[f"ref_{name}"]
        assert pair.score.literal == direct.score.literal
        assert pair.score.exact == direct.score.exact
        assert pair.whole == direct.whole
    again = analyse(session, [second, first])
    assert [pair.frames for pair in again.pairs] == [pair.frames for pair in first.pairs]


def test_the_matrix_holds_whole_signal_si_snr(speakers: dict[str, Source]) -> None:
    session = wrong(speakers)
    analysis = analyse(session, wanted=AnalysisOptions(pictures=False, delay=False))
    assert analysis.matching is not None
    for index, pair in enumerate(analysis.pairs):
        assert pair.whole is not None
        assert analysis.matching.si_snr_db[index, index] == pytest.approx(pair.whole.si_snr_db, abs=1e-6)


def test_masks_are_matched_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    masks = rng.random((2, 20, 30))
    sources = []
    for name, values in (("s1", masks[0]), ("s2", masks[1]), ("e1", masks[1] * 0.9), ("e2", masks[0] ** 2)):
        np.save(tmp_path / f"{name}.npy", values)
        sources.append(Source(str(tmp_path / f"{name}.npy")))
    tracks = [open_track(source) for source in sources]
    assert find_matching(tracks[:2], tracks[2:]).best.places == (1, 0)


def test_references_are_taken_in_turn_until_somebody_chooses() -> None:
    session = Session((A, B), (C, D, E))
    assert session.partners == (0, 1, 0)
    chosen = edits.set_partner(session, E, 1)
    assert chosen.partners == (0, 1, 1)
    assert edits.set_partner(chosen, E, 0) == session


def test_an_estimate_keeps_its_reference_when_others_go() -> None:
    session = Session((A, B), (C, D, E))
    assert edits.remove(session, C).partners == (1, 0)
    assert edits.remove(session, A).partners == (0, 0, 0)
    assert edits.remove(edits.set_pairing(session, (1, 1, 0)), D).partners == (1, 0)


def test_another_speaker_and_swaps() -> None:
    session = edits.add_reference(Session((A,), (B, C, D)), B)
    assert (session.references, session.estimates, session.partners) == ((A, B), (C, D), (0, 1))
    swapped = edits.swap(session, D)
    assert (swapped.references, swapped.estimates) == ((A, D), (C, B))
    assert edits.set_role(session, D, Role.REFERENCE).references == (A, D)
    assert edits.add_reference(replace(session, mixture=E), E).references == (A, B, E)


def test_a_saved_pairing_that_fits_nothing_is_dealt_anew() -> None:
    assert Session((A, B), (C, D), pairing=(7, -3)).partners == (0, 1)


def test_names_of_speakers_make_several_references() -> None:
    names = ["mix.wav", "s1.wav", "s2.wav", "s1_est.wav", "s2_est.wav"]
    assert [role.value[0] for role in read_roles(names).roles] == ["m", "r", "r", "e", "e"]
    assert [role.value[0] for role in read_roles(["clean.wav", "target.wav", "out.wav"]).roles] == ["r", "e", "e"]
