"""Which releases everybody may read, who proposed and who published them, and under which licence.

A publication is never deleted and has no state of its own: its times tell it, so no two of them can disagree.
"""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet

from vielfalt.desk.gateway import LICENCES
from vielfalt.desk.history.recording import Recorded
from vielfalt.desk.releases.models import Release, Town
from vielfalt.words import N_

State = Literal["proposed", "published", "declined", "withdrawn"]
STATES: dict[State, str] = {
    "proposed": N_("Proposed"),
    "published": N_("Published"),
    "declined": N_("Declined"),
    "withdrawn": N_("Withdrawn"),
}
NOT_PUBLIC = N_("Not public")
"""What a release is that nobody has proposed."""


class Publisher(Recorded):
    """Who answers for what a town publishes, and under which licence others may use it.

    ``contact`` is an e-mail address or the address of a form; ``contributor`` the URI under which GovData knows the
    town, empty when it does not.
    """

    town = models.OneToOneField(Town, on_delete=models.CASCADE, related_name="publisher")
    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=254)
    licence = models.CharField(max_length=20)
    attribution = models.CharField(max_length=300)
    contributor = models.URLField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(licence__in=tuple(LICENCES)), name="licence_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(contact=""), name="publisher_can_be_asked"),
        )

    def __str__(self) -> str:
        return self.name


class Publication(Recorded):
    """One attempt to publish a release: proposed, then published by somebody else or declined, at last withdrawn."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="publications")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-proposed_at",)
        constraints = (
            models.UniqueConstraint(fields=("release",), condition=Q(ended_at=None), name="one_open_publication"),
            models.CheckConstraint(condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="four_eyes"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None)
                | (Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(reason="")),
                name="ended_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.release}: {self.state}"

    @property
    def state(self) -> State:
        """What became of it so far."""
        if self.ended_at is None:
            return "published" if self.approved_at else "proposed"
        return "withdrawn" if self.approved_at else "declined"


def published(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Those of the releases that everybody may read."""
    return releases.filter(publications__approved_at__isnull=False, publications__ended_at=None)


def open_states(town: Town) -> dict[int, str]:
    """Of each release of a town that is proposed or public which of the two it is, as a message id."""
    current = Publication.objects.filter(release__town=town, ended_at=None)
    return {one.release_id: STATES[one.state] for one in current}


def has_published(town: Town) -> bool:
    """Whether everybody may read some release of the town."""
    return published(Release.objects.filter(town=town)).exists()
