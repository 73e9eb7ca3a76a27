"""People with an account, their roles in towns, and what opens the door: links used once, failed attempts.

No more is kept of a person than the desk needs to let them in; no account says when it was last used.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from vielfalt.desk.accounts import roles
from vielfalt.desk.history.recording import Recorded, RecordedRows
from vielfalt.desk.releases.models import Town


class Users(BaseUserManager["User"]):
    """Accounts, found by their e-mail address whatever its capitals."""

    def get_queryset(self) -> RecordedRows[User]:
        """All accounts; each change of one is recorded."""
        return RecordedRows(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> User:
        """The account with this e-mail address. Raises User.DoesNotExist."""
        return self.get(email=(username or "").strip().lower())


class User(Recorded, AbstractBaseUser):
    """A person with an account. The e-mail address, in small letters, is the name to log in with.

    ``closed`` is when the account was closed, ``erased`` when nothing personal was left of it (see ``erasing``).
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    language = models.CharField(max_length=2, default="de")
    is_active = models.BooleanField(default=True)
    closed = models.DateTimeField(null=True)
    erased = models.DateTimeField(null=True)
    last_login = None
    """Not kept: nobody shall see when a colleague was here."""

    objects: ClassVar[Users] = Users()  # type: ignore[assignment]
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name", "email")
        constraints = (
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_small_letters"),
            models.CheckConstraint(condition=Q(language__in=("de", "en")), name="language_known"),
        )

    def __str__(self) -> str:
        """No name: this text ends up in logs and tracebacks."""
        return f"account {self.pk}"


class Membership(Recorded):
    """A role of a person in a town; without a town: in every town, also those that come later.

    ``from_group``: a group of the single sign-on gives it, and takes it with the next login; others stay.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    town = models.ForeignKey(Town, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=20)
    from_group = models.BooleanField(default=False)

    class Meta:
        ordering = ("town__name", "role")
        constraints = (
            models.UniqueConstraint(fields=("user", "town", "role"), name="membership_once"),
            # SQLite takes two nulls for different towns.
            models.UniqueConstraint(fields=("user", "role"), condition=Q(town=None), name="membership_everywhere_once"),
            models.CheckConstraint(condition=Q(role__in=tuple(roles.BY_ID)), name="role_known"),
        )

    def __str__(self) -> str:
        return f"{self.role}: {self.town or '*'}"


class Link(models.Model):
    """A link that lets somebody in once, to choose a password. Kept is only a digest of what stands in it.

    Without a user it makes the first account.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.pk}: {self.expires:%Y-%m-%d}"


class Attempt(models.Model):
    """An attempt to log in that failed, under keyed digests of the account and the address it came from."""

    account = models.CharField(max_length=64, db_index=True)
    address = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class SecondFactor(models.Model):
    """The app on a person's phone that makes codes (TOTP, RFC 6238). The secret is kept encrypted.

    ``step`` is the half minute of the last code that was taken: no code is taken twice.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="factor")
    secret = models.CharField(max_length=200)
    confirmed = models.BooleanField(default=False)
    step = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """A code for the day the phone is gone; works once. Kept is a keyed digest."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.pk}"


class StrictRole(models.Model):
    """A role that demands a second factor of everybody who has it."""

    role = models.CharField(max_length=20, unique=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(role__in=tuple(roles.BY_ID)), name="strict_role_known"),)

    def __str__(self) -> str:
        return self.role


class Identity(models.Model):
    """Who a person is at a provider of single sign-on: its address, and the subject, which never changes."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("issuer", "subject"), name="identity_once"),)

    def __str__(self) -> str:
        return f"{self.pk}"
