"""What the operator of the desk does at the command line: looking after it, importing, answering, letting in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vielfalt.desk.serving import ready
from vielfalt.errors import UsageError
from vielfalt.words import N_

if TYPE_CHECKING:
    from vielfalt.desk.accounts.models import User
    from vielfalt.desk.backups.contents import Manifest
    from vielfalt.desk.history.tidying import Erased
    from vielfalt.desk.releases.models import Release


@dataclass(frozen=True)
class Fault:
    """One thing that keeps the desk from being whole: a message id and what fills it."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)


def faults() -> list[Fault]:
    """What keeps the desk from being whole; empty when nothing does. Raises UsageError for an unusable desk.toml."""
    ready()
    from django.conf import settings
    from django.contrib.staticfiles import finders
    from django.core import checks

    from vielfalt.desk.accounts import second
    from vielfalt.desk.environment import doubts
    from vielfalt.desk.history import recording
    from vielfalt.desk.house.operator import operator
    from vielfalt.desk.jobs import queueing

    named = operator(settings.DATA).is_named
    found = [Fault(N_("Setting: {text}"), {"text": entry.msg}) for entry in checks.run_checks() if entry.is_serious()]
    found += [Fault(message) for message in doubts()]
    if finders.find("vendor/kern.min.css") is None:
        found.append(Fault(N_("The front-end files are missing: the pages would have no looks. Run: make demo")))
    if settings.ENCRYPTED and not named:
        found.append(Fault(N_("Imprint and data protection name nobody yet. Write desk.toml into the data folder.")))
    if queueing.are_left(dt.datetime.now(dt.UTC)):
        found.append(Fault(queueing.NO_WORKER))
    if second.shut():
        found.append(Fault(second.SHUT))
    if broken := recording.first_break():
        found.append(Fault(broken.message, {"number": broken.number}))
    return found


def history_end() -> tuple[int, str]:
    """Number and hash of the last entry of the history: noted elsewhere, they prove that nothing before was changed."""
    from vielfalt.desk.history.models import Head

    head = Head.objects.filter(pk=1).first() or Head()
    return head.number, head.digest


def import_package(path: Path) -> tuple[Release, bool]:
    """Imports a release package, and whether it is new; see ``importing.imported``."""
    ready()
    from vielfalt.desk.releases.importing import imported

    return imported(path)


def foreseen(path: Path) -> dict[str, Any] | Release:
    """What importing a package would bring, or the release that is there; nothing is kept. See ``previewing``."""
    ready()
    from vielfalt.desk.releases.importing import silent
    from vielfalt.desk.releases.previewing import previewed_or_there

    return previewed_or_there(path, None, silent)


def rescue(email: str) -> str:
    """The path of a link that lets the owner of an account in once, to choose a new password.

    The account is opened if it was closed, and its second factor taken off: whoever may run this on the machine of the
    desk has its database anyway. Raises UsageError where nobody has this address.
    """
    ready()
    from django.urls import reverse

    from vielfalt.desk.accounts import links, second
    from vielfalt.desk.history.watching import note

    user = _owner(email)
    user.is_active, user.closed = True, None
    user.save()
    second.remove(user)
    note("rescued", who=user.pk)
    return reverse("one_time_link", args=[links.token_for(user)])


def inform(email: str, folder: Path) -> list[Path]:
    """Writes what the desk keeps about the owner of an account into ``folder``: a file to read and one for programs.

    Readable for the owner of the files alone. Raises UsageError where nobody has this address or a file is there.
    """
    ready()
    from vielfalt.desk.accounts.information_report import FORMS
    from vielfalt.desk.history.watching import note
    from vielfalt.desk.secret import owner_only

    user = _owner(email)
    note("information_given", who=user.pk)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for form, made in FORMS.items():
        path = folder / f"auskunft-{user.pk}.{form}"
        try:
            with open(path, "xb", opener=owner_only) as file:
                file.write(made(user))
        except FileExistsError:
            raise UsageError(
                N_("There is a file of this name already."), where=path, todo=N_("Choose another folder.")
            ) from None
        written.append(path)
    return written


def _owner(email: str) -> User:
    from vielfalt.desk.accounts.models import User

    user = User.objects.filter(email=email.strip().lower(), erased=None).first()
    if user is None:
        raise UsageError(
            N_("Nobody has an account with this e-mail address."),
            todo=N_("Check the address; the accounts are listed in the desk under “Accounts”."),
        )
    return user


def tidied() -> list[Erased]:
    """Carries out retention; what was erased."""
    ready()
    from vielfalt.desk.history.tidying import tidy

    return tidy(dt.datetime.now(dt.UTC))


def overdue() -> list[Erased]:
    """What retention would erase now; nothing is erased."""
    ready()
    from vielfalt.desk.history.tidying import overdue as found

    return found(dt.datetime.now(dt.UTC))


def backed_up(file: Path, passphrase: Path | None) -> Manifest:
    """Makes a backup, encrypted with what stands in the file ``passphrase``; see ``backups.writing.backup``."""
    ready()
    from vielfalt.desk.backups.encrypting import passphrase_of
    from vielfalt.desk.backups.writing import backup

    return backup(file, passphrase_of(passphrase) if passphrase else b"")


def restored(file: Path, replace: bool, passphrase: Path | None) -> Manifest:
    """Restores a backup, encrypted or not; see ``backups.restoring.restore``."""
    ready()
    from vielfalt.desk.backups.encrypting import passphrase_of
    from vielfalt.desk.backups.restoring import restore

    return restore(file, replace, passphrase_of(passphrase) if passphrase else b"")


def data_folder() -> Path:
    """The folder with database, packages and secret key."""
    from django.conf import settings

    return Path(settings.DATA)
