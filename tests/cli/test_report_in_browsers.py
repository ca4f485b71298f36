"""A report in Chromium and in Firefox, as its reader has it: seen, dragged, played, by mouse and keys."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import real_sound
import soundfile
from real_browser import Browser, Chromium, chromium, firefox, missing_tools

from osisnr_gui.cli.main import main
from osisnr_gui.export.html_report import report_parts
from osisnr_gui.export.report_audio import AudioChoice
from osisnr_gui.session.analysis import analyse_numbers
from osisnr_gui.session.demos import demo_session

pytestmark = [pytest.mark.slow, pytest.mark.may_skip]

HOSTILE = "<img src=x onerror=document.title=1>&amp;\u202e.flac"
REPORT = "window.osisnrReport"


@dataclass(frozen=True)
class Made:
    """A page and the command line it was made with, `files` and all."""

    page: Path
    arguments: list[str]

    def score(self, folder: Path, *more: str) -> dict[str, Any]:
        """What `osisnr score --json` says, perhaps with further options."""
        target = folder / "score.json"
        assert main(["score", *self.arguments, *more, "--json", str(target)]) == 0
        found = json.loads(target.read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found


def _made(folder: Path, name: str, *arguments: str, only_report: tuple[str, ...] = ()) -> Made:
    page = folder / f"{name}.html"
    assert main(["report", *arguments, *only_report, "-o", str(page)]) == 0
    return Made(page, list(arguments))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browsers")


@pytest.fixture(scope="module")
def sounds(folder: Path, samples: Path) -> Made:
    """Two estimates, one with a hostile name, and the mixture."""
    hostile = folder / HOSTILE
    shutil.copy(samples / "5_damaged_est.flac", hostile)
    files = [samples / "2_enhancement_clean.flac", hostile, samples / "2_enhancement_est_dfn3.flac"]
    return _made(folder, "sounds", *map(str, files), "--mixture", str(samples / "2_enhancement_noisy.flac"))


@pytest.fixture(scope="module")
def masks(folder: Path, samples: Path) -> Made:
    """Two masks, heard on their mixture."""
    files = [str(samples / name) for name in ("4_masks_irm.npy", "4_masks_est.npy")]
    mixture = ("--mixture", str(samples / "4_masks_noisy.flac"), "--hop", "128")
    return _made(folder, "masks", *files, only_report=mixture)


@pytest.fixture(scope="module")
def hard(folder: Path) -> Made:
    """Estimates that are silent, the reference itself, inverted, and one that is no sound."""
    voice = 0.1 * np.random.default_rng(5).normal(size=32_000) * (np.arange(32_000) % 8000 > 2000)
    files = {"voice": voice, "silent": 0 * voice, "same": voice, "inverted": -0.5 * voice}
    for name, samples in files.items():
        soundfile.write(folder / f"{name}.wav", samples, 16_000)
    (folder / "broken.wav").write_bytes(b"RIFF, but no more")
    arguments = [str(folder / f"{name}.wav") for name in (*files, "broken")]
    page = folder / "hard.html"
    assert main(["report", *arguments, "-o", str(page)]) == 3
    return Made(page, arguments)


@pytest.fixture(scope="module")
def speakers(folder: Path) -> Path:
    """Two references, as the window has them: each estimate is held against its own."""
    page = folder / "speakers.html"
    numbers = analyse_numbers(demo_session("speakers"), align=False)
    page.write_bytes(b"".join(report_parts(numbers, AudioChoice.ALL)))
    return page


@pytest.fixture(scope="module")
def chrome(folder: Path) -> Iterator[Chromium]:
    if missing := missing_tools("chromium", "chromedriver"):
        pytest.skip(missing)
    with chromium(folder) as browser:
        browser.resize(1400, 900)
        yield browser


@pytest.fixture(scope="module")
def fox(folder: Path) -> Iterator[Browser]:
    if missing := missing_tools("firefox-esr") or real_sound.missing_tools():
        pytest.skip(missing)
    with real_sound.open_sound_server(folder / "home") as server, firefox(folder, server.environment) as browser:
        browser.resize(1400, 900)
        yield browser


def _check_numbers(browser: Browser, made: Made, folder: Path) -> None:
    """Every figure of the table is that of `osisnr score --json`."""
    score = made.score(folder)
    figures = browser.run(
        "return [...document.querySelectorAll('[data-figure]')].map(r => "
        "[r.dataset.figure, [...r.querySelectorAll('td')].map(c => c.dataset.value)])"
    )
    assert len(figures) >= 12
    for name, cells in figures:
        group, key = name.split(".")
        rows = [*score["estimates"], *([score["mixture"]] if "mixture" in score else [])]
        values = [row[group][key] for row in rows]
        assert [None if cell == "" else float(cell) for cell in cells] == values, name
    shown = browser.value("[...document.querySelectorAll('[data-loss]')].map(e => Number(e.dataset.loss))")
    assert shown == pytest.approx([row["exact"]["fused"] for row in score["estimates"]], rel=1e-15)


def _losses(browser: Browser) -> list[float]:
    found = browser.value("[...document.querySelectorAll('[data-loss]')].map(e => Number(e.dataset.loss))")
    assert isinstance(found, list)
    return found


def _check_alpha(browser: Browser, made: Made, folder: Path) -> None:
    """A drag of alpha, and a gamma and a method by hand, lead to the direct formula's loss within 1e-6."""
    before = _losses(browser)
    curve = browser.value(f"Array.from({REPORT}.lossCurve(0).total)")
    browser.drag("#alpha", 0.31, 0.7)
    alpha = browser.value(f"{REPORT}.state.alpha")
    assert 0.5 < alpha < 0.9
    moved = made.score(folder, f"--alpha={alpha!r}")
    assert _losses(browser) == pytest.approx([e["exact"]["fused"] for e in moved["estimates"]], abs=1e-6)
    assert _losses(browser) != pytest.approx(before, rel=1e-3)
    assert browser.value(f"Array.from({REPORT}.lossCurve(0).total)") != curve
    browser.run(
        "for (const [id, value] of [['gamma-number', 2.5], ['method', 2]]) {"
        "const e = document.getElementById(id); e.value = value;"
        "e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); }"
        "document.querySelector('#result button:last-child').click();"
    )
    literal = made.score(folder, f"--alpha={alpha!r}", "--gamma=2.5", "--method=2")
    wanted = [e["literal"]["fused"] for e in literal["estimates"]]
    assert _losses(browser) == pytest.approx(wanted, abs=1e-6)
    browser.run("document.getElementById('defaults').click();document.querySelector('#result button').click()")
    assert _losses(browser) == before


