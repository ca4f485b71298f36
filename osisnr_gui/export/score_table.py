"""The table `osisnr score` prints: four small blocks, a row for every estimate, each number named in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from osisnr_gui.core.types import FrameStatus
from osisnr_gui.export.score_report import settings_report
from osisnr_gui.io.errors import printable
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.scores import PairScore, WholeSignal
from osisnr_gui.session.segments.bad_segments import under_threshold
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.words import full_path

NAME_WIDTH = 44
GAP = "  "
NONE = "-"

Row = Sequence[str]


def score_table(analysis: Analysis) -> str:
    """Text with a final newline; empty when nothing was scored."""
    scored = [(pair, score) for pair in analysis.pairs if (score := pair.valid_score) is not None]
    if not scored or analysis.reference is None:
        return ""
    references = {pair.reference.source: pair.reference for pair, _ in scored if pair.reference is not None}
    lines = [*map(_reference_line, references.values()), _settings_line(analysis), ""]
    lines += [*_literal_block(scored), ""]
    lines += [*_exact_block(scored), ""]
    whole = [(pair, pair.whole) for pair, _ in scored if pair.whole is not None]
    if whole:
        lines += [*_whole_block(whole), ""]
    lines += _frames_block(scored)
    lines += _improvement_block(analysis)
    return "\n".join(lines) + "\n"


def aligned(header: Row, rows: list[Row]) -> list[str]:
    """Lines of a table: the first column to the left, the others to the right, no blanks at the ends."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    found = []
    for row in (header, *rows):
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        found.append((GAP + GAP.join((row[0].ljust(len(first)), *others))).rstrip())
    return found


def decibels(value: float) -> str:
    """Two decimals; infinite values in words."""
    return _shown(value, lambda x: f"{x:.2f}")


def loss(value: float) -> str:
    """Five decimals, as losses are usually printed; large and tiny ones with four digits."""
    return _shown(value, lambda x: f"{x:.5f}" if 1e-3 <= abs(x) < 1e4 else f"{x:.4g}")


def _shown(value: float, form: Callable[[float], str]) -> str:
    if math.isnan(value):
        return NONE
    return form(value) if math.isfinite(value) else f"{value:g}"


def _name(pair: PairAnalysis) -> str:
    return printable(pair.source.path, NAME_WIDTH)


def _reference_line(track: Track) -> str:
    if track.kind == "mask":
        return f"Reference: {full_path(track.source.path)} (mask, {track.coding})"
    parts = [f"{track.sample_rate} Hz", f"{track.duration_s or 0.0:.3f} s"]
    if track.level is not None:
        parts.append(f"RMS {decibels(track.level.rms_db)} dB")
    return f"Reference: {full_path(track.source.path)} ({', '.join(parts)})"


def _settings_line(analysis: Analysis) -> str:
    s, silence = settings_report(analysis), analysis.session.silence_db
    parts = [str(s["representation"])]
    parts += [f"{name} {s[name]}" for name in ("n_fft", "hop", "window") if s[name] is not None]
    parts += [f"{name} {s[name]:g}" for name in ("alpha", "gamma")]
    parts += [f"method {s['method']}", f"silent below -{silence:g} dB", f"bad below {s['threshold_db']:g} dB"]
    return f"Settings:  {', '.join(parts)}"


def _literal_block(scored: list[tuple[PairAnalysis, PairScore]]) -> list[str]:
    header = ("estimate", "frames", "mean OSI-SNR dB", "loss_osi 1", "loss_osi 2", "MC-MSE", "fused loss")
    rows, notes = list[Row](), list[str]()
    for pair, score in scored:
        n, s = score.facts.frames.n_frames, score.literal
        mark = "*" if score.facts.not_meaningful else ""
        values = (decibels(s.osi_db_mean), loss(s.loss_osi_1), loss(s.loss_osi_2), loss(s.mc_mse), loss(s.fused))
        rows.append((_name(pair) + mark, str(n), *values))
        if mark:
            count = score.facts.not_meaningful
            notes.append(f"{GAP}* {_name(pair)}: {count} of {n} literal frames are not finite or not above 0 dB")
    return ["Literal, all frames (constants included, as in training):", *aligned(header, rows), *notes]


