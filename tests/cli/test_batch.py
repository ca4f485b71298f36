"""`osisnr batch` as a script sees it: every format, exit codes, being stopped in any way and going on."""

from __future__ import annotations

import csv
import importlib.util
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import soundfile

from osisnr_gui.batch.files import batch_table, counts_words
from osisnr_gui.batch.pairs import BatchPair, find_pairs, with_mixtures
from osisnr_gui.batch.runner import BatchRow, BatchSettings, open_journal, run_batch
from osisnr_gui.cli.batch import parse
from osisnr_gui.cli.lines import UsageError
from osisnr_gui.session.session import Formula, FramingChoice, Lengths, LossChoice, Session, Source

from .conftest import ROOT, Run, speech_like, wav

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and processes")
Make = Callable[..., None]


@pytest.fixture
def make(folder: Path) -> Make:
    """`make(n, seconds)` writes n pairs into ref/ and est/ of the working folder, each with other samples."""

    def _make(n: int, n_samples: int = 4000) -> None:
        for name in ("ref", "est"):
            os.mkdir(name)
        speech, noise = speech_like(40_000, 1), speech_like(40_000, 2)
        random = np.random.default_rng(5)
        for k in range(n):
            a, b = random.integers(0, 40_000 - n_samples, 2)
            reference = speech[a : a + n_samples]
            wav(f"ref/{k:04}.wav", reference)
            wav(f"est/{k:04}.wav", reference + random.uniform(0.01, 0.5) * noise[b : b + n_samples])

    return _make


def _spoil(n: int) -> list[str]:
    """Break five of n pairs; the files that must be named."""
    k = [f"{index:04}.wav" for index in np.linspace(1, n - 1, 5).astype(int)]
    Path("est", k[0]).write_bytes(b"")
    Path("est", k[1]).write_text("no sound")
    Path("est", k[2]).unlink()
    data = bytearray(Path("est", k[3]).read_bytes())
    data[-800:-792] = np.array([np.inf]).tobytes()
    Path("est", k[3]).write_bytes(data)
    wav(f"ref/{k[4]}", np.ones(100) * 0.1)
    return [f"est/{k[0]}", f"est/{k[1]}", f"ref/{k[2]}", f"est/{k[3]}", f"ref/{k[4]}"]


