"""The roles of the desk as one table: role x action x scope. What is not in it is not allowed.

``permissions`` reads this table for every page, list and menu; docs/reference/roles.md is checked against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from vielfalt.words import N_

Action = Literal["read", "import", "propose", "publish", "history", "operate", "accounts"]
Scope = Literal["town", "published"]
"""``town``: what belongs to the town of the membership. ``published``: what its town has published, of every town."""

ACTIONS: Mapping[Action, str] = {
    "read": N_("Read releases"),
    "import": N_("Import releases"),
    "propose": N_("Propose releases for everybody"),
    "publish": N_("Publish what others proposed, and take it back"),
    "history": N_("Read the history"),
    "operate": N_("Look after jobs and backups"),
    "accounts": N_("Manage accounts"),
}


@dataclass(frozen=True)
class Role:
    """What a person is in a town: title and purpose as message ids, and the actions allowed with their scope."""

    id: str
    title: str
    purpose: str
    grants: Mapping[Action, Scope]


PUBLIC = Role("public", N_("Public"), N_("Reads what towns have published."), {"read": "published"})
"""Everybody's role, with and without an account."""

STATISTICS = Role(
    "statistics",
    N_("Statistics"),
    N_("Brings releases into the desk and looks after them."),
    {"read": "town", "import": "town", "propose": "town", "history": "town", "operate": "town"},
)
ADMINISTRATION = Role(
    "administration",
    N_("Administration of accounts"),
    N_("Invites people, gives roles, looks after the desk; reads no releases by this role."),
    {"history": "town", "operate": "town", "accounts": "town"},
)
ALL: tuple[Role, ...] = (
    STATISTICS,
    Role(
        "integration",
        N_("Integration office"),
        N_("Works with the figures of the town and steers its integration work."),
        {"read": "town", "propose": "town", "publish": "town", "history": "town"},
    ),
    Role("department", N_("Department"), N_("Reads the figures for its own field of work."), {"read": "town"}),
    Role(
        "head",
        N_("Head of administration"),
        N_("Reads the figures and answers for what the town publishes."),
        {"read": "town", "publish": "town", "history": "town"},
    ),
    Role("council", N_("Council"), N_("Reads the figures that the town gives to its council."), {"read": "town"}),
    Role("county", N_("County"), N_("Reads the figures of the towns that gave it this role."), {"read": "town"}),
    Role(
        "volunteers",
        N_("Volunteer co-ordination"),
        N_("Reads the figures for its work with volunteers."),
        {"read": "town"},
    ),
    PUBLIC,
    ADMINISTRATION,
)
GIVEN = tuple(role for role in ALL if role is not PUBLIC)
"""The roles that an account can be given: everybody has the public one, so that to give it would mean nothing."""
BY_ID: Mapping[str, Role] = {role.id: role for role in ALL}
