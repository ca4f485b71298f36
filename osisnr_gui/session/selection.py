"""What the selected stretch of time amounts to, in one sentence."""

from __future__ import annotations

import math

import numpy as np

from osisnr_gui.session import words
from osisnr_gui.session.pairs import PairAnalysis


def selected_frames(pair: PairAnalysis, start: float, stop: float) -> slice:
    """Entries of the pair's frames whose centres lie in [start, stop]."""
    frames = pair.frames
    if frames is None:
        return slice(0, 0)
    first = math.ceil((start - frames.first_time) / frames.grid.step - 1e-9)
    last = math.floor((stop - frames.first_time) / frames.grid.step + 1e-9) + 1
    return slice(min(max(first, 0), frames.n_frames), min(max(last, 0), frames.n_frames))


def selection_sentence(pair: PairAnalysis, start: float, stop: float) -> str:
    """Length, frames, exact OSI-SNR over active frames, and the mean of the leading loss; empty without a score."""
    score, frames = pair.score, pair.frames
    if score is None or frames is None:
        return ""
    chosen = selected_frames(pair, start, stop)
    n_frames = max(0, chosen.stop - chosen.start)
    active = score.facts.active[chosen]
    exact = frames.exact_osi_db[chosen][active]
    if frames.grid.seconds:
        where = f"{start:.3f} to {stop:.3f} s ({stop - start:.3f} s, {words.counted(n_frames, 'frame')})"
    else:
        where = words.counted(n_frames, "frame")
    parts = [f"Selected: {where}"]
    if exact.size:
        parts.append(
            f"exact OSI-SNR over {exact.size} active: mean {words.db(float(np.mean(exact)))}, "
            f"median {words.db(float(np.median(exact)))}"
        )
    else:
        parts.append("no active frame")
    loss = score.frame_loss(chosen)
    loss = loss[~np.isnan(loss)]
    if loss.size:
        result = "all" if score.loss.formula.value == "literal" else "active"
        parts.append(
            f"mean fused loss {words.loss(float(np.mean(loss)))} ({score.loss.formula.value}, {result} frames)"
        )
    return "; ".join(parts) + "."