def _csv_rows(path: str) -> list[dict[str, str]]:
    lines = [line for line in Path(path).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def _json(path: str) -> dict[str, Any]:
    value = json.loads(Path(path).read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


def test_all_pairs_in_one_table(run: Run, make: Make) -> None:
    make(6)
    done = run("batch", "ref", "est", "-o", "out.csv", "--jobs", "2", "--alpha", "0.5")
    assert (done.code, done.err) == (0, "")
    assert re.match(r"6 of 6 pairs scored, [0-9.]+ pairs/s; saved in out.csv\n\n", done.out)
    assert sorted(os.listdir()) == ["est", "est.wav", "m1.npy", "m2.npy", "out.csv", "ref", "ref.wav"]
    rows = _csv_rows("out.csv")
    assert [row["name"] for row in rows] == [f"{k:04}.wav" for k in range(6)]
    alone = run("score", "ref/0003.wav", "est/0003.wav", "--json", "-", "--alpha", "0.5").json
    wanted, row = alone["estimates"][0], rows[3]
    assert (row["reference"], row["estimate"]) == ("ref/0003.wav", "est/0003.wav")
    for block in ("literal", "exact"):
        for name, value in wanted[block].items():
            assert float(row[f"{block}_{name}"]) == value
    for name, value in wanted["whole_signal"].items():
        assert float(row[f"whole_{name}"]) == value
    assert int(row["n_active"]) == wanted["n_active"]
    assert row["error"] == ""


def test_json_is_that_of_score(run: Run, make: Make) -> None:
    make(3)
    assert run("batch", "ref", "est", "-o", "out.json", "--n-fft", "256", "--silence-db", "inf").code == 0
    found = _json("out.json")
    assert list(found) == ["schema", "version", "settings", "summary", "pairs"]
    assert found["schema"] == "osisnr.batch/1"
    assert (found["settings"]["n_fft"], found["settings"]["silence_db"]) == (256, None)
    alone = run("score", "ref/0001.wav", "est/0001.wav", "--json", "-", "--n-fft", "256", "--silence-db", "inf").json
    pair = found["pairs"][1]
    assert pair["name"] == "0001.wav"
    assert pair["framing"] == {"representation": "magnitude", "n_fft": 256, "hop": 64, "window": "hann"}
    assert pair["reference"] == alone["reference"]
    assert pair["estimate"] == alone["estimates"][0]


def test_mixtures_tell_what_was_gained(run: Run, make: Make) -> None:
    make(3)
    os.mkdir("mix")
    for name, ending in (("0000", "flac"), ("0001", "wav")):
        samples, rate = soundfile.read(f"ref/{name}.wav")
        soundfile.write(f"mix/{name}.{ending}", samples + 0.1 * speech_like(4000, 7), rate)
    words = ("batch", "ref", "est", "--mixture-dir", "mix", "-o")
    done = run(*words, "out.json")
    said = "osisnr: warning: mix: 1 pair has no mixture there (0002.wav): its gain stays empty"
    assert (done.code, done.lines[0]) == (0, said)
    pairs = _json("out.json")["pairs"]
    mixture = ("--mixture", "mix/0001.wav")
    alone = run("score", "ref/0001.wav", "est/0001.wav", *mixture, "--json", "-").json
    assert pairs[1]["estimate"] == alone["estimates"][0]
    assert pairs[1]["mixture"] == alone["mixture"]
    assert "mixture" not in pairs[2]
    assert "improvement" not in pairs[2]["estimate"]
    assert run(*words, "out.csv").code == 0
    rows = _csv_rows("out.csv")
    gained = alone["estimates"][0]["improvement"]["whole_signal"]["si_snr_db"]
    assert float(rows[1]["improvement_whole_si_snr_db"]) == gained
    assert [bool(row["improvement_exact_osi_db_median"]) for row in rows] == [True, True, False]
    columns = list(rows[0])
    assert columns.index("improvement_literal_osi_db_mean") == columns.index("warnings") + 1, "new columns at the end"


def test_a_refused_mixture_is_said_and_costs_only_the_gain(run: Run, make: Make) -> None:
    make(2)
    shutil.copytree("est", "mix")
    Path("mix", "0001.wav").write_text("no sound")
    done = run("batch", "ref", "est", "--mixture-dir", "mix", "-o", "out.csv")
    assert (done.code, len(done.lines)) == (1, 1)
    assert "0001.wav: " in done.lines[0]
    rows = _csv_rows("out.csv")
    assert [bool(row["improvement_exact_osi_db_median"]) for row in rows] == [True, False]
    assert all(row["exact_osi_db_median"] for row in rows)


def test_a_mixture_that_changed_is_scored_again(run: Run, make: Make) -> None:
    make(2)
    shutil.copytree("est", "mix")
    pairs = with_mixtures(find_pairs("ref", "est"), "ref", "mix")
    settings = BatchSettings()
    with open_journal("out.json", settings) as journal:
        rows = list(run_batch(pairs, settings, lambda: ThreadPoolExecutor(1), at_once=1, journal=journal))
    assert not any(row.is_known for row in rows)
    wav("mix/0001.wav", speech_like(3000, 9))
    with open_journal("out.json", settings) as journal:
        rows = list(run_batch(pairs, settings, lambda: ThreadPoolExecutor(1), at_once=1, journal=journal))
    assert {row.pair.name: row.is_known for row in rows} == {"0000.wav": True, "0001.wav": False}


def test_the_reference_may_have_a_channel_of_its_own(run: Run, make: Make) -> None:
    make(1)
    samples, rate = soundfile.read("ref/0000.wav")
    wav("ref/0000.wav", np.stack([speech_like(4000, 8), samples], axis=1), rate)
    assert run("batch", "ref", "est", "-o", "out.json", "--reference-channel", "2", "--channel", "1").code == 0
    found = _json("out.json")
    assert found["settings"]["reference_channel"] == 2
    alone = run("score", "ref/0000.wav", "est/0000.wav", "--reference-channel", "2", "--channel", "1", "--json", "-")
    assert alone.json["settings"]["channel"] == 2
    assert found["pairs"][0]["estimate"] == alone.json["estimates"][0]
    assert run("score", "ref/0000.wav", "est/0000.wav", "--json", "-").json["estimates"] != alone.json["estimates"]


def test_five_broken_files_are_five_named_rows(run: Run, make: Make) -> None:
    make(40)
    named = _spoil(40)
    done = run("batch", "ref", "est", "-o", "out.json", "--jobs", "2")
    assert done.code == 1
    assert done.out.startswith("35 of 40 pairs scored, 5 refused, ")
    assert sorted(line.split(": ")[1] for line in done.lines) == sorted(named)
    found = _json("out.json")
    assert (found["summary"]["n_scored"], found["summary"]["n_failed"]) == (35, 5)
    errors = {pair["name"]: pair["error"]["code"] for pair in found["pairs"] if "error" in pair}
    assert sorted(errors.values()) == ["empty_file", "nonfinite", "not_found", "too_short", "unknown_format"]
    assert run("batch", "ref", "est", "-o", "out.csv").code == 1
    rows = _csv_rows("out.csv")
    assert {row["name"]: row["error_code"] for row in rows if row["error"]} == errors
    assert all((row["exact_fused"] == "") == bool(row["error"]) for row in rows)


def test_a_list_of_pairs(run: Run, make: Make, tmp_path: Path) -> None:
    make(2)
    Path("pairs.csv").write_text("reference,estimate,name\nref/0000.wav,est/0000.wav,a\nref/0000.wav,est/0001.wav,b\n")
    assert run("batch", "pairs.csv", "-o", "out.json").code == 0
    assert [pair["name"] for pair in _json("out.json")["pairs"]] == ["a", "b"]
    os.mkdir("elsewhere")
    os.chdir("elsewhere")
    assert run("batch", "../pairs.csv", "-o", "out.json").code == 0
    assert [pair["estimate"]["path"] for pair in _json("out.json")["pairs"]] == ["../est/0000.wav", "../est/0001.wav"]


def test_masks(run: Run, folder: Path) -> None:
    for name in ("ref", "est"):
        os.mkdir(name)
    os.rename("m1.npy", "ref/m.npy")
    os.rename("m2.npy", "est/m.npy")
    assert run("batch", "ref", "est", "-o", "out.csv").code == 0
    (row,) = _csv_rows("out.csv")
    assert math.isclose(float(row["literal_fused"]), 0.0537370820, abs_tol=5e-11)
    assert (row["hop"], row["whole_osi_db"], row["representation"]) == ("", "", "mask")


def test_names_that_a_spreadsheet_would_run(run: Run, make: Make) -> None:
    make(1)
    for name in ("ref", "est"):
        os.rename(f"{name}/0000.wav", f'{name}/=cmd(),"x".wav')
    assert run("batch", "ref", "est", "-o", "out.csv").code == 0
    assert _csv_rows("out.csv")[0]["name"] == '\'=cmd(),"x".wav'


@pytest.mark.may_skip
@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="pyarrow is an extra")
def test_parquet_has_the_same_numbers(run: Run, make: Make) -> None:
    from pyarrow import parquet

    make(5)
    Path("est/0002.wav").write_bytes(b"")
    for name in ("out.csv", "out.parquet"):
        assert run("batch", "ref", "est", "-o", name).code == 1
    table = parquet.read_table("out.parquet")
    rows = _csv_rows("out.csv")
    assert table.column_names == list(rows[0])
    for row, wanted in zip(table.to_pylist(), rows, strict=True):
        for name, value in row.items():
            text = "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)
            assert text == wanted[name], name
    assert b"gamma" in table.schema.metadata[b"osisnr"]


def test_parquet_without_pyarrow_is_told_before_anything_is_scored(
    run: Run, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(1)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = run("batch", "ref", "est", "-o", "out.parquet")
    assert (done.code, done.out) == (2, "")
    assert "osisnr-gui[parquet]" in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "0 inputs; give two folders"),
        ("ref est more -o out.csv", "3 inputs; give two folders"),
        ("ref est", "-o FILE is missing"),
        ("ref est -o", "expected one argument"),
        ("ref est -o out.txt", "has another ending; give one of .csv, .json, .parquet"),
        ("ref est -o out.csv --jobs 0", "give a whole number from 1"),
        ("ref est -o out.csv --jobs 2 --cluster tcp://a:1", "--jobs: the cluster has workers of its own"),
        ("ref est -o out.csv --alpha 2", "from 1e-09 to 1"),
        ("ref est -o out.csv --hop 600 --n-fft 512", "--hop: 600 is more than a frame"),
        ("ref est -o out.csv --json x", "--json: there is no such option"),
        ("pairs.csv -o pairs.csv", "is an input"),
        ("pairs.csv -o out.csv --mixture-dir mix", "--mixture-dir: goes with two folders"),
    ],
)
def test_wrong_usage(run: Run, folder: Path, words: str, says: str) -> None:
    Path("pairs.csv").write_text("reference,estimate\n")
    done = run("batch", *words.split())
    assert (done.code, done.out, len(done.lines)) == (2, "", 1)
    assert says in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("ref none -o out.csv", "osisnr: none: this folder cannot be read"),
        ("none ref -o out.csv", "osisnr: none: this folder cannot be read"),
        ("ref est -o out.csv --mixture-dir none", "osisnr: none: this folder cannot be read"),
        ("ref est -o out.csv --mixture-dir .", "osisnr: .: no file in this folder is called like a reference"),
        ("ref . -o out.csv", "osisnr: .: no file in this folder is called like a reference"),
        ("pairs.csv -o out.csv", "osisnr: pairs.csv: there is no pair in this list"),
        ("ref est -o none/out.csv", "osisnr: none/out.csv.journal: not saved: its folder does not exist"),
    ],
)
def test_what_cannot_be_begun(run: Run, make: Make, words: str, says: str) -> None:
    make(1)
    Path("pairs.csv").write_text("reference,estimate\n")
    done = run("batch", *words.split())
    assert (done.code, done.out, len(done.lines)) == (3, "", 1)
    assert done.err.startswith(says)
    assert not list(Path().glob("*.journal"))


