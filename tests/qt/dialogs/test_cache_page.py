"""The page of the result cache: what is there is told, and every change holds at once and at the next start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from osisnr_gui.io.cache_folder import CacheFolder
from osisnr_gui.qt import main
from osisnr_gui.qt.dialogs.preferences import CachePart, size_text
from osisnr_gui.qt.settings import Settings
from osisnr_gui.session.result_cache import ResultCache

MIB = 1 << 20


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ResultCache]:
    """Two results of 40 MiB, the first one older, and one remembered hash."""
    cache = ResultCache(CacheFolder(str(tmp_path / "<b>results</b>")))
    for index, name in enumerate(("pair-1", "pair-2")):
        cache.folder.put(name, {}, {"values": np.zeros(40 * MIB, dtype=np.uint8)})
        os.utime(os.path.join(cache.folder.path, name + ".kept"), (1000 + index,) * 2)
    cache.folder.put("file-1", {}, {})
    yield cache
    cache.close()


def test_what_is_kept_is_told_and_cleared(qtbot: QtBot, cache: ResultCache) -> None:
    dialog = CachePart(cache, Settings())
    qtbot.addWidget(dialog)
    assert dialog.taken.text() == "2 results kept, 81 MiB on disk"
    assert dialog.clear_button.isEnabled()
    dialog.clear_button.click()
    assert cache.folder.names() == []
    assert dialog.taken.text() == "No results are kept, 0 MiB on disk"
    assert not dialog.clear_button.isEnabled()


def test_the_switch_and_the_limit_hold_at_once_and_at_the_next_start(qtbot: QtBot, cache: ResultCache) -> None:
    dialog = CachePart(cache, Settings())
    qtbot.addWidget(dialog)
    assert dialog.limit.value() == 1024
    dialog.limit.setValue(64)
    assert cache.folder.names("pair") == ["pair-2"], "the one used longest ago is gone"
    assert dialog.taken.text() == "1 result kept, 41 MiB on disk"
    dialog.switch.click()
    assert not cache.enabled
    assert not dialog.limit.isEnabled()
    opened = main.open_cache(Settings())
    assert opened is not None
    assert (opened.enabled, opened.folder.max_bytes) == (False, 64 * MIB)
    opened.close()


def test_typing_a_limit_does_not_pass_through_small_ones(qtbot: QtBot, cache: ResultCache) -> None:
    dialog = CachePart(cache, Settings())
    qtbot.addWidget(dialog)
    dialog.limit.selectAll()
    qtbot.keyClicks(dialog.limit, "640")
    assert cache.folder.max_bytes == 1024 * MIB
    assert len(cache.folder.names("pair")) == 2
    dialog.limit.interpretText()
    assert cache.folder.max_bytes == 640 * MIB


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 MiB"), (1, "1 MiB"), (512 * MIB, "512 MiB"), (1536 * MIB, "1.5 GiB")]
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert size_text(size) == words


def test_the_cache_of_the_program_is_in_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = main.open_cache(Settings())
    assert opened is not None
    assert (opened.enabled, opened.folder.max_bytes) == (True, 1 << 30)
    assert opened.folder.path == os.path.join(os.environ["XDG_CACHE_HOME"], "osisnr_gui", "results")
    opened.close()
    monkeypatch.setattr(main, "user_cache_folder", lambda: None)
    assert main.open_cache(Settings()) is None
