import pickle

import pytest

from osisnr_gui.io.errors import LoadError, Reason, SaveError, display_name, printable


def test_a_reason_is_its_own_name_in_lower_case() -> None:
    assert all(reason.value == reason.name.lower() for reason in Reason)
    assert len(Reason) == 23


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/a/b/plain.wav", "plain.wav"),
        ("two\nlines.wav", "two\\x0alines.wav"),
        ("rtl_\u202egpj.wav", "rtl_\\u202egpj.wav"),
        ("caf\udce9.wav", "caf\\udce9.wav"),
        ("スポーク 🎧.wav", "スポーク 🎧.wav"),
        ("/a/folder/", "folder"),
        ("/", "/"),
    ],
)
def test_names_are_shown_on_one_line_without_hidden_characters(path: str, shown: str) -> None:
    assert display_name(path) == shown


def test_long_names_keep_both_ends() -> None:
    shown = display_name("begin" + "x" * 400 + "end.wav")
    assert len(shown) <= 90
    assert shown.startswith("begin")
    assert shown.endswith("end.wav")


def test_a_message_has_name_detail_and_remedy() -> None:
    error = LoadError(Reason.CORRUPT, "/x/a.wav", "it is broken", "mend it")
    assert str(error) == "a.wav: it is broken; mend it"
    assert (error.path, error.reason, error.choices) == ("/x/a.wav", Reason.CORRUPT, ())


def test_a_message_never_exceeds_300_characters_and_keeps_its_remedy() -> None:
    error = LoadError(Reason.AMBIGUOUS, "n" * 250 + ".npz", "several: " + "array, " * 200, "choose one")
    assert len(str(error)) <= 300
    assert str(error).endswith("; choose one")


def test_errors_travel_between_processes() -> None:
    error = LoadError(Reason.AMBIGUOUS, "a.npz", "several", "choose", ("x", "y"))
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.reason, str(copy), copy.choices) == (error.reason, str(error), ("x", "y"))
    assert str(pickle.loads(pickle.dumps(SaveError("a", "b", "c")))) == "a: b; c"


def test_printable_elides_after_escaping() -> None:
    assert len(printable("\n" * 50, 40)) == 40
