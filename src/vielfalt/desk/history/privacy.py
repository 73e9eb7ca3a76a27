"""What the desk keeps, in one table: every model and field with its data class, purpose and retention.

A test compares it with the models, so nothing can be kept that does not stand here; the page of data protection and
``vielfalt desk tidy`` read it.
"""

from __future__ import annotations

from vielfalt.desk.history.keeping import ACCOUNTABILITY, SECURITY, TASK, Kept, Retention
from vielfalt.words import N_

_WITH_RELEASE = Retention(N_("as long as the release"))
_WITH_DESK = Retention(N_("as long as the desk"))
_PART = N_("It is part of a release, never changes, and the history names the hash of the whole package.")
_FIGURES = N_("Show the figures of a release.")

_RELEASES = (
    Kept(
        "releases.Town",
        N_("Municipalities"),
        N_("Name the municipality that figures are of."),
        _WITH_DESK,
        public=("id", "ags", "name"),
        recorded=True,
        titles={"id": N_("Running number"), "ags": N_("Official municipality key"), "name": N_("Name")},
    ),
    Kept(
        "releases.Release",
        N_("Releases"),
        N_("Keep what a town released for a reference date."),
        Retention(N_("until the town takes it back")),
        public=("id", "town", "name", "reference_date", "kind", "rule_set", "digest", "description"),
        internal=("imported_at",),
        recorded=True,
        titles={
            "id": N_("Running number"),
            "town": N_("Municipality"),
            "name": N_("Release"),
            "reference_date": N_("Reference date"),
            "kind": N_("Kind of source"),
            "rule_set": N_("Rule set"),
            "digest": N_("Hash of the package"),
            "description": N_("Description"),
            "imported_at": N_("Imported at"),
        },
    ),
    Kept(
        "releases.AreaSet",
        N_("Area sets"),
        N_("Draw the areas that figures are of."),
        _WITH_RELEASE,
        public=("id", "town", "level", "title", "digest", "width", "height", "areas", "geojson"),
        why_not=_PART,
    ),
    Kept(
        "releases.Level",
        N_("Area levels of a release"),
        _FIGURES,
        _WITH_RELEASE,
        public=("id", "release", "area_set", "position"),
        why_not=_PART,
    ),
    Kept(
        "releases.Table",
        N_("Tables"),
        _FIGURES,
        _WITH_RELEASE,
        public=(
            *("id", "release", "key", "title", "dimensions", "definitions", "unit", "town_only", "method"),
            *("parameters", "position"),
        ),
        why_not=_PART,
    ),
    Kept(
        "releases.Series",
        N_("Figures"),
        _FIGURES,
        _WITH_RELEASE,
        public=("id", "table", "level", "category", "values", "status"),
        why_not=_PART,
    ),
    Kept(
        "releases.Index",
        N_("Indices"),
        _FIGURES,
        _WITH_RELEASE,
        public=("id", "release", "index", "table", "level", "group", "area", "value", "low", "high", "areas", "note"),
        why_not=_PART,
    ),
)
_LOGS = (
    Kept(
        "history.Entry",
        N_("History"),
        N_("Show what was done to an object, when, and by which account; prove that nothing was changed afterwards."),
        Retention(N_("as long as the desk; it names accounts by number and holds no personal value")),
        internal=("number", "at", "action", "model", "key", "changes", "previous", "digest"),
        personal=("who",),
        basis=ACCOUNTABILITY,
        why_not=N_("It is the history itself."),
    ),
    Kept(
        "history.Head",
        N_("End of the history"),
        N_("Let two writers wait for each other, and tell when the last entries are missing."),
        _WITH_DESK,
        internal=("id", "number", "digest"),
        why_not=N_("It is the history itself."),
    ),
    Kept(
        "history.Event",
        N_("Security log"),
        N_("Recognise attacks and misuse: logins, failures, refusals."),
        Retention(N_("90 days"), days=90, since="at"),
        internal=("id", "at", "kind", "place"),
        personal=("who", "address"),
        basis=SECURITY,
        why_not=N_("It is a log itself, with a short life."),
    ),
)
_PUBLISHING = (
    Kept(
        "publishing.Publisher",
        N_("Publishers"),
        N_("Name who publishes the figures of a town, and the licence."),
        _WITH_DESK,
        public=("id", "town", "name", "contact", "licence", "attribution", "contributor"),
        recorded=True,
        titles={
            "id": N_("Running number"),
            "town": N_("Municipality"),
            "name": N_("Who publishes"),
            "contact": N_("Whom readers can ask"),
            "licence": N_("Licence"),
            "attribution": N_("How to name the source"),
            "contributor": N_("Identifier at GovData"),
        },
    ),
    Kept(
        "publishing.Publication",
        N_("Proposals and publications"),
        N_("Keep that two people agreed to show a release to everybody."),
        _WITH_RELEASE,
        public=("id", "release", "approved_at"),
        internal=("proposed_at", "ended_at", "reason"),
        personal=("proposed_by", "approved_by", "ended_by"),
        basis=ACCOUNTABILITY,
        recorded=True,
        titles={
            "id": N_("Running number"),
            "release": N_("Release"),
            "proposed_by": N_("Proposed by"),
            "proposed_at": N_("Proposed at"),
            "approved_by": N_("Published by"),
            "approved_at": N_("Published at"),
            "ended_by": N_("Ended by"),
            "ended_at": N_("Ended at"),
            "reason": N_("Reason"),
        },
    ),
)
_WITH_ACCOUNT = Retention(N_("as long as the account"))
_DOOR = N_("It keeps the door and says nothing of a thing of the town; the security log tells of its use.")
_ACCOUNTS = (
    Kept(
        "accounts.User",
        N_("Accounts"),
        N_("Let people in and show pages in their language."),
        Retention(N_("until 180 days after it was closed; of an erased account the number stays")),
        internal=("id", "is_active", "closed", "erased"),
        personal=("email", "name", "language", "password"),
        sealed=("password",),
        basis=TASK,
        recorded=True,
        titles={
            "id": N_("Running number"),
            "is_active": N_("Open"),
            "closed": N_("Closed at"),
            "erased": N_("Erased at"),
            "email": N_("E-mail address"),
            "name": N_("Name"),
            "language": N_("Language"),
            "password": N_("Password"),
        },
    ),
    Kept(
        "accounts.Membership",
        N_("Roles of accounts"),
        N_("Say what an account may do in a town."),
        _WITH_ACCOUNT,
        internal=("id", "town", "from_group"),
        personal=("user", "role"),
        basis=TASK,
        recorded=True,
        titles={
            "id": N_("Running number"),
            "town": N_("Municipality"),
            "user": N_("Account"),
            "role": N_("Role"),
            "from_group": N_("Given by a group of the single sign-on"),
        },
    ),
    Kept(
        "accounts.Link",
        N_("Links for a first or new password"),
        N_("Let somebody in once to choose a password."),
        Retention(N_("one day after they are over"), days=1, since="expires"),
        internal=("id", "digest", "expires", "used"),
        personal=("user",),
        sealed=("digest",),
        basis=SECURITY,
        why_not=_DOOR,
    ),
    Kept(
        "accounts.Attempt",
        N_("Failed attempts to log in"),
        N_("Slow down whoever tries passwords."),
        Retention(N_("one day"), days=1, since="at"),
        internal=("id", "at"),
        personal=("account", "address"),
        untold=N_("Nobody knows who tried: it may have been somebody else. Kept are hashes, for a day."),
        basis=SECURITY,
        why_not=_DOOR,
    ),
    Kept(
        "sessions.Session",
        N_("Sessions"),
        N_("Recognise who has logged in."),
        Retention(N_("until they are over"), days=0, since="expire_date"),
        internal=("session_key", "expire_date"),
        personal=("session_data",),
        basis=SECURITY,
        why_not=_DOOR,
    ),
)
_WITH_ACCOUNT = Retention(N_("as long as the account"))
_SIGN_ON = (
    Kept(
        "accounts.SecondFactor",
        N_("Second factors"),
        N_("Ask for a code after the password."),
        _WITH_ACCOUNT,
        internal=("id", "confirmed", "step"),
        personal=("user", "secret"),
        sealed=("secret",),
        basis=SECURITY,
        why_not=_DOOR,
    ),
    Kept(
        "accounts.RecoveryCode",
        N_("Recovery codes"),
        N_("Let somebody in whose phone is gone."),
        _WITH_ACCOUNT,
        internal=("id", "digest"),
        personal=("user",),
        sealed=("digest",),
        basis=SECURITY,
        why_not=_DOOR,
    ),
    Kept(
        "accounts.Identity",
        N_("Single sign-on"),
        N_("Recognise who comes from the provider of the town."),
        _WITH_ACCOUNT,
        internal=("id", "issuer"),
        personal=("user", "subject"),
        basis=TASK,
        why_not=_DOOR,
    ),
    Kept(
        "accounts.StrictRole",
        N_("Who needs a second factor"),
        N_("Say which roles need a second factor."),
        _WITH_DESK,
        internal=("id", "role"),
        why_not=_DOOR,
    ),
)
_JOBS = (
    Kept(
        "jobs.Job",
        N_("Jobs"),
        N_("Show how far an import is, and how it ended."),
        Retention(N_("30 days"), days=30, since="made"),
        internal=(
            "id",
            "name",
            "state",
            "step",
            "attempt",
            "made",
            "beat",
            "ended",
            "fault",
            "preview",
            "letter",
            "release",
        ),
        personal=("owner",),
        basis=TASK,
        why_not=N_("It is short-lived; what it does to a thing stands in the history of the thing."),
    ),
    Kept(
        "django_tasks_database.DBTaskResult",
        N_("Queue of the worker"),
        N_("Hand jobs to the worker."),
        Retention(N_("30 days"), days=30, since="enqueued_at"),
        internal=(
            *("id", "status", "enqueued_at", "started_at", "finished_at", "args_kwargs", "priority", "task_path"),
            *("worker_ids", "queue_name", "backend_name", "run_after", "return_value", "exception_class_path"),
            "traceback",
        ),
        why_not=N_("It is short-lived; what it does to a thing stands in the history of the thing."),
    ),
)
_UNUSED = N_("Django needs the table; the desk keeps nothing in it that people change.")
_ALLAUTH = (
    ("account.EmailAddress", ("id", "user", "email", "verified", "primary")),
    ("account.EmailConfirmation", ("id", "email_address", "created", "sent", "key")),
    ("socialaccount.SocialApp", ("id", "provider", "provider_id", "name", "client_id", "secret", "key", "settings")),
    (
        "socialaccount.SocialAccount",
        ("id", "user", "provider", "uid", "last_login", "date_joined", "extra_data"),
    ),
    ("socialaccount.SocialToken", ("id", "app", "account", "token", "token_secret", "expires_at")),
)
_DJANGO = tuple(
    Kept(model, title, N_("Let Django keep its own books."), _WITH_DESK, internal=fields, why_not=_UNUSED)
    for model, title, fields in (
        ("contenttypes.ContentType", N_("Kinds of rows"), ("id", "app_label", "model")),
        ("auth.Permission", N_("Rights by Django's own measure (unused)"), ("id", "name", "content_type", "codename")),
        ("auth.Group", N_("Groups by Django's own measure (unused)"), ("id", "name", "permissions")),
        *((model, N_("Single sign-on by allauth (empty)"), fields) for model, fields in _ALLAUTH),
    )
)
ALL: tuple[Kept, ...] = (*_RELEASES, *_PUBLISHING, *_ACCOUNTS, *_SIGN_ON, *_JOBS, *_LOGS, *_DJANGO)


def of(model: str) -> Kept:
    """What stands in the table about a model, by its label. Raises KeyError for a model that is not in it."""
    return next((kept for kept in ALL if kept.model == model), None) or _missing(model)


def _missing(model: str) -> Kept:
    raise KeyError(f"{model} has no entry in history/privacy.py")
