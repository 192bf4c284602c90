"""Webhooks in the settings: endpoints, their secrets, what was delivered, what was given up."""
