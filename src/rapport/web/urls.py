"""Addresses of all pages: each folder brings its own."""

from django.urls import URLPattern, URLResolver, include, path

from rapport.web.accounts import urls as accounts

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("rapport.web.accounts.urls")),
    path("enter/", include(accounts.enter)),
    path("look/", include(accounts.look)),
    path("me/tokens/", include("rapport.web.tokens.urls")),
    path("me/", include(accounts.me)),
    path("imports/", include("rapport.web.imports.urls")),
    path("people/", include("rapport.web.people.urls")),
    path("companies/", include("rapport.web.companies.urls")),
    path("timeline/", include("rapport.web.timeline.urls")),
    path("bulk/", include("rapport.web.bulk.urls")),
    path("files/", include("rapport.web.files.urls")),
    path("tasks/", include("rapport.web.tasks.urls")),
    path("deals/board/", include("rapport.web.board.urls")),
    path("deals/<int:pk>/committee/", include("rapport.web.committee.urls")),
    path("deals/", include("rapport.web.deals.urls")),
    path("deals/<int:pk>/", include("rapport.web.process.urls")),
    path("deals/<int:pk>/criteria/", include("rapport.web.criteria.urls")),
    path("deals/<int:pk>/requirements/", include("rapport.web.requirements.urls")),
    path("deals/<int:pk>/advice/", include("rapport.web.advice.urls")),
    path("", include("rapport.web.quotes.urls")),
    path("quick/", include("rapport.web.quick.urls")),
    path("sales/", include("rapport.web.sales.urls")),
    path("orders/", include("rapport.web.orders.urls")),
    path("products/", include("rapport.web.products.urls")),
    path("segments/", include("rapport.web.segments.urls")),
    path("own-fields/", include("rapport.web.custom.urls")),
    path("search/", include("rapport.web.search.urls")),
    path("lists/", include("rapport.web.lists.urls")),
    path("", include("rapport.web.home.urls")),
    path("", include("rapport.web.insight.urls")),
    path("settings/", include("rapport.web.settings.urls")),
    path("history/", include("rapport.web.history.urls")),
]
