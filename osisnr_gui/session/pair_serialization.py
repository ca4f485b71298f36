"""Serialization of an analysed pair: to facts and arrays and back, bit for bit."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from osisnr_gui.core.align import Delay, DelayCurve
from osisnr_gui.core.alpha_table import N_NODES, AlphaTable
from osisnr_gui.core.osi_snr import Projection
from osisnr_gui.io.array_file import Array, ArrayFile, DamagedFileError, Facts
from osisnr_gui.io.errors import Cancel, LoadWarning
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.session.frame_pass import PairFrames, PairPictures
from osisnr_gui.session.pair_pass import coarse_step_of, make_picture
from osisnr_gui.session.pairs import PairAnalysis, PairKey, time_grid
from osisnr_gui.session.pictures import Picture
from osisnr_gui.session.scores import WholeSignal
from osisnr_gui.session.tracks import Level, Track

# Far beyond what float64 can hold: an array is made as long as the range of the exponents.
MOST_EXPONENT = 1 << 14
_FIELDS = tuple(field.name for field in fields(Projection))

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
    for name, track in _named(reference, pair.estimate):
        arrays[f"clips_{name}"] = track.clips.astype(np.float64)
    facts = {
        "first_frame": frames.first_frame,
        "n_bins": frames.n_bins,
        "columns": {name: picture.n_columns for name, picture in pictures.items() if picture is not None},
        "delay": None if pair.delay is None else [pair.delay.samples, pair.delay.peak],
        "tracks": [_track_facts(reference), _track_facts(pair.estimate)],
    }
    return facts, arrays | {f"picture_{name}": value for name, value in codes.items()}


def unpack_pair(
    file: ArrayFile,
    key: PairKey,
    reference: Track,
    estimate: Track,
    reference_picture: Picture | None,
    cancelled: Cancel | None = None,
) -> tuple[Track, PairAnalysis]:
    """The reference and the pair as they were packed; `reference_picture` : one that is there already.

    Raises DamagedFileError for what cannot have been packed, and io's Cancelled.
    """

    def read(name: str) -> Array:
        return file.read(name, cancelled)

    try:
        facts = file.facts
        frames = _frames(file, key, reference, read)
        pictures = _pictures(file, key, (reference, estimate), reference_picture, read)
        delay = _delay(file, read)
        found = zip(_named(reference, estimate), facts["tracks"], strict=True)
        tracks = [_with_facts(track, f, read(f"clips_{name}")) for (name, track), f in found]
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise DamagedFileError(str(error)) from None
    whole, rate = WholeSignal.of(frames), reference.sample_rate
    return tracks[0], PairAnalysis(tracks[1], key, frames, pictures, None, whole, delay, sample_rate=rate)


def _delay(file: ArrayFile, read: Read) -> Delay | None:
    facts = file.facts["delay"]
    if facts is None:
        return None
    if "correlation" not in file.shapes:
        return Delay(int(facts[0]), float(facts[1]))
    n = file.shapes["correlation"][-1]
    _check_shapes(file, {"correlation": (2, n // 2 * 2 + 1)})
    return Delay(int(facts[0]), float(facts[1]), DelayCurve(*read("correlation")))


def _track_facts(track: Track) -> Facts:
    level = track.level
    return {
        "n_samples": track.n_samples,
        "level": None if level is None else [level.rms, level.mean, level.peak, level.clipped_runs],
        "warnings": [[warning.code, _packed(warning.message)] for warning in track.warnings],
    }


def _packed(value: object) -> object:
    """A phrase with what a translation is made from; other values as JSON has them."""
    if isinstance(value, Phrase):
        return {"template": value.template, "values": {name: _packed(part) for name, part in value.values.items()}}
    return value.item() if isinstance(value, np.generic) else value


def _unpacked(message: Any) -> str:
    if isinstance(message, str):
        return message
    values = {name: _unpacked(v) if isinstance(v, dict) else v for name, v in message["values"].items()}
    return Phrase(message["template"], **values)


def _named(reference: Track, estimate: Track) -> tuple[tuple[str, Track], ...]:
    return ("reference", reference), ("estimate", estimate)


def _with_facts(track: Track, facts: Facts, clips: Array) -> Track:
    """What reading every sample has shown; a track that was checked in this run keeps its own."""
    if track.checked or facts["level"] is None:
        return track
    rms, mean, peak, clipped = facts["level"]
    level = Level(float(rms), float(mean), float(peak), int(clipped))
    warnings = tuple(LoadWarning(str(code), _unpacked(message)) for code, message in facts["warnings"])
    if clips.shape[1:] != (2,):
        raise ValueError("clipped runs have a start and a length")
    n_samples = int(facts["n_samples"])
    return replace(track, level=level, clips=clips.astype(np.int64), n_samples=n_samples, warnings=warnings)


def _frames(file: ArrayFile, key: PairKey, reference: Track, read: Read) -> PairFrames:
    n = file.shapes["literal"][0]
    _check_shapes(file, dict.fromkeys((*_FIELDS, "literal", "exact", "exponents"), (n,)))
    _check_shapes(file, {"table": (N_NODES, n), "whole": (len(_FIELDS), 1)} if "whole" in file.shapes else {})
    exponents = read("exponents")
    if n < 1 or np.abs(exponents.astype(np.int64)).max() > MOST_EXPONENT:
        raise ValueError("no alpha table has such exponents")
    whole = Projection(*read("whole")) if "whole" in file.shapes else None
    return PairFrames(
        first_frame=int(file.facts["first_frame"]),
        n_total=n,
        n_bins=int(file.facts["n_bins"]),
        grid=time_grid(key.framing, reference, key.mask_grid),
        projection=Projection(*map(read, _FIELDS)),
        literal_osi_db=read("literal"),
        exact_osi_db=read("exact"),
        table=AlphaTable(read("table"), exponents),
        mc_mse=None,
        whole=whole,
    )


def _pictures(
    file: ArrayFile, key: PairKey, tracks: tuple[Track, Track], reference_picture: Picture | None, read: Read
) -> PairPictures:
    reference, estimate = tracks
    framing, rate = key.framing, reference.sample_rate
    grid = time_grid(framing, reference, key.mask_grid)

    def picture(name: str, *shown: Track) -> Picture:
        columns, codes = int(file.facts["columns"][name]), read(f"picture_{name}")
        # Before a picture is made as large as these facts say.
        if -(-columns // coarse_step_of(shown)) != len(codes):
            raise ValueError(f"{columns} columns are not in {len(codes)} codes")
        found = make_picture(shown, framing, rate, grid, columns)
        found.restore(codes)
        return found

    return PairPictures(
        reference_picture or picture("reference", reference),
        picture("estimate", estimate),
        picture("residual", reference, estimate),
    )


def _check_shapes(file: ArrayFile, wanted: dict[str, tuple[int, ...]]) -> None:
    for name, shape in wanted.items():
        if file.shapes.get(name) != shape:
            raise ValueError(f"{name} is not {shape}")
