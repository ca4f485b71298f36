"""A comparison as one HTML file that needs nothing else: no network, no other file, no program.

The page's script and style are in `resources/report`. A content security policy allows these two, by their hashes, and
nothing from outside. What the page says is one JSON value and the arrays it names: numbers, verdicts, curves, pictures,
segments, notes.

Files have the start of their SHA-256 beside their names. Texts of others may hold paths: they are taken out.
Pictures keep the loudest point of each column and row. Curves keep means over the frames of each column that count: of
OSI-SNR, and of both terms of the loss, MC-MSE as a function of alpha, so that the page can move it.
"""

import base64
import hashlib
import math
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.alpha_table import NODES, AlphaTable
from osisnr_gui.core.reduce import means_per_group
from osisnr_gui.core.types import BoolArray, FloatArray
from osisnr_gui.export.measures import SAVED, Group
from osisnr_gui.export.report_audio import AudioChoice, ReportSounds
from osisnr_gui.export.score_report import Object, number, score_report
from osisnr_gui.io.errors import Cancel, LoadError, display_name, stop_if
from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.json_file import Json, plain_text
from osisnr_gui.paths import resource_path
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.edits import set_formula
from osisnr_gui.session.inspection.inspector import measure_file
from osisnr_gui.session.pair_pass import make_picture
from osisnr_gui.session.pairs import PairAnalysis, Readers
from osisnr_gui.session.scores import FrameLosses, PairScore, SegmentTable
from osisnr_gui.session.session import Formula
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.verdict import Verdict, chance_floor_db, find_band_of_errors
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text import sentences
from osisnr_gui.text.catalogue import english
from osisnr_gui.text.files import track_words
from osisnr_gui.text.segment_words import count_words, kind_name, limit_words, other_letter

SCHEMA = "osisnr.report/1"
MOST_SEGMENTS = 500
HASH_DIGITS = 12
MOST_COLUMNS, MOST_ROWS = 4096, 512
READ_FRAMES = 4096
SCRIPTS = ("data.js", "view.js", "plots.js", "player.js", "tables.js", "page.js")
#: A page larger than this is too much for most mail servers.
LARGE_BYTES = 20_000_000


class Blobs(dict[str, bytes]):
    """Arrays of a page, deflated, by the id of the element that holds each."""

    def put(self, values: npt.NDArray[np.generic]) -> str:
        """Keep an array as little-endian bytes in C order; its id."""
        name = f"blob-{len(self)}"
        little = values.astype(values.dtype.newbyteorder("<"), copy=False)
        self[name] = zlib.compress(np.ascontiguousarray(little).tobytes(), 9)
        return name


def _report_data(
    analysis: Analysis, numbers: Analysis, sounds: ReportSounds, blobs: Blobs, cancelled: Cancel | None
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
        "grade_tip": sentences.grade_tip(),
        "measures": [
            {"group": group.value, "key": m.key, "title": m.heading, "unit": m.unit, "better": m.better}
            for group in (Group.EXACT, Group.LITERAL, Group.WHOLE)
            for m in SAVED[group]
        ],
        "files": _files(analysis, cancelled),
        "references": [
            {"name": track.name, "picture": _picture(analysis, blobs, track, cancelled) if k in partners else None}
            for k, track in enumerate(analysis.references)
        ],
        "estimates": [_estimate(analysis, k, blobs, cancelled) for k in range(len(kept))],
        "mixture": _mixture(analysis, blobs, cancelled),
        "sounds": sounds.describe() if sounds.heard else None,
        "notes": [{"start": note.start, "stop": note.stop, "text": note.text} for note in session.notes],
        # That the literal result means little is in the footnotes of the table.
        "notices": [notice.message for notice in analysis.notices if notice.code != "literal_not_meaningful"],
    }


def _files(analysis: Analysis, cancelled: Cancel | None) -> list[Json]:
    """Role, name, hash (none where it cannot be read any more) and a description of every file."""
    n_references = len(analysis.references)
    found = list[Json]()
    for place, track in enumerate(analysis.tracks):
        estimate = place - n_references
        role = "reference" if estimate < 0 else "mixture" if track is analysis.mixture else "estimate"
        letter = estimate_letter(estimate) if role == "estimate" else ""
        digest = ""
        with suppress(LoadError), OpenFile(track.source.path) as file:
            digest = file.sha256(cancelled)[:HASH_DIGITS]
        found.append({"role": role, "letter": letter, "name": track.name, "hash": digest, "words": track_words(track)})
    return found


def _mixture(analysis: Analysis, blobs: Blobs, cancelled: Cancel | None) -> Object | None:
    """The mixture; its picture only where it is of the kind of the other pictures."""
    track = analysis.mixture
    if track is None or track.error is not None:
        return None
    picture = _picture(analysis, blobs, track, cancelled) if analysis.compares_mixture else None
    pair = analysis.mixture_pair
    score = None if pair is None else pair.valid_score
    figures = {} if pair is None or score is None else _figures(pair, score, blobs)
    return {"name": track.name, "picture": picture, **figures}


