"""The summary as a table for other programs: CSV with all digits, Markdown and LaTeX as it is on screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from osisnr_gui.export.csv_files import comment, lines_bytes, number_cell, text_cell

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


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: what is on screen, its value, and whether it is the best of its column."""

    text: str
    value: float
    best: bool = False


@dataclass(frozen=True, slots=True)
class SummaryTable:
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
        head = [_escaped(title, _MARKDOWN) for title in ("estimate", *self.titles)]
        lines = [_bars(head), _bars(("---", *("---:" for _ in self.titles)))]
        for name, row in zip(self.names, self.rows, strict=True):
            cells = (f"**{cell.text}**" if cell.best else cell.text for cell in row)
            lines.append(_bars((_escaped(name, _MARKDOWN), *cells)))
        return lines_bytes((*lines, "", f"{self.result[:1].upper()}{self.result[1:]}."))

    def latex(self) -> bytes:
        """A tabular that needs no package, the best of each column in bold."""
        lines = [f"% {self.result}", f"\\begin{{tabular}}{{l{'r' * len(self.titles)}}}", "\\hline"]
        lines += [_row(_escaped(title, _LATEX) for title in ("estimate", *self.titles)), "\\hline"]
        for name, row in zip(self.names, self.rows, strict=True):
            cells = ((_escaped(cell.text, _LATEX), cell.best) for cell in row)
            lines.append(_row((_escaped(name, _LATEX), *(f"\\textbf{{{t}}}" if best else t for t, best in cells))))
        return lines_bytes((*lines, "\\hline", "\\end{tabular}"))


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(char, char) for char in text)


def _bars(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(cells: Iterable[str]) -> str:
    return f"{' & '.join(cells)} \\\\"
