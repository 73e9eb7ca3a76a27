"""The four steps of a publication: propose, publish, decline or take back, withdraw. Each one checks and saves at once.

Publishing takes two persons: whoever proposed a release cannot publish it (four-eyes rule; the database
refuses it as well).
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from vielfalt.desk.accounts.models import User
from vielfalt.desk.accounts.permissions import demand
from vielfalt.desk.gateway import LICENCES
from vielfalt.desk.publishing.models import Publication, Publisher
from vielfalt.desk.releases.models import Release
from vielfalt.words import N_


class RefusedError(Exception):
    """A step that the state of the publication does not allow; ``message`` is a message id for the reader."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


NO_PUBLISHER = N_("First say who publishes the figures of the town, and under which licence.")
OTHER_LICENCE = N_(
    "The licence that is given here is not the one that the release itself names. Make them agree: here, or in "
    "town.toml of the town project before the next release."
)
OPEN_ALREADY = N_("This release is proposed or published already.")
NOT_PROPOSED = N_("This release is not proposed any more. Look at the page again.")
NOT_PUBLISHED = N_("This release is not published any more. Look at the page again.")
SECOND_PERSON = N_(
    "You proposed this release, so somebody else has to publish it: two persons look at what everybody may read."
)
NO_REASON = N_("Write why, in a sentence; colleagues will want to know.")


@transaction.atomic
def propose(user: User, release: Release) -> Publication:
    """Asks a second person to publish the release. Raises PermissionDenied and RefusedError."""
    demand(user, "propose", release)
    current = _locked(release)
    _check_licence(release)
    if current is not None:
        raise RefusedError(OPEN_ALREADY)
    return Publication.objects.create(release=release, proposed_by=user)


@transaction.atomic
def publish(user: User, release: Release) -> Publication:
    """Shows the proposed release to everybody. Raises PermissionDenied and RefusedError."""
    demand(user, "publish", release)
    found = _locked(release)
    if found is None or found.state != "proposed":
        raise RefusedError(NOT_PROPOSED)
    if found.proposed_by_id == user.pk:
        raise RefusedError(SECOND_PERSON)
    _check_licence(release)
    found.approved_by, found.approved_at = user, timezone.now()
    found.save()
    return found


@transaction.atomic
def decline(user: User, release: Release, reason: str) -> Publication:
    """Ends a proposal: whoever made it or may publish can do so. Raises PermissionDenied and RefusedError."""
    found = _locked(release)
    own = found is not None and found.proposed_by_id == user.pk
    demand(user, ("propose", "publish") if own else "publish", release)
    if found is None or found.state != "proposed":
        raise RefusedError(NOT_PROPOSED)
    return _ended(found, user, reason)


@transaction.atomic
def withdraw(user: User, release: Release, reason: str) -> Publication:
    """Takes a published release back; one person is enough. Raises PermissionDenied and RefusedError."""
    demand(user, "publish", release)
    found = _locked(release)
    if found is None or found.state != "published":
        raise RefusedError(NOT_PUBLISHED)
    return _ended(found, user, reason)


def _check_licence(release: Release) -> None:
    """Raises RefusedError where nobody answers for the figures, or under another licence than the release names.

    Asked at both steps: between them somebody may have chosen another one.
    """
    publisher = Publisher.objects.select_for_update().filter(town=release.town).first()
    if publisher is None:
        raise RefusedError(NO_PUBLISHER)
    if LICENCES[publisher.licence].id.lower() != str(release.description["licence"]).lower():
        raise RefusedError(OTHER_LICENCE)


def _locked(release: Release) -> Publication | None:
    """The open publication of the release; nobody else changes anything of the release until this step is done."""
    Release.objects.select_for_update().get(pk=release.pk)
    return Publication.objects.filter(release=release, ended_at=None).first()


def _ended(found: Publication, user: User, reason: str) -> Publication:
    if not reason.strip():
        raise RefusedError(NO_REASON)
    found.ended_by, found.ended_at, found.reason = user, timezone.now(), reason.strip()
    found.save()
    return found
