"""What the user asked for: paths and numbers only, frozen, comparable, ready for JSON; undo and redo over it.

Nothing here is looked up in a file; `None` means "decide from the file", and `analyse` says what was decided.
"""

import math
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any

from osisnr_gui.core import bad_frames
from osisnr_gui.core.loss import DEFAULT_GAMMA
from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.core.stft import MAX_N_FFT, WINDOWS
from osisnr_gui.core.types import Representation
from osisnr_gui.io.errors import Phrase
from osisnr_gui.io.headers import MAX_CHANNELS, MAX_RATE

DOWNMIX = 0
#: Samples, 6 minutes at 48 kHz: an early file is silent for so long, and that is searched and padded as sound is.
MAX_DELAY = 1 << 24
#: References, or estimates: each has a pass, a picture and a row of the window.
MAX_FILES = 1000
MAX_NOTES = 5000
#: Characters of a path, a key or a note: what a text field of the window takes.
MAX_TEXT = 32_767
#: Of a place on the time axis.
ANY_TIME = -1e9, 1e9


def within(default: Any, low: float, high: float) -> Any:
    """A field with the values a saved session may give it."""
    return field(default=default, metadata={"range": (low, high)})


def at_most(most: int, default: Any = MISSING) -> Any:
    """A list or text of so many items or characters."""
    return field(default=default, metadata={"most": most})


def limits(kind: type, name: str) -> tuple[Any, Any]:
    """The least and the largest value of a field of Session or one of its parts."""
    low, high = next(spec.metadata["range"] for spec in fields(kind) if spec.name == name)
    return low, high


class Formula(StrEnum):
    """Which of the two named results leads."""

    LITERAL = "literal"
    EXACT = "exact"

    @property
    def words(self) -> Phrase:
        """The name as it must be shown with every number."""
        return Phrase("literal, all frames") if self is Formula.LITERAL else Phrase("exact, active frames")

    @property
    def word(self) -> Phrase:
        """The name alone, for one frame."""
        return Phrase("literal") if self is Formula.LITERAL else Phrase("exact")


class Lengths(StrEnum):
    """What to do when reference and estimate differ in length."""

    COMMON = "common"
    PAD = "pad"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Source:
    """One file and how to read it.

    channel : 1-based, DOWNMIX (0) = mean of all channels; None = channel 1, and say so when there are several.
    key : name of the array in .npz/.mat; transpose : rows are frames; pair_axis : the last axis of the array holds real
    and imaginary parts.
    delay : samples (at the reference's rate) by which the file is late; they are taken out before comparing.
    flip : with the opposite sign. offset : what is subtracted from every sample (of full scale); gain : what they are
    multiplied by then. Both are for sound only.
    """

    path: str = at_most(MAX_TEXT)
    channel: int | None = within(None, DOWNMIX, MAX_CHANNELS)
    key: str | None = at_most(MAX_TEXT, None)
    transpose: bool = False
    pair_axis: bool = False
    delay: int = within(0, -MAX_DELAY, MAX_DELAY)
    flip: bool = False
    offset: float = within(0.0, -1e30, 1e30)
    gain: float = within(1.0, 1e-30, 1e30)

    @property
    def signal(self) -> tuple[str, int | None, str | None]:
        """What is read: the same however it is moved, turned or scaled then."""
        return self.path, self.channel, self.key


@dataclass(frozen=True, slots=True)
class FramingChoice:
    """STFT settings; None = default for the file (magnitude or mask; 32 ms / 8 ms)."""

    representation: Representation | None = None
    n_fft: int | None = within(None, 2, MAX_N_FFT)
    hop: int | None = within(None, 1, MAX_N_FFT)
    window: str = field(default="hann", metadata={"choices": WINDOWS})


