"""Single sign-on by OpenID Connect: allauth speaks the protocol, what follows from it is decided here.

A person is known by issuer and subject. The e-mail address finds an account only where the provider says that it is
verified; whoever is not known gets an account without any role.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect import views as protocol
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vielfalt.desk.accounts.group_roles import EVERYWHERE, given
from vielfalt.desk.accounts.last import without_last
from vielfalt.desk.accounts.models import Identity, User
from vielfalt.desk.accounts.policy import PROVIDER
from vielfalt.desk.accounts.views import BACKEND, entered, inside, wanted
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.entered import shown
from vielfalt.desk.releases.models import Town

_LONGEST = 254
"""Signs of an e-mail address (RFC 5321)."""


@login_not_required
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Leads to the provider. Of the address only the page that is wanted counts: scope, parameters of the provider and
    the like, which allauth would take over from it, are no reader's choice."""
    _configured()
    request.GET = QueryDict(urlencode({"next": wanted(request)}))
    try:
        answer: HttpResponse = protocol.login(request, PROVIDER)
    except OSError:
        # The provider cannot be reached: what is raised is a kind of OSError.
        return _failed(request)
    if answer.headers.get("Location"):
        answer["Location"] = _with_nonce(answer["Location"])
    return answer


@login_not_required
@never_cache
@require_safe
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider leads back to: the person is in, or the page says that it did not work."""
    _configured()
    try:
        answer: HttpResponse = protocol.callback(request, provider_id)
    except OSError:
        return _failed(request)
    return answer


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What allauth asks when the provider has answered: it never makes an account or a session by itself."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        """The provider has said who it is."""
        told = sociallogin.account.extra_data
        if told.get("id_token", {}).get("nonce") != _nonce(request.GET.get("state", "")):
            # The answer was made for another question, perhaps of another browser.
            raise ImmediateHttpResponse(_failed(request))
        claims = {**told["id_token"], **told.get("userinfo", {})}
        if claims.get("sub") != told["id_token"].get("sub"):
            # Of somebody else (OpenID Connect Core 1.0, 5.3.2).
            raise ImmediateHttpResponse(_failed(request))
        user = known(settings.OIDC_ISSUER, sociallogin.account.uid, claims)
        if not user.is_active:
            raise ImmediateHttpResponse(_failed(request))
        take_over_roles(user, claims)
        to = inside(request, str(sociallogin.state.get("next") or ""))
        raise ImmediateHttpResponse(entered(request, user, BACKEND, to))

    def on_authentication_error(self, request: HttpRequest, *_told: object, **_more: object) -> NoReturn:
        """The person gave up, or the answer was not the provider's."""
        raise ImmediateHttpResponse(_failed(request))


@transaction.atomic
def known(issuer: str, subject: str, claims: Mapping[str, Any]) -> User:
    """The account of a person of the provider; a new one, without roles and in the language of the page, for others."""
    identity = Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
    if identity:
        return identity.user
    told = str(claims.get("email") or "").strip().lower()
    email = told if claims.get("email_verified") is True and len(told) <= _LONGEST else ""
    user = User.objects.filter(email=email).first() if email else None
    if user is None:
        name = shown(str(claims.get("name") or "")) or shown(subject)
        user = User(email=email or _nameless(issuer, subject), name=name[:150], language=current().language)
        user.set_unusable_password()
        user.save()
    Identity.objects.create(user=user, issuer=issuer, subject=subject)
    return user


@transaction.atomic
def take_over_roles(user: User, claims: Mapping[str, Any]) -> None:
    """The roles that groups of the provider give, as they are now: new ones are given, those that are gone are taken.

    What was given in the desk stays, and so does the role of the last who looks after every town. A town that is not
    here yet gets its roles with the first login after its release.
    """
    if not settings.OIDC_GROUPS:
        return
    roles = given(settings.OIDC_ROLES, settings.OIDC_GROUPS, claims)
    towns: dict[str, Town | None] = {town.ags: town for town in Town.objects.filter(ags__in=[ags for _, ags in roles])}
    towns[EVERYWHERE] = None
    from_groups = user.memberships.filter(from_group=True).select_related("town")
    gone = [one for one in from_groups if (one.role, one.town.ags if one.town else EVERYWHERE) not in roles]
    for one in without_last(user, gone):
        one.delete()
    for role, ags in sorted(roles):
        if ags in towns:
            user.memberships.get_or_create(role=role, town=towns[ags], defaults={"from_group": True})


def _nameless(issuer: str, subject: str) -> str:
    """An address that nobody has: one that the provider does not vouch for could be somebody else's."""
    return f"{hashlib.sha256(f'{issuer} {subject}'.encode()).hexdigest()[:24]}@unverified.invalid"


def _with_nonce(address: str) -> str:
    """The provider's address with a nonce: it comes back within the signed answer (OpenID Connect Core 1.0, 3.1.2.1).

    It follows from the state by the desk's own key: as random, bound to the same session, and used as often, once.
    """
    state = QueryDict(address.partition("?")[2]).get("state", "")
    return f"{address}&{urlencode({'nonce': _nonce(state)})}"


def _nonce(state: str) -> str:
    return salted_hmac("vielfalt.desk.accounts.sso.nonce", state, algorithm="sha256").hexdigest()


def _configured() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404


def _failed(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/accounts/sso_failed.html", status=403)
