"""What the user asked for: paths and numbers only, frozen, comparable, ready for JSON.

Nothing here is looked up in a file; `None` means "decide from the file", and `analyse` says what was decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from osisnr_gui.core.bad_frames import DEFAULT_THRESHOLD_DB
from osisnr_gui.core.frame_status import DEFAULT_SILENCE_DB
from osisnr_gui.core.loss import DEFAULT_GAMMA
from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.core.types import Representation

DOWNMIX = 0


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
    channel: int | None = None
    key: str | None = None
    transpose: bool = False
    delay: int = 0


@dataclass(frozen=True, slots=True)
class FramingChoice:
    """STFT settings; None = default for the file (magnitude or mask; 32 ms / 8 ms)."""

    representation: Representation | None = None
    n_fft: int | None = None
    hop: int | None = None
    window: str = "hann"


@dataclass(frozen=True, slots=True)
class LossChoice:
    """alpha in (0, 1], gamma >= 0, loss_osi method 1 or 2, and the result that leads."""

    alpha: float = DEFAULT_ALPHA
    gamma: float = DEFAULT_GAMMA
    method: int = 1
    formula: Formula = Formula.LITERAL


@dataclass(frozen=True, slots=True)
class Session:
    """Everything an analysis depends on."""

    references: tuple[Source, ...] = ()
    estimates: tuple[Source, ...] = ()
    mixture: Source | None = None
    framing: FramingChoice = FramingChoice()
    loss: LossChoice = LossChoice()
    silence_db: float = DEFAULT_SILENCE_DB
    threshold_db: float = DEFAULT_THRESHOLD_DB
    lengths: Lengths = Lengths.COMMON
    same_rate_only: bool = False

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
