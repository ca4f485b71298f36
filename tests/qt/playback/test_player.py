"""The player against a fake sound card: the right samples, the right state, and no device needed for anything else."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_sound import FakeCard, FakeSystem
from pytestqt.qtbot import QtBot
from sound_kit import smooth_noise

from osisnr_gui.qt.playback.output import NoOutput
from osisnr_gui.qt.playback.player import Player
from osisnr_gui.qt.plots.time_link import TimeLink, TimeSpan
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.sound.listening import Match, ResidualScale, Sound, SoundKind
from osisnr_gui.session.sound.sound_feed import Band

RATE = 16_000
N = 2 * RATE
FADE = 160
S, A, B, MIX = (smooth_noise(N, seed, peak=0.3) for seed in range(4))
REFERENCE, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.MIXTURE)
EST_A, EST_B, RES_A = Sound(SoundKind.ESTIMATE, 0), Sound(SoundKind.ESTIMATE, 1), Sound(SoundKind.RESIDUAL, 0)


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    folder = tmp_path_factory.mktemp("sounds")
    sounds = {"s": S, "a": 0.5 * S + 0.2 * A, "b": B, "mix": MIX}
    for name, samples in sounds.items():
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="DOUBLE")
    source = {name: Source(str(folder / f"{name}.wav")) for name in sounds}
    return analyse(Session((source["s"],), (source["a"], source["b"]), source["mix"]))


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def link(qapp: object) -> TimeLink:
    link = TimeLink()
    link.set_extent(0.0, N / RATE)
    return link


@pytest.fixture
def player(system: FakeSystem, link: TimeLink, analysis: Analysis) -> Iterator[Player]:
    player = Player(link, system)
    player.show_analysis(analysis, 0)
    yield player
    player.close()


def _heard(system: FakeSystem, count: int, start: int, samples: np.ndarray) -> None:
    """The next `count` samples are `samples` from `start` on."""
    got = system.card.pull(count)
    np.testing.assert_allclose(got, samples[start : start + count], atol=1e-6)


def _place(player: Player) -> int:
    """The sample the engine will give next."""
    engine = player.deck.engine
    return round(engine.position_at(engine.index)[0])


def test_nothing_is_opened_before_something_is_to_be_heard(player: Player, system: FakeSystem) -> None:
    player.hear(REFERENCE)
    player.choose(match=Match.RMS)
    player.stop()
    assert system.opened == []
    assert player.has_sound


def test_play_pause_and_play_on(player: Player, system: FakeSystem, link: TimeLink) -> None:
    link.set_cursor(0.5)
    player.toggle()
    assert player.is_playing
    system.card.pull_sound()
    system.card.pull(FADE)
    _heard(system, 1000, _place(player), 0.5 * S + 0.2 * A)
    player.toggle()
    assert player.is_paused
    system.card.pull(3 * FADE)
    assert not system.card.pull(500).any()
    place = _place(player)
    player.toggle()
    system.card.pull(2 * FADE)
    _heard(system, 500, place + 2 * FADE, 0.5 * S + 0.2 * A)
    assert len(system.opened) == 1


def test_sounds_change_at_the_same_sample(player: Player, system: FakeSystem) -> None:
    player.play(0.0)
    system.card.pull_sound()
    expected = {REFERENCE: S, EST_B: B, MIXTURE: MIX, EST_A: 0.5 * S + 0.2 * A}
    for sound, samples in expected.items():
        player.hear(sound)
        assert player.sound == sound
        system.card.pull(2 * FADE)
        _heard(system, 300, _place(player), samples)
    player.flip()
    assert player.sound == MIXTURE
    player.flip()
    assert player.sound == EST_A


def test_the_residual_is_what_the_reference_leaves(player: Player, system: FakeSystem) -> None:
    e = 0.5 * S + 0.2 * A
    gain = float(S @ e / (S @ S))
    player.hear(RES_A)
    player.play(0.3)
    system.card.pull_sound()
    system.card.pull(FADE)
    _heard(system, 1000, _place(player), e - gain * S)
    player.choose(scale=ResidualScale.FRAME)
    system.card.pull_until(lambda: player.deck.engine._top.supply is player.deck._supply)
    frame = system.card.pull(1000)
    assert 0 < np.sqrt(np.mean(frame**2)) < np.sqrt(np.mean((e - gain * S) ** 2)) * 1.5


def test_loudness_is_matched_without_a_step(player: Player, system: FakeSystem) -> None:
    player.play(0.1)
    player.hear(EST_A)
    system.card.pull_sound()
    player.choose(match=Match.RMS)
    e = 0.5 * S + 0.2 * A
    gain = np.sqrt(np.mean(S**2) / np.mean(e**2))
    system.card.pull(2 * FADE)
    _heard(system, 500, _place(player), gain * e)
    player.choose(match=Match.OSI)
    system.card.pull(2 * FADE)
    _heard(system, 500, _place(player), e / (S @ e / (S @ S)) * player.loudness.lowered)


def test_the_mixtures_gain_is_measured_when_it_is_needed(player: Player, qtbot: QtBot) -> None:
    player.hear(MIXTURE)
    player.choose(match=Match.OSI)
    assert MIXTURE in player.loudness.unknown
    qtbot.waitUntil(lambda: MIXTURE not in player.loudness.unknown)
    assert player._mixture_gain() == pytest.approx(float(S @ MIX / (S @ S)), rel=1e-9)


def test_the_playhead_is_where_the_ear_is(player: Player, system: FakeSystem, link: TimeLink) -> None:
    player.play(0.25)
    assert link.playhead == 0.25
    system.card.latency = 2000
    system.card.pull_sound()
    system.card.pull(4000)
    player._tick()
    assert link.playhead == pytest.approx((_place(player) - 2000) / RATE, abs=1e-9)
    assert math.isnan(link.cursor), "the cursor is the user's"
    player.stop()
    assert math.isnan(link.playhead)


def test_the_cursor_takes_the_sound_with_it(player: Player, system: FakeSystem, link: TimeLink) -> None:
    player.play(0.0)
    system.card.pull_sound()
    player.point(1.0)
    system.card.pull_until(lambda: _place(player) > RATE)
    system.card.pull(FADE)
    _heard(system, 200, _place(player), 0.5 * S + 0.2 * A)
    before = _place(player)
    player.point(1.0)  # the same place again
    system.card.pull_until(lambda: _place(player) < before)
    player.toggle()
    system.card.pull(2000)
    player.point(0.5)
    assert link.playhead == 0.5
    player.toggle()
    system.card.pull_until(lambda: RATE // 2 < _place(player) < RATE // 2 + 2000)


def test_it_stops_at_the_end_and_begins_anew(player: Player, system: FakeSystem, qtbot: QtBot, link: TimeLink) -> None:
    link.set_cursor(1.95)
    player.play()
    system.card.pull_until(lambda: not player.is_playing)
    assert not player.is_paused
    qtbot.waitUntil(lambda: math.isnan(link.playhead))
    link.set_cursor(2.0)
    player.play()
    system.card.pull_sound()
    assert _place(player) < RATE


def test_a_stretch_is_played_once_in_spite_of_a_loop(player: Player, system: FakeSystem, link: TimeLink) -> None:
    link.set_loop(0.2, 0.4)
    player.play_range(1.0, 1.1, loop=False)
    system.card.pull_sound()
    first = _place(player)
    assert RATE <= first < 1.1 * RATE
    system.card.pull_until(lambda: not player.is_playing)
    player.play(0.25)
    system.card.pull_until(lambda: 0.2 * RATE < _place(player) < 0.4 * RATE)
    places = []
    for _ in range(40):
        places.append(_place(player))
        system.card.pull(256)
    assert min(places) >= 0.2 * RATE
    assert max(places) < 0.4 * RATE


def test_a_short_segment_is_looped_with_a_little_around_it(player: Player, system: FakeSystem, link: TimeLink) -> None:
    player.play_range(1.0, 1.024)
    assert link.loop is not None
    assert link.loop.length == pytest.approx(0.3)
    assert link.loop.start + 0.5 * link.loop.length == pytest.approx(1.012)
    player.play_range(0.0, 1.5)
    assert link.loop == TimeSpan(0.0, 1.5)
    assert player.is_playing


@pytest.mark.parametrize("factor", [1, 3])
def test_loops_are_exact_at_every_rate(link: TimeLink, analysis: Analysis, factor: int) -> None:
    system = FakeSystem(factor=factor)
    player = Player(link, system)
    player.show_analysis(analysis, 1)
    player.hear(EST_B)
    link.set_loop(0.5, 0.61)
    player.play(0.5)
    system.card.pull_sound()
    length = round(0.11 * RATE) * factor
    supply = player.deck._supply
    system.card.pull_until(
        lambda: supply is not None and supply.has(RATE // 2 * factor, RATE // 2 * factor + 3 * length)
    )
    out = system.card.pull(6 * length)
    np.testing.assert_array_equal(out[2 * length : 3 * length], out[4 * length : 5 * length])
    known = B[8000 + FADE : 8800].astype(np.float32)
    places = [out[length + k : 3 * length + k : factor] for k in range(factor)]
    likeness = [np.correlate(part, known, "valid") for part in places]
    part = places[int(np.argmax([np.max(found) for found in likeness]))]
    start = max(int(np.argmax(found)) for found in likeness if np.max(found) == max(map(np.max, likeness)))
    np.testing.assert_allclose(part[start : start + known.size], known, atol=1e-6)
    player.close()


def test_only_a_band(player: Player, system: FakeSystem) -> None:
    player.hear(EST_B)
    player.play(0.2)
    system.card.pull_sound()
    player.choose(band=Band(2000.0, 3000.0))  # the noise ends at 1 kHz
    system.card.pull_until(lambda: player.deck.engine._top.supply is player.deck._supply)
    system.card.pull(2 * FADE)
    assert np.max(np.abs(system.card.pull(1000))) < 1e-3
    player.choose(band=None)
    system.card.pull_until(lambda: player.deck.engine._top.supply is player.deck._supply)
    system.card.pull(2 * FADE)
    _heard(system, 500, _place(player), B)


def test_slower(player: Player, system: FakeSystem) -> None:
    player.choose(speed=0.5)
    player.play(0.2)
    system.card.pull_sound()
    before = _place(player)
    system.card.pull(4000)
    assert _place(player) - before == pytest.approx(2000, abs=2)


def test_other_files_stop_it_and_an_edit_does_not(
    player: Player, system: FakeSystem, analysis: Analysis, tmp_path: Path
) -> None:
    player.play(0.5)
    system.card.pull_sound()
    edited = Session(analysis.session.references, analysis.session.estimates[:1], analysis.session.mixture)
    player.show_analysis(analyse(edited, analysis), 0)
    assert player.is_playing
    system.card.pull_until(lambda: player.deck.engine._top.supply is player.deck._supply)
    system.card.pull(2 * FADE)
    _heard(system, 500, _place(player), 0.5 * S + 0.2 * A)
    player._tick()
    assert player.deck._retired == []
    soundfile.write(tmp_path / "x.wav", S, RATE)
    other = Source(str(tmp_path / "x.wav"))
    player.show_analysis(analyse(Session((other,), (other,))), 0)
    assert not player.is_playing
    player.show_analysis(Analysis(Session()), 0)
    assert not player.has_sound


def test_during_a_pass_the_residual_goes_on(player: Player, system: FakeSystem, analysis: Analysis) -> None:
    player.hear(RES_A)
    player.play(0.5)
    system.card.pull_sound()
    supply = player.deck._supply
    partial = Analysis(analysis.session, analysis.references, analysis.mixture, tuple(
        type(pair)(pair.estimate, reference=pair.reference) for pair in analysis.pairs
    ))  # fmt: skip
    player.show_analysis(partial, 0)
    assert player.sound == RES_A
    player.show_analysis(analysis, 0)
    assert player.deck._supply is supply


def test_the_estimate_in_view_is_the_one_that_is_heard(player: Player, analysis: Analysis) -> None:
    player.show_analysis(analysis, 1)
    assert player.sound == EST_B
    player.hear(REFERENCE)
    player.show_analysis(analysis, 0)
    assert player.sound == REFERENCE
    player.hear(RES_A)
    player.show_analysis(analysis, 1)
    assert player.sound == Sound(SoundKind.RESIDUAL, 1)


def test_every_estimate_has_its_own_reference(link: TimeLink, analysis: Analysis) -> None:
    sources = (*analysis.session.references, *analysis.session.estimates)
    two = analyse(Session((sources[0], sources[2]), (sources[1], sources[2]), pairing=(0, 1)))
    player = Player(link, FakeSystem())
    player.show_analysis(two, 0)
    player.hear(player.reference)
    assert player.sound == REFERENCE
    player.show_analysis(two, 1)
    assert player.sound == Sound(SoundKind.REFERENCE, 1)
    assert Sound(SoundKind.RESIDUAL, 1) in player.recipe.sounds
    player.close()


def test_no_device_is_said_once_and_forgotten_when_there_is_one(player: Player, system: FakeSystem) -> None:
    said: list[str] = []
    player.said.connect(said.append)
    system.problem = "no sound device was found"
    player.toggle()
    player.toggle()
    assert said == ["Nothing can be heard: no sound device was found. Everything else works."]
    assert player.problem
    player.stop()
    system.problem = ""
    player.toggle()
    assert player.is_playing
    assert not player.problem
    assert len(system.opened) == 1


def test_a_device_that_cannot_be_started_is_none(
    player: Player, system: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_card: FakeCard, _render: object) -> None:
        raise NoOutput("the sound device is busy")

    monkeypatch.setattr(FakeCard, "start", refuse)
    player.toggle()
    assert player.is_playing
    assert player.problem == "the sound device is busy"


def test_without_a_device_the_cursor_moves_in_real_time(
    player: Player, system: FakeSystem, link: TimeLink, qtbot: QtBot
) -> None:
    system.problem = "no sound device was found"
    player.play(0.25)
    qtbot.waitUntil(lambda: link.playhead > 0.3)
    here, began = link.playhead, time.perf_counter()
    qtbot.wait(500)
    assert link.playhead - here == pytest.approx(time.perf_counter() - began, abs=0.1)
    player.toggle()
    qtbot.wait(400)
    paused = link.playhead
    qtbot.wait(200)
    assert link.playhead == paused
    player.toggle()
    qtbot.waitUntil(lambda: link.playhead > paused)
    assert link.playhead < paused + 0.5, "it goes on where it was"
    link.set_loop(0.5, 1.0)
    player.play(0.9)
    qtbot.waitUntil(lambda: 0.5 <= link.playhead < 0.8, timeout=3000)
    link.clear_loop()
    player.play(1.8)
    qtbot.waitUntil(lambda: not player.is_playing, timeout=3000)


def test_the_level_is_a_gain_in_samples(player: Player, system: FakeSystem) -> None:
    player.hear(REFERENCE)
    player.choose(level_db=-6.0)
    player.play(0.3)
    system.card.pull_sound()
    system.card.pull(FADE)
    _heard(system, 1000, _place(player), 10 ** (-6 / 20) * S)
    player.choose(level_db=0.0)
    system.card.pull(2 * FADE)
    _heard(system, 1000, _place(player), S)


def test_a_residual_can_be_heard_ten_times_as_loud(player: Player, system: FakeSystem) -> None:
    e = 0.5 * S + 0.2 * A
    residual = e - float(S @ e / (S @ S)) * S
    player.choose(level_db=-12.0)
    player.hear(RES_A)
    player.play(0.3)
    system.card.pull_sound()
    system.card.pull(FADE)
    _heard(system, 500, _place(player), 10 ** (-12 / 20) * residual)
    player.choose(residual_is_louder=True)
    system.card.pull(2 * FADE)
    _heard(system, 500, _place(player), 10 ** (-12 / 20) * 10 * residual)
    player.hear(REFERENCE)
    system.card.pull(2 * FADE)
    _heard(system, 500, _place(player), 10 ** (-12 / 20) * S)


def test_the_clip_light_shows_what_went_beyond_full_scale(player: Player, system: FakeSystem) -> None:
    peak = float(np.max(np.abs(S)))
    player.hear(REFERENCE)
    player.choose(level_db=20 * math.log10(0.98 / peak))
    player.play(0.0)
    system.card.pull_sound()
    system.card.pull(RATE)
    player._tick()
    assert not player.is_clipped
    player.choose(level_db=20 * math.log10(2.0 / peak))
    system.card.pull_until(lambda: player.deck.engine.lowered < 0.8)
    player._tick()
    assert player.is_clipped
    assert np.max(np.abs(system.card.samples)) <= 1.0
    player.clear_clip()
    assert not player.is_clipped
    player.choose(level_db=0.0)
    system.card.pull(4 * FADE)
    _heard(system, 500, _place(player), S)  # what was lowered for the loud one is so no more
    player._tick()
    player.clear_clip()
    system.card.pull(1000)
    player._tick()
    assert not player.is_clipped


def test_a_device_that_goes_away_is_replaced(player: Player, system: FakeSystem, link: TimeLink) -> None:
    said: list[str] = []
    player.said.connect(said.append)
    system.names = ["Speakers", "Headphones"]
    player.set_device("Headphones")
    player.play(0.5)
    system.card.pull_sound()
    system.card.pull(5000)
    player._tick()
    here = link.playhead
    system.names = ["Speakers"]
    system.card.failed.emit("the sound device Headphones stopped")
    assert said == ["Playing stopped: the sound device Headphones stopped."]
    assert [card.name for card in system.opened] == ["Headphones", "Speakers"]
    assert system.opened[0].closed
    assert player.is_playing
    assert player.uses_default
    assert player.device_id == "Headphones", "what was chosen is not forgotten"
    system.card.pull_sound()
    assert _place(player) == pytest.approx(here * RATE, abs=3000)
    system.names = ["Speakers", "Headphones"]
    player.toggle()
    player.toggle()
    assert system.card.name == "Headphones", "it is back"
    assert not player.uses_default
    system.names = ["Speakers"]
    system.card.failed.emit("the sound device Headphones stopped")
    system.names = []
    system.card.failed.emit("the sound device Speakers stopped")
    assert said[-1].startswith("Nothing can be heard: no sound device")
    assert player.is_playing, "in silence"


def test_a_file_that_went_away_is_said(player: Player, system: FakeSystem, tmp_path: Path) -> None:
    said: list[str] = []
    player.said.connect(said.append)
    path = tmp_path / "gone.wav"
    soundfile.write(path, S, RATE)
    gone = analyse(Session((Source(str(path)),), (Source(str(path)),)))
    path.unlink()
    player.show_analysis(gone, 0)
    player.play(0.0)
    system.card.pull_until(lambda: bool(said))
    assert "gone.wav" in said[0]
    assert not player.is_playing


def test_too_loud_is_lowered_and_shown(link: TimeLink, tmp_path: Path) -> None:
    """A residual may be louder than any file: nobody knows before it is heard."""
    loud = 0.95 * S / np.max(np.abs(S))
    for name, samples in (("s", loud), ("e", -loud + 0.001 * A)):
        soundfile.write(tmp_path / f"{name}.wav", samples, RATE, subtype="DOUBLE")
    system = FakeSystem()
    player = Player(link, system)
    session = Session((Source(str(tmp_path / "s.wav")),), (Source(str(tmp_path / "e.wav")),))
    player.show_analysis(analyse(session), 0)
    # A wrong gain stands for a bad estimate: the residual is then twice as loud as the files.
    player.recipe = type(player.recipe)(*(
        (1.0,) if name == "gains" else getattr(player.recipe, name) for name in player.recipe.__dataclass_fields__
    ))  # fmt: skip
    changes: list[float] = []
    player.changed.connect(lambda: changes.append(player.deck.engine.lowered))
    player.hear(RES_A)
    player.play(0.0)
    system.card.pull_until(lambda: player.deck.engine.lowered < 0.8)
    player._tick()
    assert changes[-1] < 0.8
    system.card.pull(10_000)
    assert np.max(np.abs(system.card.samples)) <= 1.0
    player.close()
