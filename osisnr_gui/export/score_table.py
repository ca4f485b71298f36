"""The summary as a table for other programs, and the text `osisnr score` prints: four blocks, a row an estimate."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from osisnr_gui.core.types import FrameStatus
from osisnr_gui.export.csv_files import comment, lines_bytes, number_cell, text_cell
from osisnr_gui.export.measures import SAVED, Group, Measure
from osisnr_gui.export.score_report import settings_report
from osisnr_gui.io.errors import printable
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import under_threshold
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.words import full_path
from osisnr_gui.text.catalogue import _

NAME_WIDTH = 44
GAP = "  "
NONE = "-"

Row = Sequence[str]
Scored = list[tuple[PairAnalysis, PairScore]]
#: What is told of the gain over a mixture.
GAINED = [m for group in (Group.EXACT, Group.LITERAL, Group.WHOLE) for m in SAVED[group] if m.gained]
_GROUPS = {Group.EXACT: _("exact"), Group.LITERAL: _("literal"), Group.WHOLE: _("whole")}
_STATUSES = {
    FrameStatus.OK: _("ok"),
    FrameStatus.SILENT_BOTH: _("silent both"),
    FrameStatus.SILENT_REFERENCE: _("silent reference"),
    FrameStatus.SILENT_ESTIMATE: _("silent estimate"),
    FrameStatus.PROPORTIONAL: _("proportional"),
    FrameStatus.ORTHOGONAL: _("orthogonal"),
    FrameStatus.NONFINITE: _("nonfinite"),
}


def score_table(analysis: Analysis) -> str:
    """Text with a final newline; empty when nothing was scored."""
    scored = [(pair, score) for pair in analysis.pairs if (score := pair.valid_score) is not None]
    if not scored or analysis.reference is None:
        return ""
    references = {pair.reference.source: pair.reference for pair, score in scored if pair.reference is not None}
    lines = [*map(_reference_line, references.values()), settings_line(analysis), ""]
    lines += [*_frames_block(Group.LITERAL, _("Literal, all frames (constants included, as in training):"), scored), ""]
    lines += [*_frames_block(Group.EXACT, _("Exact, active frames (no constants, silence left out):"), scored), ""]
    whole = [pair for pair, score in scored if pair.whole is not None]
    if whole:
        lines += [*_whole_block(whole), ""]
    lines += _status_block(scored)
    lines += _improvement_block(analysis)
    return "\n".join(lines) + "\n"


def aligned(header: Row, rows: Sequence[Row]) -> list[str]:
    """Lines of a table: the first column to the left, the others to the right, no blanks at the ends."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    found = []
    for row in (header, *rows):
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        found.append((GAP + GAP.join((row[0].ljust(len(first)), *others))).rstrip())
    return found


def shown(value: float, unit: str = "dB") -> str:
    """Decibels with two decimals; losses with five, as they are usually printed, large and tiny ones with four digits.

    Infinite values in words.
    """
    if math.isnan(value):
        return NONE
    if unit == "dB" and math.isfinite(value):
        return f"{value:.2f}"
    return f"{value:.5f}" if 1e-3 <= abs(value) < 1e4 else f"{value:.4g}"


def _name(pair: PairAnalysis) -> str:
    return printable(pair.source.path, NAME_WIDTH)


def _reference_line(track: Track) -> str:
    path = full_path(track.source.path)
    if track.kind == "mask":
        return _("Reference: {path} (mask, {coding})").format(path=path, coding=track.coding)
    parts = [f"{track.sample_rate} Hz", f"{track.duration_s or 0.0:.3f} s"]
    if track.level is not None:
        parts.append(f"RMS {shown(track.level.rms_db)} dB")
    return _("Reference: {path} ({facts})").format(path=path, facts=", ".join(parts))


def settings_line(analysis: Analysis) -> str:
    """Everything the numbers depend on beside the files."""
    s, silence = settings_report(analysis), analysis.session.silence_db
    parts = [str(s["representation"])]
    parts += [f"{name} {s[name]}" for name in ("n_fft", "hop", "window") if s[name] is not None]
    parts += [f"{name} {s[name]:g}" for name in ("alpha", "gamma")]
    parts.append(_("method {method}").format(method=s["method"]))
    parts.append(_("silent below -{limit:g} dB").format(limit=silence))
    parts.append(_("bad below {limit:g} dB").format(limit=s["threshold_db"]))
    return _("Settings:  {settings}").format(settings=", ".join(parts))


def _frames_block(group: Group, title: str, scored: Scored) -> list[str]:
    """A named result; literal figures that silence spoils are marked."""
    rows, notes = list[Row](), list[str]()
    for pair, score in scored:
        facts = score.facts
        counted, spoilt = facts.n_active, 0
        if group is Group.LITERAL:
            counted, spoilt = facts.frames.n_frames, facts.not_meaningful
        rows.append((_name(pair) + ("*" if spoilt else ""), str(counted), *_figures(SAVED[group], pair)))
        if spoilt:
            note = _("* {name}: {n} of {total} literal frames are not finite or not above 0 dB")
            notes.append(GAP + note.format(name=_name(pair), n=spoilt, total=counted))
    return [title, *aligned((_("estimate"), _("frames"), *(m.heading for m in SAVED[group])), rows), *notes]


