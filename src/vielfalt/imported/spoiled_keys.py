"""Keys of a table that fit no polygon because a spreadsheet has changed them, or because they are other keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from vielfalt.areachecks import some
from vielfalt.areafiles import LevelShapes
from vielfalt.cells import UNRESOLVED
from vielfalt.errors import DeliveryError
from vielfalt.imported.division import Placed
from vielfalt.words import N_

_MONTH = r"(?:jan|feb|m[aä]r|mrz|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)[a-zäöü]*\.?"
_SPOILED = re.compile(
    rf"\d{{1,2}}\.?[ -]?{_MONTH}(?:[ .-]+\d{{2,4}})?"
    rf"|{_MONTH}[ .-]+\d{{2,4}}"
    r"|\d{1,2}\.\d{1,2}\.(?:19|20)\d\d"
    r"|(?:19|20)\d\d-\d\d-\d\d(?:[ t]00:00:00)?"
    r"|\d(?:[.,]\d+)?e\+\d+",
    re.IGNORECASE,
)
"""What a spreadsheet makes of keys like 1-2, 02.03 and 110000."""


def refuse_spoiled(placed: Placed, drawn: LevelShapes | None, path: Path) -> None:
    """Raises DeliveryError for areas that no polygon of the finest level (``drawn``) bears: dates, powers of ten, keys
    without their leading zeros; and where not a single area has a polygon."""
    known = list(drawn.shapes) if drawn else []
    bare = [area for area in placed.finest if area != UNRESOLVED and area not in known]
    if odd := [area for area in bare if _SPOILED.fullmatch(area)]:
        raise DeliveryError(
            N_("A spreadsheet has turned the keys of these areas into dates or rounded numbers: {areas}."),
            where=path,
            todo=N_("Ask for the table as CSV, as it was first written, or type these keys anew in a column of text."),
            areas=some(odd),
        )
    if known:
        _refuse_others(bare, known, len(placed.finest), path)


def _refuse_others(bare: Sequence[str], known: Sequence[str], rows: int, path: Path) -> None:
    whole = {key.lstrip("0"): key for key in known if key.startswith("0")}
    if cut := [f"{area} ({whole[area]})" for area in bare if area in whole]:
        raise DeliveryError(
            N_("The keys of these areas have lost their leading zeros: {areas}."),
            where=path,
            todo=N_("Set “width” in the section [area] of the table profile to the number of their digits."),
            areas=some(cut),
        )
    if bare and len(bare) == rows:
        raise DeliveryError(
            N_("No area of the table has a polygon: its areas are {found}, those of the polygons {wanted}."),
            where=path,
            todo=N_("Correct “column” or “by” of [area], or “key” of the finest level, in the table profile."),
            found=some(bare),
            wanted=some(known),
        )
