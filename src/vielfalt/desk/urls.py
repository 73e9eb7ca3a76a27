"""Every address of the desk. Addresses are German words, stable, and hold all that a page shows: a link is enough."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from vielfalt.desk.accounts import administration, own, second_views, sso
from vielfalt.desk.accounts import views as accounts
from vielfalt.desk.accounts.doors import readable
from vielfalt.desk.accounts.policy import PROVIDER
from vielfalt.desk.atlas import (
    comparison,
    downloads,
    excerpt_views,
    methods,
    origin_files,
    origin_views,
    packages,
    view_files,
    views,
)
from vielfalt.desk.history import views as history
from vielfalt.desk.house import views as house
from vielfalt.desk.jobs import views as jobs
from vielfalt.desk.publishing import pages
from vielfalt.desk.publishing import views as publishing

_RELEASE = "kommunen/<str:ags>/<str:name>/"
_AREA = _RELEASE + "gebiete/<str:level>/<str:area>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", readable(views.towns), name="towns"),
    path("vergleich/", readable(comparison.compare), name="compare"),
    path("vergleich/daten.<str:form>", readable(view_files.compare_file), name="compare_file"),
    path("kommunen/<str:ags>/", readable(views.town), name="town"),
    path("kommunen/<str:ags>/zeit/", readable(comparison.time), name="time"),
    path("kommunen/<str:ags>/zeit/daten.<str:form>", readable(view_files.time_file), name="time_file"),
    path("kommunen/<str:ags>/zeit/karte.<str:form>", readable(downloads.change_file), name="change_file"),
    path("kommunen/<str:ags>/zeit/linie.<str:form>", readable(downloads.line_file), name="line_file"),
    path("kommunen/<str:ags>/herausgeber/", publishing.publisher, name="publisher"),
    path("kommunen/<str:ags>/offene-daten/", readable(pages.open_data), name="open_data"),
    path("kommunen/<str:ags>/offene-daten/katalog.<str:form>", readable(pages.town_catalogue), name="catalogue"),
    path("kommunen/<str:ags>/verlauf/", history.town_history, name="town_history"),
    path(_RELEASE, readable(views.release), name="release"),
    path(_RELEASE + "karte/", readable(views.themes), name="theme"),
    path(_RELEASE + "karte/daten.csv", readable(downloads.csv_file), name="theme_csv"),
    path(_RELEASE + "karte/daten.xlsx", readable(downloads.xlsx_file), name="theme_xlsx"),
    path(_RELEASE + "karte/karte.svg", readable(downloads.svg_file), name="theme_svg"),
    path(_RELEASE + "karte/karte.geojson", readable(downloads.geojson_file), name="theme_geojson"),
    path(_RELEASE + "karte/karte.png", readable(downloads.png_file), name="theme_png"),
    path(_AREA, readable(views.area), name="area"),
    path(_AREA + "daten.<str:form>", readable(view_files.area_file), name="area_file"),
    path(_RELEASE + "herkunft/", readable(origin_views.origins_page), name="origins"),
    path(_RELEASE + "herkunft/<str:key>/", readable(origin_views.origin), name="origin"),
    path(_RELEASE + "herkunft/<str:key>/daten.<str:form>", readable(origin_files.origin_file), name="origin_file"),
    path(_RELEASE + "herkunft/<str:key>/karte.<str:form>", readable(origin_files.quotient_file), name="quotient_file"),
    path(_RELEASE + "auswahl/", readable(excerpt_views.excerpt), name="excerpt"),
    path(_RELEASE + "auswahl/bericht.pdf", readable(excerpt_views.excerpt_pdf), name="excerpt_pdf"),
    path(_RELEASE + "auswahl/bericht.xlsx", readable(excerpt_views.excerpt_xlsx), name="excerpt_xlsx"),
    path(_RELEASE + "bericht.pdf", readable(packages.report_pdf), name="report_pdf"),
    path(_RELEASE + "bericht.html", readable(packages.report_html), name="report_html"),
    path(_RELEASE + "paket.zip", readable(packages.package), name="package"),
    path(_RELEASE + "kennzahlen/", readable(views.indices), name="indices"),
    path(_RELEASE + "kennzahlen/daten.<str:form>", readable(view_files.indices_file), name="indices_file"),
    path(_RELEASE + "definitionen/", readable(views.definitions), name="definitions"),
    path(_RELEASE + "verlauf/", history.release_history, name="release_history"),
    path(_RELEASE + "veroeffentlichung/", publishing.publication, name="publication"),
    path(_RELEASE + "dateien/<path:path>", readable(pages.open_file), name="open_file"),
    path("einfach-erklaert/", pages.plain_words, name="plain_words"),
    path("einlesen/", jobs.upload, name="upload"),
    path("auftraege/", jobs.jobs, name="jobs"),
    path("auftraege/<uuid:key>/", jobs.job, name="job"),
    path("auftraege/<uuid:key>/erneut/", jobs.start_again, name="start_again"),
    path("kennzahlen/", methods.index_methods, name="index_methods"),
    path("kennzahlen/<str:id>/", methods.index_method, name="index_method"),
    path("hilfe/", views.help_page, name="help"),
    path("impressum/", house.imprint, name="imprint"),
    path("datenschutz/", house.data_protection, name="data_protection"),
    path("barrierefreiheit/", house.accessibility_statement, name="accessibility"),
    path("ueber/", house.about, name="about"),
    path("anmelden/", accounts.log_in, name="login"),
    path("abmelden/", accounts.log_out, name="logout"),
    path("zugang/<str:token>/", accounts.one_time_link, name="one_time_link"),
    path("anmelden/anbieter/", sso.begin, name="sso"),
    path("anmelden/anbieter/zurueck/", sso.finish, name="openid_connect_callback", kwargs={"provider_id": PROVIDER}),
    path("konto/", own.account, name="account"),
    path("konto/ueberall-abmelden/", own.log_out_everywhere, name="log_out_everywhere"),
    path("konto/auskunft.<str:form>", own.own_information, name="own_information"),
    path("konto/passwort/", own.password, name="password"),
    path("konto/zweiter-faktor/", second_views.step, name="second_step"),
    path("konto/zweiter-faktor/einrichten/", second_views.set_up, name="second_setup"),
    path("konto/zweiter-faktor/codes/", second_views.new_codes, name="second_codes"),
    path("konto/zweiter-faktor/abschalten/", second_views.switch_off, name="second_off"),
    path("konten/", administration.accounts, name="accounts"),
    path("konten/rollen/", administration.strict_roles, name="strict_roles"),
    path("konten/einladen/", administration.invite, name="invite"),
    path("konten/<int:number>/", administration.account_of, name="account_of"),
    path("konten/<int:number>/rollen/", administration.give_role, name="give_role"),
    path("konten/<int:number>/rollen/<int:membership>/nehmen/", administration.take_role, name="take_role"),
    path("konten/<int:number>/link/", administration.new_link, name="new_link"),
    path("konten/<int:number>/zweiter-faktor/", administration.reset_factor, name="reset_factor"),
    path("konten/<int:number>/schliessen/", administration.close, name="close_account"),
    path("konten/<int:number>/oeffnen/", administration.reopen, name="reopen_account"),
    path("konten/<int:number>/loeschen/", administration.erase, name="erase_account"),
    path("sprache/", own.language, name="set_language"),
]
handler400 = "vielfalt.desk.atlas.views.bad_request"
handler403 = "vielfalt.desk.atlas.views.forbidden"
handler404 = "vielfalt.desk.atlas.views.not_found"
handler500 = "vielfalt.desk.house.views.server_error"
