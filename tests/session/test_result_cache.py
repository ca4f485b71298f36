"""Kept results: found again without a pass, equal in every bit, and never for files that hold something else."""

from __future__ import annotations

import dataclasses
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osisnr_gui.core.align import Delay
from osisnr_gui.core.types import Representation
from osisnr_gui.io.cache_folder import ArrayFile, CacheFolder, array_file_parts
from osisnr_gui.io.errors import Cancelled, Phrase
from osisnr_gui.io.files import write_atomically
from osisnr_gui.session import edits, result_cache
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, Progress, analyse
from osisnr_gui.session.frame_pass import FramePass
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Lengths, Session, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]
HOUR_NS = 3_600_000_000_000


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ResultCache]:
    cache = ResultCache(CacheFolder(str(tmp_path / "results")))
    yield cache
    cache.close()


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[FramePass]:
    """Every pass that is run from now on."""
    runs: list[FramePass] = []
    run = FramePass.run

    def counted(self: FramePass, *args: Any, **kwargs: Any) -> Any:
        runs.append(self)
        return run(self, *args, **kwargs)

    monkeypatch.setattr(FramePass, "run", counted)
    return runs


@pytest.fixture
def files(write: Write, noise: Noise) -> Callable[..., Session]:
    """Write a pair of a kind an hour ago and give its session."""

    def make(kind: str = "wav", seed: int = 0) -> Session:
        s, e = noise(16_000, seed, talk=True), noise(16_000, seed + 1)
        if kind == "npy":
            paths = [write("s.npy", s.reshape(100, 160)), write("e.npy", (s + 0.1 * e).reshape(100, 160))]
        else:
            paths = [
                write("s.wav", s),
                write("e.wav", np.stack((s + 0.1 * e, np.where(np.arange(16_000) % 1000 < 5, 1.0, e)), axis=1)),
            ]
        for path in paths:
            _age(path)
        return Session(references=(Source(paths[0]),), estimates=(Source(paths[1]),))

    return make


def _age(path: str, seconds: int = 3600) -> None:
    then = os.stat(path).st_mtime_ns - seconds * 1_000_000_000
    os.utime(path, ns=(then, then))


def _keep(session: Session, cache: ResultCache) -> Analysis:
    analysis = analyse(session, cache=cache)
    cache.wait()
    return analysis


def _leaves(thing: Any) -> Iterator[Any]:
    if isinstance(thing, Delay):  # its curve is made when it is asked for
        yield from (thing.samples, thing.peak)
        yield from _leaves(thing.curve)
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        for field in dataclasses.fields(thing):
            yield from _leaves(getattr(thing, field.name))
    else:
        yield thing


def _assert_same(one: Any, other: Any) -> None:
    for a, b in zip(_leaves(one), _leaves(other), strict=True):
        if isinstance(a, np.ndarray):
            assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
        else:
            assert a == b or (a != a and b != b)


def _assert_same_results(kept: Analysis, fresh: Analysis) -> None:
    for track, wanted_track in zip(kept.tracks, fresh.tracks, strict=True):
        for field in dataclasses.fields(track):
            if field.name == "clips":
                np.testing.assert_array_equal(track.clips, wanted_track.clips)
            elif field.name != "mask":
                assert getattr(track, field.name) == getattr(wanted_track, field.name), field.name
    assert [(n.code, n.message) for n in kept.notices] == [(n.code, n.message) for n in fresh.notices]
    for pair, wanted in zip(kept.pairs, fresh.pairs, strict=True):
        # Whatever is known of a pair, also what was added to it after this was written.
        for field in dataclasses.fields(pair):
            if field.name not in ("estimate", "reference", "pictures", "score"):
                _assert_same(getattr(pair, field.name), getattr(wanted, field.name))
        _assert_same((pair.score.literal, pair.score.exact), (wanted.score.literal, wanted.score.exact))
        for picture, other in zip(pair.pictures, wanted.pictures, strict=True):
            _assert_same_picture(picture, other)


