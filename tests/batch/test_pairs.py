"""Which files are paired: by name, by stem, from lists; nothing is dropped without a word."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from osisnr_gui.batch.pairs import BatchPair, find_pairs, load_pairs
from osisnr_gui.io.errors import LoadError

Make = Callable[..., tuple[str, str]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make("a.wav b.wav", "a.wav")` -> two folders with empty files of these names."""

    def _make(references: str, estimates: str) -> tuple[str, str]:
        for folder, names in (("ref", references), ("est", estimates)):
            (tmp_path / folder).mkdir()
            for name in names.split():
                path = tmp_path / folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        return str(tmp_path / "ref"), str(tmp_path / "est")

    return _make


def _short(pairs: tuple[BatchPair, ...]) -> list[tuple[str, str, str, bool]]:
    def base(path: str) -> str:
        return "" if not path else "/".join(Path(path).parts[-1:])

    return [(pair.name, base(pair.reference), base(pair.estimate), pair.error is None) for pair in pairs]


def test_equal_names_are_pairs(make: Make) -> None:
    folders = make("b.wav a.wav sub/c.flac", "a.wav sub/c.flac b.wav")
    pairs = find_pairs(*folders)
    assert [pair.name for pair in pairs] == ["a.wav", "b.wav", "sub/c.flac"]
    assert [pair.reference for pair in pairs] == [os.path.join(folders[0], pair.name) for pair in pairs]
    assert [pair.estimate for pair in pairs] == [os.path.join(folders[1], pair.name) for pair in pairs]


def test_another_ending_will_do_where_it_is_clear(make: Make) -> None:
    folders = make("a.wav b.wav c.wav c.flac d.wav", "a.flac b.wav b.flac c.ogg d.mp3 d.ogg")
    assert _short(find_pairs(*folders)) == [
        ("a.wav", "a.wav", "a.flac", True),
        ("b.flac", "", "b.flac", False),
        ("b.wav", "b.wav", "b.wav", True),
        ("c.flac", "c.flac", "", False),
        ("c.ogg", "", "c.ogg", False),
        ("c.wav", "c.wav", "", False),
        ("d.mp3", "", "d.mp3", False),
        ("d.ogg", "", "d.ogg", False),
        ("d.wav", "d.wav", "", False),
    ]


def test_a_file_without_a_partner_is_a_pair_with_an_error(make: Make) -> None:
    pairs = find_pairs(*make("a.wav b.wav", "b.wav c.wav"))
    assert [(pair.name, pair.error is None) for pair in pairs] == [("a.wav", False), ("b.wav", True), ("c.wav", False)]
    assert "no estimate" in str(pairs[0].error)
    assert "no reference" in str(pairs[2].error)
    assert pairs[0].error.path == pairs[0].reference  # type: ignore[union-attr]
    assert len({pair.name for pair in pairs}) == len(pairs)


def test_only_sound_counts_where_there_is_sound(make: Make) -> None:
    folders = make("a.wav a.txt notes.csv .hidden.wav .cache/x.wav", "a.wav a.json b.csv .DS_Store")
    assert _short(find_pairs(*folders)) == [("a.wav", "a.wav", "a.wav", True)]


def test_masks_are_paired_where_there_is_no_sound(make: Make) -> None:
    folders = make("a.npy b.mat readme.md", "a.npy b.npz")
    assert _short(find_pairs(*folders)) == [("a.npy", "a.npy", "a.npy", True), ("b.mat", "b.mat", "b.npz", True)]


@pytest.mark.parametrize(
    ("references", "estimates", "words"),
    [
        ("", "a.wav", "no sound and no matrix"),
        ("a.wav", "b.wav", "called like a reference"),
        ("a.md", "a.md", "no sound"),
    ],
)
def test_folders_without_pairs_are_refused(make: Make, references: str, estimates: str, words: str) -> None:
    with pytest.raises(LoadError, match=words):
        find_pairs(*make(references, estimates))


def test_folders_that_cannot_be_read_are_refused(make: Make, tmp_path: Path) -> None:
    reference, _ = make("a.wav", "a.wav")
    for folder in (str(tmp_path / "none"), os.path.join(reference, "a.wav")):
        for folders in ((folder, reference), (reference, folder)):
            with pytest.raises(LoadError, match="cannot be read"):
                find_pairs(*folders)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_in_a_table(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "pairs.csv"
    rows = [
        ["Estimate", "note", " reference ", "name"],
        ["e 1.wav", "x", "r.wav", "first"],
        ["e 2.wav", "", "/abs/r.wav", ""],
        ["e 2.wav", "", "r.wav", ""],
    ]
    text = "# a comment\n\n" + "\n".join(delimiter.join(row) for row in rows) + "\n"
    path.write_text("\ufeff" + text, encoding="utf-8")
    folder = str(tmp_path)
    assert load_pairs(str(path)) == (
        BatchPair("first", os.path.join(folder, "r.wav"), os.path.join(folder, "e 1.wav")),
        BatchPair("e 2.wav", "/abs/r.wav", os.path.join(folder, "e 2.wav")),
        BatchPair("e 2.wav (2)", os.path.join(folder, "r.wav"), os.path.join(folder, "e 2.wav")),
    )


def test_a_list_in_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    items = [{"reference": "r.wav", "estimate": "e.wav"}, {"reference": "r.wav", "estimate": "f.wav", "name": "x"}]
    for value in (items, {"pairs": items}):
        Path("pairs.json").write_text(json.dumps(value))
        assert load_pairs("pairs.json") == (
            BatchPair("e.wav", "r.wav", "e.wav"),
            BatchPair("x", "r.wav", "f.wav"),
        )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "", "no pair"),
        ("a.csv", "reference,estimate\n", "no pair"),
        ("a.csv", "a.wav,b.wav\n", "no pair"),
        ("a.csv", "a.wav,b.wav\nc.wav,d.wav\n", "names no reference"),
        ("a.csv", "reference,estimate\na.wav\n", "names no reference"),
        ("a.csv", "reference,estimate\na.wav,b.wav,c.wav,d.wav\n,x\n", "names no reference"),
        ("a.csv", 'reference,estimate\n"a', "no table"),
        ("a.csv", b"reference,estimate\n\xff,\xfe\n", "no table"),
        ("a.json", "", "empty"),
        ("a.json", "[", "no valid JSON"),
        ("a.json", "[]", "no pair"),
        ("a.json", "5", "names no reference"),
        ("a.json", '["a", "b"]', "names no reference"),
        ("a.json", '[{"reference": 1, "estimate": "b"}]', "names no reference"),
    ],
)
def test_lists_that_cannot_be_used(tmp_path: Path, name: str, text: str | bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LoadError, match=words if text else "empty"):
        load_pairs(str(path))
