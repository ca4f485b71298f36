"""Delays of the demos' estimates: the lag, the score before and after, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from scipy import signal

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse, analyse_numbers
from osisnr_gui.session.delays import lag_words, si_snr_db_at
from osisnr_gui.session.notices.all_notices import Notice
from osisnr_gui.session.session import Lengths, Session, Source
from osisnr_gui.text.comparison import measured_delay

RATE = 16_000
NUMBERS = AnalysisOptions(pictures=False)
Write = Callable[..., str]


@pytest.fixture
def pair(samples: Path) -> tuple[np.ndarray, np.ndarray]:
    """Reference and an estimate of the enhancement demo."""
    names = "2_enhancement_clean", "2_enhancement_est_dfn3"
    clean, estimate = (sf.read(samples / f"{name}.flac")[0] for name in names)
    return clean, estimate


def _late(x: np.ndarray, samples: int) -> np.ndarray:
    return np.concatenate((np.zeros(samples), x)) if samples >= 0 else x[-samples:]


def _session(write: Write, s: np.ndarray, e: np.ndarray, rate: int = RATE) -> Session:
    return Session((Source(write("clean.wav", s)),), (Source(write("estimate.wav", e, rate)),))


def _notices(analysis: Analysis) -> dict[str, Notice]:
    return {notice.code: notice for notice in analysis.notices}


def _press(analysis: Analysis, code: str, label: str) -> Analysis:
    (remedy,) = [remedy for remedy in _notices(analysis)[code].remedies if remedy.label == label]
    return analyse(remedy.edit(analysis.session), analysis, wanted=NUMBERS)


def _si_snr_db(s: np.ndarray, e: np.ndarray) -> float:
    target = (s @ e) / (s @ s) * s
    return float(10 * np.log10((target @ target) / ((e - target) @ (e - target))))


def _shown(value: float) -> str:
    return f"{value:.1f} dB".replace("-", "\u2212")


def _arrays(analysis: Analysis) -> list[bytes]:
    """Every number of the result, to the bit."""
    (pair,) = analysis.pairs
    frames = pair.frames
    arrays = [frames.literal_osi_db, frames.exact_osi_db, frames.table.values, frames.table.exponents]
    for projection in (frames.projection, frames.whole):
        arrays += [getattr(projection, name) for name in type(projection).__dataclass_fields__]
    arrays += [pair.delay.curve.common, pair.delay.curve.padded, np.array([pair.delay.samples, pair.delay.peak])]
    return [array.tobytes() for array in arrays]


@pytest.mark.parametrize("late", [137, -1600, 0])
def test_a_delayed_demo(write: Write, pair: tuple[np.ndarray, np.ndarray], late: int) -> None:
    s, e = pair
    delayed = _late(e, late)
    first = analyse(_session(write, s, delayed), wanted=NUMBERS)
    (found,) = first.pairs
    assert found.delay.samples == late
    assert found.delay.trusted == (late != 0)
    n = min(len(s), len(delayed))
    before = _si_snr_db(s[:n], delayed[:n])
    cut = max(0, -late)
    after = _si_snr_db(s[cut:], e[cut:])
    assert si_snr_db_at(found.delay, Lengths.COMMON, 0) == pytest.approx(before, abs=1e-6)
    assert si_snr_db_at(found.delay, Lengths.COMMON, late) == pytest.approx(after, abs=1e-6)
    assert found.whole.si_snr_db == pytest.approx(before, abs=1e-6)
    if late == 0:
        assert not {"delay", "aligned"} & set(_notices(first))
        return
    how = "137 samples (8.56 ms) late" if late > 0 else "1600 samples (100.00 ms) early"
    message = _notices(first)["delay"].message
    assert f"{how} (correlation 0." in message
    assert message.endswith(
        f"; whole-signal SI-SNR {_shown(before)}, {_shown(after)} once aligned; nothing was shifted"
    )

    aligned = _press(first, "delay", "Align")
    moved = "137 samples (8.56 ms) earlier" if late > 0 else "1600 samples (100.00 ms) later"
    words = f"moved {moved}; whole-signal SI-SNR {_shown(before)} \u2192 {_shown(after)}"
    assert words in _notices(aligned)["aligned"].message
    assert aligned.pairs[0].whole.si_snr_db == pytest.approx(after, abs=1e-6)
    back = _press(aligned, "aligned", "Undo")
    assert back.session == first.session
    assert _arrays(back) == _arrays(first)
    assert back.pairs[0].score.exact == first.pairs[0].score.exact
    assert back.notices[0].message == first.notices[0].message


@pytest.mark.parametrize("late", [137, -1600, 0])
def test_ten_decibels_under_the_noise(write: Write, pair: tuple[np.ndarray, np.ndarray], late: int) -> None:
    """A correlation of about 0.3: the lag is right, and offered only where it is certain."""
    s, e = pair
    noise = np.random.default_rng(0).normal(size=len(_late(e, late)))
    noisy = _late(e, late) + noise * np.sqrt(10 * (e @ e) / len(e))
    first = analyse(_session(write, s, noisy), wanted=NUMBERS)
    delay = first.pairs[0].delay
    assert delay.samples == late
    assert abs(delay.peak) == pytest.approx(0.3, abs=0.03)
    assert delay.certain == (abs(delay.peak) > 0.3)
    assert ("delay" in _notices(first)) == (late != 0 and delay.certain)
    assert int(np.nanargmax(np.abs(delay.curve.common))) - len(delay.curve.common) // 2 == late


def test_a_delay_that_changes_no_decimal_is_said_in_one_figure(
    write: Write, pair: tuple[np.ndarray, np.ndarray]
) -> None:
    """Between two samples, a hair nearer to the later one."""
    s, _ = pair
    e = 0.4999 * s
    e[1:] += 0.5001 * s[:-1]
    first = analyse(_session(write, s, e), wanted=NUMBERS)
    message = _notices(first)["delay"].message
    assert "1 sample (0.06 ms) late" in message
    assert f"; whole-signal SI-SNR {_shown(first.pairs[0].whole.si_snr_db)} also once aligned; nothing was" in message


@pytest.mark.parametrize("late", [137, -1600])
def test_at_half_the_rate(write: Write, pair: tuple[np.ndarray, np.ndarray], late: int) -> None:
    """Samples are those of the reference, also where the estimate has fewer."""
    s, e = pair
    slow = signal.resample_poly(_late(e, late), 1, 2)
    first = analyse(_session(write, s, slow, RATE // 2), wanted=NUMBERS)
    assert first.pairs[0].delay.samples == late
    after = si_snr_db_at(first.pairs[0].delay, Lengths.COMMON, late)
    assert f"{_shown(after)} once aligned" in _notices(first)["delay"].message
    aligned = _press(first, "delay", "Align")
    assert aligned.pairs[0].whole.si_snr_db == pytest.approx(after, abs=1e-6)


def test_padded(write: Write, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """The score that is promised is the one under the policy in force."""
    s, e = pair
    session = replace(_session(write, s[:-20_000], _late(e, 137)), lengths=Lengths.PAD)
    first = analyse(session, wanted=NUMBERS)
    delay = first.pairs[0].delay
    for samples in (0, 137, -300):
        moved = edits.change_source(session, session.estimates[0], delay=samples)
        whole = analyse(moved, first, wanted=NUMBERS).pairs[0].whole
        assert si_snr_db_at(delay, Lengths.PAD, samples) == pytest.approx(whole.si_snr_db, abs=1e-6)
        assert si_snr_db_at(delay, Lengths.COMMON, samples) != pytest.approx(whole.si_snr_db, abs=1e-3)


def test_moved_by_hand(write: Write, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Beside the peak the notice says where it is, and goes there."""
    s, e = pair
    session = _session(write, s, _late(e, 137))
    moved = edits.change_source(session, session.estimates[0], delay=-1)
    first = analyse(moved, wanted=NUMBERS)
    message = _notices(first)["aligned"].message
    assert "moved 1 sample (0.06 ms) later; whole-signal SI-SNR" in message
    assert "dB at the peak, 137 samples (8.56 ms) late" in message
    assert _press(first, "aligned", "Align").session.estimates[0].delay == 137
    assert _press(first, "aligned", "Undo").session == session


