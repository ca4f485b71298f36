"""One reference and one estimate: do they fit, which frames do they share, and the pass over them."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from osisnr_gui.core.align import Delay
from osisnr_gui.core.osi_snr import project_rows
from osisnr_gui.core.stft import check_framing, default_hop, default_n_fft, frame_count, window
from osisnr_gui.core.types import FloatArray, Framing, ParameterError, Representation
from osisnr_gui.io.errors import Cancel, FileError, LoadError, Reason, overwritten, stop_if
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.session.frame_pass import NO_PICTURES, FramePass, PairFrames, PairPictures, PassPlan
from osisnr_gui.session.masks.mask_grids import mask_times
from osisnr_gui.session.pair_samples import PairSamples
from osisnr_gui.session.pictures import COARSE_STEP, RESIDUAL_STEP, CodeScale, Picture, TimeGrid, sketch_pictures
from osisnr_gui.session.readers import AudioColumns, ColumnReader, MaskColumns
from osisnr_gui.session.scores import PairScore, WholeSignal
from osisnr_gui.session.session import Lengths, MaskGrid, Session, Source
from osisnr_gui.session.signals import AudioSignal
from osisnr_gui.session.tracks import PairError, Stamp, Track, stamp_of

SOON_FRAMES = 1 << 14  # a tenth of a second or two


@dataclass(frozen=True, slots=True)
class PairKey:
    """Everything the pass over a pair depends on: equal keys, equal results.

    mask_grid : of masks whose place in time and frequency is known.
    """

    reference: Source
    estimate: Source
    stamps: tuple[Stamp | None, Stamp | None]
    framing: Framing | None
    lengths: Lengths
    same_rate_only: bool
    alpha: float | None
    mask_grid: MaskGrid | None = None

    @property
    def files(self) -> tuple[object, ...]:
        """What a search for the delay reads: the two files with their channels, as they were."""
        return self.reference, replace(self.estimate, delay=0), self.stamps


@dataclass(frozen=True, slots=True, eq=False)
class PairAnalysis:
    """One estimate against its `reference`, at `sample_rate` (None for masks).

    `error` says why there are no frames; `pictures` fill while the pass runs. `delay` is that of the file as it is,
    whatever of it `source.delay` takes out.
    """

    estimate: Track
    key: PairKey | None = None
    frames: PairFrames | None = None
    pictures: PairPictures = NO_PICTURES
    score: PairScore | None = None
    whole: WholeSignal | None = None
    delay: Delay | None = None
    error: FileError | None = None
    sample_rate: int | None = None
    reference: Track | None = None

    @property
    def source(self) -> Source:
        """The estimate's source."""
        return self.estimate.source

    @property
    def refusal(self) -> FileError | None:
        """Why there are no numbers that hold: a reference that was refused spoils every pair."""
        return self.error or (None if self.reference is None else self.reference.error)

    @property
    def valid_score(self) -> PairScore | None:
        """The score, None where a refusal spoils it."""
        return self.score if self.refusal is None else None

    @property
    def delay_samples(self) -> int | None:
        """Delay at the reference's rate, positive = late, with what was taken out; None where none was measured."""
        return (self.source.delay or None) if self.delay is None else self.delay.samples


