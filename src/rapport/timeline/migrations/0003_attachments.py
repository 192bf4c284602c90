"""Files of people, companies and interactions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_merges_and_privacy"),
        ("timeline", "0002_history"),
        ("history", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                ("stored", models.CharField(db_index=True, max_length=80)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.company",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="timeline.interaction",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "timeline_attachment",
                "indexes": [
                    models.Index(
                        condition=models.Q(("person__isnull", False)),
                        fields=["person", "-added_at", "-id"],
                        name="attachment_of_person",
                    ),
                    models.Index(
                        condition=models.Q(("company__isnull", False)),
                        fields=["company", "-added_at", "-id"],
                        name="attachment_of_company",
                    ),
                    models.Index(
                        condition=models.Q(("interaction__isnull", False)),
                        fields=["interaction", "-added_at", "-id"],
                        name="attachment_of_interaction",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("company__isnull", True), ("interaction__isnull", True), ("person__isnull", False)
                            ),
                            models.Q(
                                ("company__isnull", False), ("interaction__isnull", True), ("person__isnull", True)
                            ),
                            models.Q(
                                ("company__isnull", True), ("interaction__isnull", False), ("person__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="attachment_of_one_record",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="attachment_has_a_name"
                    ),
                ],
            },
        ),
        track("timeline_attachment", kind="timeline.attachment", whole="person_id", other="company_id"),
    ]
