"""The tables that benchmarks leave behind."""

from __future__ import annotations

from pathlib import Path

import bench_table
import pytest


def test_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_table, "_sections", {})
    assert bench_table.tables() == ""
    bench_table.record("The pass", {"pair": "1 h", "seconds": 3.14159, "frames": 450_000})
    bench_table.record("Sliders", {"p95 ms": 12.0})
    bench_table.record("The pass", {"pair": "a|b", "seconds": 1234.56, "note": "not installed"})
    bench_table.write_tables(tmp_path / "tables.md")
    assert (tmp_path / "tables.md").read_text(encoding="utf-8") == (
        "### The pass\n\n"
        "| pair | seconds | frames | note |\n"
        "| --- | ---: | ---: | --- |\n"
        "| 1 h | 3.14 | 450000 |  |\n"
        "| a\\|b | 1235 |  | not installed |\n\n"
        "### Sliders\n\n| p95 ms |\n| ---: |\n| 12 |\n"
    )
