"""Each resident once, with age and with links to other residents, in pandas."""

from __future__ import annotations

import pandas as pd

from bench.plain.shared import Given
from vielfalt.schema import END_FIELDS

_IDENTITY = ["family_name", "given_names", "birth_date", "birth_place"]
LINKS = {"spouse": "spouse_id", "guardian_1": "guardian_1_id", "guardian_2": "guardian_2_id"}


def residents(rows: pd.DataFrame, given: Given) -> pd.DataFrame:
    """Numbered from 0; the links are such numbers, -1 for nobody; ages of -1 are unknown."""
    left = (rows["move_out_date"] > 0) & (rows["move_in_date"] <= rows["move_out_date"])
    main = rows[(rows["dwelling_status"] != "secondary") & ~left & (rows["death_date"] == 0)]
    latest = main.sort_values(["move_in_date", "record"], ascending=[False, True]).drop_duplicates("person_id")
    known = latest[(latest["birth_date"] % 100 > 0) & (latest["family_name"] >= 0)].dropna(subset=_IDENTITY)
    double = known.index[known.duplicated(_IDENTITY)]
    people = latest.drop(double).sort_values("record", ignore_index=True)
    number = pd.Series(people.index, index=people["person_id"])
    for link, pointer in LINKS.items():
        people[link] = people[pointer].map(number).fillna(-1).astype(int)
    born = people["birth_date"]
    for link in ("guardian_1", "guardian_2"):
        theirs = people[link].map(born).fillna(0).astype(int)
        too_young = (born > 0) & (theirs > 0) & ((born - theirs) // 10_000 < 12)
        people[link] = people[link].where(~too_young, -1)
    people["age"] = _years(born, given.date).where(lambda age: age <= 115, -1)
    people["stay_years"] = _years(people["arrival_date"], given.date)
    return people.drop(columns=["person_id", "given_names", *END_FIELDS, *LINKS.values()])


def _years(since: pd.Series, date: int) -> pd.Series:
    """Completed years up to the date; -1 where the beginning is unknown."""
    return ((date - since) // 10_000).where(since > 0, -1)
