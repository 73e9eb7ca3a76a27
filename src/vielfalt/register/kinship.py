"""The clues that join residents of one address to households: links in stages, each with its reason and source.

After the stages of HHGEN (KOSIS, v. Klitzing 1998): declared pointers, unmarried couples, descendants whom nothing
points at, older people, grandchildren, brothers and sisters, remaining children, and last who moved in together or
agrees in origin, nationality or age. A later stage sees the households that earlier ones formed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from vielfalt.register import kin_pairs, move_pairs
from vielfalt.register.neighbours import Formed, Neighbours, Pairs
from vielfalt.words import N_

_CONSTELLATION = N_("KOSIS, household generation: constellations of age, sex and nationality")


@dataclass(frozen=True)
class Link:
    """One reason to join two residents of an address: ``pairs`` gives their positions, ``makes`` what they are."""

    id: str
    pairs: Callable[[Neighbours, Formed], Pairs]
    makes: Literal["couple", "kin"]
    because: str
    source: str


@dataclass(frozen=True)
class Stage:
    """Links that are looked for at once; those of the next stage see the households they formed."""

    id: str
    links: tuple[Link, ...]


STAGES: tuple[Stage, ...] = (
    Stage(
        "pointers",
        (
            Link(
                "L1",
                kin_pairs.pointer("spouse"),
                "couple",
                N_("Spouses or partners who point at each other's number."),
                "DSMeld 1501-1534",
            ),
            Link(
                "L2",
                kin_pairs.pointer("guardian_1"),
                "kin",
                N_("A minor and the first guardian."),
                N_("BMG §3(1) No. 9"),
            ),
            Link(
                "L3",
                kin_pairs.pointer("guardian_2"),
                "kin",
                N_("A minor and the second guardian."),
                N_("BMG §3(1) No. 9"),
            ),
            Link(
                "L7",
                kin_pairs.common_child,
                "couple",
                N_("Two guardians of one child at the child's address."),
                N_("HHGEN98 stage 2"),
            ),
            Link(
                "L24",
                kin_pairs.pointer_home,
                "kin",
                N_("Spouse or guardian of somebody whose address is in no street directory."),
                N_("spec of the extract: addresses with no entry in the street directory"),
            ),
        ),
    ),
    Stage(
        "spouses",
        (
            Link(
                "L8",
                kin_pairs.married_namesakes,
                "couple",
                N_("The only two married people of one name at the address, without pointer."),
                N_("HHGEN98 stage 2"),
            ),
        ),
    ),
    Stage(
        "one_move",
        (
            Link(
                "L4",
                move_pairs.same_name_same_move,
                "kin",
                N_("The same family name or name at birth and the same date of moving in."),
                N_("HHGEN98 stages 3, 8"),
            ),
        ),
    ),
    Stage(
        "couples",
        (
            Link(
                "L6",
                move_pairs.unmarried_couple,
                "couple",
                N_("A woman and a man who moved in on one day."),
                N_("HHGEN98 stage 2"),
            ),
        ),
    ),
    Stage(
        "descendants",
        (
            Link(
                "L9",
                kin_pairs.child_of_parent,
                "kin",
                N_("Who is alone and a parent of the same name."),
                N_("HHGEN98 stage 3"),
            ),
            Link(
                "L17",
                kin_pairs.born_to_namesake,
                "kin",
                N_("Who has lived here since birth, and a parent of the same name who lived here then."),
                N_("HHGEN98 stage 3"),
            ),
        ),
    ),
    Stage(
        "births",
        (
            Link(
                "L18",
                kin_pairs.born_to_mother,
                "kin",
                N_("Who has lived here since birth, and the only woman who can be the mother."),
                N_("HHGEN98 stage 3"),
            ),
            Link(
                "L23",
                kin_pairs.moved_in_with_parent,
                "kin",
                N_("Who is under 30, and the only household of the generation before that moved in on that day."),
                N_("HHGEN98 stage 3"),
            ),
        ),
    ),
    Stage(
        "elders",
        (
            Link(
                "L10",
                kin_pairs.parent_of_adult,
                "kin",
                N_("An older person alone and a grown child of the same name."),
                N_("HHGEN98 stage 4"),
            ),
        ),
    ),
    Stage(
        "grandchildren",
        (
            Link(
                "L11",
                kin_pairs.grandchild,
                "kin",
                N_("A minor alone and a grandparent of the same name."),
                N_("HHGEN98 stage 5"),
            ),
        ),
    ),
    Stage(
        "siblings",
        (
            Link(
                "L12",
                kin_pairs.siblings,
                "kin",
                N_("Two adults alone of the same name, less than a generation apart."),
                N_("HHGEN98 stage 6"),
            ),
        ),
    ),
    Stage(
        "children",
        (
            Link(
                "L14",
                kin_pairs.remaining_child,
                "kin",
                N_("A minor without guardian and the only household of the address."),
                N_("HHGEN98 stage 7"),
            ),
        ),
    ),
    Stage(
        "moves",
        (
            Link(
                "L13",
                move_pairs.flat_mates,
                "kin",
                N_("Up to four people alone who moved in on one day."),
                N_("HHGEN98 stage 8"),
            ),
            Link(
                "L19",
                move_pairs.flat_mates_of_one_age,
                "kin",
                N_("Up to four adults alone of one age who moved in on one day, in a larger house."),
                N_("HHGEN98 stage 8"),
            ),
        ),
    ),
    Stage(
        "origins",
        (
            Link(
                "L16",
                move_pairs.couple_of_one_origin,
                "couple",
                N_("A woman and a man alone who came from the same municipality."),
                N_("HHGEN98 stage 8"),
            ),
        ),
    ),
    Stage(
        "compatriots",
        (
            Link(
                "L20",
                move_pairs.couple_of_one_nationality,
                "couple",
                N_("A woman and a man of one foreign nationality, rare at the address."),
                _CONSTELLATION,
            ),
        ),
    ),
    Stage(
        "mates",
        (
            Link(
                "L21",
                move_pairs.mates_of_one_origin,
                "kin",
                N_("Adults alone of one age who came from the same municipality."),
                N_("HHGEN98 stage 8"),
            ),
            Link(
                "L22",
                move_pairs.mates_of_one_nationality,
                "kin",
                N_("Adults alone of one age and one foreign nationality, rare at the address."),
                _CONSTELLATION,
            ),
        ),
    ),
    Stage(
        "ages",
        (
            Link(
                "L26",
                move_pairs.couple_by_age,
                "couple",
                N_("A woman and a man alone in a smaller house, the only ones there whose ages suit each other."),
                _CONSTELLATION,
            ),
        ),
    ),
    Stage(
        "parents",
        (
            Link(
                "L25",
                kin_pairs.parents_of_household,
                "couple",
                N_("The woman and the man of a household who are a generation older than everybody else in it."),
                _CONSTELLATION,
            ),
        ),
    ),
)
"""In the order in which they are asked. L5 (the same family name in a small house) gave way to L9 to L12, and L15 (who
came on one day from one municipality) to L23."""
LINKS: tuple[Link, ...] = tuple(link for stage in STAGES for link in stage.links)
