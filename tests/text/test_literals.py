"""What a person reads stands in `text/`: no sentence is left in the other folders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "osisnr_gui"
#: Folders and files whose sentences have moved already; at the end this is the whole package but `text`.
DONE = (
    "core/",
    "io/",
    "session/",
    "export/",
    "batch/",
    "cli/",
    "qt/",
    "app.py",
    "paths.py",
    "platform_check.py",
)
#: Two words, or one with a capital letter: what no identifier, key, style sheet or format looks like.
READABLE = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}|^[A-Z][a-z]{2,}…?$|^[A-Z][a-z]+ [a-z0-9{]")
#: Marks text up: not words. In a template a tag may end at a value.
TAG = re.compile(r"<[a-z/][^<>]*(>|$)|<[^<>]*>")
#: Names of keys, as `QKeySequence` reads them in every language.
KEYS = frozenset({"Backspace", "Down", "End", "Escape", "Home", "Left", "Right", "Space", "Up"})
#: Calls that mark a sentence, whose English is for logs and developers (`str()` of an exception), or which no person
#: reads. Errors that a person is shown hold phrases.
EXEMPT = re.compile(
    r"^(_|N_|ngettext|Phrase|csv_note|(?!(File|Load|Save|Usage|ArgumentType)Error$)\w*Error|Cancelled|fail|skip"
    r"|debug|info|warning|exception|setObjectName|setStyleSheet|compile|TypeVar|StrEnum)$"
)


def readable_literals(source: str) -> Iterator[tuple[int, str]]:
    """Line and content of literals a person would read."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if not READABLE.search(TAG.sub("", node.value)):
            continue
        if node.value not in KEYS and not any(map(_is_exempt, _around(node, parents))):
            yield node.lineno, node.value


def _around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[tuple[ast.AST, ast.AST]]:
    while node in parents:
        yield node, parents[node]
        node = parents[node]


def _is_exempt(step: tuple[ast.AST, ast.AST]) -> bool:
    node, parent = step
    if isinstance(parent, ast.arg | ast.AnnAssign) and node is parent.annotation:
        return True
    if isinstance(parent, ast.FunctionDef) and node is parent.returns:
        return True
    if isinstance(parent, ast.Subscript) and node is parent.slice:
        return True  # a key, or a name in a type
    if isinstance(parent, ast.Call):
        function = parent.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return bool(EXEMPT.match(name))
    if isinstance(parent, ast.Assign):  # names of a module, for programs
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in parent.targets)
    is_docstring = isinstance(parent, ast.Expr) and isinstance(node, ast.Constant)
    return is_docstring or isinstance(parent, ast.Assert)


@pytest.mark.parametrize("folder", DONE)
def test_no_sentence_outside_text(folder: str) -> None:
    found = []
    place = PACKAGE / folder
    for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
        literals = readable_literals(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(PACKAGE)}:{line}: {literal!r}" for line, literal in literals]
    assert not found, "to be moved to osisnr_gui/text/:\n" + "\n".join(found)


def test_templates_are_literals() -> None:
    """Else a tool that gathers them for translators would miss them: where they are made, or before, marked by `N_`.

    Three modules make phrases again from what was kept, or of places alone.
    """
    again = ("errors.py", "catalogue.py", "words.py")
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name not in ("_", "N_", "ngettext", "Phrase") or isinstance(node.args[0], ast.Constant):
                continue
            is_marked_before = name == "Phrase" and "N_(" in source
            if not is_marked_before and path.name not in again:
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}: {ast.unparse(node)}")
    assert not found, "not literal:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        'label.setText("Open a file")',
        'label.setText(f"{name} is open; add an estimate")',
        'TIP = "Reload"',
        'button = QPushButton("Save as…")',
        'words = "no frame" if nothing else ""',
        'raise LoadError(reason, path, "the file is empty", remedy)',
    ],
)
def test_the_check_finds_sentences(code: str) -> None:
    assert list(readable_literals(code))


@pytest.mark.parametrize(
    "code",
    [
        '"""A docstring of a module."""',
        'assert x, "only a scored pair can be judged"',
        'raise ValueError("alpha must be positive")',
        'detail = Phrase("only {n} samples could be read", n=3)',
        'settings.text("last_folder")',
        'style = "QLabel{color:red}"',
        "key: 'Callable[[int], None]' = None",
        'width = widths["Total"]',
    ],
)
def test_the_check_lets_pass_what_nobody_reads(code: str) -> None:
    assert not list(readable_literals(code))
