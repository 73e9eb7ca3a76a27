"""Reading one extract: which columns it has, its typed rows in the engine, and what was wrong with it."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from vielfalt import schema
from vielfalt.engines.base import BrokenRow, Engine, FileForm, Frame
from vielfalt.engines.encodings import looks_like_utf8
from vielfalt.engines.encodings_refused import refuse_encoding
from vielfalt.engines.rows import nothing_read, true_numbers
from vielfalt.errors import DeliveryError, StorageError
from vielfalt.numbers import Ints
from vielfalt.profiles import HEADINGS_FIRST, TITLE, Profile
from vielfalt.register.apart import FromText
from vielfalt.register.checks import Finding, finding
from vielfalt.register.cut_lines import cut_lines
from vielfalt.register.filled import filled_in
from vielfalt.register.headings import unnamed_ends
from vielfalt.register.nobody import by_their_words, people_only
from vielfalt.register.reading import AddressTexts, Reader
from vielfalt.register.status_words import ends_in_words
from vielfalt.words import N_

_SAMPLE = 1 << 20
_SOME = 20


@dataclass(frozen=True)
class Extract:
    """A delivered extract, read: ``register`` holds the typed rows (``reading.REGISTER``), without any name.

    ``evidence`` are the combinations of what it says of origin, by number (``reading.EVIDENCES``). ``rows`` are those
    of the file; ``empty`` says per column in how many of the readable ones there is no usable value; those that are no
    people are among both and not in ``register``. ``delivered`` are
    the canonical fields the file has; ``places`` the distinct birth places in the order of their numbers;
    ``addresses`` street and house of address numbers; ``written`` the parts of the ordering numbers that begin
    with a zero, and that are not as long as most. Nothing else of the texts survives.
    """

    register: Frame
    evidence: Frame
    rows: int
    readable: int
    empty: Mapping[str, int]
    delivered: frozenset[str]
    findings: tuple[Finding, ...]
    places: tuple[str, ...]
    addresses: AddressTexts
    written: tuple[float, float]


def read_extract(engine: Engine, path: Path, profile: Profile, reference: int, key: bytes) -> Extract:
    """The extract of a reference date (yyyymmdd), typed and pseudonymised with the town's key.

    Raises DeliveryError when the file is absent, empty, in another encoding, without any of the profile's columns, or
    when no row of it can be read, or one in twenty cannot, or a column says that many live here no more.
    """
    header = _header(path, profile)
    positions = _positions(header, profile, path)
    columns = tuple(f"c{number}" for number in range(len(header)))
    form = FileForm(
        columns, profile.delimiter, profile.quote, profile.encoding, tuple(width for _, width in profile.widths)
    )
    reader = Reader(profile, reference, key)
    convert = FromText(reader, {field: columns[position] for field, position in positions.items()})
    register, broken = engine.read(path, form, convert, "register")
    counts = engine.collect(register.group_by("evidence").agg(nw.len().alias("rows")))
    evidence = pl.DataFrame(reader.evidences()).join(pl.DataFrame(counts), on="evidence")
    rows = int(evidence["rows"].sum())
    _refuse_broken(broken, rows, path)
    empty = sum(map(len, reader.problems.get(("", "row_empty"), ())))
    said = partial(by_their_words, path, form, header)
    people, nobody = people_only(engine, register, reader.empty, frozenset(positions), rows, said)
    return Extract(
        register=people,
        evidence=engine.load(reader.evidences(), "evidence"),
        rows=rows + empty + len(broken),
        readable=rows,
        empty=dict(reader.empty),
        delivered=frozenset(positions),
        findings=(
            *_of_columns(path, form, header, profile),
            *_findings(reader.problems, broken, nobody),
            *_cut(path, profile),
            *_zeros_lost(reader),
            *filled_in(engine, people, evidence, rows),
        ),
        places=reader.places(),
        addresses=AddressTexts(tuple(reader.streets), tuple(reader.houses), dict(reader.named)),
        written=_parts(reader.written),
    )


def _parts(written: Counter[tuple[int, bool]]) -> tuple[float, float]:
    """The part of the ordering numbers that begin with a zero, and of those that are not as long as most."""
    lengths: Counter[int] = Counter()
    for (length, _), rows in written.items():
        lengths[length] += rows
    total = lengths.total() or 1
    zeros = sum(rows for (_, zero), rows in written.items() if zero)
    return zeros / total, 1 - max(lengths.values(), default=1) / total


def _zeros_lost(reader: Reader) -> list[Finding]:
    """Pointers that have lost the zeros in front that ordering numbers have, or the other way round."""
    zeros, _ = _parts(reader.written)
    found = []
    for field in schema.POINTER_FIELDS:
        with_zero, without = reader.pointing[field, True], reader.pointing[field, False]
        gone_here = not with_zero and zeros * without >= _SOME
        if gone_here or (not zeros and with_zero >= _SOME):
            found.append(Finding("pointer_zeros", field, 0, ()))
    return found


def _refuse_broken(broken: tuple[BrokenRow, ...], rows: int, path: Path) -> None:
    """Raises DeliveryError where no row was read, or so many were not that form or export is at fault: one in twenty,
    of twenty at least. Without them a town would be counted too small."""
    if not rows:
        raise nothing_read(path, broken)
    if len(broken) >= _SOME and len(broken) * _SOME >= rows + len(broken):
        raise DeliveryError(
            N_("{broken} of {rows} rows have too few or too many columns, or bytes that are no text."),
            where=path,
            broken=len(broken),
            rows=rows + len(broken),
            todo=N_(
                "Check delimiter and quote in the column profile, or ask for an export in which every row has all "
                "columns, empty ones too, and no line break within a field."
            ),
        )


def _of_columns(path: Path, form: FileForm, header: tuple[str, ...], profile: Profile) -> list[Finding]:
    """Columns that the profile names and the file lacks, and those that it had better name."""
    absent = [field for field, name in profile.columns.items() if name not in header]
    ends = {*unnamed_ends(header, profile.columns), *ends_in_words(path, form, header, profile)}
    found = {"column_missing": absent, "gone_unnamed": [field for field in schema.END_FIELDS if field in ends]}
    return [Finding(check, field, 0, ()) for check, fields in found.items() for field in fields]


def _findings(
    problems: Mapping[tuple[str, str], list[Ints]], broken: tuple[BrokenRow, ...], nobody: Ints
) -> list[Finding]:
    records = np.array([row.record for row in broken], dtype=np.int64)
    found = [finding("row_broken", "", records)] if broken else []
    if len(nobody):
        found.append(finding("row_nobody", "", nobody))
    for (field, problem), parts in sorted(problems.items()):
        people = np.setdiff1d(true_numbers(np.concatenate(parts), records), nobody)
        if len(people):
            found.append(finding(problem, field, people))
    return found


def _cut(path: Path, profile: Profile) -> list[Finding]:
    """People whom a line break cuts in two, where no quote can keep it within its field."""
    records = cut_lines(path, profile.encoding) if profile.widths else ()
    return [finding("row_cut", "", np.asarray(records))] if len(records) else []


def _header(path: Path, profile: Profile) -> tuple[str, ...]:
    """The column names of the file; of the profile for fixed width."""
    try:
        with path.open("rb") as file:
            sample = file.read(_SAMPLE)
    except FileNotFoundError:
        raise DeliveryError(
            N_("There is no extract for this reference date."),
            where=path,
            todo=N_("Put the file there, or name another reference date."),
        ) from None
    except OSError:
        raise StorageError(N_("The extract cannot be read."), where=path, todo=N_("Check its permissions.")) from None
    if not sample.removeprefix(codecs.BOM_UTF8).strip():
        raise DeliveryError(
            N_("The extract is empty."), where=path, todo=N_("Ask the registration office for a new extract.")
        )
    refuse_encoding(sample, path)
    _same_encoding(sample, path, profile)
    if profile.widths:
        return tuple(name for name, _ in profile.widths)
    return _headings(sample, path, profile)


def _headings(sample: bytes, path: Path, profile: Profile) -> tuple[str, ...]:
    """The first row of a delimited file, as far as the sample goes."""
    encoding = "utf-8-sig" if profile.encoding == "utf-8" else profile.encoding
    lines = io.StringIO(sample.decode(encoding, errors="replace"), newline="")
    quoting = {"quotechar": profile.quote} if profile.quote else {"quoting": csv.QUOTE_NONE}
    rows = csv.reader(lines, delimiter=profile.delimiter, **quoting)
    try:
        names = tuple(name.strip() for name in next(rows))
        _refuse_title(names, rows, path, profile)
    except csv.Error:
        raise DeliveryError(
            N_("The headings of the file cannot be read: the first line does not end, or a quote in it is not closed."),
            where=path,
            todo=N_("Check “quote” in the column profile, or ask for an export with headings in the first line."),
        ) from None
    if any("\N{REPLACEMENT CHARACTER}" in name for name in names):
        raise DeliveryError(
            N_("The column names are not in the encoding “{encoding}”."),
            where=path,
            encoding=profile.encoding,
            todo=N_("Set “encoding” in the column profile; “vielfalt profile FILE” finds out which fits."),
        )
    return names


def _refuse_title(names: Iterable[str], rows: Iterable[list[str]], path: Path, profile: Profile) -> None:
    """Raises DeliveryError where not the first line but one of the next holds headings: a title stands above them."""
    wanted = frozenset(profile.columns.values())
    if wanted.isdisjoint(names):
        for place, row in enumerate(islice(rows, TITLE), 2):
            if not wanted.isdisjoint(name.strip() for name in row):
                raise DeliveryError(
                    N_("The headings stand in line {line} of the file, not in the first one."),
                    where=path,
                    line=place,
                    todo=HEADINGS_FIRST,
                )


def _same_encoding(sample: bytes, path: Path, profile: Profile) -> None:
    """Latin-1 and Windows-1252 read anything, UTF-8 too, and turn every umlaut into two signs: better refused."""
    if profile.encoding != "utf-8" and looks_like_utf8(sample[: sample.rfind(b"\n") + 1]):
        raise DeliveryError(
            N_("The column profile says “{encoding}”, but the file is in UTF-8."),
            where=path,
            encoding=profile.encoding,
            todo=N_("Set “encoding” in the column profile to “utf-8”."),
        )


def _positions(header: tuple[str, ...], profile: Profile, path: Path) -> dict[str, int]:
    """The place in the file of each canonical field the profile names and the file has."""
    places = {name: position for position, name in reversed(list(enumerate(header)))}
    positions = {field: places[name] for field, name in profile.columns.items() if name in places}
    if not positions:
        raise DeliveryError(
            N_("The file has none of the columns that the column profile names ({names}, …)."),
            where=path,
            names=", ".join(list(profile.columns.values())[:5]),
            todo=N_("Correct “columns” and “delimiter” in the column profile; “vielfalt profile FILE” proposes both."),
        )
    return positions
