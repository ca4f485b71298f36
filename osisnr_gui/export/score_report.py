"""Analysis -> the numbers as one JSON value, schema `osisnr.score/1`: the same for command line and window.

Also the `osisnr score` command that prints the numbers of a session.

Numbers that are not finite are null; a frame's status says why. Times of masks are null unless the session says which
STFT they belong to. Settings name the reference's channel, key and orientation; each estimate repeats its own.

A refused estimate has only `path`, `kind` and `error` {"code", "message"}; the code is the loader's reason in lower
case, or "pair" when the file is sound but does not fit the reference or the settings.

Several references: "reference" is the first of them, "references" has all, and each estimate's "reference" is the
number, from 1, of the one it is compared with. A reference that was not read as it is says what was changed.
"""

import math
import os
import shlex
import subprocess
from collections.abc import Sequence

import numpy as np

from osisnr_gui import __version__
from osisnr_gui.core.bad_frames import DEFAULT_SILENCE_DB, DEFAULT_THRESHOLD_DB
from osisnr_gui.core.loss import EPS_FUSED, inverse_osi
from osisnr_gui.core.types import FloatArray, FrameStatus, Representation
from osisnr_gui.export.measures import SAVED, Group
from osisnr_gui.io.errors import FileError, Phrase
from osisnr_gui.io.json_file import Json
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.masks import n_fft_of
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import Facts, under_threshold
from osisnr_gui.session.session import FramingChoice, Lengths, LossChoice, Source
from osisnr_gui.session.tracks import Track
from osisnr_gui.text.catalogue import _, english

SCHEMA = "osisnr.score/1"
STATUS_LABELS = tuple(kind.label for kind in FrameStatus)

Object = dict[str, Json]


@english()
def score_report(analysis: Analysis, *, with_frames: bool = False) -> Object:
    """The whole report of a complete analysis whose reference was accepted; `with_frames` adds per-frame arrays."""
    references = analysis.references
    return {
        "schema": SCHEMA,
        "version": __version__,
        "settings": settings_report(analysis),
        "reference": None if not references else track_report(references[0]) | changes(references[0].source),
        **(
            {"references": [track_report(t) | _reading(t) | changes(t.source) for t in references]}
            if len(references) > 1
            else {}
        ),
        "estimates": [estimate_report(analysis, k, with_frames=with_frames) for k in range(len(analysis.pairs))],
        **({} if analysis.mixture is None else {"mixture": mixture_report(analysis)}),
    }


def settings_report(analysis: Analysis) -> Object:
    """Everything the numbers depend on beside the files; what does not apply (a mask's hop) is null.

    silence_db null : only all-zero frames are silent. channel 0 : mean of all channels.
    """
    session, framing, reference = analysis.session, analysis.framing, analysis.reference
    assert reference is not None, "what has numbers has a reference"
    windowed = framing is not None and framing.representation is not Representation.WAVEFORM
    representation = Representation.MASK.value if framing is None else framing.representation.value
    grid, stft = session.mask_grid, Object()
    if reference.mask is not None and grid.is_known:  # the times of a mask's frames follow from what the user has said
        stft |= {"n_fft": n_fft_of(grid, reference.mask.values.shape[0]), "hop": grid.hop}
        stft |= {"mask_sample_rate": grid.rate, "mask_frames_centred": grid.centred}
    return {
        "representation": representation,
        "n_fft": None if framing is None else framing.n_fft,
        "hop": None if framing is None else framing.hop,
        **stft,
        "window": framing.window if framing is not None and windowed else None,
        "alpha": session.loss.alpha,
        "gamma": session.loss.gamma,
        "method": session.loss.method,
        "silence_db": number(session.silence_db),
        "channel": None,  # holds the place of what `_reading` says
        "threshold_db": session.threshold_db,
        **_reading(reference),
        "lengths": session.lengths.value,
        "same_rate_only": session.same_rate_only or session.lengths.value == "refuse",
    }


def track_report(track: Track) -> Object:
    """What is known of one file; levels of the channel that was read, over the whole file."""
    return {
        "path": track.source.path,
        "kind": track.kind,
        "sample_rate": track.sample_rate,
        "channels": track.channels,
        "n_samples": track.n_samples,
        "duration_s": track.duration_s,
        "rms_db": None if track.level is None else number(track.level.rms_db),
    }


def _reading(track: Track) -> Object:
    """What is read of a file; a key is null where the file's array has no name and it meant nothing."""
    source, mask = track.source, track.mask
    channel = 1 if source.channel is None else source.channel
    return {
        "channel": channel if track.kind == "audio" else None,
        "key": None if mask is not None and mask.key is None else source.key,
        "transpose": source.transpose,
        **({"pair_axis": True} if source.pair_axis else {}),  # said only where it was asked for
    }


def _treatment(source: Source) -> Object:
    """What is done to its samples."""
    return {"flip": source.flip, "gain": source.gain, "offset": source.offset, "samples_taken_out": source.delay}


def changes(source: Source) -> Object:
    """The part of it that changes anything."""
    untouched = _treatment(Source(source.path))
    return {name: value for name, value in _treatment(source).items() if value != untouched[name]}


