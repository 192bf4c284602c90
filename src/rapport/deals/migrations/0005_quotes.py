"""Quotes, tax rates by date, approvals and who stands in for whom."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0004_exchange_rates"),
        ("deals", "0004_criteria"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QuoteSeries",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "deals_quoteseries",
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(db_collation="C", max_length=20, verbose_name="Number")),
                ("edition", models.PositiveSmallIntegerField(default=1, verbose_name="Version")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("waiting", "Waiting for approval"),
                            ("approved", "Ready to send"),
                            ("sent", "Sent"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("replaced", "Replaced"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="Status",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                ("quoted_on", models.DateField(verbose_name="Date of the quote")),
                ("valid_until", models.DateField(verbose_name="Valid until")),
                (
                    "payment_terms",
                    models.TextField(blank=True, default="", max_length=1000, verbose_name="Terms of payment"),
                ),
                (
                    "delivery_terms",
                    models.TextField(blank=True, default="", max_length=1000, verbose_name="Terms of delivery"),
                ),
                (
                    "note",
                    models.TextField(blank=True, default="", max_length=2000, verbose_name="Note to the customer"),
                ),
                ("parties", models.JSONField(default=dict)),
                ("gross", models.DecimalField(decimal_places=2, default=0, max_digits=20)),
                ("net", models.DecimalField(decimal_places=2, default=0, max_digits=20)),
                ("tax", models.DecimalField(decimal_places=2, default=0, max_digits=20)),
                ("total", models.DecimalField(decimal_places=2, default=0, max_digits=20)),
                ("made_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answer_note",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="What they said"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="deals.deal"
                    ),
                ),
                (
                    "made_by",
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
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="commerce.order"
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "deals_quote",
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("discount_above", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("total_above", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                (
                    "role",
                    models.CharField(blank=True, default="", max_length=20),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "No longer asked"),
                        ],
                        default="pending",
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("comment", models.CharField(blank=True, default="", max_length=500, verbose_name="Comment")),
                (
                    "approver",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="approvals", to="deals.quote"
                    ),
                ),
            ],
            options={
                "db_table": "deals_approval",
            },
        ),
        migrations.CreateModel(
            name="QuoteProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company_name",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="Company name on quotes"),
                ),
                ("address", models.CharField(blank=True, default="", max_length=300, verbose_name="Address")),
                ("tax_id", models.CharField(blank=True, default="", max_length=20, verbose_name="Tax code")),
                ("phone", models.CharField(blank=True, default="", max_length=40, verbose_name="Phone")),
                ("email", models.EmailField(blank=True, default="", max_length=254, verbose_name="E-mail")),
                ("bank_account", models.CharField(blank=True, default="", max_length=200, verbose_name="Bank account")),
                ("signer", models.CharField(blank=True, default="", max_length=120, verbose_name="Who signs")),
                (
                    "payment_terms",
                    models.TextField(blank=True, default="", max_length=1000, verbose_name="Terms of payment"),
                ),
                (
                    "delivery_terms",
                    models.TextField(blank=True, default="", max_length=1000, verbose_name="Terms of delivery"),
                ),
                ("valid_days", models.PositiveSmallIntegerField(default=30, verbose_name="Valid for, days")),
            ],
            options={
                "db_table": "deals_quoteprofile",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_quote_profile"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_days__gte", 1), ("valid_days__lte", 730)),
                        name="quote_is_valid_a_while",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="Tax rate, %"
                    ),
                ),
                ("since_on", models.DateField(verbose_name="Valid from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="Valid to")),
            ],
            options={
                "db_table": "deals_taxrate",
                "constraints": [
                    models.UniqueConstraint(fields=("name", "since_on"), name="tax_rate_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)), name="tax_rate_is_a_share"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gte", models.F("since_on"))),
                        name="tax_rate_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuoteLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("description", models.CharField(max_length=500, verbose_name="Description")),
                ("unit", models.CharField(blank=True, default="", max_length=40, verbose_name="Unit")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=16, verbose_name="Quantity")),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="Unit price")),
                (
                    "discount",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="Discount, %"),
                ),
                ("tax_percent", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("net", models.DecimalField(decimal_places=2, max_digits=20)),
                ("tax", models.DecimalField(decimal_places=2, max_digits=20)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.product",
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="deals.quote"
                    ),
                ),
                (
                    "tax_rate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deals.taxrate"
                    ),
                ),
            ],
            options={
                "db_table": "deals_quoteline",
            },
        ),
        migrations.CreateModel(
            name="ApprovalRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(default=1, verbose_name="Level")),
                (
                    "discount_above",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="Discount above, %"
                    ),
                ),
                (
                    "total_above",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=20, null=True, verbose_name="Amount above"
                    ),
                ),
                (
                    "role",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="Role"),
                ),
                (
                    "approver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Colleague",
                    ),
                ),
            ],
            options={
                "db_table": "deals_approvalrule",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 9)), name="approval_rule_has_a_level"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_above__isnull", False), ("total_above__isnull", False), _connector="OR"
                        ),
                        name="approval_rule_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approver__isnull", False), ("role", "")),
                            models.Q(("approver__isnull", True), models.Q(("role", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="approval_rule_says_who",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since_on", models.DateField(verbose_name="From day")),
                ("until_on", models.DateField(verbose_name="To day")),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="In place of",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Who decides",
                    ),
                ),
            ],
            options={
                "db_table": "deals_delegation",
                "indexes": [models.Index(fields=["taker", "until_on"], name="delegation_of_taker")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True), name="delegation_is_to_another"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gte", models.F("since_on"))),
                        name="delegation_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(fields=["deal", "-number", "-edition"], name="quote_of_deal"),
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(fields=["status", "-made_at", "-id"], name="quote_by_status"),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.UniqueConstraint(fields=("number", "edition"), name="quote_edition_once"),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(("edition__gte", 1)), name="quote_editions_count_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gte", models.F("quoted_on"))), name="quote_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(("net__gte", 0), ("tax__gte", 0), ("total__gte", 0)), name="quote_costs_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["sent", "accepted", "declined", "expired"]), _negated=True),
                    ("sent_at__isnull", False),
                    _connector="OR",
                ),
                name="quote_was_sent_at_an_instant",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quote",
            trigger=pgtrigger.compiler.Trigger(
                name="a_sent_quote_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.sent_at IS NOT NULL AND (OLD.deal_id IS DISTINCT FROM NEW.deal_id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.edition IS DISTINCT FROM NEW.edition OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.quoted_on IS DISTINCT FROM NEW.quoted_on OR OLD.valid_until IS DISTINCT FROM NEW.valid_until OR OLD.payment_terms IS DISTINCT FROM NEW.payment_terms OR OLD.delivery_terms IS DISTINCT FROM NEW.delivery_terms OR OLD.note IS DISTINCT FROM NEW.note OR OLD.gross IS DISTINCT FROM NEW.gross OR OLD.net IS DISTINCT FROM NEW.net OR OLD.tax IS DISTINCT FROM NEW.tax OR OLD.total IS DISTINCT FROM NEW.total OR OLD.parties IS DISTINCT FROM NEW.parties OR OLD.sent_at IS DISTINCT FROM NEW.sent_at))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a9eb08def81871ab9c1d0a42ebd314c5d9591ccd",
                    operation="UPDATE",
                    pgid="pgtrigger_a_sent_quote_stays_6c493",
                    table="deals_quote",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quote",
            trigger=pgtrigger.compiler.Trigger(
                name="a_sent_quote_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.sent_at IS NOT NULL)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="4d7f5c2d8484b4d3e1029277be1d674ca00d693c",
                    operation="DELETE",
                    pgid="pgtrigger_a_sent_quote_is_kept_8edfc",
                    table="deals_quote",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(fields=["quote", "level", "id"], name="approval_of_quote"),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(
                condition=models.Q(("decision", "pending")), fields=["asked_at", "id"], name="approval_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decision", "pending")),
                    models.Q(models.Q(("decision", "pending"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="approval_was_decided_at_an_instant",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approval",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.decision <> 'pending' AND (OLD.quote_id IS DISTINCT FROM NEW.quote_id OR OLD.level IS DISTINCT FROM NEW.level OR OLD.decision IS DISTINCT FROM NEW.decision OR OLD.decided_at IS DISTINCT FROM NEW.decided_at OR OLD.comment IS DISTINCT FROM NEW.comment))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c9d9627aee1a0b4d465e4b52e172a4e548ae9957",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_once_f5c14",
                    table="deals_approval",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.UniqueConstraint(fields=("quote", "position"), name="quote_line_once"),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="quote_line_has_a_quantity"
            ),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_price__gte", 0)), name="quote_line_price_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount__gte", 0), ("discount__lte", 100)), name="quote_discount_is_a_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.CheckConstraint(
                condition=models.Q(("description", ""), _negated=True), name="quote_line_says_what"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quoteline",
            trigger=pgtrigger.compiler.Trigger(
                name="lines_of_a_draft",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT 1 FROM deals_quote WHERE id = COALESCE(NEW.quote_id, OLD.quote_id) AND status <> 'draft') THEN\n        RAISE EXCEPTION 'lines of quote % change only while it is a draft', COALESCE(NEW.quote_id, OLD.quote_id);\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="00c254a00aec6d3fb81c2ce92818a99840cdb57b",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_lines_of_a_draft_dbef1",
                    table="deals_quoteline",
                    when="BEFORE",
                ),
            ),
        ),
    ]
