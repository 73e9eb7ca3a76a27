"""Reading a delivered table: CSV, XLSX or JSON into rows of text, whatever its line ends and encoding."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum, WorksheetNotFound

from vielfalt.engines.encodings_refused import refuse_encoding
from vielfalt.errors import DeliveryError, VielfaltError
from vielfalt.imported.records import FileForm
from vielfalt.words import N_


@dataclass(frozen=True)
class Rows:
    """The rows of a file as text by column; ``numbers`` are the rows' numbers as the sender counts them."""

    path: Path
    columns: tuple[str, ...]
    records: tuple[Mapping[str, str], ...]
    numbers: tuple[int, ...]


def read_rows(path: Path, form: FileForm) -> Rows:
    """All rows of a table. Raises DeliveryError when it is absent, empty, or not written as the profile says."""
    if not path.is_file():
        raise _fault(N_("The table does not exist."), path, N_("Correct the path or add the file."))
    content = path.read_bytes()
    if not content.strip():
        raise _fault(N_("The table is empty."), path, N_("Ask for the file again."))
    match form.format:
        case "csv":
            rows = _from_csv(content, form, path)
        case "xlsx":
            rows = _from_xlsx(path, form)
        case "json":
            rows = _from_json(content, form, path)
    if not rows.records:
        raise _fault(N_("The table is empty."), path, N_("Ask for the file again."))
    return rows


def refuse_lost(rows: Rows, named: Iterable[str], error: type[VielfaltError], todo: str) -> None:
    """Raises the error for the first of these columns that the table has not."""
    lost = next((name for name in named if name not in rows.columns), None)
    if lost is not None:
        raise error(
            N_("The table has no column “{column}”. It has: {columns}."),
            where=rows.path,
            todo=todo,
            column=lost,
            columns=", ".join(rows.columns),
        )


def _decoded(content: bytes, encoding: str, path: Path) -> str:
    """The text of a file; a UTF-8 file taken for an older encoding would spoil every umlaut, so it is refused too."""
    todo = N_("Correct “encoding” in the table profile.")
    if b"\0" in content:
        message = N_("The table is no text file, or a text file in UTF-16.")
        raise _fault(message, path, N_("Save it again as CSV in UTF-8, or as XLSX."))
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError:
        raise _fault(N_("The table is not written in {encoding}."), path, todo, encoding=encoding) from None
    if encoding != "utf-8" and not content.isascii():
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return text
        raise _fault(N_("The table is not written in {encoding}."), path, todo, encoding=encoding)
    return text


def _from_csv(content: bytes, form: FileForm, path: Path) -> Rows:
    text = _decoded(content, form.encoding, path)
    refuse_encoding(content, path)
    # Berlin's tables end their lines with CR alone, which readers take for one endless line.
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(lines), delimiter=form.delimiter, strict=True)
    try:
        grid = list(reader)
    except csv.Error:
        raise _fault(
            N_("The table cannot be read as CSV in line {line}."),
            path,
            N_("Check delimiter and quotes."),
            line=reader.line_num,
        ) from None
    return _grid(grid, form, path)


def _from_xlsx(path: Path, form: FileForm) -> Rows:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        shown = (sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible)
        sheet = form.sheet or next(shown, workbook.sheet_names[0])
        grid = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except WorksheetNotFound:
        raise _fault(
            N_("The workbook has no sheet “{sheet}”. It has: {sheets}."),
            path,
            N_("Correct “sheet” in the table profile."),
            sheet=form.sheet,
            sheets=", ".join(workbook.sheet_names),
        ) from None
    except CalamineError:
        raise _fault(
            N_("The workbook cannot be read."), path, N_("Save it again as XLSX, without a password.")
        ) from None
    texts = [[_text(value, form) for value in row] for row in grid]
    if len(workbook.sheet_names) > 1 and sum(map(any, texts[form.skip_rows :])) < 2:
        raise _fault(
            N_("The sheet “{sheet}” holds no table. The workbook has: {sheets}."),
            path,
            N_("Name the sheet with the figures under “sheet” in the table profile."),
            sheet=sheet,
            sheets=", ".join(workbook.sheet_names),
        )
    return _grid(texts, form, path)


def _from_json(content: bytes, form: FileForm, path: Path) -> Rows:
    try:
        data = json.loads(_decoded(content, form.encoding, path))
    except json.JSONDecodeError as error:
        raise _fault(
            N_("The table is not valid JSON in line {line}."), path, N_("Ask for the file again."), line=error.lineno
        ) from None
    records = [
        {name: _text(value, form) for name, value in record.items()} for record in _walk(data, form.records, {}, path)
    ]
    columns = tuple(dict.fromkeys(name for record in records for name in record))
    complete = tuple({name: record.get(name, "") for name in columns} for record in records)
    return Rows(path, columns, complete, tuple(range(1, len(complete) + 1)))


def _walk(data: object, steps: Sequence[str], passed: Mapping[str, str], path: Path) -> Iterator[dict[str, object]]:
    """The records at the end of the steps, with the keys passed on the way."""
    if not steps:
        if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
            raise _fault(N_("The path “records” leads to no list of records."), path, _CORRECT_RECORDS)
        yield from ({**passed, **record} for record in data)
        return
    step, rest = steps[0], steps[1:]
    named = step.startswith("{") and step.endswith("}")
    if not isinstance(data, dict) or not (named or step in data):
        raise _fault(
            N_("The path “records” finds no “{step}”. There is: {there}."),
            path,
            _CORRECT_RECORDS,
            step=step,
            there=", ".join(list(data)[:8]) if isinstance(data, dict) else type(data).__name__,
        )
    for key in data if named else (step,):
        yield from _walk(data[key], rest, {**passed, step[1:-1]: key} if named else passed, path)


_CORRECT_RECORDS = N_("Correct “records” in the table profile.")


def _text(value: object, form: FileForm) -> str:
    """A cell of a workbook or JSON file as the text a CSV of the same form would hold."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", form.decimal)
    return str(value)


def _grid(grid: Sequence[Sequence[str]], form: FileForm, path: Path) -> Rows:
    """Rows below the header; empty lines are passed over, lines of another length than the header are refused.

    A line of one value, such as a footnote, is a row that is empty otherwise.
    """
    body = [(number, row) for number, row in enumerate(grid, 1) if number > form.skip_rows]
    filled = [(number, [value.strip() for value in row]) for number, row in body if any(map(str.strip, row))]
    if not filled:
        raise _fault(N_("The table is empty."), path, N_("Ask for the file again."))
    header = filled[0][1]
    while header and not header[-1]:
        header.pop()
    records = []
    for number, row in filled[1:]:
        if not any(row[1:]):
            row = [*row, *[""] * (len(header) - len(row))]
        if len(row) < len(header) or any(row[len(header) :]):
            raise _fault(
                N_("Line {line} has {found} columns, the header has {wanted}."),
                path,
                N_("Check “delimiter” and “skip_rows” in the table profile."),
                line=number,
                found=len(row),
                wanted=len(header),
            )
        records.append(dict(zip(header, row, strict=False)))
    twice = {name for name in header if header.count(name) > 1 and name}
    if twice:
        raise _fault(
            N_("The header names these columns twice: {columns}."),
            path,
            N_("Give each column its own name."),
            columns=", ".join(sorted(twice)),
        )
    return Rows(path, tuple(header), tuple(records), tuple(number for number, _ in filled[1:]))


def _fault(message: str, path: Path, todo: str, **values: object) -> DeliveryError:
    return DeliveryError(message, where=path, todo=todo, **values)
