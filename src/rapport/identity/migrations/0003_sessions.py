"""Where a user is signed in, so that it can be seen and ended; and what counts attempts to sign in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The table of Django's cache in the database (its `createcachetable`). Unlogged: a count of attempts that is lost
# when the server dies harms nobody, and none of it need be written twice.
ATTEMPTS = """
CREATE UNLOGGED TABLE identity_attempts (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX identity_attempts_by_end ON identity_attempts (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_roles_and_rights")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("address", models.GenericIPAddressField(null=True)),
                ("agent", models.CharField(blank=True, default="", max_length=300)),
                ("signed_in_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunSQL(ATTEMPTS, reverse_sql="DROP TABLE identity_attempts"),
    ]
