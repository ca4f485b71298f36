"""The pass over one pair: its pictures, the checks of every sample and the delay, all from one reading of the files."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np

from osisnr_gui.core.align import Delay
from osisnr_gui.core.osi_snr import project_rows
from osisnr_gui.core.stft import window
from osisnr_gui.core.types import FloatArray, Framing
from osisnr_gui.io.errors import Cancel, Phrase, overwritten, stop_if
from osisnr_gui.session import pairs
from osisnr_gui.session.delays import DelaySearch
from osisnr_gui.session.frame_pass import NO_PICTURES, FramePass, PairFrames, PairPictures, PassPlan
from osisnr_gui.session.pairs import Fit, PairAnalysis, PairKey, Readers, time_grid
from osisnr_gui.session.pictures import COARSE_STEP, RESIDUAL_STEP, CodeScale, Picture, TimeGrid, sketch_pictures
from osisnr_gui.session.readers import AudioColumns, ColumnReader
from osisnr_gui.session.result import AnalysisOptions
from osisnr_gui.session.scores import WholeSignal
from osisnr_gui.session.session import MaskGrid, Session
from osisnr_gui.session.tracks import PairError, Track, check_track, stamp_of

FILL_FRAMES = 4096
Progress = Callable[[PairAnalysis], None]


def run_pair(
    session: Session,
    tracks: tuple[Track, Track],
    key: PairKey,
    reference_picture: Picture | None,
    wanted: AnalysisOptions,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> PairAnalysis:
    """The pass over one pair, which mostly leaves both tracks checked sample by sample and the delay measured.

    tracks : reference and estimate. reference_picture : one that is filled already is reused, not painted again.
    wanted : with the delay only where none is taken out: the search needs the samples as they are. A pass that begins
    late, `around` a time (see `start_frame`), does not hear all samples in their order, so checks and delay are left to
    others.

    Raises PairError, LoadError and io's Cancelled.
    """
    reference, estimate = tracks
    pairs.check_fit(session, reference, estimate)
    rate, grid = reference.sample_rate, time_grid(key.framing, reference, key.mask_grid)
    with closing(Readers(tracks, key.framing, rate)) as opened:
        s, e = opened.open()
        fit = pairs.fit_frames(session, s, e, (reference.source.path, estimate.source.path))
        columns = max(s.n_frames, fit.stop), max(e.n_frames, fit.stop), fit.stop
        shown = make_pictures(tracks, key, columns, reference_picture) if wanted.pictures else NO_PICTURES
        paint = shown if reference_picture is None else shown._replace(reference=None)
        start = pairs.start_frame(fit, grid, wanted.around)
        listener, finish = _listen(tracks, (s, e) if start is None else (), fit, wanted.delay, cancelled)
        samples = None if wanted.osi_only else fit.samples
        plan = PassPlan(
            s, e, fit.first, fit.stop, grid, samples, key.alpha, paint, listener, start, osi_only=wanted.osi_only
        )
        pair = PairAnalysis(estimate, key, pictures=shown, sample_rate=rate, reference=reference)
        frames = FramePass(plan).run(_reporter(pair, paint, progress, cancelled), cancelled)
        for picture, reader in ((paint.reference, s), (paint.estimate, e)):
            _fill(picture, reader, ((0, fit.first), (fit.stop, reader.n_frames)), cancelled)
        (reference, estimate), delay = finish()
    whole = WholeSignal.of(frames)
    return replace(pair, estimate=estimate, reference=reference, frames=frames, whole=whole, delay=delay)


def run_cross(
    session: Session,
    reference: Track,
    estimate: Track,
    grid: TimeGrid,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> PairFrames:
    """The pass over an estimate and a reference it is not compared with, for OSI-SNR alone.

    grid : of the estimate's own pair, beside whose frames these are to stand.

    Raises PairError, LoadError and io's Cancelled.
    """
    pairs.check_fit(session, reference, estimate)
    key = pairs.pair_key(session, reference, estimate, None)
    if time_grid(key.framing, reference, key.mask_grid) != grid:
        detail = Phrase("its frames lie elsewhere")
        raise PairError(reference.source.path, detail, Phrase("use references of one sample rate"))
    wanted = AnalysisOptions(pictures=False, delay=False, osi_only=True)
    frames = run_pair(session, (reference, estimate), key, None, wanted, progress, cancelled).frames
    assert frames is not None, "a pass gives frames"
    return frames


def _reporter(
    pair: PairAnalysis, paint: PairPictures, progress: Progress | None, cancelled: Cancel | None
) -> Callable[[FramePass], None]:
    """Tells of a pair as far as it is; after the first part it has a first look at what the pass has not seen yet."""
    unseen = [picture for picture in (paint.reference, paint.estimate) if picture is not None]

    def report(running: FramePass) -> None:
        if progress is not None:
            frames = running.snapshot()
            progress(replace(pair, frames=frames))
            if not frames.complete and unseen:
                sketch_pictures(unseen, cancelled)
                unseen.clear()

    return report


def paint_alone(
    track: Track, framing: Framing | None, mask_grid: MaskGrid | None, cancelled: Cancel | None = None
) -> Picture:
    """The whole picture of one file that nothing is compared with yet. Raises LoadError and io's Cancelled."""
    with closing(Readers((track,), framing, track.sample_rate)) as opened:
        (reader,) = opened.open()
        picture = make_picture((track,), track, framing, mask_grid, reader.n_frames)
        _fill(picture, reader, ((0, reader.n_frames),), cancelled)
    return picture


