"""The last account that looks after every town: whatever takes roles or closes accounts leaves it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from vielfalt.desk.accounts import roles
from vielfalt.desk.accounts.models import Membership, User


def is_last(user: User) -> bool:
    """Whether nobody else who can come in looks after every town; who asks next waits for the transaction.

    Else two who take each other's role or account in one moment would leave nobody.
    """
    everywhere = Membership.objects.filter(role=roles.ADMINISTRATION.id, town=None)
    list(everywhere.select_for_update().order_by("pk"))
    mine = everywhere.filter(user=user, user__is_active=True)
    by_password = ~Q(user__password__startswith="!")
    by_provider = Q(user__identities__issuer=settings.OIDC_ISSUER)
    others = everywhere.filter(by_password | by_provider, user__is_active=True).exclude(user=user)
    return mine.exists() and not others.exists()


def without_last(user: User, taken: Iterable[Membership]) -> list[Membership]:
    """Those of a person's roles that are to be taken, but not the one that nobody else would have then."""
    asked = list(taken)
    needed = [one for one in asked if (one.role, one.town_id) == (roles.ADMINISTRATION.id, None)]
    return [one for one in asked if one not in needed] if needed and is_last(user) else asked