def _estimate(analysis: Analysis, index: int, blobs: Blobs, cancelled: Cancel | None) -> Object:
    pair = analysis.pairs[index]
    score = pair.valid_score
    found: Object = {
        "name": pair.estimate.name,
        "letter": estimate_letter(index),
        "reference": analysis.session.partner_of(index),
        "picture": _picture(analysis, blobs, pair.estimate, cancelled),
    }
    if score is None:
        return {**found, "error": str(pair.refusal or "")}
    measures = measure_file(pair, cancelled)
    verdict = Verdict(pair, chance_floor_db(analysis, pair))
    verdict.band = find_band_of_errors(measures.bands, measures.osi_db)
    unit = "s" if score.facts.frames.grid.seconds else "frames"
    sentence = sentences.verdict_sentence(verdict, unit, *sentences.level_polarity_delay(analysis, pair))
    word = sentences.grade_words(verdict.grade)
    return {
        **found,
        "verdict": {"grade": int(verdict.grade), "word": word, "sentence": sentence},
        "curves": _curves(blobs, score),
        **_figures(pair, score, blobs),
        **_segments(analysis, index, score),
    }


def _figures(pair: PairAnalysis, score: PairScore, blobs: Blobs) -> Object:
    """MC-MSE of both results as a function of alpha; why a figure is no plain number, or none to trust."""
    sums, why = Object(), Object()
    for formula, table in ((Formula.EXACT, score.facts.sums_active), (Formula.LITERAL, score.facts.sums_all)):
        assert table is not None, "a report is made from an analysis with alpha tables"
        filled = np.flatnonzero(table.sums.any(axis=0))  # groups of frames that hold nothing are left out
        exponents: list[Json] = table.exponents[filled].tolist()
        kept = blobs.put(table.sums[:, filled])  # float64 (N_NODES, n_groups)
        sums[formula.value] = {"n_frames": table.n_frames, "exponents": exponents, "sums": kept}
        for measure in SAVED[Group(formula.value)]:
            explain = sentences.why_osi if measure.unit and formula is Formula.EXACT else sentences.why_loss
            why[f"{formula.value}.{measure.key}"] = explain(measure.of(pair), score, formula)
        del why[f"{formula.value}.mc_mse"]
    return {"sums": sums, "why": why}


def _segments(analysis: Analysis, index: int, score: PairScore) -> Object:
    """The bad segments of the window's list, the worst first, and what makes them bad."""
    table, other = SegmentTable(score), other_letter(analysis.session, index)
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


