"""Addresses of the webhooks; the settings take them in under their own name."""

from django.urls import path

from rapport.web.webhooks import messages, views

urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("new/", views.new_webhook, name="new-webhook"),
    path("<int:pk>/", views.webhook, name="webhook"),
    path("<int:pk>/switch/", views.switch_webhook, name="switch-webhook"),
    path("<int:pk>/secret/", views.rotate_secret, name="webhook-secret"),
    path("<int:pk>/remove/", views.remove_webhook, name="remove-webhook"),
    path("<int:pk>/test/", messages.send_test, name="test-webhook"),
    path("<int:pk>/replay-dead/", messages.replay_dead, name="replay-dead"),
    path("deliveries/<int:pk>/replay/", messages.replay, name="replay-delivery"),
]