def _assert_same_picture(picture: Any, wanted: Any) -> None:
    for name in ("n_columns", "n_bins", "first_time", "column_step", "bin_step", "scale"):
        assert getattr(picture, name) == getattr(wanted, name)
    level = 0
    while (codes := wanted.coarse(level)) is not None:
        np.testing.assert_array_equal(picture.coarse(level), codes)
        level += 1
    assert picture.coarse(level) is None
    np.testing.assert_array_equal(picture.columns(3, 9), wanted.columns(3, 9))


def _changed(session: Session, **changes: Any) -> Session:
    return edits.change_source(session, session.estimates[0], **changes)


CASES: dict[str, tuple[str, Callable[[Session], Session]]] = {
    "sound": ("wav", lambda session: session),
    "masks": ("npy", lambda session: session),
    "complex": ("wav", lambda session: edits.set_framing(session, representation=Representation.COMPLEX)),
    "waveform": ("wav", lambda session: edits.set_framing(session, representation=Representation.WAVEFORM, hop=100)),
    "channel 2": ("wav", lambda session: _changed(session, channel=2)),
    "mean of channels": ("wav", lambda session: _changed(session, channel=0)),
    "level and offset": ("wav", lambda session: _changed(session, gain=2.0, offset=0.01)),
    "delay": ("wav", lambda session: _changed(session, delay=137)),
    "early and padded": (
        "wav",
        lambda session: dataclasses.replace(_changed(session, delay=-700), lengths=Lengths.PAD),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_reopening_runs_no_pass_and_every_bit_is_equal(
    case: str,
    files: Callable[..., Session],
    cache: ResultCache,
    passes: list[FramePass],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind, change = CASES[case]
    session = change(files(kind))
    fresh = _keep(session, cache)
    assert len(passes) == 1
    with monkeypatch.context() as patch:
        patch.setattr(np.fft, "rfft", lambda *_, **__: pytest.fail("an STFT was computed"))
        kept = analyse(session, cache=cache)
    assert len(passes) == 1
    _assert_same_results(kept, fresh)
    _assert_same_results(kept, analyse(session))


def test_warnings_keep_what_a_translation_is_made_from(
    write: Write, files: Callable[..., Session], cache: ResultCache
) -> None:
    session = files("wav")
    loud = np.sin(np.arange(16_000))
    path = write("cancels.wav", np.stack((loud, -loud), axis=1))
    _age(path)
    session = dataclasses.replace(session, estimates=(Source(path, channel=0),))
    fresh, kept = _keep(session, cache), analyse(session, cache=cache)
    (silent,) = (warning for warning in kept.pairs[0].estimate.warnings if warning.code == "SILENT")
    assert isinstance(silent.message, Phrase)
    assert kept.pairs[0].estimate.warnings == fresh.pairs[0].estimate.warnings


def test_nothing_is_read_of_files_that_are_known(
    files: Callable[..., Session], cache: ResultCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = files()
    _keep(session, cache)
    monkeypatch.setattr(result_cache.OpenFile, "sha256", lambda *_: pytest.fail("a file was hashed again"))
    monkeypatch.setattr("osisnr_gui.io.audio.AudioFile.read", lambda *_: pytest.fail("samples were read"))
    assert analyse(session, cache=cache).pairs[0].score is not None


def test_a_copy_under_another_name_is_known(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass], tmp_path: Path
) -> None:
    session = files()
    fresh = _keep(session, cache)
    copies = [shutil.copy(source.path, str(tmp_path / f"copy {k}.wav")) for k, source in enumerate(session.sources)]
    kept = analyse(Session((Source(copies[0]),), (Source(copies[1]),)), cache=cache)
    assert len(passes) == 1
    _assert_same(kept.pairs[0].frames, fresh.pairs[0].frames)
    assert [track.source.path for track in kept.tracks] == copies
    assert copies[1] in {notice.source.path for notice in kept.notices if notice.source is not None}


def test_a_moved_file_is_known(files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]) -> None:
    session = files()
    _keep(session, cache)
    path = session.estimates[0].path
    os.rename(path, path + "2.wav")
    analyse(Session(session.references, (Source(path + "2.wav"),)), cache=cache)
    assert len(passes) == 1


def test_a_touched_file_is_computed_again(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass], write: Write, noise: Noise
) -> None:
    """The same path and the same size, another content and another time."""
    session = files()
    fresh = _keep(session, cache)
    path = session.estimates[0].path
    size = os.stat(path).st_size
    write("e.wav", np.stack((noise(seed=7), noise(seed=8)), axis=1))
    _age(path, 1800)
    assert os.stat(path).st_size == size
    again = _keep(session, cache)
    assert len(passes) == 2
    assert again.pairs[0].score.exact != fresh.pairs[0].score.exact
    _assert_same_results(again, analyse(session))
    analyse(session, cache=cache)
    assert len(passes) == 3, "only the one without a cache"


@pytest.mark.may_skip
@pytest.mark.skipif(os.name != "posix", reason="other systems have no time of the last change of a file's entry")
def test_a_changed_file_with_its_old_time_is_computed_again(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass], write: Write, noise: Noise
) -> None:
    session = files()
    _keep(session, cache)
    path = session.estimates[0].path
    then = os.stat(path).st_mtime_ns
    write("e.wav", np.stack((noise(seed=7), noise(seed=8)), axis=1))
    os.utime(path, ns=(then, then))
    _assert_same_results(analyse(session, cache=cache), analyse(session))
    assert len(passes) == 3


