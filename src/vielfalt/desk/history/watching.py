"""The security log: who came in, who was turned away, who changed rights. No names, no passwords, short addresses."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.contrib.auth import signals
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest, HttpResponse

from vielfalt.desk.history.models import Event

_KEPT_BITS = {4: 24, 6: 48}
"""How much of an address is kept: a network, not a connection."""
_REPEATED = dt.timedelta(minutes=1)
_REQUEST: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def note(kind: str, request: HttpRequest | None = None, who: object = "") -> None:
    """Adds one event to the security log. ``who``: the number of an account, never a name."""
    _event(kind, request, who).save()


def _event(kind: str, request: HttpRequest | None, who: object) -> Event:
    match = getattr(request, "resolver_match", None)
    return Event(
        kind=kind,
        who="" if who is None else str(who),
        address=shortened(request.META.get("REMOTE_ADDR", "")) if request else "",
        place=(match.view_name or "") if match else "",
    )


def shortened(address: str) -> str:
    """The network an address belongs to (24 bits of IPv4, 48 of IPv6); empty for anything else."""
    try:
        whole = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(whole, ipaddress.IPv6Address) and whole.ipv4_mapped:
        whole = whole.ipv4_mapped
    return str(ipaddress.ip_network((whole, _KEPT_BITS[whole.version]), strict=False).network_address)


def attributed(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: changes are those of the account that asks, and what is refused to it is noted."""
    from vielfalt.desk.history.recording import acting

    def answered(request: HttpRequest) -> HttpResponse:
        def account() -> str:
            return str(getattr(getattr(request, "user", None), "pk", None) or "")

        token = _REQUEST.set(request)
        try:
            with acting(account):
                response = answer(request)
        finally:
            _REQUEST.reset(token)
        if response.status_code == 403:
            _refused(request, account())
        return response

    return answered


def _refused(request: HttpRequest, who: str) -> None:
    """Notes a refusal once a minute: for an account on each page, for strangers from each network. Else whoever sends
    forms that were never asked for, as often as they like, would fill the log."""
    event = _event("refused", request, who)
    since = dt.datetime.now(dt.UTC) - _REPEATED
    lately = Event.objects.filter(kind=event.kind, address=event.address, at__gt=since)
    if not any(one.who == who and (not who or one.place == event.place) for one in lately):
        event.save()


def listen() -> None:
    """Notes what Django reports about logins."""
    signals.user_logged_in.connect(_logged_in, dispatch_uid="log-in")
    signals.user_logged_out.connect(_logged_out, dispatch_uid="log-out")
    signals.user_login_failed.connect(_failed, dispatch_uid="log-failed")
    post_save.connect(_invited, sender="accounts.Link", dispatch_uid="log-invited")
    post_save.connect(_given, sender="accounts.Membership", dispatch_uid="log-given")
    post_delete.connect(_taken, sender="accounts.Membership", dispatch_uid="log-taken")


def _logged_in(request: HttpRequest | None, user: AbstractBaseUser, **told: object) -> None:
    del told
    note("logged_in", request, user.pk)


def _logged_out(request: HttpRequest | None, user: AbstractBaseUser | None, **told: object) -> None:
    """Nobody has left where nobody was in."""
    del told
    if user is not None:
        note("logged_out", request, user.pk)


def _failed(request: HttpRequest | None = None, **told: object) -> None:
    """A failed login names no account: a mistyped name may be a password."""
    del told
    note("login_failed", request)


def _invited(instance: Any, created: bool, **told: object) -> None:  # noqa: ANN401
    """A link that lets somebody in was made; the event names whom it lets in, the history who made it."""
    if created and not told.get("raw"):
        note("link_made", _REQUEST.get(), instance.user_id)


def _given(instance: Any, **told: object) -> None:  # noqa: ANN401
    if not told.get("raw"):
        note("role_given", _REQUEST.get(), instance.user_id)


def _taken(instance: Any, **told: object) -> None:  # noqa: ANN401
    del told
    note("role_taken", _REQUEST.get(), instance.user_id)
