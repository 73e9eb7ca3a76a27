"""The worker: does waiting jobs one after the other, and once a day erases what has outlived its retention."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import signal
import threading
from types import FrameType

from django.db import connection
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from vielfalt.desk.history.tidying import tidy
from vielfalt.desk.jobs import queueing

_INTERVAL_SECONDS = 1.0
_DAY = dt.timedelta(days=1)
_LOG = logging.getLogger(__name__)


def started_inside() -> threading.Thread:
    """A worker within the process that serves pages; it ends with the process."""
    thread = threading.Thread(target=work, args=(threading.Event(),), name="worker", daemon=True)
    thread.start()
    return thread


def run_until_stopped() -> None:
    """A worker in a process of its own, until Ctrl+C or SIGTERM; a job that has begun is finished first."""
    over = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        over.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    work(over)


def work(over: threading.Event) -> None:
    """Looks for jobs until it is over. After whatever has failed, a full disk too, it looks again: else jobs would wait
    for ever."""
    tidied: dt.datetime | None = None
    while not over.is_set():
        try:
            now = dt.datetime.now(dt.UTC)
            queueing.take_over(now)
            do_waiting()
            if tidied is None or now - tidied > _DAY:
                tidy(now)
                tidied = now
        except Exception as error:
            # What a database says may hold values; its kind is enough.
            _LOG.warning("the worker could not go on and tries again: %s", type(error).__name__)
        finally:
            connection.close_if_unusable_or_obsolete()
        over.wait(_INTERVAL_SECONDS)


def do_waiting() -> None:
    """Does the jobs that are waiting now."""
    if DBTaskResult.objects.ready().exists():
        Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=secrets.token_hex(16),
        ).run()
