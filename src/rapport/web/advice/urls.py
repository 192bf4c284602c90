"""Addresses of advice about one deal."""

from django.urls import path

from rapport.web.advice import views

app_name = "advice"
urlpatterns = [
    path("aside/", views.put_aside, name="aside"),
    path("again/", views.take_up, name="again"),
]
