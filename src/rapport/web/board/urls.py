"""Addresses of the board."""

from django.urls import path

from rapport.web.board import views

app_name = "board"
urlpatterns = [path("", views.board, name="page")]
