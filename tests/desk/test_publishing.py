"""Publishing: two persons, a licence, and then everybody; taken back it is gone for strangers."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import people
import pyshacl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rdflib import DCAT, RDF, Graph, URIRef

from vielfalt.desk.accounts.models import User
from vielfalt.desk.atlas.packages import archive_of
from vielfalt.desk.publishing import opendata, steps
from vielfalt.desk.publishing.forms import PublisherForm
from vielfalt.desk.publishing.models import Publication, Publisher
from vielfalt.desk.releases.models import Release, Town
from vielfalt.publish.licences import LICENCES

pytestmark = [
    pytest.mark.django_db,
    # The library of the catalogue and the one that judges it use each other's older names.
    pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning"),
]

SHAPES = Path(__file__).with_name("dcat_ap_de.ttl")
PUBLISHER = {
    "name": "Stadt Musterstadt",
    "contact": "integration@example.org",
    "licence": "dl-by",
    "attribution": "Stadt Muster",
}


@pytest.fixture()
def proposer(release: Release) -> User:
    return people.person("integration", release.town)


@pytest.fixture()
def head(release: Release) -> User:
    return people.person("head", release.town)


@pytest.fixture()
def publisher(release: Release) -> Publisher:
    return Publisher.objects.create(town=release.town, **PUBLISHER)


def test_the_page_of_a_town_tells_what_is_public(
    release: Release, publisher: Publisher, proposer: User, head: User
) -> None:
    """To those who publish; others read what they may and need not know."""
    seen = people.client(head)
    where = reverse("town", args=[release.town.ags])
    assert "Nicht öffentlich</td>" in seen.get(where).content.decode()
    steps.propose(proposer, release)
    assert ">Vorgeschlagen</td>" in seen.get(where).content.decode()
    steps.publish(head, release)
    assert ">Öffentlich</td>" in seen.get(where).content.decode()
    council = people.client(people.person("council", release.town))
    for reader in (council, Client()):
        assert release.name in reader.get(where).content.decode()
        assert ">Öffentlich</td>" not in reader.get(where).content.decode()


@pytest.fixture()
def published(release: Release, publisher: Publisher, proposer: User, head: User) -> Publication:
    steps.propose(proposer, release)
    return steps.publish(head, release)


def pages_of(release: Release) -> list[str]:
    """The pages that show a release, with its files."""
    at = (release.town.ags, release.name)
    named = (
        "release",
        "theme",
        "theme_csv",
        "theme_xlsx",
        "theme_svg",
        "report_html",
        "package",
        "indices",
        "definitions",
    )
    quarter = release.levels.all()[1].area_set
    return [
        reverse("towns"),
        reverse("town", args=at[:1]),
        reverse("time", args=at[:1]),
        reverse("compare"),
        reverse("compare_file", args=["csv"]),
        *(reverse(name, args=at) for name in named),
        reverse("area", args=(*at, quarter.level, quarter.areas[0]["key"])),
        reverse("area_file", args=(*at, quarter.level, quarter.areas[0]["key"], "csv")),
        reverse("indices_file", args=(*at, "xlsx")),
        reverse("origin_file", args=(*at, "turkey", "csv")),
        reverse("open_data", args=at[:1]),
        reverse("catalogue", args=(at[0], "ttl")),
        reverse("open_file", args=(*at, opendata.open_files(release)[0].path)),
    ]


def test_a_stranger_reads_what_is_published_and_nothing_before_or_after(
    anonymous: Client, release: Release, publisher: Publisher, proposer: User, head: User
) -> None:
    addresses = pages_of(release)

    def readable() -> set[int]:
        found = set()
        for address in addresses:
            answer = anonymous.get(address)
            found.add(answer.status_code)
            answer.getvalue()  # a file is closed when it was read; to close the answer would close the test's database
        return found

    assert readable() == {302}
    steps.propose(proposer, release)
    assert readable() == {302}
    steps.publish(head, release)
    assert readable() == {200}
    steps.withdraw(head, release, "Eine Zahl ist falsch.")
    assert readable() == {302}
    assert anonymous.get(addresses[0])["Location"].startswith(reverse("login"))


def test_a_stranger_cannot_tell_an_unpublished_release_from_none(anonymous: Client, release: Release) -> None:
    there = anonymous.get(reverse("release", args=(release.town.ags, release.name)))
    nowhere = anonymous.get(reverse("release", args=("00000000", "1999-12-31-1")))
    assert there.status_code == nowhere.status_code == 302


def test_whoever_proposed_a_release_cannot_publish_it(release: Release, publisher: Publisher, proposer: User) -> None:
    steps.propose(proposer, release)
    with pytest.raises(steps.RefusedError, match="somebody else"):
        steps.publish(proposer, release)
    assert release.publications.get().state == "proposed"


def test_the_database_refuses_one_person_for_both(release: Release, proposer: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(
            release=release, proposed_by=proposer, approved_by=proposer, approved_at=timezone.now()
        )


def test_the_database_refuses_a_second_open_publication(published: Publication, head: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(release=published.release, proposed_by=head)


def test_nothing_is_proposed_before_somebody_answers_for_it(release: Release, proposer: User) -> None:
    with pytest.raises(steps.RefusedError, match="who publishes"):
        steps.propose(proposer, release)


def test_the_licence_is_that_of_the_release_and_stays(
    release: Release, publisher: Publisher, proposer: User, head: User
) -> None:
    publisher.licence = "cc-by"
    publisher.save()
    with pytest.raises(steps.RefusedError, match="release itself"):
        steps.propose(proposer, release)
    publisher.licence = "dl-by"
    publisher.save()
    steps.propose(proposer, release)
    for licence, refused in (("cc-by", True), ("dl-by", False)):
        publisher.licence = licence
        publisher.save()
        page = people.client(head).post(
            reverse("publication", args=(release.town.ags, release.name)), {"step": "publish"}
        )
        assert (page.status_code == 409) == refused, "another one, chosen since it was proposed, is none of the release"
    answer = people.client(proposer).post(
        reverse("publisher", args=(release.town.ags,)), {**PUBLISHER, "licence": "cc-by"}
    )
    assert "Unter der jetzigen Lizenz" in answer.content.decode()
    assert Publisher.objects.get(town=release.town).licence == "dl-by"


def test_a_reason_loses_signs_that_nobody_sees(release: Release, publisher: Publisher, proposer: User) -> None:
    steps.propose(proposer, release)
    page = reverse("publication", args=(release.town.ags, release.name))
    people.client(proposer).post(page, {"step": "decline", "reason": " zu\u202e\r\n\r\n  früh\0 "})
    assert Publication.objects.get().reason == "zu\n\nfrüh"
    assert '<td class="kern-table__cell lines">zu\n\nfrüh</td>' in people.client(proposer).get(page).content.decode()


@pytest.mark.parametrize("role", ["department", "council", "county", "volunteers", "public", "administration", ""])
def test_other_roles_take_no_step(role: str, release: Release, publisher: Publisher, proposer: User) -> None:
    user = people.person(role, release.town if role else None)
    with pytest.raises(PermissionDenied):
        steps.propose(user, release)
    steps.propose(proposer, release)
    refused: tuple[Callable[[], object], ...] = (
        lambda: steps.publish(user, release),
        lambda: steps.decline(user, release, "Nein."),
    )
    for step in refused:
        with pytest.raises(PermissionDenied):
            step()
    assert people.client(user).get(reverse("publication", args=(release.town.ags, release.name))).status_code in (
        403,
        404,
    )


def test_a_proposal_ends_for_a_reason_and_can_be_made_again(
    release: Release, publisher: Publisher, proposer: User, head: User
) -> None:
    steps.propose(proposer, release)
    with pytest.raises(steps.RefusedError, match="Write why"):
        steps.decline(head, release, "  ")
    assert steps.decline(head, release, "Der Rat berät erst im Mai.").state == "declined"
    steps.propose(proposer, release)
    assert steps.decline(proposer, release, "Zu früh.").state == "declined"
    steps.propose(proposer, release)
    assert steps.publish(head, release).state == "published"
    assert [entry.state for entry in release.publications.all()] == ["published", "declined", "declined"]


def test_steps_that_came_too_late_say_so(published: Publication, proposer: User, head: User) -> None:
    release = published.release
    late: tuple[Callable[[], object], ...] = (
        lambda: steps.propose(proposer, release),
        lambda: steps.publish(head, release),
        lambda: steps.decline(head, release, "Doch nicht."),
    )
    for step in late:
        with pytest.raises(steps.RefusedError):
            step()
    steps.withdraw(head, release, "Fehler.")
    with pytest.raises(steps.RefusedError, match="not published"):
        steps.withdraw(head, release, "Fehler.")


def test_the_start_page_tells_what_waits_for_a_second_person(
    release: Release, publisher: Publisher, proposer: User, head: User
) -> None:
    """The second person is led to it, the first one is told that it waits, and nobody else hears of it."""
    link = f'href="{reverse("publication", args=(release.town.ags, release.name))}"'
    readers = {
        "first": people.client(proposer),
        "second": people.client(head),
        "council": people.client(people.person("council", release.town)),
        "elsewhere": people.client(people.person("head", Town.objects.create(ags="05999009", name="Andernort"))),
    }

    def told() -> set[str]:
        return {name for name, browser in readers.items() if link in browser.get(reverse("towns")).content.decode()}

    assert told() == set()
    steps.propose(proposer, release)
    assert told() == {"first", "second"}
    assert "jemand anderes muss" in readers["first"].get(reverse("towns")).content.decode()
    steps.publish(head, release)
    assert told() == set()


def test_saving_the_publisher_is_confirmed_where_it_was_done(release: Release, proposer: User) -> None:
    browser, page = people.client(proposer), reverse("publisher", args=(release.town.ags,))
    assert "Gespeichert" not in browser.get(page).content.decode()
    answer = browser.post(page, PUBLISHER, follow=True)
    assert answer.redirect_chain[0][0].partition("?")[0] == page
    told = answer.content.decode()
    assert "Gespeichert" in told
    assert f'href="{reverse("publication", args=(release.town.ags, release.name))}"' in told


def test_two_persons_publish_in_the_browser(release: Release, publisher: Publisher, proposer: User, head: User) -> None:
    page = reverse("publication", args=(release.town.ags, release.name))
    first, second = people.client(proposer), people.client(head)
    head.name = "Kim Haupt"
    head.save()
    assert "Nicht öffentlich" in first.get(page).content.decode()
    assert first.post(page, {"step": "propose"}).status_code == 302
    refused = first.post(page, {"step": "publish"})
    assert refused.status_code == 409
    assert "jemand anderes" in refused.content.decode()
    assert second.post(page, {"step": "publish"}).status_code == 302
    shown = second.get(page).content.decode()
    assert "<strong>Öffentlich</strong>" in shown
    assert re.search("Öffentlich gemacht von</dt><dd[^>]*>Kim Haupt<", shown), "who proposed is not who published"
    assert "Nennen Sie keine Einwohnerinnen und Einwohner" in shown
    assert second.post(page, {"step": "withdraw", "reason": ""}).status_code == 409
    assert second.post(page, {"step": "withdraw", "reason": "Eine Zahl ist falsch."}).status_code == 302
    assert "Eine Zahl ist falsch." in second.get(page).content.decode()


def test_who_publishes_is_asked_for_and_kept(release: Release, proposer: User) -> None:
    page, browser = reverse("publisher", args=(release.town.ags,)), people.client(proposer)
    assert release.town.name in browser.get(page).content.decode()
    faulty = browser.post(page, {**PUBLISHER, "contact": "irgendwo", "attribution": ""})
    assert faulty.status_code == 200
    assert not Publisher.objects.exists()
    assert browser.post(page, PUBLISHER).status_code == 302
    assert browser.post(page, {**PUBLISHER, "licence": "dl-zero", "attribution": ""}).status_code == 302
    assert Publisher.objects.get(town=release.town).licence == "dl-zero"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"contact": "irgendwo"}, "contact"),
        ({"licence": "dl-zero", "attribution": ""}, None),
        ({"attribution": ""}, "attribution"),
        ({"licence": "unfrei"}, "licence"),
        ({"contributor": "keine Adresse"}, "contributor"),
        ({"contact": "https://example.org/kontakt"}, None),
    ],
)
def test_what_a_publisher_must_say(changed: dict[str, str], fault: str | None) -> None:
    form = PublisherForm(PUBLISHER | changed)
    assert set(form.errors) == ({fault} if fault else set())


@pytest.mark.parametrize("contact", ["integration@example.org", "https://example.org/kontakt"])
@pytest.mark.parametrize("licence", ["dl-by", "dl-zero", "cc-by"])
def test_the_catalogue_keeps_to_the_profile(
    anonymous: Client, published: Publication, contact: str, licence: str
) -> None:
    town = published.release.town
    Publisher.objects.update_or_create(
        town=town,
        defaults={"contact": contact, "licence": licence, "contributor": "http://dcat-ap.de/def/contributors/muster"},
    )
    graph = Graph().parse(data=anonymous.get(reverse("catalogue", args=(town.ags, "ttl"))).content, format="turtle")
    conforms, _, report = pyshacl.validate(graph, shacl_graph=str(SHAPES), inference="none")
    assert conforms, report
    assert len(set(graph.subjects(RDF.type, DCAT.Distribution))) == len(opendata.open_files(published.release))


@pytest.mark.parametrize(
    ("made_of", "level", "key"),
    [
        ([], "municipality", "municipalityKey/{ags}"),
        ([{"ags": "x"}], "administrativeDistrict", "districtKey/{district}"),
    ],
)
def test_the_catalogue_places_towns_and_counties(
    anonymous: Client, published: Publication, made_of: list[dict[str, str]], level: str, key: str
) -> None:
    """A county's package is known by the towns it is made of: its key is like that of a town outside any county."""
    release, ags = published.release, published.release.town.ags
    release.description = {**release.description, "made_of": made_of}
    release.save()
    text = anonymous.get(reverse("catalogue", args=(ags, "ttl"))).content
    graph, space = Graph().parse(data=text, format="turtle"), "http://dcat-ap.de/def/politicalGeocoding/"
    assert pyshacl.validate(graph, shacl_graph=str(SHAPES), inference="none")[0]
    named = {str(value) for value in graph.objects() if str(value).startswith(space)}
    assert named == {f"{space}Level/{level}", space + key.format(ags=ags, district=ags[:5])}


