"""The demos name files that exist and facts that hold."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.core.types import Representation
from osisnr_gui.session.analysis import AnalysisOptions, analyse
from osisnr_gui.session.demos import DEMOS, Demo, demo_session
from osisnr_gui.session.verdict import CHANCE_FLOOR_DB


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_files_exist_and_paths_are_absolute(demo: Demo) -> None:
    sources = demo_session(demo.name).sources
    n_files = len(demo.references) + len(demo.estimates) + (demo.mixture is not None)
    assert len(set(sources)) == len(sources) == n_files
    assert all(os.path.isabs(source.path) and os.path.isfile(source.path) for source in sources)
    assert demo.look_for.endswith(".")


def test_the_first_demo_is_noise_reduction() -> None:
    assert DEMOS[0].name == "enhancement"
    assert demo_session() == demo_session("enhancement")
    assert [demo.name for demo in DEMOS] == ["enhancement", "speakers", "echo", "masks", "damaged"]


def test_words_about_the_damage_are_true(samples: Path) -> None:
    facts = json.loads((samples / "facts.json").read_text("utf-8"))
    (case,) = (case for case in facts["cases"] if case["id"] == "5_damaged")
    for defect in case["known_facts"]["defects"]:
        assert f"{defect['interval_s'][0]:.1f} s" in DEMOS[-1].look_for


def test_words_about_the_masks_are_true() -> None:
    """ "the estimate reaches 3.2 dB": as the window says, which leads with the median."""
    (pair,) = analyse(demo_session("masks"), wanted=AnalysisOptions(pictures=False, delay=False)).pairs
    assert pair.score is not None
    (masks,) = (demo for demo in DEMOS if demo.name == "masks")
    assert f"reaches {pair.score.exact.osi_db_median:.1f} dB" in masks.look_for


def test_words_about_the_speakers_are_true() -> None:
    """ "hardly anything rises above chance. The banner offers the right order; one click, and both rise." """
    chance = CHANCE_FLOOR_DB[Representation.MAGNITUDE]
    before = analyse(demo_session("speakers"), wanted=AnalysisOptions(pictures=False, delay=False))
    (notice,) = (notice for notice in before.notices if notice.code == "assignment")
    right = notice.remedies[0].edit(before.session)
    for index, source in enumerate(right.estimates):
        speaker = right.references[right.partner_of(index)]
        assert os.path.basename(source.path)[-6:] == os.path.basename(speaker.path)[-6:], "a with a, b with b"
    after = analyse(right, before, wanted=AnalysisOptions(pictures=False, delay=False))
    for wrong, mended in zip(before.pairs, after.pairs, strict=True):
        assert wrong.score is not None
        assert mended.score is not None
        values = wrong.score.facts.active_osi_db[wrong.score.facts.active]
        assert np.mean(values > chance) < 0.15
        assert wrong.score.exact.osi_db_median < chance
        assert mended.score.exact.osi_db_median > 2 * chance
