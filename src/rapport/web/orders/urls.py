"""Addresses of orders."""

from django.urls import path

from rapport.web.orders import views

app_name = "orders"
urlpatterns = [
    path("", views.list_orders, name="list"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/archive/", views.archive, name="archive"),
]
