"""The first steps of a town with its desk; each is done when the desk sees that it is, and nobody ticks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db.models import Count

from vielfalt.desk.accounts.models import User
from vielfalt.desk.house.operator import operator
from vielfalt.desk.releases.models import Town
from vielfalt.words import N_


@dataclass(frozen=True)
class Step:
    """One step: what to do, how (message ids), and whether it is done."""

    title: str
    how: str
    done: bool


def first_steps(folder: Path) -> tuple[Step, ...]:
    """All steps in their order, as far as the desk is."""
    dates = [town.dates for town in Town.objects.annotate(dates=Count("releases__reference_date", distinct=True))]
    return (
        Step(N_("Import a release"), N_("On the command line: vielfalt desk import"), any(dates)),
        Step(
            N_("Import a second reference date"),
            N_("With two dates the desk shows what has changed."),
            any(number > 1 for number in dates),
        ),
        Step(
            N_("Import the release of another municipality"),
            N_("Ask a town that works with Vielfalt for its package; then both can be compared."),
            sum(number > 0 for number in dates) > 1,
        ),
        Step(N_("Let a second person in"), N_("Each person has an account of their own."), User.objects.count() > 1),
        Step(
            N_("Say who runs this desk"),
            N_("Write name and address into desk.toml in the data folder; imprint and data protection are made of it."),
            operator(folder).is_named,
        ),
    )
