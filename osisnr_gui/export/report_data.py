"""What a report says, as one JSON value and the arrays it names: numbers, verdicts, curves, pictures, segments, notes.

Files have the start of their SHA-256 beside their names. Texts of others may hold paths: `html_report` takes them out.
"""

import math
from dataclasses import replace

from osisnr_gui.core.alpha_table import NODES
from osisnr_gui.export.measures import SAVED, Group
from osisnr_gui.export.report_audio import ReportSounds
from osisnr_gui.export.report_curves import Blobs, Object, curves_report, picture_report, sums_report
from osisnr_gui.export.score_report import number, score_report
from osisnr_gui.io.errors import Cancel, LoadError
from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.json_file import Json
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.inspection.inspector import measure_file
from osisnr_gui.session.pairs import PairAnalysis, time_grid
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.segment_table import find_segment_table
from osisnr_gui.session.session import Formula
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
        "score": score_report(numbers),
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
        "notices": [notice.message for notice in analysis.notices],
    }


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
    if track.error is not None or reference is None:
        return None
    grid = time_grid(analysis.framing, reference, analysis.session.mask_grid)
    return picture_report(blobs, track, analysis.framing, reference.sample_rate, grid, cancelled)


def _mixture(analysis: Analysis, blobs: Blobs, cancelled: Cancel | None) -> Object | None:
    """The mixture; its picture only where it is of the kind of the other pictures."""
    track = analysis.mixture
    if track is None or track.error is not None:
        return None
    if not analysis.compares_mixture:
        return {"name": track.name, "picture": None}
    found: Object = {"name": track.name, "picture": _picture(analysis, track, blobs, cancelled)}
    pair = analysis.mixture_pair
    score = None if pair is None else pair.valid_score
    return found if pair is None or score is None else {**found, **_figures(pair, score, blobs)}


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
        return {**found, "error": str(pair.refusal or "")}
    return {
        **found,
        "verdict": _verdict(analysis, pair, cancelled),
        "curves": curves_report(blobs, score),
        **_figures(pair, score, blobs),
        **_segments(analysis, index, score),
    }


def _verdict(analysis: Analysis, pair: PairAnalysis, cancelled: Cancel | None) -> Object:
    measures = measure_file(pair, cancelled)
    verdict = find_verdict(pair, chance_floor_db(analysis, pair))
    verdict = replace(verdict, band=find_band_of_errors(measures.bands, measures.osi_db))
    in_seconds = pair.frames is not None and pair.frames.grid.seconds
    also = sentences.level_polarity_delay(analysis, pair)
    sentence = verdict_sentence(verdict, "s" if in_seconds else "frames", *also)
    return {"grade": int(verdict.grade), "word": grade_words(verdict.grade), "sentence": sentence}


def _figures(pair: PairAnalysis, score: PairScore, blobs: Blobs) -> Object:
    """MC-MSE of both results as a function of alpha; why a figure is no plain number, or none to trust."""
    sums, why = Object(), Object()
    for formula, table in ((Formula.EXACT, score.facts.sums_active), (Formula.LITERAL, score.facts.sums_all)):
        assert table is not None, "a report is made from an analysis with alpha tables"
        sums[formula.value] = sums_report(blobs, table)
        for measure in SAVED[Group(formula.value)]:
            explain = why_osi if measure.unit and formula is Formula.EXACT else why_loss
            why[f"{formula.value}.{measure.key}"] = explain(measure.of(pair), score, formula)
        del why[f"{formula.value}.mc_mse"]
    return {"sums": sums, "why": why}


def _segments(analysis: Analysis, index: int, score: PairScore) -> Object:
    """The bad segments of the window's list, the worst first, and what makes them bad."""
    table, other = find_segment_table(score), other_letter(analysis.session, index)
    notes = table.notes_of(analysis.session.notes)
    rows = list[Json]()
    for place in table.worst_first[:MOST_SEGMENTS].tolist():
        start, stop = table.span(place)
        rows.append(
            {
                "start": start,
                "stop": stop,
                "kind": kind_name(table, place, other),
                "frames": count_words(table, place, other),
                "lowest_db": number(float(table.osi_min[place])),
                "note": notes.get(place, ""),
            }
        )
    gate = score.bad.choice.gate_db
    return {"segments": rows, "n_segments": len(table), "limit": limit_words(score.bad, other), "gate_db": gate}
