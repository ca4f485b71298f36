"""The demos that ship with the program: which files, and what to look for."""

from functools import partial
from typing import NamedTuple

from osisnr_gui.io.errors import Phrase
from osisnr_gui.paths import resource_path
from osisnr_gui.session.session import MaskGrid, Session, Source


class Demo(NamedTuple):
    """One demo. name: for `--demo NAME`; look_for: one sentence for the user; the rest: file names of the samples."""

    name: str
    title: Phrase
    look_for: Phrase
    references: tuple[str, ...]
    estimates: tuple[str, ...]
    mixture: str | None = None
    mask_grid: MaskGrid | None = None


# The first one opens when no name is given.
DEMOS: tuple[Demo, ...] = (
    Demo(
        "enhancement",
        Phrase("Noise reduction"),
        Phrase(
            "Two programs cleaned the same noisy voice: A (DeepFilterNet3) lies above B (a spectral gate) in nine "
            "frames of ten; press 1 and 2 to compare their pictures."
        ),
        ("2_enhancement_clean.flac",),
        ("2_enhancement_est_dfn3.flac", "2_enhancement_est_gate.flac"),
        "2_enhancement_noisy.flac",
    ),
    Demo(
        "speakers",
        Phrase("Two speakers"),
        Phrase(
            "Two talkers, and the two outputs of a separator in the wrong order: hardly anything rises above chance. "
            "The banner offers the right order; one click, and both rise."
        ),
        ("1_two_speakers_ref_a.flac", "1_two_speakers_ref_b.flac"),
        ("1_two_speakers_est_b.flac", "1_two_speakers_est_a.flac"),
        "1_two_speakers_mix.flac",
    ),
    Demo(
        "echo",
        Phrase("Echo cancellation"),
        Phrase(
            "The near-end talker is silent for the first 2.5 s: what remains there is echo, marked as false activity "
            "and kept out of the exact scores."
        ),
        ("3_echo_nearend.flac",),
        ("3_echo_est.flac",),
        "3_echo_mic.flac",
    ),
    Demo(
        "masks",
        Phrase("Masks"),
        Phrase(
            "Two masks instead of sound: the estimate reaches 3.2 dB, unrelated ones would reach 3.6 dB. Play, and "
            "press 0, 1 and M to hear both on the noisy mixture, and it alone."
        ),
        ("4_masks_irm.npy",),
        ("4_masks_est.npy",),
        "4_masks_noisy.flac",
        MaskGrid(rate=16_000, hop=128, n_fft=256),
    ),
    Demo(
        "damaged",
        Phrase("Find the damage"),
        Phrase(
            "A is B with three planted defects: a dropout at 0.9 s, clicks from 2.9 s and a muffled passage from 4.3 "
            "s; press N to walk from one bad segment to the next."
        ),
        ("2_enhancement_clean.flac",),
        ("5_damaged_est.flac", "2_enhancement_est_dfn3.flac"),
        "2_enhancement_noisy.flac",
    ),
)


def demo_session(name: str = DEMOS[0].name) -> Session:
    """A session with the files of the demo of that name; raises FileNotFoundError."""
    (demo,) = (demo for demo in DEMOS if demo.name == name)
    sample = partial(resource_path, "samples")
    return Session(
        references=tuple(Source(sample(file)) for file in demo.references),
        estimates=tuple(Source(sample(file)) for file in demo.estimates),
        mixture=None if demo.mixture is None else Source(sample(demo.mixture)),
        mask_grid=demo.mask_grid or MaskGrid(),
    )
