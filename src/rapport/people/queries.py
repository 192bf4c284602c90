"""What lists and pages show of people and companies."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from rapport.identity.models import User
from rapport.people.models import Affiliation, Company, CompanyLink, ContactPoint, Person
from rapport.people.querysets import OwnedQuerySet

NOBODY = "none"
_RECENT = 2_000


@dataclass(frozen=True)
class PersonFacts:
    """What stands on a person's page beside the timeline."""

    present_posts: list[Affiliation]
    past_posts: list[Affiliation]
    contact_points: list[ContactPoint]


@dataclass(frozen=True)
class Neighbour:
    """A company that is linked to another one, and the link."""

    link: CompanyLink
    company: Company


@dataclass(frozen=True)
class Former:
    """A company to which a link has ended; `part` is what it was: parent, subsidiaries, suppliers, and so on."""

    link: CompanyLink
    company: Company
    part: str


@dataclass(frozen=True)
class Network:
    """How a company belongs together with others, as far as the reader may see them.

    `customers` are those it supplies: its own customers. `former` are links that have ended, the last first.
    """

    parent: Neighbour | None = None
    subsidiaries: list[Neighbour] = field(default_factory=list)
    suppliers: list[Neighbour] = field(default_factory=list)
    customers: list[Neighbour] = field(default_factory=list)
    partners: list[Neighbour] = field(default_factory=list)
    former: list[Former] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        """Whether there is any link that holds."""
        return self.parent is not None or any((self.subsidiaries, self.suppliers, self.customers, self.partners))


def present_posts(person_ids: list[int]) -> dict[int, Affiliation]:
    """The latest present post of each person, by one query; those without one are missing."""
    posts = Affiliation.objects.filter(person__in=person_ids, until__isnull=True).select_related("company")
    return {post.person_id: post for post in sorted(posts, key=_age_of_post)}


def _age_of_post(post: Affiliation) -> tuple[bool, Any, int]:
    """Posts with a known beginning come last, the youngest at the very end."""
    return (post.since is not None, post.since, post.pk)


def person_facts(*, user: User, person: Person) -> PersonFacts:
    """Posts at companies the user may see, and the further contact points of a person; two queries."""
    posts = list(
        Affiliation.objects.filter(person=person, company__in=Company.objects.visible_to(user))
        .select_related("company")
        .order_by("-since", "-pk")
    )
    return PersonFacts(
        present_posts=[post for post in posts if post.until is None],
        past_posts=[post for post in posts if post.until is not None],
        contact_points=list(ContactPoint.objects.filter(person=person).order_by("kind", "pk")),
    )


def people_of_company(*, user: User, company: Company, limit: int = 12) -> list[Affiliation]:
    """The present posts at a company of people the user may see, by name, at most `limit`."""
    posts = Affiliation.objects.filter(
        company=company, until__isnull=True, person__archived_at__isnull=True,
        person__in=Person.objects.visible_to(user),
    )  # fmt: skip
    return list(posts.select_related("person").order_by("person__sort_name", "pk")[:limit])


def network(*, user: User, company: Company) -> Network:
    """The links of a company, both ways, to companies the user may see, those that hold first; two queries."""
    links = list(
        CompanyLink.objects.filter(Q(from_company=company) | Q(to_company=company))
        .select_related("from_company", "to_company")
        .order_by(F("until").desc(nulls_first=True), "pk")[:200]
    )
    others = {_other_end(link, company).pk for link in links}
    seen = set(Company.objects.visible_to(user).filter(pk__in=others).values_list("pk", flat=True))
    found: dict[str, list[Neighbour]] = {}
    former: list[Former] = []
    for link in links:
        other = _other_end(link, company)
        if other.pk in seen and link.until is not None:
            former.append(Former(link, other, _part(link, company)))
        elif other.pk in seen:
            found.setdefault(_part(link, company), []).append(Neighbour(link, other))
    parents = found.pop("parent", [])
    return Network(parent=parents[0] if parents else None, former=former, **found)


def _other_end(link: CompanyLink, company: Company) -> Company:
    return link.to_company if link.from_company_id == company.pk else link.from_company


def _part(link: CompanyLink, company: Company) -> str:
    """What the other end is to the company."""
    outward = link.from_company_id == company.pk
    if link.kind == CompanyLink.Kind.PARENT_OF:
        return "subsidiaries" if outward else "parent"
    if link.kind == CompanyLink.Kind.SUPPLIES:
        return "customers" if outward else "suppliers"
    return "partners"


def sources_in_use() -> list[str]:
    """The sources of people, each found by one step through the index instead of reading a million rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE found(source) AS ("
            " (SELECT source FROM people_person WHERE source > '' ORDER BY source LIMIT 1) UNION ALL"
            " SELECT (SELECT next.source FROM people_person next WHERE next.source > found.source"
            " AND next.source <> '' ORDER BY next.source LIMIT 1) FROM found WHERE found.source IS NOT NULL)"
            " SELECT source FROM found WHERE source IS NOT NULL LIMIT 50"
        )
        return [row[0] for row in cursor.fetchall()]


def tags_in_use(rows: OwnedQuerySet) -> list[str]:
    """The tags of the newest of the given records, in order: what a person is likely to ask for."""
    newest = rows.live().order_by("-recorded_at", "-pk")[:_RECENT].values("tags")
    return _different("unnest(tags)", newest)


def industries_in_use(rows: OwnedQuerySet) -> list[str]:
    """The industries of the newest of the given companies, in order."""
    newest = rows.live().order_by("-recorded_at", "-pk")[:_RECENT].values("industry")
    return _different("industry", newest)


def _different(value: str, newest: QuerySet[Any, Any]) -> list[str]:
    """The different values among some records, by one query that sends nothing else."""
    inner, given = newest.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {value} AS value FROM ({inner}) newest ORDER BY 1 LIMIT 101", given)  # noqa: S608
        return [row[0] for row in cursor.fetchall() if row[0]][:100]


def companies_named(*, user: User, words: str, limit: int = 8) -> list[Company]:
    """Companies the user may see whose names have words beginning with the given ones."""
    return list(Company.objects.visible_to(user).live().word_search(words).order_by("sort_name", "pk")[:limit])


def newest_people(*, user: User, limit: int = 5) -> list[Person]:
    """The people recorded last that the user may see; one query."""
    return list(Person.objects.visible_to(user).live().order_by("-recorded_at", "-pk")[:limit])


def newest_companies(*, user: User, limit: int = 5) -> list[Company]:
    """The companies recorded last that the user may see; one query."""
    return list(Company.objects.visible_to(user).live().order_by("-recorded_at", "-pk")[:limit])
