"""Pairs of files with one imperfection each, and what is to be said of it by the window and by the command line.

Everything comes from one reference of a second, `voice()`, and a good estimate of it, both 16-bit WAV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import DOWNMIX, Formula, Lengths

RATE = 16_000
Samples = NDArray[np.float64]
Make = Callable[[Path], tuple[Path, Path]]
Effect = Callable[[Analysis, Analysis], object]


@dataclass(frozen=True)
class Case:
    """One imperfection.

    code, says : the notice, and parts of its message. remedy : the button that is pressed, "" for none. effect :
    whether it did what it promises, of the analyses before and after. undo_code : the notice whose Undo takes it back,
    "" where there is none. options : what the command line is told for the same result as after the remedy.
    refused : the estimate gets no numbers.
    """

    name: str
    make: Make
    code: str
    says: tuple[str, ...]
    remedy: str
    effect: Effect = lambda before, after: before.pairs[0].score is not after.pairs[0].score
    undo_code: str = ""
    options: tuple[str, ...] | None = None
    refused: bool = False


def voice(seconds: float = 1.0, rate: int = RATE) -> Samples:
    """Swelling noise from 150 Hz to 3.5 kHz, RMS -23 dBFS, without a mean: the same sound at any rate and length."""
    n = round(2.0 * RATE)
    noise = np.random.default_rng(1).standard_normal(n) * (0.3 + np.abs(np.sin(np.arange(n) / 2500)))
    spectrum, frequencies = np.fft.rfft(noise), np.fft.rfftfreq(n, 1 / RATE)
    spectrum[(frequencies < 150) | (frequencies > 3500)] = 0.0
    sound = np.fft.irfft(spectrum, n)
    sound *= 10 ** (-23 / 20) / np.sqrt(np.mean(sound**2))
    if rate != RATE:
        common = np.gcd(rate, RATE)
        sound = resample_poly(sound, rate // common, RATE // common)
    return np.asarray(sound[: round(seconds * rate)])


def good(seconds: float = 1.0, rate: int = RATE) -> Samples:
    """The voice with noise 20 dB under it."""
    n = round(seconds * rate)
    return voice(seconds, rate) + 10 ** (-43 / 20) * np.random.default_rng(2).standard_normal(n)


def sound(
    change: Callable[[Samples], Samples] = lambda x: x,
    *,
    reference: Callable[[Samples], Samples] = lambda x: x,
    seconds: float = 1.0,
    rates: tuple[int, int] = (RATE, RATE),
    names: tuple[str, str] = ("ref-1.wav", "est-1.wav"),
) -> Make:
    """Reference and estimate as sound, each changed; `seconds` : length of the estimate."""

    def make(folder: Path) -> tuple[Path, Path]:
        paths = folder / names[0], folder / names[1]
        # Hyphens in the names: they must come out of every message as they are.
        soundfile.write(paths[0], reference(voice(rate=rates[0])), rates[0], subtype="FLOAT")
        soundfile.write(paths[1], change(good(seconds, rates[1])), rates[1], subtype="FLOAT")
        return paths

    return make


def masks(change: Callable[[Samples], Samples]) -> Make:
    """Two masks of 17 bins and 40 frames, the second changed."""

    def make(folder: Path) -> tuple[Path, Path]:
        paths = folder / "ref-1.npy", folder / "est-1.npy"
        mask = np.random.default_rng(3).uniform(0.05, 0.9, (17, 40))
        np.save(paths[0], mask)
        np.save(paths[1], change(np.clip(mask + 0.1 * np.random.default_rng(4).standard_normal(mask.shape), 0, 1)))
        return paths

    return make


def scaled(level_db: float) -> Callable[[Samples], Samples]:
    """Louder by so much."""
    return lambda x: x * 10 ** (level_db / 20)


def at_level(level_db: float) -> Callable[[Samples], Samples]:
    """RMS at so many dBFS."""
    return lambda x: x * 10 ** (level_db / 20) / np.sqrt(np.mean(x**2))


def clipped(x: Samples) -> Samples:
    """Full scale for 10, 40 and 3 samples."""
    x = x.copy()
    for start, length in ((2000, 10), (8000, 40), (12_000, 3)):
        x[start : start + length] = 1.0
    return x


def beside(*others: float) -> Callable[[Samples], Samples]:
    """Several channels: the signal first, then multiples of it; 0 is other noise."""
    return lambda x: np.stack(
        [x, *(k * x if k else 0.05 * np.random.default_rng(9).standard_normal(len(x)) for k in others)], axis=1
    )


def holed(x: Samples) -> Samples:
    """A mask with cells that are no numbers."""
    x = x.copy()
    x[2, 3:9], x[4, 7] = np.nan, np.inf
    return x


def n_frames(analysis: Analysis) -> int:
    """Frames that are compared; 0 for a refused pair."""
    frames = analysis.pairs[0].frames if analysis.pairs and analysis.pairs[0].error is None else None
    return 0 if frames is None else frames.n_frames


def is_refused(_before: Analysis, after: Analysis) -> bool:
    """It was compared, and is not any more."""
    return after.pairs[0].error is not None and after.pairs[0].score is None


def leads_exact(_before: Analysis, after: Analysis) -> bool:
    """Exact numbers lead, and the notices about the literal formula are gone."""
    said = {notice.code for notice in after.notices}
    return after.session.loss.formula is Formula.EXACT and not said & {"quiet", "literal_not_meaningful"}


def whole(analysis: Analysis, name: str) -> float:
    """A measure of the whole signals."""
    found = analysis.pairs[0].whole
    return float("nan") if found is None else float(getattr(found, name))


def _other_rate(estimate: int, reference: int = RATE) -> Case:
    says = (f"{estimate} Hz, resampled to the reference's {reference} Hz", "about 30 dB")
    make = sound(rates=(reference, estimate))
    remedy = "Refuse instead"
    return Case(
        f"{estimate} Hz against {reference} Hz",
        make,
        "sample_rate_mismatch",
        says,
        remedy,
        is_refused,
        "",
        ("--strict",),
    )


def _louder(level_db: float) -> Case:
    word = "louder" if level_db > 0 else "quieter"
    sign = "+" if level_db > 0 else "−"
    return Case(
        f"gain {level_db:+.0f} dB",
        sound(scaled(level_db)),
        "gain",
        (f"{abs(level_db):.1f} dB {word}", f"gain {sign}{abs(level_db):.1f} dB", "−23.", "the fused loss"),
        "Match level",
        lambda before, after: (
            abs(whole(after, "gain_db")) < 1e-6 and whole(after, "snr_db") > 19 > whole(before, "snr_db")
        ),
        "level_matched",
    )


def _near_silent(level_db: float, seconds: float) -> Case:
    """Both files this quiet, so that no level difference is in the way."""
    return Case(
        f"{level_db:.0f} dBFS",
        sound(at_level(level_db), reference=at_level(level_db), seconds=seconds),
        "near_silent",
        (f"RMS −{-level_db:.1f} dBFS", "peak −"),
        "Show exact, active frames",
        leads_exact,
    )


CASES: tuple[Case, ...] = (
    Case(
        "half a second short",
        sound(seconds=0.5),
        "length_mismatch",
        ("0.500 s against the reference's 1.000 s", "the reference's last 8000 samples (0.500 s) are left out"),
        "Pad with zeros",
        lambda before, after: after.session.lengths is Lengths.PAD and n_frames(after) > 1.9 * n_frames(before),
        "length_mismatch",
    ),
    Case(
        "half a second long",
        sound(seconds=1.5),
        "length_mismatch",
        ("1.500 s against the reference's 1.000 s", "the estimate's last 8000 samples (0.500 s) are left out"),
        "Refuse",
        is_refused,
        options=("--strict",),
    ),
    _other_rate(8000),
    _other_rate(44_100),
    _other_rate(48_000),
    _other_rate(RATE, 8000),
    _other_rate(RATE, 44_100),
    _other_rate(RATE, 48_000),
    Case(
        "left is not right",
        sound(beside(0.0)),
        "channels",
        ("2 channels; channel 1 is used, nothing was mixed",),
        "Channel 2",
        lambda before, after: whole(after, "si_snr_db") < 0.0 < whole(before, "si_snr_db"),
        "channels",
    ),
    Case(
        "left is minus right",
        sound(beside(-1.0)),
        "channels",
        ("2 channels",),
        "Mean of all",
        lambda _before, after: (
            after.session.estimates[0].channel == DOWNMIX
            and any(n.code == "silent" and "they cancel out" in n.message for n in after.notices)
        ),
        "channels",
    ),
    Case(
        "every channel",
        sound(beside(0.5), reference=beside(0.5)),
        "channels",
        ("2 channels",),
        "Each channel as its own estimate",
        lambda before, after: (
            len(after.pairs) == len(after.references) == 2
            and [after.pairs[k].source.channel for k in (0, 1)] == [1, 2]
            and after.pairs[0].score.literal == before.pairs[0].score.literal  # type: ignore[union-attr]
        ),
        "channels",
    ),
    Case(
        "inverted",
        sound(lambda x: -x),
        "polarity",
        ("the signal is inverted (correlation −1.00)", "OSI-SNR does not see polarity"),
        "Flip",
        lambda _before, after: whole(after, "snr_db") > 15 and "polarity" not in {n.code for n in after.notices},
        "flipped",
    ),
    _louder(-20.0),
    _louder(12.0),
    Case(
        "DC offset",
        sound(lambda x: x + 0.02),
        "dc",
        ("% of its RMS", "(+0.02", "nothing was removed"),
        "Take it out",
        lambda _before, after: (
            abs(after.pairs[0].estimate.level.mean) < 1e-9 and whole(after, "snr_db") > 19.5  # type: ignore[union-attr]
        ),
        "dc_removed",
    ),
    Case(
        "clipped",
        sound(clipped),
        "clipping",
        ("3 clipped places (3 or more samples at full scale), the longest 40 samples at 0.500 s",),
        "",
    ),
    _near_silent(-60.0, 1.0),
    _near_silent(-90.0, 1.0),
    Case(
        "all zero",
        sound(np.zeros_like),
        "silent",
        ("there is only silence",),
        "Remove",
        lambda _before, after: not after.pairs and not after.session.estimates,
    ),
    Case(
        "masks of other lengths",
        masks(lambda x: x[:, :30]),
        "length_mismatch",
        ("30 frames against the reference's 40", "the reference's last 10 frames are left out"),
        "Pad with zeros",
        lambda before, after: (n_frames(before), n_frames(after)) == (30, 40),
        "length_mismatch",
    ),
    Case(
        "masks of other bins",
        masks(lambda x: x[:12]),
        "refused",
        ("12 × 40 does not fit the reference's 17 × 40 bins × frames",),
        "Remove",
        lambda _before, after: not after.pairs,
        refused=True,
    ),
    Case(
        "a transposed mask",
        masks(lambda x: np.ascontiguousarray(x.T)),
        "refused",
        ("40 × 17 does not fit the reference's 17 × 40", "(one of them may be transposed)"),
        "Transpose the estimate",
        lambda _before, after: n_frames(after) == 40,
        "transposed",
        refused=True,
    ),
    Case(
        "NaN in a mask",
        masks(holed),
        "refused",
        ("6 cells are NaN and 1 infinite, at (row, column from 0) (2, 3), (2, 4), (2, 5), (2, 6), (2, 7), …",),
        "Remove",
        lambda _before, after: not after.pairs,
        refused=True,
    ),
)
