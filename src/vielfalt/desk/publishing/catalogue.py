"""The open data of a town as a catalogue that other portals read (DCAT-AP.de 3.0, https://www.dcat-ap.de/def/dcatde/3.0/spec/).

One dataset for each published release, one distribution for each of its files. Whoever answers for it, the licence and
the attribution stand beside every file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from vielfalt.desk.atlas.counties import words_on
from vielfalt.desk.gateway import LICENCES
from vielfalt.desk.publishing.models import Publisher
from vielfalt.desk.publishing.opendata import OpenFile, titles
from vielfalt.desk.releases.models import Release
from vielfalt.words import N_, Language, Words

DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
_GEOCODING = "http://dcat-ap.de/def/politicalGeocoding/"
_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_PREFIXES = {"dcat": DCAT, "dcterms": DCTERMS, "dcatde": DCATDE, "foaf": FOAF, "vcard": VCARD, "spdx": SPDX}
_THEME = URIRef(_EU + "data-theme/SOCI")
_KEYWORDS = (N_("population"), N_("migration background"), N_("nationality"), N_("integration"))
_LANGUAGES: Mapping[Language, str] = {"de": "DEU", "en": "ENG"}
FORMATS = {
    "ttl": ("turtle", "text/turtle"),
    "rdf": ("pretty-xml", "application/rdf+xml"),
    "jsonld": ("json-ld", "application/ld+json"),
}
"""How the catalogue is written, by the ending of its address: rdflib's name for it, and the media type."""


@dataclass(frozen=True)
class Dataset:
    """A published release with its files, the address of its page, and since when it is public."""

    release: Release
    files: tuple[OpenFile, ...]
    page: str
    since: datetime


def catalogue(
    publisher: Publisher, datasets: Sequence[Dataset], home: str, address: Callable[[Dataset, OpenFile], str]
) -> Graph:
    """The catalogue of one town, in every language; ``home`` is its page, ``address`` where a file can be fetched."""
    graph = Graph()
    for prefix, space in _PREFIXES.items():
        graph.bind(prefix, space)
    found, agent = URIRef(home), URIRef(home + "#herausgeber")
    _all(graph, agent, [(RDF.type, FOAF.Agent), (FOAF.name, Literal(publisher.name))])
    town = publisher.town.name
    _all(graph, found, [(RDF.type, DCAT.Catalog), (DCTERMS.publisher, agent), (FOAF.homepage, found)])
    words = words_on(*(dataset.release for dataset in datasets[:1]))
    _said(graph, found, DCTERMS.title, words, N_("Open data of {town} on diversity"), town=town)
    _said(graph, found, DCTERMS.description, words, N_("Protected figures on who lives in {town}, by area."), town=town)
    for language in _LANGUAGES.values():
        graph.add((found, DCTERMS.language, URIRef(f"{_EU}language/{language}")))
    for dataset in datasets:
        node = URIRef(dataset.page)
        graph.add((found, DCAT.dataset, node))
        _dataset(graph, node, agent, publisher, dataset)
        named = {language: titles(dataset.release, words[language]) for language in _LANGUAGES}
        for file in dataset.files:
            part = URIRef(address(dataset, file))
            graph.add((node, DCAT.distribution, part))
            _distribution(graph, part, publisher, dataset, file, named)
    return graph


