"""Every address of the desk. Addresses are German words, stable, and hold all that a page shows: a link is enough."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from vielfalt.desk.accounts import views as accounts
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
    path("anmelden/", accounts.log_in, name="login"),
    path("abmelden/", accounts.log_out, name="logout"),
    path("zugang/<str:token>/", accounts.one_time_link, name="one_time_link"),
    path("sprache/", login_not_required(set_language), name="set_language"),
]
handler403 = "vielfalt.desk.atlas.views.forbidden"
handler404 = "vielfalt.desk.atlas.views.not_found"
