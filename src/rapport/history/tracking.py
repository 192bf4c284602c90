"""Having the database note every change of a table: told in `<app>/history.py`, set by a migration.

    TRACKED = (Tracking("people.affiliation", _("Post"), whole="person", other="company"),)
    operations = [track("people_affiliation", kind="people.affiliation", whole="person_id", other="company_id")]

`config/wiring.py` registers what the apps tell. A test holds both together, and fails for a model of ours that is
neither tracked nor named in `UNTRACKED` of its app with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models
from django.db.migrations import RunSQL
from django.utils.functional import Promise

# Derived from other columns, or kept by the machine: a change of these alone is none.
TECHNICAL = frozenset({"search_text", "sort_name", "recorded_at", "updated_at", "version", "batch"})


@dataclass(frozen=True)
class Tracking:
    """How one model is tracked, and what people call it.

    `whole` and `other` name foreign keys to records on whose page its changes are shown, too. `ignoring` names columns
    whose changes are no change of the record, or whose values must not be kept (secrets, caches). `titles` names the
    fields that tell one of its records from the next, where its own text does not. `loose` parts (talks, tasks) are
    shown with the whole only where they are asked for.
    """

    kind: str
    name: str | Promise
    whole: str = ""
    other: str = ""
    ignoring: frozenset[str] = field(default_factory=frozenset)
    titles: tuple[str, ...] = ()
    loose: bool = False

    @property
    def model(self) -> type[models.Model]:
        """The model of the kind."""
        return apps.get_model(self.kind)

    def wholes(self) -> dict[str, str]:
        """The column of the log (`whole_id`, `other_id`) by the kind of record it numbers, the first one counting."""
        found: dict[str, str] = {}
        for name, column in ((self.whole, "whole_id"), (self.other, "other_id")):
            if name:
                whole = self.model._meta.get_field(name).related_model
                assert isinstance(whole, type)
                found.setdefault(f"{whole._meta.label_lower}", column)
        return found


_tracked: dict[str, Tracking] = {}
_untracked: dict[str, str] = {}


def register(tracked: tuple[Tracking, ...], untracked: Mapping[str, str]) -> None:
    """Take up what one app says of its models: the tracked ones, and why the others are not."""
    _tracked.update({tracking.kind: tracking for tracking in tracked})
    _untracked.update(untracked)


def registered() -> dict[str, Tracking]:
    """Every tracked model by its kind."""
    return dict(_tracked)


def reasons() -> dict[str, str]:
    """Why each of the other models is not tracked, by its kind."""
    return dict(_untracked)


def track(table: str, *, kind: str, whole: str = "", other: str = "", ignoring: tuple[str, ...] = ()) -> RunSQL:
    """The migration operation that sets the triggers on a table, in columns, not fields; says the same as `Tracking`.

    Say it again in a later migration to change it; a column that is added needs nothing.
    """
    columns = "{" + ",".join(sorted(TECHNICAL | set(ignoring))) + "}"
    given = f"'{kind}', '{columns}', '{whole}', '{other}'"
    forward = f"""
CREATE OR REPLACE TRIGGER history_created AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS new_values
  FOR EACH STATEMENT EXECUTE FUNCTION history_note_created({given});
CREATE OR REPLACE TRIGGER history_changed AFTER UPDATE ON "{table}"
  REFERENCING OLD TABLE AS old_values NEW TABLE AS new_values
  FOR EACH STATEMENT EXECUTE FUNCTION history_note_changed({given});
CREATE OR REPLACE TRIGGER history_removed AFTER DELETE ON "{table}" REFERENCING OLD TABLE AS old_values
  FOR EACH STATEMENT EXECUTE FUNCTION history_note_removed({given})"""
    names = ("history_created", "history_changed", "history_removed")
    return RunSQL(forward, ";".join(f'DROP TRIGGER IF EXISTS {name} ON "{table}"' for name in names))