def test_a_file_that_is_being_written_is_not_kept(files: Callable[..., Session], cache: ResultCache) -> None:
    """Within the tick of a coarse clock it may be written again under the same modification time."""
    session = files()
    os.utime(session.estimates[0].path)
    _keep(session, cache)
    assert cache.folder.names() == []


def test_a_file_that_changes_before_it_is_hashed_is_not_kept(
    files: Callable[..., Session], cache: ResultCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = files()
    sha256 = result_cache.OpenFile.sha256

    def changed(file: Any, cancelled: Any) -> str:
        found = sha256(file, cancelled)
        if file.path == session.estimates[0].path:
            _age(file.path, 5)
        return found

    monkeypatch.setattr(result_cache.OpenFile, "sha256", changed)
    _keep(session, cache)
    assert cache.folder.names("pair") == []


def test_every_field_of_a_key_and_of_a_source_makes_another_result(
    files: Callable[..., Session], cache: ResultCache
) -> None:
    """Also one that was added after this was written: forgotten, it would give the numbers of another setting."""
    analysis = analyse(files(), cache=cache)
    key, reference = analysis.pairs[0].key, analysis.pairs[0].reference
    assert key is not None
    assert reference is not None
    keys = [key]
    for field in dataclasses.fields(key):
        value = getattr(key, field.name)
        if isinstance(value, Source):
            names = [inner.name for inner in dataclasses.fields(value) if inner.name != "path"]
            keys += [dataclasses.replace(key, **{field.name: _with_another(value, name)}) for name in names]
        elif field.name == "framing":
            keys += [dataclasses.replace(key, framing=_with_another(value, f.name)) for f in dataclasses.fields(value)]
        elif field.name != "stamps":
            keys.append(_with_another(key, field.name))
    names = [cache._name(other, (reference, analysis.pairs[0].estimate), None) for other in keys]
    assert len(keys) > 10
    assert len(set(names)) == len(keys)


def _with_another(thing: Any, name: str) -> Any:
    value = getattr(thing, name)
    return dataclasses.replace(thing, **{name: not value if isinstance(value, bool) else f"not {value}"})


@pytest.mark.parametrize(
    "change",
    [
        lambda s: edits.set_framing(s, hop=64),
        lambda s: edits.set_framing(s, n_fft=1024),
        lambda s: edits.set_framing(s, window="boxcar"),
        lambda s: edits.set_framing(s, representation=Representation.WAVEFORM),
        lambda s: dataclasses.replace(s, lengths=Lengths.PAD),
        lambda s: dataclasses.replace(s, same_rate_only=True),
        lambda s: _changed(s, channel=2),
        lambda s: _changed(s, delay=1),
        lambda s: _changed(s, flip=True),
        lambda s: edits.swap(s, s.estimates[0]),
    ],
)
def test_other_settings_are_another_result(
    change: Callable[[Session], Session], files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]
) -> None:
    session = files()
    _keep(session, cache)
    other = change(session)
    _keep(other, cache)
    assert len(passes) == 2
    assert len(cache.folder.names("pair")) == 2
    analyse(session, cache=cache)
    analyse(other, cache=cache)
    assert len(passes) == 2


