"""Lists all that a release is made of as a CycloneDX 1.6 document: ``python -m tests.sbom FILE``.

Python packages come from the locked requirements of the desk, with the licence that the installed package names;
front-end packages from the lock file of npm, with the hash of their archive. Nothing is looked up elsewhere.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from vielfalt.desk.house import licences

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)(?: ; ([^\\\n]+))?", re.M)
"""A line of the locked requirements: name, version, and on which machines."""


def pinned() -> list[tuple[str, str, str]]:
    """Name, version and condition of every package that the desk is installed with."""
    return PINNED.findall((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))


def front_end() -> dict[str, dict[str, str]]:
    """What the npm lock file says of each package that is shipped, by name; tools of the tests are not."""
    listed = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {
        path.removeprefix("node_modules/"): entry
        for path, entry in listed.items()
        if path.startswith("node_modules/") and not entry.get("dev")
    }


def bill() -> str:
    """The document as JSON; the same program gives the same serial number."""
    ours = licences.ours()
    product = Component(
        type=ComponentType.APPLICATION,
        name=ours.name,
        version=ours.version,
        bom_ref="vielfalt",
        licenses=_named("EUPL-1.2"),
    )
    parts = [*_python(), *_npm()]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, " ".join([ours.version, *(str(part.purl) for part in parts)]))
    whole = Bom(components=parts, serial_number=serial)
    whole.metadata.component = product
    whole.register_dependency(product, parts)
    return make_outputter(whole, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)


def _python() -> Iterator[Component]:
    known = {re.sub(r"[-_.]+", "-", part.name).lower(): part.licence for part in licences.packages()}
    for name, version, where in pinned():
        address = PackageURL("pypi", name=name, version=version)
        yield Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=version,
            purl=address,
            bom_ref=str(address),
            licenses=_named(known.get(name, "")),
            properties=[Property(name="vielfalt:where", value=where)] if where else [],
        )


def _npm() -> Iterator[Component]:
    for name, entry in front_end().items():
        space, _, bare = name.rpartition("/")
        address = PackageURL("npm", namespace=space or None, name=bare, version=entry["version"])
        digest = base64.b64decode(entry["integrity"].removeprefix("sha512-")).hex()
        yield Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=entry["version"],
            purl=address,
            bom_ref=str(address),
            licenses=_named(entry["license"]),
            hashes=[HashType(alg=HashAlgorithm.SHA_512, content=digest)],
        )


def _named(licence: str) -> list[License]:
    return [LicenseFactory().make_from_string(licence)] if licence else []


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(bill(), encoding="utf-8")
    print(f"{target}: {len(json.loads(bill())['components'])} components")
