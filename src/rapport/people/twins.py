"""Pairs of records that are likely one: searched for in sets over the whole base, and put aside by who knows better.

Two people share an e-mail or a phone number, or have one name and a post at one company; two companies share a tax id,
a website or a name. What more than `MOST_ALIKE` records share is no sign: the switchboard of a company, `info@…`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from rapport.core import audit
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people.models import OF_KIND, NotTheSame, Twins, TwinSearch

MOST_ALIKE = 6
MOST_PAIRS = 20_000

# (id, what is shared, its value) of every live record.
_PERSON = """
    SELECT id, 'email' AS code, email AS value FROM people_person WHERE email <> '' AND archived_at IS NULL
    UNION ALL SELECT id, 'phone', phone FROM people_person WHERE phone <> '' AND archived_at IS NULL
    UNION ALL SELECT p.id, CASE c.kind WHEN 'email' THEN 'email' ELSE 'phone' END, c.value
        FROM people_contactpoint c JOIN people_person p ON p.id = c.person_id AND p.archived_at IS NULL
        WHERE c.kind IN ('email', 'phone', 'zalo')
    UNION ALL SELECT p.id, 'post', a.company_id || ' ' || p.sort_name
        FROM people_affiliation a JOIN people_person p ON p.id = a.person_id AND p.archived_at IS NULL
        WHERE a.until IS NULL AND p.full_name <> ''
"""
_COMPANY = """
    SELECT id, 'tax_id' AS code, tax_id::text AS value FROM people_company WHERE tax_id <> '' AND archived_at IS NULL
    UNION ALL SELECT id, 'domain', domain FROM people_company WHERE domain <> '' AND archived_at IS NULL
    UNION ALL SELECT id, 'name', sort_name FROM people_company WHERE archived_at IS NULL
"""
_SHARED = {"person": _PERSON, "company": _COMPANY}


@dataclass(frozen=True)
class Pair:
    """Two records and what they share."""

    low: Any
    high: Any
    shares: list[str]
    pk: int

    @property
    def both(self) -> tuple[Any, Any]:
        """The two, the older one first."""
        return self.low, self.high


@transaction.atomic
def search(*, kind: str, at: datetime) -> int:
    """Look through the whole base for pairs of a kind; gives how many there are. What was put aside is kept aside."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5261, list(OF_KIND).index(kind)])
        cursor.execute("DELETE FROM people_twins WHERE kind = %s", [kind])
        cursor.execute(
            f"""INSERT INTO people_twins (kind, low_id, high_id, shares)
                SELECT %(kind)s, low, high, array_agg(DISTINCT code ORDER BY code) FROM (
                    SELECT code, one.id AS low, two.id AS high
                    FROM (SELECT code, array_agg(DISTINCT id) AS ids FROM ({_SHARED[kind]}) said
                          GROUP BY code, value
                          HAVING count(*) > 1 AND count(DISTINCT id) BETWEEN 2 AND %(most)s) alike,
                         unnest(alike.ids) one(id), unnest(alike.ids) two(id)
                    WHERE one.id < two.id) pairs
                GROUP BY low, high ORDER BY count(DISTINCT code) DESC, low, high LIMIT %(pairs)s""",  # noqa: S608
            {"kind": kind, "most": MOST_ALIKE, "pairs": MOST_PAIRS},
        )
        found = int(cursor.rowcount)
    TwinSearch.objects.update_or_create(kind=kind, defaults={"found_at": at, "asked_at": None})
    return found


def pairs(*, user: User, kind: str, after: int = 0, limit: int = 30) -> list[Pair]:
    """Pairs that the user may merge, both live and not put aside, those first that share most; `after` turns pages."""
    model: Any = OF_KIND[kind]
    aside = NotTheSame.objects.filter(kind=kind, low_id=OuterRef("low_id"), high_id=OuterRef("high_id"))
    open_to_user = model.objects.live().within_reach(user, Action.MERGE)
    one, two = (open_to_user.filter(pk=OuterRef(name)) for name in ("low_id", "high_id"))
    found = Twins.objects.filter(~Exists(aside), Exists(one), Exists(two), kind=kind, pk__gt=after)
    rows = list(found.order_by("pk")[:limit])
    ids = {pk for row in rows for pk in (row.low_id, row.high_id)}
    records = model.objects.select_related("owner").in_bulk(ids)
    return [Pair(records[row.low_id], records[row.high_id], row.shares, row.pk) for row in rows]


@transaction.atomic
def put_aside(*, one: Any, two: Any, by: User, at: datetime) -> None:
    """Two records alike are two: they are not offered again."""
    low, high = sorted((one, two), key=lambda each: each.pk)
    kind = str(low._meta.model_name)
    NotTheSame.objects.get_or_create(kind=kind, low_id=low.pk, high_id=high.pk, defaults={"by": by, "at": at})
    audit.record(f"people.{kind}_is_another", target=low, by=by, at=at, data={"than": high.pk})


@transaction.atomic
def ask(*, kind: str, at: datetime) -> bool:
    """Take note that a search was asked for; False where one waits already."""
    row, _made = TwinSearch.objects.select_for_update().get_or_create(kind=kind)
    if row.asked_at is not None and (at - row.asked_at).total_seconds() < 600:
        return False
    row.asked_at = at
    row.save(update_fields=["asked_at"])
    return True


def last_search(kind: str) -> TwinSearch | None:
    """When the base was last searched, and whether a search waits."""
    return TwinSearch.objects.filter(kind=kind).first()
