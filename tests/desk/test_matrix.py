"""Role x address: what each role may open, and that nobody can open what is another town's.

Every address of ``urls.py`` stands in ``TABLE``; one that does not fails. A cell is the status of the answer; "go"
stands for a page that leads on (302), and who is not logged in is led to the login page unless it says otherwise.
"""

from __future__ import annotations

import people
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pages_served import Page, addresses
from roles_and_addresses import ADMINISTERS, EVERYBODY, IMPORTS, OPERATES, TABLE

from vielfalt.desk.accounts.models import Membership, User
from vielfalt.desk.releases.models import Release, Town

pytestmark = pytest.mark.django_db

DOORS = (ADMINISTERS, IMPORTS | OPERATES)
"""Who may open nothing of the kind is refused before the thing is looked for."""


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


@pytest.mark.parametrize("role", ["administration", "statistics", ""])
def test_every_page_answers_head_as_it_answers_get(release: Release, role: str) -> None:
    """Programs that watch a server ask for no more than that; content is left out on the way (``test_served``)."""
    colleague = people.person("department", release.town)
    browser = people.client(people.person(role)) if role else Client()
    for name in (name for name, entry in TABLE.items() if entry.method == "get"):
        address = at(name, release, colleague)
        answers = [browser.head(address), browser.get(address)]
        for answer in answers:
            answer.close()
        assert answers[0].status_code == answers[1].status_code, name
