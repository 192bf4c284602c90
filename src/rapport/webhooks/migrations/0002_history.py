"""Every change of an endpoint is noted, never its secrets, nor how its deliveries go."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_webhooks"), ("history", "0001_initial")]
    operations = [
        track(
            "webhooks_endpoint",
            kind="webhooks.endpoint",
            ignoring=("before_until", "failures", "fails_since", "rests_until", "sealed_before", "sealed_secret"),
        )
    ]
