"""Who may do what: asking about one thing and asking for a list give the same answer, and it is that of the table."""

from __future__ import annotations

from itertools import product

import people
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vielfalt.desk.accounts import roles
from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.accounts.permissions import IN_TOWNS, Reader, demand, may, rights, visible
from vielfalt.desk.accounts.roles import ACTIONS, Action
from vielfalt.desk.publishing.models import Publication
from vielfalt.desk.releases.models import AreaSet, Level, Release, Town

pytestmark = pytest.mark.django_db

BELONG_TO_NO_TOWN = {
    "accounts.Attempt",
    "accounts.Identity",
    "accounts.Link",
    "accounts.RecoveryCode",
    "accounts.SecondFactor",
    "accounts.StrictRole",
    "history.Entry",
    "history.Event",
    "history.Head",
    "jobs.Job",
}
"""Models that no page shows: what keeps the door."""
TOWNS = ("05999001", "05999002", "05999003")


PUBLISHED = "05999003"
"""The town that has published its release."""


def allowed_by_table(held: list[tuple[str, str | None]], action: Action, thing: Model, towns: set[str]) -> bool:
    """Slow and obviously right: the roles allow the action in every town of the thing, or everybody may read it."""
    own = {town for role, town in held if roles.BY_ID[role].grants.get(action) == "town"}
    public = action == "read" and towns == {PUBLISHED} and isinstance(thing, Town | Release | AreaSet | Level)
    return public or None in own or (bool(towns) and towns <= own)


def things() -> list[tuple[Model, set[str]]]:
    """One thing of every kind in every town, with the towns it belongs to."""
    found: list[tuple[Model, set[str]]] = []
    for ags in TOWNS:
        town = Town.objects.create(ags=ags, name=ags)
        release = Release.objects.create(
            town=town, name="1", reference_date="2025-12-31", kind="register", digest=ags, description={}
        )
        areas = AreaSet.objects.create(
            town=town, level="quarter", title="", digest=ags, width=1, height=1, areas=[], geojson=""
        )
        level = Level.objects.create(release=release, area_set=areas, position=0)
        found += [(town, {ags}), (release, {ags}), (areas, {ags}), (level, {ags})]
        if ags == PUBLISHED:
            one, other = (User.objects.create(email=f"{name}@example.org", password="!") for name in ("eins", "zwei"))
            publication = Publication.objects.create(
                release=release, proposed_by=one, approved_by=other, approved_at=timezone.now()
            )
            found.append((publication, {ags}))
    return found


MEMBERSHIPS = st.lists(st.tuples(st.sampled_from(sorted(roles.BY_ID)), st.sampled_from((*TOWNS, None))), max_size=3)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=MEMBERSHIPS, theirs=MEMBERSHIPS)
def test_a_list_holds_exactly_what_may_be_touched(
    mine: list[tuple[str, str | None]], theirs: list[tuple[str, str | None]]
) -> None:
    for model in (Publication, Membership, Release, Town, User):
        model.objects.all().delete()
    known = things()
    towns = {town.ags: town for town in Town.objects.all()}
    user, other = people.person(), people.person()
    for owner, held in ((user, mine), (other, theirs)):
        for role, ags in set(held):
            membership = Membership.objects.create(user=owner, role=role, town=towns[ags] if ags else None)
            known.append((membership, {ags or "*"}))
    known += [(user, {ags or "*" for _, ags in mine}), (other, {ags or "*" for _, ags in theirs})]
    for action, (thing, belongs) in product(ACTIONS, known):
        listed = visible(user, type(thing).objects.all(), action).filter(pk=thing.pk).exists()  # type: ignore[attr-defined]
        assert may(user, action, thing) == listed == allowed_by_table(mine, action, thing, belongs), (action, thing)


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_without_an_open_account_sees_anything(action: Action) -> None:
    known = things()
    closed = people.person("statistics")
    closed.is_active = False
    closed.save()
    readers: list[Reader] = [AnonymousUser(), people.person(), closed]
    for reader in readers:
        assert rights(reader) == frozenset()
        assert {ags for thing, towns in known if may(reader, action, thing) for ags in towns} <= {PUBLISHED}
        assert action == "read" or not any(may(reader, action, thing) for thing, _ in known)


def test_a_thing_that_is_not_kept_may_not_be_touched() -> None:
    assert not may(people.person("statistics"), "read", Town(ags="05999009", name="new"))


def test_every_model_of_the_desk_has_its_way_to_a_town() -> None:
    ours = {model._meta.label for model in apps.get_models() if model.__module__.startswith("vielfalt.desk.")}
    assert ours - BELONG_TO_NO_TOWN == set(IN_TOWNS)


def test_every_role_is_of_use_and_every_action_somebodys() -> None:
    assert {action for role in roles.ALL for action in role.grants} == set(ACTIONS)
    assert all(role.grants for role in roles.ALL)
    assert len(roles.BY_ID) == len(roles.ALL)


def test_what_is_demanded_is_allowed_or_refused() -> None:
    """One function refuses: it names those of the actions that are allowed, and raises where none is."""
    town = Town.objects.create(ags=TOWNS[0], name="Musterfurt")
    head = people.person("head", town)
    assert demand(head, ("propose", "publish"), town) == {"publish"}
    assert demand(head, "publish") == {"publish"}
    with pytest.raises(PermissionDenied):
        demand(head, "propose", town)
    with pytest.raises(PermissionDenied):
        demand(AnonymousUser(), ("propose", "publish"), town)