def _check_switching(browser: Browser) -> None:
    """Sources switch by key while they play: the clock goes on, the nodes stay, gains change places."""
    gains = f"{REPORT}.player.nodes.map(n => n.gain.gain.value)"
    browser.run("document.activeElement.blur()")
    browser.press("0")
    browser.press(" ")
    browser.wait(f"{REPORT}.player.playing && {REPORT}.player.context.currentTime > 0.2")
    browser.run(f"window.kept = [...{REPORT}.player.nodes]; window.begun = {REPORT}.player.startedAt")
    for key, kind, index in (("1", "estimate", 0), ("m", "mixture", 0), ("0", "reference", 0)):
        time = browser.value(f"{REPORT}.player.context.currentTime")
        browser.press(key)
        place = browser.value(f"{REPORT}.player.placeOf('{kind}', {index})")
        browser.wait(f"{gains}.every((g, k) => k === {place} ? g > 0.05 : g < 1e-3)")
        wanted = browser.value(f"{REPORT}.player.gainOf({place})")
        browser.wait(f"Math.abs({gains}[{place}] - {wanted}) < 0.01 * {wanted}")
        same = browser.value(f"{REPORT}.player.nodes.every((n, k) => n === window.kept[k])")
        assert (same, browser.value(f"{REPORT}.player.startedAt === window.begun")) == (True, True)
        assert browser.value(f"{REPORT}.player.context.currentTime") > time
    first = browser.value(f"{REPORT}.player.time")
    browser.wait(f"{REPORT}.player.time > {first}")
    browser.press(" ")
    assert browser.value(f"{REPORT}.player.playing") is False


