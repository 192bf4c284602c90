"""The requirements of a deal with their versions, what was accepted, and what changes after that cost."""

from dataclasses import dataclass

from django.db.models import Prefetch

from rapport.deals.models import Deal, Requirement, RequirementAcceptance, RequirementVersion
from rapport.deals.queries.criteria import seen
from rapport.deals.rules.tailoring import Change, Rework, rework
from rapport.identity.models import User
from rapport.people.customers import Customer
from rapport.people.models import Company, Person


@dataclass(frozen=True)
class VersionRow:
    """A version, whether and by whom it was accepted."""

    version: RequirementVersion
    acceptance: RequirementAcceptance | None
    accepter: Customer | None


@dataclass(frozen=True)
class RequirementRow:
    """A requirement with its versions, the newest first, and the customer's customer it serves."""

    requirement: Requirement
    versions: list[VersionRow]
    serves: Customer | None

    @property
    def newest(self) -> VersionRow:
        """What holds now."""
        return self.versions[0]

    @property
    def is_dropped(self) -> bool:
        """Whether it is needed no longer."""
        return self.requirement.dropped_at is not None

    @property
    def was_accepted(self) -> bool:
        """Whether any version was accepted, so that a change is rework."""
        return any(row.acceptance for row in self.versions)

    @property
    def rework_count(self) -> int:
        """How often it changed after acceptance."""
        return sum(row.version.is_rework for row in self.versions)


@dataclass(frozen=True)
class Register:
    """The requirements of a deal, and the rework on them as a whole and by cause."""

    rows: list[RequirementRow]
    rework: Rework
    causes: list[tuple[str, Rework]]

    @property
    def live(self) -> list[RequirementRow]:
        """Those that were not dropped."""
        return [row for row in self.rows if not row.is_dropped]

    @property
    def accepted(self) -> int:
        """Of how many live ones the newest version is accepted."""
        return sum(bool(row.newest.acceptance) for row in self.live)

    @property
    def changed_since(self) -> int:
        """How many live ones changed after acceptance and wait to be accepted again."""
        return sum(row.was_accepted and not row.newest.acceptance for row in self.live)


def register(*, deal: Deal, user: User) -> Register:
    """The requirements of a deal in the order of their numbers; five queries at most."""
    rows = _rows(deal, user)
    changes = [_change(each.version) for row in rows for each in row.versions if each.version.is_rework]
    whole, causes = rework(changes)
    labels = dict(RequirementVersion.Cause.choices)
    return Register(rows, whole, [(str(labels.get(cause, cause)), each) for cause, each in causes.items()])


def requirement_row(*, requirement: Requirement, user: User) -> RequirementRow:
    """One requirement with everything said of it."""
    return _rows(requirement.deal, user, pk=requirement.pk)[0]


def _rows(deal: Deal, user: User, *, pk: int | None = None) -> list[RequirementRow]:
    versions = RequirementVersion.objects.select_related("acceptance", "by").order_by("-number")
    found = Requirement.objects.filter(deal=deal).order_by("number")
    if pk is not None:
        found = found.filter(pk=pk)
    rows = list(found.prefetch_related(Prefetch("versions", queryset=versions)))
    accepted = [each for row in rows for each in map(_acceptance, row.versions.all()) if each]
    people_ids = {row.serves_person_id for row in rows} | {each.person_id for each in accepted}
    people = seen(Person, {each for each in people_ids if each}, user)
    companies = seen(Company, {row.serves_company_id for row in rows if row.serves_company_id}, user)
    return [
        RequirementRow(
            row,
            [_version_row(each, people) for each in row.versions.all()],
            companies.get(row.serves_company_id or 0) or people.get(row.serves_person_id or 0),
        )
        for row in rows
    ]


def _acceptance(version: RequirementVersion) -> RequirementAcceptance | None:
    return getattr(version, "acceptance", None)


def _version_row(version: RequirementVersion, people: dict[int, Customer]) -> VersionRow:
    acceptance = _acceptance(version)
    return VersionRow(version, acceptance, people.get(acceptance.person_id or 0) if acceptance else None)


def _change(version: RequirementVersion) -> Change:
    return Change(cause=version.cause, minutes=version.minutes, cost=version.cost, currency=version.currency)
