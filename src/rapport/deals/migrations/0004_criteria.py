"""Criteria with scores and rivals, tenders, requirements with their versions."""

import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0003_committee"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                ("name", models.CharField(max_length=120, verbose_name="Criterion")),
                (
                    "kind",
                    models.CharField(
                        choices=[("rational", "Rational"), ("emotional", "Emotional")],
                        default="rational",
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("weight", models.DecimalField(decimal_places=2, default=1, max_digits=5, verbose_name="Weight")),
                ("is_must", models.BooleanField(default=False, verbose_name="Must-have")),
                (
                    "pass_mark",
                    models.DecimalField(decimal_places=1, default=5, max_digits=3, verbose_name="Passed from"),
                ),
                ("answer", models.TextField(blank=True, default="", verbose_name="Our answer")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="Answer due")),
                ("version", models.PositiveIntegerField(default=1)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="deals.deal",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.person",
                        verbose_name="Who cares",
                    ),
                ),
            ],
            options={
                "db_table": "deals_criterion",
                "ordering": ("position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("dropped_at", models.DateTimeField(blank=True, null=True)),
                ("dropped_because", models.CharField(blank=True, default="", max_length=300)),
                (
                    "deal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requirements",
                        to="deals.deal",
                    ),
                ),
                (
                    "serves_company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.company",
                        verbose_name="Company it serves",
                    ),
                ),
                (
                    "serves_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.person",
                        verbose_name="Person it serves",
                    ),
                ),
            ],
            options={
                "db_table": "deals_requirement",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="RequirementVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200, verbose_name="Requirement")),
                ("goal", models.TextField(blank=True, default="", verbose_name="Goal")),
                ("context", models.TextField(blank=True, default="", verbose_name="Context")),
                ("specification", models.TextField(blank=True, default="", verbose_name="Specification")),
                ("accepted_when", models.TextField(blank=True, default="", verbose_name="Accepted when")),
                ("is_rework", models.BooleanField(default=False)),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("customer_changed", "The customer changed their mind"),
                            ("end_customer_changed", "Their own customer needs something else"),
                            ("not_asked", "We did not ask well enough"),
                            ("misunderstood", "We misunderstood"),
                            ("our_mistake", "Our mistake in making it"),
                            ("rules_changed", "A law or standard changed"),
                            ("other", "Another cause"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="Cause",
                    ),
                ),
                ("cause_note", models.CharField(blank=True, default="", max_length=300, verbose_name="What happened")),
                ("minutes", models.PositiveIntegerField(blank=True, null=True, verbose_name="Minutes")),
                (
                    "cost",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name="Cost"),
                ),
                ("currency", models.CharField(blank=True, default="", max_length=3, verbose_name="Currency")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="deals.requirement",
                    ),
                ),
            ],
            options={
                "db_table": "deals_requirementversion",
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="RequirementAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="Accepted on")),
                ("evidence", models.CharField(blank=True, default="", max_length=500, verbose_name="Evidence")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
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
                        verbose_name="Accepted by",
                    ),
                ),
                (
                    "accepted",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acceptance",
                        to="deals.requirementversion",
                    ),
                ),
            ],
            options={
                "db_table": "deals_requirementacceptance",
            },
        ),
        migrations.CreateModel(
            name="Rival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="Rival")),
                ("note", models.CharField(blank=True, default="", max_length=300, verbose_name="Note")),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.company",
                        verbose_name="Company",
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rivals", to="deals.deal"
                    ),
                ),
            ],
            options={
                "db_table": "deals_rival",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="CriterionScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.DecimalField(decimal_places=1, max_digits=3, verbose_name="Score")),
                ("evidence", models.CharField(blank=True, default="", max_length=500, verbose_name="Evidence")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
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
                    "criterion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="deals.criterion",
                    ),
                ),
                (
                    "rival",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="deals.rival",
                    ),
                ),
            ],
            options={
                "db_table": "deals_criterionscore",
            },
        ),
        migrations.CreateModel(
            name="Tender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(blank=True, default="", max_length=120, verbose_name="Tender number")),
                ("questions_until", models.DateField(blank=True, null=True, verbose_name="Questions until")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="To be handed in by")),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="Opening of offers")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="Decision expected")),
                ("note", models.TextField(blank=True, default="", verbose_name="Conditions")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "deal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tender", to="deals.deal"
                    ),
                ),
            ],
            options={
                "db_table": "deals_tender",
            },
        ),
        migrations.CreateModel(
            name="TenderDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="Document")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="Due")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("missing", "Missing"),
                            ("in_work", "In work"),
                            ("ready", "Ready"),
                            ("handed_in", "Handed in"),
                        ],
                        default="missing",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300, verbose_name="Note")),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tender_documents", to="deals.deal"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="deals.dealdocument",
                        verbose_name="File",
                    ),
                ),
                (
                    "preparer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Prepared by",
                    ),
                ),
            ],
            options={
                "db_table": "deals_tenderdocument",
                "ordering": ("pk",),
            },
        ),
        migrations.AddIndex(
            model_name="criterion",
            index=models.Index(fields=["deal", "position", "id"], name="criterion_of_deal"),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                models.F("deal"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("removed_at__isnull", True)),
                name="criterion_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="criterion_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gte", 0), ("weight__lte", 100)), name="criterion_weight_up_to_100"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("pass_mark__gt", 0), ("pass_mark__lte", 10)), name="pass_mark_up_to_10"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_must", False), ("kind", "rational"), _connector="OR"),
                name="only_hard_criteria_are_gates",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.UniqueConstraint(fields=("deal", "number"), name="requirement_number_once"),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("serves_company__isnull", True), ("serves_person__isnull", True), _connector="OR"),
                name="serves_one_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dropped_at__isnull", True), models.Q(("dropped_because", ""), _negated=True), _connector="OR"
                ),
                name="dropped_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirementversion",
            constraint=models.UniqueConstraint(fields=("requirement", "number"), name="requirement_version_once"),
        ),
        migrations.AddConstraint(
            model_name="requirementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="requirement_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="requirementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_rework", False), models.Q(("cause", ""), _negated=True), _connector="OR"),
                name="rework_has_a_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_rework", True),
                    models.Q(("cause", ""), ("cost__isnull", True), ("minutes__isnull", True)),
                    _connector="OR",
                ),
                name="only_rework_costs",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cost__isnull", True),
                    models.Q(("cost__gte", 0), models.Q(("currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="cost_has_a_currency",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requirementversion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bf042e5ad4a12c0fbfb13889a958ff179955af86",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_81b4f",
                    table="deals_requirementversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requirementacceptance",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="1b447f9aa5cc3c1223b009f4e64f0b334fed8a73",
                    operation="DELETE",
                    pgid="pgtrigger_append_only_5e9d7",
                    table="deals_requirementacceptance",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="rival",
            constraint=models.UniqueConstraint(
                models.F("deal"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("removed_at__isnull", True)),
                name="rival_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="rival",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="rival_has_a_name"),
        ),
        migrations.AddIndex(
            model_name="criterionscore",
            index=models.Index(fields=["criterion", "-since", "-id"], name="score_of_criterion"),
        ),
        migrations.AddConstraint(
            model_name="criterionscore",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("criterion", "rival"),
                name="one_present_score",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="criterionscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 0), ("score__lte", 10)), name="score_from_0_to_10"
            ),
        ),
        migrations.AddConstraint(
            model_name="tenderdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="tender_document_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="tenderdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["missing", "in_work", "ready", "handed_in"])),
                name="tender_document_state",
            ),
        ),
    ]
