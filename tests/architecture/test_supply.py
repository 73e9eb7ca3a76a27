"""What a release is made of: pinned by hash, with a licence that fits ours, listed whole in its bill of materials."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import sbom
from vielfalt.desk.house import licences

ROOT = Path(__file__).resolve().parents[2]
FITTING = re.compile(
    r"MIT|BSD|Apache|ISC|MPL|Mozilla Public|PSF|Python Software Foundation|LGPL|Lesser General|Unlicense|OFL|EUPL"
    r"|Zlib|CC0|0BSD|HPND|Zope",
    re.I,
)
"""Licences that a program under EUPL-1.2 may use as libraries; the lesser GPL is, GPL and AGPL are not."""
STRICT = re.compile(r"(?<![L])GPL|Affero|Commercial|Proprietary", re.I)
ROOT_FILES = ("SECURITY.md", "CODE_OF_CONDUCT.md", "GOVERNANCE.md", "AUTHORS.md", "CONTRIBUTING.md", "CHANGELOG.md")


@cache
def bill() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sbom.bill())
    return found


def test_the_bill_of_materials_keeps_to_its_schema() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom.bill()) is None


def test_the_bill_names_every_pinned_package() -> None:
    listed = {(entry["name"], entry["version"]) for entry in bill()["components"]}
    wanted = {(name, version) for name, version, _ in sbom.pinned()}
    wanted |= {(name, entry["version"]) for name, entry in sbom.front_end().items()}
    assert len(sbom.pinned()) > 40 and len(sbom.front_end()) > 3
    assert listed == wanted
    locked = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    assert len(sbom.pinned()) == len(re.findall(r"^\S+==", locked, re.M)), "no line of the lock file is overlooked"
    assert bill()["metadata"]["component"]["name"] == "vielfalt"


def test_every_package_has_a_licence_that_fits() -> None:
    parts = [*licences.packages(), *licences.front_end()]
    assert len(parts) > 40
    assert {part.name: part.licence for part in parts if not FITTING.search(part.licence)} == {}
    assert {part.name: part.licence for part in parts if STRICT.search(part.licence)} == {}
    assert {
        name: entry["license"] for name, entry in sbom.front_end().items() if not FITTING.search(entry["license"])
    } == {}


def test_front_end_files_are_those_of_the_lock_file() -> None:
    """Every npm package is fixed by version and hash, and what was laid out is of that version."""
    listed = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    bare = [path for path, entry in listed.items() if path and not entry["integrity"].startswith("sha512-")]
    assert bare == []
    wanted = listed[""]["dependencies"]
    assert {part.name: part.version for part in licences.front_end()} == wanted
    assert all(listed[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())


def test_the_project_says_how_it_is_run() -> None:
    missing = [name for name in ROOT_FILES if not (ROOT / name).is_file()]
    assert missing == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in ROOT_FILES if f"({name})" not in readme] == []


def test_publiccode_yml_is_valid() -> None:
    """The mandatory keys with values that the standard allows; version and licence are those of the program."""
    said = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"} <= set(said)
    assert said["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert said["softwareType"].startswith("standalone/")
    assert said["url"].startswith("https://") and said["url"].endswith(".git")
    assert (said["softwareVersion"], said["legal"]["license"]) == (project["version"], project["license"])
    assert said["maintenance"]["type"] in {"none", "community", "internal", "contract"}
    assert said["localisation"]["localisationReady"] is True
    assert set(said["localisation"]["availableLanguages"]) == set(said["description"]) == {"de", "en"}
    for text in said["description"].values():
        assert 0 < len(text["shortDescription"].strip()) <= 150
        assert 150 <= len(text["longDescription"].strip()) <= 10_000
        assert text["features"] and all(len(feature) <= 100 for feature in text["features"])


def test_the_changelog_keeps_its_form() -> None:
    """Keep a Changelog 1.1.0: versions, the latest first; within a version sections of known kinds, each once."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.split(r"^## ", text, flags=re.M)[1:]
    assert versions[0].startswith("Unreleased\n")
    known = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Figures that change"}
    for version in versions:
        kinds = re.findall(r"^### (.+)$", version, re.M)
        assert set(kinds) <= known and len(set(kinds)) == len(kinds), version.splitlines()[0]
    assert all(re.match(r"(Unreleased|\[?\d+\.\d+\.\d+\]? - \d{4}-\d{2}-\d{2})\n", version) for version in versions)
