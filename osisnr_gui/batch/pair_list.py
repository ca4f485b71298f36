"""List of pairs with their numbers as columns, for sorting and filtering without a loop over rows; its sentences."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, auto

import numpy as np

from osisnr_gui.batch.files import COLUMNS, warnings_of
from osisnr_gui.batch.pairs import BatchPair
from osisnr_gui.batch.runner import BatchRow, BatchSettings
from osisnr_gui.core.types import FloatArray, IntArray
from osisnr_gui.export.measures import LISTED
from osisnr_gui.session import words
from osisnr_gui.session.session import FramingChoice
from osisnr_gui.text.catalogue import _, ngettext

#: The columns of numbers, by their names in the saved table.
NUMBERS = (*(measure.column for measure in LISTED), "bad_segments")
NAME = "name"
REMARKS = "remarks"
_GETTERS = [next(column.get for column in COLUMNS if column.name == name) for name in NUMBERS]


class State(IntEnum):
    """What is known of a pair, in the order in which equal rows stand."""

    SCORED = 0
    REFUSED = 1
    WAITING = 2


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A pair that was dealt with. numbers : as NUMBERS, NaN where there is none that is finite."""

    row: BatchRow
    numbers: tuple[float, ...]

    @classmethod
    def of(cls, row: BatchRow) -> "ListedRow":
        """Look the numbers up: done where rows are made, so that a view need not."""
        cells = [get(row) for get in _GETTERS]
        return cls(row, tuple(math.nan if cell is None else float(cell) for cell in cells))


class PairList:
    """Pairs by their place in the order of their names, and what came of them."""

    def __init__(self, pairs: Sequence[BatchPair] = ()) -> None:
        self.pairs = tuple(pairs)
        self.rows: list[BatchRow | None] = [None] * len(self.pairs)
        self._places = {pair.name: place for place, pair in enumerate(self.pairs)}
        self._values = np.full((len(NUMBERS), len(self.pairs)), np.nan)
        self._states = np.full(len(self.pairs), State.WAITING, dtype=np.int64)
        self._remarked = np.zeros(len(self.pairs), dtype=np.bool_)
        self._searched = [pair.name.casefold() for pair in self.pairs]
        self._by_name: IntArray = np.argsort(np.array(self._searched, dtype=np.str_), kind="stable")

    def __len__(self) -> int:
        return len(self.pairs)

    def put(self, found: Iterable[ListedRow]) -> None:
        """Take in what came of some pairs."""
        for listed in found:
            place = self._places[listed.row.pair.name]
            self.rows[place] = listed.row
            self._values[:, place] = listed.numbers
            self._states[place] = State.SCORED if listed.row.error is None else State.REFUSED
            self._remarked[place] = bool(warnings_of(listed.row, "code"))

    def state(self, place: int) -> State:
        """What is known of a pair."""
        return State(int(self._states[place]))

    def count(self, state: State) -> int:
        """Pairs in a state."""
        return int(np.count_nonzero(self._states == state))

    def number(self, key: str, place: int) -> float:
        """One of NUMBERS of a pair; NaN where there is none."""
        return float(self._values[NUMBERS.index(key), place])

    def median(self, key: str) -> float:
        """Median over the pairs with a finite number; NaN without any."""
        values = self._values[NUMBERS.index(key)]
        finite = values[np.isfinite(values)]
        return float(np.median(finite)) if finite.size else math.nan

    def place_of(self, name: str) -> int | None:
        """The place of a pair by its name."""
        return self._places.get(name)

    def place_of_files(self, reference: str, estimate: str) -> int | None:
        """The place of the pair of two files; "" for one that is missing."""
        wanted = reference, estimate
        return next((k for k, pair in enumerate(self.pairs) if (pair.reference, pair.estimate) == wanted), None)

    def places(self, key: str, *, falling: bool, words: str = "", only_errors: bool = False) -> IntArray:
        """Places in the order of a column: NAME, REMARKS (what is wrong first) or one of NUMBERS.

        words : only names with all of them, in any letters. What has no number comes last in both directions, then
        what was refused, then what waits; equal rows stand in the order of their names.
        """
        names = np.empty(len(self), dtype=np.float64)
        names[self._by_name] = np.arange(len(self))
        if key == NAME:
            keys: tuple[FloatArray, ...] = (-names if falling else names,)
        elif key == REMARKS:
            wrong = np.select([self._states == State.REFUSED, self._remarked], [0.0, 1.0], 2.0)
            keys = names, -wrong if falling else wrong
        else:
            values = self._values[NUMBERS.index(key)]
            rank = np.where(self._states == State.SCORED, np.isnan(values), 1.0 + self._states)
            keys = names, -values if falling else values, rank
        order: IntArray = np.lexsort(keys).astype(np.int64)
        wanted = words.casefold().split()
        shown = np.fromiter((all(word in name for word in wanted) for name in self._searched), np.bool_, len(self))
        if only_errors:
            shown &= self._states == State.REFUSED
        kept: IntArray = order[shown[order]]
        return kept

    def in_order(self) -> list[BatchRow]:
        """All rows there are, in the order of the pairs, as a batch saves them."""
        return [row for row in self.rows if row is not None]


