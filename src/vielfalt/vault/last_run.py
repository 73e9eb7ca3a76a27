"""The last run of a date, of a town or of a county, as its vault remembers it: what a next run compares itself with."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from vielfalt.register.checks import Finding
from vielfalt.wholefile import written_whole

FILE = "run.json"


@dataclass(frozen=True)
class LastRun:
    """The fingerprint of a run, the name of its release, and what it found in the extract of a town.

    ``key``: the fingerprint of the town's key; ``kept``: the files of the vault that it wrote; ``replaced``: the names
    of the releases that its own took the place of.
    """

    fingerprint: str
    release: str
    findings: tuple[Finding, ...] = ()
    key: str = ""
    kept: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()

    def is_of(self, fingerprint: str, releases: Path) -> bool:
        """Whether a run of this fingerprint would make the same release again, which is still in its folder."""
        return self.fingerprint == fingerprint and (releases / self.release).is_dir()


def last_run(vault: Path) -> LastRun | None:
    """What the folder of a date remembers; None where there is nothing, or nothing that can be read."""
    try:
        found = json.loads((vault / FILE).read_text(encoding="utf-8"))
        fingerprint, release = str(found["fingerprint"]), str(found["release"])
        findings = (Finding(**{**each, "records": tuple(each["records"])}) for each in found.get("findings", ()))
        kept, replaced = (tuple(map(str, found.get(name, ()))) for name in ("kept", "replaced"))
        return LastRun(fingerprint, release, tuple(findings), str(found.get("key", "")), kept, replaced)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(vault: Path, run: LastRun) -> None:
    """Writes into the folder of a date what its last run was."""
    with written_whole(vault / FILE) as partial:
        partial.write_text(json.dumps(asdict(run), indent=1), encoding="utf-8", newline="\n")
