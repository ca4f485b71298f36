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
    """What a pair leaves out under a length policy, once the files' delays were taken out; None when not known."""
    if reference.mask is not None and estimate.mask is not None:
        n, m = int(reference.mask.values.shape[1]), int(estimate.mask.values.shape[1])
        lengths = f"{m} frames against the reference's {n}"
        of_reference, of_estimate = _lost(policy, (n, 0), (m, 0))
        return Spans(n != m, lengths, of_reference, of_estimate, None)
    rate, own_rate = reference.sample_rate, estimate.sample_rate
    n_samples, m_samples = reference.n_samples, estimate.n_samples
    if not rate or not own_rate or n_samples is None or m_samples is None:
        return None
    m = -(-m_samples * rate // own_rate)  # what resampling makes of it
    if rate != own_rate and abs(n_samples - m) <= 1:
        m = n_samples  # rounding, no difference
    lengths = f"{estimate.duration_s:.3f} s against the reference's {reference.duration_s:.3f} s"
    of_reference, of_estimate = _lost(policy, (n_samples, reference.source.delay), (m, estimate.source.delay))
    return Spans(n_samples != m, lengths, of_reference, of_estimate, rate)


def _lost(policy: Lengths, *files: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Lost at start and end of each file; files : samples, and by how many of them a file is moved earlier.

    What is moved before sample 0 is never compared.
    """
    pad = policy is Lengths.PAD
    first = 0 if pad else max(0, *(-delay for _, delay in files))
    stop = (max if pad else min)(n - delay for n, delay in files)
    return tuple((min(max(0, first + delay), n), max(0, n - delay - max(first, stop))) for n, delay in files)
