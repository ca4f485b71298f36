"""One reference and one estimate: do they fit, which frames do they share, and what is known of them."""

import math
import threading
import weakref
from contextlib import ExitStack
from dataclasses import dataclass, replace

import numpy as np

from osisnr_gui.core.align import Delay
from osisnr_gui.core.stft import check_framing, default_hop, default_n_fft, frame_count, window
from osisnr_gui.core.types import Columns, Framing, IntArray, ParameterError, Representation
from osisnr_gui.io.errors import N_, FileError, LoadError, Phrase, Reason
from osisnr_gui.session.frame_pass import NO_PICTURES, PairFrames, PairPictures
from osisnr_gui.session.masks import mask_times
from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.readers import AudioColumns, AudioSignal, ColumnReader, MaskColumns
from osisnr_gui.session.scores import PairScore, WholeSignal
from osisnr_gui.session.session import Lengths, MaskGrid, Session, Source
from osisnr_gui.session.tracks import PairError, Stamp, Track

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
    choice, path = session.framing, reference.source.path
    if reference.kind == "mask":
        if choice.representation not in (None, Representation.MASK):
            detail = Phrase("a matrix cannot be analysed as {representation}", representation=choice.representation)
            raise PairError(path, detail, Phrase("open an audio file, or leave the representation at its default"))
        return None
    if choice.representation is Representation.MASK:
        remedy = Phrase("choose magnitude, complex or waveform as the representation")
        raise PairError(path, Phrase("this is sound, not a mask"), remedy)
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
        raise PairError(path, str(error), Phrase("change the STFT settings")) from None
    return Framing(choice.representation or Representation.MAGNITUDE, n_fft, hop, choice.window)


def time_grid(framing: Framing | None, reference: Track, mask_grid: MaskGrid | None = None) -> TimeGrid:
    """Frame centres in seconds and bins in Hz; frame numbers and bins for a mask whose grid is not known."""
    rate = reference.sample_rate
    if reference.mask is not None:
        return mask_times(mask_grid, reference.mask.values.shape[0])
    if framing is None or not rate:
        return TimeGrid(0.0, 1.0, seconds=False)
    return TimeGrid(0.5 * framing.n_fft / rate, framing.hop / rate, bin_hz=rate / framing.n_fft)


class Readers:
    """Readers of the frames of some tracks, resampled to `rate`.

    They are opened when they are first asked for, and closed when this is forgotten, if not before.
    """

    def __init__(self, tracks: tuple[Track, ...], framing: Framing | None, rate: int | None) -> None:
        self.tracks, self.framing, self._rate = tracks, framing, rate
        self._opened, self._files = list[ColumnReader](), ExitStack()
        #: Lets go of the files.
        self.close = weakref.finalize(self, self._files.close)

    def open(self) -> list[ColumnReader]:
        """All of them, in the order of the tracks. From one thread at a time. Raises LoadError."""
        for track in self.tracks[len(self._opened) :]:
            if track.mask is not None:
                self._opened.append(MaskColumns(track.mask.values))
            else:
                assert self.framing is not None, "audio always has a framing"
                signal = self._files.enter_context(AudioSignal(track.source, self._rate))
                self._opened.append(AudioColumns(signal, self.framing))
        return self._opened


def changed_error(track: Track) -> LoadError:
    """Says that a file is not the one any more that was analysed."""
    detail = Phrase("the file changed after it was compared")
    return LoadError(Reason.CORRUPT, track.source.path, detail, Phrase("reload it (Ctrl+R)"))


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
        template = N_("{own} samples against the reference's {wanted}")
        detail = Phrase(template, own=estimate.n_samples, wanted=reference.n_samples)
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
        template = N_("{n} samples in common, fewer than one frame of {n_fft}")
        template = N_("{n} sample in common, fewer than one frame of {n_fft}") if n == 1 else template
        detail, path = Phrase(template, n=n, n_fft=framing.n_fft), paths[lengths[1] <= lengths[0]]
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
    files = reference.source, estimate.source, (reference.stamp, estimate.stamp)
    grid = session.mask_grid if reference.mask is not None and session.mask_grid.is_known else None
    return PairKey(
        *files, resolve_framing(session, reference), session.lengths, session.same_rate_only, alpha, mask_grid=grid
    )


# Whatever a view asks for is read in pieces of this many frames: what is wanted of them is far smaller.
PIECE_FRAMES = 4096


class PairReader(Readers):
    """The `n_frames` frames (of n_bins) of the reference and of the estimate, numbered as in `frames`.

    The files are opened at the first look and closed when this is forgotten. All methods block; any thread.
    """

    def __init__(self, pair: PairAnalysis) -> None:
        if pair.frames is None or pair.key is None or pair.reference is None:
            raise ValueError("a pair without frames has no columns")
        super().__init__((pair.reference, pair.estimate), pair.key.framing, pair.sample_rate)
        self.frames, self.n_frames, self.n_bins = pair.frames, pair.frames.n_frames, pair.frames.n_bins
        self._lock = threading.Lock()

    def rows(self, first: int, stop: int) -> tuple[Columns, Columns]:
        """Frames [first, stop): (n, n_bins) of reference and estimate, one frame a row. Raises LoadError."""
        return self.picked(np.arange(first, stop))

    def picked(self, frames: IntArray) -> tuple[Columns, Columns]:
        """Some frames, in rising order (any may come twice). Raises LoadError."""
        pieces = np.searchsorted(frames, np.arange(frames[0], frames[-1] + 1, PIECE_FRAMES))
        parts = [self._piece(part) for part in np.split(frames, pieces[1:]) if len(part)]
        s, e = (np.concatenate(rows) if len(rows) > 1 else rows[0] for rows in zip(*parts, strict=True))
        return s, e

    def _piece(self, frames: IntArray) -> tuple[Columns, Columns]:
        first, count = int(frames[0]), int(frames[-1] - frames[0]) + 1
        with self._lock:
            readers = self.open()
            raw = [reader.read(self.frames.first_frame + first, count) for reader in readers]
            rows = [r.rows(part, frames - first) for r, part in zip(readers, raw, strict=True)]
        return rows[0], rows[1]