def test_cheap_settings_are_the_same_result(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]
) -> None:
    session = files()
    _keep(session, cache)
    other = edits.set_silence(edits.set_threshold(edits.set_gamma(edits.set_alpha(session, 0.7), 3), 9), 20)
    kept = analyse(other, cache=cache)
    assert len(passes) == 1
    _assert_same_results(kept, analyse(other))


def test_other_code_is_another_result(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = files()
    _keep(session, cache)
    monkeypatch.setattr(result_cache, "program_hash", lambda: "other")
    analyse(session, cache=cache)
    assert len(passes) == 2


def test_one_new_estimate_costs_one_pass(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass], write: Write, noise: Noise
) -> None:
    session = files()
    _keep(session, cache)
    path = write("third.wav", noise(16_000, 5))
    _age(path)
    more = edits.add_files(session, [path])
    both = _keep(more, cache)
    assert len(passes) == 2
    assert both.pairs[0].pictures.reference is both.pairs[1].pictures.reference
    kept = analyse(more, cache=cache)
    assert len(passes) == 2
    assert kept.pairs[0].pictures.reference is kept.pairs[1].pictures.reference
    _assert_same_results(kept, both)


def test_kept_pairs_are_on_screen_before_the_first_pass(
    files: Callable[..., Session], cache: ResultCache, write: Write, noise: Noise
) -> None:
    session = files()
    _keep(session, cache)
    more = dataclasses.replace(session, estimates=(Source(write("f.wav", noise(16_000, 5))), *session.estimates))
    seen: list[Progress] = []
    analyse(more, cache=cache, progress=seen.append)
    first = next(p.analysis for p in seen if p.analysis is not None and any(q.score for q in p.analysis.pairs))
    assert [pair.score is not None for pair in first.pairs] == [False, True]
    assert not first.complete


def test_what_has_no_table_or_no_pictures_is_not_kept_nor_taken(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]
) -> None:
    session = files()
    for wanted in (AnalysisOptions(alpha=0.3), AnalysisOptions(pictures=False)):
        analyse(session, cache=cache, wanted=wanted)
        cache.wait()
    assert cache.folder.names() == []
    _keep(session, cache)
    direct = analyse(session, cache=cache, wanted=AnalysisOptions(alpha=0.3))
    assert direct.pairs[0].frames.table is None
    assert len(passes) == 4


def test_refused_files_are_not_kept(
    files: Callable[..., Session], cache: ResultCache, write: Write, noise: Noise
) -> None:
    session = files()
    path = write("nan.wav", np.r_[noise(8000), np.nan, noise(8000)])
    _age(path)
    for bad in (Session((Source(path),), session.estimates), Session(session.references, (Source(path),))):
        analysis = _keep(bad, cache)
        assert any(track.error is not None for track in analysis.tracks)
    assert cache.folder.names() == []


def _pair_file(cache: ResultCache) -> Path:
    (name,) = cache.folder.names("pair")
    return Path(cache.folder.path, name + ".kept")


@pytest.mark.parametrize("where", ["header", "middle", "cut", "empty", "other file"])
def test_a_damaged_result_is_removed_and_computed_again(
    where: str, files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]
) -> None:
    session = files()
    fresh = _keep(session, cache)
    path = _pair_file(cache)
    data = bytearray(path.read_bytes())
    if where in ("header", "middle"):
        data[30 if where == "header" else len(data) // 2] ^= 1
    path.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "other file": b"RIFF" * 1000}.get(where, data))
    again = _keep(session, cache)
    assert len(passes) == 2
    _assert_same_results(again, fresh)
    assert analyse(session, cache=cache).pairs[0].score is not None
    assert len(passes) == 2, "the whole one is there again"


