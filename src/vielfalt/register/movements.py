"""The rules of movements: how each resident came since an earlier reference date, and what became of those before.

Missing evidence never decides: without a date or place of origin an arrival stays an arrival of unknown origin, and who
is gone has moved away or died, which the extract does not tell.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw

from vielfalt.rules import Decision, Rule
from vielfalt.words import N_

_LINKED, _SAME = nw.col("linked"), nw.col("same_area")
_BORN, _ARRIVED, _ABROAD = (nw.col(name) for name in ("birth_date", "arrival_date", "arrival_from_abroad_date"))
_SINCE = nw.col("since")
_OLD_MOVE = nw.col("move_in_date") <= nw.col("late_since")
"""The last move lies too far back to have been entered late: the area changed, not the dwelling."""

# Who is here on both dates: what it is, when, why, and the source; the same seen from either date.
_SAME_AREA = ("stayed", _LINKED & _SAME, N_("Here on both dates, in the same area"), N_("BevStatG §4"))
_AREA_UNKNOWN = (
    "stayed",
    _LINKED & _SAME.is_null(),
    N_("Here on both dates; on one of them no area is known, so no move is assumed"),
    N_("vielfalt-1: missing evidence never decides"),
)
_RECODED = (
    "unknown",
    _LINKED & ~_SAME & _OLD_MOVE,
    N_("Here on both dates, in another area, but the last move is older: areas or directory have changed"),
    N_("parameter late_entry_years"),
)
_MOVED = ("moved", _LINKED & ~_SAME, N_("Here on both dates, in another area"), N_("BevStatG §4"))

CAME = Decision(
    "came_from",
    "came_rule",
    (
        Rule("V1", *_SAME_AREA),
        Rule("V2", *_AREA_UNKNOWN),
        Rule("V3", *_RECODED),
        Rule("V4", *_MOVED),
        Rule(
            "V5",
            "born",
            ~_LINKED & (_BORN > _SINCE) & ~(_ARRIVED > _BORN).fill_null(False),
            N_("Not here before, born since, and not arrived after birth"),
            N_("BevStatG §4"),
        ),
        Rule(
            "V6",
            "open",
            ~_LINKED & (_ARRIVED <= _SINCE),
            N_("Not here before, but arrived by then: entered late, or corrected"),
            N_("BMG §17(1)"),
        ),
        Rule(
            "V7",
            "abroad",
            ~_LINKED & (_ABROAD > _SINCE) & ~(_ARRIVED > _ABROAD).fill_null(False),
            N_("Not here before; the last arrival from abroad lies in between and is the arrival here"),
            N_("ZensG 2022 §5(1) No. 14, 27"),
        ),
        Rule(
            "V8",
            "germany",
            ~_LINKED & ~nw.col("origin_municipality").is_null(),
            N_("Not here before; the last dwelling was in another municipality in Germany"),
            N_("ZensG 2022 §5(1) No. 12"),
        ),
        Rule(
            "V9",
            "germany",
            ~_LINKED & (_ABROAD < _ARRIVED),
            N_("Not here before; arrived from abroad earlier than here, so lived elsewhere in Germany in between"),
            N_("ZensG 2022 §5(1) No. 14, 27"),
        ),
    ),
    Rule("V0", "open", ~_LINKED, N_("Not here before; nothing says where from"), "vielfalt-1"),
)
"""How a resident of the later date came since the earlier one."""

WENT = Decision(
    "went",
    "went_rule",
    (
        Rule("W1", *_SAME_AREA),
        Rule("W2", *_AREA_UNKNOWN),
        Rule("W3", *_RECODED),
        Rule("W4", *_MOVED),
    ),
    Rule(
        "W0",
        "gone",
        ~_LINKED,
        N_("No longer here: moved away or died, which the extract does not tell"),
        N_("BevStatG §4"),
    ),
)
"""What became of a resident of the earlier date."""

CITIZENSHIP = Decision(
    "citizenship_change",
    "citizenship_rule",
    (
        Rule(
            "K1",
            "naturalised",
            (nw.col("foreigner") == "german") & (nw.col("foreigner_before") == "foreign"),
            N_("Foreign at the earlier date, German at the later one"),
            "integrationsmonitoring-laender.de B2b",
        ),
        Rule("K2", "german", nw.col("foreigner") == "german", N_("German"), N_("AufenthG §2(1)")),
        Rule("K3", "foreign", nw.col("foreigner") == "foreign", N_("Without German nationality"), N_("AufenthG §2(1)")),
    ),
    Rule("K0", "unknown", _LINKED, N_("The nationality is missing"), "vielfalt-1"),
)
"""Who was naturalised between the two dates, among the residents of the later one."""
