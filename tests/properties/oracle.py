"""The derivation once more, slow and plain: one dict per person, the words of the contract as if and else.

No data frames here, and nothing of ``vielfalt.register``: only the code lists and the dated parameters are shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from vielfalt import codes, parameters

Row: TypeAlias = dict[str, Any]
Candidate: TypeAlias = tuple[str, str, int, str]
Places: TypeAlias = Mapping[int, Sequence[Candidate]]
"""Per birth place: country, region and weight of every place of that name, one per country, and how it was found."""

GERMANY = "000"
SPECIAL = ("997", "998", "999")
NATIONALITIES = ("nationality_1", "nationality_2", "nationality_3")
OUTCOME = (
    *("age", "guardian_1", "guardian_2", "birth_country", "birth_rule", "birth_region"),
    *("migration_status", "migration_rule", "immigration_history", "immigration_rule", "generation"),
    *("reference_country", "mother_rule", "mother_country", "father_rule", "father_country"),
)


def evaluated(
    register: Sequence[Row],
    places: Places,
    reference: int,
    rule_set: str = "vielfalt-1",
    households: Mapping[int, int] | None = None,
) -> dict[int, Row]:
    """What is derived for each resident, by record. ``households``: of each record, where the rule set asks for it."""
    people = residents(register, reference)
    for record, household in (households or {}).items():
        people[record]["household"] = household
    for person in people.values():
        country_of_birth(person, places)
    for person in people.values():
        person["own_rule"] = own_mark(person, reference, rule_set)
        person["own_history"] = own_history(person, reference)
    for person in people.values():
        parents = linked_parents(person, people)
        status = migration_status(person, parents, rule_set)
        person["migration_status"], person["migration_rule"] = status
        person["immigration_history"], person["immigration_rule"] = immigration_history(person, parents)
        person["generation"] = generation(person)
    for person in people.values():
        parents = linked_parents(person, people)
        person["reference_country"] = reference_country(person, parents, people, rule_set)
        person.update(kept_parents(person, parents, rule_set))
        person["guardian_2"] = person["guardian_2"] if len(parents) == 2 or person["guardian_1"] is None else None
    return {record: {name: person[name] for name in OUTCOME} for record, person in people.items()}


def residents(register: Sequence[Row], reference: int) -> dict[int, Row]:
    """One row per person at the only or main dwelling: the latest move, then the first row."""
    by_id: dict[int, list[Row]] = {}
    for row in register:
        if row["dwelling_status"] != "secondary" and not is_gone(row):
            by_id.setdefault(row["pseudonym"], []).append(row)
    chosen = [min(rows, key=latest_move) for rows in by_id.values()]
    by_identity: dict[Any, list[Row]] = {}
    for row in chosen:
        identity: Any = tuple(row[name] for name in ("family_name", "given_names", "birth_date", "birth_place"))
        if None in identity or row["birth_date"] % 100 == 0:
            identity = row["pseudonym"]
        by_identity.setdefault(identity, []).append(row)
    people = {row["record"]: dict(row) for rows in by_identity.values() for row in [min(rows, key=latest_move)]}
    by_pseudonym = {person["pseudonym"]: person for person in people.values()}
    for person in people.values():
        person["age"] = age(person["birth_date"], reference)
        other = by_pseudonym.get(person["spouse_id"])
        person["spouse"] = other["record"] if other else None
        for role in ("guardian_1", "guardian_2"):
            parent = by_pseudonym.get(person[f"{role}_id"])
            person[role] = parent["record"] if parent and old_enough(parent, person) else None
    return people


def is_gone(row: Row) -> bool:
    """Dead, or moved out and not in again later."""
    out = row["move_out_date"]
    return row["death_date"] is not None or (out is not None and (row["move_in_date"] or 0) <= out)


def latest_move(row: Row) -> tuple[int, int]:
    return (-(row["move_in_date"] or 0), row["record"])


def age(birth: int | None, reference: int) -> int | None:
    if birth is None:
        return None
    years = reference // 10_000 - birth // 10_000
    if reference % 10_000 < birth % 10_000:
        years -= 1
    return years if years <= 115 else None


def old_enough(parent: Row, child: Row) -> bool:
    """An implausible parent is less than 12 years older than the child."""
    if parent["birth_date"] is None or child["birth_date"] is None:
        return True
    return bool(child["birth_date"] >= parent["birth_date"] + 12 * 10_000)


def country_of_birth(person: Row, places: Places) -> None:
    """State of birth, else place (within the successors of a dissolved state), nationality and origin."""
    found = places.get(person["birth_place"], ())
    decided, person["birth_rule"] = weighed(person, found)
    person["birth_country"] = decided
    person["birth_region"] = next((region for country, region, _, _ in found if country == decided and region), None)


def weighed(person: Row, found: Sequence[Candidate]) -> tuple[str | None, str]:
    state = codes.countries().get(person["birth_state"] or "")
    if state and state.kind in ("state", "region"):
        return state.key, "B1"
    former = state if state and state.kind == "former" else None
    if former:
        found = [(*place[:3], "exact" if place[3] == "hint" else place[3]) for place in found]
        found = [place for place in found if place[0] in former.successors]
    decided = by_place(person, found, "B2" if former else "B4")
    if decided:
        return decided
    if former:
        return former.key, "B3"
    origin = codes.countries().get(person["origin_state"] or "")
    unknown = not found or any(how == "hint" for *_, how in found)
    abroad = origin is not None and origin.kind in ("state", "region") and origin.key != GERMANY
    if unknown and abroad and person["origin_state"] in (person["nationality_1"], person["nationality_2"]):
        return person["origin_state"], "B13"
    born = person["birth_date"]
    since_birth = born is not None and born % 100 > 0 and person["arrival_date"] == born
    here = unknown or GERMANY in [country for country, *_ in found]
    if since_birth and here and person["arrival_from_abroad_date"] is None:
        return GERMANY, "B14"
    return None, "B0"


def by_place(person: Row, found: Sequence[Candidate], only: str) -> tuple[str, str] | None:
    """What the places of that name say, with nationality and origin; None when they leave it open."""
    if not found:
        return None
    coded = next((country for country, _, _, how in found if how == "coded"), None)
    sure = all(how != "hint" for *_, how in found)
    if len(found) == 1 and sure and not coded:
        return found[0][0], only
    settled = by_clues(person, found) if len(found) > 1 or not sure else None
    if settled or coded:
        return settled or (str(coded), "B11")
    return by_size(person, found) if sure else None


def by_clues(person: Row, found: Sequence[Candidate]) -> tuple[str, str] | None:
    """Namesakes settled by nationality, origin, or a life without any trace abroad."""
    countries = [country for country, *_ in found]
    for name, id in zip(NATIONALITIES, ("B5", "B6", "B10"), strict=True):
        if person[name] in countries and person[name] != GERMANY:
            return person[name], id
    if person["origin_state"] in countries:
        return person["origin_state"], "B7"
    _, region, _, _ = heaviest(found)
    expelled = region != "" and (person["birth_date"] is None or person["birth_date"] < 19450000)
    here = person["nationality_1"] == GERMANY and person["arrival_from_abroad_date"] is None and not expelled
    return (GERMANY, "B8") if here and GERMANY in countries else None


def by_size(person: Row, found: Sequence[Candidate]) -> tuple[str, str] | None:
    """Namesakes that only their size tells apart."""
    largest, _, weight, _ = heaviest(found)
    foreign = person["nationality_1"] not in (None, GERMANY)
    if largest == GERMANY and foreign and person["arrival_from_abroad_date"] is None:
        return GERMANY, "B12"
    return (largest, "B9") if weight >= 20 * (sum(place[2] for place in found) - weight) else None


def heaviest(found: Sequence[Candidate]) -> Candidate:
    return max(found, key=lambda place: (place[2], place[0]))


def is_german(person: Row) -> bool | None:
    """Whether German; None when the first nationality is missing."""
    if person["nationality_1"] is None:
        return None
    return GERMANY in [person[name] for name in NATIONALITIES]


def is_minor(person: Row) -> bool:
    return person["age"] is not None and person["age"] < 18


def first_day(date: int | None) -> int | None:
    """A partial date as the first day it can mean."""
    if date is None:
        return None
    year, month, day = date // 10_000, date // 100 % 100, date % 100
    return year * 10_000 + (month or 1) * 100 + (day or 1)


def is_expellee(person: Row, reference: int) -> bool:
    """German, born before 1945 in the eastern territories, arrival before 1950 or unknown; Sudeten: by the date."""
    values = parameters.on("migration", reference)
    born, arrived = first_day(person["birth_date"]), first_day(person["arrival_from_abroad_date"])
    if not is_german(person) or born is None or born >= values["expellee_born_before"]:
        return False
    early = came_early(person, reference)
    if person["birth_region"] == "east":
        return early or arrived is None
    return person["birth_region"] == "sudeten" and early


def came_early(person: Row, reference: int) -> bool:
    """Whether an entry, of arrival from abroad or in the municipality, says that the person came before 1950."""
    since = parameters.on("migration", reference)["immigration_since"]
    days = [first_day(person[name]) for name in ("arrival_from_abroad_date", "arrival_date")]
    return any(day is not None and day < since for day in days)


def is_repatriate(person: Row, reference: int) -> bool:
    """Born in PL, RO, CZ, SK, HU and arrived 1950-1992, or in a successor state of the USSR and arrived 1950-2012."""
    values = parameters.on("migration", reference)
    arrived = first_day(person["arrival_from_abroad_date"])
    if arrived is None or arrived < values["repatriate_since"]:
        return False
    if person["birth_country"] in ("152", "154", "164", "155", "165", "162"):
        return arrived <= values["repatriate_until_east"]
    if person["birth_country"] in ("159", *codes.countries()["159"].successors):
        return arrived <= values["repatriate_until_ussr"]
    return False


def own_mark(person: Row, reference: int, rule_set: str) -> str:
    """The rule by which a person's own evidence decides; empty when it does not."""
    german, kind = is_german(person), person["german_nationality_kind"]
    if german is None:
        return ""
    if not german:
        return mark_of_foreigner(person)
    if kind == "naturalised":
        return "E1"
    if kind == "repatriate" and rule_set != "berlin-1":
        return "S1"
    if kind == "option" and rule_set in ("vielfalt-1", "mikrozensus-1"):
        return "O1"
    if is_expellee(person, reference):
        return "N1"
    return mark_of_birth(person, reference, rule_set) or mark_of_nationality(person, rule_set)


