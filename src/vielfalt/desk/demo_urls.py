"""The addresses of the showcase: those of the desk, and the switch of roles."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from vielfalt.desk import urls
from vielfalt.desk.accounts import demo

urlpatterns: list[URLPattern | URLResolver] = [*urls.urlpatterns, path("rolle/", demo.switch, name="switch_role")]
handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