def test_the_shapes_find_what_is_missing(anonymous: Client, published: Publication) -> None:
    answer = anonymous.get(reverse("catalogue", args=(published.release.town.ags, "ttl")))
    graph = Graph().parse(data=answer.content, format="turtle")
    for predicate in set(graph.predicates()) - {
        RDF.type,
        DCAT.landingPage,
        URIRef("http://xmlns.com/foaf/0.1/homepage"),
    }:
        poorer = Graph()
        for subject, found, value in graph:
            if found != predicate:
                poorer.add((subject, found, value))
        assert not pyshacl.validate(poorer, shacl_graph=str(SHAPES), inference="none")[0], predicate


def test_every_form_of_the_catalogue_says_the_same(anonymous: Client, published: Publication) -> None:
    ags = published.release.town.ags
    sizes = set()
    for form, name in (("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")):
        answer = anonymous.get(reverse("catalogue", args=(ags, form)))
        sizes.add(len(Graph().parse(data=answer.content, format=name)))
    assert len(sizes) == 1
    assert anonymous.get(reverse("catalogue", args=(ags, "csv"))).status_code == 302


def test_files_are_those_of_the_package_and_no_others(anonymous: Client, published: Publication) -> None:
    at = (published.release.town.ags, published.release.name)
    files = opendata.open_files(published.release)
    assert {file.format for file in files} == {"CSV", "GEOJSON", "PDF"}
    for file in files:
        answer = anonymous.get(reverse("open_file", args=(*at, file.path)))
        assert hashlib.sha256(answer.content).hexdigest() == file.sha256
        assert len(answer.content) == file.size
        assert answer["Content-Disposition"].startswith("attachment")
    for path in ("audit.json", "MANIFEST", "../../../etc/passwd", "report.html"):
        assert anonymous.get(f"/kommunen/{at[0]}/{at[1]}/dateien/{path}").status_code in (302, 404)


