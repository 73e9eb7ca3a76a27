"""A person's own account: their roles, their password, their language."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from vielfalt.desk.accounts import devices, roles, second, sessions
from vielfalt.desk.accounts.forms import LANGUAGES, ChangePasswordForm
from vielfalt.desk.accounts.information_report import FORMS
from vielfalt.desk.accounts.models import User
from vielfalt.desk.history.watching import note
from vielfalt.desk.methods import require_safe_or_post
from vielfalt.desk.saved import is_saved, saved


@require_safe
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Who the reader is here, and by which roles."""
    user = person(request)
    memberships = [(roles.BY_ID[one.role], one.town) for one in user.memberships.select_related("town")]
    context = {
        "memberships": memberships,
        "has_factor": second.has(user),
        "demanded": second.demanded(user),
        "saved": is_saved(request),
        "languages": LANGUAGES,
        "sessions": [_told(one, request.session.session_key) for one in sessions.of(user)],
    }
    return render(request, "desk/accounts/account.html", context)


@never_cache
@sensitive_post_parameters("current", "password", "again")
@require_safe_or_post
def password(request: HttpRequest) -> HttpResponse:
    """A new password for one's own account; every other session of it ends, and no link that was made before works."""
    user = person(request)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        user.set_password(form.cleaned_data["password"])
        # Nothing else of the account: it may have been closed since the page began.
        user.save(update_fields=["password"])
        user.links.all().delete()
        update_session_auth_hash(request, user)
        return devices.remembered(request, saved("account"), user)
    return render(request, "desk/accounts/password.html", {"form": form})


@require_safe
@never_cache
def own_information(request: HttpRequest, form: str) -> HttpResponse:
    """What the desk keeps about the reader, to read (PDF) or for other programs (JSON); nobody else can ask."""
    user = person(request)
    if form not in FORMS:
        raise Http404
    note("information_given", request, user.pk)
    response = HttpResponse(FORMS[form](user), content_type=f"application/{form}")
    response["Content-Disposition"] = f'attachment; filename="auskunft-{user.pk}.{form}"'
    return response


@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages from now on: kept in one's own account, and in a cookie for who has not logged in."""
    answer, wanted, user = set_language(request), request.POST.get("language"), request.user
    if isinstance(user, User) and wanted in dict(LANGUAGES) and second.passed(request, user):
        user.language = wanted
        user.save(update_fields=["language"])
    return answer


@require_POST
def log_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends all sessions of one's own account, this one too."""
    user = person(request)
    logout(request)
    sessions.end_all(user)
    return redirect("login")


def _told(one: sessions.OwnSession, here: str | None) -> tuple[dt.datetime, dt.datetime, bool]:
    """When a session began, when a page was last opened in it, and whether it is this one."""
    since, seen = (dt.datetime.fromtimestamp(moment, tz=dt.UTC) for moment in (one.since, one.seen))
    return since, seen, one.key == here


def person(request: HttpRequest) -> User:
    """The reader of a page that is never shown without an account."""
    assert isinstance(request.user, User)
    return request.user
