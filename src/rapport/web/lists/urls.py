"""Addresses of kept views and of lists as files."""

from django.urls import path

from rapport.web.lists import views

app_name = "lists"
urlpatterns = [
    path("views/<int:pk>/", views.edit, name="view"),
    path("views/<int:pk>/update/", views.update, name="update"),
    path("views/<int:pk>/remove/", views.remove, name="remove"),
    path("<str:kind>/views/", views.keep, name="keep"),
    path("<str:kind>/begin/", views.begin, name="begin"),
    path("<str:kind>/export/", views.download, name="export"),
]
