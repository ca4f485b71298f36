"""Roles guessed from names as they come out of training runs."""

from __future__ import annotations

import pytest

from osisnr_gui.session.guess import Role, guess_roles, name_role

R, E, M = Role.REFERENCE, Role.ESTIMATE, Role.MIXTURE


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["ref.wav", "est.wav"], [R, E]),
        (["est.wav", "ref.wav"], [E, R]),
        (["utt1_enhanced.wav", "utt1_clean.wav", "utt1_noisy.wav"], [E, R, M]),
        (["mix.wav", "s1.wav", "s1_est.wav"], [M, R, E]),
        (["s1.wav", "s2.wav", "mix.wav"], [R, E, M]),
        (["target.flac", "output.flac"], [R, E]),
        (["out.wav", "target.wav"], [E, R]),
        (["irm.npy", "mask.npy"], [R, E]),
        (["mask.npy", "irm.npy"], [E, R]),
        (["est_irm.npy", "irm.npy"], [E, R]),
        (["estimated-mask.npz", "ideal.npz"], [E, R]),
        (["a.wav", "b.wav"], [R, E]),
        (["a.wav", "b.wav", "c.wav"], [R, E, E]),
        (["model_a_est.wav", "model_b_est.wav", "original.wav"], [E, E, R]),
        (["est_a.wav", "est_b.wav"], [R, E]),
        (["noisy.wav", "clean.wav"], [E, R]),
        (["Mixture.WAV", "Reference.WAV", "Separated.WAV"], [M, R, E]),
        (["nearend_mic.wav", "processed.wav"], [R, E]),
        (["restore.wav", "reference.wav"], [E, R]),
        (["mix.wav", "est1.wav", "est_2.wav"], [M, R, E]),
        (["mix.wav", "est1.wav", "x_est.wav"], [M, R, E]),
        (["mix.wav", "a_est.wav", "b_est.wav"], [M, R, E]),
        (["mix.wav", "a_est.wav"], [E, R]),
        (["mix.wav", "noisy.wav"], [R, E]),
        (["mix.wav"], [R]),
        (["only.wav"], [R]),
        ([], []),
    ],
)
def test_sets_of_names(names: list[str], roles: list[Role]) -> None:
    assert guess_roles([f"/data/ref/{name}" for name in names]) == roles


def test_folders_say_nothing() -> None:
    assert name_role("/clean/est/mix/a.wav") is None


def test_words_not_parts_of_words() -> None:
    assert name_role("restaurant.wav") is None
    assert name_role("cleaning.wav") is None
    assert name_role("mixer.wav") is None
    assert name_role("03-est.01.wav") is E


def test_with_a_reference_already_open() -> None:
    assert guess_roles(["a.wav"], has_reference=True) == [E]
    assert guess_roles(["clean.wav", "est.wav"], has_reference=True) == [E, E]
    assert guess_roles(["a.wav", "mix.wav", "mix2.wav"], has_reference=True, has_mixture=True) == [E, E, E]


def test_a_mixture_beside_what_is_open() -> None:
    assert guess_roles(["noisy.wav"], has_reference=True) == [M]
    assert guess_roles(["noisy.wav", "a.wav"], has_reference=True) == [M, E]
    assert guess_roles(["noisy.wav"], has_reference=True, has_mixture=True) == [E]
    # A reference alone waits for something to compare it with.
    assert guess_roles(["noisy.wav"], has_reference=True, has_estimate=False) == [E]
    assert guess_roles(["noisy.wav", "a.wav"], has_reference=True, has_estimate=False) == [M, E]


@pytest.mark.parametrize("has_reference", [True, False])
def test_at_most_one_reference_and_one_mixture(has_reference: bool) -> None:
    names = [f"{word}_{k}.wav" for k in range(3) for word in ("ref", "clean", "mix", "noisy", "est", "x")]
    roles = guess_roles(names, has_reference=has_reference)
    assert roles.count(R) == (not has_reference)
    assert roles.count(M) == 1
    assert len(roles) == len(names)
