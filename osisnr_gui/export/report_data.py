"""What a report says, as one JSON value and the arrays it names: numbers, verdicts, curves, pictures, segments, notes.

Files are named by their base names and the start of their SHA-256: no path leaves the machine.
"""

import math
import os
from dataclasses import replace

from osisnr_gui.core.alpha_table import NODES
from osisnr_gui.export.measures import SAVED, Group
from osisnr_gui.export.report_audio import ReportSounds
from osisnr_gui.export.report_curves import Blobs, Object, curves_report, picture_report, pooled_picture, sums_report
from osisnr_gui.export.score_report import number, score_report
from osisnr_gui.io.errors import Cancel, LoadError, display_name
from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.json_file import Json
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.inspection.inspector import measure_file
from osisnr_gui.session.pairs import PairAnalysis, time_grid
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.segment_table import find_segment_table
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.verdict import chance_floor_db, find_band_of_errors, find_verdict
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text import sentences
from osisnr_gui.text.files import track_words
from osisnr_gui.text.segment_words import count_words, kind_name, limit_words, other_letter
from osisnr_gui.text.sentences import why_loss, why_osi
from osisnr_gui.text.verdict import grade_tip, grade_words, verdict_sentence

SCHEMA = "osisnr.report/1"
MOST_SEGMENTS = 500
HASH_DIGITS = 12


def report_data(
    analysis: Analysis, numbers: Analysis, sounds: ReportSounds | None, blobs: Blobs, cancelled: Cancel | None = None
) -> Object:
    """Everything but the sounds themselves. Raises LoadError and io's Cancelled.

    analysis : with alpha tables. numbers : of the same session, by the direct formula; its mixture is scored.
    """
    session, kept = analysis.session, analysis.pairs
    seconds = next((p.frames.grid.seconds for p in kept if p.frames is not None), True)
    partners = set(session.partners)
    return {
        "schema": SCHEMA,
        "score": without_paths(score_report(numbers), analysis),
        "formula": session.loss.formula.value,
        "unit": "s" if seconds else "frames",
        "threshold_db": session.threshold_db,
        "chance_db": number(max((chance_floor_db(analysis, p) for p in kept), default=math.nan)),
        "alpha_nodes": NODES.tolist(),
        "grade_tip": grade_tip(),
        "measures": [
            {"group": group.value, "key": m.key, "title": m.heading, "unit": m.unit, "better": m.better}
            for group in (Group.EXACT, Group.LITERAL, Group.WHOLE)
            for m in SAVED[group]
        ],
        "files": _files(analysis, cancelled),
        "references": [
            {"name": track.name, "picture": _picture(analysis, track, blobs, cancelled) if k in partners else None}
            for k, track in enumerate(analysis.references)
        ],
        "estimates": [_estimate(analysis, k, blobs, cancelled) for k in range(len(kept))],
        "mixture": _mixture(analysis, blobs, cancelled),
        "sounds": None if sounds is None else sounds.describe(),
        "notes": [{"start": note.start, "stop": note.stop, "text": note.text} for note in session.notes],
        "notices": [
            {"message": without_paths(notice.message, analysis), "warning": notice.severity != "note"}
            for notice in analysis.notices
        ],
    }


def without_paths(value: Json, analysis: Analysis) -> Json:
    """A value in which files are called by their base names, wherever their paths stand."""
    if isinstance(value, dict):
        return {name: without_paths(item, analysis) for name, item in value.items()}
    if isinstance(value, list):
        return [without_paths(item, analysis) for item in value]
    if isinstance(value, str):
        for track in analysis.tracks:
            path = track.source.path
            if os.path.basename(path) != path:
                value = value.replace(path, display_name(path))
    return value


def _files(analysis: Analysis, cancelled: Cancel | None) -> list[Json]:
    """Role, name, hash and a description of every file."""
    n_references = len(analysis.references)
    found = list[Json]()
    for place, track in enumerate(analysis.tracks):
        estimate = place - n_references
        role = "reference" if estimate < 0 else "mixture" if track is analysis.mixture else "estimate"
        letter = estimate_letter(estimate) if role == "estimate" else ""
        name, what = track.name, track_words(track)
        found.append({"role": role, "letter": letter, "name": name, "hash": _hash(track, cancelled), "words": what})
    return found


def _hash(track: Track, cancelled: Cancel | None) -> str:
    """The start of the file's SHA-256; empty for one that cannot be read."""
    try:
        with OpenFile(track.source.path) as file:
            return file.sha256(cancelled)[:HASH_DIGITS]
    except LoadError:
        return ""


