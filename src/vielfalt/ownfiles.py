"""The files that a program is made of, as one word: what it makes changes without a new version."""

from __future__ import annotations

import hashlib
from pathlib import Path

APART = frozenset({"static", "__pycache__"})
"""Folders of no file that figures and pages are made by: what browsers load for themselves, and what Python keeps."""


def fingerprint(folder: Path) -> str:
    """The names and contents of all files of a program in this folder: rules, code lists, texts and templates too."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if APART.isdisjoint(path.relative_to(folder).parts) and path.is_file():
            found.update(path.relative_to(folder).as_posix().encode() + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
