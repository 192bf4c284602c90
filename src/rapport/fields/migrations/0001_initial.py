"""Definitions of custom fields."""

import django.contrib.postgres.fields
import django.db.models.functions.text
from django.db import migrations, models

from rapport.history.tracking import track


class Migration(migrations.Migration):
    initial = True

    dependencies = [("history", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="FieldDefinition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(db_collation="C", max_length=40, verbose_name="Code")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("money", "Amount of money"),
                            ("date", "Day"),
                            ("choice", "One of several"),
                            ("choices", "Several of several"),
                            ("yes_no", "Yes or no"),
                            ("link", "Link to a record"),
                        ],
                        max_length=10,
                        verbose_name="What it takes",
                    ),
                ),
                (
                    "label_vi",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="Label in Vietnamese"),
                ),
                ("label_en", models.CharField(blank=True, default="", max_length=80, verbose_name="Label in English")),
                ("choices", models.JSONField(blank=True, db_default=[], default=list)),
                ("required", models.BooleanField(default=False, verbose_name="Must be filled in")),
                ("default", models.JSONField(blank=True, null=True, verbose_name="Filled in beforehand with")),
                ("section", models.CharField(blank=True, default="", max_length=80, verbose_name="Section")),
                ("position", models.PositiveIntegerField(default=0)),
                ("filtered", models.BooleanField(default=False, verbose_name="Lists often filter by it")),
                ("indexed_at", models.DateTimeField(editable=False, null=True)),
                ("target_kind", models.CharField(blank=True, default="", max_length=20, verbose_name="Leads to")),
                (
                    "seen_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, db_default=[], default=list, size=None
                    ),
                ),
                (
                    "edited_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, db_default=[], default=list, size=None
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(db_default=1, default=1)),
            ],
            options={
                "db_table": "fields_definition",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "code"), name="field_code_once", violation_error_message="This code is taken."
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "company", "deal", "order"])),
                        name="field_of_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("type__in", ["text", "number", "money", "date", "choice", "choices", "yes_no", "link"])
                        ),
                        name="field_of_a_known_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z][a-z0-9_]*$")), name="field_code_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("label_en", ""), ("label_vi", ""), _negated=True), name="field_has_a_label"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("target_kind__in", ["person", "company", "deal", "order", "product"]), ("type", "link")
                            ),
                            models.Q(models.Q(("type", "link"), _negated=True), ("target_kind", "")),
                            _connector="OR",
                        ),
                        name="only_a_link_leads_somewhere",
                    ),
                    models.UniqueConstraint(
                        models.F("kind"),
                        django.db.models.functions.text.Lower("label_vi"),
                        condition=models.Q(("label_vi", ""), _negated=True),
                        name="field_label_vi_once",
                        violation_error_message="Another field has this label.",
                    ),
                    models.UniqueConstraint(
                        models.F("kind"),
                        django.db.models.functions.text.Lower("label_en"),
                        condition=models.Q(("label_en", ""), _negated=True),
                        name="field_label_en_once",
                        violation_error_message="Another field has this label.",
                    ),
                ],
            },
        ),
        track("fields_definition", kind="fields.fielddefinition", ignoring=("indexed_at",)),
    ]
