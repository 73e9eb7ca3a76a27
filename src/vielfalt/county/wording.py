"""What a report on a county says where that of a town speaks of the town."""

from __future__ import annotations

from vielfalt.words import N_, Language, Words

_SAID = {
    "Town": N_("County"),
    "Town as a whole": N_("County as a whole"),
    "{table}, town as a whole": N_("{table}, county as a whole"),
    "{table}: no number is published for the town as a whole.": N_(
        "{table}: no number is published for the county as a whole."
    ),
    "Their number in the town: {n}.": N_("Their number in the county: {n}."),
    "The number of residents of the town as a whole is not changed.": N_(
        "The numbers of residents of the county and of its towns are not changed."
    ),
    "The town as a whole also holds people whose address lies in no area. The areas together can "
    "therefore have slightly fewer residents.": N_("The figures of the county are those of all its towns together."),
}


def county_words(language: Language) -> Words:
    """The words of a county's release."""
    return Words(language, said=_SAID)
