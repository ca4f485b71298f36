"""The `osisnr score` command that prints the numbers of a session."""

import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence

from osisnr_gui.core.bad_frames import DEFAULT_SILENCE_DB, DEFAULT_THRESHOLD_DB
from osisnr_gui.core.types import Representation
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import FramingChoice, Lengths, LossChoice, Session, Source
from osisnr_gui.text.catalogue import _


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
    framing = () if analysis.framing is None else _framing(session.framing)  # a mask has none
    arguments += [*_formula(session), *framing, *_reading(estimates[0])]
    if reference.channel != estimates[0].channel:
        arguments.append(f"--reference-channel={reference.channel or 1}")
    if any(source.delay for source in estimates):
        arguments.append("--align")
    if session.lengths is Lengths.REFUSE:
        arguments.append("--strict")
    return subprocess.list2cmdline(arguments) if os.name == "nt" else shlex.join(arguments)


def _formula(session: Session) -> Iterator[str]:
    loss, usual = session.loss, LossChoice()
    for option, value, default in (
        ("--alpha", loss.alpha, usual.alpha),
        ("--gamma", loss.gamma, usual.gamma),
        ("--method", loss.method, usual.method),
        ("--silence-db", session.silence_db, DEFAULT_SILENCE_DB),
        ("--threshold", session.threshold_db, DEFAULT_THRESHOLD_DB),
    ):
        if value != default:
            yield f"{option}={value!r}"


def _framing(choice: FramingChoice) -> Iterator[str]:
    if choice.representation not in (None, Representation.MASK):
        yield f"--representation={choice.representation}"
    for option, value in (("--n-fft", choice.n_fft), ("--hop", choice.hop)):
        if value is not None:
            yield f"{option}={value}"
    if choice.window != FramingChoice().window:
        yield f"--window={choice.window}"


def _reading(source: Source) -> Iterator[str]:
    if source.channel is not None:
        yield f"--channel={source.channel}"
    if source.key is not None:
        yield f"--key={source.key}"
    yield from (name for name, on in (("--transpose", source.transpose), ("--pair-axis", source.pair_axis)) if on)


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
    if _has_own_delays(analysis):
        parts.append(_("delays were chosen by hand"))
    if session.lengths is Lengths.PAD or (session.same_rate_only and session.lengths is not Lengths.REFUSE):
        parts.append(_("lengths or rates are treated in another way"))
    return "; ".join(parts)


def _has_own_delays(analysis: Analysis) -> bool:
    """Whether other delays are taken out than `--align` would take out, of all estimates or of none."""
    sources = analysis.session.estimates
    others = [source for source in (*analysis.session.references, analysis.session.mixture) if source is not None]
    if any(source.delay for source in others):
        return True
    if not any(source.delay for source in sources):
        return False
    found = [pair.delay.samples if pair.delay is not None and pair.delay.trusted else 0 for pair in analysis.pairs]
    return found != [source.delay for source in sources]
