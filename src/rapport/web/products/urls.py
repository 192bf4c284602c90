"""Addresses of products."""

from django.urls import path

from rapport.web.products import views

app_name = "products"
urlpatterns = [
    path("", views.list_products, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/archive/", views.archive, name="archive"),
]
