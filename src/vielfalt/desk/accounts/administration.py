"""Looking after accounts: who is here, inviting, giving and taking roles, new links, closing.

Shown of a colleague are name, address and roles; nothing says when somebody was here or what they did.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vielfalt.desk.accounts import erasing, last, links, mail, roles, second
from vielfalt.desk.accounts.forms import EVERY_TOWN, InvitationForm, RoleForm
from vielfalt.desk.accounts.models import Membership, StrictRole, User
from vielfalt.desk.accounts.permissions import may, needs, reach_of, visible
from vielfalt.desk.atlas.templatetags.words import current
from vielfalt.desk.history.watching import note
from vielfalt.desk.methods import require_safe_or_post
from vielfalt.desk.releases.models import Town
from vielfalt.desk.saved import is_saved, saved
from vielfalt.words import N_

LAST = N_("This is the last account that looks after every town. Give somebody else that role first.")
GONE = N_(
    "Name, e-mail address, roles and sessions are erased. The history keeps the number of the account. Nobody can undo "
    "this."
)
UNGUARDED = N_(
    "Until it is set up again, the password alone protects the account. Make sure that this person is really the one "
    "who asks."
)
STILL_OPEN = N_("Close the account first. A closed account can be erased.")


@require_safe
@never_cache
@needs("accounts")
def accounts(request: HttpRequest) -> HttpResponse:
    """The people with a role in the administrator's towns, in the order of their names."""
    note("accounts_read", request, request.user.pk)
    people = [(user, _roles(user)) for user in _people(request)]
    everywhere = reach_of(request.user, "accounts").everywhere
    return render(
        request, "desk/accounts/accounts.html", {"people": people, "everywhere": everywhere, "saved": is_saved(request)}
    )


@require_safe_or_post
@never_cache
@needs("accounts")
def invite(request: HttpRequest) -> HttpResponse:
    """Makes an account with a first role and shows the link that lets its owner in.

    Who has an account, in whatever town, gets the role and is told: an administrator learns of an account by giving
    its owner a role, which the history keeps, and not behind their back.
    """
    form = InvitationForm(request.POST if request.method == "POST" else None, towns=_towns(request))
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/accounts/invite.html", {"form": form})
    given = form.cleaned_data
    with transaction.atomic():
        user, new = User.objects.get_or_create(
            email=given["email"].lower(),
            defaults={"name": given["name"], "language": given["language"], "password": "!"},
        )
        more = _give(user, given["role"], given["town"])
    if new:
        return _with_link(request, user)
    if more:
        mail.send_given(user)
    return saved("account_of", user.pk)


@require_safe
@never_cache
@needs("accounts")
def account_of(request: HttpRequest, number: int) -> HttpResponse:
    """One account: its roles in the administrator's towns, and what may be done with it."""
    note("accounts_read", request, request.user.pk)
    return _shown(request, _person(request, number))


@require_POST
@needs("accounts")
def give_role(request: HttpRequest, number: int) -> HttpResponse:
    """Gives an account a role in one of the administrator's towns."""
    user = _person(request, number)
    form = RoleForm(request.POST, towns=_towns(request))
    if not form.is_valid():
        raise Http404
    _give(user, form.cleaned_data["role"], form.cleaned_data["town"])
    return saved("account_of", number)


@require_POST
@needs("accounts")
@transaction.atomic
def take_role(request: HttpRequest, number: int, membership: int) -> HttpResponse:
    """Takes a role away; the last administrator of every town keeps it."""
    user = _held(_people(request), number)
    found = get_object_or_404(visible(request.user, user.memberships.all(), "accounts"), pk=membership)
    if not last.without_last(user, [found]):
        return _shown(request, user, LAST, status=409)
    found.delete()
    if _people(request).filter(pk=number).exists():
        return saved("account_of", number)
    return saved("accounts")


@require_POST
@never_cache
@needs("accounts")
def new_link(request: HttpRequest, number: int) -> HttpResponse:
    """A new link for somebody who has no password or has forgotten it; shown once."""
    return _with_link(request, get_object_or_404(_whole_people(request), pk=number))