def _picture(analysis: Analysis, track: Track, blobs: Blobs, cancelled: Cancel | None) -> Object | None:
    reference = analysis.reference
    if track.error is not None or reference is None or reference.error is not None:
        return None
    grid = time_grid(analysis.framing, reference, analysis.session.mask_grid)
    picture = pooled_picture(track, analysis.framing, reference.sample_rate, grid, cancelled)
    return picture_report(blobs, *picture)


def _mixture(analysis: Analysis, blobs: Blobs, cancelled: Cancel | None) -> Object | None:
    """The mixture; its picture only where it is of the kind of the other pictures."""
    track = analysis.mixture
    if track is None or track.error is not None:
        return None
    if not analysis.compares_mixture:
        return {"name": track.name, "picture": None}
    found: Object = {"name": track.name, "picture": _picture(analysis, track, blobs, cancelled)}
    pair = analysis.mixture_pair
    if pair is None or pair.valid_score is None:
        return found
    return {**found, "sums": _sums(pair.valid_score, blobs), "why": _why(pair, pair.valid_score)}


def _estimate(analysis: Analysis, index: int, blobs: Blobs, cancelled: Cancel | None) -> Object:
    pair = analysis.pairs[index]
    score = pair.valid_score
    found: Object = {
        "name": pair.estimate.name,
        "letter": estimate_letter(index),
        "reference": analysis.session.partner_of(index),
        "picture": _picture(analysis, pair.estimate, blobs, cancelled),
    }
    if score is None:
        error = without_paths(str(pair.refusal or ""), analysis)
        return {**found, "error": error}
    return {
        **found,
        "verdict": _verdict(analysis, pair, cancelled),
        "sums": _sums(score, blobs),
        "curves": curves_report(blobs, score),
        "why": _why(pair, score),
        **_segments(analysis, index, score),
    }


def _sums(score: PairScore, blobs: Blobs) -> Object:
    """MC-MSE of both results as a function of alpha."""
    facts = score.facts
    assert facts.sums_all is not None, "a report is made from an analysis with alpha tables"
    assert facts.sums_active is not None, "both sums come of the same table"
    return {"exact": sums_report(blobs, facts.sums_active), "literal": sums_report(blobs, facts.sums_all)}


def _verdict(analysis: Analysis, pair: PairAnalysis, cancelled: Cancel | None) -> Object:
    measures = measure_file(pair, cancelled)
    verdict = find_verdict(pair, chance_floor_db(analysis, pair))
    verdict = replace(verdict, band=find_band_of_errors(measures.bands, measures.osi_db))
    in_seconds = pair.frames is not None and pair.frames.grid.seconds
    also = sentences.level_polarity_delay(analysis, pair)
    sentence = verdict_sentence(verdict, "s" if in_seconds else "frames", *also)
    return {"grade": int(verdict.grade), "word": grade_words(verdict.grade), "sentence": sentence}


def _why(pair: PairAnalysis, score: PairScore) -> Object:
    """Why a figure is no plain number, or none to trust, by "group.key"."""
    found: Object = {}
    for group in (Group.EXACT, Group.LITERAL):
        for measure in SAVED[group]:
            explain = why_osi if measure.unit else why_loss
            assert group.formula is not None, "both groups are named results"
            reason = "" if measure.key == "mc_mse" else explain(measure.of(pair), score, group.formula)
            if reason:
                found[f"{group.value}.{measure.key}"] = reason
    return found


def _segments(analysis: Analysis, index: int, score: PairScore) -> Object:
    """The bad segments of the window's list, the worst first, and what makes them bad."""
    table, other = find_segment_table(score), other_letter(analysis.session, index)
    notes = table.notes_of(analysis.session.notes)
    shares, rows = table.shares(), list[Json]()
    for place in table.worst_first[:MOST_SEGMENTS].tolist():
        start, stop = table.span(place)
        rows.append(
            {
                "start": start,
                "stop": stop,
                "kind": kind_name(table, place, other),
                "frames": count_words(table, place, other),
                "lowest_db": number(float(table.osi_min[place])),
                "share": number(float(shares[place])),
                "note": notes.get(place, ""),
            }
        )
    gate = score.bad.choice.gate_db
    return {"segments": rows, "n_segments": len(table), "limit": limit_words(score.bad, other), "gate_db": gate}
