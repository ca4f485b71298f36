"""The per-frame CSV: exact numbers, plain for any reader, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from osisnr_gui.core.loss import EPS_FUSED, inverse_osi
from osisnr_gui.export import csv_files as export
from osisnr_gui.export.csv_files import COLUMNS, frames_csv, text_cell
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.session import LossChoice, Session, Source


def _read(analysis: Analysis) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Comment values and rows, read as any program would."""
    text = b"".join(frames_csv(analysis)).decode("utf-8")
    lines = text.splitlines()
    comments = [line[2:] for line in lines if line.startswith("# ")]
    values = dict(line.split(": ", 1) for line in comments[1:-5])
    table = "\n".join(line for line in lines if not line.startswith("#"))
    return {name: json.loads(value) for name, value in values.items()}, list(csv.DictReader(io.StringIO(table)))


@pytest.fixture
def audio(tmp_path: Path) -> Analysis:
    """Two estimates of which the second is early by 300 samples, and a third that does not exist."""
    random = np.random.default_rng(0)
    reference = 0.1 * random.standard_normal(8000)
    reference[:2000] = 0.0
    sf.write(tmp_path / "r.wav", reference, 16000, subtype="DOUBLE")
    for name in ("a.wav", "=b,c.wav"):
        sf.write(tmp_path / name, reference + 0.02 * random.standard_normal(8000), 16000, subtype="DOUBLE")
    sources = [Source(str(tmp_path / "a.wav")), Source(str(tmp_path / "=b,c.wav"), delay=-300)]
    session = Session(
        (Source(str(tmp_path / "r.wav")),), (*sources, Source("gone.wav")), loss=LossChoice(0.5, 2.0), silence_db=50.0
    )
    return analyse(session, wanted=AnalysisOptions(pictures=False, alpha=0.5))


def test_header(audio: Analysis) -> None:
    first = next(iter(frames_csv(audio))).decode().splitlines()
    assert first[0].startswith("# osisnr ")
    assert all(line.startswith("# ") for line in first)
    # A spreadsheet cuts comment lines into cells, too: none may begin with a formula.
    assert not any("," in line for line in first)
    values, _ = _read(audio)
    assert audio.reference is not None
    assert values["schema"] == "osisnr.frames/1"
    assert values["reference"] == audio.reference.source.path
    assert values["estimate"] == audio.pairs[1].source.path
    assert values["estimate_delay_taken_out"] is True
    assert values["estimate_samples_taken_out"] == -300
    assert values["refused"].startswith("gone.wav: there is no such file; ")
    assert (values["alpha"], values["gamma"], values["silence_db"], values["n_fft"]) == (0.5, 2.0, 50.0, 512)


def test_rows_hold_the_exact_numbers(audio: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BLOCK_FRAMES", 7)
    _, rows = _read(audio)
    assert tuple(rows[0]) == COLUMNS
    at = 0
    for pair in audio.pairs[:2]:
        assert pair.score is not None
        facts = pair.score.facts
        frames = facts.frames
        part, at = rows[at : at + frames.n_frames], at + frames.n_frames
        assert [int(row["frame"]) for row in part] == list(
            range(frames.first_frame, frames.first_frame + frames.n_frames)
        )
        assert [float(row["time_s"]) for row in part] == pytest.approx(frames.times().tolist(), abs=1e-15)
        columns = {
            "literal_osi_db": frames.literal_osi_db,
            "exact_osi_db": np.where(facts.active, frames.exact_osi_db, np.nan),
            "mc_mse": pair.score.mc_mse(),
            "reference_energy_db": frames.projection.reference_db,
            "literal_loss_osi": inverse_osi(frames.literal_osi_db, EPS_FUSED),
            "exact_loss_osi": pair.score.terms()[0],
        }
        for name, values in columns.items():
            expected = [repr(value) if np.isfinite(value) else "" for value in values.tolist()]
            assert [row[name] for row in part] == expected, name
        assert [row["active"] == "1" for row in part] == facts.active.tolist()
        assert [row["bad"] == "1" for row in part] == (facts.active & (frames.exact_osi_db < 3.0)).tolist()
        fused = [float(row["exact_fused"]) for row in part if row["active"] == "1"]
        assert np.mean(fused) == pytest.approx(pair.score.exact.fused, rel=1e-12)
    assert at == len(rows)
    assert audio.pairs[1].score is not None
    assert audio.pairs[1].score.facts.frames.first_frame == 3


def test_silent_frames_have_empty_cells(audio: Analysis) -> None:
    _, rows = _read(audio)
    assert rows[0]["status"] == "silent_reference"
    for name in ("literal_osi_db", "exact_osi_db", "exact_loss_osi", "exact_fused", "gain_db", "reference_energy_db"):
        assert rows[0][name] == ""
    text = b"".join(frames_csv(audio)).decode()
    assert not {"nan", "inf", "-inf"} & set(text.replace("\n", ",").split(","))


def test_masks_have_no_time(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", np.random.default_rng(0).random((4, 3)))
    source = Source(str(tmp_path / "m.npy"))
    values, rows = _read(analyse(Session((source,), (source,)), wanted=AnalysisOptions(pictures=False)))
    assert [row["time_s"] for row in rows] == ["", "", ""]
    assert [row["frame"] for row in rows] == ["0", "1", "2"]
    assert [row["status"] for row in rows] == ["proportional"] * 3
    assert [float(row["exact_loss_osi"]) for row in rows] == [0.0] * 3
    assert (values["hop"], values["representation"]) == (None, "mask")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain.wav", "plain.wav"),
        ("=SUM(A1)", '"\'=SUM(A1)"'),
        ("+1", '"\'+1"'),
        ("-x.wav", '"\'-x.wav"'),
        ("@x", '"\'@x"'),
        ("a,b", '"a,b"'),
        ('a"b', '"a""b"'),
        ("a#b", '"a#b"'),
        ("a\n=b", "a\\x0a=b"),
        ("\t=b", "\\x09=b"),
        ("caf\udce9", "caf\\udce9"),
    ],
)
def test_text_cells(text: str, cell: str) -> None:
    assert text_cell(text) == cell
    (row,) = csv.reader([cell])
    assert len(row) == 1


def test_what_was_done_to_the_samples_is_in_the_header(audio: Analysis) -> None:
    untouched, _ = _read(audio)
    assert not {"estimate_gain", "estimate_flip", "estimate_offset", "reference_offset"} & set(untouched)
    session = audio.session
    assert session.reference is not None
    changed = replace(
        session,
        references=(replace(session.reference, offset=0.25),),
        estimates=(replace(session.estimates[0], gain=2.0, flip=True),),
    )
    values, _ = _read(analyse(changed, wanted=AnalysisOptions(pictures=False, alpha=0.5)))
    assert (values["reference_offset"], values["estimate_gain"], values["estimate_flip"]) == (0.25, 2.0, True)
