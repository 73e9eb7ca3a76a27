"""Table profiles: a TOML file that says where the figures of a delivered table stand and what they mean.

Every setting is described in docs/reference/table-profile.md.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from vielfalt import dates, programme
from vielfalt.errors import TownError
from vielfalt.imported.records import (
    RESIDENTS,
    REST,
    AreaColumn,
    Base,
    Category,
    Comparison,
    Correction,
    FileForm,
    Format,
    LevelSource,
    Selection,
    TableProfile,
    TableSource,
    rest_key,
)
from vielfalt.profiles import read_encoding
from vielfalt.tomlfile import Section, read_settings
from vielfalt.town import RESERVED_LEVELS, one_line, refuse_reserved
from vielfalt.words import N_

_SECTIONS = (
    *("town", "table", "source", "file", "filter", "area", "long"),
    *("category", "base", "comparison", "level", "geometry"),
)
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "json")


def read_table_profile(path: Path) -> TableProfile:
    """The table profile in a TOML file. Raises TownError naming the setting when it is absent or inconsistent."""
    try:
        file = read_settings(path, N_("Correct the table profile."))
    except (FileNotFoundError, IsADirectoryError):
        raise TownError(
            N_("The table profile does not exist."),
            where=path,
            todo=N_("Correct the path; examples/ holds profiles to start from."),
        ) from None
    return _profile(file)


def _profile(root: Section) -> TableProfile:
    root.only(*_SECTIONS)
    table = root.section("table")
    table.only("id", "title", "dimension", "dimension_title", "definition", "limits", "date", "rounded_to")
    geometry = root.section("geometry")
    geometry.only("crs")
    selection = _selection(root)
    categories = tuple(_category(entry) for entry in root.sections("category"))
    _check_categories(root, categories)
    base = _base(root.section("base"), selection, table) if "base" in root.values else None
    _check_ids(table)
    return TableProfile(
        path=root.path,
        source=_source(root, table),
        id=table.identifier("id"),
        title=_named(table, "title"),
        dimension=table.identifier("dimension"),
        dimension_title=_named(table, "dimension_title"),
        definition=table.required("definition"),
        limits=table.text("limits"),
        selection=selection,
        categories=categories,
        base=base,
        comparison=_comparison(root, categories),
        levels=_levels(root),
        crs=geometry.text("crs", "EPSG:25832"),
        rounded_to=table.whole("rounded_to", 1, least=1),
    )


def _source(root: Section, table: Section) -> TableSource:
    town, source = root.section("town"), root.section("source")
    town.only("name", "ags")
    source.only("text", "licence")
    ags = town.required("ags")
    if not (ags.isascii() and ags.isdigit() and len(ags) == 8):
        raise town.fault(N_("The setting “{setting}” must have eight digits."), "ags")
    date = table.date("date")
    if date > dates.today():
        raise table.fault(N_("The setting “{setting}” lies in the future."), "date")
    name, licence = _named(town, "name"), _named(source, "licence")
    return TableSource(name, ags, date, source.required("text"), licence)


def _named(section: Section, setting: str) -> str:
    """A name that must be there and that a release can bear."""
    return one_line(section, setting, section.required(setting))


def _selection(section: Section) -> Selection:
    long = section.section("long")
    long.only("category", "value")
    return Selection(
        form=_form(section.section("file")),
        area=_area(section.section("area")),
        filter=section.mapping("filter"),
        category=long.required("category") if long.values else "",
        value=long.required("value") if long.values else "",
    )


def _form(file: Section) -> FileForm:
    file.only(
        *("format", "delimiter", "encoding", "skip_rows", "sheet", "records", "decimal", "thousands", "missing", "zero")
    )
    zero = file.texts("zero")
    missing = file.texts("missing", [mark for mark in FileForm().missing if mark not in zero])
    form = FileForm(
        format=file.choice("format", FORMATS),
        delimiter=file.text("delimiter", ";"),
        encoding=read_encoding(file),
        skip_rows=file.whole("skip_rows", 0),
        sheet=file.text("sheet"),
        records=file.texts("records"),
        decimal=file.choice("decimal", (",", ".")),
        thousands=file.text("thousands"),
        missing=("", *missing),
        zero=zero,
    )
    if len(form.delimiter) != 1 or form.delimiter in "\r\n":
        raise file.fault(N_("The setting “{setting}” must be a single character."), "delimiter")
    if form.thousands == form.decimal:
        raise file.fault(N_("The setting “{setting}” must differ from the decimal sign."), "thousands")
    if set(zero) & set(form.missing):
        raise file.fault(N_("The setting “{setting}” holds a mark that means missing."), "zero")
    return form


def _area(area: Section) -> AreaColumn:
    area.only("column", "name", "width", "by", "total", "unresolved", "ignore", "correction")
    correction = area.section("correction")
    correction.only("keys", "because")
    return AreaColumn(
        column=area.required("column"),
        name=area.text("name"),
        width=area.whole("width", 0),
        by=area.choice("by", ("key", "name")),
        total=area.text("total"),
        unresolved=area.texts("unresolved"),
        ignore=area.texts("ignore"),
        corrections=correction.mapping("keys"),
        because=correction.required("because") if correction.values else "",
    )


def _category(entry: Section) -> Category:
    entry.only("key", "label", "in_file", "part_of", "complete", "rest")
    return Category(
        key=entry.identifier("key"),
        label=_named(entry, "label"),
        in_file=entry.required("in_file"),
        part_of=entry.text("part_of"),
        complete=entry.flag("complete"),
        rest=entry.text("rest"),
    )


def _base(base: Section, selection: Selection, table: Section) -> Base:
    base.only(*("path", "in_file", "date", "title", "definition", "complete", "rest", "file", "filter", "area", "long"))
    own = bool(base.text("path"))
    if not own and {"file", "area", "long"} & set(base.values):
        raise base.fault(N_("The setting “{setting}” is missing or empty."), "path")
    if base.flag("complete") == bool(base.text("rest")):
        raise base.fault(N_("Set either “{setting}” or “complete”."), "rest")
    same = Selection(selection.form, selection.area, base.mapping("filter"), selection.category, selection.value)
    return Base(
        path=base.text("path"),
        selection=_selection(base) if own else same,
        in_file=base.required("in_file"),
        date=base.date("date") if "date" in base.values else table.date("date"),
        title=_named(base, "title"),
        definition=base.required("definition"),
        complete=base.flag("complete"),
        rest=base.text("rest"),
    )


def _comparison(root: Section, categories: tuple[Category, ...]) -> Comparison | None:
    if "comparison" not in root.values:
        return None
    section = root.section("comparison")
    section.only("path", "in_file", "category", "date", "file", "filter", "area", "long")
    return Comparison(
        path=section.required("path"),
        selection=_selection(section),
        in_file=section.required("in_file"),
        category=section.choice("category", tuple(category.key for category in categories)),
        date=section.date("date"),
    )


def _levels(root: Section) -> tuple[LevelSource, ...]:
    levels = tuple(_level(entry) for entry in root.sections("level"))
    if not levels:
        raise root.fault(N_("The setting “{setting}” is missing or empty."), "level")
    ids = [level.id for level in levels]
    if len(set(ids)) < len(ids):
        raise root.fault(N_("The setting “{setting}” names something twice."), "level.id")
    for coarse, fine in itertools.pairwise(levels):
        if not (coarse.path or coarse.names):
            raise root.fault(N_("The level “{level}” needs “{setting}” or “names”."), "level.path", level=coarse.id)
        if not coarse.path and not (fine.parent or fine.parent_prefix):
            raise root.fault(
                N_("The level “{level}” needs “{setting}” or “parent”."), "level.parent_prefix", level=fine.id
            )
    return levels


def _level(entry: Section) -> LevelSource:
    entry.only(
        *("id", "title", "keys", "path", "key", "name", "parent", "parent_prefix"),
        *("axis_order", "stray_crs", "exclude", "correction", "names"),
    )
    id, pattern = entry.identifier("id"), entry.text("keys")
    refuse_reserved(entry, id)
    try:
        re.compile(pattern)
    except re.error:
        raise entry.fault(N_("The setting “{setting}” is no regular expression."), "keys") from None
    return LevelSource(
        id=id,
        title=_named(entry, "title"),
        keys=pattern,
        path=entry.text("path"),
        key=entry.text("key", "key"),
        name=entry.text("name", "name"),
        parent=entry.text("parent"),
        parent_prefix=entry.whole("parent_prefix", 0),
        axis_order=entry.choice("axis_order", ("xy", "yx")),
        stray_crs=entry.text("stray_crs"),
        exclude=entry.texts("exclude"),
        corrections=tuple(_correction(correction) for correction in entry.sections("correction")),
        names=entry.mapping("names"),
    )


def _correction(entry: Section) -> Correction:
    entry.only("where", "key", "because")
    if not entry.mapping("where"):
        raise entry.fault(N_("The setting “{setting}” is missing or empty."), "where")
    return Correction(entry.mapping("where"), entry.required("key"), entry.required("because"))


def _check_categories(root: Section, categories: tuple[Category, ...]) -> None:
    """Keys and places in the file once each, containers that exist and hold no circle, a label for what remains."""
    if not categories:
        raise root.fault(N_("The setting “{setting}” is missing or empty."), "category")
    for name in ("key", "in_file"):
        values = [getattr(category, name) for category in categories]
        if len(set(values)) < len(values):
            raise root.fault(N_("The setting “{setting}” names something twice."), f"category.{name}")
    by_key = {category.key: category for category in categories}
    containers = {category.part_of for category in categories}
    taken = {REST, RESIDENTS, *(rest_key(key) for key in by_key)}
    for category in categories:
        if category.key in taken:
            raise root.fault(N_("“{key}” cannot be the key of a category."), "category.key", key=category.key)
        seen = {category.key}
        while category.part_of:
            if category.part_of not in by_key or category.part_of in seen:
                raise root.fault(
                    N_("The setting “{setting}” names “{value}”, which is no category that could contain it."),
                    "category.part_of",
                    value=category.part_of,
                )
            category = by_key[category.part_of]
            seen.add(category.key)
    for key in containers - {""}:
        if by_key[key].complete == bool(by_key[key].rest):
            raise root.fault(
                N_("The category “{key}” has parts: set either “rest” or “complete”."), "category.rest", key=key
            )


def _check_ids(table: Section) -> None:
    """The table and its dimension must not be taken for one of the town's own programme."""
    if table.values.get("id") in {entry.id for entry in programme.ALL}:
        raise table.fault(N_("“{value}” names one of Vielfalt's own tables."), "id", value=table.values["id"])
    if table.values.get("dimension") in {*programme.DIMENSIONS, *RESERVED_LEVELS, "n", "key_sum", "top", "second"}:
        raise table.fault(
            N_("“{value}” names one of Vielfalt's own dimensions."), "dimension", value=table.values["dimension"]
        )
