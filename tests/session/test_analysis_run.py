"""Files that break off are scored over what they hold."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from osisnr_gui.io.errors import BrokenOffError, OverwrittenError
from osisnr_gui.session import analysis as analysis_module
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.readers import AudioSignal
from osisnr_gui.session.result import AnalysisOptions
from osisnr_gui.session.session import Lengths, Session, Source
from osisnr_gui.session.tracks import Track

RATE, LENGTH = 16_000, 400_000


@pytest.fixture
def sounds(tmp_path: Path, noise: Callable[..., np.ndarray]) -> tuple[str, str]:
    """A whole reference, and an estimate of constant quality whose file is damaged in its middle."""
    s = noise(LENGTH)
    reference, estimate = tmp_path / "s.wav", tmp_path / "e.flac"
    soundfile.write(reference, s, RATE)
    soundfile.write(estimate, s + 0.1 * noise(LENGTH, 1), RATE)
    data = bytearray(estimate.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = b"\xff" * 64
    estimate.write_bytes(data)
    return str(reference), str(estimate)


def test_a_signal_has_no_zeros_for_samples_that_cannot_be_read(sounds: tuple[str, str]) -> None:
    with AudioSignal(Source(sounds[1])) as signal:
        assert signal.n_samples == LENGTH
        with pytest.raises(BrokenOffError, match=r"e\.flac: damaged at 12\.288 s: only 196608 of 400000 samples"):
            signal.read(LENGTH // 2 - 20_000, 100_000)
    with AudioSignal(Source(sounds[1])) as signal:  # known by now
        assert 150_000 < signal.n_samples < LENGTH // 2 + 10_000
        assert np.abs(signal.read(signal.n_samples - 100, 100)).max() > 0.01


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("around", [None, 20.0])
def test_damage_is_told_and_not_scored_as_silence(sounds: tuple[str, str], around: float | None, turned: bool) -> None:
    for path in sounds:
        os.utime(path)
    reference, estimate = map(Source, sounds[::-1] if turned else sounds)
    analysis = analyse(Session((reference,), (estimate,)), wanted=AnalysisOptions(around=around))
    (pair,) = analysis.pairs
    assert pair.error is None
    assert pair.frames is not None
    damaged = pair.reference if turned else pair.estimate
    assert damaged is not None
    assert [warning.code for warning in damaged.warnings] == ["DAMAGED"]
    assert damaged.n_samples is not None
    assert 0.4 * LENGTH < damaged.n_samples < 0.55 * LENGTH
    assert pair.frames.n_frames < 0.55 * LENGTH / 256 * 2
    assert pair.frames.exact_osi_db.min() > 15
    assert pair.frames.whole is not None
    assert float(pair.frames.whole.gain[0]) == pytest.approx(1.0, abs=0.02)


def test_a_damaged_file_alone_and_one_that_must_not_be_shorter(sounds: tuple[str, str]) -> None:
    reference, estimate = map(Source, sounds)
    alone = analyse(Session((estimate,), ()))
    assert alone.reference is not None
    assert alone.reference.error is None
    assert [warning.code for warning in alone.reference.warnings] == ["DAMAGED"]
    os.utime(sounds[1])
    (pair,) = analyse(Session((reference,), (estimate,), lengths=Lengths.REFUSE)).pairs
    assert pair.error is not None
    assert "samples against the reference's 400000" in str(pair.error)


def test_what_is_finished_is_kept_when_a_file_breaks_off(
    sounds: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every damaged file used to begin all pairs anew."""
    run, runs = analysis_module.run_pair, list[str]()

    def count(session: Session, tracks: tuple[Track, Track], *rest: Any, **options: Any) -> PairAnalysis:
        runs.append(tracks[1].name)
        return run(session, tracks, *rest, **options)

    monkeypatch.setattr(analysis_module, "run_pair", count)
    paths = [sounds[0], *(str(tmp_path / f"{k}.flac") for k in range(4))]
    for path in paths[1:]:
        shutil.copy(sounds[1], path)
    wanted = AnalysisOptions(pictures=False, delay=False)
    pairs = analyse(Session((Source(sounds[0]),), tuple(map(Source, paths))), wanted=wanted).pairs
    assert runs == ["s.wav", *(f"{k}.flac" for k in range(4) for _ in range(2))]
    alone = analyse(Session((Source(sounds[0]),), (Source(sounds[1]),)), wanted=wanted).pairs[0]
    assert alone.score is not None
    for pair in pairs[1:]:
        assert pair.score is not None
        assert pair.score.exact == alone.score.exact
        assert [warning.code for warning in pair.estimate.warnings] == ["DAMAGED"]


def test_a_file_that_was_overwritten_is_told_apart_from_a_damaged_one(sounds: tuple[str, str]) -> None:
    with AudioSignal(Source(sounds[0])) as signal:
        os.truncate(sounds[0], 100_000)
        with pytest.raises(OverwrittenError, match="the file changed while it was read") as caught:
            signal.read(LENGTH - 5000, 5000)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), str(copy)) == (OverwrittenError, str(caught.value))