def test_a_table_without_rows_is_no_open_data(published: Publication) -> None:
    """A county has no indices; its package holds their file with a heading alone."""
    kept = archive_of(published.release)
    with zipfile.ZipFile(kept) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["indices.csv"] = content["indices.csv"].partition(b"\n")[0] + b"\n"
    before = [file.path for file in opendata.open_files(published.release)]
    with zipfile.ZipFile(kept, "w") as archive:
        for name, held in content.items():
            archive.writestr(name, held)
    assert "indices.csv" in before
    assert [file.path for file in opendata.open_files(published.release)] == [
        path for path in before if path != "indices.csv"
    ]


def test_open_data_name_licence_and_source(anonymous: Client, published: Publication) -> None:
    page = anonymous.get(reverse("open_data", args=(published.release.town.ags,))).content.decode()
    for wanted in (
        PUBLISHER["name"],
        PUBLISHER["attribution"],
        "Namensnennung",
        "integration@example.org",
        "katalog.ttl",
    ):
        assert wanted in page
    assert "Gebiete: " in page
    assert "Mein Konto" not in page


def test_plain_words_are_plain_and_for_everybody(anonymous: Client) -> None:
    page = anonymous.get(reverse("plain_words")).content.decode()
    texts = [part.split("</p>")[0] for part in page.partition("<main")[2].split('<p class="kern-body">')[1:]]
    sentences = [
        sentence for text in texts for sentence in text.replace("?", ".").replace(":", ".").split(".") if sentence
    ]
    assert len(sentences) > 15
    assert max(len(sentence.split()) for sentence in sentences) <= 18


@pytest.mark.parametrize("contact", ["amt@stadt.example", "https://stadt.example/kontakt"])
def test_links_that_leave_the_desk_say_nothing_of_where_they_were_followed(
    anonymous: Client, published: Publication, contact: str
) -> None:
    """Whom to ask, and the text of the licence: whole addresses, and the only ones outside that a page names."""
    publisher = published.release.town.publisher
    publisher.contact = contact
    publisher.save()
    page = anonymous.get(reverse("open_data", args=(published.release.town.ags,))).content.decode()
    outside = dict(re.findall(r'<a [^>]*href="([a-z]+:[^"]*)"([^>]*)>', page))
    reached = contact if ":" in contact else f"mailto:{contact}"
    assert set(outside) == {reached, LICENCES[publisher.licence].text}
    assert all("noreferrer" in re.findall('rel="([^"]*)"', rest)[0].split() for rest in outside.values())
    assert not re.search(r'<(?:link|script|img|form|iframe)[^>]*(?:href|src|action)="(?!/)', page)
