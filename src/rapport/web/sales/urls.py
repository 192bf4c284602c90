"""Addresses of the pages of sales."""

from django.urls import path

from rapport.web.sales import views

app_name = "sales"
urlpatterns = [
    path("", views.page, {"name": "funnel"}, name="funnel"),
    path("speed/", views.page, {"name": "speed"}, name="speed"),
    path("wins/", views.page, {"name": "wins"}, name="wins"),
    path("forecast/", views.page, {"name": "forecast"}, name="forecast"),
    path("leverage/", views.page, {"name": "leverage"}, name="leverage"),
    path("probability/", views.page, {"name": "probability"}, name="probability"),
    path("<slug:name>/<slug:table>.csv", views.csv, name="csv"),
]
