"""The buying committee: who takes part in a deal, how they stand to it, who influences whom."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0002_process"),
        ("identity", "0001_initial"),
        ("people", "0001_initial"),
        ("timeline", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CommitteeSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "quiet_days",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="Days without contact to the decision maker"
                    ),
                ),
                (
                    "fewest_people",
                    models.PositiveSmallIntegerField(default=3, verbose_name="Fewest people on a committee"),
                ),
                (
                    "early",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("initiator", "Initiator"),
                                ("influencer", "Influencer"),
                                ("gatekeeper", "Gatekeeper"),
                                ("decision_maker", "Decision maker"),
                                ("buyer", "Buyer"),
                                ("user", "User"),
                            ],
                            max_length=14,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="First third of the stages",
                    ),
                ),
                (
                    "middle",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("initiator", "Initiator"),
                                ("influencer", "Influencer"),
                                ("gatekeeper", "Gatekeeper"),
                                ("decision_maker", "Decision maker"),
                                ("buyer", "Buyer"),
                                ("user", "User"),
                            ],
                            max_length=14,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Middle of the stages",
                    ),
                ),
                (
                    "late",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("initiator", "Initiator"),
                                ("influencer", "Influencer"),
                                ("gatekeeper", "Gatekeeper"),
                                ("decision_maker", "Decision maker"),
                                ("buyer", "Buyer"),
                                ("user", "User"),
                            ],
                            max_length=14,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Last third of the stages",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "db_table": "deals_committeesettings",
            },
        ),
        migrations.CreateModel(
            name="Dismissal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=24)),
                ("evidence", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "deals_dismissal",
            },
        ),
        migrations.CreateModel(
            name="Influence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("reports_to", "Reports to"), ("influences", "Influences")],
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "deals_influence",
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("initiator", "Initiator"),
                                ("influencer", "Influencer"),
                                ("gatekeeper", "Gatekeeper"),
                                ("decision_maker", "Decision maker"),
                                ("buyer", "Buyer"),
                                ("user", "User"),
                            ],
                            max_length=14,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "stance",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[
                            (-2, "Against us"),
                            (-1, "Has doubts"),
                            (0, "Neutral"),
                            (1, "For us"),
                            (2, "Fights for us"),
                        ],
                        null=True,
                        verbose_name="Stance",
                    ),
                ),
                (
                    "influence",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(0, "None"), (1, "Low"), (2, "Medium"), (3, "High")],
                        null=True,
                        verbose_name="Influence",
                    ),
                ),
                (
                    "coverage",
                    models.CharField(
                        choices=[
                            ("unknown", "Not known"),
                            ("none", "No contact"),
                            ("brief", "Brief"),
                            ("several", "Several times"),
                            ("in_depth", "In depth"),
                        ],
                        default="unknown",
                        max_length=8,
                        verbose_name="Contact",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[("stated", "They said so"), ("inferred", "We infer it"), ("unknown", "Not known")],
                        default="unknown",
                        max_length=8,
                        verbose_name="Rests on",
                    ),
                ),
                ("evidence", models.TextField(blank=True, default="", verbose_name="Evidence")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "deals_participant",
            },
        ),
        migrations.AddConstraint(
            model_name="committeesettings",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="one_row_of_committee_settings"),
        ),
        migrations.AddConstraint(
            model_name="committeesettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "early__contained_by",
                        ["initiator", "influencer", "gatekeeper", "decision_maker", "buyer", "user"],
                    ),
                    (
                        "late__contained_by",
                        ["initiator", "influencer", "gatekeeper", "decision_maker", "buyer", "user"],
                    ),
                    (
                        "middle__contained_by",
                        ["initiator", "influencer", "gatekeeper", "decision_maker", "buyer", "user"],
                    ),
                ),
                name="committee_required_roles_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="committeesettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("quiet_days__range", (1, 3650))), name="committee_quiet_days_make_sense"
            ),
        ),
        migrations.AddConstraint(
            model_name="committeesettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("fewest_people__range", (1, 50))), name="committee_fewest_people_make_sense"
            ),
        ),
        migrations.AddField(
            model_name="dismissal",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="dismissal",
            name="deal",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="deals.deal"
            ),
        ),
        migrations.AddField(
            model_name="dismissal",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"),
        ),
        migrations.AddField(
            model_name="influence",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="influence",
            name="deal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="influences", to="deals.deal"
            ),
        ),
        migrations.AddField(
            model_name="influence",
            name="from_person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"),
        ),
        migrations.AddField(
            model_name="influence",
            name="to_person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"),
        ),
        migrations.AddField(
            model_name="participant",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="deal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="participants", to="deals.deal"
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="interaction",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="timeline.interaction",
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.person",
                verbose_name="Person",
            ),
        ),
        migrations.AddConstraint(
            model_name="dismissal",
            constraint=models.UniqueConstraint(fields=("deal", "person", "topic"), name="dismissed_once"),
        ),
        migrations.AddConstraint(
            model_name="influence",
            constraint=models.UniqueConstraint(
                fields=("deal", "from_person", "to_person", "kind"), name="influence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="influence",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_person", models.F("to_person")), _negated=True), name="influence_on_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="influence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "reports_to")), fields=("deal", "from_person"), name="reports_to_one"
            ),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["deal", "since", "id"], name="participant_of_deal"),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["person", "deal"], name="participant_of_person"),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)), fields=("deal", "person"), name="participant_present_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="participant_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "roles__contained_by",
                        ["initiator", "influencer", "gatekeeper", "decision_maker", "buyer", "user"],
                    )
                ),
                name="participant_roles_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("stance__isnull", True), ("stance__range", (-2, 2)), _connector="OR"),
                name="participant_stance_on_its_scale",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("influence__isnull", True), ("influence__range", (0, 3)), _connector="OR"),
                name="participant_influence_on_its_scale",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("coverage__in", ["unknown", "none", "brief", "several", "in_depth"])),
                name="participant_coverage_on_its_scale",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidence__in", ["stated", "inferred", "unknown"])),
                name="participant_confidence_is_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="participant",
            trigger=pgtrigger.compiler.Trigger(
                name="period_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."confidence" IS DISTINCT FROM (NEW."confidence") OR OLD."coverage" IS DISTINCT FROM (NEW."coverage") OR OLD."deal_id" IS DISTINCT FROM (NEW."deal_id") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."influence" IS DISTINCT FROM (NEW."influence") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."since" IS DISTINCT FROM (NEW."since") OR OLD."stance" IS DISTINCT FROM (NEW."stance"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c4cf77399a3fce40c33e98dfaf47f70593a95b0f",
                    operation="UPDATE",
                    pgid="pgtrigger_period_stays_556cf",
                    table="deals_participant",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="participant",
            trigger=pgtrigger.compiler.Trigger(
                name="history_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="40b91725c1009c0d3dd98c3ccbb7233ed76803f8",
                    operation="DELETE",
                    pgid="pgtrigger_history_stays_8ed79",
                    table="deals_participant",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="participant",
            trigger=pgtrigger.compiler.Trigger(
                name="end_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."until" IS DISTINCT FROM (NEW."until") AND OLD."until" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2ec75d2dcec32e9c9f13566fd25395cf78b1b93d",
                    operation="UPDATE",
                    pgid="pgtrigger_end_stays_203b7",
                    table="deals_participant",
                    when="BEFORE",
                ),
            ),
        ),
    ]
