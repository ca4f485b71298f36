"""Cache of results of pairs on disk, kept from one start of the program to the next.

A result is found by what the files hold, not by what they are called: by the hash of both files, how each is read,
the framing and the policies, the program's own code and the libraries that compute. So that an unchanged file need
not be read to be known, its hash is remembered by path, size, times and inode; and an unknown file is hashed only
where a result for files of just these sizes is kept.

`osisnr score` does without: its numbers come from the direct formula at one alpha, in about the time a result takes
to be read back, and a script's run should depend on nothing but its files.
"""

import hashlib
import json
import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, astuple, fields, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

import osisnr_gui
from osisnr_gui.core.align import Delay, DelayCurve
from osisnr_gui.core.alpha_table import N_NODES, AlphaTable
from osisnr_gui.core.osi_snr import Projection
from osisnr_gui.io.cache_folder import Array, ArrayFile, CacheFolder, Facts
from osisnr_gui.io.errors import Cancel, Cancelled, LoadError, LoadWarning, corrupt, phrase_from_json, phrase_to_json
from osisnr_gui.io.files import OpenFile
from osisnr_gui.session.frame_pass import PairFrames, PairPictures
from osisnr_gui.session.pair_pass import make_pictures
from osisnr_gui.session.pairs import PairAnalysis, PairKey, time_grid
from osisnr_gui.session.pictures import COARSE_STEP, RESIDUAL_STEP, Picture
from osisnr_gui.session.scores import WholeSignal
from osisnr_gui.session.tracks import Level, Stamp, Track

# The coarsest clock of a file system (FAT): a file may change within this time and keep its modification time.
SETTLED_NS = 2_000_000_000
Tracks = tuple[Track, Track]  # reference and estimate
PARTS = ("core", "io", "session", "export", "batch")


class ResultCache:
    """Finds kept results and keeps new ones, these on a thread of its own. Any thread may call.

    enabled : False finds and keeps nothing; what is kept stays until it is cleared.
    """

    def __init__(self, folder: CacheFolder, *, enabled: bool = True) -> None:
        self.folder, self.enabled = folder, enabled
        self._closing = threading.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="result-cache")
        self._last: Future[None] | None = None

    def find(
        self, key: PairKey, tracks: Tracks, reference_picture: Picture | None = None, cancelled: Cancel | None = None
    ) -> PairAnalysis | None:
        """The pair as it was analysed, with its reference as it was checked; None when that is not kept.

        reference_picture : one that is filled already, to be used instead of a second one. Raises Cancelled.
        """
        if not self.enabled or not self.folder.names(_start(tracks)):
            return None
        name = self._name(key, tracks, cancelled)
        file = None if name is None else self.folder.open(name)
        if name is None or file is None:
            return None
        with file:
            try:
                return unpack_pair(file, key, tracks, reference_picture, cancelled)
            except LoadError:
                self.folder.remove(name)
            except MemoryError:
                pass
        return None

    def keep(self, reference: Track, pair: PairAnalysis, since_ns: int) -> None:
        """Keep a pair that was analysed after the time `since_ns`; returns at once."""
        if self.enabled and not self._closing.is_set() and _can_be_kept(reference, pair, since_ns):
            self._last = self._writer.submit(self._keep, reference, pair)

    def wait(self) -> None:
        """Wait until everything was kept, and raise what went wrong with the last of it."""
        if self._last is not None:
            self._last.result()

    def close(self) -> None:
        """Stop keeping; what is half written is dropped."""
        self._closing.set()
        self._writer.shutdown(wait=True, cancel_futures=True)

    def _keep(self, reference: Track, pair: PairAnalysis) -> None:
        packed = pack_pair(reference, pair)
        if pair.key is None or packed is None:
            return
        with suppress(Cancelled):
            name = self._name(pair.key, (reference, pair.estimate), self._closing.is_set)
            if name is not None and name not in self.folder.names(name):
                self.folder.put(name, *packed, self._closing.is_set)

    def _name(self, key: PairKey, tracks: Tracks, cancelled: Cancel | None) -> str | None:
        """What the result of this pair is called; None for a file that changed or cannot be read."""
        hashes = [content_hash(track.source.path, track.stamp, self, cancelled) for track in tracks]
        if None in hashes:
            return None
        # All of the key but where the files are and when they were written: the hashes stand for both.
        sources = replace(key.reference, path=""), replace(key.estimate, path="")
        settings = asdict(replace(key, reference=sources[0], estimate=sources[1], stamps=(None, None)))
        kinds = [[track.kind, track.coding] for track in tracks]
        everything = json.dumps([program_hash(), hashes, kinds, settings])
        return _start(tracks) + _hash_of(everything.encode())


