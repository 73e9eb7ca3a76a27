"""Which groups of the single sign-on give which roles, as the settings say it. A group that is not named gives none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from vielfalt.desk.accounts import roles
from vielfalt.words import N_

BAD_ROLES = N_("VIELFALT_DESK_OIDC_ROLES takes entries like “group=statistics@05999004”, separated by semicolons.")
EVERYWHERE = "*"


@dataclass(frozen=True)
class GroupRole:
    """A role that a group gives: in the municipality with this key, or (``*``) in every one."""

    group: str
    role: str
    ags: str


def group_roles(text: str) -> tuple[GroupRole, ...]:
    """The roles of groups that a setting says. Raises ImproperlyConfigured for what names no role or no town."""
    return tuple(_read(entry.strip()) for entry in text.split(";") if entry.strip())


def _read(entry: str) -> GroupRole:
    # The name of a group may hold any sign, as those of a directory do: cn=statistics,ou=town
    group, _, given = entry.rpartition("=")
    role, _, ags = (part.strip() for part in given.partition("@"))
    known = role in roles.BY_ID and role != roles.PUBLIC.id
    if not (group.strip() and known and (ags == EVERYWHERE or (ags.isascii() and ags.isdigit() and len(ags) == 8))):
        raise ImproperlyConfigured(BAD_ROLES)
    return GroupRole(group.strip(), role, ags)


def given(entries: Iterable[GroupRole], claim: str, claims: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The roles, each with its town, that the provider's claim about a person gives; none for a claim of another form.

    The claim is a list of names, or one name.
    """
    told = claims.get(claim)
    names = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    return {(entry.role, entry.ags) for entry in entries if entry.group in names}