def test_every_option_arrives() -> None:
    text = (
        "r e -o x.csv --jobs 3 --alpha 0.5 --gamma 2 --method 2 --n-fft 256 --hop 64 --window hamming --channel 2 "
        "--representation complex --key a --transpose --align --silence-db inf --threshold 1.5 --strict"
    )
    options, inputs, settings = parse(text.split())
    session = Session(
        framing=FramingChoice("complex", 256, 64, "hamming"),  # type: ignore[arg-type]
        loss=LossChoice(0.5, 2.0, 2, Formula.LITERAL), silence_db=math.inf, threshold_db=1.5, lengths=Lengths.REFUSE,
    )  # fmt: skip
    assert settings == BatchSettings(session, Source("", channel=2, key="a", transpose=True), align=True)
    assert (inputs, options.output, options.jobs, options.cluster) == (["r", "e"], "x.csv", 3, None)
    assert parse(["r", "e", "-o", "x.csv", "--cluster", "tcp://a:1"])[0].cluster == "tcp://a:1"
    with pytest.raises(UsageError):
        parse(["-o", "x.csv"])


def test_help_names_the_options(run: Run) -> None:
    shown = run("batch", "--help").out
    for name in ("--output", "--jobs", "--cluster", "--alpha", "--align", ".journal", "130"):
        assert name in shown


