"""Roles read from the names of files; always shown, always changeable.

A name is its words, split at `_ - . space`, at digits and where a small letter meets a capital one. What all names of a
set share is no hint, what differs is: `ref1 est1`, `clean_48k clean_48k_enh`. Where base names do not tell
(`ref/vocals.wav`, `est/vocals.wav`), the nearest folders that differ are read in the same way.
"""

import os
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple


class Role(StrEnum):
    """What a file is to the comparison."""

    REFERENCE = "reference"
    ESTIMATE = "estimate"
    MIXTURE = "mixture"


#: Words from training runs and corpora, systems included; the first role that has a word of the name wins: WSJ0-2mix's
#: `mix_clean` is a mixture, and `mix_enhanced` is an estimate.
_WORDS = {
    Role.ESTIMATE: (
        "est|ests|estimate|estimates|estimated|estimation|enh|enhanced|out|outs|output|outputs|pred|preds|"
        "predicted|prediction|predictions|separated|sep|processed|proc|denoised|dereverbed|dereverberated|"
        "derev|result|results|hyp|recon|reconstructed|reconstruction|generated|filtered|cleaned|restored|"
        "decoded|infer|inferred|inference|hat|hats|dereverb|demucs|htdemucs|tasnet|convtasnet|sepformer|dprnn|dccrn|rnnoise|nsnet|"
        "deepfilternet|fullsubnet|tfgridnet|mossformer|metricgan|spleeter|umx|openunmix"
    ),
    Role.MIXTURE: "mix|mixture|mixed|mixtures|noisy|mic|input|unprocessed|degraded|observed",
    Role.REFERENCE: (
        "ref|refs|reference|references|clean|target|targets|tgt|gt|truth|groundtruth|nearend|irm|ibm|psm|cirm|"
        "source|sources|dry|anechoic|oracle|ideal"
    ),
}
_ROLES_OF_WORDS = {word: role for role, words in _WORDS.items() for word in words.split("|")}
#: A source of a corpus when a number follows, as in `s1`: a reference, unless another word says more.
_NUMBERED = frozenset(["s", "spk", "speaker", "src", "talker"])
_CORPUS = re.compile(r"(?<![0-9])[2-9] ?mix")


class Reading(NamedTuple):
    """A role for every file of a set; `sure` : the names tell, else `other` is what they might mean as well."""

    roles: tuple[Role, ...]
    sure: bool = True
    other: tuple[Role, ...] | None = None


def name_role(path: str) -> Role | None:
    """The role the name alone suggests, or None."""
    words = _words(_stem(path))
    return _role(words) or _source(words)


def read_roles(
    paths: Sequence[str], *, has_reference: bool = False, has_estimate: bool | None = None, has_mixture: bool = False
) -> Reading:
    """A role for every path: names decide, then order (the first is the reference, the rest are estimates).

    has_... : what is open already; without a word about estimates, one is taken to stand beside a reference. At most
    one mixture is read, and several references only where every one of them has its estimate by name: separated
    speakers. Further files that look like one become estimates, and so does a mixture when there would be nothing
    else to compare. A needed reference that no name claims is the first file whose name says nothing, else the first
    that is not called a mixture.
    """
    hints = _hints(paths)
    n_files = len(paths) + has_reference + (has_reference if has_estimate is None else has_estimate)
    keeps_mixture = n_files > 2 and not has_mixture
    claimed = [i for i, hint in enumerate(hints) if hint is Role.REFERENCE]
    if 1 < len(claimed) <= hints.count(Role.ESTIMATE):  # separated speakers
        return Reading(_roles(hints, claimed, keeps_mixture))
    if has_reference:
        return Reading(_roles(hints, (), keeps_mixture))
    likeliest = claimed or sorted(range(len(hints)), key=lambda i: _RANKS[hints[i]])
    readings = [_roles(hints, (i,), keeps_mixture) for i in likeliest[:2]] or [()]
    sure = len(set(paths)) < 2 or _tell_one(hints)
    return Reading(readings[0], sure, None if sure else readings[1])


#: Without a name that claims it, which file is likeliest to be the reference.
_RANKS = {None: 0, Role.ESTIMATE: 1, Role.MIXTURE: 2}


def _roles(hints: Sequence[Role | None], references: Sequence[int], keeps_mixture: bool) -> tuple[Role, ...]:
    """Estimates, but for the references at these places and the first mixture, if it is to be kept."""
    roles = [Role.REFERENCE if i in references else Role.ESTIMATE for i in range(len(hints))]
    mixtures = [i for i, hint in enumerate(hints) if hint is Role.MIXTURE and i not in references]
    if keeps_mixture and mixtures:
        roles[mixtures[0]] = Role.MIXTURE
    return tuple(roles)


def _tell_one(hints: Sequence[Role | None]) -> bool:
    """Whether one reference is named, or is what is left beside named estimates."""
    named = hints.count(Role.REFERENCE)
    return named == 1 or (not named and hints.count(None) == 1 and Role.ESTIMATE in hints)


def _hints(paths: Sequence[str]) -> list[Role | None]:
    """What the names say of each file: base names first, then one folder after the other.

    Once one reference is told, folders only tell what the others are. That a file is one of several sources (`s1`)
    counts where nothing else does, and so does a word that all names share.
    """
    hints: list[Role | None] = [None] * len(paths)
    sources = list(hints)
    for names in _levels(paths):
        told = _tell_one(hints)
        words = [_words(name) for name in names]
        shared = frozenset.intersection(*words) if len(paths) > 1 else frozenset[str]()
        for i, own in enumerate(each - shared for each in words):
            sources[i] = sources[i] or _source(own)
            role = hints[i] or _role(own)
            hints[i] = None if told and role is Role.REFERENCE and hints[i] is None else role
    whole = [_words(_stem(path)) for path in paths]
    return [hint or source or _role(own) for hint, source, own in zip(hints, sources, whole, strict=True)]


def _levels(paths: Sequence[str]) -> Iterator[list[str]]:
    """Base names, then the names of the folders around them that are not the same for all, from the nearest."""
    yield [_stem(path) for path in paths]
    folders = [os.path.dirname(os.path.abspath(path)).split(os.sep) for path in paths]
    for depth in range(1, min(map(len, folders), default=0) + 1):
        names = [parts[-depth] for parts in folders]
        if len(set(names)) > 1:
            yield names


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def _words(name: str) -> frozenset[str]:
    """The words of a name, neighbours also joined: `near_end`, `s1`. "Libri2Mix" is a corpus and no mixture."""
    spaced = _CORPUS.sub(" ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    words = re.findall(r"[a-z]+|[0-9]+", spaced)
    return frozenset(words) | {first + second for first, second in pairwise(words)}


def _role(words: frozenset[str]) -> Role | None:
    named = {_ROLES_OF_WORDS[word] for word in words & _ROLES_OF_WORDS.keys()}
    return next((role for role in _WORDS if role in named), None)


def _source(words: frozenset[str]) -> Role | None:
    numbered = any(word.rstrip("0123456789") in _NUMBERED and word[-1].isdigit() for word in words)
    return Role.REFERENCE if numbered else None
