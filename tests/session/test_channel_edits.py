"""Every channel on its own: pairs, pairing, and the way back to exactly what was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.export.csv_files import frames_csv
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.comparison.speakers import compare_channels, one_channel
from osisnr_gui.session.notices.all_notices import gather
from osisnr_gui.session.session import DOWNMIX, Session, Source
from osisnr_gui.text import sentences
from osisnr_gui.text.files import title

A, B, C, D = (Source(f"/x/{name}.wav") for name in "abcd")


def _pairs(session: Session) -> list[tuple[str, int | None, str, int | None]]:
    references = [session.references[place] for place in session.partners]
    return [(e.path[3], e.channel, r.path[3], r.channel) for e, r in zip(session.estimates, references, strict=True)]


def test_each_with_the_same_channel_of_the_reference() -> None:
    session = Session((A,), (B,))
    after = compare_channels(session, B, count=2, reference_count=2)
    assert _pairs(after) == [("b", 1, "a", 1), ("b", 2, "a", 2)]
    assert one_channel(after, after.estimates[1]) == session


def test_all_with_a_reference_of_another_count() -> None:
    for count, own in ((1, A), (3, A), (2, replace(A, channel=DOWNMIX))):
        session = Session((own,), (B,))
        after = compare_channels(session, B, count=2, reference_count=count)
        assert after.references == (own,)
        assert _pairs(after) == [("b", 1, "a", own.channel), ("b", 2, "a", own.channel)]
        assert one_channel(after, after.estimates[0]) == session


def test_other_estimates_keep_reference_and_order() -> None:
    session = edits.set_bad(Session((A, D), (C, B), pairing=(1, 0)), against=1)
    after = compare_channels(session, C, count=2, reference_count=2)
    assert _pairs(after) == [("c", 1, "d", 1), ("c", 2, "d", 2), ("b", None, "a", None)]
    assert after.bad.against == 2
    back = one_channel(after, after.estimates[0])
    assert back == session


def test_a_second_file_takes_the_same_channels_of_the_reference() -> None:
    session = Session((A,), (B, C))
    one = compare_channels(session, B, count=2, reference_count=2)
    both = compare_channels(one, C, count=2, reference_count=2)
    assert _pairs(both) == [("b", 1, "a", 1), ("b", 2, "a", 2), ("c", 1, "a", 1), ("c", 2, "a", 2)]
    assert one_channel(both, both.estimates[0]).references == both.references, "the other file still needs them"
    assert one_channel(both) == session


def test_how_a_file_is_read_otherwise_stays() -> None:
    late = replace(B, delay=5, flip=True)
    session = Session((A,), (late,))
    after = compare_channels(session, late, count=2, reference_count=1)
    assert [replace(source, channel=None) for source in after.estimates] == [late, late]
    assert one_channel(after, after.estimates[0]) == session


@pytest.mark.parametrize("source", [A, D])
def test_nothing_to_do(source: Source) -> None:
    session = Session((A,), (B,))
    assert compare_channels(session, source, count=2, reference_count=2) is session
    assert one_channel(session) == session


def test_a_channel_that_was_there_already_is_there_once() -> None:
    session = Session((A,), (replace(B, channel=2), B))
    after = compare_channels(session, B, count=2, reference_count=1)
    assert after.estimates == (replace(B, channel=1), replace(B, channel=2))


def test_channels_that_are_moved_apart_stay_channels_of_one_file(
    write: Callable[..., str], noise: Callable[..., np.ndarray]
) -> None:
    s = np.stack((noise(seed=1), noise(seed=2)), axis=1)
    late = np.stack((np.r_[np.zeros(100), s[:-100, 0]], np.r_[np.zeros(200), s[:-200, 1]]), axis=1)
    session = Session((Source(write("s.wav", s)),), (Source(write("e.wav", late)),))
    after = compare_channels(session, session.estimates[0], count=2, reference_count=2)
    for place, delay in enumerate((100, 200)):
        after = edits.change_source(after, after.estimates[place], delay=delay)
    analysis = analyse(after)
    moved = [notice.message for notice in analysis.notices if notice.code == "aligned"]
    assert [message[:24] for message in moved] == ["e.wav: channel 1: moved ", "e.wav: channel 2: moved "]
    undos = [notice.remedies[0] for notice in analysis.notices if notice.code == "channels"]
    first = replace(session.estimates[0], delay=100)
    assert [undo.edit(after) for undo in undos] == [Session(session.references, (first,))] * 4
    assert one_channel(after) == Session(session.references, (first,))


def test_channels_of_a_reference_that_are_scaled_apart_serve_another_file() -> None:
    after = compare_channels(Session((A,), (B, C)), B, count=2, reference_count=2)
    scaled = edits.change_source(after, after.references[1], gain=2.0)
    both = compare_channels(scaled, C, count=2, reference_count=2)
    assert both.references == scaled.references
    assert _pairs(both) == [("b", 1, "a", 1), ("b", 2, "a", 2), ("c", 1, "a", 1), ("c", 2, "a", 2)]
    assert one_channel(both) == Session((A,), (B, C))


def test_channels_of_one_file_are_told_apart(write: Callable[..., str], noise: Callable[..., np.ndarray]) -> None:
    s = noise()
    both = np.stack((s, 0.1 * s), axis=1) + 0.003 * np.stack((noise(seed=1), noise(seed=2)), axis=1)
    session = Session((Source(write("s.wav", s)),), (Source(write("e.wav", both)),))
    first = analyse(session)
    (notice,) = (notice for notice in first.notices if notice.code == "channels")
    (each,) = (remedy for remedy in notice.remedies if remedy.label == "Each channel as its own estimate")
    after = analyse(each.edit(session), first)
    assert sentences.estimate_names(after) == ["A (e ch 1)", "B (e ch 2)"]
    assert title(after.pairs[1].estimate) == "e.wav · channel 2 of 2"
    assert title(first.pairs[0].estimate) == "e.wav"
    (gain,) = (notice for notice in after.notices if notice.code == "gain")
    assert gain.message.startswith("e.wav: channel 2: 20.0 dB quieter than the reference")
    assert gain.source == after.pairs[1].source
    shown = [notice for notice in gather(after.notices) if notice.code == "channels"]
    assert [notice.message for notice in shown] == ["e.wav: each of its 2 channels is compared on its own"]
    assert shown[0].remedies[0].edit(after.session) == session
    rows = b"".join(frames_csv(after)).decode().splitlines()
    names = {row.rsplit(",", 1)[1] for row in rows if row[0].isdigit()}
    assert names == {f'"{session.estimates[0].path} (channel {k} of 2)"' for k in (1, 2)}
