"""The showcase: who looks at a synthetic town is logged in as a role and can switch it. Nothing of this runs elsewhere.

Only ``demo_settings`` names this module, and those settings refuse every folder that the demonstration has not made.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from vielfalt.desk.accounts import roles
from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.accounts.second import PASSED
from vielfalt.desk.accounts.views import BACKEND
from vielfalt.desk.atlas.asking import UnknownError
from vielfalt.desk.gateway import LICENCES
from vielfalt.desk.history.recording import acting
from vielfalt.desk.methods import require_safe_or_post
from vielfalt.desk.publishing import steps
from vielfalt.desk.publishing.models import Publication, Publisher
from vielfalt.desk.releases.models import Release, Town
from vielfalt.words import Words

SYNTHETIC = "99"
"""No Land has this number: keys of municipalities that begin with it are invented."""
_OUTSIDE = "showcase_outside"
"""What a session holds whose reader chose to look without an account."""
_FIRST = roles.STATISTICS.id
_PUBLIC = 2
"""How many releases the showcase publishes."""
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def furnish(words: Words) -> None:
    """One account without a password for every role but the public, which has none, in every town of the showcase."""
    for role in roles.GIVEN:
        user, _ = User.objects.get_or_create(
            email=_email(role.id), defaults={"name": words(role.title), "language": words.language, "password": "!"}
        )
        for town in [None] if role is roles.ADMINISTRATION else Town.objects.all():
            Membership.objects.get_or_create(user=user, town=town, role=role.id)


def publish(release: Release) -> None:
    """Publishes a release the way towns do, with two accounts, if it is one of the first two of the first town.

    So everybody sees change, and there is one left to propose. What was proposed before, by whomever, counts.
    """
    known = set(Publication.objects.values_list("release", "release__town"))
    if len(known) >= _PUBLIC or any(one == release.pk or town != release.town_id for one, town in known):
        return
    proposer, second = (User.objects.get(email=_email(role)) for role in ("integration", "head"))
    licence = next(key for key, one in LICENCES.items() if one.id == release.description["licence"])
    town = release.town
    with acting(lambda: str(proposer.pk)):
        about = {"name": town.name, "contact": proposer.email, "licence": licence, "attribution": town.name}
        Publisher.objects.get_or_create(town=town, defaults=about)
        steps.propose(proposer, release)
    with acting(lambda: str(second.pk)):
        steps.publish(second, release)


def all_synthetic() -> bool:
    """Whether every town here is invented."""
    return not Town.objects.exclude(ags__startswith=SYNTHETIC).exists()


def as_role(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: whoever sits at this machine is logged in, unless they look as the public; others are refused.

    There is nothing to protect: every town is invented, and only this machine is answered. So a private window is let
    in as well; every page says so.
    """

    def entered(request: HttpRequest) -> HttpResponse:
        if request.META.get("REMOTE_ADDR") not in _LOOPBACK:
            raise PermissionDenied
        if not request.user.is_authenticated and not request.session.get(_OUTSIDE):
            _enter(request, _FIRST)
        worn = getattr(request.user, "email", _email(roles.PUBLIC.id))
        request.showcase = [(role, worn == _email(role.id)) for role in roles.ALL]  # type: ignore[attr-defined]
        return answer(request)

    return entered


@login_not_required
@require_safe_or_post
def switch(request: HttpRequest) -> HttpResponse:
    """Goes on as another role, from the start page: not every role may see the page that was open.

    As the public: logged out, as everybody is who has no account. Who only opens the address is led to the start page.
    """
    if request.method == "POST":
        wanted = request.POST.get("role", "")
        if wanted not in roles.BY_ID:
            raise UnknownError("role", wanted)
        if wanted == roles.PUBLIC.id:
            logout(request)
            request.session[_OUTSIDE] = True
        else:
            _enter(request, wanted)
    return redirect("towns")


def _enter(request: HttpRequest, role: str) -> None:
    login(request, get_object_or_404(User, email=_email(role)), backend=BACKEND)
    request.session[PASSED] = True


def _email(role: str) -> str:
    return f"{role}@showcase.example"
