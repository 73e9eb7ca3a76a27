"""Every address of the desk. Addresses are German words, stable, and hold all that a page shows: a link is enough."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from vielfalt.desk.atlas import comparison, downloads, packages, views

_RELEASE = "kommunen/<str:ags>/<str:name>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.towns, name="towns"),
    path("vergleich/", comparison.compare, name="compare"),
    path("kommunen/<str:ags>/", views.town, name="town"),
    path("kommunen/<str:ags>/zeit/", comparison.time, name="time"),
    path(_RELEASE, views.release, name="release"),
    path(_RELEASE + "karte/", views.themes, name="theme"),
    path(_RELEASE + "karte/daten.csv", downloads.csv_file, name="theme_csv"),
    path(_RELEASE + "karte/daten.xlsx", downloads.xlsx_file, name="theme_xlsx"),
    path(_RELEASE + "karte/karte.svg", downloads.svg_file, name="theme_svg"),
    path(_RELEASE + "karte/karte.png", downloads.png_file, name="theme_png"),
    path(_RELEASE + "gebiete/<str:level>/<str:area>/", views.area, name="area"),
    path(_RELEASE + "bericht.pdf", packages.report_pdf, name="report_pdf"),
    path(_RELEASE + "bericht.html", packages.report_html, name="report_html"),
    path(_RELEASE + "paket.zip", packages.package, name="package"),
    path(_RELEASE + "kennzahlen/", views.indices, name="indices"),
    path(_RELEASE + "definitionen/", views.definitions, name="definitions"),
    path("hilfe/", views.help_page, name="help"),
    path("sprache/", include("django.conf.urls.i18n")),
]
handler404 = "vielfalt.desk.atlas.views.not_found"
