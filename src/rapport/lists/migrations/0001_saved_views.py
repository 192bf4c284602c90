"""Views of lists that people keep."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("identity", "0002_roles_and_rights")]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                (
                    "shared",
                    models.CharField(
                        choices=[("own", "Only me"), ("team", "My team"), ("all", "Everybody")],
                        default="own",
                        max_length=4,
                        verbose_name="Who sees it",
                    ),
                ),
                ("state", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="identity.team",
                    ),
                ),
            ],
            options={
                "db_table": "lists_savedview",
                "indexes": [models.Index(fields=["kind", "shared"], name="view_of_kind")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("owner"),
                        models.F("kind"),
                        django.db.models.functions.text.Lower("name"),
                        name="view_name_once",
                        violation_error_message="You have a view of this name already.",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="view_has_a_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FirstView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(blank=True, default="", max_length=20)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="lists.savedview"
                    ),
                ),
            ],
            options={
                "db_table": "lists_firstview",
                "constraints": [
                    models.UniqueConstraint(fields=["user", "kind"], name="first_view_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("view__isnull", True), models.Q(("code", ""), _negated=True)),
                            models.Q(("code", ""), ("view__isnull", False)),
                            _connector="OR",
                        ),
                        name="first_view_is_one_of_two",
                    ),
                ],
            },
        ),
    ]