def test_a_table_without_a_number() -> None:
    rows = [BatchRow(BatchPair("a", "r", "e"))]
    assert (counts_words(rows), batch_table(rows, "first")) == ("1 of 1 pairs scored", "first\n")


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    """The command in a process group of its own, as a shell starts it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "osisnr_gui.cli.main", "batch", "ref", "est", "-o", "out.json", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, start_new_session=True)


def _wait(what: str, is_so: Callable[[], bool], seconds: float = 60.0) -> None:
    stop = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < stop, f"waited {seconds:g} s for {what}"
        time.sleep(0.02)


def _n_scored(journal: str = "out.json.journal") -> int:
    try:
        return max(0, Path(journal).read_bytes().count(b"\n") - 1)
    except OSError:
        return 0


def _is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def _stop_halfway(number: signal.Signals, to_group: bool, n: int) -> tuple[int, bytes, int]:
    """Start a batch, send a signal once n pairs are scored; exit code, stderr, and pairs in the journal."""
    with _start("--jobs", "2") as running:
        _wait(f"{n} pairs", lambda: _n_scored() >= n)
        os.killpg(running.pid, number) if to_group else running.send_signal(number)
        _, err = running.communicate(timeout=60)
        _wait("all workers to end", lambda: _is_gone(running.pid))
    return running.returncode, err, _n_scored()


@posix
@pytest.mark.may_skip
@pytest.mark.parametrize(
    ("number", "to_group", "code"),
    [
        (signal.SIGINT, True, 130),
        (signal.SIGKILL, False, -9),
        pytest.param(signal.SIGINT, False, 130, marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, False, -15, marks=pytest.mark.slow),
    ],
)
def test_stopped_halfway_it_goes_on(run: Run, make: Make, number: signal.Signals, to_group: bool, code: int) -> None:
    make(120, 16_000)
    found, err, n_scored = _stop_halfway(number, to_group, 10)
    assert found == code
    assert not Path("out.json").exists()
    assert 10 <= n_scored < 120
    if number is signal.SIGINT:
        # A pair that was written down in the very moment of the signal may not have been counted any more.
        assert err.decode().splitlines() in [
            [f"osisnr: stopped, {counted} of 120 pairs are scored; the same command goes on from there"]
            for counted in (n_scored - 1, n_scored)
        ]
    done = run("batch", "ref", "est", "-o", "out.json", "--jobs", "2")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"120 of 120 pairs scored, {n_scored} of them in an earlier run, ")
    assert not Path("out.json.journal").exists()
    if number is signal.SIGKILL:
        assert run("batch", "ref", "est", "-o", "again.json").code == 0
        assert _json("out.json") == _json("again.json")


@posix
@pytest.mark.may_skip
@pytest.mark.parametrize("seconds", [0.25, 0.6])
def test_stopped_while_it_loads_it_says_nothing_of_its_insides(make: Make, seconds: float) -> None:
    """The server of the processes loads beside the program, and Ctrl+C goes to both."""
    make(1)
    with _start("--jobs", "2") as running:
        time.sleep(seconds)
        os.killpg(running.pid, signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert b"KeyboardInterrupt" not in err


def test_a_journal_of_other_settings_is_not_used(run: Run, make: Make) -> None:
    make(2)
    Path("out.csv.journal").write_text("00000000 {}\nnonsense")
    done = run("batch", "ref", "est", "-o", "out.csv")
    assert (done.code, done.err) == (0, "")
    open_journal("out.csv", BatchSettings(align=True)).close()
    done = run("batch", "ref", "est", "-o", "out.csv")
    assert done.code == 0
    assert done.lines == ["osisnr: out.csv.journal: of other settings or another version; everything is scored again"]


def test_a_result_that_cannot_be_saved_leaves_the_journal(
    run: Run, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(3)
    os.mkdir("out.csv")
    done = run("batch", "ref", "est", "-o", "out.csv")
    assert (done.code, done.err) == (3, "osisnr: out.csv: not saved: a folder has this name; choose another name\n")
    os.rmdir("out.csv")
    assert run("batch", "ref", "est", "-o", "out.csv").out.startswith("3 of 3 pairs scored, 3 of them in an earlier")


def test_progress_on_a_terminal(run: Run, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make(3)
    Path("est/0001.wav").write_bytes(b"")
    monkeypatch.setattr("osisnr_gui.cli.output.INTERVAL_SECONDS", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    done = run("batch", "ref", "est", "-o", "out.csv", "--jobs", "1")
    assert re.search(r"\r\x1b\[K 67% 2 of 3 pairs, 1 refused, [0-9.]+ pairs/s, [0-9]+ s left", done.err) or re.search(
        r"100% 3 of 3 pairs, 1 refused", done.err
    )
    assert "\r\x1b[Kosisnr: est/0001.wav: the file is empty" in done.err


def test_no_cluster_is_one_line(run: Run, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make(1)
    refusing = ModuleType("distributed")
    refusing.Client = _refuse  # type: ignore[attr-defined]
    for module, says in ((None, "osisnr-gui[cluster]"), (refusing, "no Dask scheduler")):
        monkeypatch.setitem(sys.modules, "distributed", module)
        done = run("batch", "ref", "est", "-o", "out.csv", "--cluster", "tcp://127.0.0.1:9")
        assert (done.code, len(done.lines)) == (3, 1)
        assert says in done.err
        assert not Path("out.csv.journal").exists()


def _refuse(*_: Any, **__: Any) -> None:
    raise OSError("Timed out trying to connect")


@pytest.mark.slow
def test_a_thousand_pairs_killed_and_resumed(run: Run, make: Make) -> None:
    make(1000)
    named = _spoil(1000)
    code, _, n_scored = _stop_halfway(signal.SIGKILL, False, 400)
    assert code == -9
    done = run("batch", "ref", "est", "-o", "out.json")
    assert done.code == 1
    assert done.out.startswith(f"995 of 1000 pairs scored, {n_scored} of them in an earlier run, 5 refused, ")
    assert sorted(line.split(": ")[1] for line in done.lines) == sorted(named)
    found = _json("out.json")
    assert (found["summary"]["n_pairs"], found["summary"]["n_scored"], found["summary"]["n_failed"]) == (1000, 995, 5)
    assert [pair["name"] for pair in found["pairs"]] == [f"{k:04}.wav" for k in range(1000)]


CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@pytest.mark.slow
def test_a_dask_cluster_of_two_workers_gives_equal_numbers(process: Run, run: Run, make: Make) -> None:
    make(100)
    named = _spoil(100)
    Path("cluster.py").write_text(CLUSTER)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "cluster.py"], stdin=pipe, stdout=pipe, stderr=pipe, env=environment
    ) as cluster:
        assert cluster.stdout is not None
        assert cluster.stdin is not None
        address = cluster.stdout.readline().decode().strip()
        try:
            # In a process of its own: the client starts threads that outlive it.
            done = process("batch", "ref", "est", "-o", "cluster.json", "--cluster", address)
        finally:
            cluster.stdin.close()
            cluster.wait(timeout=60)
    assert done.code == 1
    assert done.out.startswith("95 of 100 pairs scored, 5 refused, ")
    assert sorted(line.split(": ")[1] for line in done.lines) == sorted(named)
    assert run("batch", "ref", "est", "-o", "local.json").code == 1
    assert _json("cluster.json") == _json("local.json")
