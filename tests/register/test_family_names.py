"""The ways to write one family name agree, and different names stay apart."""

from __future__ import annotations

import pytest

from vielfalt.register.family_names import name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MUELLER"),
        ("Weiß", "Weiss"),
        ("Yılmaz", "Yilmaz"),
        ("Müller-Lang", "Müller Lang"),
        ("Iwanowa", "Iwanow"),
        ("Petrova", "Petrov"),
        ("Putina", "Putin"),
        ("Kowalska", "Kowalski"),
        ("Dostojewskaja", "Dostojewskij"),
    ],
)
def test_ways_to_write_one_name_agree(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Meier", "Maier"), ("Schmidt", "Schmitt"), ("Eva", "Ev"), ("Kos", "Kosa"), ("Lang", "Müller-Lang")],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("text", ["", "  ", "-", "."])
def test_a_name_without_letters_is_none(text: str) -> None:
    assert name_key(text) == ""