def test_a_known_delay_is_not_measured_again(
    write: Write, pair: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    s, e = pair
    first = analyse(_session(write, s, _late(e, 137)), wanted=NUMBERS)
    for module in ("analysis.measure_delay", "pair_pass.DelaySearch"):
        monkeypatch.setattr(f"osisnr_gui.session.{module}", None)
    aligned = _press(first, "delay", "Align")
    assert aligned.pairs[0].delay is first.pairs[0].delay
    assert aligned.pairs[0].estimate.level is first.pairs[0].estimate.level, "nor is the file checked again"


def test_what_is_shown_of_a_delay(write: Write, pair: tuple[np.ndarray, np.ndarray]) -> None:
    s, e = pair
    session = _session(write, s, _late(e, -1600))
    first = analyse(session, wanted=NUMBERS)
    (estimate,) = session.estimates
    shown = measured_delay(session, first, estimate)
    assert shown.name == "A · estimate.wav against clean.wav"
    assert shown.si_snr_db.shape == (RATE + 1,)
    before, after = (si_snr_db_at(shown.delay, Lengths.COMMON, samples) for samples in (0, -1600))
    head, as_is, now, peak = shown.rows(-1)
    assert head[3] == "whole-signal SI-SNR"
    assert as_is[:4] == ("as it is", "0 samples", "0.00 ms", _shown(before))
    assert now[1:3] == ("\u22121 sample", "\u22120.06 ms")
    assert peak[1:4] == ("\u22121600 samples", "\u2212100.00 ms", _shown(after))
    assert shown.words(-1600) == f"1600 samples (100.00 ms) early: SI-SNR {_shown(after)}, correlation {peak[4]}"
    assert "–" in shown.words(20_000), "beyond what was searched nothing is known"
    assert measured_delay(edits.change_source(session, estimate, flip=True), first, estimate) is None
    assert measured_delay(edits.set_delay(session, estimate, 7), first, estimate) == shown
    assert measured_delay(Session(), first, estimate) is None
    assert measured_delay(session, Analysis(session), estimate) is None


@pytest.mark.parametrize(
    ("samples", "rate", "words"),
    [
        (1, 16_000, "1 sample (0.06 ms)"),
        (-2, 16_000, "2 samples (0.12 ms)"),
        (1, 48_000, "1 sample (0.021 ms)"),
        (1, 192_000, "1 sample (0.005 ms)"),
        (-1600, 16_000, "1600 samples (100.00 ms)"),
        (24_000, 48_000, "24\u202f000 samples (500.00 ms)"),
    ],
)
def test_the_words_of_a_lag(samples: int, rate: int, words: str) -> None:
    assert lag_words(samples, rate) == words


def test_numbers_with_delays_taken_out(write: Write, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """As the command line asks for them: the same sentence as in the window."""
    s, e = pair
    session = _session(write, s, _late(e, 137))
    aligned = analyse_numbers(session, align=True)
    in_window = _press(analyse(session, wanted=NUMBERS), "delay", "Align")
    assert _notices(aligned)["aligned"].message == _notices(in_window)["aligned"].message
    assert aligned.session == replace(session, estimates=(replace(session.estimates[0], delay=137),))
