"""Files of orders."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0006_history"),
        ("history", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderFile",
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
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="commerce.order",
                    ),
                ),
            ],
            options={
                "db_table": "commerce_orderfile",
                "indexes": [models.Index(fields=["order", "-added_at", "-id"], name="file_of_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="order_file_has_a_name"
                    )
                ],
            },
        ),
        track("commerce_orderfile", kind="commerce.orderfile", whole="order_id"),
    ]
