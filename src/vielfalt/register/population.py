"""Who is counted, and how they point at each other: one row per resident at the only or main dwelling."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt import parameters, schema
from vielfalt.dates import completed_years
from vielfalt.engines.base import Engine, Frame
from vielfalt.register.checks import Finding, search
from vielfalt.register.kinds import numbered
from vielfalt.register.neighbours import ADULT

_RECORDS, _LATEST = 1_000_000_000, 99_999_999
"""More than the rows of any extract, and later than any date: what puts a date and a row number into one integer."""
MINIMUM_PARENT_AGE = 12
"""Years between parent and child below which the link is an error (specification of the register extract)."""
MAXIMUM_AGE = 115
_IDENTITY = ("family_name", "given_names", "birth_date", "birth_place")
"""Agreement that makes two rows one person although their ordering numbers differ: duplicates."""
_POINTS = ("easting", "northing")
_CHILDREN = 20
"""More people than this point at a mark for nobody, and not at a parent."""
ROLES = {"spouse_id": "spouse", "guardian_1_id": "guardian_1", "guardian_2_id": "guardian_2"}
"""Pointer field and the name of the resolved link."""
PARENTS = ("guardian_1", "guardian_2")
"""The links that lead to parents."""


def double_entries(engine: Engine, register: Frame) -> Frame:
    """The records of rows that do not count because the person stands at an only or main dwelling in another row too.

    Rows of one ordering number are one person, and so are rows that agree in names, full date and place of birth. Of
    several the one with the latest move counts, then the first.
    """
    order = (_LATEST - nw.coalesce(nw.col("move_in_date"), nw.lit(0)).cast(nw.Int64)) * _RECORDS + nw.col("record")
    rows = _living_here(register).select("record", "pseudonym", *_IDENTITY, order.alias("order"))
    same_number = engine.checkpoint(_all_but_first(engine, rows, ["pseudonym"]), "same_number")
    known = rows.filter((nw.col("birth_date") % 100 > 0) & ~nw.col("given_names").is_null())
    others = known.join(same_number, on="record", how="anti")
    doubles = engine.checkpoint(nw.concat([same_number, _all_but_first(engine, others, [*_IDENTITY])]), "doubles")
    engine.drop("several")
    return doubles


def shared_numbers(engine: Engine, register: Frame, doubles: Frame) -> tuple[int, int]:
    """How many of the double entries bear the ordering number of somebody who counts and was born in another year; and
    how many of the others that of somebody with another nationality."""
    said = {"born": nw.col("birth_date") // 10_000, "nationality": nw.col("nationality_1")}
    rows = _living_here(register).select("record", "pseudonym", **said)
    kept = rows.join(doubles, on="record", how="anti").drop("record")
    pairs = rows.join(doubles, on="record", how="semi").join(kept, on="pseudonym", how="inner", suffix="_other")
    born = (nw.col("born") != nw.col("born_other")).fill_null(False)
    of_other = (nw.col("nationality") != nw.col("nationality_other")).fill_null(False) & ~born
    found = engine.collect(
        pairs.select(
            *(
                nw.when(each).then(1).otherwise(0).sum().alias(name)
                for name, each in (("born", born), ("nationality", of_other))
            )
        )
    )
    return int(found["born"][0].as_py() or 0), int(found["nationality"][0].as_py() or 0)


def _all_but_first(engine: Engine, rows: Frame, alike: list[str]) -> Frame:
    """The records of the rows that agree in some columns, but for the first by ``order`` of those that agree.

    What agrees is kept for a moment: a database that knows how little it is looks for it without sorting all rows.
    """
    found = rows.group_by(*alike).agg(nw.len().alias("rows")).filter(nw.col("rows") > 1)
    engine.drop("several")
    repeated = rows.join(engine.checkpoint(found, "several"), on=alike, how="inner")
    first = repeated.group_by(*alike).agg(nw.col("order").min().alias("first"))
    return repeated.join(first, on=alike, how="inner").filter(nw.col("order") != nw.col("first")).select("record")


def counted(engine: Engine, register: Frame, doubles: Frame, reference: int) -> Frame:
    """The residents on the reference date, each once, with age and with links to other residents.

    ``doubles``: the ``double_entries`` of the register, which are left out, like the rows at a secondary dwelling and
    those of people who are gone. Adds ``age`` (completed years, null when unknown or above 115), ``stay_years`` in the
    municipality, ``kind`` (see ``kinds``), and per link ``spouse``, ``guardian_1``, ``guardian_2``: the record of the
    resident pointed at (null when absent, and for parents less than 12 years older). Null rule: an unknown dwelling
    status counts as the only dwelling.
    """
    residents = _living_here(register).join(doubles, on="record", how="anti")
    needed = residents.drop("pseudonym", "given_names", *schema.END_FIELDS, *_POINTS)
    people = needed.join(_links(residents), on="record", how="left")
    age = completed_years(nw.col("birth_date"), nw.lit(reference))
    aged = people.with_columns(
        *(nw.col(f"{role}_implausible").fill_null(False) for role in PARENTS),
        completed_years(nw.col("arrival_date"), nw.lit(reference)).cast(nw.Int32).alias("stay_years"),
        nw.when(age <= MAXIMUM_AGE).then(age).otherwise(nw.lit(None, dtype=nw.Int32)).cast(nw.Int32).alias("age"),
    ).drop("dwelling_status")
    return engine.checkpoint(numbered(aged, parameters.on("migration", reference)).drop("evidence"), "people")


def _links(residents: Frame) -> Frame:
    """Per ``record`` of those who point at a resident: who that is, by role; a parent too young is implausible instead.

    All pointers are looked up together, and only those that point: each further join would copy what it is given.
    """
    others = residents.select("pseudonym", nw.col("record").alias("other"), nw.col("birth_date").alias("other_birth"))
    pointing = [
        residents.select("record", "birth_date", nw.col(pointer).alias("pseudonym"), nw.lit(place).alias("role"))
        for place, pointer in enumerate(ROLES)
    ]
    found = nw.concat(pointing).filter(~nw.col("pseudonym").is_null()).join(others, on="pseudonym", how="inner")
    years, none = completed_years(nw.col("other_birth"), nw.col("birth_date")), nw.lit(None, dtype=nw.Int64)
    links = []
    for place, role in enumerate(ROLES.values()):
        is_it = nw.col("role") == place
        young = is_it & (years < MINIMUM_PARENT_AGE).fill_null(False)
        if role in PARENTS:
            links.append(young.alias(f"{role}_implausible"))
            is_it = is_it & ~young
        links.append(nw.when(is_it).then(nw.col("other")).otherwise(none).alias(role))
    per_pointer = found.select("record", *links)
    return per_pointer.group_by("record").agg(nw.all().max())


def _living_here(register: Frame) -> Frame:
    """The rows at an only or main dwelling of people who live there; an unknown status counts as the only dwelling."""
    return register.filter((nw.col("dwelling_status") != "secondary").fill_null(True) & ~gone())


def gone() -> nw.Expr:
    """Whether somebody had moved out of the dwelling of a row, or died, by the reference date (later days are unknown).

    Whoever moved in after moving out is back. Null rule: no without a date.
    """
    return _moved_out() | _died()


def _moved_out() -> nw.Expr:
    back = (nw.col("move_in_date") > nw.col("move_out_date")).fill_null(False)
    return ~nw.col("move_out_date").is_null() & ~back


def _died() -> nw.Expr:
    return ~nw.col("death_date").is_null()


def population_findings(
    engine: Engine, register: Frame, doubles: Frame, people: Frame, reference: int
) -> tuple[Finding, ...]:
    """What the checks of rows against each other found."""
    pairs = people.select(nw.col("record").alias("spouse"), nw.col("spouse").alias("_back"))
    wed = people.filter(~nw.col("spouse").is_null()).join(pairs, on="spouse", how="left")
    back = (nw.col("_back") != nw.col("record")).fill_null(True)
    years = completed_years(nw.col("birth_date"), nw.lit(reference))
    of_people = {
        ("nationality_missing", "nationality_1"): nw.col("nationality_1").is_null(),
        ("age_implausible", "birth_date"): years > MAXIMUM_AGE,
        ("minor_married", "marital_status"): (nw.col("age") < 16) & ~_single(),
        ("dates_disordered", "move_in_date"): _before_birth("move_in_date") | _before_birth("arrival_date"),
        ("dates_disordered", "arrival_from_abroad_date"): _before_birth("arrival_from_abroad_date"),
        ("address_missing", "street_name"): nw.col("address").is_null(),
        **{("pointer_absent", pointer): _lost(pointer, role) for pointer, role in ROLES.items()},
        **{
            ("parent_implausible", pointer): nw.col(f"{ROLES[pointer]}_implausible")
            for pointer in schema.POINTER_FIELDS[1:]
        },
    }
    of_rows = {
        ("secondary_dwelling", "dwelling_status"): nw.col("dwelling_status") == "secondary",
        ("dwelling_missing", "dwelling_status"): nw.col("dwelling_status").is_null(),
        ("gone", "move_out_date"): _moved_out(),
        ("gone", "death_date"): _died(),
    }
    return (
        *search(engine, register, of_rows),
        *search(engine, doubles, {("double_entry", "person_id"): ~nw.col("record").is_null()}),
        *search(engine, people, of_people),
        *search(engine, wed, {("spouse_one_sided", "spouse_id"): back}),
    )


def pointers_lost(engine: Engine, people: Frame, pointer: str) -> tuple[int, int]:
    """How many residents point by a field to somebody who is not counted, and how many point at all.

    Without what more than twenty point at: that is sooner a mark for nobody than a parent. Of those who point at
    parents only minors: some registers keep the parents of adults, who live elsewhere or have died.
    """
    lost = nw.when(_lost(pointer, ROLES[pointer])).then(1).otherwise(0)
    asked = people.filter(nw.col("age") < ADULT) if ROLES[pointer] in PARENTS else people
    pointing = asked.filter(~nw.col(pointer).is_null()).select(pointer, lost.alias("lost"))
    per_number = pointing.group_by(pointer).agg(nw.len().alias("rows"), nw.col("lost").sum())
    found = engine.collect(per_number.filter(nw.col("rows") <= _CHILDREN).select(nw.col("lost", "rows").sum()))
    return int(found["lost"][0].as_py() or 0), int(found["rows"][0].as_py() or 0)


def _lost(pointer: str, role: str) -> nw.Expr:
    lost = ~nw.col(pointer).is_null() & nw.col(role).is_null()
    return lost if role == "spouse" else lost & ~nw.col(f"{role}_implausible")


def _single() -> nw.Expr:
    return nw.col("marital_status").is_null() | nw.col("marital_status").is_in(["LD", "NB"])


def _before_birth(field: str) -> nw.Expr:
    """Whole years only: partial dates keep zeros and must not look earlier than they are."""
    return nw.col("birth_date") // 10_000 > nw.col(field) // 10_000
