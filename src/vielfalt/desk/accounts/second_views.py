"""Pages of the second factor: showing it, setting it up, new recovery codes, switching it off."""

from __future__ import annotations

import io

import segno
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from vielfalt.desk.accounts import second, throttle
from vielfalt.desk.accounts.forms import CodeForm
from vielfalt.desk.accounts.models import User
from vielfalt.desk.accounts.own import person
from vielfalt.desk.accounts.views import wanted
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.methods import require_safe_or_post
from vielfalt.desk.saved import saved
from vielfalt.words import N_

_ENTER = N_("Enter the code that your phone shows, or a recovery code.")
_WRONG = N_("This code does not fit. Codes change every half minute; try the next one.")


@never_cache
@sensitive_post_parameters("code")
@require_safe_or_post
def step(request: HttpRequest) -> HttpResponse:
    """After the password: a code from the phone, or a recovery code."""
    user = person(request)
    if not second.has(user):
        return redirect("towns")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if _right(user, form):
        _passed(request)
        return HttpResponseRedirect(wanted(request))
    return _page(request, form, N_("Second factor"), _ENTER)


@never_cache
@sensitive_post_parameters("code")
@require_safe_or_post
def set_up(request: HttpRequest) -> HttpResponse:
    """Shows the key as a QR code; the first right code confirms it, and the recovery codes are shown, once."""
    user = person(request)
    if second.has(user):
        return redirect("account")
    secret = second.begun(user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if _right(user, form):
        _passed(request)
        update_session_auth_hash(request, user)
        return render(request, "desk/accounts/recovery_codes.html", {"codes": second.recovery_codes(user)})
    lead = N_("Scan the picture with an app for one-time codes on your phone, then enter the code that it shows.")
    qr = _drawn(second.address(user, secret))
    return _page(request, form, N_("Set up a second factor"), lead, qr=qr, secret=secret)


@never_cache
@sensitive_post_parameters("code")
@require_safe_or_post
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, after a code from the phone; the earlier ones are void."""
    user = person(request)
    if not second.has(user):
        return redirect("second_setup")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if _right(user, form):
        return render(request, "desk/accounts/recovery_codes.html", {"codes": second.recovery_codes(user)})
    return _page(request, form, N_("New recovery codes"), _ENTER)


@never_cache
@sensitive_post_parameters("code")
@require_safe_or_post
def switch_off(request: HttpRequest) -> HttpResponse:
    """Takes the second factor off one's own account, where no role demands it."""
    user = person(request)
    if not second.has(user):
        return redirect("account")
    if second.demanded(user):
        raise PermissionDenied
    form = CodeForm(request.POST if request.method == "POST" else None)
    if _right(user, form):
        second.remove(user)
        return saved("account")
    lead = _ENTER
    return _page(request, form, N_("Switch the second factor off"), lead)


def _right(user: User, form: CodeForm) -> bool:
    """Whether the code that was sent is right; else the form says why not. Guessing is slowed down."""
    if not form.is_bound or not form.is_valid():
        return False
    made = throttle.attempt_inside("second factor", user.pk)
    if made is None:
        form.add_error("code", throttle.SLOW_DOWN)
        return False
    code = form.cleaned_data["code"]
    if second.accepts(user, code) or (second.has(user) and second.accepts_recovery(user, code)):
        throttle.succeeded(made)
        return True
    form.add_error("code", _WRONG)
    return False


def _passed(request: HttpRequest) -> None:
    request.session.cycle_key()
    request.session[second.PASSED] = True


def _page(
    request: HttpRequest, form: CodeForm, heading: str, lead: str, qr: str = "", secret: str = ""
) -> HttpResponse:
    words = current()
    context = {
        "form": form,
        "heading": words(heading),
        "lead": words(lead),
        "button": words(N_("Continue")),
        "next": wanted(request),
        "qr": qr,
        "secret": secret,
    }
    return render(request, "desk/accounts/second_step.html", context)


def _drawn(text: str) -> SafeString:
    """A QR code as SVG. What stands in it is drawn, not written, so no text of a person can become markup."""
    content = io.BytesIO()
    segno.make(text, error="m").save(content, kind="svg", xmldecl=False, svgns=True, scale=4, omitsize=True)
    return mark_safe(content.getvalue().decode())
