"""What a pair leaves out, against a count of the samples that are compared."""

from __future__ import annotations

import numpy as np
import pytest

from osisnr_gui.session.notices.pair_notices import left_out
from osisnr_gui.session.session import Lengths, Source
from osisnr_gui.session.tracks import Track


@pytest.mark.parametrize("policy", [Lengths.COMMON, Lengths.PAD])
def test_every_sample_is_compared_or_told_of(policy: Lengths) -> None:
    random = np.random.default_rng(0)
    for _ in range(200):
        counts, delays = random.integers(50, 80, 2).tolist(), random.integers(-20, 20, 2).tolist()
        tracks = [
            Track(Source(name, delay=delay), kind="audio", sample_rate=100, n_samples=n)
            for name, n, delay in zip("re", counts, delays, strict=True)
        ]
        spans = left_out(policy, *tracks)
        assert spans is not None
        # Where the samples of each file lie once its delay was taken out.
        places = [np.arange(n) - delay for n, delay in zip(counts, delays, strict=True)]
        inside = [place >= 0 for place in places]
        if policy is Lengths.COMMON:
            inside = [x & np.isin(own, other) for x, own, other in zip(inside, places, places[::-1], strict=True)]
        for compared, (start, end) in zip(inside, (spans.reference, spans.estimate), strict=True):
            assert (start, end) == (np.argmax(compared), np.argmax(compared[::-1])), (counts, delays)
        assert spans.differ == (counts[0] != counts[1])
