"""County mode as a county office meets it: towns apart from each other, a killed run, and the county's release."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
import shapely
from click.testing import CliRunner
from county_example import DAY, KEY, write_county, write_settings

from command_line import vielfalt
from messages import extracted
from vielfalt import cli
from vielfalt.breaks import Break, Facts
from vielfalt.commands import county as commands
from vielfalt.county import comparing, memory, releasing, whole
from vielfalt.county.comparing import LEVEL
from vielfalt.county.handing import check_agreed, handed_over
from vielfalt.county.project import Member, members, planned, read_county, reference_date
from vielfalt.county.releasing import CountyReleased
from vielfalt.county.running import Standing, run_towns
from vielfalt.county.showing import shown
from vielfalt.county.wording import county_words
from vielfalt.errors import DisclosureError, StorageError, TownError, UsageError
from vielfalt.geography import Area, AreaLevel, Geography
from vielfalt.publish import releases
from vielfalt.publish.maps import Atlas
from vielfalt.publish.releases import read_release
from vielfalt.publish.report.content import build_report
from vielfalt.publish.results import EarlierDate, Previous
from vielfalt.town import read_town
from vielfalt.vault.kept_dates import write_facts
from vielfalt.vault.locking import alone_in
from vielfalt.words import Words

NAMES = [f"town-{number}" for number in range(1, 5)]
FIRST = f"{DAY}-1"
AREA = (10.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A county of which one town is no project, killed in its first run and run again; and what the second run said."""
    root = write_county(tmp_path_factory.mktemp("county") / "county", (1_000, 1_000, 1_200, 1_500), seed=40)
    write_settings(root, [NAMES[0], "nowhere", *NAMES[1:]])
    _kill_half_way(root)
    said = vielfalt("county", "run", root, "--json", expect=11).stdout
    return root, json.loads(said)


