"""Addresses of quick entry."""

from django.urls import path

from rapport.web.quick import views

app_name = "quick"
urlpatterns = [path("<slug:kind>/", views.entry, name="entry")]
