"""A merge that can be taken back; twins; requests about personal data, their terms, and who was erased."""

from datetime import date
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import rapport.people.registers

TERMS = (
    ("answer", 2, True),
    ("access", 10, False),
    ("correct", 10, False),
    ("withdraw", 15, False),
    ("restrict", 15, False),
    ("object", 15, False),
    ("erase", 20, False),
)
SOURCE = "Law 91/2025/QH15, Decree 356/2025/NĐ-CP"


def seed_terms(apps: Any, schema_editor: Any) -> None:
    """How long there is for what people ask, by the law of Vietnam in force when this was written."""
    term = apps.get_model("people", "PrivacyTerm")
    term.objects.bulk_create(
        term(code=code, days=days, working_days=working, source=SOURCE, since_on=date(2026, 1, 1))
        for code, days, working in TERMS
    )


def nothing(apps: Any, schema_editor: Any) -> None:
    """The table goes with the terms in it."""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("hash", models.CharField(db_collation="C", max_length=64, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("email", "E-mail"), ("phone", "Phone")], max_length=5)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_suppression",
            },
        ),
        migrations.CreateModel(
            name="TwinSearch",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("company", "Company")],
                        max_length=7,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("asked_at", models.DateTimeField(null=True)),
                ("found_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_twinsearch",
            },
        ),
        migrations.RemoveField(
            model_name="merge",
            name="moved",
        ),
        migrations.RemoveField(
            model_name="merge",
            name="removed",
        ),
        migrations.AddField(
            model_name="merge",
            name="changes",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="merge",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="merge",
            name="undone_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="PrivacyTerm",
            fields=[
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("answer", "Answer the request"),
                            ("access", "See or receive their data"),
                            ("correct", "Have it corrected"),
                            ("withdraw", "Withdraw consent"),
                            ("restrict", "Have its use restricted"),
                            ("object", "Object to its use"),
                            ("erase", "Have it erased"),
                        ],
                        max_length=8,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="Days")),
                ("working_days", models.BooleanField(default=False, verbose_name="Working days")),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="Which rule says so")),
                ("since_on", models.DateField(blank=True, null=True, verbose_name="In force since")),
            ],
            options={
                "db_table": "people_privacyterm",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1), ("days__lte", 365)), name="privacy_term_of_some_days"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SuppressionSalt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("salt", models.CharField(default=rapport.people.registers.new_salt, max_length=64)),
            ],
            options={
                "db_table": "people_suppressionsalt",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_suppression_salt")],
            },
        ),
        migrations.CreateModel(
            name="Twins",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("person", "Person"), ("company", "Company")], max_length=7)),
                ("low_id", models.BigIntegerField()),
                ("high_id", models.BigIntegerField()),
                (
                    "shares",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None),
                ),
            ],
            options={
                "db_table": "people_twins",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "low_id", "high_id"), name="twins_once"),
                    models.CheckConstraint(
                        condition=models.Q(("low_id__lt", models.F("high_id"))), name="twins_are_two"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotTheSame",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("person", "Person"), ("company", "Company")], max_length=7)),
                ("low_id", models.BigIntegerField()),
                ("high_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "people_notthesame",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "low_id", "high_id"), name="not_the_same_once"),
                    models.CheckConstraint(
                        condition=models.Q(("low_id__lt", models.F("high_id"))), name="not_the_same_are_two"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrivacyRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "See or receive their data"),
                            ("correct", "Have it corrected"),
                            ("withdraw", "Withdraw consent"),
                            ("restrict", "Have its use restricted"),
                            ("object", "Object to its use"),
                            ("erase", "Have it erased"),
                        ],
                        max_length=8,
                        verbose_name="What is asked for",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="Received on")),
                ("answer_by", models.DateField(verbose_name="Answer by")),
                ("due_on", models.DateField(verbose_name="Due on")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("", "Open"), ("done", "Done"), ("refused", "Refused")],
                        default="",
                        max_length=7,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=500, verbose_name="Reason")),
                (
                    "step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("waiting", "Waiting for the worker"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="",
                        max_length=7,
                    ),
                ),
                ("names_too", models.BooleanField(default=False)),
                ("file", models.CharField(blank=True, default="", max_length=80)),
                ("file_until", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.person",
                        verbose_name="Person",
                    ),
                ),
            ],
            options={
                "db_table": "people_privacyrequest",
                "indexes": [models.Index(fields=["outcome", "due_on", "id"], name="privacy_request_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["access", "correct", "withdraw", "restrict", "object", "erase"])
                        ),
                        name="privacy_request_of_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("received_on"))),
                        name="privacy_request_due_after_it_came",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("outcome", "")),
                            models.Q(models.Q(("outcome", ""), _negated=True), ("done_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="privacy_request_ends_at_an_instant",
                    ),
                ],
            },
        ),
        migrations.RunPython(seed_terms, nothing),
    ]
