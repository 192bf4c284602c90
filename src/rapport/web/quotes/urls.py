"""Addresses of quotes: those of a deal below the deal, what waits for approval on its own."""

from django.urls import path

from rapport.web.quotes import approving, editing, views

app_name = "quotes"
urlpatterns = [
    path("deals/<int:deal_pk>/quotes/", views.list_quotes, name="list"),
    path("deals/<int:deal_pk>/quotes/new/", views.new, name="new"),
    path("deals/<int:deal_pk>/quotes/<int:pk>/", views.page, name="page"),
    path("deals/<int:deal_pk>/quotes/<int:pk>/edit/", editing.edit, name="edit"),
    path("deals/<int:deal_pk>/quotes/<int:pk>/sums/", editing.sums, name="sums"),
    path("deals/<int:deal_pk>/quotes/<int:pk>/step/", views.step, name="step"),
    path("deals/<int:deal_pk>/quotes/<int:pk>/decide/", approving.decide, name="decide"),
    path("deals/<int:deal_pk>/quotes/<int:pk>/<str:language>.pdf", views.pdf, name="pdf"),
    path("quotes/", approving.waiting, name="waiting"),
    path("quotes/delegate/", approving.delegate, name="delegate"),
    path("quotes/delegations/<int:pk>/end/", approving.end_delegation, name="end-delegation"),
]