def _picture(analysis: Analysis, blobs: Blobs, track: Track, cancelled: Cancel | None) -> Object | None:
    """The picture of a track in at most MOST_COLUMNS x MOST_ROWS codes, uint8 (n_columns, n_rows), and its axes.

    Column i is centred on first + i*step (s, or frames), row k on low_bin + k*bin_step (Hz, or bins); code 1 is `low`,
    code 255 `high` (dB re full scale, or plain values), 0 is nothing. Of every column its change from the one before is
    kept, which packs better. None for a track that was refused. Raises LoadError and io's Cancelled.
    """
    framing, reference = analysis.framing, analysis.reference
    if track.error is not None or reference is None or track.kind != reference.kind:
        return None  # of another kind: refused as a pair
    with closing(Readers((track,), framing, reference.sample_rate)) as opened:
        (reader,) = opened.open()
        n_frames = reader.n_frames
        picture = make_picture((track,), reference, framing, analysis.session.mask_grid, n_frames)
        wide, high = -(-n_frames // MOST_COLUMNS), -(-picture.n_bins // MOST_ROWS)
        columns = []
        piece = max(1, READ_FRAMES // wide) * wide
        for first in range(0, n_frames, piece):
            stop_if(cancelled)
            count = min(piece, n_frames - first)
            found = reader.magnitudes(reader.rows(reader.read(first, count), slice(count)))
            found = np.maximum.reduceat(found, np.arange(0, count, wide), axis=0)
            columns.append(picture.scale.codes(np.maximum.reduceat(found, np.arange(0, picture.n_bins, high), axis=1)))
    codes = np.concatenate(columns)
    return {
        "n_columns": codes.shape[0],
        "n_rows": codes.shape[1],
        "first": picture.first_time + 0.5 * (wide - 1) * picture.column_step,
        "step": wide * picture.column_step,
        "low_bin": 0.5 * (high - 1) * picture.bin_step,
        "bin_step": high * picture.bin_step,
        "low": picture.low,
        "high": picture.high,
        "unit": picture.unit,
        "codes": blobs.put(np.diff(codes, axis=0, prepend=np.zeros((1, codes.shape[1]), np.uint8))),
    }


def _curves(blobs: Blobs, score: PairScore) -> Object:
    """The curves of both results; `group` frames share a column, column i is centred on first + i*step."""
    frames = score.facts.frames
    assert frames.table is not None, "a report is made from an analysis with alpha tables"
    group = max(1, -(-frames.n_frames // MOST_COLUMNS))
    edges = np.append(np.arange(0, frames.n_frames, group), frames.n_frames)
    found: Object = {
        "group": group,
        "first": frames.first_time + 0.5 * (group - 1) * frames.grid.step,
        "step": group * frames.grid.step,
    }
    shared: tuple[str, str] | None = None
    for formula in (Formula.EXACT, Formula.LITERAL):
        losses = FrameLosses(score.facts, replace(score.loss, formula=formula))
        if shared is None or group > 1:
            counted = score.facts.active if formula is Formula.EXACT and group > 1 else np.ones(frames.n_frames, bool)
            values, exponents = _pooled_table(frames.table, counted, edges)
            shared = blobs.put(values.astype(np.float32)), blobs.put(exponents)
        found[formula.value] = {
            "osi_db": blobs.put(means_per_group(losses.osi_db, edges).astype(np.float32)),
            "osi_term": blobs.put(means_per_group(losses.osi_term(), edges).astype(np.float32)),
            "values": shared[0],
            "exponents": shared[1],
        }
    return found


def _pooled_table(
    table: AlphaTable, counted: BoolArray, edges: npt.NDArray[np.intp]
) -> tuple[FloatArray, npt.NDArray[np.int32]]:
    """The alpha table of the mean MC-MSE of each group's counted frames: values (N_NODES, n), exponents (n,)."""
    starts, sizes = edges[:-1], np.diff(edges)
    exponents = np.maximum.reduceat(table.exponents, starts)
    below = table.exponents - np.repeat(exponents, sizes)
    n_counted = np.maximum(np.add.reduceat(counted.astype(np.int64), starts), 1)
    values = np.empty((len(NODES), len(starts)))
    for row, alpha, frames in zip(values, NODES, table.values, strict=True):
        moved = np.where(counted, frames * np.exp2(2.0 * alpha * below), 0.0)
        row[:] = np.add.reduceat(moved, starts) / n_counted
    return values, exponents


def report_parts(
    numbers: Analysis, audio: AudioChoice, *, with_notes: bool = False, cancelled: Cancel | None = None
) -> Iterator[bytes]:
    """The page, piece by piece, in UTF-8. Raises LoadError and io's Cancelled.

    numbers : a complete analysis by the direct formula, as `osisnr score` makes it, with a reference that was accepted
    and perhaps a mixture that masks are heard on.
    """
    wanted = AnalysisOptions(pictures=False, delay=False)
    # MC-MSE as a function of alpha comes along; the exact result leads.
    analysis = analyse(set_formula(numbers.session, Formula.EXACT), numbers, wanted=wanted, cancelled=cancelled)
    notes = numbers.session.notes if with_notes else ()
    analysis = replace(analysis, notices=numbers.notices, session=replace(analysis.session, notes=notes))
    if not numbers.compares_mixture:
        numbers = replace(numbers, mixture=None)
    blobs, clips = Blobs(), list[Json]()
    with closing(ReportSounds(analysis, audio)) as sounds:
        with english():  # the page is
            data = _report_data(analysis, numbers, sounds, blobs, cancelled)
        head, tail = _page().split("<!-- data -->")
        yield head.encode()
        for place, clip in enumerate(sounds.clips):
            found = {f"sound-{place}-{row}": s for row, s in enumerate(sounds.encode(clip, cancelled))}
            clips.append({"start": clip.start, "n_samples": len(clip), "sounds": list(found)})
            yield from map(_element, found.items())
    yield from map(_element, blobs.items())
    text = plain_text({**data, "clips": clips, "created": time.strftime("%Y-%m-%d %H:%M")})
    for path in (track.source.path for track in analysis.tracks):  # none leaves the machine, whatever says it
        if os.path.basename(path) != path:
            text = text.replace(plain_text(path)[1:-1], plain_text(display_name(path))[1:-1])
    # No text may end the element or begin another one.
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    yield f'<script type="application/json" id="data">{text}</script>\n{tail}'.encode()


def _element(item: tuple[str, bytes]) -> bytes:
    """Bytes by their name, as an element that runs and shows nothing."""
    return b'<script type="text/plain" id="%s">%s</script>\n' % (item[0].encode(), base64.b64encode(item[1]))


def _page() -> str:
    """The page with its script, style and the digests that its policy lets pass, and a mark where the data goes."""
    style = _resource("report.css")
    script = _resource("frame.js").replace("/* parts */", "\n".join(map(_resource, SCRIPTS)))
    page = _resource("report.html").replace("{{script}}", _digest(script)).replace("{{style}}", _digest(style))
    return page.replace("/* style */", style).replace("/* script */", script)


def _resource(name: str) -> str:
    with open(resource_path("report", name), encoding="utf-8") as file:
        return file.read()


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
