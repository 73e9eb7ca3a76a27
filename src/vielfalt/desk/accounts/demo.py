"""The showcase: who looks at a synthetic town is logged in as a role and can switch it. Nothing of this runs elsewhere.

Only ``demo_settings`` names this module, and those settings refuse every folder that the demonstration has not made.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from vielfalt.desk.accounts import roles
from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.accounts.second import PASSED
from vielfalt.desk.accounts.views import BACKEND
from vielfalt.desk.releases.models import Town
from vielfalt.words import Words

SYNTHETIC = "99"
"""No Land has this number: keys of municipalities that begin with it are invented."""
_FIRST = roles.STATISTICS.id
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def furnish(words: Words) -> None:
    """One account without a password for every role, in every town of the showcase."""
    for role in roles.ALL:
        user, _ = User.objects.get_or_create(
            email=_email(role.id), defaults={"name": words(role.title), "language": words.language, "password": "!"}
        )
        for town in [None] if role is roles.ADMINISTRATION else Town.objects.all():
            Membership.objects.get_or_create(user=user, town=town, role=role.id)


def all_synthetic() -> bool:
    """Whether every town here is invented."""
    return not Town.objects.exclude(ags__startswith=SYNTHETIC).exists()


def as_role(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: whoever sits at this machine is logged in; others are refused."""

    def entered(request: HttpRequest) -> HttpResponse:
        if request.META.get("REMOTE_ADDR") not in _LOOPBACK:
            raise PermissionDenied
        if not request.user.is_authenticated:
            _enter(request, _FIRST)
        email = getattr(request.user, "email", "")
        request.showcase = [(role, email == _email(role.id)) for role in roles.ALL]  # type: ignore[attr-defined]
        return answer(request)

    return entered


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Goes on as another role, from the start page: not every role may see the page that was open."""
    wanted = request.POST.get("role", "")
    if wanted not in roles.BY_ID:
        raise Http404
    _enter(request, wanted)
    return redirect("towns")


def _enter(request: HttpRequest, role: str) -> None:
    login(request, get_object_or_404(User, email=_email(role)), backend=BACKEND)
    request.session[PASSED] = True


def _email(role: str) -> str:
    return f"{role}@showcase.example"
