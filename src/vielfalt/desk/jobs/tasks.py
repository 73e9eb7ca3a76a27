"""What the queue holds: the names of functions and their arguments, nothing else."""

from __future__ import annotations

from django_tasks import task

from vielfalt.desk.jobs.running import run


@task()
def import_package(key: str) -> None:
    """Imports the package of a job."""
    run(key)
