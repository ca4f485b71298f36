"""Finds the pairs of a batch: in two folders by file name, or in a CSV or JSON list."""

import csv
import io
import itertools
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from osisnr_gui.io.errors import FileError, LoadError, Phrase, Reason
from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.formats import MatrixFormat, SoundFormat, extension, extensions_of
from osisnr_gui.io.json_file import MAX_JSON_BYTES, Json, load_json

SOUND_ENDINGS = frozenset(extensions_of(SoundFormat))
MASK_ENDINGS = frozenset(extensions_of(MatrixFormat))
MAX_COMMENTS = 100
_LIST_REMEDY = Phrase("give two columns with the headings reference and estimate, one pair a line")


@dataclass(frozen=True, slots=True)
class BatchPair:
    """One line of a batch. name : what the pair is called, different for every pair.

    reference, estimate : paths, "" for one that is missing. error : why there is nothing to score.
    mixture : path of what went into the system, "" for none.
    """

    name: str
    reference: str
    estimate: str
    error: FileError | None = None
    mixture: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """Of all its files: reference, estimate, and the mixture if there is one."""
        return self.reference, self.estimate, *((self.mixture,) if self.mixture else ())


def find_pairs(reference_folder: str, estimate_folder: str) -> tuple[BatchPair, ...]:
    """Pairs of files with equal names below two folders, in the order of their names.

    Files match by their path below the folder; where that is not found, by the same path with another ending. Where
    the reference folder holds sound, only sound counts, else only matrices; hidden files never do. A file without a
    partner is a pair with an error, so that every file is accounted for.

    Raises LoadError when a folder cannot be read or when nothing matches at all.
    """
    folders = reference_folder, estimate_folder
    listed = [list(_files_below(folder)) for folder in folders]
    references, estimates = (_of_kind(names, listed[0]) for names in listed)
    if not references:
        detail = Phrase("there is no sound and no matrix in this folder")
        remedy = Phrase("choose the folder of the references")
        raise LoadError(Reason.NOT_FOUND, reference_folder, detail, remedy)
    partners = _match(references, estimates)
    if not any(partners.values()):
        detail = Phrase("no file in this folder is called like a reference")
        raise LoadError(Reason.NOT_FOUND, estimate_folder, detail, Phrase("name the estimates like their references"))
    pairs = []
    for name in references:
        path, partner = os.path.join(reference_folder, name), partners[name]
        if partner is None:
            pairs.append(BatchPair(name, path, "", _alone(path, "estimate", estimate_folder)))
        else:
            pairs.append(BatchPair(name, path, os.path.join(estimate_folder, partner)))
    for name in set(estimates) - set(partners.values()):
        path = os.path.join(estimate_folder, name)
        unique = name if name not in partners else f"{name} (estimate)"
        pairs.append(BatchPair(unique, "", path, _alone(path, "reference", reference_folder)))
    return tuple(sorted(pairs, key=lambda pair: pair.name))


def with_mixtures(pairs: Sequence[BatchPair], reference_folder: str, folder: str) -> tuple[BatchPair, ...]:
    """Pairs of two folders with the mixtures in a third one, matched with the references as estimates are.

    Raises LoadError when that folder cannot be read or has no mixture for any pair.
    """
    scored = [pair for pair in pairs if pair.error is None]
    names = {os.path.relpath(pair.reference, reference_folder).replace(os.sep, "/"): pair for pair in scored}
    partners = _match(list(names), _of_kind(list(_files_below(folder)), list(names)))
    found = {names[name]: partner for name, partner in partners.items() if partner is not None}
    if not found:
        detail = Phrase("no file in this folder is called like a reference")
        raise LoadError(Reason.NOT_FOUND, folder, detail, Phrase("name the mixtures like their references"))
    return tuple(replace(p, mixture=os.path.join(folder, found[p])) if p in found else p for p in pairs)


def _of_kind(names: list[str], references: list[str]) -> list[str]:
    """Sounds where there is a sound among the references, else matrices."""
    endings = SOUND_ENDINGS if any(extension(name) in SOUND_ENDINGS for name in references) else MASK_ENDINGS
    return [name for name in names if extension(name) in endings]


def load_pairs(path: str) -> tuple[BatchPair, ...]:
    """Pairs from a list: CSV with the columns reference, estimate and perhaps name, or JSON: a list of objects.

    Paths are relative to the list's folder. Raises LoadError.
    """
    rows = list(_json_rows(path) if extension(path) == ".json" else _csv_rows(path))
    if not rows:
        raise LoadError(Reason.NO_FRAMES, path, Phrase("there is no pair in this list"), _LIST_REMEDY)
    folder = os.path.dirname(path)
    return unique_pairs((os.path.join(folder, r), os.path.join(folder, e), name or e) for r, e, name in rows)


