"""Addresses of the customer base and of the registry of metrics."""

from django.urls import path

from rapport.web.insight import views

app_name = "insight"
urlpatterns = [
    path("customers/", views.page, {"name": "base"}, name="base"),
    path("customers/rfm/", views.page, {"name": "rfm"}, name="rfm"),
    path("customers/cohorts/", views.page, {"name": "cohorts"}, name="cohorts"),
    path("customers/value/", views.page, {"name": "value"}, name="value"),
    path("customers/due/", views.due_page, name="due"),
    path("customers/cross-sell/", views.page, {"name": "cross-sell"}, name="cross_sell"),
    path("customers/trends/", views.page, {"name": "trends"}, name="trends"),
    path("customers/count/", views.count, name="count"),
    path("customers/progress/", views.progress, name="progress"),
    path("customers/due/people.csv", views.due_people_csv, name="due_people_csv"),
    path("customers/<slug:name>/<slug:table>.csv", views.csv, name="csv"),
    path("metrics/", views.metrics, name="metrics"),
    path("metrics/<slug:name>/", views.metric, name="metric"),
]
