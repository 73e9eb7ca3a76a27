"""The first steps of a town with its desk; each is done when the desk sees that it is, and nobody ticks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db.models import Count

from vielfalt.desk.accounts.models import User
from vielfalt.desk.accounts.roles import Action
from vielfalt.desk.house.operator import shown
from vielfalt.desk.publishing.models import Publication
from vielfalt.desk.releases.models import Town
from vielfalt.words import N_


@dataclass(frozen=True)
class Step:
    """One step: what to do, how (message ids), whether it is done, the page where, and the right that opens it."""

    title: str
    how: str
    done: bool
    page: str
    right: Action


_UPLOAD: tuple[str, Action] = ("upload", "import")


def first_steps(folder: Path) -> tuple[Step, ...]:
    """All steps in their order, as far as the desk is."""
    return (
        *_imports(),
        Step(
            N_("Let a second person in"),
            N_("Each person has an account of their own; the administration of accounts invites them."),
            User.objects.filter(erased=None).count() > 1,
            "invite",
            "accounts",
        ),
        Step(
            N_("Publish a release"),
            N_("One person proposes it on the page of the release, another one publishes it; then all may read it."),
            Publication.objects.filter(approved_at__isnull=False).exists(),
            "help",
            "propose",
        ),
        Step(
            N_("Say who runs this desk"),
            N_("Write name and address into desk.toml in the data folder; imprint and data protection are made of it."),
            shown(folder).is_named,
            "imprint",
            "import",
        ),
    )


def _imports() -> tuple[Step, ...]:
    dates = [town.dates for town in Town.objects.annotate(dates=Count("releases__reference_date", distinct=True))]
    return (
        Step(
            N_("Import a release"),
            N_("Choose its zip file in the browser, or on the command line: vielfalt desk import"),
            any(dates),
            *_UPLOAD,
        ),
        Step(
            N_("Import a second reference date"),
            N_("With two dates the desk shows what has changed."),
            any(number > 1 for number in dates),
            *_UPLOAD,
        ),
        Step(
            N_("Import the release of another municipality"),
            N_("Ask a town that works with Vielfalt for its package; then both can be compared."),
            sum(number > 0 for number in dates) > 1,
            *_UPLOAD,
        ),
    )
