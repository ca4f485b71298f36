"""CSV of an analysis (the frames of all estimates, one after the other; the bad segments of one), one frame as text.

Bad segments and notes also as Audacity's labels (start, end and text, a tab between them), and notes as CSV.

Comment lines come first: the program's version, the files, every setting, which formula each column has. Their values
are written as JSON, so that they can be read back and hold no comma a spreadsheet would cut at. Numbers are written
with as many digits as read back to the same float64; an empty cell is a number that is not finite or does not exist
(the status says why). Text that a spreadsheet would take for a formula gets a leading apostrophe.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

import numpy as np

from osisnr_gui import __version__
from osisnr_gui.core.bad_frames import find_bad_frames
from osisnr_gui.core.loss import EPS_FUSED, inverse_osi
from osisnr_gui.core.osi_snr import si_snr_db, snr_db
from osisnr_gui.core.types import FloatArray, Representation
from osisnr_gui.export.score_report import STATUS_LABELS, changes, settings_report
from osisnr_gui.io.errors import printable
from osisnr_gui.io.json_file import Json, plain_text
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.inspection.inspection import Inspection, plain
from osisnr_gui.session.inspection.inspector import FileMeasures
from osisnr_gui.session.scores import PairScore, SegmentTable
from osisnr_gui.session.session import Note
from osisnr_gui.session.tracks import Track
from osisnr_gui.text.catalogue import english
from osisnr_gui.text.explain import band_words, explain
from osisnr_gui.text.files import channel_words
from osisnr_gui.text.segment_words import kind_name, limit_words

_FORMULA_SIGNS = ("=", "+", "-", "@")
_QUOTED = frozenset(",;\"'# \t")
_NO_NUMBER = frozenset({"nan", "inf", "-inf"})
_TEXT_LIMIT = 1000

SCHEMA = "osisnr.frames/1"
BLOCK_FRAMES = 4096
COLUMNS = (
    *("frame", "time_s", "status", "active", "bad", "literal_osi_db", "literal_loss_osi", "literal_fused"),
    *("exact_osi_db", "exact_loss_osi", "exact_fused", "mc_mse", "si_snr_db", "snr_db", "gain_db"),
    *("reference_energy_db", "estimate_energy_db", "estimate"),
)
SEGMENT_COLUMNS = (
    *("rank", "start", "length", "first_frame", "n_frames", "kind", "n_by_criterion", "n_missed", "n_false_activity"),
    *("exact_osi_db_min", "exact_osi_db_mean", "worst", "loss_share", "note"),
)
_SPAN = attrgetter("start", "stop")  # by which notes stand in the order of time
#: What the inspector shows of the two formulas, of a band and of the whole file, by the names it is copied under.
_TERMS = ("lambda", "target_energy", "noise_energy")
_OF_BAND = ("noise_share", "mc_mse_share", "level_difference_db", "exact_osi_db")
_OF_FILE = ("file_level_difference_db", "file_log_spectral_distance_db", "file_negative_correlation_share")


def csv_note(text: str) -> str:
    """A comment line for whoever reads the table; English in every language."""
    return f"# {text}"


NOTES = (
    csv_note(
        "literal: with the constants 1e-10 and 1e-8 / every frame counts; literal_loss_osi = 1/(literal_osi_db + 1e-10)"
    ),
    csv_note("exact: without constants / active frames count; exact_loss_osi = 1/exact_osi_db (0 where proportional)"),
    csv_note("fused = loss_osi + gamma*mc_mse of the frame (their mean is the file's value by method 1)"),
    csv_note("si_snr_db and snr_db and gain_db are of the frame's column; energies are sums over its cells"),
    csv_note("an empty cell is a number that is not finite or does not exist: see status"),
)


def text_cell(text: str) -> str:
    """Text as one cell: hidden characters escaped, no formula, quoted where a reader could stumble."""
    shown = printable(text, _TEXT_LIMIT)
    if shown.startswith(_FORMULA_SIGNS):
        shown = "'" + shown
    return '"' + shown.replace('"', '""') + '"' if _QUOTED & set(shown) else shown


def number_cell(value: float) -> str:
    """A float with all its digits; empty unless finite."""
    return repr(float(value)) if math.isfinite(value) else ""


def number_cells(values: FloatArray) -> list[str]:
    """`number_cell` of many, quickly."""
    return ["" if text in _NO_NUMBER else text for text in map(repr, values.tolist())]


def comment(name: str, value: Json) -> str:
    """A comment line that holds a value as JSON."""
    # A spreadsheet splits comment lines like any other: what follows a comma could start a formula.
    text = plain_text(value).replace(",", "\\u002c").replace(";", "\\u003b")
    return f"# {name}: {text}"


def lines_bytes(lines: Iterable[str]) -> bytes:
    """Lines as UTF-8, each with its newline."""
    return "".join(f"{line}\n" for line in lines).encode()


def frames_csv(analysis: Analysis) -> Iterator[bytes]:
    """The file in UTF-8, piece by piece, so that hours of frames need little memory."""
    with english():
        header = lines_bytes(_header(analysis))
    yield header
    yield lines_bytes((",".join(COLUMNS),))
    estimates = [pair.estimate for pair in analysis.pairs]
    for pair in analysis.pairs:
        score = pair.valid_score
        if score is not None:
            name = text_cell(_name(estimates, pair.estimate))
            for start in range(0, score.facts.frames.n_frames, BLOCK_FRAMES):
                yield lines_bytes(_rows(score, slice(start, start + BLOCK_FRAMES), name))


def _header(analysis: Analysis) -> Iterator[str]:
    yield f"# osisnr {__version__}"
    yield comment("schema", SCHEMA)
    for reference in analysis.references:
        yield comment("reference", _name(analysis.references, reference))
        yield from (comment(f"reference_{name}", value) for name, value in changes(reference.source).items())
    estimates = [pair.estimate for pair in analysis.pairs]
    for pair in analysis.pairs:
        if pair.valid_score is not None:
            yield comment("estimate", _name(estimates, pair.estimate))
            if pair.reference is not None and len(analysis.references) > 1:
                yield comment("estimate_reference", _name(analysis.references, pair.reference))
            yield from (comment(f"estimate_{name}", value) for name, value in changes(pair.source).items())
            yield comment("estimate_delay_samples", pair.delay_samples)
            yield comment("estimate_delay_taken_out", pair.source.delay != 0)
        else:
            yield comment("refused", str(pair.refusal))
    for name, value in settings_report(analysis).items():
        yield comment(name, value)
    yield from NOTES


@english()
def _name(tracks: Sequence[Track], track: Track) -> str:
    """What one of these files is called: its path, with the channel where several of it are there."""
    path = track.source.path
    return path if sum(other.source.path == path for other in tracks) < 2 else f"{path} ({channel_words(track)})"


def _rows(score: PairScore, part: slice, name: str) -> Iterator[str]:
    facts, exact = score.facts, score.facts.frames.exact_osi_db
    frames, active = facts.frames, facts.active[part]
    bad = find_bad_frames(exact[part], active, score.bad.threshold_db)
    numbers = [number_cells(values) for values in _number_columns(score, part)]
    count = len(active)
    first = frames.first_frame + part.start
    seconds = frames.grid.first + frames.grid.step * np.arange(first, first + count)
    times = number_cells(seconds) if frames.grid.seconds else [""] * count
    columns: list[Iterable[str]] = [
        map(str, range(first, first + count)),
        times,
        (STATUS_LABELS[kind] for kind in facts.status[part].tolist()),
        map(str, active.astype(int).tolist()),
        map(str, bad.astype(int).tolist()),
        *numbers,
        [name] * count,
    ]
    return map(",".join, zip(*columns, strict=True))


def _number_columns(score: PairScore, part: slice) -> tuple[FloatArray, ...]:
    """The columns from literal_osi_db to estimate_energy_db for some frames."""
    frames, active = score.facts.frames, score.facts.active[part]
    projection = frames.projection[part]
    literal = frames.literal_osi_db[part]
    exact = np.where(active, frames.exact_osi_db[part], np.nan)
    mc_mse, gamma = score.mc_mse(part), score.loss.gamma
    literal_loss, exact_loss = inverse_osi(literal, EPS_FUSED), inverse_osi(exact)
    with np.errstate(all="ignore"):
        return (
            literal,
            literal_loss,
            literal_loss + gamma * mc_mse,
            exact,
            exact_loss,
            exact_loss + gamma * mc_mse,
            mc_mse,
            si_snr_db(projection),
            snr_db(projection),
            20.0 * np.log10(np.abs(projection.gain)),
            projection.reference_db,
            projection.estimate_db,
        )


@english()
def segments_csv(
    table: SegmentTable, places: Iterable[int], notes: Mapping[int, str], names: tuple[str, str], other: str
) -> bytes:
    """The table in the order of `places`; names : paths of reference and estimate.

    start, length : seconds, or frames where there is no sample rate. worst : largest drop (dB) or loss, empty for
    OSI-SNR. loss_share : of the whole fused loss, method 1, of the result that leads.
    """
    bad = table.bad
    rank = np.empty(len(table), dtype=np.int64)
    rank[table.worst_first] = np.arange(1, len(table) + 1)
    unit = "s" if bad.facts.frames.grid.seconds else "frames"
    lines = [
        f"# reference: {text_cell(names[0])}",
        f"# estimate: {text_cell(names[1])}",
        f"# bad: {text_cell(limit_words(bad, other))}",
        csv_note(f"level gate: {'off' if bad.choice.gate_db is None else f'{bad.choice.gate_db:g} dB'}"),
        csv_note(f"start and length: {unit}"),
        ",".join(SEGMENT_COLUMNS),
    ]
    first, stop = bad.segments.first, bad.segments.stop
    figures = (table.osi_min, table.osi_mean, table.worst, table.shares())
    for place in places:
        missed, false_activity, low = table.counts[:, place].tolist()
        cells = (
            str(rank[place]),
            repr(round(float(table.start[place]), 9)),
            repr(round(float(table.length[place]), 9)),
            str(bad.facts.frames.first_frame + int(first[place])),
            str(stop[place] - first[place]),
            text_cell(kind_name(table, place, other)),
            *map(str, (low, missed, false_activity)),
            *(number_cell(values[place]) for values in figures),
            text_cell(notes.get(place, "")),
        )
        lines.append(",".join(cells))
    return lines_bytes(lines)


def segment_labels(table: SegmentTable, notes: Mapping[int, str], estimate: str, other: str) -> bytes:
    """A label for every bad segment of an estimate, in the order of time; times in seconds.

    notes : texts by the place of a segment. other : letter of the estimate this one is held against.
    """
    labels = []
    for place in range(len(table)):
        lowest = float(table.osi_min[place])
        parts = [f"{estimate}: {kind_name(table, place, other)}"]
        parts += [] if np.isnan(lowest) else [words.db(lowest)]
        parts += [notes[place]] if place in notes else []
        labels.append(Note(*table.span(place), ", ".join(parts)))
    return note_labels(labels)


def note_labels(notes: Iterable[Note]) -> bytes:
    """A label for every note, in the order of time; times in seconds."""
    # A label is a line: hidden characters, tabs and line ends among them, are escaped.
    return lines_bytes(
        f"{note.start:.6f}\t{max(note.start, note.stop):.6f}\t{printable(note.text, _TEXT_LIMIT)}"
        for note in sorted(notes, key=_SPAN)
    )


def notes_csv(notes: Iterable[Note], unit: str) -> bytes:
    """A row for every note, in the order of time. unit : of start and stop, "s" or "frames"."""
    rows = (
        ",".join((number_cell(note.start), number_cell(note.stop), text_cell(note.text)))
        for note in sorted(notes, key=_SPAN)
    )
    return lines_bytes((csv_note(f"start and stop: {unit}"), "start,stop,note", *rows))


def csv_fields(x: Inspection, path: str) -> dict[str, str]:
    """The frame's row of the per-frame CSV, by column name, every text as it stands there; `path` of the estimate."""
    numbers = {
        f"{terms.formula.value}_{name}": getattr(terms, name)
        for terms in (x.literal, x.exact)
        for name in ("osi_db", "loss_osi", "fused")
    }
    numbers |= {name: getattr(x, name) for name in COLUMNS[COLUMNS.index("mc_mse") : -1]}
    return {
        "frame": str(x.columns.frame),
        "time_s": number_cell(x.time) if x.in_seconds else "",
        "status": x.status.label,
        "active": str(int(x.active)),
        "bad": str(int(x.bad)),
        **{name: number_cell(value) for name, value in numbers.items()},
        "estimate": printable(path, _TEXT_LIMIT),
    }


