"""Addresses of changing many records at once."""

from django.urls import path

from rapport.web.bulk import views

app_name = "bulk"
urlpatterns = [
    path("", views.past, name="past"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/stop/", views.stop, name="stop"),
    path("runs/<int:pk>/undo/", views.undo, name="undo"),
    path("<str:name>/", views.new, name="new"),
]