def test_chromium_asks_for_nothing_and_complains_of_nothing(chrome: Chromium, sounds: Made, masks: Made) -> None:
    for made in (sounds, masks):
        chrome.call("POST", "url", {"url": "about:blank"})
        chrome.requests(), chrome.complaints()
        chrome.open(made.page)
        _check_switching(chrome)
        chrome.drag("#alpha", 0.31, 0.7)
        chrome.wait("true")
        assert [url for url in chrome.requests() if url != "data:,"] == [made.page.as_uri()]
        assert chrome.complaints() == []


def test_hard_cases_are_shown_in_words(chrome: Chromium, hard: Made) -> None:
    chrome.call("POST", "url", {"url": "about:blank"})
    chrome.complaints()
    chrome.open(hard.page)
    for estimate in range(4):
        chrome.run("document.querySelectorAll('.card')[arguments[0]].click()", estimate)
        chrome.press("2")
        chrome.drag("#plot-osi", 0.2, 0.6)
        for result in (1, 0):
            chrome.run("document.querySelectorAll('#result button')[arguments[0]].click()", result)
        chrome.drag("#alpha", 0.2, 0.6)
    text = chrome.value("document.body.innerText")
    for sign in ("NaN", "undefined", "Infinity", "[object"):
        assert sign not in text
    assert "broken.wav: " in text
    assert "not defined" in text
    assert chrome.complaints() == []


def test_only_the_worst_places_play(chrome: Chromium, folder: Path, samples: Path) -> None:
    files = [str(samples / name) for name in ("2_enhancement_clean.flac", "5_damaged_est.flac")]
    made = _made(folder, "worst", *files, "--threshold", "2", only_report=("--audio", "worst"))
    chrome.open(made.page)
    clips = chrome.value(f"{REPORT}.data.clips.map(c => [c.start / 16000, (c.start + c.n_samples) / 16000])")
    assert 1 < len(clips) <= 5
    # The page notes itself what begins to play: a clip may be over before a busy machine has asked for it.
    chrome.run(
        f"const p = {REPORT}.player, follow = p.follow.bind(p); document.activeElement.blur();"
        f"p.follow = () => {{ if (p.playing) window.seen ??= [{REPORT}.data.clips.indexOf(p.clip), p.time]; follow() }}"
    )
    for place, (start, stop) in enumerate(clips):
        chrome.run(f"{REPORT}.state.cursor = {(start + stop) / 2}; window.seen = null")
        chrome.press(" ")
        clip, time = chrome.wait("window.seen")
        assert (clip, start <= time <= stop) == (place, True)
        chrome.press("\ue00c")  # escape
    chrome.run("window.seen = null")
    chrome.press("\ue011")  # home: outside every clip, the nearest one is played
    chrome.press(" ")
    assert chrome.wait("window.seen")[0] == 0
    chrome.wait(f"!{REPORT}.player.playing")  # to its end


def test_every_estimate_is_shown_with_its_own_reference(chrome: Chromium, speakers: Path) -> None:
    chrome.call("POST", "url", {"url": "about:blank"})
    chrome.complaints()
    chrome.open(speakers)
    for estimate, key in enumerate("12"):
        chrome.press(key)
        assert chrome.value(f"{REPORT}.state.estimate") == estimate
        title = chrome.value("document.getElementById('title-reference').textContent")
        assert f"ref_{'ab'[estimate]}" in title
        chrome.press("0")
        heard = chrome.value(f"{REPORT}.player.tracks[{REPORT}.player.heard]")
        assert (heard["kind"], heard["index"]) == ("reference", estimate)
    titles = chrome.value("[...document.querySelectorAll('#sources button')].map((button) => button.title)")
    assert "Hear Reference 2" in titles, "without the brackets of a key it has not"
    assert chrome.value("document.querySelectorAll('#sources kbd:empty').length") == 0
    assert chrome.complaints() == []


