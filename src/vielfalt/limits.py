"""What the system lets one program have. It is asked for beforehand: libraries that lack it end the program without a
word, or try again for ever.
"""

from __future__ import annotations

import sys

from vielfalt.errors import StorageError
from vielfalt.words import N_

WORKING = 4_000_000_000
"""Bytes of address space that reading and counting a town take: 3.4 GB were measured, for 0.5 GB of memory."""
DRAWING = 80_000_000_000
"""The same of a run: Vega, which draws the maps, reserves 67 GB of addresses and uses next to nothing of them."""

if sys.platform == "win32":

    def _allowed() -> int | None:
        return None
else:
    import resource

    def _allowed() -> int | None:
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        return None if limit == resource.RLIM_INFINITY else limit


def refuse_below(needed: int) -> None:
    """Raises StorageError where the system lets this program have fewer addresses than that."""
    allowed = _allowed()
    if allowed is not None and allowed < needed:
        raise StorageError(
            N_("The system lets this program have {limit} MB of address space; it needs {need} MB."),
            limit=allowed // 1_000_000,
            need=needed // 1_000_000,
            todo=N_(
                "Lift the limit (in a terminal: ulimit -v unlimited; of a service: LimitAS) and run the command again. "
                "Address space is no memory: most of it is reserved and never used."
            ),
        )
