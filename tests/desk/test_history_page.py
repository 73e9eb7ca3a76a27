"""The page of a history: what was done in words, by whom as a number, with dates of here, and no view by account."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

import people
import pytest
from django.test import Client
from django.urls import reverse

import vielfalt.desk
from vielfalt.desk.history.models import Entry
from vielfalt.desk.history.recording import HIDDEN, acting
from vielfalt.desk.publishing import steps
from vielfalt.desk.publishing.models import Publisher
from vielfalt.desk.releases.models import Release

pytestmark = pytest.mark.django_db
DESK = Path(vielfalt.desk.__file__).parent


def text_of(client: Client, name: str, release: Release, language: str = "de") -> str:
    """The table of a history page as text."""
    of_release = {"name": release.name} if name == "release_history" else {}
    address = reverse(name, kwargs={"ags": release.town.ags, **of_release})
    markup = client.get(address, headers={"accept-language": language}).content.decode()
    table = markup.partition("<table")[2].partition("</table>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", table)).split())


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_history_of_an_object_is_shown(client: Client, release: Release, language: str) -> None:
    with acting(lambda: "17"):
        release.town.name = "Musterburg"
        release.town.save()
    told = text_of(client, "town_history", release, language)
    wanted = {
        "de": ("Konto 17 Geändert Name von Musterfurt zu Musterburg", "Die Kommune wurde eingetragen"),
        "en": ("Account 17 Changed Name from Musterfurt to Musterburg", "The municipality was entered"),
    }
    assert all(part in told for part in wanted[language])
    assert "Musterfurt" not in text_of(client, "release_history", release)


def test_a_publication_is_told_in_words(client: Client, release: Release) -> None:
    """No key, no time of another zone, no hash of 64 digits, no sign for what is hidden."""
    proposer, head = people.person("integration", release.town), people.person("head", release.town)
    release.description["licence"] = "dl-de/by-2-0"
    with acting(lambda: str(proposer.pk)):
        Publisher.objects.create(
            town=release.town, name="Stadt", contact="a@example.org", licence="dl-by", attribution="Stadt"
        )
        steps.propose(proposer, release)
    with acting(lambda: str(head.pk)):
        steps.publish(head, release)
        steps.withdraw(head, release, "Eine Zahl ist falsch.")
    told = text_of(client, "release_history", release)
    for part in (
        "Die Zahlen wurden zum Öffentlichmachen vorgeschlagen",
        f"Konto {head.pk} Die Zahlen wurden öffentlich gemacht",
        "Begründung Eine Zahl ist falsch.",
        "Art der Quelle Melderegister",
        "Stichtag 31.12.2025",
        f"Veröffentlichung {release.town.name} am 31.12.2025",
    ):
        assert part in told
    assert HIDDEN not in told
    assert not re.search(r"\d{4}-\d\d-\d\dT|sha256|[0-9a-f]{65}", told)
    assert "Datenlizenz Deutschland – Namensnennung" in text_of(client, "town_history", release)


def test_moments_are_those_of_the_town(client: Client, release: Release) -> None:
    """The time of the page is that of Berlin, not that of the database."""
    from vielfalt.desk.history import telling
    from vielfalt.words import Words

    entry = Entry.objects.filter(model="releases.Release").get()
    summer = entry.at.replace(month=7, day=1, hour=22, minute=30)
    assert telling.moment(summer, Words("de")) == f"02.07.{summer.year}, 00:30 Uhr"
    assert telling.moment(summer, Words("en")).endswith("00:30")


def test_there_is_no_view_by_account(client: Client, release: Release) -> None:
    """No address takes an account, and no module of the desk selects entries or events by one."""
    address = reverse("town_history", args=[release.town.ags])
    plain, asked = (client.get(address + query).content for query in ("", "?who=17"))
    assert plain.count(b"<tr") == asked.count(b"<tr") > 1
    assert {path.relative_to(DESK).as_posix() for path in DESK.rglob("*.py") if asks_by_account(path)} == {
        "accounts/information.py"  # what a person is told of themselves
    }


def asks_by_account(path: Path) -> bool:
    """Whether a module selects, sorts, groups or counts the entries of a log by who did it."""
    asking = ("filter", "get", "exclude", "values", "values_list", "annotate", "aggregate", "order_by", "distinct", "Q")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in asking:
            named = [word.arg or "" for word in node.keywords]
            named += [str(part.value) for part in node.args if isinstance(part, ast.Constant)]
            if any(name.lstrip("-").partition("__")[0] == "who" for name in named):
                return True
    return False
