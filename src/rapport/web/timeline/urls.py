"""Addresses of single timeline entries."""

from django.urls import path

from rapport.web.timeline import views

app_name = "timeline"
urlpatterns = [path("<int:pk>/remove/", views.remove, name="remove")]
