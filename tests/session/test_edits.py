"""Edits: pure, and no file gets lost."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.core.types import ParameterError, Representation
from osisnr_gui.session import edits
from osisnr_gui.session.changes import analysis_key
from osisnr_gui.session.guess import Role
from osisnr_gui.session.session import MAX_DELAY, Formula, Lengths, Note, Session, Source

repeatable = settings(derandomize=True, deadline=None, max_examples=200, database=None)
A, B, C, D = (Source(f"/x/{name}.wav") for name in "abcd")


def _paths(session: Session) -> list[str]:
    return sorted(source.path for source in session.sources)


FULL = Session(references=(A,), estimates=(B, C), mixture=D)


def test_an_empty_session() -> None:
    assert Session().is_empty
    assert Session().reference is None
    assert Session().sources == ()
    assert not FULL.is_empty
    assert FULL.sources == (A, B, C, D)


@pytest.mark.parametrize(("source", "role"), list(product((A, B, C, D), Role)))
def test_set_role_loses_nothing(source: Source, role: Role) -> None:
    after = edits.set_role(FULL, source, role)
    assert _paths(after) == _paths(FULL)
    assert edits.role_of(after, source) is role
    assert len(after.references) <= 1


@pytest.mark.parametrize("estimate", [B, C])
def test_swap(estimate: Source) -> None:
    after = edits.swap(FULL, estimate)
    assert after.reference == estimate
    assert after.estimates[FULL.estimates.index(estimate)] == A
    assert _paths(after) == _paths(FULL)
    assert edits.swap(after, A) == FULL


def test_swap_of_what_cannot_be_swapped() -> None:
    assert edits.swap(FULL, D) is FULL
    assert edits.swap(FULL, A) is FULL
    without = Session(estimates=(B,))
    assert edits.swap(without, B) is without


steps = st.lists(
    st.tuples(st.sampled_from(["role", "swap", "channel", "delay", "add"]), st.integers(0, 4), st.sampled_from(Role)),
    max_size=12,
)


@repeatable
@given(steps)
def test_no_file_is_ever_lost(moves: list[tuple[str, int, Role]]) -> None:
    session = FULL
    paths = _paths(session)
    for move, index, role in moves:
        source = session.sources[index % len(session.sources)]
        if move == "role":
            session = edits.set_role(session, source, role)
        elif move == "swap":
            session = edits.swap(session, source)
        elif move == "add":
            session = edits.add_files(session, [source.path, "/x/a.wav"])
        else:
            session = edits.change_source(session, source, **{move: index})
        assert _paths(session) == paths


def test_one_file_in_two_roles_keeps_both_when_one_changes() -> None:
    """The same file as reference and estimate is a usual first test."""
    both = Session(references=(A,), estimates=(A,))
    assert _paths(edits.swap(both, A)) == _paths(both)
    assert _paths(edits.set_role(both, A, Role.ESTIMATE)) == _paths(both)
    assert _paths(edits.set_role(both, A, Role.MIXTURE)) == _paths(both)


def test_one_file_in_two_roles_is_closed_and_changed_in_one() -> None:
    both = Session(references=(A,), estimates=(A,), mixture=A)
    assert edits.remove(both, A) == Session(references=(A,), mixture=A)
    assert edits.remove(both, A, Role.REFERENCE) == Session(estimates=(A,), mixture=A)
    assert edits.remove(both, A, Role.MIXTURE) == Session(references=(A,), estimates=(A,))
    changed = replace(A, channel=2)
    assert edits.change_source(both, A, channel=2) == replace(both, estimates=(changed,))
    assert edits.change_source(both, A, Role.REFERENCE, channel=2) == replace(both, references=(changed,))
    assert edits.change_source(both, A, Role.MIXTURE, channel=2) == replace(both, mixture=changed)
    assert edits.set_role(both, A, Role.REFERENCE, Role.ESTIMATE).estimates == (A,)
    assert edits.remove(FULL, A, Role.ESTIMATE) == FULL
    assert edits.change_source(FULL, B, Role.REFERENCE, channel=2) == FULL


def test_one_file_given_twice_is_reference_and_estimate() -> None:
    assert edits.open_files(Session(), ["/x/a.wav"] * 2) == Session(references=(A,), estimates=(A,))
    assert edits.open_files(Session(), ["/x/a.wav"] * 3) == Session(references=(A,), estimates=(A,))
    reference, again = edits.open_files(Session(), ["/x/ref.wav", "/x/../x/ref.wav"]).sources
    assert reference == again == Source("/x/ref.wav")


def test_one_file_has_one_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    relative = Session(references=(Source("ref.wav"),), estimates=(B,))
    same = edits.add_files(relative, [str(tmp_path / "ref.wav"), "/x/../x/b.wav", "./sub/../ref.wav", "/x//b.wav"])
    assert same == relative
    assert edits.open_files(Session(), ["ref.wav"]).reference == Source(str(tmp_path / "ref.wav"))


def test_a_mixture_added_later() -> None:
    session = Session(references=(A,), estimates=(B,))
    after = edits.add_files(session, ["/x/noisy.wav"])
    assert after == replace(session, mixture=Source("/x/noisy.wav"))
    assert edits.add_files(after, ["/x/mix.wav"]).estimates == (B, Source("/x/mix.wav"))
    alone = edits.add_files(Session(references=(A,)), ["/x/noisy.wav"])
    assert alone.estimates == (Source("/x/noisy.wav"),)


def test_open_and_add() -> None:
    session = edits.open_files(Session(), ["/x/est.wav", "/x/ref.wav", "/x/mix.wav"])
    assert session.reference == Source("/x/ref.wav")
    assert session.estimates == (Source("/x/est.wav"),)
    assert session.mixture == Source("/x/mix.wav")
    more = edits.add_files(session, ["/x/ref.wav", "/x/other.wav", "/x/other.wav", "/x/clean.wav"])
    assert more.references == session.references
    assert [source.path for source in more.estimates] == ["/x/est.wav", "/x/other.wav", "/x/clean.wav"]
    assert edits.add_files(more, []) == more


def test_opening_keeps_the_loss_and_drops_the_files() -> None:
    session = edits.set_alpha(edits.set_framing(FULL, n_fft=256, representation=Representation.WAVEFORM), 0.5)
    after = edits.open_files(session, ["/y/ref.npy", "/y/est.npy"])
    assert after.loss.alpha == 0.5
    assert after.framing.n_fft == 256
    assert after.framing.representation is None
    assert after.mixture is None
    assert len(after.sources) == 2


def test_remove() -> None:
    assert _paths(edits.remove(FULL, D)) == ["/x/a.wav", "/x/b.wav", "/x/c.wav"]
    assert edits.remove(FULL, A).reference is None
    assert edits.remove(FULL, Source("/x/none.wav")) == FULL


def test_change_source() -> None:
    after = edits.change_source(FULL, B, channel=2, delay=-5)
    assert after.estimates == (replace(B, channel=2, delay=-5), C)
    assert edits.change_source(FULL, D, channel=0).mixture == replace(D, channel=0)


def test_a_file_read_just_like_one_that_is_there_is_there_once() -> None:
    first, second = replace(B, channel=1), replace(B, channel=2)
    session = Session((A,), (first, C, second))
    assert edits.change_source(session, second, channel=1).estimates == (first, C)
    assert edits.change_source(session, first, channel=1) == session


def test_setters() -> None:
    session = edits.set_gamma(edits.set_alpha(Session(), 1), 0)
    session = edits.set_method(edits.set_formula(session, Formula.EXACT), 2)
    session = replace(edits.set_silence(edits.set_threshold(session, 1), 30), lengths=Lengths.PAD)
    assert (session.loss.alpha, session.loss.gamma, session.loss.method) == (1.0, 0.0, 2)
    assert session.loss.formula is Formula.EXACT
    assert (session.threshold_db, session.silence_db, session.lengths) == (1.0, 30.0, Lengths.PAD)
    assert edits.set_framing(edits.set_framing(session, hop=64), hop=None).framing.hop is None


@pytest.mark.parametrize("alpha", [0.0, -1.0, 1.01, float("nan")])
def test_alpha_out_of_range(alpha: float) -> None:
    with pytest.raises(ParameterError):
        edits.set_alpha(FULL, alpha)


@pytest.mark.parametrize("gamma", [-1.0, float("inf"), float("nan")])
def test_gamma_out_of_range(gamma: float) -> None:
    with pytest.raises(ParameterError):
        edits.set_gamma(FULL, gamma)


def test_sessions_are_values() -> None:
    assert hash(FULL) == hash(Session(references=(A,), estimates=(B, C), mixture=D))
    assert edits.set_gamma(FULL, 15) == FULL


@pytest.mark.parametrize(
    ("edit", "rival"),
    [
        (lambda session: edits.remove(session, B), D),
        (lambda session: edits.remove(session, D), None),
        (lambda session: edits.set_role(session, B, Role.REFERENCE), D),
        (lambda session: edits.set_role(session, D, Role.REFERENCE), None),
        (lambda session: edits.set_role(session, C, Role.MIXTURE), D),
        (lambda session: edits.add_reference(session, B), D),
        (lambda session: edits.add_reference(session, D), None),
        (lambda session: edits.swap(session, B), D),
        (lambda session: edits.swap(session, D), None),
        (lambda session: edits.change_source(session, D, channel=2), replace(D, channel=2)),
        (lambda session: edits.add_files(session, ["/x/e.wav"]), D),
        (lambda session: edits.open_files(session, ["/y/1.wav", "/y/2.wav", "/y/3.wav", "/y/4.wav"]), None),
        (lambda session: edits.open_pair(session, "/y/1.wav", "/y/2.wav"), None),
    ],
)
def test_the_estimate_the_others_are_held_against_stays_the_same_file(edit: edits.Edit, rival: Source | None) -> None:
    session = edits.set_bad(Session(references=(A,), estimates=(B, C, D)), against=2)
    after = edit(session)
    found = None if after.bad.against is None else after.estimates[after.bad.against]
    assert found == rival


def test_notes_are_kept_in_order_and_changed_one_at_a_time() -> None:
    late, early = Note(2.0, 3.0, "late"), Note(1.0, 1.5)
    session = edits.add_note(edits.add_note(Session(), late), early)
    assert session.notes == (early, late)
    session = edits.change_note(session, early, "a click")
    assert session.notes == (Note(1.0, 1.5, "a click"), late)
    assert edits.remove_note(session, late).notes == (Note(1.0, 1.5, "a click"),)


def test_a_note_computes_nothing_again() -> None:
    plain = Session(references=(Source("a.wav"),))
    assert analysis_key(edits.add_note(plain, Note(0.0, 1.0))) == analysis_key(plain)


def test_delays() -> None:
    """Whatever is taken out already: who asks may not know the latest. Channels of one file are moved apart."""
    late = edits.set_delay(FULL, B, 137)
    assert late.estimates == (replace(B, delay=137), C)
    assert edits.set_delay(late, replace(B, delay=5, flip=True), -2).estimates == (replace(B, delay=-2), C)
    assert edits.nudge(late, B, 3).estimates == (replace(B, delay=140), C)
    nowhere = Source("/x/nowhere.wav")
    assert edits.nudge(late, nowhere, 3) == edits.set_delay(late, nowhere, 3) == late
    assert edits.set_delay(FULL, FULL.references[0], 5).references == FULL.references
    assert edits.set_delay(FULL, B, 1 << 60).estimates[0].delay == MAX_DELAY
    channels = replace(FULL, estimates=(replace(B, channel=1), replace(B, channel=2)))
    assert [e.delay for e in edits.set_delay(channels, channels.estimates[1], 7).estimates] == [0, 7]
