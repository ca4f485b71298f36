"""Bad segments and notes as Audacity's labels (start, end and text, a tab between them), and notes as CSV."""

from collections.abc import Iterable, Mapping

import numpy as np

from osisnr_gui.export.csv_files import csv_note, lines_bytes, number_cell, text_cell
from osisnr_gui.io.errors import printable
from osisnr_gui.session import words
from osisnr_gui.session.scores import SegmentTable
from osisnr_gui.session.session import Note
from osisnr_gui.text.segment_words import kind_name

_TEXT_LIMIT = 1000


def segment_labels(table: SegmentTable, notes: Mapping[int, str], estimate: str, other: str) -> bytes:
    """A label for every bad segment of an estimate, in the order of time; times in seconds.

    notes : texts by the place of a segment. other : letter of the estimate this one is held against.
    """
    spans, texts = [], []
    for place in range(len(table)):
        lowest = float(table.osi_min[place])
        parts = [f"{estimate}: {kind_name(table, place, other)}"]
        parts += [] if np.isnan(lowest) else [words.db(lowest)]
        parts += [notes[place]] if place in notes else []
        spans.append(table.span(place))
        texts.append(", ".join(parts))
    return _labels(spans, texts)


def note_labels(notes: Iterable[Note]) -> bytes:
    """A label for every note; times in seconds."""
    ordered = sorted(notes, key=lambda note: (note.start, note.stop))
    return _labels([(note.start, note.stop) for note in ordered], [note.text for note in ordered])


def notes_csv(notes: Iterable[Note], unit: str) -> bytes:
    """A row for every note, in the order of time. unit : of start and stop, "s" or "frames"."""
    rows = [
        ",".join((number_cell(note.start), number_cell(note.stop), text_cell(note.text)))
        for note in sorted(notes, key=lambda note: (note.start, note.stop))
    ]
    return lines_bytes((csv_note(f"start and stop: {unit}"), "start,stop,note", *rows))


def _labels(spans: Iterable[tuple[float, float]], texts: Iterable[str]) -> bytes:
    # A label is a line: hidden characters, tabs and line ends among them, are escaped.
    return lines_bytes(
        f"{start:.6f}\t{max(start, stop):.6f}\t{printable(text, _TEXT_LIMIT)}"
        for (start, stop), text in zip(spans, texts, strict=True)
    )
