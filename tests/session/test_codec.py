from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osisnr_gui.core.types import Representation
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.png_text import with_text
from osisnr_gui.session.codec import KEYWORD, SCHEMA, SavedView, is_session_file, load_session, session_bytes
from osisnr_gui.session.session import (
    BadChoice,
    Criterion,
    Formula,
    FramingChoice,
    Lengths,
    LossChoice,
    MaskGrid,
    Note,
    Session,
    Source,
)

N_MUTATIONS = 10_000


def rich(folder: Path) -> Session:
    """A session in which no field has its default."""
    return Session(
        references=(Source(str(folder / "a.wav"), channel=2),),
        estimates=(
            Source(str(folder / "deep" / "b.wav"), delay=-1600),
            Source("/elsewhere/c.npz", None, "m", True, True),
        ),
        mixture=Source(str(folder / "mix.wav"), channel=0),
        framing=FramingChoice(Representation.COMPLEX, 1024, 256, "hamming"),
        mask_grid=MaskGrid(48_000, 480, 1024, True, "hamming"),
        loss=LossChoice(0.45, 7.0, 2, Formula.LITERAL),
        silence_db=50.0,
        threshold_db=2.5,
        bad=BadChoice(Criterion.AGAINST, 2.0, 5.0, 0.5, 4.0, 1, 0.05, 0.1, None),
        lengths=Lengths.PAD,
        same_rate_only=True,
        notes=(Note(0.5, 1.25, "a click <b>?"), Note(2.0, 2.0)),
    )


def save(folder: Path, session: Session, view: SavedView | None = None) -> str:
    path = folder / "work.osisnr"
    path.write_bytes(session_bytes(session, view or SavedView(), str(path)))
    return str(path)


def test_everything_comes_back(tmp_path: Path) -> None:
    view = SavedView(1.0, 2.0, 1.5, 1)
    assert load_session(save(tmp_path, rich(tmp_path), view)) == (rich(tmp_path), view, ())
    assert load_session(save(tmp_path, Session())) == (Session(), SavedView(), ())


