"""What a town's vault wrote for people to take away: the report and the whole package, unchanged."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from vielfalt.desk.atlas.kept import file
from vielfalt.desk.atlas.views import release_or_404
from vielfalt.desk.releases.models import Release
from vielfalt.desk.releases.packages import kept_file

_REPORTS = {"report.pdf": "application/pdf", "report.html": "text/html; charset=utf-8"}
_SHUT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
"""A report is one file with its own looks. It was written elsewhere, so it may show itself and do nothing else."""


def report_pdf(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The report as PDF/UA, shown in the browser."""
    release = release_or_404(request, ags, name)
    return file(request, [release], lambda: _report(release, "report.pdf", "inline"))


def report_html(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The report as one self-contained page, to be saved: it is not opened within the desk."""
    release = release_or_404(request, ags, name)
    return file(request, [release], lambda: _report(release, "report.html", "attachment"))


def package(request: HttpRequest, ags: str, name: str) -> HttpResponseBase:
    """The whole release package, as open data or to import elsewhere."""
    release = release_or_404(request, ags, name)
    return file(request, [release], lambda: _archive(release))


def _archive(release: Release) -> FileResponse:
    try:
        content = archive_of(release).open("rb")
    except OSError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"{release.town.ags}-{release.name}.zip",
        content_type="application/zip",
    )


def archive_of(release: Release) -> Path:
    """Where the package of a release is kept."""
    return Path(settings.PACKAGES) / f"{release.digest}.zip"


def _report(release: Release, file: str, how: str) -> HttpResponse:
    content = kept_file(archive_of(release), file)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=_REPORTS[file])
    response["Content-Disposition"] = f'{how}; filename="{release.town.ags}-{release.name}-{file}"'
    response["Content-Security-Policy"] = _SHUT
    return response
