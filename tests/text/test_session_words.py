"""Every edit has a name, and undo takes every one of them back."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import partial

import pytest

from osisnr_gui.session import edits
from osisnr_gui.session.guess import Role
from osisnr_gui.session.session import Criterion, Formula, History, Lengths, Note, Session
from osisnr_gui.text.session_words import change_words, comparison_words

BEFORE = edits.open_files(Session(), ["/x/clean.wav", "/x/est_a.wav", "/x/est_b.wav"])
A, B = BEFORE.estimates


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (partial(edits.set_gamma, gamma=40.0), "gamma 15 → 40"),
        (partial(edits.set_alpha, alpha=0.52), "alpha 0.3 → 0.52"),
        (partial(edits.set_threshold, threshold_db=-5.5), "threshold 3 → −5.5 dB"),
        (partial(edits.set_framing, n_fft=512), "n_fft default → 512"),
        (partial(edits.set_formula, formula=Formula.LITERAL), "result that leads: exact → literal"),
        (partial(edits.set_bad, gate_db=None), "level gate 40 → off dB"),
        (
            partial(edits.set_bad, criterion=Criterion.AGAINST, against=1),
            "what makes a frame bad: osi → against, and more",
        ),
        (partial(edits.set_delay, estimate=A, delay=120), "delay of est_a.wav 0 → 120 samples"),
        (partial(edits.change_source, source=A, flip=True), "polarity of est_a.wav turned"),
        (partial(edits.change_source, source=A, gain=10**0.645), "level of est_a.wav 0.0 dB → +12.9 dB"),
        (partial(edits.change_source, source=A, key="irm"), "how est_a.wav is read"),
        (partial(edits.add_files, paths=["/x/est_c.wav"]), "add est_c.wav"),
        (partial(edits.remove, source=B), "close est_b.wav"),
        (partial(edits.swap, estimate=A), "roles of the files"),
        (partial(edits.set_role, source=B, role=Role.MIXTURE), "roles of the files"),
        (partial(edits.add_note, note=Note(1.0, 2.0, "a dropout")), "add note “a dropout”"),
        (partial(edits.toggle_curve, place=1), "curve of B hidden"),
        (lambda _session: Session(), "close all files"),
    ],
)
def test_what_an_edit_is_called(edit: Callable[[Session], Session], words: str) -> None:
    assert change_words(BEFORE, edit(BEFORE)) == words


def test_the_way_back_is_named_too() -> None:
    noted = edits.add_note(BEFORE, Note(1.0, 2.0, "a dropout"))
    assert change_words(noted, BEFORE) == "delete note “a dropout”"
    assert change_words(edits.toggle_curve(BEFORE, 0), BEFORE) == "curve of A shown"
    assert change_words(BEFORE, BEFORE) == ""


def test_a_comparison_is_called_by_what_differs() -> None:
    assert comparison_words(BEFORE) == "est_a, est_b against clean"


def _other(value: object) -> object:
    """Another value of the same kind."""
    return not value if isinstance(value, bool) else 7 if value is None else value * 2 + 1  # type: ignore[operator]


@pytest.mark.parametrize("part", ["", "loss", "bad", "framing", "mask_grid"])
def test_no_field_of_a_session_changes_without_a_name(part: str) -> None:
    owner = getattr(BEFORE, part) if part else BEFORE
    for field in fields(owner):
        value = getattr(owner, field.name)
        if is_dataclass(value) or isinstance(value, tuple) or field.name == "mixture":
            continue
        changed = replace(owner, **{field.name: "other" if isinstance(value, str) else _other(value)})
        assert change_words(BEFORE, replace(BEFORE, **{part: changed}) if part else changed), field.name
    assert change_words(BEFORE, replace(BEFORE, pairing=(1, 0)))


def _random_edit(rng: random.Random, session: Session) -> Session:
    """One of everything a user can do."""
    every = [*session.references, *session.estimates]
    if not every:
        return edits.add_files(session, ["/x/clean.wav", "/x/est_a.wav"])
    source = rng.choice(every)
    estimate = rng.choice(session.estimates) if session.estimates else source
    note = Note(rng.random(), 2.0, str(rng.random()))
    choices: list[edits.Edit] = [
        partial(edits.set_alpha, alpha=rng.uniform(0.01, 1.0)),
        partial(edits.set_gamma, gamma=rng.uniform(0.0, 200.0)),
        partial(edits.set_method, method=rng.choice((1, 2))),
        partial(edits.set_formula, formula=rng.choice(list(Formula))),
        partial(edits.set_threshold, threshold_db=rng.uniform(-5.0, 20.0)),
        partial(edits.set_silence, silence_db=rng.uniform(20.0, 80.0)),
        partial(replace, lengths=rng.choice(list(Lengths))),
        partial(edits.set_framing, n_fft=rng.choice((None, 256, 512)), window=rng.choice(("hann", "hamming"))),
        partial(edits.set_bad, criterion=rng.choice(list(Criterion)), join_s=rng.random()),
        partial(edits.add_files, paths=[f"/x/est_{rng.randrange(30)}.wav"]),
        partial(edits.remove, source=source),
        partial(edits.set_role, source=source, role=rng.choice(list(Role))),
        partial(edits.swap, estimate=estimate),
        partial(edits.set_delay, estimate=estimate, delay=rng.randrange(-500, 500)),
        partial(edits.change_source, source=source, flip=rng.random() < 0.5, gain=rng.uniform(0.5, 2.0)),
        partial(edits.add_note, note=note),
        partial(edits.remove_note, note=rng.choice(session.notes or (note,))),
        partial(edits.toggle_curve, place=rng.randrange(max(1, len(session.estimates)))),
    ]
    return rng.choice(choices)(session)


@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_random_edits_undone_give_the_same_session(seed: int) -> None:
    rng, history, kept = random.Random(seed), History(BEFORE), [BEFORE]
    while len(kept) <= 1000:
        session = _random_edit(rng, history.present)
        if session != history.present:
            assert change_words(history.present, session), "every step has a name"
            history.push(session, "", 10.0 * len(kept))
            kept.append(session)
    for session in reversed(kept[:-1]):
        assert history.undo() == session
    assert history.previous is None
    for session in kept[1:]:
        assert history.redo() == session


def test_places_that_only_a_session_file_can_name_have_words() -> None:
    before = Session(hidden=(-1000, -5, 99_999))
    assert change_words(before, replace(before, hidden=())).startswith("curve of ")