def content_hash(
    path: str, stamp: Stamp | None, cache: ResultCache | None, cancelled: Cancel | None = None, *, anew: bool = False
) -> str | None:
    """SHA-256 of a file, remembered in a cache (unless `anew`) or made; None unless it is at this stamp.

    Raises Cancelled.
    """
    folder = cache.folder if cache is not None and cache.enabled else None
    try:
        with OpenFile(path) as file:
            status = file.status
            if (status.st_size, status.st_mtime_ns) != stamp:
                return None
            identity = os.path.abspath(path), status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
            name = f"file-{_hash_of(ascii(identity).encode())}"
            found = None
            if not anew and folder is not None and (kept := folder.open(name)) is not None:
                with kept:
                    found = kept.facts.get("hash")
            if not isinstance(found, str):
                found = file.sha256(cancelled)
                if file.identity()[2:] != stamp:
                    return None
                if folder is not None and _is_settled(status.st_mtime_ns, time.time_ns()):
                    folder.put(name, {"hash": found}, {})
    except LoadError:
        return None
    return found


def _start(tracks: Tracks) -> str:
    """How the names of all results for two files of these sizes begin."""
    sizes = [0 if track.stamp is None else track.stamp[0] for track in tracks]
    return f"pair-{sizes[0]:x}-{sizes[1]:x}-"


def _can_be_kept(reference: Track, pair: PairAnalysis, since_ns: int) -> bool:
    for track in (reference, pair.estimate):
        # How long a damaged file is depends on whether this process has read it before.
        damaged = any(warning.code == "DAMAGED" for warning in track.warnings)
        if track.error is not None or damaged or not track.checked:
            return False
        if track.stamp is None or not _is_settled(track.stamp[1], since_ns):
            return False
    return pair.error is None and pair.key is not None and pair.key.alpha is None


def _is_settled(modified_ns: int, now_ns: int) -> bool:
    """Whether a file could not have been changed after `now_ns` without a new modification time."""
    return now_ns - modified_ns > SETTLED_NS


def _hash_of(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=20).hexdigest()


@cache
def program_hash() -> str:
    """Hash of everything that computes: this program's code, the libraries it computes with, the kind of machine."""
    package = Path(osisnr_gui.__file__).parent
    from importlib.metadata import PackageNotFoundError, version  # 10 ms that no window needs to appear

    digest = hashlib.blake2b(osisnr_gui.__version__.encode(), digest_size=20)
    for path in sorted(path for part in PARTS for path in (package / part).rglob("*.py")):
        digest.update(path.read_bytes())
    for library in ("numpy", "scipy", "soundfile"):
        # A bundle has no metadata: its own version stands for its libraries.
        with suppress(PackageNotFoundError):
            digest.update(version(library).encode())
    digest.update(f"{platform.machine()} {sys.byteorder} {sys.platform}".encode())
    return digest.hexdigest()


# Far beyond what float64 can hold: an array is made as long as the range of the exponents.
MOST_EXPONENT = 1 << 14
_FIELDS = tuple(field.name for field in fields(Projection))
PICTURE_STEPS = COARSE_STEP, COARSE_STEP, RESIDUAL_STEP

Read = Callable[[str], Array]


def pack_pair(reference: Track, pair: PairAnalysis) -> tuple[Facts, dict[str, Array]] | None:
    """Everything `unpack_pair` needs; None for a pair that is not whole, or whose pass kept no table or pictures."""
    frames, pictures = pair.frames, pair.pictures._asdict()
    codes = {name: picture.coarse(0) for name, picture in pictures.items() if picture is not None}
    if frames is None or not frames.complete or frames.table is None or len(codes) < len(pictures):
        return None
    arrays: dict[str, Any] = {name: getattr(frames.projection, name) for name in _FIELDS}
    arrays |= {"literal": frames.literal_osi_db, "exact": frames.exact_osi_db}
    arrays |= {"table": frames.table.values, "exponents": frames.table.exponents}
    if frames.whole is not None:
        arrays["whole"] = np.stack([getattr(frames.whole, name) for name in _FIELDS])
    if pair.delay is not None and pair.delay.curve is not None:
        arrays["correlation"] = np.stack((pair.delay.curve.common, pair.delay.curve.padded))
    arrays |= {"clips_reference": reference.clips.astype(np.float64)}
    arrays |= {"clips_estimate": pair.estimate.clips.astype(np.float64)}
    facts = {
        "first_frame": frames.first_frame,
        "n_bins": frames.n_bins,
        "columns": {name: picture.n_columns for name, picture in pictures.items() if picture is not None},
        "delay": None if pair.delay is None else [pair.delay.samples, pair.delay.peak],
        "tracks": [
            {
                "n_samples": track.n_samples,
                "level": None if track.level is None else astuple(track.level),
                "warnings": [[warning.code, phrase_to_json(warning.message)] for warning in track.warnings],
            }
            for track in (reference, pair.estimate)
        ],
    }
    return facts, arrays | {f"picture_{name}": value for name, value in codes.items()}


