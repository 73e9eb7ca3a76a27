"""What stands in the environment, what is made at the first start, and what a desk refuses to start with."""

from __future__ import annotations

import ast
import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from vielfalt.commands import desk as commands
from vielfalt.desk import environment, serving
from vielfalt.desk.accounts import policy
from vielfalt.desk.secret import secret_key
from vielfalt.errors import UsageError

DESK = Path(serving.__file__).parent


def test_the_key_is_made_at_the_first_start_for_its_owner_alone(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    key = secret_key(one)
    assert len(key) >= 64
    assert stat.S_IMODE((one / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(one.stat().st_mode) == 0o700
    assert secret_key(one) == key, "made once"
    assert secret_key(two) != key, "no two desks have the same"
    assert [path.name for path in one.iterdir()] == ["secret-key"]


def test_programs_that_start_together_have_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: int) -> str:
        (tmp_path / "secret-key").write_text("of the faster one", encoding="ascii")
        return "of the slower one"

    monkeypatch.setattr("secrets.token_urlsafe", slow)
    assert secret_key(tmp_path) == "of the faster one"
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_a_full_disk_at_the_first_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next start finds half a key: in a container each program has the same number."""

    def full(_: int) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as without_room:
        without_room.setattr("secrets.token_urlsafe", full)
        for _ in range(2):
            with pytest.raises(OSError, match="No space left"):
                secret_key(tmp_path)
    assert not list(tmp_path.iterdir())
    assert secret_key(tmp_path)


def test_no_secret_stands_in_the_program() -> None:
    """Every secret comes from the environment or from the key file; none has a value in the source but nothing."""
    tree = ast.parse((DESK / "settings.py").read_text(encoding="utf-8"))
    named = {
        ast.unparse(node.targets[0]): ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and any(word in ast.unparse(node.targets[0]) for word in ("SECRET", "PASSWORD"))
    }
    assert named["SECRET_KEY"] == "secret_key(DATA)"
    assert named["EMAIL_HOST_PASSWORD"] == "os.environ.get('VIELFALT_DESK_MAIL_PASSWORD', '')"
    assert "'secret': os.environ.get('VIELFALT_DESK_OIDC_SECRET', '')" in ast.unparse(tree)


def test_debug_is_off_and_nothing_in_the_environment_turns_it_on() -> None:
    tree = ast.parse((DESK / "settings.py").read_text(encoding="utf-8"))
    said = [
        ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Assign) and "DEBUG" in ast.unparse(node)
    ]
    assert said == ["DEBUG = False"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example"])
def test_a_desk_with_debug_serves_no_other_machine(
    host: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "ready", lambda: None)
    settings.DEBUG = True
    with pytest.raises(UsageError, match="this machine alone"):
        serving.serve(host, 0, lambda port: None)
    serving._closed_to_others("127.0.0.1")
    settings.DEBUG = False
    serving._closed_to_others(host)


@pytest.mark.parametrize("wrong", ["0", "4", "241", "-5", "7.5", "half an hour", "٣٠"])
def test_times_of_sessions_that_cannot_be_meant_are_refused(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="VIELFALT_DESK_IDLE_MINUTES"):
        policy.whole_number(wrong, policy.IDLE_MINUTES, policy.LEAST_IDLE, policy.MOST_IDLE)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({}, "1800 36000"),
        ({"VIELFALT_DESK_IDLE_MINUTES": "15", "VIELFALT_DESK_SESSION_HOURS": "8"}, "900 28800"),
    ],
)
def test_times_of_sessions_come_from_the_environment(told: dict[str, str], seconds: str, tmp_path: Path) -> None:
    program = "from vielfalt.desk import settings as s; print(s.SESSION_IDLE_SECONDS, s.SESSION_COOKIE_AGE)"
    kept = {name: value for name, value in os.environ.items() if "SESSION" not in name and "IDLE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**kept, "VIELFALT_DESK_DATA": str(tmp_path), **told},
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    assert done.stdout.split() == seconds.split()


@pytest.mark.parametrize(
    ("told", "names", "others"),
    [
        ("", ["127.0.0.1", "localhost", "[::1]"], False),
        (" , ", ["127.0.0.1", "localhost", "[::1]"], False),
        ("desk.example", ["desk.example"], True),
        ("desk.example, pult ,.town.example", ["desk.example", "pult", ".town.example"], True),
    ],
)
def test_the_hosts_that_are_answered(told: str, names: list[str], others: bool) -> None:
    assert environment.hosts(told) == (names, others)


@pytest.mark.parametrize("wrong", ["https://desk.example", "desk.example:443", "desk.example/pult", "*", "a;b", "a b"])
def test_what_is_no_name_of_a_host_is_refused(wrong: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="VIELFALT_DESK_HOSTS"):
        environment.hosts(wrong)


@pytest.mark.parametrize(
    ("others", "host", "address"),
    [
        (False, "127.0.0.1", "http://127.0.0.1:8020"),
        (False, "::1", "http://[::1]:8020"),
        (True, "127.0.0.1", "https://desk.example"),
    ],
)
def test_the_first_link_is_one_that_is_answered(
    others: bool, host: str, address: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a server in front the desk answers to its names alone, and its cookies travel by HTTPS only."""
    settings.ENCRYPTED = others
    settings.ALLOWED_HOSTS = [".desk.example", "pult.example"]
    monkeypatch.setattr(serving, "serve", lambda host, port, started: started(port))
    monkeypatch.setattr(serving, "first_link", lambda: "/zugang/x/")
    told = CliRunner().invoke(commands.desk, ["serve", "--host", host]).output
    assert f"{address}/\n" in told
    assert f"{address}/zugang/x/\n" in told


def test_letters_travel_encrypted_on_every_port(tmp_path: Path) -> None:
    program = "from vielfalt.desk import settings as s; print(s.EMAIL_PORT, s.EMAIL_USE_SSL, s.EMAIL_USE_TLS)"
    for told, found in (("", "465 True False"), ("465", "465 True False"), ("587", "587 False True")):
        given = {**os.environ, "VIELFALT_DESK_DATA": str(tmp_path), "VIELFALT_DESK_MAIL_PORT": told}
        done = subprocess.run([sys.executable, "-c", program], env=given, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == found
    for wrong in ("0", "65536", "smtp", "-1"):
        with pytest.raises(ImproperlyConfigured, match="VIELFALT_DESK_MAIL_PORT"):
            environment.mail_port(wrong)


def test_settings_that_do_not_go_together_are_told(settings: Settings) -> None:
    assert list(environment.doubts()) == []
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example", "vielfalt"
    settings.OIDC_ISSUER = "https://login.example"
    settings.OIDC_GROUPS = "groups"
    told = " ".join(environment.doubts())
    assert all(name in told for name in ("MAIL_FROM", "OIDC_CLIENT", "OIDC_ROLES"))


def test_the_limits_in_the_message_are_those_that_hold() -> None:
    numbers = [policy.LEAST_IDLE, policy.MOST_IDLE, 1, policy.MOST_WHOLE]
    assert policy.BAD_TIME.endswith("from {} to {}, VIELFALT_DESK_SESSION_HOURS hours from {} to {}.".format(*numbers))
    assert policy.LEAST_IDLE * 60 > policy.WARNED_SECONDS + 60, "there is time left to be warned"


def test_a_type_check_leaves_no_folder_behind(tmp_path: Path) -> None:
    """It ends without tidying up, and may be started without make."""
    known = ("VIELFALT_DESK_DATA", "VIELFALT_TESTS_OF")
    environment = {name: value for name, value in os.environ.items() if name not in known}
    environment |= {"TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(Path(__file__).parents[1])}
    (tmp_path / "tmp").mkdir()
    program = "import os, mypy, desk_settings; print(desk_settings.DATA); os._exit(os.EX_OK)"
    checked = subprocess.run(
        [sys.executable, "-u", "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert checked.returncode == 0, checked.stderr
    assert Path(checked.stdout.strip()).as_posix().endswith(".mypy_cache/desk")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_tests_take_no_folder_that_may_be_a_desk(tmp_path: Path) -> None:
    """What they use is deleted with them."""
    environment = {name: value for name, value in os.environ.items() if name != "VIELFALT_TESTS_OF"}
    environment |= {"VIELFALT_DESK_DATA": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[1])}
    program = "import desk_settings; print(desk_settings.DATA)"
    begun = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert begun.returncode == 0, begun.stderr
    assert begun.stdout.strip() != str(tmp_path)
    assert list(tmp_path.iterdir()) == []
