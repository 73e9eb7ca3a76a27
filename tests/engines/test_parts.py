"""A file cut in parts of any size: the very rows that one machine finds."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vielfalt.engines.base import BrokenRow, FileForm
from vielfalt.engines.lines import plain_lines
from vielfalt.engines.parts import Found, Part, look_through, placed, readable_rows
from vielfalt.engines.rows import Row, cut_rows, rows_from
from vielfalt.numbers import Ints, Marks

_VALUES = st.sampled_from(
    (
        "",
        "1",
        "ü",
        '"a;b"',
        '"l\nm"',
        '"q""r"',
        '"',
        '"o',
        'x"y',
        '"p\r\nq"',
        '"c\rd"',
        '"1;2;3\n4;5;6\n7;8;9"',
        "\udcfc",
    )
)
_LINES = st.lists(
    st.one_of(st.lists(_VALUES, min_size=3, max_size=3), st.lists(_VALUES, min_size=2, max_size=4), st.just([""])),
    max_size=12,
)


def both(path: Path, form: FileForm, size: int) -> None:
    """Compares rows, numbers and broken rows of a file cut in parts with those of the whole file."""

    def look(parts: Sequence[Part]) -> list[Found]:
        return [look_through(path, form, part) for part in parts]

    whole = list(enumerate(cut_rows(path, form), 1))
    parts, broken, readable = placed(path, form, size, look)
    found: list[tuple[int, tuple[str, ...]]] = []
    for part in parts:
        assert part.readable == len(found)
        texts, numbers = readable_rows(path, form, part)
        assert texts.column("record").to_pylist() == [*range(len(found) + 1, len(found) + 1 + len(numbers))]
        rows = zip(*(texts.column(name).to_pylist() for name in form.columns), strict=True)
        found += zip(numbers.tolist(), (tuple(text or "" for text in row) for row in rows), strict=True)
    assert found == [(number, row) for number, row in whole if not isinstance(row, str)]
    assert list(broken) == [BrokenRow(number, row) for number, row in whole if isinstance(row, str)]
    assert readable == len(found)


@given(
    lines=_LINES,
    end=st.sampled_from(("\n", "\r\n", "\r")),
    form=st.sampled_from(("utf-8", "cp1252")),
    quote=st.sampled_from(('"', '"', "")),
    mark=st.booleans(),
    size=st.integers(1, 60),
)
@settings(max_examples=300, derandomize=True)
def test_any_file_in_parts(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[list[str]],
    end: str,
    form: str,
    quote: str,
    mark: bool,
    size: int,
) -> None:
    path = tmp_path_factory.mktemp("parts") / "extract.csv"
    text = end.join(["a;b;c", *(";".join(line) for line in lines)])
    path.write_bytes(b"\xef\xbb\xbf" * (mark and form == "utf-8") + text.encode(form, "surrogateescape"))
    both(path, FileForm(("a", "b", "c"), ";", quote, form), size)


@pytest.mark.parametrize("size", [1, 5, 9, 10, 11, 40])
def test_fixed_width_in_parts(tmp_path: Path, size: int) -> None:
    path = tmp_path / "extract.txt"
    path.write_bytes(b"\xef\xbb\xbf" + 'ä  2  3  \r\n\r\n4"  5  6\n7  8  9  \r1234567890\n\xfc'.encode() + b"\xfc\n")
    both(path, FileForm(("a", "b", "c"), ";", '"', "utf-8", (3, 3, 3)), size)


def test_a_line_longer_than_several_parts_and_a_border_between_return_and_feed(tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    form = FileForm(("a", "b", "c"), ";", '"', "utf-8")
    path.write_bytes(b"a;b;c\r\n1;" + b"x" * 200_000 + b";3\r\n4;5;6\r\n")
    for size in (50, 65_536, 65_535, 100_000):
        both(path, form, size)
    path.write_bytes(b"a;b;c\r\n" + b"1;2;3\r\n" * 20)
    for size in range(1, 16):
        both(path, form, size)


def test_a_quoted_text_over_several_borders_is_found_by_cutting_again(tmp_path: Path) -> None:
    """The parts within the text take its lines for rows at first, which fit, so that only their ends can tell."""
    path = tmp_path / "extract.csv"
    path.write_bytes(b"a;b;c\n1;2;3\n" + b'4;"x;y\n' + b"7;8;9\n" * 20 + b'";6\n' + b"1;2;3\n" * 30)
    form = FileForm(("a", "b", "c"), ";", '"', "utf-8")
    asked: list[int] = []

    def look(parts: Sequence[Part]) -> list[Found]:
        asked.append(len(parts))
        return [look_through(path, form, part) for part in parts]

    for size in range(7, 40):
        both(path, form, size)
    placed(path, form, 15, look)
    assert asked[0] > 10 and len(asked) > 1


def test_only_lines_that_need_it_are_cut_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "extract.csv"
    plain, odd = "1;ü;\r\n", ('4;"5;6";7\r\n', "4;5\r\n", "4; 5;6\r\n", "\r\n", "4;\r5;6\r\n")
    begins, content = [], b"a;b;c\r\n"
    for line in odd:
        content += plain.encode() * 50
        begins.append(len(content))
        content += line.encode()
    path.write_bytes(content + plain.encode() * 50)
    form, asked = FileForm(("a", "b", "c"), ";", '"', "utf-8"), list[int]()

    def watched(path: Path, form: FileForm, begin: int) -> Generator[tuple[Row, int], None, None]:
        asked.append(begin)
        return rows_from(path, form, begin)

    monkeypatch.setattr("vielfalt.engines.parts.rows_from", watched)
    both(path, form, 1 << 20)
    assert asked == begins * 2


def test_a_part_of_plain_lines_alone_is_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, form, asked = tmp_path / "extract.csv", FileForm(("a", "b", "c"), ";", '"', "utf-8"), list[int]()

    def watched(content: bytes, form: FileForm) -> tuple[Ints, Marks]:
        asked.append(len(content))
        return plain_lines(content, form)

    monkeypatch.setattr("vielfalt.engines.parts.plain_lines", watched)
    path.write_bytes(b"a;b;c\n" + b"1;2;3\n" * 20)
    both(path, form, 60)
    assert asked == [66, 54]
    path.write_bytes(b"a;b;c\n" + b"1;2;3\n" * 20 + b"\n")
    both(path, form, 60)
    assert asked == [66, 54, 66, 55, 55]


@pytest.mark.parametrize("piece", [1, 5, 6, 13, 40])
def test_lines_are_looked_at_in_pieces_of_any_size(piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vielfalt.engines.lines._PIECE", piece)
    path = tmp_path / "extract.csv"
    path.write_bytes("a;b;c\n1;ü;\n22;33;\n4;5\n;;\n\n7;8;9\nä;ö;ü".encode())
    both(path, FileForm(("a", "b", "c"), ";", '"', "utf-8"), 1 << 20)
    both(path, FileForm(("a", "b", "c"), ";", '"', "utf-8"), 9)


@pytest.mark.parametrize(("delimiter", "quote", "widths"), [("§", '"', ()), (";", "»", ()), (";", '"', (1, 1, 1))])
def test_forms_of_which_no_line_is_plain(tmp_path: Path, delimiter: str, quote: str, widths: tuple[int, ...]) -> None:
    path = tmp_path / "extract.csv"
    path.write_text(delimiter.join("abc") + "\n" + f"1{delimiter}2{delimiter}3\n" * 20, encoding="utf-8")
    both(path, FileForm(("a", "b", "c"), delimiter, quote, "utf-8", widths), 30)
