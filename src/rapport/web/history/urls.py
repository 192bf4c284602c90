"""The address of a record's history; that of everything is among the settings."""

from django.urls import path

from rapport.web.history import views

app_name = "history"
urlpatterns = [path("<str:kind>/<int:pk>/", views.record, name="record")]