def _whole_block(pairs: list[PairAnalysis]) -> list[str]:
    measures, rows = SAVED[Group.WHOLE], list[Row]()
    for pair in pairs:
        level = pair.estimate.level
        rows.append((_name(pair), *_figures(measures, pair), shown(level.rms_db) if level else NONE, _delay(pair)))
    header = (_("estimate"), *(m.heading for m in measures), _("RMS dB"), _("delay samples"))
    return [_("Whole signal in time:"), *aligned(header, rows)]


def _improvement_block(analysis: Analysis) -> list[str]:
    """Estimate minus mixture; nothing where there is no mixture, or none that could be scored."""
    rows: list[Row] = []
    for index, pair in enumerate(analysis.pairs):
        mixture = analysis.unprocessed_for(index)
        if mixture is not None and mixture.valid_score is not None and pair.valid_score is not None:
            gained = ((m.of(pair) - m.of(mixture), m.unit) for m in GAINED)
            rows.append((_name(pair), *(("+" if value > 0 else "") + shown(value, unit) for value, unit in gained)))
    if not rows or analysis.mixture is None:
        return []
    name = printable(analysis.mixture.source.path, NAME_WIDTH)
    column = _("{result} {figure}")
    figures = (column.format(result=_GROUPS[measure.group], figure=measure.heading) for measure in GAINED)
    header = (_("estimate"), *figures)
    title = _("Gained over {name} (estimate minus mixture; losses: below 0 is better):").format(name=name)
    return ["", title, *aligned(header, rows)]


def _figures(measures: Sequence[Measure], pair: PairAnalysis) -> Iterator[str]:
    return (shown(measure.of(pair), measure.unit) for measure in measures)


def _delay(pair: PairAnalysis) -> str:
    """The delay where it is certain: a lag at which the files hardly correlate says nothing."""
    samples = pair.delay_samples
    if pair.source.delay:
        return _("{n} (taken out)").format(n=samples)
    if samples is None or (samples != 0 and pair.delay is not None and not pair.delay.trusted):
        return NONE
    return str(samples)


def _status_block(scored: Scored) -> list[str]:
    statuses = [status for status in FrameStatus if any(score.facts.counts[status.label] for pair, score in scored)]
    header = (_("estimate"), *map(_STATUSES.__getitem__, statuses), _("bad"), _("bad segments"))
    rows: list[Row] = []
    for pair, score in scored:
        counts = [str(score.facts.counts[status.label]) for status in statuses]
        segments = under_threshold(score.facts, score.bad.threshold_db)[1]
        rows.append((_name(pair), *counts, str(score.bad.n_under), str(len(segments))))
    return [_("Frames:"), *aligned(header, rows)]


#: Signs of the numbers on screen that plain LaTeX does not know, and those it reads as its own.
_LATEX = {sign: f"\\{sign}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "–": "--",
    "∞": r"$\infty$",
    "×": r"$\times$",
    "\u202f": r"\,",
    "Δ": r"$\Delta$",
    **{sign: f"$^{{{plain}}}$" for sign, plain in zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True)},
}
_MARKDOWN = {sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~"}


class Cell(NamedTuple):
    """A figure: what is on screen, its value, and whether it is the best of its column."""

    text: str
    value: float
    best: bool = False


class SummaryTable(NamedTuple):
    """What the summary shows. result : in words, which named result it is; names, rows : of the estimates."""

    result: str
    titles: Sequence[str]
    names: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def csv(self) -> bytes:
        """Comment lines, a header, a row for each estimate; a figure that is not finite is empty."""
        lines = [comment("result", self.result), ",".join(map(text_cell, ("estimate", *self.titles)))]
        for name, row in zip(self.names, self.rows, strict=True):
            lines.append(",".join((text_cell(name), *(number_cell(cell.value) for cell in row))))
        return lines_bytes(lines)

    def markdown(self) -> bytes:
        """A table as GitHub and Pandoc read it, the best of each column in bold."""
        head, *rows = (f"| {' | '.join(cells)} |" for cells in self._cells(_MARKDOWN, "**{}**"))
        rule = f"| --- |{' ---: |' * len(self.titles)}"
        return lines_bytes((head, rule, *rows, "", f"{self.result[:1].upper()}{self.result[1:]}."))

    def latex(self) -> bytes:
        """A tabular that needs no package, the best of each column in bold."""
        head, *rows = (f"{' & '.join(cells)} \\\\" for cells in self._cells(_LATEX, "\\textbf{{{}}}"))
        begin = f"\\begin{{tabular}}{{l{'r' * len(self.titles)}}}"
        return lines_bytes((f"% {self.result}", begin, "\\hline", head, "\\hline", *rows, "\\hline", "\\end{tabular}"))

    def _cells(self, signs: dict[str, str], bold: str) -> Iterator[list[str]]:
        """The titles, then the rows, as another language writes them."""
        table = str.maketrans(signs)
        yield [title.translate(table) for title in ("estimate", *self.titles)]
        for name, row in zip(self.names, self.rows, strict=True):
            figures = ((bold if cell.best else "{}").format(cell.text.translate(table)) for cell in row)
            yield [name.translate(table), *figures]