def _listen(
    tracks: tuple[Track, Track], readers: Sequence[ColumnReader], fit: Fit, with_delay: bool, cancelled: Cancel | None
) -> tuple[Callable[[FloatArray, FloatArray], None] | None, Callable[[], tuple[Sequence[Track], Delay | None]]]:
    """What is done with the samples of two files while the pass has them: each is checked, the delay is measured.

    Decoding a file costs more than either. readers : of the two files, open, where the pass reads them in order from
    the first sample they share on. Without signals (masks) nothing is done. Gives what is told of the samples, and what
    gives both tracks, checked, and the delay then, after reading what the pass did not.
    """
    signals = [reader.signal for reader in readers if isinstance(reader, AudioColumns)]
    # A reference with several estimates is checked with the first.
    scanners = [None if track.checked else signal.scanner() for track, signal in zip(tracks, signals, strict=False)]
    search = DelaySearch(signals[0], signals[1]) if signals and with_delay and not tracks[1].source.delay else None
    if search is not None and fit.samples is not None:
        search.read_to(fit.samples[0], cancelled)

    def finish() -> tuple[Sequence[Track], Delay | None]:
        """Raises LoadError for what is wrong with the estimate's samples, and for a file that changed since it was
        opened: the pass reads on regardless. The reference's track has its own error.
        """
        for track in tracks:
            if track.kind == "audio" and stamp_of(track.source.path) != track.stamp:
                raise overwritten(track.source.path)
        delay = None if search is None else search.finish(cancelled)
        checked = [check_track(t, cancelled, s) for t, s in zip(tracks, scanners, strict=True)] if scanners else tracks
        if checked[1].error is not None:
            raise checked[1].error
        return checked, delay

    return None if search is None else search.feed, finish


def _fill(
    picture: Picture | None, reader: ColumnReader, spans: Sequence[tuple[int, int]], cancelled: Cancel | None
) -> None:
    """Paint the frames [first, stop) of every span, if there is a picture."""
    if picture is None:
        return
    for begin, end in spans:
        for first in range(begin, end, FILL_FRAMES):
            stop_if(cancelled)
            stop = min(first + FILL_FRAMES, end)
            picture.put(first, reader.magnitudes(reader.rows(reader.read(first, stop - first), slice(stop - first))))
            picture.lift(first, stop)


def make_pictures(
    tracks: tuple[Track, Track], key: PairKey, columns: Sequence[int], reference_picture: Picture | None
) -> PairPictures:
    """Empty ones with so many columns each, but for a reference's that is there already."""
    (reference, estimate), settings = tracks, (tracks[0], key.framing, key.mask_grid)
    return PairPictures(
        reference_picture or make_picture((reference,), *settings, columns[0]),
        make_picture((estimate,), *settings, columns[1]),
        make_picture(tracks, *settings, columns[2]),
    )


def make_picture(
    tracks: tuple[Track, ...], reference: Track, framing: Framing | None, mask_grid: MaskGrid | None, n_columns: int
) -> Picture:
    """An empty picture of one track, or of the residual of (reference, estimate), on the frames of a reference."""
    rate, grid = reference.sample_rate, time_grid(framing, reference, mask_grid)
    if framing is None:
        masks = [track.mask for track in tracks if track.mask is not None]
        scale = CodeScale.plain(min(m.minimum for m in masks), max(m.maximum for m in masks))
        n_bins = int(masks[0].values.shape[0])
    else:
        scale = CodeScale.levels(0.5 * float(window(framing.window, framing.n_fft).sum()))
        n_bins = framing.n_fft // 2 + 1
    # What is never looked at opens nothing.
    columns = partial(_exact_magnitudes, Readers(tracks, framing, rate))
    return Picture(n_columns, n_bins, grid, scale, columns, COARSE_STEP if len(tracks) == 1 else RESIDUAL_STEP)


def _exact_magnitudes(opened: Readers, start: int, stop: int, step: int) -> FloatArray:
    """Magnitudes (n, n_bins) of every `step`-th frame of a track, or of the residual e - (C/S) s of two.

    Raises LoadError CORRUPT once a file is another than the one that was analysed.
    """
    count, readers = stop - start, opened.open()
    rows = [reader.rows(reader.read(start, count), slice(0, count, step)) for reader in readers]
    for track, reader in zip(opened.tracks, readers, strict=True):
        if isinstance(reader, AudioColumns) and track.stamp and not reader.signal.is_at(*track.stamp):
            raise pairs.changed_error(track)
    if len(rows) == 1:
        return readers[0].magnitudes(rows[0])
    return np.abs(readers[0].magnitudes(project_rows(*rows)[1]))