def _rewrite(path: Path, change: Callable[[dict[str, Any], dict[str, np.ndarray]], object]) -> None:
    """Store something else, with checksums that are right."""
    with ArrayFile(str(path), 1 << 30) as file:
        facts, arrays = file.facts, {name: file.read(name) for name in file.shapes}
    change(facts, arrays)
    write_atomically(str(path), array_file_parts(facts, arrays))


@pytest.mark.parametrize(
    "change",
    [
        lambda facts, arrays: facts.clear(),
        lambda facts, arrays: facts.update(first_frame="a"),
        lambda facts, arrays: facts.update(delay=[1]),
        lambda facts, arrays: facts.update(delay="ab"),
        lambda facts, arrays: arrays.update(correlation=np.zeros((3, 9))),
        lambda facts, arrays: arrays.update(correlation=np.zeros((2, 8))),
        lambda facts, arrays: facts.update(tracks=facts["tracks"][:1]),
        lambda facts, arrays: facts.update(tracks=[{}, {}]),
        lambda facts, arrays: facts["columns"].update(estimate=10**12),
        lambda facts, arrays: facts["columns"].update(residual=-1),
        lambda facts, arrays: facts["columns"].pop("reference"),
        lambda facts, arrays: arrays.clear(),
        lambda facts, arrays: arrays.pop("dot"),
        lambda facts, arrays: arrays.pop("picture_residual"),
        lambda facts, arrays: arrays.update(table=arrays["table"].T),
        lambda facts, arrays: arrays.update(table=arrays["table"][:5]),
        lambda facts, arrays: arrays.update(exact=arrays["exact"][:-1]),
        lambda facts, arrays: arrays.update(literal=np.float64(1.0)[()] * np.ones(())),
        lambda facts, arrays: arrays.update(exponents=arrays["exponents"] + np.int32(1 << 30)),
        lambda facts, arrays: arrays.update(picture_estimate=arrays["picture_estimate"][:, :-1]),
        lambda facts, arrays: arrays.update(picture_estimate=arrays["picture_estimate"][:-1]),
        lambda facts, arrays: arrays.update(whole=arrays["whole"][:-1]),
        lambda facts, arrays: arrays.update({name: array[:0] for name, array in arrays.items() if array.ndim == 1}),
    ],
)
def test_whole_files_that_make_no_sense_are_damage(
    change: Callable[..., object], files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]
) -> None:
    session = files()
    fresh = _keep(session, cache)
    path = _pair_file(cache)
    _rewrite(path, change)
    again = analyse(session, cache=cache)
    assert len(passes) == 2
    _assert_same_results(again, fresh)


def test_a_remembered_hash_that_makes_no_sense_is_no_harm(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]
) -> None:
    session = files()
    _keep(session, cache)
    for facts in ({"hash": 5}, {}, {"hash": "0" * 64}):
        for name in cache.folder.names("file"):
            cache.folder.put(name, facts, {})
        analyse(session, cache=cache)
    assert len(passes) == 2, "only a hash of something else finds nothing"


def test_without_a_place_to_write_everything_works(
    files: Callable[..., Session], passes: list[FramePass], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = ResultCache(CacheFolder(str(tmp_path / "file" / "results")))
    session = files()
    for _ in range(2):
        assert _keep(session, cache).pairs[0].score is not None
    assert len(passes) == 2
    cache.close()


def test_switched_off_it_neither_finds_nor_keeps(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]
) -> None:
    session = files()
    _keep(session, cache)
    cache.enabled = False
    _keep(edits.set_framing(session, hop=64), cache)
    _keep(session, cache)
    assert len(passes) == 3
    assert len(cache.folder.names("pair")) == 1


