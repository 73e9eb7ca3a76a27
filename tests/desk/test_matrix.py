"""Role x address: what each role may open, and that nobody can open what is another town's.

Every address of ``urls.py`` stands in ``TABLE``; one that does not fails. A cell is the status of the answer; "go"
stands for a page that leads on (302), and who is not logged in is led to the login page unless it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import people
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from test_pages import Page, addresses

from vielfalt.desk.accounts import roles
from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.releases.models import Release, Town

pytestmark = pytest.mark.django_db
READS = {role.id for role in roles.ALL if role.grants.get("read") == "town"}
EVERYBODY = {role.id for role in roles.ALL}
HISTORY = {role.id for role in roles.ALL if "history" in role.grants}
IMPORTS = {role.id for role in roles.ALL if "import" in role.grants}
OPERATES = {role.id for role in roles.ALL if "operate" in role.grants}
ADMINISTERS = {role.id for role in roles.ALL if "accounts" in role.grants}

DOORS = (ADMINISTERS, IMPORTS | OPERATES)
"""Who may open nothing of the kind is refused before the thing is looked for."""


@dataclass(frozen=True)
class Row:
    """One address: how it is asked, who may open it, and the answer to those, to others and to strangers."""

    allowed: frozenset[str]
    ok: int = 200
    others: int = 403
    method: str = "get"
    anonymous: int = 302
    elsewhere: int | None = None
    """The answer about another town's thing, for everybody; None where the address names no thing."""
    blind: int | None = None
    """The answer to roles that read nothing, where it is another than to others."""

    def to(self, role: str) -> int:
        """The answer to a role."""
        if role in self.allowed:
            return self.ok
        return self.blind if self.blind and role not in READS else self.others


def row(allowed: set[str], **values: int | str | None) -> Row:
    return Row(frozenset(allowed), **values)  # type: ignore[arg-type]


OF_A_TOWN = row(READS, others=404, elsewhere=404)
OPEN = row(EVERYBODY, anonymous=200)
ACCOUNTS = row(ADMINISTERS)
DO = row(ADMINISTERS, method="post", ok=302, elsewhere=404)
PROPOSES = {role.id for role in roles.ALL if {"propose", "publish"} & set(role.grants)}
OF_A_RELEASE = (
    *("theme_geojson", "origins", "origin", "origin_file", "quotient_file"),
    *("release", "theme", "theme_csv", "theme_xlsx", "theme_svg", "theme_png", "area", "area_file"),
    *("report_pdf", "report_html", "package", "indices", "indices_file", "definitions", "excerpt"),
)
TABLE: dict[str, Row] = {
    "towns": row(EVERYBODY),
    "compare": row(EVERYBODY),
    # Who reads no town compares none.
    "compare_file": row(READS, others=404),
    # There is one date, so nothing changes.
    **dict.fromkeys(("time_file", "change_file", "line_file"), row(set(), others=404, elsewhere=404)),
    "town": OF_A_TOWN,
    "time": OF_A_TOWN,
    **dict.fromkeys(OF_A_RELEASE, OF_A_TOWN),
    # Nothing is chosen, so there is no report.
    **dict.fromkeys(("excerpt_pdf", "excerpt_xlsx"), row(READS, ok=422, others=404, elsewhere=404)),
    "publisher": row({role.id for role in roles.ALL if "propose" in role.grants}, elsewhere=404, blind=404),
    "town_history": row(HISTORY, others=404, elsewhere=404),
    "release_history": row(HISTORY & READS, elsewhere=404, blind=404),
    "publication": row(PROPOSES, elsewhere=404, blind=404),
    # Nothing is published, so there is nothing of it to read.
    **dict.fromkeys(("open_data", "catalogue", "open_file"), row(set(), others=404, elsewhere=404)),
    **dict.fromkeys(
        (
            "help",
            "index_methods",
            "index_method",
            "plain_words",
            "imprint",
            "data_protection",
            "accessibility",
            "about",
        ),
        OPEN,
    ),
    "upload": row(IMPORTS),
    "jobs": row(IMPORTS | OPERATES),
    "job": row(IMPORTS | OPERATES, elsewhere=404),
    "start_again": row(IMPORTS | OPERATES, method="post", ok=302, elsewhere=404),
    "login": row(EVERYBODY, ok=302, anonymous=200),
    "logout": row(EVERYBODY, method="post", ok=302),
    "one_time_link": row(EVERYBODY, ok=410, anonymous=410),
    "set_language": row(EVERYBODY, method="post", ok=302),
    # Nothing is set, so there is no provider.
    "sso": row(EVERYBODY, ok=404, anonymous=404),
    "openid_connect_callback": row(EVERYBODY, ok=404, anonymous=404),
    "account": row(EVERYBODY),
    "password": row(EVERYBODY),
    "own_information": row(EVERYBODY),
    "log_out_everywhere": row(EVERYBODY, method="post", ok=302),
    "second_step": row(EVERYBODY, ok=302),
    "second_setup": row(EVERYBODY),
    "second_codes": row(EVERYBODY, ok=302),
    "second_off": row(EVERYBODY, ok=302),
    "accounts": ACCOUNTS,
    "invite": ACCOUNTS,
    # Set by who looks after every town; the administrator of this matrix looks after one.
    "strict_roles": row(set()),
    "account_of": row(ADMINISTERS, elsewhere=404),
    "give_role": DO,
    "take_role": DO,
    "new_link": row(ADMINISTERS, method="post", elsewhere=404),
    "reset_factor": DO,
    "close_account": DO,
    # The colleague's account is open: it has to be closed first.
    "erase_account": row(ADMINISTERS, method="post", ok=409, elsewhere=404),
    "reopen_account": DO,
}