def _exact_block(scored: list[tuple[PairAnalysis, PairScore]]) -> list[str]:
    columns = ("mean OSI-SNR dB", "median dB", "5 % quantile dB", "loss_osi 1", "loss_osi 2", "MC-MSE", "fused loss")
    rows: list[Row] = []
    for pair, score in scored:
        s = score.exact
        levels = map(decibels, (s.osi_db_mean, s.osi_db_median, s.osi_db_p05))
        losses = map(loss, (s.loss_osi_1, s.loss_osi_2, s.mc_mse, s.fused))
        rows.append((_name(pair), str(score.facts.n_active), *levels, *losses))
    return ["Exact, active frames (no constants, silence left out):", *aligned(("estimate", "frames", *columns), rows)]


def _whole_block(whole: list[tuple[PairAnalysis, WholeSignal]]) -> list[str]:
    header = ("estimate", "OSI-SNR dB", "SI-SNR dB", "SNR dB", "gain dB", "RMS dB", "delay samples")
    rows: list[Row] = []
    for pair, signal in whole:
        values = map(decibels, (signal.osi_db, signal.si_snr_db, signal.snr_db, signal.gain_db))
        level = pair.estimate.level
        rows.append((_name(pair), *values, decibels(level.rms_db) if level else NONE, _delay(pair)))
    return ["Whole signal in time:", *aligned(header, rows)]


def _improvement_block(analysis: Analysis) -> list[str]:
    """Estimate minus mixture; nothing where there is no mixture, or none that could be scored."""
    header = ("estimate", "exact median dB", "exact fused loss", "literal fused loss", "whole SI-SNR dB")
    rows: list[Row] = []
    for index, pair in enumerate(analysis.pairs):
        mixture = analysis.unprocessed_for(index)
        now, before = pair.valid_score, None if mixture is None else mixture.valid_score
        if mixture is None or now is None or before is None:
            continue
        si_snr = pair.whole.si_snr_db - mixture.whole.si_snr_db if pair.whole and mixture.whole else math.nan
        rows.append(
            (
                _name(pair),
                _signed(decibels, now.exact.osi_db_median - before.exact.osi_db_median),
                _signed(loss, now.exact.fused - before.exact.fused),
                _signed(loss, now.literal.fused - before.literal.fused),
                _signed(decibels, si_snr),
            )
        )
    if not rows or analysis.mixture is None:
        return []
    name = printable(analysis.mixture.source.path, NAME_WIDTH)
    return ["", f"Gained over {name} (estimate minus mixture; losses: below 0 is better):", *aligned(header, rows)]


def _signed(form: Callable[[float], str], value: float) -> str:
    return f"+{form(value)}" if value > 0 else form(value)


def _delay(pair: PairAnalysis) -> str:
    """The delay where it is certain: a lag at which the files hardly correlate says nothing."""
    samples = pair.delay_samples
    if pair.source.delay:
        return f"{samples} (taken out)"
    if samples is None or (samples != 0 and pair.delay is not None and not pair.delay.trusted):
        return NONE
    return str(samples)


def _frames_block(scored: list[tuple[PairAnalysis, PairScore]]) -> list[str]:
    labels = [k.label for k in FrameStatus if any(score.facts.counts[k.label] for _, score in scored)]
    header = ("estimate", *(label.replace("_", " ") for label in labels), "bad", "bad segments")
    rows: list[Row] = []
    for pair, score in scored:
        counts = [str(score.facts.counts[label]) for label in labels]
        _, segments = under_threshold(score.facts, score.bad.threshold_db)
        bad = (str(score.bad.n_under), str(len(segments)))
        rows.append((_name(pair), *counts, *bad))
    return ["Frames:", *aligned(header, rows)]