def test_chromium_lets_nothing_out(chrome: Chromium, sounds: Made) -> None:
    chrome.open(sounds.page)
    chrome.run(
        "window.refused = []; document.addEventListener('securitypolicyviolation', "
        "e => window.refused.push(e.effectiveDirective));"
        "document.body.append(Object.assign(new Image(), {src: 'https://example.com/a.png'}));"
        "fetch('https://example.com/').catch(() => 0);"
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.evil = 1'}));"
    )
    chrome.wait("window.refused.length >= 3")
    assert sorted(chrome.value("window.refused")) == ["connect-src", "img-src", "script-src-elem"]
    assert chrome.value("window.evil") is None


def test_names_are_text(chrome: Chromium, sounds: Made) -> None:
    chrome.open(sounds.page)
    assert chrome.value("document.querySelectorAll('img').length") == 0
    assert HOSTILE.replace("\u202e", "\\u202e") in chrome.value("document.querySelector('h1').textContent")


@pytest.mark.parametrize("kind", ["sounds", "masks"])
def test_numbers_and_alpha_in_chromium(
    chrome: Chromium, folder: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    made: Made = request.getfixturevalue(kind)
    chrome.open(made.page)
    _check_numbers(chrome, made, folder)
    _check_alpha(chrome, made, folder)


def test_sounds_in_chromium_are_those_of_the_files(chrome: Chromium, sounds: Made) -> None:
    chrome.open(sounds.page)
    chrome.press(" ")
    chrome.wait(f"{REPORT}.player.playing")
    chrome.run(
        f"const p = {REPORT}.player; p.decode(p.clip).then(found => {{ window.decoded = found.map(b => "
        "Array.from(b.getChannelData(0).subarray(8000, 8400))); window.rates = found.map(b => b.sampleRate); })"
    )
    decoded = chrome.wait("window.decoded")
    assert set(chrome.value("window.rates")) == {16000}
    order = chrome.value(f"{REPORT}.player.tracks.map(t => t.kind + t.index)")
    paths = dict(zip(("reference0", "estimate0", "estimate1"), sounds.arguments, strict=False))
    for name, samples in zip(order, decoded, strict=True):
        if name in paths:
            np.testing.assert_allclose(samples, soundfile.read(paths[name])[0][8000:8400], atol=2.0**-15)


def test_keys_and_mouse_in_chromium(chrome: Chromium, sounds: Made) -> None:
    chrome.open(sounds.page)
    whole = chrome.value(f"{REPORT}.state.whole")
    chrome.press("\ue013")  # up
    start, stop = chrome.value(f"{REPORT}.state.range")
    assert stop - start == pytest.approx((whole[1] - whole[0]) / 2)
    chrome.drag("#plot-osi", 0.8, 0.5)
    assert chrome.value(f"{REPORT}.state.range")[0] > start + 0.1
    chrome.press("f")
    assert chrome.value(f"{REPORT}.state.range") == whole
    chrome.press("2")
    assert chrome.value(f"{REPORT}.state.estimate") == 1
    assert chrome.value("document.getElementById('title-estimate').textContent").startswith("B")
    chrome.press("1")
    chrome.run("document.querySelector('#segments button').click()")
    segment = chrome.value(f"{REPORT}.data.estimates[0].segments[0]")
    assert chrome.value(f"{REPORT}.state.selection") == [segment["start"], segment["stop"]]
    chrome.run("document.activeElement.blur()")
    chrome.press("n")
    following = chrome.value(f"{REPORT}.data.estimates[0].segments[1]")
    assert chrome.value(f"{REPORT}.state.selection") == [following["start"], following["stop"]], "on from the click"
    chrome.press("N")
    assert chrome.value(f"{REPORT}.state.selection") == [segment["start"], segment["stop"]]
    chrome.press("l")
    chrome.press(" ")
    chrome.wait(f"{REPORT}.player.playing")
    passed = f"{REPORT}.player.context.currentTime - {REPORT}.player.startedAt"
    chrome.wait(f"{passed} > 2 * ({segment['stop'] - segment['start']})")
    assert segment["start"] <= chrome.value(f"{REPORT}.player.time") <= segment["stop"]
    chrome.press("\ue00c")  # escape
    assert chrome.value(f"{REPORT}.player.playing") is False


def test_pictures_follow_their_range_and_colours(chrome: Chromium, sounds: Made) -> None:
    chrome.open(sounds.page)
    read = (
        "const c = document.getElementById('plot-reference'); const d = c.getContext('2d')"
        ".getImageData(60, 8, c.width - 80, c.height - 20).data; let s = 0; for (const v of d) s += v; return s"
    )
    seen = [chrome.run(read)]
    for change in (
        "const e = document.getElementById('floor'); e.value = -60; e.dispatchEvent(new Event('input'))",
        "const e = document.getElementById('colours'); e.value = 'grey'; e.dispatchEvent(new Event('change'))",
        f"{REPORT}.state.range = [1, 2]; window.dispatchEvent(new Event('resize')); "
        "document.getElementById('zoom-in').click()",
    ):
        chrome.run(change)
        chrome.run("window.painted = 0; requestAnimationFrame(() => requestAnimationFrame(() => { painted = 1 }))")
        chrome.wait("window.painted")
        seen.append(chrome.run(read))
    assert len(set(seen)) == len(seen)


def test_bad_segments_stay_inside_their_picture(chrome: Chromium, sounds: Made) -> None:
    chrome.open(sounds.page)
    orange = (
        "const c = document.getElementById('plot-estimate'); const d = c.getContext('2d').getImageData(arguments[0], "
        "c.height - 12, arguments[1], 12).data; let n = 0;"
        "for (let i = 0; i < d.length; i += 4) n += d[i] > 180 && d[i + 1] < 120 && d[i + 2] < 60; return n"
    )
    assert chrome.run(orange, 60, 700) > 0
    click = "document.querySelector('#segments button').click()"  # others are left of what is seen then
    chrome.run(f"{click}; requestAnimationFrame(() => requestAnimationFrame(() => {{ window.painted = 1 }}))")
    chrome.wait("window.painted")
    assert (chrome.run(orange, 60, 700) > 0, chrome.run(orange, 0, 50)) == (True, 0)


@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_width_and_both_themes(chrome: Chromium, sounds: Made, folder: Path, width: int, scheme: str) -> None:
    try:
        chrome.resize(width, 900)
        chrome.prefer(scheme)
        chrome.open(sounds.page)
        assert chrome.value("document.documentElement.scrollWidth") == width
        wide = (
            "[...document.querySelectorAll('button, label, p, h1')].filter(e => e.scrollWidth > e.clientWidth + 1 && "
        )
        wide += "getComputedStyle(e).overflow !== 'hidden' && getComputedStyle(e).display !== 'inline')"
        assert chrome.value(f"{wide}.map(e => e.textContent)") == []
        background = chrome.value("getComputedStyle(document.body).backgroundColor")
        assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 23, 28)"}[scheme]
        other = {"light": "Dark", "dark": "Light"}[scheme]
        chrome.run(f"[...document.querySelectorAll('#theme button')].find(b => b.textContent === '{other}').click()")
        assert chrome.value("getComputedStyle(document.body).backgroundColor") != background
        chrome.picture(folder / f"{width}_{scheme}.png")
    finally:
        chrome.resize(1400, 900)
        chrome.prefer("light")


@pytest.mark.parametrize("kind", ["sounds", "masks"])
def test_firefox(fox: Browser, folder: Path, kind: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(kind)
    fox.open(made.page)
    fox.run("window.faults = []; window.addEventListener('error', e => window.faults.push(e.message))")
    _check_numbers(fox, made, folder)
    _check_alpha(fox, made, folder)
    _check_switching(fox)
    assert fox.value("performance.getEntriesByType('resource').map(e => e.name).filter(n => n !== 'data:,')") == []
    assert fox.value("window.faults") == []
    assert math.isclose(fox.value("document.documentElement.scrollWidth - innerWidth"), 0, abs_tol=20)
