"""What Polars, Arrow and NumPy do with memory; they read it when they are loaded, so it is said before."""

from __future__ import annotations

import os
from collections.abc import Mapping

SETTINGS: Mapping[str, str] = {
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:10000,muzzy_decay_ms:10000,oversize_threshold:0,narenas:2",
    "MIMALLOC_PURGE_DELAY": "10000",
    "MIMALLOC_ALLOW_THP": "0",
    "NUMPY_MADVISE_HUGEPAGE": "0",
}
"""Settings of their allocators (jemalloc of Polars, mimalloc of Arrow) in the environment.

Memory that was freed is kept for ten seconds, large pieces too, where all threads find it: the next table needs as
much, and to ask the system for it anew took a fifth of an evaluation. No huge pages: they are filled with zeros whole,
and a virtual machine has to fetch each from its host first, which takes longer than the many small ones.
"""


def environment() -> dict[str, str]:
    """The environment of this process with the settings, but for those of which it says something itself."""
    return {**SETTINGS, **os.environ}


def set_up() -> None:
    """Sets them for this process."""
    os.environ.update(environment())
