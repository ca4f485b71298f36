"""The kind of a frame in words."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from osisnr_gui.core.types import FrameStatus
from osisnr_gui.text.segment_words import frame_kind

KINDS = ("missed", "false_activity", "low")


@pytest.mark.parametrize(
    ("flag", "status", "words"),
    [
        ("missed", FrameStatus.SILENT_ESTIMATE, "missed"),
        ("false_activity", FrameStatus.SILENT_REFERENCE, "false activity"),
        ("low", FrameStatus.OK, "bad"),
        ("", FrameStatus.OK, "active"),
        ("", FrameStatus.PROPORTIONAL, "active"),
        ("", FrameStatus.SILENT_BOTH, "silent"),
        ("", FrameStatus.SILENT_ESTIMATE, "silent"),
        ("", FrameStatus.NONFINITE, "not a number"),
    ],
)
def test_the_word_is_what_the_plots_shade(flag: str, status: FrameStatus, words: str) -> None:
    active = status in (FrameStatus.OK, FrameStatus.PROPORTIONAL)
    facts = SimpleNamespace(status=np.array([status]), active=np.array([active]))
    bad = SimpleNamespace(facts=facts, **{kind: np.array([kind == flag]) for kind in KINDS})
    assert frame_kind(bad, 0) == words
