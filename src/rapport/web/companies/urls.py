"""Addresses of companies."""

from django.urls import path

from rapport.web.committee import views as committee
from rapport.web.companies import details, views
from rapport.web.merging import twins, typed, undoing
from rapport.web.merging import views as merging
from rapport.web.network import views as network

app_name = "companies"
urlpatterns = [
    path("", views.list_companies, name="list"),
    path("new/", views.new, name="new"),
    path("named/", details.named, name="named"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("<int:pk>/timeline/", views.write, name="write"),
    path("<int:pk>/links/", details.add_link, name="add_link"),
    path("<int:pk>/network/", network.network, name="network"),
    path("<int:pk>/account/", network.account, name="account"),
    path("<int:pk>/people-known/", committee.whom_we_know, name="known"),
    path("alike/", typed.companies, name="alike"),
    path("twins/", twins.companies, name="twins"),
    path("twins/aside/", twins.companies_aside, name="twins_aside"),
    path("twins/search/", twins.companies_search, name="twins_search"),
    path("<int:pk>/merge/", merging.companies, name="merge"),
    path("<int:pk>/merge/<int:merge>/undo/", undoing.companies, name="unmerge"),
    path("links/<int:pk>/end/", details.end_link, name="end_link"),
    path("links/<int:pk>/remove/", details.remove_link, name="remove_link"),
]
