"""What the common range of a pair leaves out of its two files, in words."""

from __future__ import annotations

from dataclasses import dataclass

from osisnr_gui.session.session import Lengths
from osisnr_gui.session.tracks import Track


@dataclass(frozen=True, slots=True)
class Spans:
    """What is not compared. differ : whether the files' own lengths do; lengths : both, in words.

    reference, estimate : samples (frames of a mask) lost at the start and at the end. rate : Hz, None for masks.
    """

    differ: bool
    lengths: str
    reference: tuple[int, int]
    estimate: tuple[int, int]
    rate: int | None

    def words(self, whose: str) -> str:
        """ "the reference's last 4000 samples (0.250 s) are left out"; `whose` names the estimate; may be empty."""
        lost = [
            f"{owner} {place} {self._amount(n)}"
            for owner, counts in ((whose, self.estimate), ("the reference's", self.reference))
            for place, n in zip(("first", "last"), counts, strict=True)
            if n
        ]
        return f"{' and '.join(lost)} are left out" if lost else ""

    def _amount(self, n: int) -> str:
        plural = "" if n == 1 else "s"
        return f"{n} frame{plural}" if self.rate is None else f"{n} sample{plural} ({n / self.rate:.3f} s)"


def left_out(policy: Lengths, reference: Track, estimate: Track) -> Spans | None:
    """What a pair leaves out under a length policy, once the estimate's delay was taken out; None when not known."""
    if reference.mask is not None and estimate.mask is not None:
        n, m = int(reference.mask.values.shape[1]), int(estimate.mask.values.shape[1])
        lengths = f"{m} frames against the reference's {n}"
        return Spans(n != m, lengths, *_lost(policy, n, m, 0), None)
    rate, own_rate = reference.sample_rate, estimate.sample_rate
    n_samples, m_samples = reference.n_samples, estimate.n_samples
    if not rate or not own_rate or n_samples is None or m_samples is None:
        return None
    m = -(-m_samples * rate // own_rate)  # what resampling makes of it
    if rate != own_rate and abs(n_samples - m) <= 1:
        m = n_samples  # rounding, no difference
    lengths = f"{estimate.duration_s:.3f} s against the reference's {reference.duration_s:.3f} s"
    return Spans(n_samples != m, lengths, *_lost(policy, n_samples, m, estimate.source.delay), rate)


def _lost(policy: Lengths, n: int, m: int, delay: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Lost at start and end of a reference of n samples and an estimate of m that is moved `delay` earlier."""
    before = min(max(0, delay), m)  # lies before the reference begins: never compared
    if policy is Lengths.PAD:
        return (0, 0), (before, 0)
    first, stop = max(0, -delay), min(n, m - delay)
    return (min(first, n), max(0, n - stop)), (before, max(0, m - delay - stop))