def unique_pairs(rows: Iterable[tuple[str, str, str]]) -> tuple[BatchPair, ...]:
    """Pairs of (reference, estimate, name); names that are there already get a number."""
    pairs: dict[str, BatchPair] = {}
    for reference, estimate, name in rows:
        others = (f"{name} ({count})" for count in itertools.count(2))
        unique = next(one for one in itertools.chain((name,), others) if one not in pairs)
        pairs[unique] = BatchPair(unique, reference, estimate)
    return tuple(pairs.values())


def is_pair_list(path: str) -> bool:
    """Whether a file looks like a list of pairs: any .json, and a .csv whose first line has the two headings."""
    if extension(path) != ".csv":
        return extension(path) == ".json"
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            lines = (line.strip().lower() for line in itertools.islice(file, MAX_COMMENTS))
            head = next((line for line in lines if line and not line.startswith("#")), "")
    except OSError:
        return False
    return {"reference", "estimate"} <= {cell.strip() for cell in re.split("[,;\t]", head)}


def _files_below(folder: str) -> Iterator[str]:
    """Paths below a folder with / between their parts. Raises LoadError."""

    def refuse(error: OSError) -> None:
        if error.filename == folder:
            detail = Phrase("this folder cannot be read")
            raise LoadError(Reason.NOT_FOUND, folder, detail, Phrase("check the name and its rights"))

    for where, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = os.path.relpath(where, folder)
        for name in names:
            if not name.startswith("."):
                yield name if below == os.curdir else os.path.join(below, name).replace(os.sep, "/")


def _match(references: list[str], estimates: list[str]) -> dict[str, str | None]:
    """The estimate of every reference: the same name, else the only one whose name differs by its ending."""
    same = set(references) & set(estimates)
    stems = Counter(os.path.splitext(name)[0] for name in references if name not in same)
    by_stem: dict[str, list[str]] = {}
    for name in estimates:
        if name not in same:
            by_stem.setdefault(os.path.splitext(name)[0], []).append(name)
    found: dict[str, str | None] = {}
    for name in references:
        stem = os.path.splitext(name)[0]
        others = by_stem.get(stem, [])
        is_clear = len(others) == 1 and stems[stem] == 1
        found[name] = name if name in same else others[0] if is_clear else None
    return found


def _alone(path: str, missing: str, folder: str) -> LoadError:
    folder = os.path.basename(os.path.normpath(folder))
    detail = Phrase("it has no estimate: no file of this name, or several, in {folder}", folder=folder)
    if missing == "reference":
        detail = Phrase("it has no reference: no file of this name, or several, in {folder}", folder=folder)
    return LoadError(Reason.NOT_FOUND, path, detail, Phrase("add the file, or take this one out"))


def _csv_rows(path: str) -> Iterator[tuple[str, str, str]]:
    with OpenFile(path) as source:
        if source.size > MAX_JSON_BYTES:
            detail = Phrase("the list is too long (more than 10 MiB)")
            raise LoadError(Reason.TOO_LARGE, path, detail, Phrase("split it"))
        data = source.read_at(0, MAX_JSON_BYTES)
    try:
        text = data.decode("utf-8-sig")
        lines = [line for line in io.StringIO(text, newline="") if line.strip() and not line.startswith("#")]
        head = lines[0] if lines else ""
        delimiter = max(",;\t", key=head.count)
        for row in csv.DictReader(lines, delimiter=delimiter, strict=True):
            yield _row(path, {key.strip().lower(): value for key, value in row.items() if isinstance(key, str)})
    except (UnicodeDecodeError, csv.Error):
        raise LoadError(Reason.CORRUPT, path, Phrase("this is no table in UTF-8 text"), _LIST_REMEDY) from None


def _json_rows(path: str) -> Iterator[tuple[str, str, str]]:
    value = load_json(path)
    items = value.get("pairs") if isinstance(value, dict) else value
    for item in items if isinstance(items, list) else [None]:
        yield _row(path, item if isinstance(item, dict) else {})


def _row(path: str, row: dict[str, Json] | dict[str, str]) -> tuple[str, str, str]:
    values = (row.get(key) for key in ("reference", "estimate", "name"))
    reference, estimate, name = (value.strip() if isinstance(value, str) else "" for value in values)
    if not reference or not estimate:
        raise LoadError(Reason.CORRUPT, path, Phrase("a line names no reference or no estimate"), _LIST_REMEDY)
    return reference, estimate, name
