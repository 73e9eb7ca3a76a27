"""The part of the desk that keeps accounts."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, their roles in towns, and what opens the door to them."""

    name = "vielfalt.desk.accounts"
    label = "accounts"