def test_a_folder_can_be_moved_with_its_session(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    save(old, rich(old))
    os.rename(old, new)
    assert load_session(str(new / "work.osisnr"))[0] == rich(new)


def test_a_path_that_is_not_unicode_comes_back(tmp_path: Path) -> None:
    session = Session(references=(Source(str(tmp_path / "caf\udce9.wav")),))
    assert load_session(save(tmp_path, session))[0] == session


def test_missing_fields_have_their_defaults(tmp_path: Path) -> None:
    path = tmp_path / "x.osisnr"
    path.write_text(json.dumps({"schema": SCHEMA, "session": {"loss": {"gamma": 3}}}))
    assert load_session(str(path))[0] == Session(loss=LossChoice(gamma=3.0))


@pytest.mark.parametrize("formula", list(Formula))
def test_the_result_that_leads_is_named_in_every_session_file(tmp_path: Path, formula: Formula) -> None:
    """What was saved keeps the result that led, whichever one a new session starts with."""
    path = save(tmp_path, Session(loss=LossChoice(formula=formula)))
    assert json.loads(Path(path).read_bytes())["session"]["loss"]["formula"] == formula.value
    saved = tmp_path / "older.osisnr"
    loss = {"alpha": 0.3, "gamma": 15.0, "method": 1, "formula": formula.value}
    saved.write_text(json.dumps({"schema": SCHEMA, "version": "0.0.1", "session": {"loss": loss}}))
    assert load_session(str(saved))[0].loss.formula is load_session(path)[0].loss.formula is formula


def set_field(path: str) -> Callable[[dict[str, Any], Any], None]:
    def change(value: dict[str, Any], new: Any) -> None:
        at: Any = value
        *parents, last = path.split(".")
        for key in parents:
            at = at[int(key) if key.isdigit() else key]
        at[int(last) if last.isdigit() else last] = new

    return change


@pytest.mark.parametrize(
    ("field", "new", "words"),
    [
        ("session.loss.alpha", 0, "session.loss.alpha must lie between"),
        ("session.loss.alpha", "x", "session.loss.alpha must be a number"),
        ("session.loss.alpha", True, "session.loss.alpha must be a number"),
        ("session.loss.method", 3, "session.loss.method"),
        ("session.loss.formula", "both", "session.loss.formula must be one of literal, exact"),
        ("session.framing.window", "none", "session.framing.window must be one of hann"),
        ("session.framing.n_fft", 512.5, "session.framing.n_fft must be a whole number"),
        ("session.mask_grid.hop", 0, "session.mask_grid.hop must lie between 1 and"),
        ("session.mask_grid.window", "none", "session.mask_grid.window must be one of hann"),
        ("session.references", {}, "session.references must be a list"),
        ("session.estimates.1.transpose", 1, r"session.estimates\[1\].transpose must be true or false"),
        ("session.estimates.0", 5, r"session.estimates\[0\] must be an object"),
        ("session.estimates.0", {}, r"session.estimates\[0\].path is missing"),
        ("session.estimates.0.path", "", "path is no file name"),
        ("session.estimates.0.path", "a\0b", "path is no file name"),
        ("session.notes.0.text", None, r"session.notes\[0\].text must be a text"),
        ("session.threshold", 3, "session.threshold is not known"),
        ("view.selected", "a", "view.selected"),
        ("more", 1, "more is not known"),
        ("schema", "osisnr.session/99", "osisnr.session/99"),
        ("schema", 7, "no session"),
    ],
)
def test_an_error_names_the_field(tmp_path: Path, field: str, new: Any, words: str) -> None:
    path = save(tmp_path, rich(tmp_path))
    value = json.loads(Path(path).read_text())
    set_field(field)(value, new)
    Path(path).write_text(json.dumps(value))
    with pytest.raises(LoadError, match=words) as caught:
        load_session(path)
    assert str(caught.value).startswith("work.osisnr: ")


@pytest.mark.parametrize(
    "text", [b"{", b"[]", b'{"saved": {}}', b'{"saved": {"schema": "osisnr.session/1", "session": 3}}']
)
def test_nobody_is_sent_into_a_figure_with_a_text_editor(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(with_text(b"\x89PNG" + bytes(60), KEYWORD, text))
    with pytest.raises(LoadError) as caught:
        load_session(str(path))
    assert "saved with the session inside" in str(caught.value)
    assert "editor" not in str(caught.value)


def test_ten_thousand_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    """Bytes changed, cut, doubled: a session or a LoadError, nothing else."""
    data = Path(save(tmp_path, rich(tmp_path))).read_bytes()
    path = tmp_path / "damaged.osisnr"
    reasons = []
    for seed in range(N_MUTATIONS):
        path.write_bytes(mutated(data, random.Random(seed)))
        try:
            load_session(str(path))
        except LoadError as error:
            reasons.append(error.reason)
    assert set(reasons) <= {Reason.CORRUPT, Reason.UNKNOWN_FORMAT, Reason.EMPTY_FILE}
    assert N_MUTATIONS / 2 < len(reasons) < N_MUTATIONS


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del changed[at : at + chance.randint(1, 40)]
        elif kind == 2:
            changed[at:at] = changed[at : at + chance.randint(1, 40)]
        else:
            changed[at:at] = chance.choice((b"null", b"NaN", b"1e400", b"-1", b"[]", b'"', b"{}", b"true"))
        if not changed:
            break
    return bytes(changed)


@given(
    st.lists(st.builds(Note, *2 * [st.floats(-1e9, 1e9)], st.text()), max_size=5),
    st.floats(1e-9, 1.0),
)
def test_any_note_and_number_comes_back_exactly(tmp_path_factory: Any, notes: list[Note], alpha: float) -> None:
    session = Session(notes=tuple(notes), loss=LossChoice(alpha=alpha))
    folder = tmp_path_factory.mktemp("codec")
    assert load_session(save(folder, session))[0] == session


def test_session_files_are_told_by_their_name() -> None:
    assert is_session_file("/a/b.OSISNR")
    assert not is_session_file("/a/osisnr")