@dataclass(frozen=True, slots=True)
class MaskGrid:
    """The STFT that masks belong to, as far as it is known; seconds and Hz need both rate (Hz) and hop (samples).

    n_fft : None = 2*(bins - 1). centred : frame i is centred on sample i*hop (an STFT padded at both ends), else it
    begins there. window : of the STFT, where masks are applied to a mixture.
    """

    rate: int | None = within(None, 1, MAX_RATE)
    hop: int | None = within(None, 1, MAX_N_FFT)
    n_fft: int | None = within(None, 2, MAX_N_FFT)
    centred: bool = False
    window: str = field(default="hann", metadata={"choices": WINDOWS})

    @property
    def is_known(self) -> bool:
        """Whether frames have a place in time, and bins a frequency."""
        return self.rate is not None and self.hop is not None


@dataclass(frozen=True, slots=True)
class LossChoice:
    """alpha in (0, 1], gamma >= 0, loss_osi method 1 or 2, and the result that leads."""

    alpha: float = within(DEFAULT_ALPHA, 1e-9, 1.0)
    gamma: float = within(DEFAULT_GAMMA, 0.0, 1e12)
    method: int = within(1, 1, 2)
    formula: Formula = Formula.EXACT


class Criterion(StrEnum):
    """What makes an active frame bad; missed frames and false activity are bad in their own right."""

    OSI = "osi"
    LOSS = "loss"
    DROP = "drop"
    AGAINST = "against"
    WORST = "worst"
    SHARE = "share"

    @property
    def by_osi(self) -> bool:
        """Whether frames are bad under one exact OSI-SNR, given or found."""
        return self in (Criterion.OSI, Criterion.WORST, Criterion.SHARE)

    @property
    def is_relative(self) -> bool:
        """Whether frames are held against another curve instead of one limit."""
        return self in (Criterion.DROP, Criterion.AGAINST)


@dataclass(frozen=True, slots=True)
class BadChoice:
    """Which frames are listed as bad; the limit of `Criterion.OSI` is the session's `threshold_db`.

    loss_limit : fused loss of a frame. drop_db, window_s : drop under the running median of this many seconds.
    against_db, against : drop under another estimate, by its place; None = the first other one. worst_share,
    loss_share : the lowest exact OSI-SNR, as a share of the frames that count, or of the loss (method 1) they hold.
    minimum_s, join_s : shortest segment listed, longest gap closed. gate_db : frames this far below the loudest one do
    not count; None = all count. Seconds of a mask without a sample rate are counted in frames of 8 ms.
    """

    criterion: Criterion = Criterion.OSI
    loss_limit: float = within(1.0, 0.0, 1e12)
    drop_db: float = within(6.0, 0.0, 1000.0)
    window_s: float = within(1.0, 0.05, 600.0)
    against_db: float = within(3.0, 0.0, 1000.0)
    against: int | None = within(None, 0, MAX_FILES - 1)
    minimum_s: float = within(bad_frames.MINIMUM_SECONDS, 0.0, 60.0)
    join_s: float = within(bad_frames.JOIN_SECONDS, 0.0, 60.0)
    gate_db: float | None = within(bad_frames.DEFAULT_GATE_DB, 0.0, 200.0)
    worst_share: float = within(0.01, 0.001, 1.0)
    loss_share: float = within(0.5, 0.001, 1.0)


@dataclass(frozen=True, slots=True)
class Note:
    """What the user wrote about a stretch of time: start, stop on the time axis (seconds; frames for masks)."""

    start: float = within(MISSING, *ANY_TIME)
    stop: float = within(MISSING, *ANY_TIME)
    text: str = at_most(MAX_TEXT, "")


