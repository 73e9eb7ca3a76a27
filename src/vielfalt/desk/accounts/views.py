"""Logging in and out, and the links that let somebody in once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from vielfalt.desk.accounts import devices, links, roles, throttle
from vielfalt.desk.accounts.forms import FirstAccountForm, LoginForm, PasswordForm
from vielfalt.desk.accounts.models import Attempt, Link, Membership, StrictRole, User
from vielfalt.desk.accounts.policy import STRICT_AT_FIRST
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.history.watching import note
from vielfalt.desk.methods import require_safe_or_post
from vielfalt.words import N_

BACKEND = "vielfalt.desk.accounts.backends.PasswordBackend"
WRONG = N_("E-mail address and password do not fit together. Check both and try again.")
"""The same whether the address, the password or the account is to blame: nobody learns who has an account."""


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_safe_or_post
def log_in(request: HttpRequest) -> HttpResponse:
    """Asks for e-mail address and password, and leads to where the reader wanted to go."""
    if request.user.is_authenticated:
        return redirect("towns")
    form = LoginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = _attempt(request, form.cleaned_data["email"])
        if made is None:
            form.add_error(None, throttle.SLOW_DOWN)
            return _page(request, form, status=429)
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            throttle.succeeded(made)
            if settings.OIDC_ISSUER:
                # The way in for the day the provider is gone; the log tells that somebody took it.
                note("logged_in_without_provider", request, user.pk)
            return devices.remembered(request, entered(request, user, BACKEND, wanted(request)), user)
        form.add_error(None, WRONG)
    return _page(request, form)


def _attempt(request: HttpRequest, email: str) -> Attempt | None:
    """The attempt, counted in the browser alone where the account's owner has logged in with it before."""
    device = devices.known(request, email)
    return throttle.attempt_inside("device", device) if device else throttle.attempt(email, address_of(request))


@login_not_required
@require_safe_or_post
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, here and in the database. Who opens the address is asked first: no link logs anybody out."""
    if request.method == "POST":
        logout(request)
        return redirect("login")
    return render(request, "desk/accounts/log_out.html") if request.user.is_authenticated else redirect("towns")


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_safe_or_post
def one_time_link(request: HttpRequest, token: str) -> HttpResponse:
    """A password is chosen, and the person is in. What is over or was used says so."""
    link = links.valid(token)
    if link is None:
        return render(request, "desk/accounts/link_over.html", status=410)
    data = request.POST if request.method == "POST" else None
    form = PasswordForm(data, user=link.user) if link.user else FirstAccountForm(data, user=User())
    if request.method == "POST" and form.is_valid():
        user = _let_in(link, form.cleaned_data)
        if user is None:
            return render(request, "desk/accounts/link_over.html", status=410)
        return devices.remembered(request, entered(request, user, BACKEND, "/"), user)
    return render(request, "desk/accounts/link.html", {"form": form, "user_of_link": link.user})


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that was not asked for here, or too long ago (CSRF).

    Who has logged in beside, in another window, and now sends the login of this one is led on.
    """
    del reason
    if request.path == reverse("login") and request.user.is_authenticated:
        return redirect(wanted(request))
    return render(request, "desk/accounts/stale_form.html", status=403)


def entered(request: HttpRequest, user: User, backend: str, to: str) -> HttpResponseRedirect:
    """Starts a session under a new key, in the person's language, and leads to the page of that address."""
    login(request, user, backend=backend)
    answer = HttpResponseRedirect(to)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return answer


@transaction.atomic
def _let_in(link: Link, given: dict[str, Any]) -> User | None:
    """The person of a link with the password chosen; None when the link was used in the meantime."""
    if not links.use(link):
        return None
    user = link.user
    if user is None:
        told = {"name": given["name"], "email": given["email"].lower(), "language": current().language}
        user = User.objects.create(**told)
        # Whoever starts a desk alone can both give roles and read; each can be taken away again.
        for role in (roles.ADMINISTRATION, roles.STATISTICS):
            Membership.objects.create(user=user, role=role.id)
        StrictRole.objects.bulk_create([StrictRole(role=role) for role in STRICT_AT_FIRST], ignore_conflicts=True)
    user.set_password(given["password"])
    user.save(update_fields=["password"])
    return user


def _page(request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": wanted(request), "sso": settings.OIDC_NAME if settings.OIDC_ISSUER else ""}
    return render(request, "desk/accounts/login.html", context, status=status)


def wanted(request: HttpRequest) -> str:
    """The page that the reader wanted before being asked who they are, if it is one of this desk."""
    return inside(request, request.POST.get("next") or request.GET.get("next") or "")


def inside(request: HttpRequest, given: str) -> str:
    """An address of this desk as it is; the start page for one of elsewhere."""
    here = url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure())
    return given if here and given.startswith("/") else "/"


def address_of(request: HttpRequest) -> str:
    """The address a request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))
