"""Where the people of the town are registered as born: a place in the true country of birth, as an office wrote it.

Nothing here is an error yet: old and foreign names, states and counties behind the place, one of several spellings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from bench.foreign import pools
from bench.foreign.pools import Pool
from bench.foreign.translit import transliterated
from vielfalt.synthetic import people as p
from vielfalt.synthetic.draw import Table, stable, year_of

STREAM: Final = 500
BY_SYSTEM: Final = (("duden", 0.45), ("english", 0.25), ("iso9", 0.12), ("polish", 0.08), ("french", 0.1))
CYRILLIC: Final = (160, 166, 169, 444, 450, 477, 470, 471, 146, 422, 425, 430, 125, 170, 144)
CYRILLIC_UNTIL_1991: Final = (127, 139, 142)
"""States whose certificates are, or were, written in Cyrillic, if only in Soviet times."""
HAMLETS: Final = 0.07
"""Share of those not of our lists who were born in a hamlet that no gazetteer holds; its name is put together."""
NEAR: Final = 0.55
"""Share of those born in Germany who were born in the town or near it; the nearer the more."""
_LAND: Final = {
    "01": ("Württ.", "Baden", "BW"), "02": ("Bayern", "Bay.", "Ofr.", "Schw."), "05": ("Hessen", "Hess."),
    "06": ("Nds.", "Han."), "07": ("Westf.", "Rhld.", "NRW"), "08": ("Pfalz", "Rheinl.-Pf."), "10": ("Holst.",),
    "11": ("Mark", "Brandenb."), "12": ("Meckl.", "Vorpommern"), "13": ("Sa.", "Sachsen", "DDR"),
    "14": ("Sachsen-Anhalt", "Anh.", "DDR"), "15": ("Thür.", "Thüringen", "DDR"), "09": ("Saar",),
}  # fmt: skip
_DISSOLVED: Final = 1992


def birth_places(people: Table, seed: int) -> list[str]:
    """The text of the place of birth per person; the same person has the same text at every date."""
    u = [stable(seed, STREAM + number, people["person"]) for number in range(4)]
    born, year = people["birth_country"], year_of(people["birth"])
    place = np.zeros(born.size, dtype=np.int64)
    for key in np.unique(born).tolist():
        rows = np.flatnonzero(born == key)
        place[rows] = np.searchsorted(pools.pool(key).cumulative, u[0][rows])
    expellee = people["standing"] == p.EXPELLEE
    early = (year < 1945) & np.isin(born, (152, 160, 142)) & ~expellee
    rows_of_text = zip(
        *(column.tolist() for column in (born, place, year, expellee, early, *u[1:])),
        strict=True,
    )
    return [_written(*row) for row in rows_of_text]


def _written(key: int, place: int, year: int, expellee: bool, early: bool, u: float, v: float, w: float) -> str:
    if key == 0:
        return _german(pools.pool(0), place, u, v, w)
    found = pools.pool(key)
    if expellee:
        return _one_of(pools.expelled()[key], u)
    if early and key == 152:
        return _one_of(found.lists["core"], u)
    return _with_state(_foreign(key, place, year, u, v), found, key, year, w)


def _one_of(values: tuple[str, ...], u: float) -> str:
    """One of the values, the first ones more often."""
    return values[int(u**1.4 * len(values))]


def _foreign(key: int, place: int, year: int, u: float, v: float) -> str:
    """The name of a place abroad: a usual German one, one of the time, a village, a hamlet, or GeoNames'."""
    found = pools.pool(key)
    for kind, share in (("german", 0.28), ("former", 0.1), ("village", 0.08)):
        if kind not in found.lists or (kind == "former" and year >= found.until):
            continue
        if u < share:
            return _one_of(found.lists[kind], u / share)
        u = (u - share) / (1 - share)
    if "first" in found.lists and u < HAMLETS:
        return _one_of(found.lists["first"], v) + _one_of(found.lists["second"], u / HAMLETS)
    if u < 0.7 and (key in CYRILLIC or (key in CYRILLIC_UNTIL_1991 and year < 1991)) and pools.cyrillic(key, place):
        return transliterated(pools.cyrillic(key, place), _system(v))
    if u > 0.9 and pools.spellings(key, place):
        return pools.spellings(key, place)[int(v * len(pools.spellings(key, place)))]
    return found.name[place]


def _system(u: float) -> str:
    for name, share in BY_SYSTEM:
        if u < share:
            return name
        u -= share
    return BY_SYSTEM[0][0]


def _with_state(name: str, found: Pool, key: int, year: int, u: float) -> str:
    """The place with what offices put behind it: a state, a region, a county; mostly nothing."""
    then = year < _DISSOLVED
    names = pools.states().get(key, ())
    regions = found.lists.get("region", ())
    styles = (
        (0.2, [_behind(name, other) for other in (names if then else names[:1])]),
        (0.03, [_behind(name, region) for region in regions]),
        (0.02, [[f"{name}, Kr. {found.name[int(u * 1e6) % len(found.name)]}"]]),
        (0.012, [[f"Kreis {name}", f"{name} (Kreis)"]]),
        (0.012, [[f"{name}, jetzt {names[0]}", f"{name} (heute {names[0]})"]] if names else []),
        (0.004, [[f"{name} ehem. {names[-1]}"]] if names and then else []),
        (0.006, [[names[0]]] if names else []),
        (0.004, [[region] for region in regions]),
    )
    return _styled(name, styles, u)


def _behind(name: str, other: str) -> list[str]:
    """A place and what it lies in, as clerks join them."""
    joined = ("/", ", ", " / ", "-", " ")
    return [f"{name} ({other})", *(f"{name}{between}{other}" for between in joined)]


def _styled(name: str, styles: Sequence[tuple[float, Sequence[Sequence[str]]]], u: float) -> str:
    """The name in one of the styles, each of which has a share and possible texts in groups; else the name itself."""
    for share, groups in styles:
        if u < share:
            place = int(u / share * 1_000)
            return groups[place % len(groups)][place // 7 % len(groups[place % len(groups)])] if groups else name
        u -= share
    return name


def _german(found: Pool, place: int, u: float, v: float, w: float) -> str:
    """A place in Germany, most often in or near the town, in one of the forms in use."""
    near, counties = pools.german_words("near"), pools.german_words("county")
    name = near[int((u / NEAR) ** 2.2 * len(near))] if u < NEAR else found.name[place]
    forms = pools.german_forms().get(name)
    if forms and v < 0.3:
        return _one_of(forms, v / 0.3)
    county = counties[int(v * len(counties))]
    lands = _LAND["01"] if u < NEAR else _LAND.get(found.region[place], ())
    parts = ("Nord", "Süd", "Altstadt", "West", "Dorf")
    styles = (
        (0.014, [[f"{name}, Kr. {county}", f"{name} Krs. {county}", f"{name}/Kr. {county}", f"{name}, Lkr. {county}"]]),
        (0.012, [[f"{name}/{land}", f"{name} ({land})", f"{name} {land}"] for land in lands]),
        (0.006, [[f"{name}-{part}"] for part in parts]),
        (0.004, [[f"{found.name[int(v * 1e6) % len(found.name)]} jetzt {name}"]]),
        (0.003, [[f"{name} (Krankenhaus)", f"{name} Kreiskrankenhaus", f"Stadt {name}", f"{name}, Stadt"]]),
    )
    return _styled(name, styles, w)
