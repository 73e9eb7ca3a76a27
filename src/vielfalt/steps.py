"""The named steps of a run: table, timing, log line and progress bar bear one name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from vielfalt.words import N_

Step = Callable[[str], AbstractContextManager[None]]
"""Called with the name of a step; the step runs inside the context it returns."""

STEPS: Mapping[str, str] = {
    "read": N_("Read and pseudonymise the extract"),
    "areas": N_("Read areas and street directory"),
    "population": N_("Count each resident once"),
    "birth": N_("Country of birth"),
    "households": N_("Households; names are deleted"),
    "status": N_("Migration status"),
    "locate": N_("Assign addresses to areas"),
    "cells": N_("Count tables"),
    "movements": N_("Compare with the earlier reference date"),
    "protect": N_("Protect tables"),
    "indices": N_("Indices"),
    "audit": N_("Attack the release as an intruder would"),
    "publish": N_("Maps, report, release package"),
}
"""The named steps in their order, with what the progress bar says."""
CLUSTER = "cluster"
"""The step before all others on a cluster."""
ON_A_CLUSTER: Mapping[str, str] = {CLUSTER: N_("Wait for a machine of the cluster"), **STEPS}
"""The steps of a run on a Spark of several machines."""
AFTER_A_CHECK = frozenset({"movements", "protect", "indices", "audit", "publish"})


def unseen(_: str) -> AbstractContextManager[None]:
    """A step that nobody is shown."""
    return nullcontext()