def estimate_report(analysis: Analysis, index: int, *, with_frames: bool = False) -> Object:
    """One estimate: its numbers, or its error."""
    pair = analysis.pairs[index]
    track, score = pair.estimate, pair.valid_score
    if score is None:
        return {"path": track.source.path, "kind": track.kind, "error": error_report(pair.refusal)}
    facts, several = score.facts, len(analysis.references) > 1
    report: Object = {
        **track_report(track),
        **({"reference": analysis.session.partner_of(index) + 1} if several else {}),
        **_reading(track),
        **_treatment(track.source),
        "n_frames": facts.frames.n_frames,
        "n_active": facts.n_active,
        "status_counts": dict(facts.counts),
        "delay_samples": pair.delay_samples,
        "aligned": pair.source.delay != 0,
        "delay_peak": None if pair.delay is None else number(pair.delay.peak),
        **_figures(pair),
        "bad_segments": _bad_segments(score),
    }
    if with_frames:
        report["frames"] = _frames(score)
    # About the reference, too: the numbers depend on it as much.
    concerned = [pair.source] if pair.reference is None else [pair.reference.source, pair.source]
    report["warnings"] = warnings_report(analysis, *concerned)
    if analysis.mixture is not None:
        mixture = analysis.unprocessed_for(index)
        known = mixture is not None and mixture.valid_score is not None
        report["improvement"] = _figures(pair, mixture) if known else None
    report["heaviest_frame"] = _heaviest(facts)
    return report


def _heaviest(facts: Facts) -> Object | None:
    """The active frame that holds most of the exact loss_osi_1: where, and its part of the sum of 1/osi_db."""
    (frame, share), frames = facts.heaviest, facts.frames
    if frame < 0:
        return None
    time = frames.first_time + frame * frames.grid.step if frames.grid.seconds else None
    return {"frame": frames.first_frame + frame, "time_s": time, "share": number(share)}


def error_report(error: FileError | None) -> Object:
    """Why a file has no numbers."""
    if error is None:
        return {"code": "incomplete", "message": Phrase("the analysis was not finished")}
    return {"code": error.code, "message": str(error)}


def number(value: float) -> float | None:
    """A float as JSON has it: null unless finite."""
    return float(value) if math.isfinite(value) else None


def _figures(pair: PairAnalysis, mixture: PairAnalysis | None = None) -> Object:
    """All figures of a pair by group, the whole signal's null for masks; less those of a mixture, if one is given.

    What is neither better nor worse, such as a gain, has no difference. Of OSI-SNR, SI-SNR and SNR more is better, of
    the losses less. A difference of two figures that are not both finite is null. Each is the difference of the files'
    figures, so a median is not the median of the frames' differences.
    """
    found: Object = {}
    for group in (Group.LITERAL, Group.EXACT, Group.WHOLE):
        if group is Group.WHOLE and (pair.whole is None or (mixture is not None and mixture.whole is None)):
            found[group.value] = None
        elif mixture is None:
            found[group.value] = {m.key: number(m.of(pair)) for m in SAVED[group]}
        else:
            found[group.value] = {m.key: number(m.of(pair) - m.of(mixture)) for m in SAVED[group] if m.better}
    return found


def _bad_segments(score: PairScore) -> list[Json]:
    """Segments of frames under the threshold and of missed ones, at any level (the window's level gate has no part).

    They reach from half a hop before the first frame's centre to half a hop after the last one's.
    osi_db_min, osi_db_mean : exact OSI-SNR of the frames in it that are under the threshold themselves (gaps may be
    joined); null for a segment of missed frames alone.
    first_frame : number on the reference's grid, from 0; the position where masks have no time.
    """
    frames = score.facts.frames
    bad, segments = under_threshold(score.facts, score.bad.threshold_db)
    step, found = frames.grid.step, list[Json]()
    for first, stop in zip(segments.first.tolist(), segments.stop.tolist(), strict=True):
        osi_db = frames.exact_osi_db[first:stop][bad[first:stop]]
        start = frames.first_time + (first - 0.5) * step
        in_seconds = frames.grid.seconds
        found.append(
            {
                "start_s": start if in_seconds else None,
                "end_s": start + (stop - first) * step if in_seconds else None,
                "n_frames": stop - first,
                "osi_db_min": number(osi_db.min()) if osi_db.size else None,
                "osi_db_mean": number(osi_db.mean()) if osi_db.size else None,
                "first_frame": frames.first_frame + first,
            }
        )
    return found


def _frames(score: PairScore) -> Object:
    """Per-frame arrays. `fused` is that of the literal result: 1/(literal_osi_db + 1e-10) + gamma*mc_mse."""
    facts = score.facts
    frames = facts.frames
    n, mc_mse = frames.n_frames, score.mc_mse()
    with np.errstate(all="ignore"):
        fused = inverse_osi(frames.literal_osi_db, EPS_FUSED) + score.loss.gamma * mc_mse
    return {
        "time_s": _finite(frames.times()) if frames.grid.seconds else [None] * n,
        "status": [STATUS_LABELS[kind] for kind in facts.status.tolist()],
        "literal_osi_db": _finite(frames.literal_osi_db),
        "exact_osi_db": _finite(np.where(facts.active, frames.exact_osi_db, np.nan)),
        "mc_mse": _finite(mc_mse),
        "fused": _finite(fused),
    }


