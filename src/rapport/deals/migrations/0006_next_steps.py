"""Rules of advice that are switched, and advice that was put aside."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0005_quotes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AdviceRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("is_on", models.BooleanField(default=True)),
                ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={"db_table": "deals_advicerule"},
        ),
        migrations.CreateModel(
            name="AdviceSnooze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("until", models.DateField(blank=True, null=True, verbose_name="Until")),
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
                (
                    "deal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="deals.deal",
                    ),
                ),
            ],
            options={
                "db_table": "deals_advicesnooze",
                "constraints": [
                    models.UniqueConstraint(fields=("deal", "code"), name="advice_put_aside_once"),
                ],
            },
        ),
    ]
