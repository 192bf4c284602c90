"""What stages ask for and what was checked, changes of deals, reasons for loss, documents."""

import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0001_initial"),
        ("identity", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DealChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("amount", "Amount"),
                            ("currency", "Currency"),
                            ("expected_close_on", "Expected to close"),
                        ],
                        max_length=20,
                    ),
                ),
                ("before", models.CharField(max_length=40, null=True)),
                ("after", models.CharField(max_length=40, null=True)),
                ("at", models.DateTimeField()),
                ("batch", models.BigIntegerField(editable=False, null=True)),
            ],
            options={
                "db_table": "deals_dealchange",
            },
        ),
        migrations.CreateModel(
            name="DealDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("request", "Request or tender invitation"),
                            ("specification", "Specification or drawing"),
                            ("profile", "Capability profile"),
                            ("survey", "Survey or visit report"),
                            ("proposal", "Proposal"),
                            ("minutes", "Minutes"),
                            ("contract", "Contract"),
                            ("payment", "Proof of payment"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                ("stored", models.CharField(max_length=80, unique=True)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "deals_dealdocument",
            },
        ),
        migrations.CreateModel(
            name="LossReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="Reason")),
                ("position", models.PositiveIntegerField(default=0)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "deals_lossreason",
                "ordering": ("position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="StageCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("field", "A field is filled in"),
                            ("document", "A document is there"),
                            ("role", "A committee role is filled"),
                            ("criterion", "A criterion is met"),
                            ("approval", "A quote is approved"),
                            ("step", "A step is finished"),
                        ],
                        max_length=10,
                    ),
                ),
                ("subject", models.CharField(blank=True, default="", max_length=120)),
                ("is_hard", models.BooleanField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("pass", "Met"), ("fail", "Not met"), ("overridden", "Overridden")], max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, default="", max_length=300, verbose_name="Reason")),
            ],
            options={
                "db_table": "deals_stagecheck",
            },
        ),
        migrations.CreateModel(
            name="StageRequirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("field", "A field is filled in"),
                            ("document", "A document is there"),
                            ("role", "A committee role is filled"),
                            ("criterion", "A criterion is met"),
                            ("approval", "A quote is approved"),
                            ("step", "A step is finished"),
                        ],
                        max_length=10,
                        verbose_name="What is needed",
                    ),
                ),
                ("subject", models.CharField(blank=True, default="", max_length=120)),
                ("is_hard", models.BooleanField(default=True, verbose_name="Must be met")),
            ],
            options={
                "db_table": "deals_stagerequirement",
                "ordering": ("-is_hard", "pk"),
            },
        ),
        migrations.AddField(
            model_name="pipeline",
            name="retired_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="retired_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at__gte", models.F("created_at"))), name="deal_closes_after_it_came_up"
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="deal_amount_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="deal_has_a_currency"
            ),
        ),
        migrations.AddField(
            model_name="dealchange",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="dealchange",
            name="deal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="deals.deal"
            ),
        ),
        migrations.AddField(
            model_name="dealdocument",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="dealdocument",
            name="deal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="deals.deal"
            ),
        ),
        migrations.AddConstraint(
            model_name="lossreason",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="loss_reason_name_once"
            ),
        ),
        migrations.AddField(
            model_name="stagechange",
            name="reason_code",
            field=models.ForeignKey(
                blank=True,
                db_column="reason_code",
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deals.lossreason",
                to_field="code",
                verbose_name="Reason for the loss",
            ),
        ),
        migrations.AddField(
            model_name="stagecheck",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="stagecheck",
            name="change",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="deals.stagechange"
            ),
        ),
        migrations.AddField(
            model_name="stagecheck",
            name="step",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deals.stage"
            ),
        ),
        migrations.AddField(
            model_name="stagerequirement",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="requirements", to="deals.stage"
            ),
        ),
        migrations.AddField(
            model_name="stagerequirement",
            name="step",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deals.stage"
            ),
        ),
        migrations.AddIndex(
            model_name="dealchange",
            index=models.Index(fields=["deal", "at", "id"], name="deal_change_of_deal"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dealchange",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="8991c7b9961cc538113ac19116d0a5b0c4f523f2",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_31d76",
                    table="deals_dealchange",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dealchange",
            trigger=pgtrigger.compiler.Trigger(
                name="recorded_changes_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."batch" IS NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="6fd92b7ffec979074912522e5f778cb0f3941e35",
                    operation="DELETE",
                    pgid="pgtrigger_recorded_changes_stay_7ceb0",
                    table="deals_dealchange",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="dealdocument",
            index=models.Index(fields=["deal", "-added_at", "-id"], name="document_of_deal"),
        ),
        migrations.AddConstraint(
            model_name="dealdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "request",
                            "specification",
                            "profile",
                            "survey",
                            "proposal",
                            "minutes",
                            "contract",
                            "payment",
                            "other",
                        ],
                    )
                ),
                name="document_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="dealdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="document_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="stagecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "overridden"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="override_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("outcome", "fail"), _negated=True), ("is_hard", False), _connector="OR"),
                name="only_soft_checks_may_fail",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stagecheck",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a5b170596be6b4dd792db1fa779cb12f66e7552f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7c7b7",
                    table="deals_stagecheck",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="stagerequirement",
            constraint=models.UniqueConstraint(
                fields=("stage", "kind", "subject", "step"), name="stage_requires_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="stagerequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["field", "document", "role", "criterion", "approval", "step"])),
                name="requirement_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagerequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "step"), models.Q(("step__isnull", True), ("subject", ""), _connector="XOR")),
                    models.Q(("kind", "criterion"), ("step__isnull", True)),
                    models.Q(
                        ("kind__in", ["field", "document", "role", "approval"]),
                        ("step__isnull", True),
                        models.Q(("subject", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="requirement_names_what_it_needs",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagerequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("step", models.F("stage")), _negated=True), name="stage_does_not_require_itself"
            ),
        ),
    ]
