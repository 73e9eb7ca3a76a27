"""Addresses to areas: reading the directory, its errors, and locating against a slow oracle."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from vielfalt.errors import DeliveryError
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.register.addresses import locate, street_findings, streets_renumbered
from vielfalt.register.areas import located, points_elsewhere
from vielfalt.register.checks import Finding
from vielfalt.register.house_numbers import NONE, last_position, position
from vielfalt.register.streets import Streets, read_streets

HEADER = "street_key;street_name;from;to;parity;block\n"


def geography(*keys: str, shapes: dict[str, Polygon] | None = None) -> Geography:
    level = AreaLevel("block", "Blocks", tuple(Area(key, key, "1") for key in keys))
    return Geography(Area("01001000", "Town", ""), (level,), "EPSG:25832", {"block": shapes or {}})


def directory(folder: Path, rows: str, header: str = HEADER, encoding: str = "utf-8") -> Streets:
    path = folder / "streets.csv"
    path.write_bytes((header + rows).encode(encoding))
    return read_streets(path)


def addresses(**columns: list[object]) -> pl.DataFrame:
    numbers = ("easting", "northing")
    return pl.DataFrame(
        {
            name: pl.Series(values, dtype=pl.Float64 if name in numbers else pl.String)
            for name, values in columns.items()
        }
    )


def areas(frame: pl.DataFrame) -> list[str]:
    assert frame.columns == ["area", "method"]
    return frame["area"].to_list()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("12", 1200), ("12 a", 1201), ("12A", 1201), ("12-14", 1200), ("12/1", 1200), ("0012", 1200), ("12 1/2", 1200),
     ("12 bis 14", 1200), ("", NONE), ("a", NONE), ("12345", NONE), ("12 Hinterhaus", 1200)],
)  # fmt: skip
def test_position_of_a_house_number(text: str, wanted: int) -> None:
    assert position(text) == wanted


def _in_a_street(folder: Path, numbers: int, listed: int, shifted: int) -> tuple[pl.DataFrame, Streets, Geography]:
    """A street of so many numbers, of which some are listed in block A; the points of some lie in block B."""
    given = addresses(
        street_key=["7"] * numbers,
        house_number=[str(number + 1) for number in range(numbers)],
        easting=[15.0 if number < shifted else 5.0 for number in range(numbers)],
        northing=[5.0] * numbers,
    ).with_row_index("address")
    shapes = {"A": box(0, 0, 10, 10), "B": box(10, 0, 20, 10)}
    return given, directory(folder, f"7;Ring;1;{listed};all;A\n"), geography("A", "B", shapes=shapes)


@pytest.mark.parametrize(("shifted", "odd"), [(0, 0), (19, 0), (20, 20), (50, 50)])
def test_points_in_another_area_than_the_directory_says_are_a_finding(tmp_path: Path, shifted: int, odd: int) -> None:
    given, streets, where = _in_a_street(tmp_path, 100, 100, shifted)
    found = points_elsewhere(given, located(given, streets, where), where)
    assert found == ((Finding("point_elsewhere", "easting", odd, ()),) if odd else ())
    given, streets, where = _in_a_street(tmp_path, 401, 401, 20)
    assert points_elsewhere(given, located(given, streets, where), where) == ()


def test_of_very_many_points_every_so_many_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vielfalt.register.areas.LOOKED_AT", 100)
    given, streets, where = _in_a_street(tmp_path, 201, 201, 75)
    found = points_elsewhere(given, located(given, streets, where), where)
    assert found == (Finding("point_elsewhere", "easting", 25, ()),)


def test_points_that_are_shifted_by_an_area_are_refused(tmp_path: Path) -> None:
    given, streets, where = _in_a_street(tmp_path, 100, 100, 51)
    with pytest.raises(DeliveryError, match="51 lie elsewhere"):
        points_elsewhere(given, located(given, streets, where), where)
    assert points_elsewhere(given, located(given, streets, geography("A", "B")), geography("A", "B")) == ()


@pytest.mark.parametrize(("numbers", "listed", "refused"), [(40, 3, True), (40, 4, False), (20, 1, False)])
def test_a_town_of_which_hardly_an_address_lies_in_an_area_is_refused(
    tmp_path: Path, numbers: int, listed: int, refused: bool
) -> None:
    given, streets, _ = _in_a_street(tmp_path, numbers, listed, 0)
    if refused:
        with pytest.raises(DeliveryError, match="lie in no area"):
            located(given, streets, geography("A"))
    else:
        assert (located(given, streets, geography("A"))["area"] == "A").sum() == listed


def test_a_range_that_ends_at_a_number_holds_its_letters() -> None:
    assert last_position("12") > position("12z")
    assert last_position("12a") < position("12b")


def test_key_number_and_side(tmp_path: Path) -> None:
    streets = directory(tmp_path, "7;Bergstr.;1;9;odd;A\n7;Bergstr.;2;98;even;B\n7;Bergstr.;11;99;odd;C\n")
    found = locate(
        addresses(
            street_key=["7"] * 6,
            house_number=["9", "9", "2", "11", "100", "98"],
            house_suffix=["", "b", None, "", "", "Z"],
        ),
        streets,
        geography("A", "B", "C"),
    )
    assert areas(found) == ["A", "A", "B", "C", "", "B"]
    assert found["method"].to_list() == ["street_key"] * 4 + ["none", "street_key"]


def test_a_row_without_numbers_is_the_whole_street_and_exceptions_win(tmp_path: Path) -> None:
    streets = directory(tmp_path, "1;Am Bach;;;;A\n1;Am Bach;5;7;odd;B\n1;Am Bach;5b;5b;all;C\n")
    found = locate(
        addresses(street_key=["1"] * 5, house_number=["4", "5", "5b", "7", "9"]), streets, geography("A", "B", "C")
    )
    assert areas(found) == ["A", "B", "C", "B", "A"]
    assert streets.conflicts == ()


def test_contradicting_rows_are_named_and_the_first_holds(tmp_path: Path) -> None:
    streets = directory(tmp_path, "1;Am Bach;1;9;all;A\n1;Am Bach;1;9;all;B\n")
    assert streets.conflicts == (3,)
    assert street_findings(streets, geography("A", "B")) == (Finding("street_conflict", "streets", 1, (3,)),)
    assert areas(locate(addresses(street_key=["1"], house_number=["3"]), streets, geography("A", "B"))) == ["A"]


def test_leading_zeros_of_keys(tmp_path: Path) -> None:
    streets = directory(tmp_path, "00012;Am Bach;;;;A\n00100;Aue;;;;B\n100;Ried;;;;C\n")
    found = locate(
        addresses(street_key=["12", "00100", "100", "0100"], house_number=["1"] * 4), streets, geography("A", "B", "C")
    )
    assert areas(found) == ["A", "B", "C", ""]


def test_without_a_key_the_name_decides_in_any_spelling(tmp_path: Path) -> None:
    streets = directory(tmp_path, "1;Karl-Marx-Straße;;;;A\n2;Mühlenweg;;;;B\n")
    found = locate(
        addresses(
            street_name=["KARL MARX STR.", "Muehlenweg", "Karl-Mrax-Str.", None],
            street_key=[None, "", "99", None],
            house_number=["1", "1", "1", "1"],
        ),
        streets,
        geography("A", "B"),
    )
    assert areas(found) == ["A", "B", "A", ""]
    assert set(found["method"].to_list()[:3]) == {"street_name"}


@pytest.mark.parametrize("name", ["Burgstraße", "Straße 13", "Lindenallee-Nrod"])
def test_other_streets_are_not_taken_for_misspelt_ones(tmp_path: Path, name: str) -> None:
    streets = directory(
        tmp_path, "1;Bergstraße;;;;A\n2;Straße 12;;;;A\n3;Lindenallee Nord;;;;A\n4;Lindenallee Nrods;;;;A\n"
    )
    assert areas(locate(addresses(street_name=[name], house_number=["1"]), streets, geography("A"))) == [""]


def test_two_streets_of_one_name_resolve_only_where_they_agree(tmp_path: Path) -> None:
    streets = directory(tmp_path, "1;Dorfstraße;1;9;all;A\n2;Dorfstraße;5;20;all;B\n")
    found = locate(addresses(street_name=["Dorfstr."] * 3, house_number=["2", "6", "12"]), streets, geography("A", "B"))
    assert areas(found) == ["A", "", "B"]


def test_an_address_without_number_needs_a_street_in_one_area(tmp_path: Path) -> None:
    streets = directory(tmp_path, "1;Am Bach;1;9;all;A\n2;Aue;1;9;odd;A\n2;Aue;2;8;even;B\n")
    found = locate(addresses(street_key=["1", "2"], house_number=[None, ""]), streets, geography("A", "B"))
    assert areas(found) == ["A", ""]


def test_coordinates_come_last_and_overlaps_are_decided(tmp_path: Path) -> None:
    shapes = {"A": box(0, 0, 10, 10), "B": box(4, 4, 6, 6), "C": box(20, 0, 30, 10), "D": box(20, 0, 30, 10)}
    streets = directory(tmp_path, "1;Am Bach;1;9;all;D\n")
    frame = addresses(
        street_key=["1", None, None, None, None, None],
        house_number=["1", None, None, None, None, None],
        easting=[5.0, 5.0, 1.0, 25.0, 99.0, None],
        northing=[5.0, 5.0, 1.0, 5.0, 99.0, 1.0],
    )
    found = locate(frame, streets, geography("A", "B", "C", "D", shapes=shapes))
    assert areas(found) == ["D", "B", "A", "C", "", ""]
    assert found["method"].to_list() == ["street_key", "coordinates", "coordinates", "coordinates", "none", "none"]


def test_a_point_on_a_common_border_has_one_area_whatever_the_order_of_the_areas() -> None:
    shapes = {"B": box(0, 0, 1, 1), "A": box(1, 0, 2, 1)}
    frame = addresses(easting=[1.0], northing=[0.5])
    assert areas(locate(frame, None, geography("A", "B", shapes=shapes))) == ["A"]
    assert areas(locate(frame, None, geography("B", "A", shapes=shapes))) == ["A"]


def test_an_invalid_polygon_does_not_stop_the_run() -> None:
    bow_tie = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    found = locate(addresses(easting=[0.2], northing=[1.0]), None, geography("A", shapes={"A": bow_tie}))
    assert areas(found) == ["A"]


def test_no_addresses_and_no_columns(tmp_path: Path) -> None:
    streets = directory(tmp_path, "1;Am Bach;;;;A\n")
    assert locate(addresses(street_key=[]), streets, geography("A")).height == 0
    assert areas(locate(pl.DataFrame({"other": [1, 2]}), streets, geography("A", shapes={"A": box(0, 0, 1, 1)}))) == [
        "",
        "",
    ]


def test_a_directory_of_other_areas_is_an_error_and_single_ones_are_reported(tmp_path: Path) -> None:
    streets = directory(tmp_path, "1;Am Bach;;;;A\n2;Aue;;;;X\n3;Ried;;;;X\n")
    frame = addresses(street_key=["2"], house_number=["1"])
    assert areas(locate(frame, streets, geography("A"))) == [""]
    assert street_findings(streets, geography("A")) == (Finding("street_area_unknown", "streets", 1, (3,)),)
    assert street_findings(streets, geography("A", "X")) == ()
    with pytest.raises(DeliveryError, match="no area that exists"):
        locate(frame, streets, geography("Z"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_delimiters_and_free_column_order(tmp_path: Path, encoding: str, delimiter: str) -> None:
    header = delimiter.join(["Quarter", "Street_Name", "TO", "from"]) + "\r\n"
    streets = directory(tmp_path, delimiter.join(["A", '"Mühlweg"', "9", "1"]) + "\r\n\r\n", header, encoding)
    assert areas(locate(addresses(street_name=["Mühlweg"], house_number=["9"]), streets, geography("A"))) == ["A"]


@pytest.mark.parametrize("encoding", ["cp850", "cp437"])
def test_a_directory_of_dos_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(DeliveryError, match="encoding of DOS"):
        directory(tmp_path, "1;Bäckerweg;;;;A\n2;Lange Straße;;;;A\n", encoding=encoding)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1;Am Bach;1;9;all;A\n1;Am Bach;9;1;all;A\n", "the first: 3"),
        ("1;Am Bach;1;;all;A\n", "no range"),
        ("1;Am Bach;x;y;all;A\n", "no range"),
        ("1;Am Bach;1;9;left;A\n", "parity"),
        ("1;Am Bach;1;9;all;\n", "no area"),
        (";;1;9;all;A\n", "no street"),
        ("1;Am Bach\n", "no area"),
        ("", "no rows"),
    ],
)
def test_rows_that_cannot_be_used_are_named(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(DeliveryError, match=message) as caught:
        directory(tmp_path, rows)
    assert caught.value.todo
    assert "Am Bach" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"  \n ", b"\xef\xbb\xbf\r\n", b"PK\x03\x04\0\0", b"street_key;street_name\n1;x\n", b"block;from\nA;1\n"],
)
def test_files_that_are_no_directory(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "streets.csv"
    path.write_bytes(content)
    with pytest.raises(DeliveryError):
        read_streets(path)
    with pytest.raises(DeliveryError, match="does not exist"):
        read_streets(tmp_path / "absent.csv")


STREET = st.sampled_from(["1", "2", "3"])
NUMBER = st.integers(1, 12)
ROW = st.tuples(STREET, NUMBER, NUMBER, st.sampled_from(["all", "odd", "even"]), st.sampled_from("ABCD"))


def oracle(rows: list[tuple[str, int, int, str, str]], street: str, number: int) -> str:
    """Goes through all rows: the narrowest that fits, of equals the first."""
    sides = {"all": (0, 1), "odd": (1,), "even": (0,)}
    fitting = [
        (high - low, row, area)
        for row, (key, low, high, parity, area) in enumerate(rows)
        if key == street and low <= number <= high and number % 2 in sides[parity]
    ]
    return min(fitting)[2] if fitting else ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW.filter(lambda row: row[1] <= row[2]), min_size=1, max_size=12))
def test_every_house_is_where_the_oracle_says(tmp_path: Path, rows: list[tuple[str, int, int, str, str]]) -> None:
    lines = "".join(f"{key};;{low};{high};{parity};{area}\n" for key, low, high, parity, area in rows)
    houses = [(street, number) for street in "1234" for number in range(14)]
    frame = addresses(street_key=[street for street, _ in houses], house_number=[str(number) for _, number in houses])
    found = locate(frame, directory(tmp_path, lines), geography("A", "B", "C", "D"))
    assert areas(found) == [oracle(rows, street, number) for street, number in houses]


POINT = st.tuples(st.integers(0, 8), st.integers(0, 8))


@settings(max_examples=60)
@given(st.lists(st.tuples(POINT, POINT), min_size=1, max_size=6), st.lists(POINT, max_size=10))
def test_every_point_is_where_the_oracle_says(
    corners: list[tuple[tuple[int, int], tuple[int, int]]], points: list[tuple[int, int]]
) -> None:
    shapes = {f"{i}": box(x, y, x + 1 + a, y + 1 + b) for i, ((x, y), (a, b)) in enumerate(corners)}
    frame = addresses(easting=[float(x) for x, _ in points], northing=[float(y) for _, y in points])
    wanted = [
        min(((shape.area, key) for key, shape in shapes.items() if shape.intersects(box(x, y, x, y))), default=(0, ""))[
            1
        ]
        for x, y in points
    ]
    assert areas(locate(frame, None, geography(*shapes, shapes=shapes))) == wanted


def test_keys_that_lead_to_streets_of_another_name(tmp_path: Path) -> None:
    streets = [f"{number:03};{letter}weg;;;all;1" for number, letter in enumerate("ABCDEFGHIJ", 1)]
    found = directory(tmp_path, "\n".join(streets))
    right = {f"{number:03}": f"{letter}-Weg" for number, letter in enumerate("ABCDEFGHIJ", 1)}
    assert streets_renumbered(right, found) == ()
    assert streets_renumbered({**right, "001": "Neuer Name", "99": "Bweg", "10": "Jweg"}, found) == ()
    assert streets_renumbered({**right, "001": "Bweg"}, found) == (Finding("street_key_other", "street_key", 1, ()),)
    after = {f"{number:03}": f"{letter}weg" for number, letter in enumerate("BCDEFGHIJA", 1)}
    with pytest.raises(DeliveryError, match="10 of 10 street keys of the extract belong to streets of another name"):
        streets_renumbered(after, found)


def test_a_directory_without_names_tells_nothing_of_keys(tmp_path: Path) -> None:
    found = directory(tmp_path, "001;all;1\n002;all;2\n", "street_key;parity;block\n")
    assert streets_renumbered({"001": "Bweg", "002": "Aweg"}, found) == ()
