"""Information to a person about what the desk keeps of them, as a report to read (PDF/UA)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from django.conf import settings
from django.db import models
from django.utils import timezone

from vielfalt.desk import gateway
from vielfalt.desk.accounts import roles
from vielfalt.desk.accounts.information import SEALED, Information, KeptRows, Row, as_data, information
from vielfalt.desk.accounts.models import User
from vielfalt.desk.gateway import Block, Bullets, Heading, Paragraph, Report, Terms
from vielfalt.desk.history import keeping, privacy, telling
from vielfalt.desk.house.operator import Operator, shown
from vielfalt.desk.jobs.models import STATES
from vielfalt.words import N_, Words

TITLES: Mapping[str, str] = {
    "id": N_("Running number"),
    "user": N_("Account"),
    "owner": N_("Account"),
    "who": N_("Account"),
    "digest": N_("Hash"),
    "previous": N_("Hash of the entry before"),
    "expires": N_("Valid until"),
    "used": N_("Used at"),
    "confirmed": N_("Confirmed"),
    "step": N_("Step"),
    "secret": N_("Secret"),
    "issuer": N_("Address of the provider"),
    "subject": N_("Name at the provider"),
    "name": N_("File"),
    "state": N_("State"),
    "attempt": N_("Attempt"),
    "made": N_("Made at"),
    "beat": N_("Last sign of life"),
    "ended": N_("Ended at"),
    "fault": N_("Fault"),
    "preview": N_("What an import would change"),
    "letter": N_("Letter at the end"),
    "release": N_("Release"),
    "number": N_("Running number"),
    "at": N_("When"),
    "action": N_("What"),
    "kind": N_("What"),
    "model": N_("Kind of data"),
    "key": N_("Number of the thing"),
    "changes": N_("Changes"),
    "address": N_("Network"),
    "place": N_("Page"),
    "since": N_("Since"),
    "seen": N_("Last page"),
}
"""Fields of what has no history of its own; of the rest the table of all that is kept has the titles."""
KINDS: Mapping[str, str] = {
    "logged_in": N_("Logged in"),
    "logged_in_without_provider": N_("Logged in with a password beside the provider"),
    "logged_out": N_("Logged out"),
    "login_failed": N_("Login failed"),
    "link_made": N_("A link was made"),
    "role_given": N_("A role was given"),
    "role_taken": N_("A role was taken away"),
    "refused": N_("A page was refused"),
    "rescued": N_("Let in again by the machine of the desk"),
    "accounts_read": N_("Accounts of others were looked at"),
    "information_given": N_("Information about what is kept was given"),
    **telling.ACTIONS,
    **STATES,
}
"""What events of the security log, entries of the history and states of jobs are called."""


def as_json(user: User) -> bytes:
    """The information for other programs."""
    return json.dumps(as_data(information(user, timezone.now())), ensure_ascii=False, indent=1).encode()


def as_pdf(user: User) -> bytes:
    """The information to read, in the person's language."""
    words = Words("en" if user.language == "en" else "de")
    return gateway.to_pdf(report(information(user, timezone.now()), shown(settings.DATA), words))


FORMS: Mapping[str, Callable[[User], bytes]] = {"pdf": as_pdf, "json": as_json}


def report(found: Information, runs: Operator, words: Words) -> Report:
    """The report: who is responsible, what is kept where, why and how long, what is left out, and the rights."""
    frame = dict(gateway.frame(words)) | {"description": words(N_("What the desk keeps about you"))}
    day = int(found.made.strftime("%Y%m%d"))
    return Report(
        title=words(N_("What the desk keeps about you")),
        subtitle=words(N_("Information by article 15 of the General Data Protection Regulation")),
        language=words.language,
        date=day,
        author=runs.name or "Vielfalt",
        facts=(
            (words(N_("Account")), str(found.number)),
            (words(N_("Made at")), telling.moment(found.made, words)),
            (words(N_("Responsible")), runs.name or "–"),
            (words(N_("Data protection officer")), runs.data_protection_officer or "–"),
            (words(N_("Supervisory authority")), runs.supervisory_authority or "–"),
        ),
        blocks=tuple(_blocks(found, words)),
        frame=tuple(frame.items()),
    )


def title_of(kept: keeping.Kept, field: str) -> str:
    """The title of a field, a message id."""
    return kept.titles.get(field) or TITLES[field]


def _blocks(found: Information, words: Words) -> Iterator[Block]:
    for part in found.parts:
        yield from _part(part, words)
    yield Heading(words(N_("What is left out")), "left-out")
    yield Terms(tuple((words(kept.title), (words(kept.untold),)) for kept in found.left_out))
    yield Heading(words(N_("Your rights")), "rights")
    yield Paragraph(
        words(
            N_(
                "Nothing of it is given to others, and no decision about you is made from it by a program. "
                "You may have it corrected or erased, have its use restricted, "
                "object to it, and complain to the supervisory authority."
            )
        )
    )
    yield Paragraph(
        words(N_("{sign} stands for hashes and secrets; nobody can read them, so they are not repeated."), sign=SEALED)
    )


def _part(part: KeptRows, words: Words) -> Iterator[Block]:
    kept = part.kept
    yield Heading(words(kept.title), kept.model.replace(".", "-").lower())
    yield Terms(
        (
            (words(N_("What for")), (words(kept.purpose),)),
            (words(N_("Legal basis")), (words(kept.basis),)),
            (words(N_("How long")), (words(kept.retention.text),)),
        )
    )
    if part.rows:
        yield Bullets(tuple(_line(kept, row, words) for row in part.rows))
    else:
        yield Paragraph(words(N_("Nothing is kept.")))


def _line(kept: keeping.Kept, row: Row, words: Words) -> str:
    """A row as a list of its fields; empty ones are left out, and so are the hashes that chain the history."""
    told = (
        (title_of(kept, name), _said(kept, row, name, words)) for name in row if row[name] and not _chains(row, name)
    )
    return "; ".join(f"{words(title)}: {value}" for title, value in told)


def _chains(row: Row, name: str) -> bool:
    return name in ("digest", "previous") and row[name] != SEALED


def _said(kept: keeping.Kept, row: Row, name: str, words: Words) -> str:
    value = row[name]
    if name == "changes" and isinstance(value, dict):
        found = telling.changes(str(row["model"]), value, {}, words)
        return ", ".join(f"{title} ({turned})" for title, turned in found)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if name in ("kind", "action", "state") and value in KINDS:
        return words(KINDS[value])
    if name == "model":
        return words(privacy.of(value).title)
    if name == "role":
        return words(roles.BY_ID[value].title)
    if name == "step":
        return words(value)
    if value == SEALED:
        return SEALED
    return telling.spoken(_field(kept.model, name), name, value, {}, words)


def _field(model: str, name: str) -> models.Field[object, object] | None:
    """The field of a model; a session tells two moments that are no fields of its row."""
    return models.DateTimeField() if name in ("since", "seen") else telling.field_of(model, name)
