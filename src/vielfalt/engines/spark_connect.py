"""The connection to a server of Spark Connect: another program holds the cluster, and this machine needs no Java.

What keeps rows off disks, logs and pages is set where the server starts. So the server is asked for it before it is
sent anything, and refused where it lacks it.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from vielfalt.engines.spark_session import ALWAYS, QUIET, refuse_without
from vielfalt.errors import EngineError, UsageError
from vielfalt.words import N_

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NAMED = "connect"
"""The engine whose address the environment names."""
VARIABLE = "SPARK_REMOTE"
"""Where the address stands then, with a token where the server asks for one; a command line can be read by others."""
CONNECT = re.compile(r"(?P<server>sc://(?P<host>[\w.-]+):\d+)(?P<more>/?|/;use_ssl=true)")
"""Addresses of servers that are understood on the command line."""
_IN_ENVIRONMENT = re.compile(r"(?P<server>sc://(?P<host>[\w.-]+)(:\d+)?)(?P<more>(/.*)?)")
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
WANTED = ("spark.io.encryption.enabled", "spark.log.level", "spark.ui.enabled", "spark.eventLog.enabled")
"""What the server must be started with as a session of its own would be (``spark_session.ALWAYS``)."""
_MASTER = "spark.master"
_UNSET: Mapping[str, str] = {"spark.eventLog.enabled": "false"}
"""What holds where nothing is set (Spark's own documentation of its settings)."""
_SESSION = tuple(name for name in ALWAYS if name.startswith("spark.sql."))
"""What each session may set for itself."""
_FIRST_TRIES = 4
"""How often a server that does not answer is asked: some five seconds. Later on Spark's own ten minutes hold."""


@contextmanager
def connect_session(asked: str) -> Iterator[SparkSession]:
    """A session on the server at this address, or at the one that the environment names, that ends afterwards.

    Raises UsageError without an address or where it would be reached unencrypted, EngineError when something is not
    installed, nobody answers, or the server would keep readable rows.
    """
    address, server = _address(asked)
    refuse_without("pyspark", "grpc")
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession as Connected

    # It is about pandas itself, of which nothing is used here.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        session = Connected(address)
        patient = session.client.get_retry_policies()
        session.client.set_retry_policies([DefaultPolicy(max_retries=_FIRST_TRIES)])
        kept = {name: session.conf.get(name, _UNSET.get(name, "")) for name in (*WANTED, QUIET, _MASTER)}
        session.client.set_retry_policies(patient)
        for name in _SESSION:
            session.conf.set(name, ALWAYS[name])
    except Exception:  # gRPC and Spark tell in many ways that nobody answers
        raise _nobody(server) from None
    try:
        _refuse_unless_quiet(kept, server)
        # What both kinds of session offer is the same, of which the engine knows no more.
        yield cast("SparkSession", session)
    finally:
        session.stop()


def _address(asked: str) -> tuple[str, str]:
    """The address to call, and what of it may be told: no token."""
    named = asked == NAMED
    found = (_IN_ENVIRONMENT if named else CONNECT).fullmatch(os.environ.get(VARIABLE, "") if named else asked)
    if found is None:
        raise UsageError(
            N_("“{variable}” names no server of Spark Connect."),
            variable=VARIABLE,
            todo=N_("Set it to sc://HOST:15002/;use_ssl=true, with ;token=… where the server asks for one."),
        )
    if found["host"] not in _LOOPBACK and "use_ssl=true" not in found["more"].split(";"):
        raise UsageError(
            N_("The key of the town would go over the network unencrypted."),
            where=found["server"],
            todo=N_("Add /;use_ssl=true to the address; the server needs a certificate, or a gateway that has one."),
        )
    return found[0], found["server"]


def _nobody(server: str) -> EngineError:
    return EngineError(
        N_("The server of Spark Connect cannot be reached, or does not take this run."),
        where=server,
        variable=VARIABLE,
        todo=N_(
            "Check the address, whether the server is running with the version of Spark that is installed here, and "
            "the token in {variable} where it asks for one."
        ),
    )


def _refuse_unless_quiet(kept: Mapping[str, str | None], server: str) -> None:
    """Raises EngineError, naming the setting, where the server would write what rows hold to a disk, log or page."""
    alone = str(kept[_MASTER]).startswith("local")
    for name in WANTED if alone else (*WANTED, QUIET):
        if str(kept[name]).casefold() != ALWAYS[name].casefold():
            raise EngineError(
                N_("The server would keep readable what rows hold: “{setting}” must be “{value}” there."),
                where=server,
                setting=name,
                value=ALWAYS[name],
                todo=N_("Start the server with this setting; nothing was sent to it."),
            )
