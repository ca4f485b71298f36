"""What every test gets: no screen needed, a home of its own, one BLAS thread; no silent skips; tables of benchmarks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

# Before numpy and Qt are imported, by a test module or by a plugin: both read these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

_HOME = Path(tempfile.mkdtemp(prefix="osisnr_gui_tests_"))
# The one thing worth sharing with the real home: downloads of the test that installs a wheel.
os.environ.setdefault("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
for _variable in ("HOME", "USERPROFILE"):
    os.environ[_variable] = str(_HOME)
for _variable in (
    "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "APPDATA",
    "LOCALAPPDATA",
):  # fmt: skip
    _folder = _HOME / _variable.lower()
    _folder.mkdir(mode=0o700)
    os.environ[_variable] = str(_folder)

import bench_table  # noqa: E402
import hypothesis  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "tests" / "bench"

# The same examples in every run, and no verdict by the clock: a red test means that the code changed.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where benchmarks leave their figures."""
    parser.addoption("--bench-table", type=Path, metavar="FILE", help="write the tables of the benchmarks to FILE")


def pytest_sessionstart() -> None:
    """Where a kernel was asked for by EXPECTED_BLAS_KERNEL, make sure that OpenBLAS has taken it."""
    wanted = os.environ.get("EXPECTED_BLAS_KERNEL")
    if wanted is None:
        return
    import scipy.linalg  # noqa: F401 - brings an OpenBLAS of its own
    import threadpoolctl

    found = {library["architecture"] for library in threadpoolctl.threadpool_info() if "architecture" in library}
    # A build without kernels for Zen gives Haswell's, of the same instruction set.
    if not found or not found <= ({wanted, "Haswell"} if wanted == "Zen" else {wanted}):
        pytest.exit(f"OpenBLAS runs {sorted(found)} where {wanted} was asked for", returncode=3)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the benchmarks measured, if any ran."""
    if not bench_table.tables():
        return
    terminalreporter.section("benchmarks")
    terminalreporter.write_line(bench_table.tables())
    if path := terminalreporter.config.getoption("bench_table"):
        bench_table.write_tables(path)


def pytest_unconfigure() -> None:
    """Remove the home of this run."""
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Benchmarks are marked by their place, so that none can slip into the default run."""
    for item in items:
        if item.path.is_relative_to(BENCH):
            item.add_marker("bench")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip without the marker `may_skip` is a failure: a test nobody runs protects nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("may_skip") is None:
        report.outcome = "failed"
        report.longrepr = f"unexpected skip (mark it with may_skip if it is meant): {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"unexpected skip of a whole module: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the sample audio and masks."""
    return ROOT / "resources" / "samples"


@pytest.fixture
def write_wav(tmp_path: Path) -> Callable[..., str]:
    """`write_wav(name, samples, rate=16000, subtype="PCM_16")` -> path of a small WAV file in a fresh folder."""
    import soundfile as sf

    def write(name: str, data: NDArray[np.floating], rate: int = 16000, subtype: str = "PCM_16") -> str:
        path = tmp_path / name
        sf.write(path, data, rate, subtype=subtype)
        return str(path)

    return write
