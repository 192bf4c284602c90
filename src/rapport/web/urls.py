"""Addresses of all pages: each folder brings its own."""

from django.urls import URLPattern, URLResolver, include, path

from rapport.web.accounts import urls as accounts

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("rapport.web.accounts.urls")),
    path("enter/", include(accounts.enter)),
    path("look/", include(accounts.look)),
    path("me/", include(accounts.me)),
    path("imports/", include("rapport.web.imports.urls")),
    path("people/", include("rapport.web.people.urls")),
    path("companies/", include("rapport.web.companies.urls")),
    path("timeline/", include("rapport.web.timeline.urls")),
    path("tasks/", include("rapport.web.tasks.urls")),
    path("deals/", include("rapport.web.deals.urls")),
    path("orders/", include("rapport.web.orders.urls")),
    path("products/", include("rapport.web.products.urls")),
    path("segments/", include("rapport.web.segments.urls")),
    path("search/", include("rapport.web.search.urls")),
    path("", include("rapport.web.home.urls")),
    path("", include("rapport.web.insight.urls")),
    path("settings/", include("rapport.web.settings.urls")),
]