def mark_of_foreigner(person: Row) -> str:
    stated = [person[name] for name in NATIONALITIES if person[name] is not None]
    here = person["birth_country"] == GERMANY
    if all(key in SPECIAL for key in stated):
        return "A0-2" if here else "A0"
    return "A2" if here else "A1"


def mark_of_birth(person: Row, reference: int, rule_set: str) -> str:
    if person["birth_country"] in (None, GERMANY):
        return ""
    if rule_set == "berlin-1":
        return "G1"
    repatriate = is_repatriate(person, reference)
    if rule_set == "mikrozensus-1":
        by_birth = person["german_nationality_kind"] == "birth"
        return "" if by_birth else "S3" if repatriate else "G2"
    return "S2" if repatriate else "G1"


def mark_of_nationality(person: Row, rule_set: str) -> str:
    option = person["german_nationality_kind"] == "option"
    further = any(person[name] not in (None, GERMANY, *SPECIAL) for name in NATIONALITIES)
    if rule_set == "berlin-1" and option:
        return "O1"
    if rule_set == "wuerzburg-1":
        return "E2" if further or option else ""
    return "D1" if further and rule_set != "bielefeld-1" else ""


STATUS = {
    "A0-2": "foreigner_born_here",
    "A0": "foreigner_born_abroad",
    "A1": "foreigner_born_abroad",
    "A2": "foreigner_born_here",
    "E1": "naturalised",
    "E2": "naturalised",
    "S1": "repatriate",
    "S2": "repatriate",
    "S3": "repatriate",
    "N1": "none",
    "O1": "dual_national_born_here",
    "D1": "dual_national_born_here",
    "G1": "german_born_abroad_other",
    "G2": "german_born_abroad_other",
}