def _finite(values: FloatArray) -> list[Json]:
    return [value if math.isfinite(value) else None for value in values.tolist()]


def warnings_report(analysis: Analysis, *concerned: Source) -> list[Json]:
    """Notices about these files."""
    notices = [notice for notice in analysis.notices if notice.source in concerned]
    unique = dict.fromkeys((notice.code, notice.message) for notice in notices)
    return [{"code": code, "message": message} for code, message in unique]


def mixture_report(analysis: Analysis) -> Object:
    """The mixture as if it were an estimate: its file and its figures, or its error.

    Of several references its "reference" is the number of the first one that an estimate is compared with.
    """
    track, pair = analysis.mixture, analysis.mixture_pair
    assert track is not None, "a mixture is asked for where there is one"
    score = None if pair is None else pair.valid_score
    if pair is None or score is None:
        return {"path": track.source.path, "kind": track.kind, "error": error_report(analysis.mixture_error)}
    several = len(analysis.references) > 1
    return {
        **track_report(track),
        **({"reference": analysis.unprocessed.index(pair) + 1} if several else {}),
        "n_frames": score.facts.frames.n_frames,
        "n_active": score.facts.n_active,
        **_figures(pair),
        "warnings": warnings_report(analysis, track.source),
    }


def score_command(analysis: Analysis) -> tuple[str, str]:
    """The command, a line for each reference that is used, and "" or what of the session it cannot say."""
    session = analysis.session
    lines = []
    for place, reference in enumerate(session.references):
        estimates = [source for k, source in enumerate(session.estimates) if session.partner_of(k) == place]
        if estimates:
            lines.append(_line(analysis, reference, estimates))
    return "\n".join(lines), _left_out(analysis)


def _line(analysis: Analysis, reference: Source, estimates: Sequence[Source]) -> str:
    session = analysis.session
    arguments = ["osisnr", "score", *(os.path.abspath(source.path) for source in (reference, *estimates))]
    if session.mixture is not None and analysis.compares_mixture:
        arguments += ["--mixture", os.path.abspath(session.mixture.path)]
    # A mask has no framing.
    framing = FramingChoice() if analysis.framing is None else session.framing
    loss, usual, kind, source = session.loss, LossChoice(), framing.representation, estimates[0]
    for option, value, default in (
        ("--alpha", loss.alpha, usual.alpha),
        ("--gamma", loss.gamma, usual.gamma),
        ("--method", loss.method, usual.method),
        ("--silence-db", session.silence_db, DEFAULT_SILENCE_DB),
        ("--threshold", session.threshold_db, DEFAULT_THRESHOLD_DB),
        ("--representation", None if kind is Representation.MASK else kind, None),
        ("--n-fft", framing.n_fft, None),
        ("--hop", framing.hop, None),
        ("--window", framing.window, FramingChoice().window),
        ("--channel", source.channel, None),
        ("--key", source.key, None),
    ):
        if value != default:
            arguments.append(f"{option}={value}")
    arguments += [name for name, on in (("--transpose", source.transpose), ("--pair-axis", source.pair_axis)) if on]
    if reference.channel != source.channel:
        arguments.append(f"--reference-channel={reference.channel or 1}")
    if any(estimate.delay for estimate in estimates):
        arguments.append("--align")
    if session.lengths is Lengths.REFUSE:
        arguments.append("--strict")
    return subprocess.list2cmdline(arguments) if os.name == "nt" else shlex.join(arguments)


def _left_out(analysis: Analysis) -> str:
    """What the command line has no option for, in words; empty where the numbers are the same."""
    session = analysis.session
    scored = [*session.references, *session.estimates]
    scored += [session.mixture] if session.mixture is not None and analysis.compares_mixture else []
    parts = []
    channels = {s.channel or 1 for s in scored[len(session.references) :]}
    if len(channels) > 1 or len({(s.key, s.transpose, s.pair_axis) for s in scored}) > 1:
        parts.append(_("files are read in different ways"))
    if any((s.flip, s.offset, s.gain) != (False, 0.0, 1.0) for s in scored):
        parts.append(_("polarity, offset or level of a file was changed"))
    # Other delays than `--align` would take out, of all estimates or of none.
    moved = [source.delay for source in session.estimates]
    found = [pair.delay.samples if pair.delay is not None and pair.delay.trusted else 0 for pair in analysis.pairs]
    others = [*session.references, *([] if session.mixture is None else [session.mixture])]
    if any(source.delay for source in others) or (any(moved) and moved != found):
        parts.append(_("delays were chosen by hand"))
    if session.lengths is Lengths.PAD or (session.same_rate_only and session.lengths is not Lengths.REFUSE):
        parts.append(_("lengths or rates are treated in another way"))
    return "; ".join(parts)
