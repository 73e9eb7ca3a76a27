"""Comparable text: normalisation, place and street keys, and the search for strings within one edit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vielfalt.register import text

LETTERS = st.text(alphabet="abcß ä-", max_size=7)


@pytest.mark.parametrize(
    ("given_text", "wanted"),
    [
        ("  Bad   Homburg\t v. d. Höhe ", "bad homburg v. d. höhe"),
        ("MU\u0308NCHEN", "münchen"),
        ("Straße", "strasse"),
        ("\u00a0Köln\u00a0", "köln"),
        ("", ""),
    ],
)
def test_normalise(given_text: str, wanted: str) -> None:
    assert text.normalise(given_text) == wanted


@given(st.text())
def test_normalise_and_fold_are_idempotent_enough_to_compare(value: str) -> None:
    assert text.normalise(text.normalise(value)) == text.normalise(value)
    assert text.fold(text.normalise(value)) == text.fold(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Köln", "KOELN"),
        ("Köln", "Koln"),
        ("Łódź", "Lodz"),
        ("İzmir", "IZMIR"),
        ("Frankfurt a. Main", "Frankfurt/Main"),
        ("Frankfurt an der Oder", "Frankfurt (Oder)"),
        ("Alma-Ata", "Almaata"),
        ("Gr. Strehlitz", "Groß Strehlitz"),
        ("St. Petersburg", "Sankt Petersburg"),
        ("Dnipropetrovs'k", "Dnipropetrovs’k"),
    ],
)
def test_spellings_of_one_place_share_their_key(one: str, other: str) -> None:
    assert text.place_key(one) == text.place_key(other)


def test_a_place_key_is_never_emptied_by_connecting_words() -> None:
    assert text.place_key("Au") == "au"
    assert text.place_key("Am") == "am"
    assert text.place_key("Neustadt") != text.place_key("Neustadt am Rübenberge")


@pytest.mark.parametrize(
    "spellings",
    [
        ("Tschimkent", "Chimkent", "Šimkent"),
        ("Zelinograd", "Tselinograd", "Celinograd"),
        ("Schachty", "Shakhty"),
        ("Dschambul", "Dzhambul"),
        ("Charkow", "Kharkov"),
    ],
)
def test_transliterations_share_their_key(spellings: tuple[str, ...]) -> None:
    keys = {text.transliteration_key(text.place_key(name)) for name in spellings}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Karl-Marx-Straße", "KARL MARX STR."),
        ("Bahnhofstraße", "Bahnhofstr."),
        ("Straße des 17. Juni", "Str.des 17.Juni"),
        ("Goethe-Platz", "Goetheplatz"),
        ("Mühlenweg", "Muehlenweg"),
    ],
)
def test_spellings_of_one_street_share_their_key(one: str, other: str) -> None:
    assert text.street_key(one) == text.street_key(other)


def test_streets_and_ways_stay_apart() -> None:
    assert text.street_key("Mühlenweg") != text.street_key("Mühlenstraße")
    assert text.street_stem_length(text.street_key("Bergstraße")) == 4


def test_numbers_are_no_misspellings() -> None:
    assert not text.same_digits("weg12", "weg13")
    assert text.same_digits("strdes17juni", "strdes17jnui")


def slow_distance(one: str, other: str) -> int:
    """Optimal string alignment distance, by the textbook table."""
    table = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            replaced = table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, replaced)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(LETTERS, LETTERS)
def test_one_edit_agrees_with_the_textbook(one: str, other: str) -> None:
    assert text.within_one_edit(one, other) == (slow_distance(one, other) <= 1)


@given(st.lists(LETTERS, max_size=8, unique=True), st.lists(LETTERS, max_size=8, unique=True))
def test_near_pairs_finds_every_pair_within_one_edit(texts: list[str], names: list[str]) -> None:
    wanted = [(i, j) for i, one in enumerate(texts) for j, other in enumerate(names) if slow_distance(one, other) == 1]
    assert text.near_pairs(texts, names) == wanted