def linked_parents(person: Row, people: Mapping[int, Row]) -> list[Row]:
    """The linked parents, each once, the first guardian first."""
    records = dict.fromkeys(person[role] for role in ("guardian_1", "guardian_2") if person[role] is not None)
    return [people[record] for record in records]


def hands_on(parent: Row, rule_set: str) -> bool:
    """Whether the parent's mark makes one of the child."""
    if rule_set == "berlin-1":
        return parent["own_rule"] in ("A0", "A1", "E1", "G1")
    if rule_set == "mikrozensus-1" and parent["own_rule"] in ("D1", "O1"):
        return False
    return parent["own_rule"] not in ("", "N1")


def lives_with(person: Row, parent: Row, rule_set: str) -> bool | None:
    """Whether the parent lives where the rule set looks for parents; None when that is not known."""
    if rule_set == "bielefeld-1":
        return bool(person["household"] == parent["household"])
    if rule_set != "berlin-1":
        return True
    if person["address"] is None or parent["address"] is None:
        return None
    return bool(person["address"] == parent["address"])


def migration_status(person: Row, parents: Sequence[Row], rule_set: str) -> tuple[str, str]:
    suffix = {"berlin-1": "-A", "bielefeld-1": "-H"}.get(rule_set, "")
    own, german, country = person["own_rule"], is_german(person), person["birth_country"]
    if own and own != "E2":
        return STATUS[own], own
    if german and is_minor(person):
        marked = sum(hands_on(parent, rule_set) and lives_with(person, parent, rule_set) is True for parent in parents)
        if marked:
            return ("child_two_parents", f"F2{suffix}") if marked == 2 else ("child_one_parent", f"F1{suffix}")
    if own == "E2":
        return STATUS[own], own
    if german and is_minor(person):
        if not parents:
            return "undeterminable", "U1"
        if any(is_open(person, parent, rule_set) for parent in parents):
            return "undeterminable", "U3"
    if german and country is not None:
        return "none", "N2" if country == GERMANY else "N3"
    return "undeterminable", "U2"


