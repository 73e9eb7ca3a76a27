"""Who may do what: ``may`` asks about one thing, ``visible`` about a list, and both read the same table of roles.

``may`` of a thing is whether ``visible`` would list it, so the two cannot disagree. A model appears in ``IN_TOWNS``
with the way to its town; one that does not can be neither seen nor touched through them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from vielfalt.desk.accounts import roles
from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.accounts.roles import Action, Role
from vielfalt.desk.publishing.models import published
from vielfalt.desk.releases.models import Level, Release

Reader = User | AnonymousUser
View = Callable[..., HttpResponse]
Model = TypeVar("Model", bound=models.Model)


@dataclass(frozen=True)
class Reach:
    """How far a person's right to an action goes: all towns, some of them, published things."""

    everywhere: bool
    towns: frozenset[int]
    published: bool


def _path(name: str) -> Callable[[Collection[int]], Q]:
    return lambda towns: Q(**{f"{name}__in": towns})


def _user(towns: Collection[int]) -> Q:
    """People of these towns alone: who has a role elsewhere too could lend its rights to whoever resets the account."""
    inside = Membership.objects.filter(town__in=towns)
    outside = Membership.objects.exclude(town__in=towns)
    return Q(pk__in=inside.values("user")) & ~Q(pk__in=outside.values("user"))


IN_TOWNS: Mapping[str, Callable[[Collection[int]], Q]] = {
    "releases.Town": _path("pk"),
    "releases.AreaSet": _path("town"),
    "releases.Release": _path("town"),
    "releases.Level": _path("release__town"),
    "releases.Table": _path("release__town"),
    "releases.Series": _path("table__release__town"),
    "releases.Index": _path("release__town"),
    "publishing.Publisher": _path("town"),
    "publishing.Publication": _path("release__town"),
    "accounts.User": _user,
    "accounts.Membership": _path("town"),
}
"""For each model, which of its rows belong to towns."""

TO_RELEASES: Mapping[str, Callable[[QuerySet[Release]], Q]] = {
    "releases.Town": lambda shown: Q(pk__in=shown.values("town")),
    "releases.AreaSet": lambda shown: Q(pk__in=Level.objects.filter(release__in=shown).values("area_set")),
    "releases.Release": lambda shown: Q(pk__in=shown.values("pk")),
    "releases.Level": lambda shown: Q(release__in=shown),
    "releases.Table": lambda shown: Q(release__in=shown),
    "releases.Series": lambda shown: Q(table__release__in=shown),
    "releases.Index": lambda shown: Q(release__in=shown),
    "publishing.Publisher": lambda shown: Q(town__in=shown.values("town")),
}
"""For each model of which everybody may read something, the rows that published releases need."""


def visible(user: Reader, queryset: QuerySet[Model], action: Action = "read") -> QuerySet[Model]:
    """Those of the queryset that the person may do this to."""
    model = queryset.model
    in_towns = IN_TOWNS[model._meta.label]
    reach = reach_of(user, action)
    if reach.everywhere:
        return queryset
    allowed = in_towns(reach.towns)
    return queryset.filter(allowed | _published(model) if reach.published else allowed)


def may(user: Reader, action: Action, thing: models.Model | None = None) -> bool:
    """Whether the person may do this to the thing; without a thing: to anything at all, as a menu asks."""
    if thing is None:
        reach = reach_of(user, action)
        return reach.everywhere or bool(reach.towns)
    kind: Any = type(thing)
    return thing.pk is not None and visible(user, kind.objects.filter(pk=thing.pk), action).exists()


def rights(user: Reader) -> frozenset[Action]:
    """The actions that the person may do somewhere."""
    return frozenset(action for action in roles.ACTIONS if may(user, action))


def reach_of(user: Reader, action: Action) -> Reach:
    """How far the person's right to an action goes; no account and a closed one reach what is published."""
    granted = [(role.grants[action], town) for role, town in _held(user) if action in role.grants]
    own = [town for scope, town in granted if scope == "town"]
    return Reach(
        everywhere=None in own,
        towns=frozenset(town for town in own if town is not None),
        published=any(scope == "published" for scope, _ in granted),
    )


def _held(user: Reader) -> Iterator[tuple[Role, int | None]]:
    """The roles of a person with their towns (null: every town); everybody is part of the public."""
    yield roles.PUBLIC, None
    if isinstance(user, User) and user.is_active:
        for membership in user.memberships.all():
            yield roles.BY_ID[membership.role], membership.town_id


def _published(model: type[models.Model]) -> Q:
    """What everybody may read of a model: published releases, what belongs to them, and whose they are."""
    way = TO_RELEASES.get(model._meta.label)
    return way(published(Release.objects.all())) if way else Q(pk__in=())


def demand(user: Reader, actions: Action | Collection[Action], thing: models.Model | None = None) -> frozenset[Action]:
    """Those of the actions that the person may do to the thing. Raises PermissionDenied (403) where it is none."""
    wanted = (actions,) if isinstance(actions, str) else actions
    allowed = frozenset(action for action in wanted if may(user, action, thing))
    if not allowed:
        raise PermissionDenied
    return allowed


def needs(*actions: Action) -> Callable[[View], View]:
    """A decorator of pages: ``demand`` where one of the actions is asked of no single thing."""

    def guarded(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, **values: Any) -> HttpResponse:  # noqa: ANN401
            demand(request.user, actions)
            return view(request, **values)

        return asked

    return guarded
