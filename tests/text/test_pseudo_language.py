"""Under the pseudo-language nothing that is said of a demo is left in plain English, but what programs read is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from osisnr_gui.core.types import FrameStatus
from osisnr_gui.export.csv_files import inspection_table, segments_csv
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.comparison.speakers import find_ranking
from osisnr_gui.session.demos import DEMOS, Demo, demo_session
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.inspection.inspector import Inspector
from osisnr_gui.session.scores import SegmentTable
from osisnr_gui.session.session import Formula
from osisnr_gui.text import catalogue, explain, files, segment_words, sentences
from osisnr_gui.text.catalogue import PseudoTranslation, translated
from osisnr_gui.text.comparison import measured_delay

#: A word without accents: the pseudo-language leaves no vowel as it is.
PLAIN = re.compile(r"\b[a-z]*[aeiou][a-z]*\b")
#: Units, and the names of files and kinds of numbers.
KEPT = re.compile(r"\S+\.(flac|npy)\b|float\d+|\([a-z_0-9]+\)|bin_|\bn_fft\b")


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_chosen", PseudoTranslation())


def _inspected(analysis: Analysis) -> Iterator[Inspection]:
    """One frame of every status there is."""
    inspector, pair = Inspector(), analysis.pairs[0]
    assert pair.score is not None
    facts = pair.score.facts
    try:
        for status in FrameStatus:
            for frame in np.flatnonzero(facts.status == status)[:1]:
                yield inspector.inspect(pair, facts.frames.first_frame + int(frame))
    finally:
        inspector.close()


def _said(analysis: Analysis) -> Iterator[str]:
    for notice in analysis.notices:
        yield translated(notice.message)
        yield from (translated(remedy.label) for remedy in notice.remedies)
    for index, pair in enumerate(analysis.pairs):
        assert pair.score is not None
        table, other = SegmentTable(pair.score), segment_words.other_letter(analysis.session, index)
        yield sentences.pair_sentence(analysis, index)
        yield sentences.selection_sentence(pair, 1.0, 2.0)
        yield sentences.result_words(pair.score)
        yield segment_words.counts_sentence(table, other)
        yield segment_words.counts_tip(table, other)
        yield files.track_words(pair.estimate)
        yield translated(find_ranking(analysis, index).sentence)
        delay = measured_delay(analysis.session, analysis, pair.source)
        yield "" if delay is None else delay.words(3)
    for x in _inspected(analysis):
        yield from (explain.place_words(x), explain.share_words(x), *explain.explain(x))


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_no_plain_english_is_left(demo: Demo) -> None:
    session = demo_session(demo.name)
    first = session.estimates[0]
    changed = edits.change_source(edits.set_formula(session, Formula.LITERAL), first, flip=True)
    if demo.mask_grid is None:
        changed = edits.change_source(changed, changed.estimates[0], gain=2.0, delay=300)
    for analysis in (analyse(session), analyse(changed)):
        left = [(PLAIN.findall(KEPT.sub("", said)), said) for said in _said(analysis)]
        assert not [pair for pair in left if pair[0]]
    assert not PLAIN.findall(translated(demo.title) + translated(demo.look_for))


def test_what_is_saved_is_english_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = analyse(demo_session("damaged"))
    (x, *_), score = _inspected(analysis), analysis.pairs[0].score
    assert score is not None
    table = SegmentTable(score)

    def saved() -> tuple[bytes, str]:
        csv = segments_csv(table, range(len(table)), {}, ("reference", "estimate"), "B")
        return csv, inspection_table(x, "estimate")

    english = saved()
    monkeypatch.setattr(catalogue, "_chosen", PseudoTranslation())
    assert saved() == english
