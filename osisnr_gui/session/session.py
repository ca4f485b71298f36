"""What the user asked for: paths and numbers only, frozen, comparable, ready for JSON.

Nothing here is looked up in a file; `None` means "decide from the file", and `analyse` says what was decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from osisnr_gui.core.bad_frames import DEFAULT_THRESHOLD_DB
from osisnr_gui.core.frame_status import DEFAULT_SILENCE_DB
from osisnr_gui.core.loss import DEFAULT_GAMMA
from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.core.stft import MAX_N_FFT, WINDOWS
from osisnr_gui.core.types import Representation

DOWNMIX = 0
MAX_CHANNEL = 64
MAX_DELAY = 1 << 40


def _within(default: Any, low: float, high: float) -> Any:
    """A field with the values a saved session may give it."""
    return field(default=default, metadata={"range": (low, high)})


class Formula(StrEnum):
    """Which of the two named results leads."""

    LITERAL = "literal"
    EXACT = "exact"

    @property
    def words(self) -> str:
        """The name as it must be shown with every number."""
        return "literal, all frames" if self is Formula.LITERAL else "exact, active frames"


class Lengths(StrEnum):
    """What to do when reference and estimate differ in length."""

    COMMON = "common"
    PAD = "pad"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Source:
    """One file and how to read it.

    channel : 1-based, DOWNMIX (0) = mean of all channels; None = channel 1, and say so when there are several.
    key : name of the array in .npz/.mat; transpose : rows are frames.
    delay : samples (at the reference's rate) by which the file is late; they are taken out before comparing.
    """

    path: str
    channel: int | None = _within(None, DOWNMIX, MAX_CHANNEL)
    key: str | None = None
    transpose: bool = False
    delay: int = _within(0, -MAX_DELAY, MAX_DELAY)


@dataclass(frozen=True, slots=True)
class FramingChoice:
    """STFT settings; None = default for the file (magnitude or mask; 32 ms / 8 ms)."""

    representation: Representation | None = None
    n_fft: int | None = _within(None, 2, MAX_N_FFT)
    hop: int | None = _within(None, 1, MAX_N_FFT)
    window: str = field(default="hann", metadata={"choices": WINDOWS})


@dataclass(frozen=True, slots=True)
class LossChoice:
    """alpha in (0, 1], gamma >= 0, loss_osi method 1 or 2, and the result that leads."""

    alpha: float = _within(DEFAULT_ALPHA, 1e-9, 1.0)
    gamma: float = _within(DEFAULT_GAMMA, 0.0, 1e12)
    method: int = _within(1, 1, 2)
    formula: Formula = Formula.LITERAL


@dataclass(frozen=True, slots=True)
class Note:
    """What the user wrote about a stretch of time: start, stop on the time axis (seconds; frames for masks)."""

    start: float
    stop: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """Everything an analysis depends on."""

    references: tuple[Source, ...] = ()
    estimates: tuple[Source, ...] = ()
    mixture: Source | None = None
    framing: FramingChoice = FramingChoice()
    loss: LossChoice = LossChoice()
    silence_db: float = _within(DEFAULT_SILENCE_DB, 0.0, 1000.0)
    threshold_db: float = _within(DEFAULT_THRESHOLD_DB, -1000.0, 1000.0)
    lengths: Lengths = Lengths.COMMON
    same_rate_only: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def reference(self) -> Source | None:
        """The reference the estimates are compared with."""
        return self.references[0] if self.references else None

    @property
    def sources(self) -> tuple[Source, ...]:
        """All files, reference first, estimates, then the mixture."""
        mixture = () if self.mixture is None else (self.mixture,)
        return self.references + self.estimates + mixture

    @property
    def is_empty(self) -> bool:
        """True when no file was named yet."""
        return not self.sources
