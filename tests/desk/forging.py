"""Release packages changed for a test, with hashes that fit: whoever forges a package forges its hashes too."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vielfalt.publish.contents import manifest

Change = Callable[[Path], None]


def sealed(folder: Path) -> None:
    """A MANIFEST that fits the folder: whoever forges a package forges its hashes too."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "MANIFEST"
    }
    (folder / "MANIFEST").write_bytes(manifest(files))


def forged(package: Path, tmp_path: Path, change: Change) -> Path:
    folder = tmp_path / "2025-12-31-1"
    shutil.copytree(package, folder)
    change(folder)
    sealed(folder)
    return folder


def described(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["vielfalt"])
    path.write_text(json.dumps(content), encoding="utf-8")