def names(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found: set[str] = set()
    for entry in patterns:
        found |= names(entry.url_patterns) if isinstance(entry, URLResolver) else {str(entry.name)}
    return found


def at(name: str, release: Release, colleague: User) -> str:
    """An address of a thing of the release's town."""
    of_pages = addresses(release)
    if name in of_pages:
        return of_pages[name]
    town = {"ags": release.town.ags}
    of_publishing: dict[str, dict[str, str]] = {
        "publisher": town,
        "open_data": town,
        "catalogue": {**town, "form": "ttl"},
        "town_history": town,
        "release_history": {**town, "name": release.name},
        "publication": {**town, "name": release.name},
        "open_file": {**town, "name": release.name, "path": "datapackage.json"},
    }
    if name in of_publishing or name == "plain_words":
        return reverse(name, kwargs=of_publishing.get(name))
    if name == "own_information":
        return reverse(name, args=["json"])
    number = {"number": colleague.pk}
    membership = Membership.objects.filter(user=colleague).first()
    if name == "take_role":
        return reverse(name, kwargs={**number, "membership": membership.pk if membership else 0})
    return reverse(name, kwargs=number if TABLE[name].elsewhere else None)


def ask(browser: Client, name: str, address: str) -> int:
    """The status of the answer; what changes something is sent in full."""
    sent = {"role": "council", "town": "05999004", "language": "en", "sure": "ja"}
    answer = browser.post(address, sent) if TABLE[name].method == "post" else browser.get(address)
    if answer.streaming:
        list(answer)  # a file is closed when it has been read
    return answer.status_code


def test_every_address_stands_in_the_table() -> None:
    assert names(get_resolver().url_patterns) == set(TABLE)


def test_each_role_opens_what_the_table_says(release: Release) -> None:
    answers, table = {}, {}
    for role in (*sorted(EVERYBODY), ""):
        for name, entry in TABLE.items():
            colleague = people.person("department", release.town)
            browser = people.client(people.person(role, release.town)) if role else Client()
            answers[role, name] = ask(browser, name, at(name, release, colleague))
            table[role, name] = entry.to(role) if role else entry.anonymous
    assert answers == table


def test_what_is_another_towns_does_not_exist(release: Release) -> None:
    """Somebody with a role in another town: 404, or 403 where the role opens nothing of the kind in any town."""
    elsewhere = Town.objects.create(ags="05999005", name="Nebenstadt")
    colleague = people.person("department", release.town)
    found, wanted = {}, {}
    for role in sorted(EVERYBODY):
        browser = people.client(people.person(role, elsewhere))
        for name, entry in TABLE.items():
            if entry.elsewhere is not None:
                found[role, name] = ask(browser, name, at(name, release, colleague))
                shut = entry.allowed in DOORS and role not in entry.allowed
                wanted[role, name] = entry.others if shut else entry.elsewhere
        for name in ("towns", "compare"):
            assert "Musterfurt" not in browser.get(reverse(name)).content.decode()
    assert found == wanted


def test_no_link_leads_to_a_closed_door(release: Release) -> None:
    """Whatever a role is shown as a link it may open."""
    closed = []
    for role in sorted(EVERYBODY):
        browser = people.client(people.person(role, release.town))
        seen: set[str] = set()
        waiting = ["/"]
        while waiting and len(seen) < 15:
            address = waiting.pop(0)
            seen.add(address)
            answer = browser.get(address)
            if answer.status_code != 200:
                closed.append((role, address, answer.status_code))
                continue
            links = (link.partition("?")[0] for link in Page(answer.content.decode()).links)
            pages = [link for link in dict.fromkeys(links) if link.startswith("/") and link.endswith("/")]
            waiting += [link for link in pages if link not in seen and link not in waiting]
        assert len(seen) > 3
    assert closed == []
