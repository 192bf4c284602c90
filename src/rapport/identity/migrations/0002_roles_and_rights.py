"""Roles as rows, and how far the rights of each go; the six that were there keep what they could do."""

import django.db.models.deletion
import django.db.models.functions.text
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = ("administrator", "manager", "seller", "marketer", "service", "viewer")
REACHES = {"-": 0, "O": 1, "T": 2, "A": 3}
# Columns: as in ROLES. All, team, own, nothing.
RIGHTS = """
person       see       A A T A A A
person       add       A A A A A -
person       edit      A A T A A -
person       archive   A A T A A -
person       merge     A A T A A -
person       bulk      A A T A A -
person       export    A A T A A A
person       erase     A - - - - -
company      see       A A T A A A
company      add       A A A A A -
company      edit      A A T A A -
company      archive   A A T A A -
company      merge     A A T A A -
company      bulk      A A T A A -
company      export    A A T A A A
deal         see       A A T A A A
deal         add       A A A A A -
deal         edit      A A T A A -
deal         archive   A A T A A -
deal         bulk      A A T A A -
deal         export    A A T A A A
deal         override  A A - - - -
deal         approve   A A A A A -
order        see       A A T A A A
order        add       A A A A A -
order        edit      A A T A A -
order        archive   A A T A A -
order        bulk      A A T A A -
order        export    A A T A A A
product      see       A A A A A A
product      add       A A A A A -
product      edit      A A A A A -
task         see       A A T A A A
task         add       A A A A A -
task         edit      A A T A A -
interaction  add       A A A A A -
interaction  edit      A A A A A -
segment      see       A A - A - A
segment      edit      A A - A - -
report       see       A A - A - A
report       refresh   A A - A - -
import       add       A A - A - -
settings     edit      A - - - - -
"""
KEY = """
ALTER TABLE identity_user ADD CONSTRAINT user_role_exists
FOREIGN KEY (role) REFERENCES identity_role (code) DEFERRABLE INITIALLY DEFERRED
"""


def seed(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The built-in roles and their rights."""
    role, right = apps.get_model("identity", "Role"), apps.get_model("identity", "Right")
    made = role.objects.bulk_create(role(code=code, position=position) for position, code in enumerate(ROLES))
    rows = [line.split() for line in RIGHTS.strip().splitlines()]
    right.objects.bulk_create(
        right(role=each, kind=kind, action=action, reach=REACHES[letter])
        for kind, action, *letters in rows
        for each, letter in zip(made, letters, strict=True)
    )


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                (
                    "name",
                    models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="Name"),
                ),
                (
                    "second_factor",
                    models.BooleanField(db_default=False, default=False, verbose_name="Must use a second factor"),
                ),
                ("position", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("version", models.PositiveIntegerField(db_default=1, default=1)),
            ],
            options={
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__in", list(ROLES)), ("name", ""))
                        | (models.Q(("code__in", list(ROLES)), _negated=True) & models.Q(("name", ""), _negated=True)),
                        name="role_has_one_name",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("name", ""), _negated=True),
                        name="role_name_once",
                        violation_error_message="Another role has this name.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Right",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("action", models.CharField(max_length=20)),
                ("reach", models.PositiveSmallIntegerField()),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rights", to="identity.role"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("role", "kind", "action"), name="right_once"),
                    models.CheckConstraint(condition=models.Q(("reach__lte", 3)), name="right_reaches_nothing_to_all"),
                    models.CheckConstraint(
                        condition=models.Q(("reach__in", [0, 3]))
                        | (
                            models.Q(("kind__in", ["company", "deal", "order", "person", "task"]))
                            & models.Q(("action__in", ["add", "approve", "refresh"]), _negated=True)
                        ),
                        name="right_without_owner_is_all_or_nothing",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(default="viewer", max_length=20, verbose_name="Role"),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(KEY, "ALTER TABLE identity_user DROP CONSTRAINT user_role_exists"),
    ]
