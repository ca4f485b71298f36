"""Whether the order of several estimates depends on which figure they are ranked by."""

from __future__ import annotations

import math
from collections.abc import Sequence

from osisnr_gui.session.letters import estimate_letter
from osisnr_gui.session.pairs import PairAnalysis

#: Of more estimates only the first place is named: nobody reads an order of eight four times over.
MOST_NAMED = 3


def order_sentence(pairs: Sequence[PairAnalysis]) -> str:
    """Which figures rank the estimates of one reference how, "" where all agree or a pass is not done.

    Mean and median of OSI-SNR and the fused loss are those of exact, active frames. A figure that is not finite for
    all estimates, or equal for two of them, ranks nothing.
    """
    groups: dict[int, list[int]] = {}
    for place, pair in enumerate(pairs):
        if pair.score is not None and pair.score.facts.frames.complete:
            groups.setdefault(id(pair.reference), []).append(place)
    return "; ".join(filter(None, (_sentence(pairs, places) for places in groups.values())))


def _sentence(pairs: Sequence[PairAnalysis], places: list[int]) -> str:
    orders: dict[tuple[int, ...], list[str]] = {}
    figures = [_figures(pairs[place]) for place in places]
    for name in ("mean OSI-SNR", "median OSI-SNR", "fused loss", "whole-signal SI-SNR"):
        values = {place: found[name] for place, found in zip(places, figures, strict=True)}
        if all(map(math.isfinite, values.values())) and len(set(values.values())) == len(places) > 1:
            order = tuple(sorted(places, key=lambda p: -values[p]))
            orders.setdefault(order if len(places) <= MOST_NAMED else order[:1], []).append(name)
    if len(orders) < 2:
        return ""
    return ", ".join(
        f"{' before '.join(map(estimate_letter, order))}{' first' if len(order) == 1 else ''} by {' and '.join(names)}"
        for order, names in orders.items()
    )


def _figures(pair: PairAnalysis) -> dict[str, float]:
    """Higher is better in all of them."""
    assert pair.score is not None, "only scored pairs are ranked"
    exact = pair.score.exact
    return {
        "mean OSI-SNR": exact.osi_db_mean,
        "median OSI-SNR": exact.osi_db_median,
        "fused loss": -exact.fused,
        "whole-signal SI-SNR": math.nan if pair.whole is None else pair.whole.si_snr_db,
    }
