"""Addresses of tasks."""

from django.urls import path

from rapport.web.tasks import views

app_name = "tasks"
urlpatterns = [
    path("", views.list_tasks, name="list"),
    path("all/", views.list_all, name="all"),
    path("<int:pk>/done/", views.done, name="done"),
]
