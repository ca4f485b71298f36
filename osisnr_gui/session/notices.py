"""What was adapted, and what looks wrong: one notice each, with figures, remedies and, where it makes sense, an undo.

A remedy is an edit of the session: the banner that shows it, the command line and undo all take the same path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from osisnr_gui.io.errors import LoadWarning
from osisnr_gui.session import edits
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import DOWNMIX, Formula, Lengths, Session, Source
from osisnr_gui.session.tracks import Track

DC_SHARE = 0.01
NEGATIVE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: its label and the edit it makes."""

    label: str
    edit: Callable[[Session], Session]


@dataclass(frozen=True, slots=True)
class Notice:
    """code : as in the JSON; source : the file it concerns, None for all; severity "note" or "warning"."""

    code: str
    message: str
    source: Source | None = None
    severity: str = "note"
    remedies: tuple[Remedy, ...] = ()


def find_notices(session: Session, reference: Track | None, pairs: tuple[PairAnalysis, ...]) -> tuple[Notice, ...]:
    """All notices of an analysis: the reference's, then each estimate's, then those about the result."""
    found: list[Notice] = []
    if reference is not None:
        found += track_notices(session, reference)
    for pair in pairs:
        found += pair_notices(session, reference, pair)
    if session.loss.formula is Formula.LITERAL:
        found += _meaning_notices(pairs)
    return tuple(found)


def pair_notices(session: Session, reference: Track | None, pair: PairAnalysis) -> list[Notice]:
    """Everything to be said of one estimate and of its fit to the reference."""
    found = track_notices(session, pair.estimate)
    if reference is None or pair.error is not None:
        return found
    found += _length_notices(session, reference, pair)
    found += _rate_notices(session, reference, pair)
    found += _delay_notices(pair)
    found += _polarity_notices(pair)
    return found


def track_notices(session: Session, track: Track) -> list[Notice]:
    """What one file alone gives rise to."""
    source = track.source
    if track.error is not None:
        return [Notice("refused", str(track.error), source, "warning", _choices(track))]
    found = []
    for warning in track.warnings:
        if warning.code == "MULTICHANNEL":
            found += _channel_notices(track)
        else:
            found.append(Notice(warning.code.lower(), f"{track.name}: {warning.message}", source, _severity(warning)))
    level = track.level
    if level is not None and abs(level.mean) > DC_SHARE * level.rms > 0:
        share = 100 * abs(level.mean) / level.rms
        found.append(Notice("dc", f"{track.name}: DC offset of {share:.1f} % of its RMS; nothing was removed", source))
    if level is not None and level.clipped_runs:
        message = f"{track.name}: {level.clipped_runs} clipped places (3 or more samples at full scale)"
        found.append(Notice("clipping", message, source, "warning"))
    return found


def _severity(warning: LoadWarning) -> str:
    return "warning" if warning.code in ("TRUNCATED", "DAMAGED", "SILENT", "OUT_OF_RANGE") else "note"


def _choices(track: Track) -> tuple[Remedy, ...]:
    keys: tuple[str, ...] = getattr(track.error, "choices", ())
    return tuple(Remedy(f"Use {key}", partial(_read_as, source=track.source, key=key)) for key in keys[:6])


def _read_as(session: Session, source: Source, **changes: object) -> Session:
    return edits.change_source(session, source, **changes)


def _channel_notices(track: Track) -> list[Notice]:
    source = track.source
    if source.channel is None:
        message = f"{track.name}: {track.channels} channels; channel 1 is used, nothing was mixed"
        others = [
            Remedy(f"Channel {k}", partial(_read_as, source=source, channel=k))
            for k in range(2, min(track.channels, 6) + 1)
        ]
        mix = Remedy("Mean of all", partial(_read_as, source=source, channel=DOWNMIX))
        keep = Remedy("Keep", partial(_read_as, source=source, channel=1))
        return [Notice("channels", message, source, "note", (*others, mix, keep))]
    used = f"channel {source.channel} of {track.channels}"
    if source.channel == DOWNMIX:
        used = f"the mean of all {track.channels} channels"
    message = f"{track.name}: {used} is used"
    return [
        Notice("channels", message, source, "note", (Remedy("Undo", partial(_read_as, source=source, channel=None)),))
    ]