@english()
def inspection_table(x: Inspection, path: str, measures: FileMeasures | None = None) -> str:
    """Lines of "name<tab>value": the CSV's row, then everything else the inspector shows; numbers with all digits.

    measures : of the whole file, where they are known. The sentences at the end are English, too.
    """
    loss, in_hertz = x.score.loss, x.columns.bin_hz is not None
    more = {
        "alpha": loss.alpha,
        "gamma": loss.gamma,
        "gamma_mc_mse": x.mc_term,
        "angle_deg": x.angle_deg,
        "correlation": x.correlation,
        "level_difference_db": x.level_db,
        "log_spectral_distance_db": x.lsd_db,
        f"share_of_{loss.formula.value}_loss": x.share,
    }
    for terms in (x.literal, x.exact):
        for name, value in zip(_TERMS, (terms.lam, terms.target_energy, terms.noise_energy), strict=True):
            more[f"{terms.formula.value}_{name}"] = value
    for part in x.bands:
        figures = part.noise_share, part.mc_share, part.level_db, part.osi_db
        more |= zip((f"{name} {band_words(part.band, in_hertz)}" for name in _OF_BAND), figures, strict=True)
    if measures is not None:
        of_file = measures.level_db, measures.lsd_db, measures.negative_share, *measures.osi_db
        names = *_OF_FILE, *(f"file_exact_osi_db {band_words(band, in_hertz)}" for band in measures.bands)
        more |= zip(names, of_file, strict=True)
    rows = {**csv_fields(x, path), **{name: number_cell(value) for name, value in more.items()}}
    rows |= {f"sentence_{number}": sentence for number, sentence in enumerate(explain(x), start=1)}
    return "".join(f"{name}\t{value}\n" for name, value in rows.items())


def columns_table(x: Inspection) -> str:
    """Both columns, the scaled reference and the noise as tab-separated lines under a header, all digits.

    Complex values as magnitudes; the last two are empty where there is no lam.
    """
    columns, framing = x.columns, x.columns.framing
    name, positions = "bin", np.arange(len(columns.reference), dtype=np.float64)
    if framing is not None and framing.representation is Representation.WAVEFORM and columns.sample_rate:
        name, positions = "time_s", positions / columns.sample_rate
    elif columns.bin_hz is not None:
        name, positions = "frequency_hz", positions * columns.bin_hz
    parts = [plain(part) for part in (columns.reference, columns.estimate, x.target, x.noise) if part is not None]
    names = ("reference", "estimate", "scaled_reference", "noise")[: len(parts)]
    rows = zip(positions.tolist(), *(part.tolist() for part in parts), strict=True)
    lines = ["\t".join((name, *names)), *("\t".join(map(number_cell, row)) for row in rows)]
    return "\n".join(lines) + "\n"