def _kill_half_way(root: Path) -> None:
    """Kills a county run at its first sign of work in a town, and waits until the towns' processes are gone, too."""
    command = [sys.executable, "-m", "vielfalt", "county", "run", str(root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "–" in line and NAMES[0].replace("town-", "Musterlingen ") in line:
                break
        os.kill(run.pid, signal.SIGKILL)
    until = time.monotonic() + 60
    while any(_held(root / name / "vault") for name in NAMES):
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_an_interrupted_county_leaves_nothing_of_a_town_behind(
    first: tuple[Path, dict[str, object]], tmp_path: Path, end: signal.Signals, code: int
) -> None:
    """A killed county, too: its towns notice that nobody listens to them any more."""
    root = tmp_path / "county"
    shutil.copytree(first[0], root, ignore=shutil.ignore_patterns("vault", "releases", "truth"))
    write_settings(root, NAMES[:2])
    command = [sys.executable, "-m", "vielfalt", "county", "run", str(root)]
    scratch = [root / name / "vault" / DAY / ".scratch" for name in NAMES[:2]]
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests may ignore it
    ) as run:
        assert run.stderr is not None
        while not any(folder.exists() for folder in scratch):
            assert run.stderr.readline() or run.poll() is None
        run.send_signal(end)
        assert run.wait(60) == code
    until = time.monotonic() + (60 if end == signal.SIGKILL else 0)
    while any(_held(root / name / "vault") for name in NAMES[:2]):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert [path for path in root.rglob("*") if path.name in (".scratch", DAY) and "vault" in path.parts] == []


def _held(vault: Path) -> bool:
    try:
        with alone_in(vault):
            return False
    except Exception:
        return True


@pytest.fixture(scope="module")
def county(first: tuple[Path, dict[str, object]]) -> tuple[Path, dict[str, object]]:
    """The same county with its four towns, released."""
    root, _ = first
    write_settings(root, NAMES)
    said = vielfalt("county", "run", root, "--json")
    told = [line for line in said.stderr.splitlines() if line.startswith("Landkreis Musterland: ")]
    assert ["Protect" in told[1], "Attack" in told[2], "Maps" in told[3], "released" in told[4]] == [True] * 4, told
    return root, json.loads(said.stdout)


def test_a_town_that_fails_holds_nobody_up(first: tuple[Path, dict[str, object]]) -> None:
    _, said = first
    towns = {Path(town["folder"]).name: town for town in said["towns"]}  # type: ignore[attr-defined]
    assert {name: towns[name]["state"] for name in NAMES} == dict.fromkeys(NAMES, "released")
    assert towns["nowhere"]["state"] == "failed" and towns["nowhere"]["exit_code"] == 11
    assert "no town.toml" in towns["nowhere"]["message"]
    assert said["release"] is None


def test_the_next_run_goes_on_and_releases_the_county(county: tuple[Path, dict[str, object]]) -> None:
    root, said = county
    assert [town["state"] for town in said["towns"]] == ["unchanged"] * 4  # type: ignore[attr-defined]
    assert said["release"] == str(root / "releases" / FIRST) and not said["unchanged"]
    assert [len(list((root / name / "releases").glob("*.zip"))) for name in NAMES] == [1] * 4


def test_towns_share_nothing(county: tuple[Path, dict[str, object]]) -> None:
    root, _ = county
    assert len({(root / name / "vault" / "key").read_bytes() for name in NAMES}) == 4
    assert not (root / "vault" / "key").exists()
    for name in NAMES:
        kept = root / name / "vault" / DAY / "totals.parquet"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        totals = pl.read_parquet(kept)
        assert totals.columns == ["table", "first_key", "second_key", "n", "key_sum", "top", "second"]
        assert totals["n"].sum() > 0 and totals["key_sum"].sum() == 0  # cells are suppressed: no key is needed
    assert stat.S_IMODE((root / "vault").stat().st_mode) == 0o700


def test_the_release_of_a_county_is_one_like_any_other(county: tuple[Path, dict[str, object]]) -> None:
    root, _ = county
    found = read_release(root / "releases" / FIRST)
    assert found.ags == f"{KEY}000"
    residents = found.tables["residents"].frame
    towns = residents.filter(pl.col("level") == "municipality")
    assert residents.filter(pl.col("level") == "town")["value"].to_list() == [towns["value"].sum()]
    assert towns["area"].to_list() == [f"{KEY}{number:03}" for number in range(1, 5)]
    description = json.loads((root / "releases" / FIRST / "datapackage.json").read_text(encoding="utf-8"))["vielfalt"]
    assert [part["release"] for part in description["made_of"]] == [FIRST] * 4
    audit = json.loads((root / "releases" / FIRST / "audit.json").read_text(encoding="utf-8"))
    assert audit["passed"] and {"county", "room_sums", "room_zeros"} <= {entry["id"] for entry in audit["attacks"]}
    report = (root / "releases" / FIRST / "report.html").read_text(encoding="utf-8")
    assert ", Kreis insgesamt" in report and ", Stadt insgesamt" not in report
    assert "Hauptwohnung im Kreis" in report and "in Landkreis" not in report
    for of_a_town in (
        "Gemeindeschlüssel",
        "hat nichts gemeldet",
        "im Tresor",
        "Im Tresor",
        "Veröffentlichungen der Stadt ",
    ):
        assert of_a_town not in report
    assert (root / "releases" / FIRST / "report.pdf").stat().st_size > 0


def test_the_audit_attacks_county_and_towns_together(county: tuple[Path, dict[str, object]]) -> None:
    root, _ = county
    folders = [root / name / "releases" / FIRST for name in NAMES] + [root / "releases" / FIRST]
    said = json.loads(vielfalt("audit", *folders, "--json").stdout)
    entry = next(entry for entry in said["attacks"] if entry["id"] == "county")
    assert said["passed"] and entry["cells"] > 1_000 and entry["disclosed"] == 0
    assert "different municipalities" in vielfalt("audit", *folders[:2], expect=2).stderr
    assert "is missing" in vielfalt("audit", *folders[1:], expect=2).stderr


def test_the_desk_takes_the_release_of_a_county(
    county: tuple[Path, dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIELFALT_DESK_DATA", str(tmp_path))
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    root, _ = county
    said = vielfalt("desk", "import", root / "releases" / f"{FIRST}.zip").stdout
    assert f"Imported: Landkreis Musterland, release {FIRST}" in said


def test_a_county_that_has_not_changed_says_so(county: tuple[Path, dict[str, object]]) -> None:
    root, _ = county
    said = vielfalt("county", "run", root)
    assert "The county has not changed" in said.stdout and "Musterlingen 1: unchanged" in said.stderr
    assert "Landkreis Musterland: unchanged" in said.stderr
    assert len(list((root / "releases").glob("*.zip"))) == 1


def test_the_zip_file_of_an_unchanged_county_is_written_again_and_its_files_are_looked_at(
    county: tuple[Path, dict[str, object]],
) -> None:
    root, _ = county
    packed, report = root / "releases" / f"{FIRST}.zip", root / "releases" / FIRST / "report.html"
    packed.unlink()
    vielfalt("county", "run", root)
    assert packed.is_file()
    kept = report.read_bytes()
    report.write_bytes(kept + b" ")
    assert "has been changed" in vielfalt("county", "run", root, expect=10).stderr
    report.write_bytes(kept)


def test_releases_that_nobody_has_seen_are_replaced_in_towns_and_county(
    county: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    """One town is evaluated by other settings of its own; the others and their releases stay as they are."""
    root = tmp_path / "county"
    shutil.copytree(county[0], root, ignore=shutil.ignore_patterns("truth"))
    write_settings(root, NAMES[:2])
    changed = root / NAMES[0] / "town.toml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("dl-de/by-2-0", "cc-by/4.0"), encoding="utf-8")
    said = json.loads(vielfalt("county", "run", root, "--replace", "--json").stdout)
    assert [town["state"] for town in said["towns"]] == ["released", "unchanged"]
    second, away = f"{DAY}-2", Path("vault") / "withdrawn" / FIRST
    assert said["release"] == str(root / "releases" / second)
    assert said["withdrawn"] == [str(root / NAMES[0] / away), str(root / away)]
    for project in (root / NAMES[0], root):
        assert {path.name for path in (project / "releases").iterdir()} == {second, f"{second}.zip"}
        assert (project / away.with_suffix(".zip")).is_file()
        audit = json.loads((project / "releases" / second / "audit.json").read_text(encoding="utf-8"))
        assert audit["published_before"] == []
    assert {path.name for path in (root / NAMES[1] / "releases").iterdir()} == {FIRST, f"{FIRST}.zip"}
    again = vielfalt("county", "run", root, "--replace").stdout
    assert "The county has not changed" in again and "Put away" not in again


@pytest.mark.parametrize(
    ("first", "second", "gone"),
    [
        ("released", "failed", True),
        ("released", "released", True),
        ("released", "killed", True),
        ("killed", "waiting", True),
        ("unchanged", "failed", False),
        ("unchanged", "unchanged", False),
    ],
)
def test_a_county_is_put_away_before_a_release_that_it_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str, gone: bool
) -> None:
    """Whatever becomes of town and county after that. ``first``: the town that puts its own release away, unless it is
    unchanged; ``second``: the other town fails, or both are there but disagree.
    """
    own, town = replaced_county(tmp_path)

    def run(members: Sequence[Member], *given: object) -> tuple[Standing, ...]:
        if first != "unchanged":
            assert own.exists()
            given[-1](members[0], [FIRST])  # type: ignore[operator]
            assert not own.exists() and not own.with_suffix(".zip").exists() and town.exists()
        if "killed" in (first, second):
            raise KeyboardInterrupt
        states = zip(members, (first, second), strict=True)
        return tuple(
            Standing(one, state, release="r", exit_code=11 * (state == "failed"))  # type: ignore[arg-type]
            for one, state in states
        )

    def refuse(*_: object) -> None:
        raise DisclosureError("told")

    monkeypatch.setattr(whole, "run_towns", run)
    monkeypatch.setattr(whole, "release_county", refuse)
    called = ["county", "run", str(tmp_path), "--date", DAY, "--replace", "--lang", "en"]
    said = CliRunner().invoke(cli.commands, called)
    killed = "killed" in (first, second)
    assert said.exit_code == (1 if killed else 11 if second == "failed" else 12)
    put = tmp_path / "vault" / "withdrawn" / FIRST
    for now, before in ((put, own), (put.with_suffix(".zip"), own.with_suffix(".zip"))):
        assert (now.exists(), before.exists()) == (gone, not gone)
    assert (f"no longer counted as published: {put}" in said.stdout) == (gone and not killed)


@pytest.mark.parametrize("made_of", [FIRST, f"{DAY}-2", None])
def test_only_a_county_that_no_longer_fits_its_towns_is_put_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_of: str | None
) -> None:
    """It is made of a release that is gone, or nobody can tell; a town that puts another one away does not touch it."""
    own, _ = replaced_county(tmp_path, made_of)

    def run(members: Sequence[Member], *given: object) -> tuple[Standing, ...]:
        assert own.exists() == (made_of == FIRST)
        given[-1](members[0], [f"{DAY}-7"])  # type: ignore[operator]
        return tuple(Standing(one, "failed", exit_code=11) for one in members)

    monkeypatch.setattr(whole, "run_towns", run)
    called = ["county", "run", str(tmp_path), "--date", DAY, "--replace", "--lang", "en"]
    assert CliRunner().invoke(cli.commands, called).exit_code == 11
    assert own.exists() == (made_of == FIRST)


def replaced_county(root: Path, made_of: str | None = FIRST) -> tuple[Path, Path]:
    """A county of two towns without extracts, of which it and the first town have a release: the folders of these."""
    for number, name in enumerate(NAMES[:2], start=1):
        write_empty_town(root / name, f"{KEY}00{number}")
    write_settings(root, NAMES[:2])
    own, town = (project / "releases" / FIRST for project in (root, root / NAMES[0]))
    for folder in (own, town):
        folder.mkdir(parents=True)
        folder.with_suffix(".zip").touch()
    if made_of:
        content = {"vielfalt": {"made_of": [{"ags": f"{KEY}001", "release": made_of, "manifest": "0"}]}}
        (own / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
    return own, town


@pytest.mark.parametrize(
    ("own", "changed", "expected"),
    [
        ((1, 2), {}, ()),
        ((1,), {}, (Break("towns_changed", (f"{KEY}002",), LEVEL),)),
        (
            (1, 2),
            {"missing": {"birth_place": 0.5}, "areas": {"district": {"1": (9.0, 0.0, 0.0), "2": (9.0, 0.0, 0.0)}}},
            (Break("missing_jumped", ("birth_place",)), Break("areas_changed", (f"{KEY}002",), LEVEL)),
        ),
        ((1, 2), {"areas": {"district": {"3": (10.0, 5.0, 0.0)}}}, ()),
        ((1, 2), None, (Break("facts_missing", (f"{KEY}002",), LEVEL),)),
    ],
    ids=["nothing", "towns", "a town grown", "areas within a town", "nothing known"],
)
def test_the_breaks_of_a_county_are_those_of_its_towns(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    own: tuple[int, ...],
    changed: Mapping[str, object] | None,
    expected: tuple[Break, ...],
) -> None:
    """``own``: the towns of the county's earlier release; ``changed``: what was different in the second town then."""
    facts = Facts(20241231, frozenset({"birth_place"}), {"birth_place": 0.1}, "r", (), "c", {"district": {"1": AREA}})
    for number, name in enumerate(NAMES[:2], start=1):
        write_empty_town(tmp_path / name, f"{KEY}00{number}")
        for date, then in ((DAY, {}), ("2024-12-31", changed if number == 2 else {})):
            if then is not None:
                folder = tmp_path / name / "vault" / date
                folder.mkdir(parents=True)
                write_facts(replace(facts, **then), folder)  # type: ignore[arg-type]
    write_settings(tmp_path, NAMES[:2])
    frame = pl.DataFrame({"level": LEVEL, "area": [f"{KEY}00{number}" for number in own]})
    before = Previous(20241231, "2024-12-31-1", {"residents": SimpleNamespace(frame=frame)}, KEY, "register", "r")  # type: ignore[dict-item]
    monkeypatch.setattr(releases, "latest_release_before", lambda _, date, *__: before if date > before.date else None)
    plan = planned(read_county(tmp_path), 20251231)
    (found,) = comparing.series(plan.county, plan.date, plan.towns)
    assert found == EarlierDate(before, expected)


def test_the_report_of_a_county_sets_it_beside_its_earlier_date(
    county: tuple[Path, dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = county
    now = read_release(root / "releases" / FIRST)
    before = replace(now, date=20241231, release="2024-12-31-1")
    monkeypatch.setattr(releases, "latest_release_before", lambda _, date, *__: before if date > before.date else None)
    plan, words = planned(read_county(root), 20251231), county_words("de")
    handed = [handed_over(town, plan.date, town.releases / FIRST) for town in plan.towns]
    results = releasing._results(plan.county, plan.date, handed, words, False)
    unknown = Break("facts_missing", tuple(f"{KEY}00{number}" for number in range(1, 5)), LEVEL)
    assert results.series == (EarlierDate(before, (unknown,)),)
    assert (results.previous, results.breaks) == (before, (unknown,))
    report = str(build_report(replace(results, tables=now.tables), Atlas((), ()), words))
    assert "Veränderung im Kreis insgesamt" in report and "in der Stadt insgesamt" not in report


def test_the_outline_of_a_town_is_polygons_whatever_its_areas_are(tmp_path: Path) -> None:
    """Rounded corners can leave a border that comes back on itself: a line, with which no desk takes the county."""
    write_empty_town(tmp_path / "town-1", f"{KEY}001")
    write_settings(tmp_path, NAMES[:2])
    spiked = shapely.Polygon([(9, 50), (9.1, 50), (9.1, 50.1), (9.1, 50.2), (9.1, 50.1), (9, 50.1)])
    geography = Geography(
        Area(f"{KEY}001", "Town", ""), (AreaLevel("quarter", "Quarters", ()),), "", {"quarter": {"1": spiked}}
    )
    published = SimpleNamespace(results=SimpleNamespace(geography=geography))
    handed: Any = SimpleNamespace(town=read_town(tmp_path / "town-1"), published=published)
    made = releasing._geography(read_county(tmp_path), [handed], county_words("de"))
    (outline,) = made.shapes[LEVEL].values()
    assert outline.geom_type == "Polygon" and outline.area == pytest.approx(0.01)


def test_towns_that_do_not_agree_have_no_county(county: tuple[Path, dict[str, object]], tmp_path: Path) -> None:
    root, _ = county
    shutil.copytree(root / NAMES[1], tmp_path / "other", ignore=shutil.ignore_patterns("register", "truth"))
    settings = tmp_path / "other" / "town.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[protection]\nmin_cell = 6\n", encoding="utf-8")
    towns = [read_town(folder) for folder in (root / NAMES[0], tmp_path / "other")]
    handed = [handed_over(town, 20251231, town.releases / FIRST) for town in towns]
    with pytest.raises(TownError, match="different settings: min_cell 5 / 6"):
        check_agreed(handed, 20251231)
    totals = tmp_path / "other" / "vault" / DAY / "totals.parquet"
    pl.read_parquet(totals).with_columns(pl.col("n") + 1).write_parquet(totals)
    with pytest.raises(DisclosureError, match="not those of the town's release"):
        handed_over(towns[1], 20251231, towns[1].releases / FIRST)
    shutil.copytree(root / NAMES[1] / "vault", tmp_path / "other" / "vault", dirs_exist_ok=True)
    handed_over(towns[1], 20251231, towns[1].releases / FIRST)
    (tmp_path / "other" / "vault" / DAY / "run.json").write_text('{"fingerprint": "", "release": "2025-12-31-2"}')
    with pytest.raises(DisclosureError, match="not those of the town's release"):
        handed_over(towns[1], 20251231, towns[1].releases / FIRST)


@pytest.mark.parametrize(
    ("own", "theirs", "said"),
    [
        ("", "", ""),
        ("", "[protection]\nmin_area = 200\nmin_cell = 7\n", "min_cell 5 / 7; min_area 300 / 200"),
        ("", '[protection]\nmethod = "rounding"\n', "method suppression / rounding"),
        (
            '[protection]\nmethod = "rounding"\n[protection.rounding]\nbase = 3\n',
            '[protection]\nmethod = "rounding"\n[protection.rounding]\ndirection = "nearest"\n',
            "rounding.base 3 / 5; rounding.direction chance / nearest",
        ),
        ("", "[protection.rounding]\nbase = 3\n", ""),
    ],
)
def test_what_the_towns_differ_in_is_told_before_they_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, theirs: str, said: str
) -> None:
    for number, (name, more) in enumerate(zip(NAMES[:2], (own, theirs), strict=True), start=1):
        write_empty_town(tmp_path / name, f"{KEY}00{number}")
        settings = tmp_path / name / "town.toml"
        settings.write_text(f"{settings.read_text(encoding='utf-8')}{more}", encoding="utf-8")
    write_settings(tmp_path, NAMES[:2])
    seen: list[str] = []
    monkeypatch.setattr(whole, "run_county", lambda *_: whole.Outcome(20251231, ()))
    monkeypatch.setattr(commands, "show_error", lambda error, _: seen.append(str(error)))
    assert CliRunner().invoke(cli.commands, ["county", "run", str(tmp_path), "--date", DAY]).exit_code == 0
    where = tmp_path / NAMES[1] / "town.toml"
    assert seen == ([f"“town-1” and “town-2” have different settings: {said}. [{where}]"] if said else [])


def test_a_town_that_needs_more_memory_than_allowed_is_not_started(
    county: tuple[Path, dict[str, object]],
) -> None:
    root, _ = county
    found = run_towns(members(read_county(root)), 20251231, 500_000_000, 2, Words("en"), lambda _: None)
    assert [(one.state, one.exit_code) for one in found] == [("failed", 14)] * 4
    assert "GB of memory" in found[0].message


def test_what_a_library_prints_is_no_message_of_a_town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library may log to standard output, and in JSON."""
    said = ["loading", "[1]", '{"level": "WARN", "msg": "slow"}', '{"release": 3}', '{"step": "read"}']
    program = tmp_path / "town"
    told = json.dumps({"release": "r", "unchanged": False, "withdrawn": []})
    program.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in (*said, told)), encoding="utf-8")
    program.chmod(0o700)
    for number, name in enumerate(NAMES[:2], start=1):
        write_empty_town(tmp_path / name, f"{KEY}00{number}")
    write_settings(tmp_path, NAMES[:2])
    monkeypatch.setattr(sys, "executable", str(program))
    found = run_towns(members(read_county(tmp_path)), 20251231, 10**11, 2, Words("en"), lambda _: None)
    assert [(one.state, one.release) for one in found] == [("released", "r")] * 2


def test_each_town_is_handed_the_engine_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of each town opens the engine itself, which lacks its Java here; an unknown one starts none."""
    for number, name in enumerate(NAMES[:2], start=1):
        write_empty_town(tmp_path / name, f"{KEY}00{number}")
        extract = tmp_path / name / "register" / DAY / "register.csv"
        extract.parent.mkdir(parents=True)
        extract.write_text("row\n", encoding="utf-8")
    write_settings(tmp_path, NAMES[:2])
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    words = ["county", "run", str(tmp_path), "--lang", "en", "--json", "--engine"]
    told = CliRunner().invoke(cli.commands, [*words, "local[1]"])
    towns = json.loads(told.stdout)["towns"]
    assert told.exit_code == 13 and [town["exit_code"] for town in towns] == [13, 13], told.output
    assert all("Apache Spark" in town["message"] for town in towns)
    assert memory.needed(tmp_path / "missing", "local[1]") == memory.WITH_SPARK + memory.BASE
    assert memory.needed(tmp_path / "missing", "spark://127.0.0.1:7077") == memory.LARGEST + memory.BASE
    told = CliRunner().invoke(cli.commands, [*words, "spork"])
    assert isinstance(told.exception, UsageError) and not told.stdout.strip()


@pytest.mark.parametrize(
    ("towns", "more", "message"),
    [
        (["town-1", "./town-1"], "", "twice"),
        (["town-1"], "", "at least two"),
        (["town-1", "copy"], "", "bear the municipality key"),
        (["town-1", "other"], "", "is none of the county"),
        (["town-1", "town-2"], 'memory = "4"', "is not known"),
        (["town-1", "town-2"], '[conty]\nname = "x"', r"\[conty\] is not known; is \[county\] meant"),
        (["town-1", "town-2"], 'date = "2025"', "is no date"),
        (["town-1", "town-2"], "date = 2199-12-31", "in the future"),
    ],
)
def test_bad_settings_are_told(tmp_path: Path, towns: list[str], more: str, message: str) -> None:
    for name, ags in (("town-1", f"{KEY}001"), ("town-2", f"{KEY}002"), ("copy", f"{KEY}001"), ("other", "05999009")):
        write_empty_town(tmp_path / name, ags)
    write_settings(tmp_path, towns, more)
    with pytest.raises(TownError, match=message):
        county = read_county(tmp_path)
        reference_date(county, [member.town for member in members(county) if member.town], 0)


def write_empty_town(folder: Path, ags: str) -> None:
    """A town project without any extract."""
    folder.mkdir()
    (folder / "town.toml").write_text(
        f'[town]\nname = "{folder.name}"\nags = "{ags}"\n'
        '[areas]\n[[areas.level]]\nid = "quarter"\ntitle = "Quarters"\nfile = "areas.geojson"\n',
        encoding="utf-8",
    )


def test_a_town_whose_drive_cannot_be_read_is_a_town_that_failed(tmp_path: Path) -> None:
    write_empty_town(tmp_path / "town-1", f"{KEY}001")
    (tmp_path / "town-2" / "town.toml").mkdir(parents=True)
    write_settings(tmp_path, NAMES[:2])
    readable, broken = members(read_county(tmp_path))
    assert readable.town is not None and broken.town is None
    assert isinstance(broken.error, StorageError) and broken.error.where == str(tmp_path / "town-2" / "town.toml")
    assert memory.needed(tmp_path / ("x" * 300)) == memory.needed(tmp_path / "missing") == memory.BASE


@pytest.mark.parametrize(
    ("own", "limits", "free"),
    [
        ("0::/\n", {}, 8_000_000),
        ("0::/\n", {"": ("max", 1, 0)}, 8_000_000),
        ("0::/\n", {"": ("3000000", 1_000_000, 0)}, 2_000_000),
        ("0::/\n", {"": ("3000000", 1_000_000, 400_000)}, 2_400_000),
        ("0::/\n", {"": ("3000000", 3_500_000, 0)}, 0),
        ("0::/\n", {"": ("90000000", 1, 0)}, 8_000_000),
        ("0::/town/run\n", {"town": ("5000000", 1_000_000, 0), "town/run": ("max", 1, 0)}, 4_000_000),
        ("0::/town/run\n", {"town": ("5000000", 1_000_000, 0), "town/run": ("2000000", 1_000_000, 0)}, 1_000_000),
        ("4:memory:/old\n0::/\n", {"": ("3000000", 1_000_000, 0)}, 2_000_000),
        (None, {"": ("3000000", 1_000_000, 0)}, 8_000_000),
    ],
)
def test_memory_is_what_machine_and_container_leave(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    own: str | None,
    limits: Mapping[str, tuple[str, int, int]],
    free: int,
) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9999 kB\nMemAvailable:   7812 kB\nMemFree: 1 kB\n")
    if own is not None:
        (tmp_path / "own").write_text(own)
    for group, (limit, used, files) in limits.items():
        folder = tmp_path / "groups" / group
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("max", limit), ("current", str(used)), ("stat", f"anon 7\ninactive_file {files}")):
            (folder / f"memory.{name}").write_text(f"{text}\n")
    for name, path in (("_LINES", "meminfo"), ("_OWN_GROUP", "own"), ("_GROUPS", "groups")):
        monkeypatch.setattr(memory, name, tmp_path / path)
    assert memory.available() == (free if free < 8_000_000 else 7812 * 1024)


@pytest.mark.skipif(os.name == "nt", reason="Windows tells by itself")
def test_memory_that_the_system_does_not_tell_is_that_of_a_small_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_LINES", "_OWN_GROUP", "_GROUPS"):
        monkeypatch.setattr(memory, name, tmp_path / "missing")
    assert memory.available() == memory.UNKNOWN


def test_neither_files_beside_the_county_nor_stray_words_disturb_a_town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the folder of the call is no part of the program; what a library prints may be no text at all."""
    for name, content in (
        ("here/polars.py", "raise SystemExit(3)"),
        ("library/sitecustomize.py", "import os; os.write(1, b'\\xff{\\n')"),
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "library"))
    write_empty_town(tmp_path / "town-1", f"{KEY}001")
    town = Member(tmp_path / "town-1", read_town(tmp_path / "town-1"))
    (found,) = run_towns([town], 20251231, 10**12, 2, Words("en"), lambda _: None)
    assert (found.state, found.exit_code) == ("failed", 10), found


def test_no_town_is_evaluated_anew_while_the_county_is_made_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(NAMES[:2], start=1):
        write_empty_town(tmp_path / name, f"{KEY}00{number}")
    write_settings(tmp_path, NAMES[:2])
    plan = planned(read_county(tmp_path), 20251231)
    done = tuple(Standing(town, state="released", release="somewhere") for town in plan.members)
    released = CountyReleased(tmp_path, False, ())

    def release(*_: object) -> CountyReleased:
        assert all(_held(tmp_path / name / "vault") for name in NAMES[:2])
        return released

    monkeypatch.setattr(whole, "run_towns", lambda *_: done)
    monkeypatch.setattr(whole, "release_county", release)
    assert whole.run_county(plan, Words("en"), lambda _: None).released == released
    assert not _held(tmp_path / NAMES[0] / "vault")
    with alone_in(tmp_path / NAMES[1] / "vault"):
        assert whole.run_county(plan, Words("en"), lambda _: None).exit_code == 15


def test_why_a_county_was_not_released_is_told_in_its_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings(tmp_path, NAMES[:2])
    error = TownError("“{one}” and “{other}” have different rule sets.", where="town.toml", one="A", other="B")
    monkeypatch.setattr(whole, "run_county", lambda *_: whole.Outcome(20251231, (), error=error))
    told = CliRunner().invoke(cli.commands, ["county", "run", str(tmp_path), "--json", "--lang", "de", "--date", DAY])
    assert told.exit_code == 11
    assert json.loads(told.stdout)["error"] == Words("de")(error.what, one="A", other="B") != str(error)
    assert "town.toml" in told.stderr


def test_names_stand_in_the_table_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    town = Member(Path("halle [saale]"), None)
    with shown(Words("en"), lambda line: None) as show:
        show([Standing(town, state="failed", message="wrong [/town] :town:")])
    said = capsys.readouterr().err
    assert "halle [saale]" in said and "wrong [/town] :town:" in said


def test_what_a_county_says_otherwise_is_something_that_a_town_says() -> None:
    """A message id that was changed elsewhere would bring the town's words back."""
    known = {id for id in extracted() if isinstance(id, str)}
    assert set(county_words("de").said) <= known


def test_a_new_county_project_is_commented_and_never_overwritten(tmp_path: Path) -> None:
    assert "county.toml" in vielfalt("county", "init", tmp_path / "county").stdout
    assert "already holds" in vielfalt("county", "init", tmp_path / "county", expect=2).stderr
    assert "county.name" in vielfalt("county", "run", tmp_path / "county", expect=11).stderr
    assert "holds no county.toml" in vielfalt("county", "run", tmp_path, expect=11).stderr