KEYS = _(
    "Enter or double-click opens a pair, Ctrl+L comes back · Up and Down walk the list, Ctrl+PgUp and Ctrl+PgDown also "
    "while a pair is open · a click on a heading sorts · Ctrl+C copies rows"
)
PAIRING = _(
    "Files with the same name belong together, also below the folders, and also with another ending where that is "
    "clear. A file without a partner is a row of its own that says so."
)


class Phase(Enum):
    """How far a list is."""

    FINDING = auto()
    RUNNING = auto()
    STOPPED = auto()
    DONE = auto()


def state_sentence(pairs: PairList, phase: Phase, rate: float) -> str:
    """How many pairs are scored. rate : pairs a second of late; 0 = not known."""
    if phase is Phase.FINDING:
        return _("Looking for files …")
    scored, refused, waiting = (pairs.count(state) for state in State)
    template = ngettext("{n} of {total} pair scored", "{n} of {total} pairs scored", len(pairs))
    parts = [template.format(n=_grouped(scored), total=_grouped(len(pairs)))]
    parts += [_("{n} refused").format(n=refused)] if refused else []
    if phase is Phase.RUNNING and rate:
        parts += [_("{rate:.1f} pairs/s").format(rate=rate), _("{time} left").format(time=_duration(waiting / rate))]
    text = ", ".join(parts)
    return _("Stopped: {counts}").format(counts=text) if phase is Phase.STOPPED else text


def median_sentence(pairs: PairList) -> str:
    """Medians over the pairs that are scored, each figure named in full."""
    n = pairs.count(State.SCORED)
    if not n:
        return ""
    osi, loss, si_snr = map(pairs.median, ("exact_osi_db_median", "exact_fused", "whole_si_snr_db"))
    template = ngettext(
        "Median of {n} pair: OSI-SNR median (exact, active) {osi} dB · fused loss (exact, active) {loss} · "
        "SI-SNR (whole) {si_snr} dB",
        "Median of {n} pairs: OSI-SNR median (exact, active) {osi} dB · fused loss (exact, active) {loss} · "
        "SI-SNR (whole) {si_snr} dB",
        n,
    )
    osi_db, si_snr_db = words.number(osi, 2), words.number(si_snr, 2)
    return template.format(n=_grouped(n), osi=osi_db, loss=words.loss(loss), si_snr=si_snr_db)


def nothing_sentence(pairs: PairList, phase: Phase, text: str, failed: bool) -> str:
    """Why there are no rows."""
    if failed:
        return _("Choose other folders, or a list of pairs (Ctrl+Shift+O).")
    if phase is Phase.FINDING:
        return ""
    if text and len(pairs):
        return _("No pair has “{text}” in its name.").format(text=text)
    return _("No pair was refused.") if len(pairs) else _("Stopped before any file was found. Go on looks again.")


def settings_sentence(settings: BatchSettings) -> str:
    """What a list is scored with."""
    session = settings.session
    framing, loss = session.framing, session.loss
    window = _("frames as each file asks for (sound: 32 ms every 8 ms)")
    if framing != FramingChoice():
        n_fft, hop = (value or _("default") for value in (framing.n_fft, framing.hop))
        window = _("frames: {n_fft} samples every {hop}, {window}").format(n_fft=n_fft, hop=hop, window=framing.window)
    silence = _("silent: zeros only")
    if math.isfinite(session.silence_db):
        silence = _("silent: {limit:g} dB below the loudest frame").format(limit=session.silence_db)
    bad = _("bad under {limit} dB").format(limit=words.number(session.threshold_db, 1))
    template = _("Scored with α = {alpha:g}, γ = {gamma:g}, loss method {method}, {silence}, {bad}, {frames}")
    return template.format(
        alpha=loss.alpha, gamma=loss.gamma, method=loss.method, silence=silence, bad=bad, frames=window
    )


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", words.NARROW_SPACE)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 100:
        return _("{n} s").format(n=whole)
    if whole < 6000:
        return _("{n} min").format(n=whole // 60)
    return _("{hours} h {minutes} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)
