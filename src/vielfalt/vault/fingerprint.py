"""The fingerprint of everything a run depends on; two equal fingerprints mean the same release."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import vielfalt
from vielfalt import ownfiles
from vielfalt.errors import DeliveryError, StorageError
from vielfalt.methods import by_keys
from vielfalt.publish.layout import MANIFEST
from vielfalt.publish.releases import releases_in
from vielfalt.town import Town
from vielfalt.words import N_, Language

_CHUNK = 1 << 22


def of(town: Town, date: int, language: Language, key: bytes) -> str:
    """The fingerprint (64 hexadecimal digits) of extract, settings, coded places, areas, language, earlier releases and
    program; and of the town's key where the method changes numbers by it.

    Raises DeliveryError when there is no extract for the date.
    """
    digest = hashlib.blake2b(digest_size=32)
    digest.update(f"{version('vielfalt')} {program()} {date} {language}".encode())
    files = [
        town.root / "town.toml",
        town.profile_path,
        town.coded_places,
        *(level.file for level in town.areas.levels),
    ]
    for path in (town.extract(date), *files, *([town.areas.streets] if town.areas.streets else [])):
        digest.update(_file(path))
    for day, _, folder in releases_in(town.releases):
        if day < date:
            digest.update(_file(folder / MANIFEST))
    if by_keys(town.method(date)):
        digest.update(of_key(key).encode())
    return digest.hexdigest()


def of_key(key: bytes) -> str:
    """The fingerprint of a town's key: files of the vault that were made under another one no longer fit."""
    return hashlib.blake2b(key=key, digest_size=16, person=b"fingerprint").hexdigest()


def _file(path: Path) -> bytes:
    digest = hashlib.blake2b(digest_size=32)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        if path.name == "register.csv":
            raise DeliveryError(
                N_("There is no extract for this reference date."),
                where=path,
                todo=N_("Put the file there, or name another reference date."),
            ) from None
        return b"absent"
    except OSError:
        raise StorageError(N_("The file cannot be read."), where=path, todo=N_("Check its permissions.")) from None
    return digest.digest()


def program() -> str:
    """The fingerprint of the program: rules, parameters and code lists change figures without a new version."""
    return ownfiles.fingerprint(Path(vielfalt.__file__).parent)
