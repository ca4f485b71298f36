"""The demos name files that exist and facts that hold."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from osisnr_gui.session.demos import DEMOS, Demo, UnknownDemo, demo_session, find_demo


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_files_exist_and_paths_are_absolute(demo: Demo) -> None:
    sources = demo_session(demo.name).sources
    assert len(sources) == 1 + len(demo.estimates) + (demo.mixture is not None)
    assert all(os.path.isabs(source.path) and os.path.isfile(source.path) for source in sources)
    assert demo.look_for.endswith(".")


def test_the_first_demo_is_noise_reduction() -> None:
    assert DEMOS[0].name == "enhancement"
    assert demo_session() == demo_session("enhancement")
    assert [demo.name for demo in DEMOS] == ["enhancement", "speakers", "echo", "masks", "damaged"]


def test_unknown_name_lists_the_names() -> None:
    with pytest.raises(UnknownDemo) as caught:
        demo_session("nothing")
    assert "'nothing'" in str(caught.value)
    assert "enhancement, speakers" in str(caught.value)


def test_words_about_the_damage_are_true(samples: Path) -> None:
    facts = json.loads((samples / "facts.json").read_text("utf-8"))
    (case,) = (case for case in facts["cases"] if case["id"] == "5_damaged")
    for defect in case["known_facts"]["defects"]:
        assert f"{defect['interval_s'][0]:.1f} s" in find_demo("damaged").look_for