def _length_notices(session: Session, reference: Track, pair: PairAnalysis) -> list[Notice]:
    estimate = pair.estimate
    if reference.mask is not None and estimate.mask is not None:
        a, b, unit = int(reference.mask.values.shape[1]), int(estimate.mask.values.shape[1]), "frames"
        lengths = f"{b} frames against the reference's {a}"
        left_out = f"{abs(a - b)} {unit}"
    else:
        if reference.duration_s is None or estimate.duration_s is None:
            return []
        rate = reference.sample_rate or 1
        a, b = reference.n_samples or 0, round(estimate.duration_s * rate)
        if reference.sample_rate == estimate.sample_rate:
            b = estimate.n_samples or 0
        elif abs(a - b) <= 1:
            return []
        lengths = f"{estimate.duration_s:.3f} s against the reference's {reference.duration_s:.3f} s"
        left_out = f"{abs(a - b)} samples ({abs(a - b) / rate:.3f} s)"
    if a == b:
        return []
    longer = "estimate" if b > a else "reference"
    if session.lengths is Lengths.PAD:
        message = f"{estimate.name}: {lengths}; the shorter one is padded with zeros"
        remedy = Remedy("Undo", partial(edits.set_lengths, lengths=Lengths.COMMON))
    else:
        message = (
            f"{estimate.name}: {lengths}; the common start is compared, the {longer}'s last {left_out} are left out"
        )
        remedy = Remedy("Pad with zeros", partial(edits.set_lengths, lengths=Lengths.PAD))
    return [Notice("length_mismatch", message, estimate.source, "note", (remedy,))]


def _rate_notices(session: Session, reference: Track, pair: PairAnalysis) -> list[Notice]:
    estimate = pair.estimate
    if not reference.sample_rate or not estimate.sample_rate or reference.sample_rate == estimate.sample_rate:
        return []
    message = (
        f"{estimate.name}: {estimate.sample_rate} Hz, resampled to the reference's {reference.sample_rate} Hz; "
        "resampling alone caps OSI-SNR at about 30 dB"
    )
    refuse = Remedy("Refuse instead", partial(_set_same_rate, only=True))
    return [Notice("sample_rate_mismatch", message, estimate.source, "note", (refuse,))]


def _set_same_rate(session: Session, only: bool) -> Session:
    return replace(session, same_rate_only=only)


def _delay_notices(pair: PairAnalysis) -> list[Notice]:
    source, name, rate = pair.source, pair.estimate.name, pair.sample_rate
    if rate is None:
        return []
    if source.delay:
        message = f"{name}: moved by {-source.delay} samples ({-1000 * source.delay / rate:.1f} ms) to line up"
        undo = Remedy("Undo", partial(_read_as, source=source, delay=0))
        return [Notice("aligned", message, source, "note", (undo,))]
    if pair.delay is None or not pair.delay.trusted:
        return []
    late = "late" if pair.delay.samples > 0 else "early"
    message = (
        f"{name}: {abs(pair.delay.samples)} samples ({1000 * abs(pair.delay.samples) / rate:.1f} ms) {late} "
        f"(correlation {pair.delay.peak:.2f}); nothing was shifted"
    )
    remedy = Remedy("Align", partial(_read_as, source=source, delay=pair.delay.samples))
    return [Notice("delay", message, source, "warning", (remedy,))]


def _polarity_notices(pair: PairAnalysis) -> list[Notice]:
    if pair.score is None:
        return []
    facts = pair.score.facts
    negative = np.count_nonzero(facts.active & (facts.frames.projection.dot < 0))
    if not facts.n_active or negative <= NEGATIVE_SHARE * facts.n_active:
        return []
    share = f"{negative} of {facts.n_active} active frames"
    message = f"{pair.estimate.name}: {share} are inverted; OSI-SNR does not see polarity"
    return [Notice("polarity", message, pair.source, "warning")]


def gather(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """For banners: one notice where several estimates give rise to the same one with the same remedy."""
    shown: dict[object, Notice] = {}
    counts: dict[object, int] = {}
    for notice in notices:
        key = notice.code if notice.code == "literal_not_meaningful" else (notice.code, notice.source, notice.message)
        shown.setdefault(key, notice)
        counts[key] = counts.get(key, 0) + 1
    more = {key: count - 1 for key, count in counts.items()}
    return tuple(
        replace(notice, message=f"{notice.message} (+{more[key]} estimate{'s' if more[key] > 1 else ''})")
        if more[key]
        else notice
        for key, notice in shown.items()
    )


def _meaning_notices(pairs: tuple[PairAnalysis, ...]) -> list[Notice]:
    found = []
    for pair in pairs:
        if pair.score is None or not pair.score.facts.not_meaningful:
            continue
        facts = pair.score.facts
        message = (
            f"{pair.estimate.name}: {facts.not_meaningful} of {facts.frames.n_frames} literal frames are not finite "
            "or ≤ 0 dB; silence counts as perfect there"
        )
        remedy = Remedy("Show exact, active frames", partial(edits.set_formula, formula=Formula.EXACT))
        found.append(Notice("literal_not_meaningful", message, pair.source, "warning", (remedy,)))
    return found
