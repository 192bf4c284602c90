"""Own fields that lead to a person or a company: what becomes of them at a merge or an erasure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.core.holders import Holder
from rapport.fields import queries
from rapport.fields.conditions import condition
from rapport.fields.definitions import KINDS, TARGETS, Definition, Type
from rapport.identity.rights import Kind


@dataclass(frozen=True, kw_only=True)
class LinksInFields(Holder):
    """The fields of a kind of record that lead to records of the `target` kind; retired ones too."""

    target: Kind
    kind: Kind

    def held(self, pk: int) -> QuerySet[Any]:
        """The records one of whose fields leads to this one."""
        # No record has a number below zero: where no field leads here, nothing is found.
        pointing = Q(pk=-1)
        for definition in self._links():
            pointing |= condition(definition, "one_of", [pk])
        return self.model._base_manager.filter(pointing)

    def repoint(self, *, kept: int, gone: int, at: datetime) -> None:
        """Let the fields lead to the kept record."""
        for definition in self._links():
            self._write(definition, "jsonb_set(custom, ARRAY[%s], to_jsonb(%s::bigint))", [definition.code, kept], gone)

    def erase(self, pk: int) -> int:
        """Empty the fields; the records they stand in stay."""
        return sum(self._write(each, "custom - %s", [each.code], pk) for each in self._links())

    def _links(self) -> list[Definition]:
        links = [each for each in queries.definitions(self.kind, retired=True) if each.type is Type.LINK]
        return [each for each in links if each.target_kind == self.target]

    def _write(self, definition: Definition, custom: str, values: list[Any], pk: int) -> int:
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET custom = {custom} WHERE custom -> %s = to_jsonb(%s::bigint)",  # noqa: S608
                [*values, definition.code, pk],
            )
            return int(cursor.rowcount)


def _links_to(target: Kind) -> tuple[Holder, ...]:
    return tuple(
        LinksInFields(column=f"{TARGETS[kind]}.custom", kind=kind, target=target, label=_("Links in own fields"))
        for kind in KINDS
    )


OF_PERSONS = _links_to(Kind.PERSON)
OF_COMPANIES = _links_to(Kind.COMPANY)
