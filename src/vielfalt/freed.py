"""What Polars and Arrow do with memory they have freed; they read it when they are loaded, so it is said before."""

from __future__ import annotations

import os
from collections.abc import Mapping

KEPT: Mapping[str, str] = {
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:10000,muzzy_decay_ms:10000",
    "MIMALLOC_PURGE_DELAY": "10000",
}
"""Settings of their allocators (jemalloc, mimalloc), in the environment: freed memory is kept for ten seconds.

The next table needs as much; to ask the system for it anew took a tenth of an evaluation.
"""


def keep() -> None:
    """Keeps freed memory for a while, unless the environment says otherwise."""
    for name, value in KEPT.items():
        os.environ.setdefault(name, value)
