"""How the desk finds the person of a session: with their roles at once, for every page asks for them."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from vielfalt.desk.accounts.models import User


class PasswordBackend(BaseBackend):
    """E-mail address and password. Rights come from ``permissions`` and not from here."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, email: str = "", password: str = ""
    ) -> User | None:
        """The person, or None. An address that nobody has takes as long as a wrong password."""
        del request
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, as long as the account is active."""
        return (
            User.objects.filter(pk=user_id, is_active=True)
            .select_related("factor")
            .prefetch_related("memberships")
            .first()
        )
