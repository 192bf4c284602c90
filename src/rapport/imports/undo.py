"""Taking an import back: what it made goes, what it changed is as before."""

from datetime import datetime
from typing import Any

import pgtrigger
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from rapport.core import audit, outbox
from rapport.core.acting import Through, acting
from rapport.core.bulk import know_sizes
from rapport.core.errors import RapportError
from rapport.identity.models import User
from rapport.imports.events import ImportUndone
from rapport.imports.models import BeforeImage, Import

# Children first. Rows without a number of their own go with the row they hang on.
MADE = (
    "deals_dealchange", "deals_stagechange", "deals_deal", "commerce_orderline", "commerce_order",
    "timeline_interaction", "commerce_product", "people_affiliation", "people_companylink", "people_contactpoint",
    "people_person", "people_company", "deals_stage", "deals_pipeline", "identity_user",
)  # fmt: skip
HANGING = (
    ("deals_dealinteraction", "interaction_id", "timeline_interaction"),
    ("timeline_interactionperson", "interaction_id", "timeline_interaction"),
)
WITH_VERSION = (
    "deals_deal", "commerce_order", "timeline_interaction", "commerce_product", "people_person", "people_company",
)  # fmt: skip

# Colleagues who got a way in since, or were changed in the settings, as were their teams.
USER_CHANGED = (
    "SELECT FROM identity_user WHERE batch = %(batch)s AND is_active",
    """SELECT FROM imports_beforeimage b JOIN identity_user u ON u.id = b.row_id
       WHERE b.batch_id = %(batch)s AND b."table" = 'identity_user' AND b.before <> '{}'::jsonb
         AND (b.before ->> 'password', b.before -> 'is_active') IS DISTINCT FROM (u.password, to_jsonb(u.is_active))""",
    """SELECT FROM core_auditentry a JOIN imports_beforeimage b ON b.row_id = a.target_id
         AND (a.code, b."table") IN (('identity.user_changed', 'identity_user'),
                                     ('identity.team_saved', 'identity_team'))
       WHERE b.batch_id = %(batch)s AND a.at > %(at)s""",
)


# What the database itself keeps to other rows is not brought back, but follows from what is (ADR 0048).
KEPT_BY_TRIGGERS = ("stage_since",)


class CannotUndo(RapportError):
    """Something later depends on what the import made or changed."""


def undo(*, job: Import, by: User | None, at: datetime) -> Import:
    """Take an import back. Raises CannotUndo, and then everything is as it was."""
    who = acting(user_id=by.pk if by else None, through=Through.IMPORT, what=f"undo of import {job.pk}")
    try:
        with who, transaction.atomic():
            job = Import.objects.select_for_update().get(pk=job.pk)
            if job.status != Import.Status.DONE:
                raise CannotUndo(_("Only an import that was loaded can be undone."))
            _take_back(job)
            Import.objects.filter(pk=job.pk).update(status=Import.Status.UNDONE, finished_at=at)
            BeforeImage.objects.filter(batch=job).delete()
            audit.record("imports.undone", target=job, by=by, at=at)
            outbox.put(ImportUndone(import_id=job.pk, target=job.target))
    except IntegrityError as error:
        raise CannotUndo(_("The import cannot be undone: something recorded later belongs to what it made.")) from error
    job.refresh_from_db()
    return job


def _take_back(job: Import) -> None:
    with connection.cursor() as cursor:
        know_sizes(cursor, tables=("imports_beforeimage", *MADE))
        for table in MADE:
            if _changed_later(cursor, job, table):
                raise CannotUndo(_("The import cannot be undone: some of its records were changed later."))
        for child, column, parent in HANGING:
            cursor.execute(
                f"DELETE FROM {child} WHERE {column} IN (SELECT id FROM {parent} WHERE batch = %s)", [job.pk]
            )
        for table in MADE:
            cursor.execute(f"DELETE FROM {table} WHERE batch = %s", [job.pk])
        with pgtrigger.ignore("deals.StageChange:append_only"):
            _restore(cursor, job)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _changed_later(cursor: CursorWrapper, job: Import, table: str) -> bool:
    """Whether a row that the import made or changed was changed again, by hand or by another import."""
    tests = [
        # By another import, what this one made.
        f"""SELECT FROM imports_beforeimage o JOIN {table} t ON t.id = o.row_id AND t.batch = %(batch)s
            WHERE o."table" = %(table)s AND o.batch_id <> %(batch)s""",
        # By another import, what this one changed.
        """SELECT FROM imports_beforeimage o WHERE o."table" = %(table)s AND o.batch_id <> %(batch)s
             AND o.id > (SELECT max(id) FROM imports_beforeimage WHERE batch_id = %(batch)s)
             AND o.row_id IN (SELECT row_id FROM imports_beforeimage
                              WHERE batch_id = %(batch)s AND "table" = %(table)s)""",
    ]
    if table in WITH_VERSION:
        tests += [
            f"SELECT FROM {table} WHERE batch = %(batch)s AND version > 1",
            f"""SELECT FROM imports_beforeimage b LEFT JOIN {table} t ON t.id = b.row_id
                WHERE b.batch_id = %(batch)s AND b."table" = %(table)s AND NOT b.removed
                  AND t.updated_at IS DISTINCT FROM %(at)s""",
        ]
    if table == "identity_user":
        tests += USER_CHANGED
    values: dict[str, Any] = {"batch": job.pk, "table": table, "at": job.loaded_at}
    for test in tests:
        cursor.execute(f"SELECT EXISTS ({test})", values)
        if cursor.fetchone() == (True,):
            return True
    return False


def _restore(cursor: CursorWrapper, job: Import) -> None:
    """Bring the changed and removed rows back as they were before the import's first touch; what it tied is loosed."""
    tables = BeforeImage.objects.filter(batch=job).values_list("table", flat=True).distinct().order_by("table")
    first = """SELECT DISTINCT ON (row_id) row_id, before, removed FROM imports_beforeimage
               WHERE batch_id = %s AND "table" = %s ORDER BY row_id, id"""
    for table in list(tables):
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
            " AND attname <> ALL(%s)",
            [table, list(KEPT_BY_TRIGGERS)],
        )
        columns = cursor.fetchone()[0]
        values: list[Any] = [job.pk, table]
        cursor.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT row_id FROM ({first}) b WHERE before = '{{}}'::jsonb)", values
        )
        cursor.execute(
            f"""UPDATE {table} t SET ({columns}) =
                  (SELECT {columns} FROM jsonb_populate_record(NULL::{table}, b.before))
                FROM ({first}) b WHERE b.row_id = t.id AND NOT b.removed AND before <> '{{}}'::jsonb""",
            values,
        )
        cursor.execute(
            f"""INSERT INTO {table} ({columns}) SELECT {", ".join(f"(r).{name}" for name in columns.split(", "))}
                FROM (SELECT jsonb_populate_record(NULL::{table}, b.before) AS r FROM ({first}) b
                      WHERE b.removed) kept""",
            values,
        )
