"""Sessions end by themselves: after a time without a page, and after a working day in any case."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from vielfalt.desk.accounts.models import User
from vielfalt.desk.accounts.policy import WARNED_SECONDS

_NOTED_EVERY = 60
"""The session is written once a minute, not with every page."""


def limited(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a session that was idle or open for too long is closed before the page is made."""

    def checked(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, session = int(time.time()), request.session
            since, seen = session.setdefault("since", now), session.setdefault("seen", now)
            if _is_over(since, seen, now):
                logout(request)
            elif now - seen >= _NOTED_EVERY:
                session["seen"] = now
        return answer(request)

    return checked


def _is_over(since: int, seen: int, now: int) -> bool:
    return now - seen > settings.SESSION_IDLE_SECONDS or now - since > settings.SESSION_COOKIE_AGE


@dataclass(frozen=True)
class Ends:
    """When a session ends, for the page that warns of it: seconds without a page, at the latest, and how long before.

    ``idle`` allows for what is not noted yet, ``whole`` is counted in minutes.
    """

    idle: int
    whole: int
    warned: int


def ends(request: HttpRequest) -> Ends | None:
    """When the reader's session ends; None without one."""
    if not request.user.is_authenticated:
        return None
    now = int(time.time())
    minutes = (request.session.get("since", now) + settings.SESSION_COOKIE_AGE - now) // 60
    return Ends(settings.SESSION_IDLE_SECONDS - _NOTED_EVERY, minutes * 60, WARNED_SECONDS)


@dataclass(frozen=True)
class OwnSession:
    """A session of an account: seconds since 1970 when it began and when a page was last noted in it."""

    key: str
    since: int
    seen: int


def of(user: User) -> list[OwnSession]:
    """The sessions of an account that are open, latest first. Shown to its owner alone."""
    now, found = int(time.time()), []
    for session, held in _open(user):
        one = OwnSession(session.session_key, held.get("since", now), held.get("seen", now))
        valid = constant_time_compare(held.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        if valid and not _is_over(one.since, one.seen, now):
            found.append(one)
    return sorted(found, key=lambda one: -one.seen)


def end_all(user: User) -> None:
    """Ends every session of an account, on every machine."""
    for session, _ in _open(user):
        session.delete()


def _open(user: User) -> Iterator[tuple[Session, dict[str, Any]]]:
    """A session tells whose it is only when it is opened: there is no list of who is here."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        held = session.get_decoded()
        if held.get(SESSION_KEY) == str(user.pk):
            yield session, held
