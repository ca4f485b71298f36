"""The summary for other programs: digits, bold, and signs that Markdown and LaTeX would take for their own."""

from __future__ import annotations

import math
import re

from osisnr_gui.export.score_table import Cell, SummaryTable

TABLE = SummaryTable(
    "exact, active frames, method 1",
    ["fused L", "Δ median dB", "wins % of active frames"],
    ["A (50%_a&b|#1)", "=B {c}^\\~"],
    [
        [Cell("0.0123", 0.01234567890123, best=True), Cell("−1.5", -1.5), Cell("∞", math.inf)],
        [Cell("1.20\u202f×\u202f10⁻⁵", 1.2e-5), Cell("+2.0", 2.0, best=True), Cell("–", math.nan)],
    ],
)


def test_csv_has_all_digits_and_nothing_that_a_spreadsheet_runs() -> None:
    lines = TABLE.csv().decode().splitlines()
    assert lines[0] == '# result: "exact\\u002c active frames\\u002c method 1"'
    assert lines[2] == '"A (50%_a&b|#1)",0.01234567890123,-1.5,'
    assert lines[3] == '"\'=B {c}^\\~",1.2e-05,2.0,'


def test_markdown() -> None:
    head, rule, first, second, empty, result = TABLE.markdown().decode().splitlines()
    assert head == "| estimate | fused L | Δ median dB | wins % of active frames |"
    assert rule == "| --- | ---: | ---: | ---: |"
    assert first == "| A (50%\\_a&b\\|\\#1) | **0.0123** | −1.5 | ∞ |"
    assert second.startswith("| =B \\{c\\}^\\\\\\~ | 1.20")
    assert (empty, result) == ("", "Exact, active frames, method 1.")


def test_latex_compiles_as_far_as_text_tells() -> None:
    text = TABLE.latex().decode()
    lines = text.splitlines()
    assert lines[0] == "% exact, active frames, method 1"
    assert (lines[1], lines[-1]) == ("\\begin{tabular}{lrrr}", "\\end{tabular}")
    rows = [line for line in lines if line.endswith("\\\\")]
    assert [len(re.findall(r"(?<!\\)&", row)) for row in rows] == [3, 3, 3]
    assert rows[1] == "A (50\\%\\_a\\&b|\\#1) & \\textbf{0.0123} & $-$1.5 & $\\infty$ \\\\"
    assert rows[2].startswith(
        "=B \\{c\\}\\textasciicircum{}\\textbackslash{}\\textasciitilde{} & 1.20\\,$\\times$\\,10$^{-}$$^{5}$"
    )
    assert text.isascii()
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