@require_POST
@needs("accounts")
@transaction.atomic
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Closes an account: nobody gets in with it any more, from the next page on."""
    user = _held(_whole_people(request), number)
    if last.is_last(user):
        return _shown(request, user, LAST, status=409)
    user.is_active, user.closed = False, timezone.now()
    user.save()
    return saved("account_of", number)


@require_POST
@needs("accounts")
@transaction.atomic
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    """Opens a closed account again."""
    user = _held(_whole_people(request), number)
    user.is_active, user.closed = True, None
    user.save()
    return saved("account_of", number)


@require_POST
@needs("accounts")
@transaction.atomic
def erase(request: HttpRequest, number: int) -> HttpResponse:
    """Erases all that is personal of a closed account, after asking."""
    user = _held(_whole_people(request), number)
    if user.is_active:
        return _shown(request, user, STILL_OPEN, status=409)
    if not _is_sure(request):
        return _ask(request, user, N_("Erase the account of {name} for good?"), GONE, N_("Erase the account for good"))
    erasing.erase(user, timezone.now())
    return saved("accounts")


@require_POST
@needs("accounts")
@transaction.atomic
def reset_factor(request: HttpRequest, number: int) -> HttpResponse:
    """Takes the second factor off an account whose owner lost phone and codes, after asking."""
    user = _held(_whole_people(request), number)
    if not _is_sure(request):
        return _ask(
            request, user, N_("Take the second factor off {name}?"), UNGUARDED, N_("Take the second factor off")
        )
    second.remove(user)
    return saved("account_of", number)


@require_safe_or_post
@needs("accounts")
def strict_roles(request: HttpRequest) -> HttpResponse:
    """Which roles demand a second factor, in every town; set by who looks after every town."""
    if not reach_of(request.user, "accounts").everywhere:
        raise PermissionDenied
    if request.method == "POST":
        chosen = [role.id for role in roles.GIVEN if role.id in request.POST.getlist("role")]
        with transaction.atomic():
            StrictRole.objects.exclude(role__in=chosen).delete()
            StrictRole.objects.bulk_create([StrictRole(role=role) for role in chosen], ignore_conflicts=True)
        return saved("accounts")
    strict = set(StrictRole.objects.values_list("role", flat=True))
    context = {"choices": [(role, role.id in strict) for role in roles.GIVEN]}
    return render(request, "desk/accounts/strict_roles.html", context)


def _people(request: HttpRequest) -> QuerySet[User]:
    """Everybody the administrator may change, and everybody with a role in their towns."""
    here = visible(request.user, Membership.objects.all(), "accounts")
    whole = visible(request.user, User.objects.all(), "accounts")
    shown = Prefetch("memberships", here.select_related("town"))
    people = User.objects.filter(erased=None)
    return people.filter(Q(pk__in=whole.values("pk")) | Q(pk__in=here.values("user"))).prefetch_related(shown)


def _person(request: HttpRequest, number: int) -> User:
    return get_object_or_404(_people(request), pk=number)


def _whole_people(request: HttpRequest) -> QuerySet[User]:
    """Those whose every role lies in the administrator's towns."""
    return visible(request.user, User.objects.filter(erased=None), "accounts")


def _held(people: QuerySet[User], number: int) -> User:
    """One of the people, as the account is now; no other request changes it until the transaction is over."""
    return get_object_or_404(people.select_for_update(), pk=number)


def _roles(user: User) -> list[tuple[Membership, roles.Role]]:
    """The roles of a person in the order of the roles, each with its towns by name."""
    order = list(roles.BY_ID)
    held = sorted(user.memberships.all(), key=lambda one: (order.index(one.role), one.town.name if one.town else ""))
    return [(one, roles.BY_ID[one.role]) for one in held]


def _towns(request: HttpRequest) -> dict[str, str]:
    """The towns that a role can be given in, by key; every town for who looks after every town."""
    towns = {town.ags: town.name for town in visible(request.user, Town.objects.all(), "accounts")}
    everywhere = reach_of(request.user, "accounts").everywhere
    return {**towns, EVERY_TOWN: current()(N_("every municipality"))} if everywhere else towns


def _give(user: User, role: str, ags: str) -> bool:
    """Whether the person did not have the role before."""
    town = None if ags == EVERY_TOWN else Town.objects.get(ags=ags)
    return Membership.objects.get_or_create(user=user, town=town, role=role)[1]


def _with_link(request: HttpRequest, user: User) -> HttpResponse:
    """The page that shows a link once; by mail too, where the desk can send one."""
    link = request.build_absolute_uri(reverse("one_time_link", args=[links.token_for(user)]))
    sent = mail.send_link(user, link)
    return render(request, "desk/accounts/made_link.html", {"person": user, "link": link, "sent": sent})


def _is_sure(request: HttpRequest) -> bool:
    """Whether the reader has seen the question before what cannot be undone, and said yes."""
    return request.POST.get("sure") == "ja"


def _ask(request: HttpRequest, user: User, question: str, consequence: str, button: str) -> HttpResponse:
    """The question before what cannot be undone; its form leads to the same address."""
    words = current()
    context = {
        "person": user,
        "question": words(question, name=user.name),
        "consequence": words(consequence),
        "button": words(button),
    }
    return render(request, "desk/accounts/sure.html", context)


def _shown(request: HttpRequest, user: User, fault: str = "", status: int = 200) -> HttpResponse:
    context = {
        "person": user,
        "has_factor": second.has(user),
        "memberships": _roles(user),
        "whole": may(request.user, "accounts", user),
        "form": RoleForm(towns=_towns(request)),
        "fault": fault,
        "saved": is_saved(request),
    }
    return render(request, "desk/accounts/account_of.html", context, status=status)
