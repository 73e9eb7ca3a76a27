"""What a report on a county says where that of a town speaks of the town."""

from __future__ import annotations

from collections.abc import Mapping

from vielfalt.words import N_, Language, Words

SAID: Mapping[str, str] = {
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
    "Official municipality key (AGS)": N_("County key (the first five digits)"),
    "How many people live in {town} is not published.": N_("How many people live in the county is not published."),
    "On {date}, {n} people lived in {town} with their only or main dwelling.": N_(
        "On {date}, {n} people lived in the county with their only or main dwelling."
    ),
    "Of the {of_town} table values for the town as a whole, {hidden_there} are not published, to protect "
    "individual people; with those of single areas it is {hidden} of {total}. They are shown as “.”.": N_(
        "Of the {of_town} table values for the county as a whole, {hidden_there} are not published, to protect "
        "individual people; with those of its towns it is {hidden} of {total}. They are shown as “.”."
    ),
    "not determinable in town: {share}": N_("not determinable in county: {share}"),
    "Areas add up to the coarser areas and to the town. Groups do not always add up to their total, because each is "
    "changed by itself. Numbers of large areas are changed more than without adding up.": N_(
        "Towns and municipalities add up to the county. Groups do not always add up to their total, because each is "
        "changed by itself. Numbers of large towns are changed more than without adding up."
    ),
    "Figures by area of this level are not compared; moves within the town are not shown.": N_(
        "Figures by town are not compared."
    ),
    "Change in the town as a whole": N_("Change in the county as a whole"),
    "The town at all reference dates": N_("The county at all reference dates"),
    "Movements are not shown: the vault keeps no earlier reference date that could be linked.": N_(
        "Movements are in the releases of the towns and municipalities only."
    ),
    "The check of the delivered data reported nothing.": N_(
        "What the check of the delivered data found is in the release of each town and municipality."
    ),
    "Tested automatically: whether a figure that is not shown can be computed from this release and the town's "
    "earlier ones, also by subtracting definitions, reference dates or area divisions from each other.": N_(
        "Tested automatically: whether a figure that is not shown can be computed from this release and the county's "
        "earlier ones, also by subtracting definitions or reference dates from each other, and from this release "
        "together with all releases of its towns and municipalities of this reference date."
    ),
}


def county_words(language: Language) -> Words:
    """The words of a county's release."""
    return Words(language, said=SAID)
