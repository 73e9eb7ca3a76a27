"""The settings of the desk with one more header: how long each answer took within the server, for ``bench.desk``."""

from __future__ import annotations

from vielfalt.desk.settings import *  # noqa: F403
from vielfalt.desk.settings import MIDDLEWARE as _OF_THE_DESK

MIDDLEWARE = ["bench.desk_readers.timed", *_OF_THE_DESK]