def _dataset(graph: Graph, node: URIRef, agent: URIRef, publisher: Publisher, dataset: Dataset) -> None:
    release = dataset.release
    day, town = release.reference_date.isoformat(), release.town
    period, contact = BNode(), BNode()
    _all(graph, period, [(RDF.type, DCTERMS.PeriodOfTime)])
    _all(graph, period, [(end, Literal(day, datatype=XSD.date)) for end in (DCAT.startDate, DCAT.endDate)])
    _all(graph, contact, [(RDF.type, VCARD.Organization), (VCARD.fn, Literal(publisher.name)), _reached(publisher)])
    facts: list[tuple[URIRef, Node]] = [
        (RDF.type, DCAT.Dataset),
        (DCTERMS.publisher, agent),
        (DCTERMS.identifier, Literal(f"{town.ags}-{release.name}")),
        (DCTERMS.issued, Literal(dataset.since.date().isoformat(), datatype=XSD.date)),
        (DCTERMS.temporal, period),
        (DCAT.contactPoint, contact),
        (DCAT.theme, _THEME),
        (DCAT.landingPage, node),
    ]
    _all(graph, node, facts + _place(release))
    if publisher.contributor:
        graph.add((node, DCATDE.contributorID, URIRef(publisher.contributor)))
    shown = release.reference_date.strftime("%d.%m.%Y")
    words = words_on(release)
    _said(graph, node, DCTERMS.title, words, N_("Who lives in {town}: figures on {date}"), town=town.name, date=shown)
    _said(
        graph,
        node,
        DCTERMS.description,
        words,
        N_(
            "Residents of {town} on {date} by area, nationality, migration background, age, sex and household. "
            "Protected: nobody can be recognised."
        ),
        town=town.name,
        date=shown,
    )
    for keyword in _KEYWORDS:
        _said(graph, node, DCAT.keyword, words, keyword)


def _place(release: Release) -> list[tuple[URIRef, Node]]:
    """Level and key of the municipality, or of the county (Kreisschlüssel of five digits), as DCAT-AP.de lists them."""
    county = release.of_county
    level = "administrativeDistrict" if county else "municipality"
    key = f"districtKey/{release.town.ags[:5]}" if county else f"municipalityKey/{release.town.ags}"
    return [
        (DCATDE.politicalGeocodingLevelURI, URIRef(f"{_GEOCODING}Level/{level}")),
        (DCATDE.politicalGeocodingURI, URIRef(_GEOCODING + key)),
    ]


def reached(publisher: Publisher) -> str:
    """The address of whom readers can ask: of e-mail (mailto:) or of a form."""
    by_mail = "@" in publisher.contact and "/" not in publisher.contact
    return "mailto:" + publisher.contact if by_mail else publisher.contact


def _reached(publisher: Publisher) -> tuple[URIRef, URIRef]:
    """How to reach whom readers can ask, as the catalogue says it."""
    address = reached(publisher)
    return VCARD.hasEmail if address.startswith("mailto:") else VCARD.hasURL, URIRef(address)


def _distribution(
    graph: Graph,
    part: URIRef,
    publisher: Publisher,
    dataset: Dataset,
    file: OpenFile,
    named: Mapping[Language, Mapping[str, str]],
) -> None:
    licence = LICENCES[publisher.licence]
    checksum = BNode()
    _all(
        graph,
        checksum,
        [
            (RDF.type, SPDX.Checksum),
            (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
            (SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)),
        ],
    )
    facts: list[tuple[URIRef, Node]] = [
        (RDF.type, DCAT.Distribution),
        (DCAT.accessURL, URIRef(dataset.page)),
        (DCAT.downloadURL, part),
        (DCTERMS["format"], URIRef(f"{_EU}file-type/{file.format}")),
        (DCAT.mediaType, URIRef(_IANA + file.media_type)),
        (DCAT.byteSize, Literal(str(file.size), datatype=XSD.nonNegativeInteger)),
        (DCTERMS.license, URIRef(licence.uri)),
        (SPDX.checksum, checksum),
    ]
    for language in _LANGUAGES:
        title = named[language].get(file.path, file.path)
        graph.add((part, DCTERMS.title, Literal(title, lang=language)))
    if licence.by_name:
        facts.append((DCATDE.licenseAttributionByText, Literal(publisher.attribution)))
    _all(graph, part, facts)


def _all(graph: Graph, subject: Node, facts: Iterable[tuple[URIRef, Node]]) -> None:
    for predicate, value in facts:
        graph.add((subject, predicate, value))


def _said(
    graph: Graph, subject: Node, predicate: URIRef, words: Mapping[str, Words], message: str, **values: str
) -> None:
    """A text in every language of the desk."""
    for language in _LANGUAGES:
        graph.add((subject, predicate, Literal(words[language](message, **values), lang=language)))
