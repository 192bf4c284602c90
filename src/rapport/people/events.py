"""What is announced of people and companies."""

from dataclasses import dataclass

from rapport.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Event):
    """A person was added by hand."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Event):
    """Something we know of a person changed: the named fields, posts, or contact points."""

    person_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PersonArchived(Event):
    """A person was put away."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class PersonRestored(Event):
    """A person was fetched back from the archive."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class CompanyAdded(Event):
    """A company was added by hand."""

    company_id: int


@dataclass(frozen=True, kw_only=True)
class CompanyChanged(Event):
    """Something we know of a company changed: the named fields."""

    company_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CompanyArchived(Event):
    """A company was put away."""

    company_id: int


@dataclass(frozen=True, kw_only=True)
class CompanyRestored(Event):
    """A company was fetched back from the archive."""

    company_id: int


@dataclass(frozen=True, kw_only=True)
class AffiliationSet(Event):
    """A person has a post at a company, new or changed."""

    affiliation_id: int
    person_id: int
    company_id: int


@dataclass(frozen=True, kw_only=True)
class AffiliationEnded(Event):
    """A person left a post, or it turned out never to have been theirs."""

    affiliation_id: int
    person_id: int
    company_id: int


@dataclass(frozen=True, kw_only=True)
class CompaniesLinked(Event):
    """Two companies belong together."""

    from_company_id: int
    to_company_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class CompaniesUnlinked(Event):
    """Two companies no longer belong together."""

    from_company_id: int
    to_company_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class PeopleMerged(Event):
    """Two records turned out to be one person: everything of `gone_id` now belongs to `kept_id`."""

    kept_id: int
    gone_id: int


@dataclass(frozen=True, kw_only=True)
class CompaniesMerged(Event):
    """Two records turned out to be one company: everything of `gone_id` now belongs to `kept_id`."""

    kept_id: int
    gone_id: int


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Event):
    """Two records that had become one stand for themselves again; `kind` is `person` or `company`."""

    kind: str
    kept_id: int
    gone_id: int


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """A person was erased for good, with all records merged into them."""

    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PeopleUpserted(Event):
    """Many people were made or changed at once by a program."""

    created: tuple[int, ...]
    changed: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CompaniesUpserted(Event):
    """Many companies were made or changed at once by a program."""

    created: tuple[int, ...]
    changed: tuple[int, ...]
