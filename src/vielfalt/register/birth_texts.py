"""Taking a registered birth place apart: "Breslau/Polen", "Königsberg (jetzt Kaliningrad)", "Neustadt Kr. Leobschütz".

The text names a place in up to four ways (the leads, best first) and may name a state beside it. Nothing is looked up
here but the names of states (``knowledge/states.csv`` and the code list).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain

from vielfalt import codes
from vielfalt.register.gazetteer import knowledge
from vielfalt.register.text import normalise, place_key, words_of

State = tuple[str, str]
"""Destatis key, and the region if the word names one ("Ostpreußen")."""

_SEPARATORS = re.compile(r"[()\[\]/,;]|\s-\s")
_CLOSE_DOT = re.compile(r"\.(?=[^\W\d])")
"""In "Königsberg i.Bay." a blank is missing."""
_NOW = re.compile(r"^(?:jetzt|jetzige[rs]?|heute|nunmehr|now|nun|jtz\.?)\s+")
_NOW_INSIDE = re.compile(r"\s(?=(?:jetzt|heute|nunmehr)\s)")
_FORMER = re.compile(r"^(?:früher|frühere[rs]?|ehemals|ehemalige[rs]?|ehem\.?|vormals|damals|einst|fr\.)\s+")
_WITHIN = re.compile(
    r"(?:^|\s)(?:kr\.|kreis|krs\.?|lkr\.?|landkreis|bez\.?|bezirk|gebiet|geb\.|rayon|rajon|obl\.?|oblast|prov\.?|provinz|"
    r"gem\.?|gemeinde|amt|bei|b\.|woj\.?|distrikt|region)\s+(?P<district>.+)"
)
_PART = re.compile(r"\s(?:ortsteil|ot|stadtteil|stadtbezirk)(?:\s|$).*")
_PREFIX = re.compile(r"^(?:stadt|dorf|ort|siedlung|sowchos|kolchos)\s+")
_NOTHING = frozenset(
    {"unbekannt", "nicht bekannt", "ohne angabe", "keine angabe", "ausland", "auf see", "k. a.", "o. a."}
)
_LONGEST_STATE = 4
"""Words of the longest name of a state that is looked for at the end of a text."""


@dataclass(frozen=True)
class Lead:
    """One way to read the place: ``whole`` says that nothing but the name of a state was left aside."""

    name: str
    whole: bool


@dataclass(frozen=True)
class Reading:
    """What a text says: leads to the place, best first, and the states it names (keys of dissolved states too)."""

    leads: tuple[Lead, ...]
    states: tuple[State, ...]


def read_birth_text(text: str) -> Reading:
    """The text taken apart; a text that says nothing has neither leads nor states, the mere name of a state no lead."""
    whole = _CLOSE_DOT.sub(". ", normalise(text))
    if not place_key(whole) or whole in _NOTHING:
        return Reading((), ())
    if states := states_named(whole):
        return Reading((), states)
    parts = _parts(whole)
    places = [part for part in parts if not states_named(_bare(part))]
    named = _specific(state for part in parts for state in _evidence(part))
    if not named and places:
        places[0], named = _without_last_state(places[0])
    now = [_NOW.sub("", part) for part in places if _NOW.match(part)]
    others = [_FORMER.sub("", part) for part in places if not _NOW.match(part)]
    leads = (
        *(Lead(name, True) for name in now),
        *((Lead(whole, True),) if places != [whole] or _WITHIN.search(whole) else ()),
        *(Lead(found["district"], False) for name in others if (found := _WITHIN.search(name))),
        *(Lead(name, len(places) == 1) for name in others[:1] if not _WITHIN.search(name)),
        *(Lead(shorter, False) for name in others for shorter in _shorter(name)),
        *(Lead(name, False) for name in others[1:]),
    )
    return Reading(tuple(lead for lead in dict.fromkeys(leads) if len(place_key(lead.name)) > 1), named)


def states_named(text: str) -> tuple[State, ...]:
    """The states that a text names if it is nothing but the name of a state."""
    return _state_names().get(_state_key(text), ())


def _state_key(text: str) -> str:
    """All letters of the name: a place key would drop the O of "O.S." as a connecting word."""
    return "".join(words_of(text))


@cache
def _state_names() -> Mapping[str, tuple[State, ...]]:
    listed = ((row["name"], (row["country"], row["region"])) for row in knowledge("states"))
    official = (
        (label.replace("(ehemalig)", "").replace("(former)", ""), (country.key, ""))
        for country in codes.countries().values()
        if country.kind != "special"
        for label in (country.label_de, country.label_en)
    )
    found: dict[str, list[State]] = {}
    for name, state in chain(listed, official):
        states = found.setdefault(_state_key(name), [])
        if state not in states:
            states.append(state)
    return {key: tuple(states) for key, states in found.items()}


def _parts(whole: str) -> list[str]:
    """The parts between brackets, slashes, commas, dashes and before "jetzt"; a state after a hyphen is one too."""
    parts = [part.strip(" .-") for piece in _SEPARATORS.split(whole) for part in _NOW_INSIDE.split(piece)]
    parts = [part for part in parts if part]
    head, hyphen, tail = parts[-1].rpartition("-") if parts else ("", "", "")
    if hyphen and head and states_named(tail):
        parts[-1:] = [head, tail]
    return parts


def _bare(part: str) -> str:
    return _FORMER.sub("", _NOW.sub("", part))


def _evidence(part: str) -> tuple[State, ...]:
    """The states that a part names; "früher Deutschland" says nothing of today, "ehem. UdSSR" does."""
    states = states_named(_bare(part))
    if _FORMER.match(part):
        return tuple(state for state in states if codes.countries()[state[0]].kind == "former")
    return states


def _specific(states: Iterable[State]) -> tuple[State, ...]:
    """Without the dissolved states of which a successor is named as well."""
    distinct = tuple(dict.fromkeys(states))
    keys = {key for key, _ in distinct}
    return tuple(state for state in distinct if not keys & set(codes.countries()[state[0]].successors))


def _without_last_state(name: str) -> tuple[str, tuple[State, ...]]:
    """ "breslau polen" as "breslau" and Poland; one word alone stays."""
    words = name.split()
    for count in range(min(_LONGEST_STATE, len(words) - 1), 0, -1):
        tail = " ".join(words[-count:])
        if (len(tail) > 2 or "." in tail) and (states := states_named(tail)):
            return " ".join(words[:-count]), states
    return name, ()


def _shorter(name: str) -> list[str]:
    """The name without the district behind it or the kind of place before it."""
    shorter = _PREFIX.sub("", _PART.sub("", _WITHIN.sub("", name)))
    return [shorter] if shorter and shorter != name else []
