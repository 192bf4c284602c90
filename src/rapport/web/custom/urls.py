"""Addresses of own fields outside the settings."""

from django.urls import path

from rapport.web.custom import orders, views

app_name = "custom"
urlpatterns = [
    path("offered/<slug:kind>/", views.offered, name="offered"),
    path("orders/<int:pk>/", orders.edit, name="order"),
]
