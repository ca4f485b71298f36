"""A mixture in the report: which of several references its figures are of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from osisnr_gui.export.score_report import score_report
from osisnr_gui.session.analysis import AnalysisOptions, analyse
from osisnr_gui.session.session import Session, Source


def test_figures_of_a_mixture_are_those_against_a_reference_that_has_an_estimate(
    write: Callable[..., str], noise: Callable[..., np.ndarray]
) -> None:
    one, two = noise(seed=1), noise(seed=2)
    sounds = {"s1": one, "s2": two, "e2": two + 0.1 * noise(seed=3), "mix": 0.2 * one + two}
    s1, s2, e2, mixture = (Source(write(f"{name}.wav", x)) for name, x in sounds.items())

    def report(references: tuple[Source, ...], place: int) -> dict:
        session = Session(references, (e2,), mixture, pairing=(place,))
        analysis = analyse(session, wanted=AnalysisOptions(pictures=False))
        return score_report(analysis)

    both, alone = report((s1, s2), 1), report((s2,), 0)
    assert both["mixture"].pop("reference") == 2
    assert both["mixture"] == alone["mixture"]
    assert both["mixture"]["whole_signal"]["si_snr_db"] > 10
    assert both["estimates"][0]["improvement"] == alone["estimates"][0]["improvement"]
