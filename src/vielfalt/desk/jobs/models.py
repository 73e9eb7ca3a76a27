"""Jobs: what somebody has started that takes longer than a page."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from vielfalt.desk.releases.models import Release
from vielfalt.words import N_

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
STATES = {
    WAITING: N_("Waits for its turn"),
    RUNNING: N_("Is running"),
    DONE: N_("Done"),
    FAILED: N_("Failed"),
}
"""The states in words."""
LOST_AFTER = dt.timedelta(seconds=60)
"""A running job that has given no sign of life for so long has lost its worker. It gives one every few seconds."""


class Job(models.Model):
    """The import of one uploaded package, or only its check.

    ``preview`` is null for an import; for a check it is empty until it holds what the import would change
    (``releases.previewing``).
    ``step`` is the message id of what is being done; ``beat`` the last sign of life, or when it was put into the queue
    once more; ``fault`` why it failed, in
    message ids (see ``running``); ``attempt`` counts the starts, so that a worker thought lost cannot speak for a
    later one. ``letter``: its owner wants a letter when it has ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="jobs")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default=WAITING)
    step = models.CharField(max_length=100, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    made = models.DateTimeField(auto_now_add=True)
    beat = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    fault = models.JSONField(null=True)
    preview = models.JSONField(null=True)
    letter = models.BooleanField(default=False)
    release = models.ForeignKey(Release, on_delete=models.SET_NULL, null=True, related_name="jobs")

    class Meta:
        ordering = ("-made",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=(WAITING, RUNNING, DONE, FAILED)), name="job_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.id}: {self.state}"

    @property
    def file(self) -> Path:
        """Where the uploaded package lies until the job is done."""
        return Path(settings.UPLOADS) / f"{self.id}.zip"

    @property
    def is_check(self) -> bool:
        """Whether nothing is to be kept."""
        return self.preview is not None

    @property
    def was_there(self) -> bool:
        """Whether the release of its package had been imported before, so that there was nothing to do."""
        return self.release is not None and self.release.imported_at < self.made

    def is_lost(self, now: dt.datetime) -> bool:
        """Whether it was running and its worker is gone."""
        return self.state == RUNNING and (self.beat is None or self.beat < now - LOST_AFTER)
