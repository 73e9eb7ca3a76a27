"""A second office that keeps the same residents' register: its dirt shares neither lists nor mechanisms with the first.

It is the yardstick for what the program reaches on a register that nobody tuned it to. Place names come from GeoNames
and from lists of its own (``data``); it reads nothing of ``vielfalt.codes`` and ``vielfalt.register``, and those
who extend them do not read it. ``docs/explanation/how-true.md`` says what is measured with it.
"""

from __future__ import annotations

from typing import Final

from bench.foreign import entries, links
from bench.foreign.gaps import gaps
from vielfalt.synthetic.dirt import Rows
from vielfalt.synthetic.office import Office

RATES: Final[dict[str, float]] = {
    # Places of birth: letters lost in old character sets, fingers, eyes, ears, field widths.
    "plain_letters": 0.85,
    "question_marks": 0.02,
    "by_ear": 0.012,
    "neighbour_key": 0.004,
    "struck_twice": 0.0015,
    "misread": 0.004,
    "umlaut_spelt": 0.02,
    "otherwise_joined": 0.03,
    "abbreviated": 0.004,
    "encoded_twice": 0.002,
    "all_capitals": 0.03,
    "cut_off": 0.05,
    "stray_blanks": 0.003,
    "no_place": 0.002,
    # Keys of states: of states that were, as shares of people born there then; misread, misunderstood, defaulted.
    "state_of_then_120": 0.25,
    "state_of_then_138": 0.1,
    "state_of_then_132": 0.06,
    "state_of_then_133": 0.06,
    "state_of_then_159": 0.22,
    "state_of_then_162": 0.2,
    "state_of_then_276": 0.1,
    "state_misread": 0.0015,
    "state_of_nationality": 0.004,
    "state_defaulted": 0.0012,
    "state_unclear": 0.01,
    "nationality_of_then_120": 0.006,
    "nationality_of_then_138": 0.004,
    "nationality_of_then_132": 0.01,
    "nationality_of_then_133": 0.01,
    "nationality_of_then_159": 0.006,
    "nationality_of_then_162": 0.004,
    "nationality_of_then_276": 0.004,
    "nationality_unclear": 0.015,
    "nationalities_swapped": 0.02,
    # Dates.
    "new_year": 0.09,
    "year_only": 0.03,
    "day_month_swapped": 0.0015,
    "next_year": 0.0003,
    "century": 0.0002,
    "placeholder_date": 0.02,
    "arrival_year_only": 0.05,
    # Names.
    "name_umlaut": 0.008,
    "name_key": 0.003,
    "name_by_ear": 0.003,
    "female_form": 0.2,
    "name_cut": 0.02,
    "double_name": 0.06,
    # Pointers.
    "spouse_lost": 0.004,
    "spouse_gone": 0.002,
    "spouse_of_the_past": 0.02,
    "mother_beyond_18": 0.02,
    "father_beyond_18": 0.02,
    "guardians_turned": 0.4,
    "youth_office": 0.003,
    "sibling_as_guardian": 0.001,
    # Addresses.
    "street_short": 0.08,
    "key_lost": 0.006,
    "zeros_before": 0.03,
    "zeros_alone": 0.0005,
    "suffix_in_number": 0.3,
    "suffix_lost": 0.01,
    "number_span": 0.005,
    "flat_as_suffix": 0.004,
    "homeless": 0.0004,
    "point_swapped": 0.0005,
    # The same person twice.
    "second_home_in_town": 0.001,
    "double_entry": 0.001,
    "double_person": 0.001,
}
"""Share of the rows concerned that each kind of trouble hits; renamed streets and unmarked homes have their own."""


def soil(rows: Rows) -> None:
    """All trouble that changes values."""
    entries.soil_places(rows)
    entries.soil_keys(rows)
    entries.soil_dates(rows)
    entries.soil_names(rows)
    links.soil_links(rows)
    links.soil_addresses(rows)
    links.soil_institutions(rows)


FOREIGN: Final = Office("foreign", "utf-8", RATES, 600, gaps, soil, links.doubles)
