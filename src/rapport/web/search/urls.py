"""Addresses of the search."""

from django.urls import path

from rapport.web.search import views

app_name = "search"
urlpatterns = [
    path("", views.results, name="results"),
    path("named/<slug:kind>/", views.named, name="named"),
]