@dataclass(frozen=True, slots=True)
class Session:
    """Everything an analysis depends on.

    pairing : for each estimate the place of its reference among the references; where it says nothing, estimates take
    the references in turn (one reference serves all). roles_guessed : the names did not tell the roles, and nobody has
    chosen. hidden : places of estimates whose curve is not drawn.
    """

    references: tuple[Source, ...] = at_most(MAX_FILES, ())
    estimates: tuple[Source, ...] = at_most(MAX_FILES, ())
    mixture: Source | None = None
    pairing: tuple[int, ...] = at_most(MAX_FILES, ())
    framing: FramingChoice = FramingChoice()
    mask_grid: MaskGrid = MaskGrid()
    loss: LossChoice = LossChoice()
    silence_db: float = within(bad_frames.DEFAULT_SILENCE_DB, 0.1, math.inf)
    threshold_db: float = within(bad_frames.DEFAULT_THRESHOLD_DB, -1000.0, 1000.0)
    bad: BadChoice = BadChoice()
    lengths: Lengths = Lengths.COMMON
    same_rate_only: bool = False
    notes: tuple[Note, ...] = at_most(MAX_NOTES, ())
    roles_guessed: bool = False
    hidden: tuple[int, ...] = at_most(MAX_FILES, ())

    @property
    def reference(self) -> Source | None:
        """The first reference; the only one unless there are several speakers."""
        return self.references[0] if self.references else None

    def partner_of(self, estimate: int) -> int:
        """Place of the reference with which estimate number `estimate` is compared; 0 without references."""
        count = max(1, len(self.references))
        chosen = self.pairing[estimate] if estimate < len(self.pairing) else -1
        return chosen if 0 <= chosen < count else estimate % count

    @property
    def partners(self) -> tuple[int, ...]:
        """`partner_of` every estimate."""
        return tuple(map(self.partner_of, range(len(self.estimates))))

    @property
    def sources(self) -> tuple[Source, ...]:
        """All files, reference first, estimates, then the mixture."""
        mixture = () if self.mixture is None else (self.mixture,)
        return self.references + self.estimates + mixture

    @property
    def is_empty(self) -> bool:
        """True when no file was named yet."""
        return not self.sources


MERGE_SECONDS = 1.0
#: Edits whose key begins so, a new note and its first words, are one step however long they take.
AT_LEISURE = "leisurely:"
MOST_STEPS = 2000


class History:
    """Sessions before and after the present one.

    Edits with the same non-empty key that follow each other within a second count as one, and so do all of a drag,
    however long the pointer rests in it, or whose key says so (AT_LEISURE).
    """

    def __init__(self, session: Session) -> None:
        self.present = session
        self._past: list[Session] = []
        self._future: list[Session] = []
        self._key = ""
        self._when = float("-inf")
        self._held = False

    @property
    def previous(self) -> Session | None:
        """What `undo` would go back to; None where there is nothing."""
        return self._past[-1] if self._past else None

    @property
    def following(self) -> Session | None:
        """What `redo` would go forward to; None where nothing was undone."""
        return self._future[-1] if self._future else None

    def hold(self, held: bool, now: float) -> None:
        """A drag begins or ends; `now` as for `push`."""
        if held and now - self._when > MERGE_SECONDS:
            self._key = ""  # another drag, another step
        elif self._held:
            self._when = now  # the last place of the handle may be told after it was let go
        self._held = held

    def push(self, session: Session, key: str, now: float) -> None:
        """Make `session` the present one; `now` in seconds, on any clock that only goes forward."""
        follows = self._held or key.startswith(AT_LEISURE) or now - self._when <= MERGE_SECONDS
        merges = key != "" and key == self._key and follows and self._past
        if not merges:
            self._past = [*self._past[-MOST_STEPS + 1 :], self.present]
        self._future = []
        self.present, self._key, self._when = session, key, now

    def undo(self) -> Session:
        """Back to the session before."""
        return self._step(self._past, self._future)

    def find(self, wanted: Callable[[Session], bool]) -> bool:
        """Go to the nearest session that is wanted, backwards first; stay and say False where there is none."""
        if wanted(self.present):
            return True
        for sessions, step in ((self._past, self.undo), (self._future, self.redo)):
            if any(map(wanted, sessions)):
                while not wanted(self.present):
                    step()
                return True
        return False

    def redo(self) -> Session:
        """Forward again."""
        return self._step(self._future, self._past)

    def _step(self, taken: list[Session], left: list[Session]) -> Session:
        if taken:
            left.append(self.present)
            self.present = taken.pop()
            self._key = ""
        return self.present