def test_cleared_results_are_computed_again(
    files: Callable[..., Session], cache: ResultCache, passes: list[FramePass]
) -> None:
    session = files()
    _keep(session, cache)
    cache.folder.clear()
    _keep(session, cache)
    assert len(passes) == 2
    assert len(cache.folder.names("pair")) == 1


def test_unknown_files_of_other_sizes_are_not_hashed(
    files: Callable[..., Session], cache: ResultCache, write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = files()
    _keep(session, cache)
    hashed: list[str] = []
    monkeypatch.setattr(result_cache.OpenFile, "sha256", lambda file, _: hashed.append(file.path))
    fresh = Source(write("f.wav", noise(9000, 5)))
    analyse(Session(session.references, (fresh,)), cache=cache)
    assert hashed == []


def test_finding_can_be_cancelled(files: Callable[..., Session], cache: ResultCache) -> None:
    session = files()
    analysis = _keep(session, cache)
    key, reference = analysis.pairs[0].key, analysis.reference
    assert key is not None
    assert reference is not None
    with pytest.raises(Cancelled):
        cache.find(key, (reference, analysis.pairs[0].estimate), None, lambda: True)


def test_closing_drops_what_is_not_written_yet(
    files: Callable[..., Session], cache: ResultCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_of = cache._name

    def closing(*args: Any) -> str | None:
        cache._closing.set()
        return name_of(*args)

    monkeypatch.setattr(cache, "_name", closing)
    _keep(files(), cache)
    cache.close()
    assert cache.folder.names() == []
    assert not Path(cache.folder.path).exists() or os.listdir(cache.folder.path) == []
    cache.keep(*_some_pair(files()), since_ns=2 * HOUR_NS)


def _some_pair(session: Session) -> tuple[Any, PairAnalysis]:
    analysis = analyse(session)
    return analysis.reference, analysis.pairs[0]


def test_the_program_hash_follows_the_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result_cache.program_hash.cache_clear()
    first = result_cache.program_hash()
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "stft.py").write_text("something else")
    monkeypatch.setattr(result_cache.osisnr_gui, "__file__", str(tmp_path / "__init__.py"))
    assert result_cache.program_hash() == first, "asked once"
    result_cache.program_hash.cache_clear()
    second = result_cache.program_hash()
    monkeypatch.setattr("importlib.metadata.version", lambda library: "9")
    result_cache.program_hash.cache_clear()
    third = result_cache.program_hash()
    result_cache.program_hash.cache_clear()
    assert len({first, second, third}) == 3


def test_a_result_under_the_name_of_another_pair_is_not_believed(
    write: Write, noise: Noise, cache: ResultCache, passes: list[FramePass]
) -> None:
    """Three pairs of equal sizes and settings: every two results exchanged, and every remembered hash."""
    sessions = []
    for seed in range(3):
        paths = write(f"s{seed}.wav", noise(16_000, seed)), write(f"e{seed}.wav", noise(16_000, seed + 10))
        for path in paths:
            _age(path)
        sessions.append(Session(references=(Source(paths[0]),), estimates=(Source(paths[1]),)))
    wanted = [_keep(session, cache).pairs[0].frames.exact_osi_db for session in sessions]
    for start in ("pair-", "file-"):
        names = sorted(cache.folder.names(start))
        assert len(names) == (3 if start == "pair-" else 6)
        for one, other in itertools.combinations(names, 2):
            paths = [cache.folder._path(name) for name in (one, other)]
            before = [Path(path).read_bytes() for path in paths]
            for path, content in zip(paths, reversed(before), strict=True):
                Path(path).write_bytes(content)
            for session, osi_db in zip(sessions, wanted, strict=True):
                found = analyse(session, cache=cache).pairs[0].frames.exact_osi_db
                np.testing.assert_array_equal(found, osi_db)
            cache.wait()
            for path, content in zip(paths, before, strict=True):
                Path(path).write_bytes(content)
    passes.clear()
    for session in sessions:
        analyse(session, cache=cache)
    assert passes == [], "put back, all are known again"