def is_open(person: Row, parent: Row, rule_set: str) -> bool:
    """Whether it cannot be told if the parent hands on a mark."""
    near = lives_with(person, parent, rule_set)
    if hands_on(parent, rule_set):
        return near is None
    return near is not False and not is_known(parent)


def is_known(person: Row) -> bool:
    return is_german(person) is not None and person["birth_country"] is not None


def own_history(person: Row, reference: int) -> tuple[str, str]:
    """Immigrated: born abroad and arrived since 1950, whatever the nationality. Empty: not by own evidence."""
    country = person["birth_country"]
    open_foreigner = country is None and is_german(person) is False
    if country == GERMANY or (country is None and not open_foreigner):
        return "", ""
    if came_early(person, reference) or is_expellee(person, reference):
        return "none", "H3"
    return "immigrated", "H2" if open_foreigner else "H1"


def immigration_history(person: Row, parents: Sequence[Row]) -> tuple[str, str]:
    if person["own_history"][0]:
        return str(person["own_history"][0]), str(person["own_history"][1])
    if person["birth_country"] != GERMANY:
        return "undeterminable", "H0"
    if person["age"] is not None and person["age"] < 19:
        immigrated = sum(parent["own_history"][0] == "immigrated" for parent in parents)
        if immigrated == 2:
            return "both_parents", "H8"
        if immigrated == 1:
            return "one_parent", "H9"
        if not parents and is_minor(person):
            return "undeterminable", "H6"
        if any(parent["own_history"][0] == "" and parent["birth_country"] is None for parent in parents):
            return "undeterminable", "H10"
    return "none", "H7"


def generation(person: Row) -> str | None:
    if person["migration_status"] in ("none", "undeterminable"):
        return None
    if person["birth_country"] is None:
        return "1" if person["migration_status"] == "foreigner_born_abroad" else None
    return "2" if person["birth_country"] == GERMANY else "1"


def reference_country(person: Row, parents: Sequence[Row], people: Mapping[int, Row], rule_set: str) -> str | None:
    """Of children by their parents the mother's country, else the father's; of everybody else their own."""
    if person["migration_status"] in ("none", "undeterminable"):
        return None
    own = own_country(person, rule_set)
    if person["migration_status"] in ("child_two_parents", "child_one_parent"):
        of_parents = [
            own_country(parent, rule_set)
            for parent in sorted(parents, key=lambda parent: parent["sex"] != "w")
            if hands_on(parent, rule_set) and lives_with(person, parent, rule_set)
        ]
        theirs = next((country for country in of_parents if country), None)
        own = own or theirs if rule_set == "wuerzburg-1" else theirs or own
    return own or (of_household(person, people, rule_set) if rule_set == "wuerzburg-1" else None)


def of_household(person: Row, people: Mapping[int, Row], rule_set: str) -> str | None:
    """The country of the first in the household who has a mark and a country."""
    for other in sorted(people.values(), key=lambda other: int(other["record"])):
        marked = other["migration_status"] not in ("none", "undeterminable")
        if other["household"] == person["household"] and marked and own_country(other, rule_set):
            return own_country(other, rule_set)
    return None


def kept_parents(person: Row, parents: Sequence[Row], rule_set: str) -> Row:
    """Own mark and country of mother and father of a minor; of two parents of one sex the first is the mother."""
    kept: Row = dict.fromkeys(("mother_rule", "mother_country", "father_rule", "father_country"))
    if not is_minor(person) or not parents:
        return kept
    women = [parent for parent in parents if parent["sex"] == "w"]
    mother = women[0] if women else parents[0] if len(parents) == 2 else None
    for name, parent in [("mother", mother), *(("father", other) for other in parents if other is not mother)]:
        if parent is not None:
            kept[f"{name}_rule"] = parent["own_rule"] or own_remainder(parent)
            if hands_on(parent, rule_set) and lives_with(person, parent, rule_set):
                kept[f"{name}_country"] = own_country(parent, rule_set)
    return kept


def own_remainder(person: Row) -> str:
    """What remains for a person alone without a mark."""
    if is_german(person) and person["birth_country"] is not None:
        return "N2" if person["birth_country"] == GERMANY else "N3"
    return "U2"


def own_country(person: Row, rule_set: str) -> str | None:
    """The first valid foreign key of nationality 1, 2, 3, birth country, origin; Bielefeld asks Germans otherwise."""
    order: tuple[str, ...] = (*NATIONALITIES, "birth_country", "origin_state")
    if rule_set == "bielefeld-1" and is_german(person):
        order = ("birth_country", "nationality_2", "nationality_1", "nationality_3", "origin_state")
    for name in order:
        key = person[name]
        if key and key != GERMANY and codes.countries()[key].kind in ("state", "region"):
            return str(key)
    return None