def resolve_framing(session: Session, reference: Track) -> Framing | None:
    """The framing in force for this reference; None for masks. Raises PairError for settings that cannot be."""
    choice = session.framing
    if reference.kind == "mask":
        if choice.representation not in (None, Representation.MASK):
            raise PairError(
                reference.source.path,
                Phrase("a matrix cannot be analysed as {representation}", representation=choice.representation),
                Phrase("open an audio file, or leave the representation at its default"),
            )
        return None
    if choice.representation is Representation.MASK:
        raise PairError(
            reference.source.path,
            Phrase("this is sound, not a mask"),
            Phrase("choose magnitude, complex or waveform as the representation"),
        )
    rate = reference.sample_rate or 16000
    n_fft = default_n_fft(rate) if choice.n_fft is None else choice.n_fft
    hop = choice.hop
    if hop is None:
        # A frame length given alone keeps the default overlap of three quarters.
        hop = default_hop(rate) if choice.n_fft is None else max(1, n_fft // 4)
    try:
        check_framing(n_fft, hop)
        window(choice.window, n_fft)
    except ParameterError as error:
        raise PairError(reference.source.path, str(error), Phrase("change the STFT settings")) from None
    return Framing(choice.representation or Representation.MAGNITUDE, n_fft, hop, choice.window)


def time_grid(framing: Framing | None, reference: Track, mask_grid: MaskGrid | None = None) -> TimeGrid:
    """Frame centres in seconds and bins in Hz; frame numbers and bins for a mask whose grid is not known."""
    rate = reference.sample_rate
    if reference.mask is not None:
        return mask_times(mask_grid, reference.mask.values.shape[0])
    if framing is None or not rate:
        return TimeGrid(0.0, 1.0, seconds=False)
    return TimeGrid(0.5 * framing.n_fft / rate, framing.hop / rate, bin_hz=rate / framing.n_fft)


def open_columns(track: Track, framing: Framing | None, rate: int | None) -> ColumnReader:
    """A reader of a track's frames, resampled to `rate`. Raises LoadError."""
    if track.mask is not None:
        return MaskColumns(track.mask.values)
    assert framing is not None, "audio always has a framing"
    return AudioColumns(AudioSignal(track.source, rate), framing)


class Readers:
    """Readers of some tracks: opened when they are first asked for, closed when this is forgotten, if not before."""

    def __init__(self, tracks: tuple[Track, ...], framing: Framing | None, rate: int | None) -> None:
        self.tracks, self._framing, self._rate = tracks, framing, rate
        self._opened: list[ColumnReader] = []
        weakref.finalize(self, _close_all, self._opened)

    def open(self) -> list[ColumnReader]:
        """All of them, in the order of the tracks. From one thread at a time. Raises LoadError."""
        for track in self.tracks[len(self._opened) :]:
            self._opened.append(open_columns(track, self._framing, self._rate))
        return self._opened

    def close(self) -> None:
        """Let go of the files."""
        _close_all(self._opened)


def _close_all(readers: list[ColumnReader]) -> None:
    while readers:
        readers.pop().close()


def _exact_magnitudes(opened: Readers, start: int, stop: int, step: int) -> FloatArray:
    """Magnitudes (n, n_bins) of every `step`-th frame of a track, or of the residual e - (C/S) s of two.

    Raises LoadError CORRUPT once a file is another than the one that was analysed.
    """
    count, readers = stop - start, opened.open()
    rows = [reader.rows(reader.read(start, count), slice(0, count, step)) for reader in readers]
    for track, reader in zip(opened.tracks, readers, strict=True):
        if isinstance(reader, AudioColumns) and track.stamp and not reader.signal.is_at(*track.stamp):
            raise changed_error(track)
    if len(rows) == 1:
        return readers[0].magnitudes(rows[0])
    return np.abs(readers[0].magnitudes(project_rows(*rows)[1]))


def changed_error(track: Track) -> LoadError:
    """Says that a file is not the one any more that was analysed."""
    detail = Phrase("the file changed after it was compared")
    return LoadError(Reason.CORRUPT, track.source.path, detail, Phrase("reload it (Ctrl+R)"))


def make_picture(
    tracks: tuple[Track, ...], framing: Framing | None, rate: int | None, grid: TimeGrid, n_columns: int
) -> Picture:
    """An empty picture of one track, or of the residual of (reference, estimate)."""
    if framing is None:
        masks = [track.mask for track in tracks if track.mask is not None]
        scale = CodeScale.plain(min(m.minimum for m in masks), max(m.maximum for m in masks))
        n_bins, bin_step = int(masks[0].values.shape[0]), grid.bin_hz or 1.0
    else:
        scale = CodeScale.levels(0.5 * float(window(framing.window, framing.n_fft).sum()))
        n_bins, bin_step = framing.n_fft // 2 + 1, (rate or 1) / framing.n_fft
    # What is never looked at opens nothing.
    columns = partial(_exact_magnitudes, Readers(tracks, framing, rate))
    return Picture(n_columns, n_bins, grid, bin_step, scale, columns, coarse_step_of(tracks))


def coarse_step_of(tracks: tuple[Track, ...]) -> int:
    """Frames in a column of the finest coarse picture of one track, or of the residual of two."""
    return COARSE_STEP if len(tracks) == 1 else RESIDUAL_STEP


@dataclass(frozen=True, slots=True)
class Fit:
    """The frames [first, stop) a pair shares on the reference's grid; `samples` [a, b) for audio."""

    first: int
    stop: int
    samples: tuple[int, int] | None


def check_fit(session: Session, reference: Track, estimate: Track) -> None:
    """Raise PairError for two files that cannot be compared, before anything is read."""
    path = estimate.source.path
    if reference.kind != estimate.kind:
        detail = Phrase("this is sound and {name} is a mask", name=reference.name)
        if estimate.kind == "mask":
            detail = Phrase("this is a mask and {name} is sound", name=reference.name)
        raise PairError(path, detail, Phrase("compare two masks, or two audio files (apply the mask first)"))
    strict = session.lengths is Lengths.REFUSE
    if reference.mask is not None and estimate.mask is not None:
        (bins, frames), (other_bins, other_frames) = reference.mask.values.shape, estimate.mask.values.shape
        if bins != other_bins:
            own, wanted = f"{other_bins} × {other_frames}", f"{bins} × {frames}"
            detail = Phrase("{own} does not fit the reference's {wanted} bins × frames", own=own, wanted=wanted)
            if other_frames == bins or other_bins == frames:
                detail = Phrase("{mismatch} (one of them may be transposed)", mismatch=detail)
            raise PairError(path, detail, Phrase("use masks of one STFT, or transpose one of them"))
        if strict and frames != other_frames:
            detail = Phrase("{own} frames against {wanted}", own=other_frames, wanted=frames)
            raise PairError(path, detail, Phrase("cut both to one length, or allow it"))
        return
    if strict and reference.n_samples != estimate.n_samples and reference.sample_rate == estimate.sample_rate:
        detail = Phrase(
            "{own} samples against the reference's {wanted}", own=estimate.n_samples, wanted=reference.n_samples
        )
        raise PairError(path, detail, Phrase("cut both to one length, or allow different lengths"))
    if (strict or session.same_rate_only) and reference.sample_rate != estimate.sample_rate:
        rates = {"own": estimate.sample_rate, "wanted": reference.sample_rate}
        detail = Phrase("{own} Hz against the reference's {wanted} Hz", **rates)
        raise PairError(path, detail, Phrase("resample it first, or allow different rates"))


def fit_frames(session: Session, reference: ColumnReader, estimate: ColumnReader, paths: tuple[str, str]) -> Fit:
    """The frames two readers share under the session's length policy; `paths` : reference's and estimate's.

    Raises LoadError TOO_SHORT, which names the shorter file.
    """
    pad = session.lengths is Lengths.PAD
    if not isinstance(reference, AudioColumns) or not isinstance(estimate, AudioColumns):
        counts = reference.n_frames, estimate.n_frames
        return Fit(0, max(counts) if pad else min(counts), None)
    framing = reference.framing
    lengths = reference.signal.n_samples, estimate.signal.n_samples
    stop_sample = max(lengths) if pad else min(lengths)
    first = 0 if pad else max(reference.first_frame, estimate.first_frame)
    start_sample = 0 if pad else max(reference.signal.first_sample, estimate.signal.first_sample)
    stop = frame_count(stop_sample, framing.n_fft, framing.hop)
    if stop <= first:
        n = max(0, stop_sample - start_sample)
        detail = Phrase("{n} samples in common, fewer than one frame of {n_fft}", n=n, n_fft=framing.n_fft)
        if n == 1:
            detail = Phrase("{n} sample in common, fewer than one frame of {n_fft}", n=n, n_fft=framing.n_fft)
        path = paths[lengths[1] <= lengths[0]]
        raise LoadError(Reason.TOO_SHORT, path, detail, Phrase("use longer files or a smaller n_fft"))
    return Fit(first, stop, (start_sample, stop_sample))


def start_frame(fit: Fit, grid: TimeGrid, around: float | None) -> int | None:
    """The frame to begin a pass with, so that what is on screen from the time `around` on is there first.

    None : at the beginning, where all is read in order; what is near it is there soon enough.
    """
    if around is None:
        return None
    frame = math.floor((around - grid.first) / grid.step)
    return frame if fit.first + SOON_FRAMES < frame < fit.stop else None


def pair_key(session: Session, reference: Track, estimate: Track, alpha: float | None) -> PairKey:
    """The key of a pair under a session. Raises PairError."""
    return PairKey(
        reference.source,
        estimate.source,
        (reference.stamp, estimate.stamp),
        resolve_framing(session, reference),
        session.lengths,
        session.same_rate_only,
        alpha,
        session.mask_grid if reference.mask is not None and session.mask_grid.is_known else None,
    )


def run_pair(
    session: Session,
    reference: Track,
    estimate: Track,
    key: PairKey,
    reference_picture: Picture | None,
    with_pictures: bool,
    progress: Callable[[PairAnalysis], None] | None = None,
    cancelled: Cancel | None = None,
    *,
    with_delay: bool = True,
    around: float | None = None,
) -> PairAnalysis:
    """The pass over one pair, which mostly leaves both tracks checked sample by sample and the delay measured.

    reference_picture : one that is filled already is reused, not painted again. with_delay : measure the delay too,
    unless one is taken out: the search needs the samples as they are.
    around : time to begin at, see `start_frame`; a pass that begins late does not hear all samples in their order, so
    checks and delay are left to others.

    Raises PairError, LoadError and io's Cancelled.
    """
    check_fit(session, reference, estimate)
    tracks, framing, rate = (reference, estimate), key.framing, reference.sample_rate
    grid = time_grid(framing, reference, key.mask_grid)
    with closing(Readers(tracks, framing, rate)) as opened:
        readers = opened.open()
        fit = fit_frames(session, readers[0], readers[1], (reference.source.path, estimate.source.path))
        shown = paint = NO_PICTURES
        if with_pictures:
            columns = [max(reader.n_frames, fit.stop) for reader in readers]
            shown = PairPictures(
                reference_picture or make_picture((reference,), framing, rate, grid, columns[0]),
                make_picture((estimate,), framing, rate, grid, columns[1]),
                make_picture(tracks, framing, rate, grid, fit.stop),
            )
            paint = shown if reference_picture is None else shown._replace(reference=None)
        pair = PairAnalysis(estimate, key, pictures=shown, sample_rate=rate, reference=reference)
        start = start_frame(fit, grid, around)
        signals = [reader.signal for reader in readers if isinstance(reader, AudioColumns)]
        begin = 0 if fit.samples is None else fit.samples[0]
        searches = with_delay and not estimate.source.delay
        samples = PairSamples(tracks, signals if start is None else (), begin, searches, cancelled)
        s, e = readers
        plan = PassPlan(s, e, fit.first, fit.stop, grid, fit.samples, key.alpha, paint, samples.listener, start)

        unseen = [picture for picture in (paint.reference, paint.estimate) if picture is not None]

        def report(running: FramePass) -> None:
            if progress is not None:
                frames = running.snapshot()
                progress(replace(pair, frames=frames))
                if not frames.complete and unseen:
                    sketch_pictures(unseen, cancelled)
                    unseen.clear()

        frames = FramePass(plan).run(report, cancelled)
        for track in tracks:
            _check_unchanged(track)
        for picture, reader in zip((paint.reference, paint.estimate), readers, strict=True):
            if picture is not None:
                _fill_outside(picture, reader, fit, cancelled)
        (reference, estimate), delay = samples.finish()
        whole = WholeSignal.of(frames)
        return replace(pair, estimate=estimate, reference=reference, frames=frames, whole=whole, delay=delay)


def paint_alone(
    track: Track, framing: Framing | None, mask_grid: MaskGrid | None, cancelled: Cancel | None = None
) -> Picture:
    """The whole picture of one file that nothing is compared with yet. Raises LoadError and io's Cancelled."""
    with closing(Readers((track,), framing, track.sample_rate)) as opened:
        (reader,) = opened.open()
        grid = time_grid(framing, track, mask_grid)
        picture = make_picture((track,), framing, track.sample_rate, grid, reader.n_frames)
        _fill_outside(picture, reader, Fit(0, 0, None), cancelled)
    return picture


def _check_unchanged(track: Track) -> None:
    """Raise LoadError CORRUPT when a sound file is not what it was when it was opened: the pass reads on regardless."""
    if track.kind == "audio" and stamp_of(track.source.path) != track.stamp:
        raise overwritten(track.source.path)


def _fill_outside(picture: Picture, reader: ColumnReader, fit: Fit, cancelled: Cancel | None) -> None:
    """Paint what a file has before and after the frames the pair shares."""
    step = 4096
    for begin, end in ((0, fit.first), (fit.stop, reader.n_frames)):
        for first in range(begin, end, step):
            stop_if(cancelled)
            stop = min(first + step, end)
            picture.put(first, reader.magnitudes(reader.rows(reader.read(first, stop - first), slice(stop - first))))
            picture.lift(first, stop)
