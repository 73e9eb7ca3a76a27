"""Taking a registered birth place apart: "Breslau/Polen", "Königsberg (jetzt Kaliningrad)", "Neustadt Kr. Leobschütz".

The text names a place in up to four ways (the leads, best first) and may name a state beside it. Nothing is looked up
here but the names of states (``knowledge/states.csv`` and the code list).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

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
    r"(?:^|\s)(?:kr\.|kreis|krs\.?|lkr\.?|landkreis|ldkr\.|bez\.?|bezirk|reg\.\s?bez\.|rbz\.|regierungsbezirk|gebiet|geb\.|"
    r"rayon|rajon|ray\.|raj\.|obl\.?|oblast|okr\.|prov\.?|provinz|gouv\.|gouvernement|komitat|kom\.|jud\.|judet|județ|"
    r"gem\.?|gemeinde|gmina|amt|bei|b\.|nahe|woj\.?|woiw\.?|wojw\.?|woiwodschaft|wojewodschaft|distrikt|distr\.|region|"
    r"reg\.|kanton|kt\.|powiat|pow\.|opština|općina|vilayet|ilçesi|ili)\s+(?P<district>.+)"
)
_PART = re.compile(r"\s(?:ortsteil|ot|stadtteil|stadtbezirk|st\.-?teil|köyü|koyu|merkez)(?:\s|$).*")
_SITUATION = re.compile(
    r"(?:-|\s)(?:dorf|nord|süd|ost|west|mitte|stadt|altstadt|zentrum|land|siedlung|bahnhof|(?:kreis|stadt|städt\. )?"
    r"krankenhaus|klinik|klinikum|kreisklinik|frauenklinik|universitätsklinik|uniklinik|entbindungsheim|geburtshaus)$"
)
_AT_RIVER = re.compile(r"\s(?:a\.?|an|am|auf|i\.?|im|in|ob|v\.|vor|unter|u\.)\s.+")
_PREFIX = re.compile(r"^(?:stadt|dorf|ort|siedlung|kolonie|gut|sowchos|kolchos|staniza|aul|village|city of|town of)\s+")
_NOTHING = frozenset(
    {
        *(
            "unbekannt",
            "unbek.",
            "unb.",
            "nicht bekannt",
            "ohne angabe",
            "ohne angaben",
            "keine angabe",
            "keine angaben",
        ),
        *("ausland", "im ausland", "auf see", "auf hoher see", "im flugzeug", "auf der flucht", "auf dem transport"),
        *("k. a.", "k.a.", "o. a.", "o.a.", "n. b.", "n.b.", "nicht angegeben", "ungeklärt", "entfällt", "unknown"),
    }
)
_SHORTEST = 2
"""Letters of the shortest name: "Au", "Bo"."""
_LONGEST_STATE = 4
"""Words of the longest name of a state that is looked for at the end of a text."""
_REPAIRED = {
    garbled: normalise(letter)
    for letter in map(chr, range(0xA0, 0x180))
    if len(garbled := normalise(letter.encode().decode("cp1252", errors="ignore"))) == 2
}
"""Letters that were written as UTF-8 and read as Windows-1252: "ã¼" was ü."""
_BROKEN = re.compile("|".join(map(re.escape, sorted(_REPAIRED, key=len, reverse=True))))


@dataclass(frozen=True)
class Lead:
    """One way to read the place: ``whole`` says that nothing but the name of a state was left aside; ``key`` is the
    place key of the name."""

    name: str
    key: str
    whole: bool


@dataclass(frozen=True)
class Reading:
    """What a text says: leads to the place, best first, and the states it names (keys of dissolved states too)."""

    leads: tuple[Lead, ...]
    states: tuple[State, ...]


def read_birth_text(text: str) -> Reading:
    """The text taken apart; a text that says nothing has neither leads nor states, the mere name of a state no lead."""
    whole = normalise(text)
    if not whole.isascii():
        whole = _repaired(_repaired(whole))
    if whole in _NOTHING:
        return Reading((), ())
    return _one_word(whole) if whole.isalpha() else _several_words(_CLOSE_DOT.sub(". ", whole))


def _repaired(text: str) -> str:
    return _BROKEN.sub(lambda found: _REPAIRED[found[0]], text)


def _one_word(word: str) -> Reading:
    """Most texts are a single word: there is nothing to take apart."""
    key = place_key(word)
    states = _state_names().get(key, ())
    return Reading(() if states or len(key) < _SHORTEST else (Lead(word, key, True),), states)


def _several_words(whole: str) -> Reading:
    if states := states_named(whole):
        return Reading((), states)
    parts = _parts(whole)
    states_of = {part: states_named(_bare(part)) for part in parts}
    named = _specific(state for part in parts for state in _evidence(part, states_of[part]))
    places = [part for part in parts if not states_of[part]]
    if not named and places:
        places[0], named = _without_last_state(places[0])
    now = [_NOW.sub("", part) for part in places if _NOW.match(part)]
    others = [_FORMER.sub("", part) for part in places if not _NOW.match(part)]
    within = [_within(name) for name in others]
    names = dict.fromkeys(
        (
            *((name, True) for name in now),
            *(((whole, True),) if places != [whole] or _within(whole) else ()),
            *((found["district"], False) for found in within if found),
            *((name, len(places) == 1) for name, found in zip(others[:1], within, strict=False) if not found),
            *((shorter, False) for name in others for shorter in _shorter(name)),
            *((name, False) for name in others[1:]),
        )
    )
    leads = (Lead(name, place_key(name), as_whole) for name, as_whole in names)
    return Reading(tuple(lead for lead in leads if len(lead.key) >= _SHORTEST), named)


def names_a_place(text: str) -> bool:
    """Whether a text may name a place, unlike "unbekannt" or "?"."""
    return bool(read_birth_text(text).leads)


def states_named(text: str) -> tuple[State, ...]:
    """The states that a text names if it is nothing but the name of a state."""
    return _state_names().get(_state_key(text), ())


def _state_key(text: str) -> str:
    """All letters of the name: a place key would drop the O of "O.S." as a connecting word."""
    return "".join(words_of(text))


@cache
def _state_names() -> Mapping[str, tuple[State, ...]]:
    found: dict[str, list[State]] = {}
    for name, state in _written_states():
        states = found.setdefault(_state_key(name), [])
        if state not in states:
            states.append(state)
    return {key: tuple(states) for key, states in found.items()}


@cache
def _last_words() -> frozenset[str]:
    """The last words of all names of states: most texts end in none of them."""
    return frozenset(word for name, _ in _written_states() for word in words_of(name)[-1:])


def _written_states() -> Iterator[tuple[str, State]]:
    """How states are written: our own list, then the official names."""
    for row in knowledge("states"):
        yield row["name"], (row["country"], row["region"])
    for country in codes.countries().values():
        if country.kind != "special":
            for label in (country.label_de, country.label_en):
                yield label.replace("(ehemalig)", "").replace("(former)", ""), (country.key, "")


def _parts(whole: str) -> list[str]:
    """The parts between brackets, slashes, commas, dashes and before "jetzt"; a state after a hyphen is one too."""
    parts = [part.strip(" .-") for piece in _SEPARATORS.split(whole) for part in _NOW_INSIDE.split(piece)]
    parts = [part for part in parts if part and part not in _NOTHING]
    head, hyphen, tail = parts[-1].rpartition("-") if parts else ("", "", "")
    if hyphen and head and states_named(tail):
        parts[-1:] = [head, tail]
    return parts


def _bare(part: str) -> str:
    return _FORMER.sub("", _NOW.sub("", part))


def _evidence(part: str, states: tuple[State, ...]) -> tuple[State, ...]:
    """The states that a part names; "früher Deutschland" says nothing of today, "ehem. UdSSR" does."""
    if states and _FORMER.match(part):
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
    if len(words) < 2 or _last_words().isdisjoint(words_of(words[-1])[-1:]):
        return name, ()
    for count in range(min(_LONGEST_STATE, len(words) - 1), 0, -1):
        tail = " ".join(words[-count:])
        if (len(tail) > 2 or "." in tail) and (states := states_named(tail)):
            return " ".join(words[:-count]), states
    return name, ()


def _within(name: str) -> re.Match[str] | None:
    return _WITHIN.search(name) if " " in name else None


def _shorter(name: str) -> list[str]:
    """The name without the district behind it, the kind of place before it, or what tells it from its namesakes."""
    if " " not in name and "-" not in name:
        return []
    shorter = _SITUATION.sub("", _PREFIX.sub("", _PART.sub("", _WITHIN.sub("", name))))
    return [part for part in dict.fromkeys((shorter, _AT_RIVER.sub("", shorter))) if part and part != name]