def unpack_pair(
    file: ArrayFile, key: PairKey, tracks: Tracks, reference_picture: Picture | None, cancelled: Cancel | None = None
) -> PairAnalysis:
    """The pair and its reference as they were packed; `reference_picture` : one that is there already.

    Raises LoadError for what cannot have been packed, and io's Cancelled.
    """
    read, facts = partial(file.read, cancelled=cancelled), file.facts
    try:
        _check_shapes(file.shapes)
        frames = _frames(file, key, tracks[0], read)
        pictures = _pictures(file, key, tracks, reference_picture, read)
        delay = None
        if facts["delay"] is not None:
            samples, peak = facts["delay"]
            has_curve = "correlation" in file.shapes
            curve = partial(DelayCurve, *read("correlation")) if has_curve else None
            delay = Delay(int(samples), float(peak), curve)
        clips = read("clips_reference"), read("clips_estimate")
        reference, estimate = map(_with_facts, tracks, facts["tracks"], clips)
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise corrupt(file.path, str(error)) from None
    whole, rate = WholeSignal.of(frames), reference.sample_rate
    return PairAnalysis(estimate, key, frames, pictures, None, whole, delay, sample_rate=rate, reference=reference)


def _with_facts(track: Track, facts: Facts, clips: Array) -> Track:
    """What reading every sample has shown; a track that was checked in this run keeps its own."""
    if track.checked or facts["level"] is None:
        return track
    rms, mean, peak, clipped = facts["level"]
    level = Level(float(rms), float(mean), float(peak), int(clipped))
    warnings = tuple(LoadWarning(str(code), phrase_from_json(message)) for code, message in facts["warnings"])
    if clips.shape[1:] != (2,):
        raise ValueError("clipped runs have a start and a length")
    n_samples = int(facts["n_samples"])
    return replace(track, level=level, clips=clips.astype(np.int64), n_samples=n_samples, warnings=warnings)


def _frames(file: ArrayFile, key: PairKey, reference: Track, read: Read) -> PairFrames:
    exponents = read("exponents")
    if len(exponents) < 1 or np.abs(exponents.astype(np.int64)).max() > MOST_EXPONENT:
        raise ValueError("no alpha table has such exponents")
    return PairFrames(
        first_frame=int(file.facts["first_frame"]),
        n_total=len(exponents),
        n_bins=int(file.facts["n_bins"]),
        grid=time_grid(key.framing, reference, key.mask_grid),
        projection=Projection(*map(read, _FIELDS)),
        literal_osi_db=read("literal"),
        exact_osi_db=read("exact"),
        table=AlphaTable(read("table"), exponents),
        mc_mse=None,
        whole=Projection(*read("whole")) if "whole" in file.shapes else None,
    )


def _pictures(
    file: ArrayFile, key: PairKey, tracks: Tracks, reference_picture: Picture | None, read: Read
) -> PairPictures:
    columns = [int(file.facts["columns"][name]) for name in PairPictures._fields]
    # Before a picture is made as large as these facts say.
    for name, n_columns, step in zip(PairPictures._fields, columns, PICTURE_STEPS, strict=True):
        if -(-n_columns // step) != file.shapes[f"picture_{name}"][0]:
            raise ValueError(f"{n_columns} columns are not in the codes of {name}")
    pictures = make_pictures(tracks, key, columns, reference_picture)
    for name, picture in pictures._asdict().items():
        if picture is not reference_picture:
            picture.restore(read(f"picture_{name}"))
    return pictures


def _check_shapes(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raises ValueError unless the arrays belong together; pictures are held against the facts."""
    n, n_lags = shapes["literal"][0], shapes.get("correlation", (1,))[-1]
    wanted: dict[str, tuple[int, ...]] = dict.fromkeys((*_FIELDS, "literal", "exact", "exponents"), (n,))
    wanted |= {"table": (N_NODES, n), "whole": (len(_FIELDS), 1), "correlation": (2, n_lags // 2 * 2 + 1)}
    for name in wanted.keys() - ({"whole", "correlation"} - shapes.keys()):  # some pairs have none of these two
        if shapes.get(name) != wanted[name]:
            raise ValueError(f"{name} is not {wanted[name]}")
