"""What people themselves keep of persons and companies: posts, ways to reach them, links, and earlier merges."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.core.holders import Holder, Same
from rapport.people.models import CompanyLink, Merge


class MergedRecords(Holder):
    """The records that were merged into one, and what is written down of those merges."""

    def erase(self, pk: int) -> int:
        """They are the same person, or company: they go with it, and so does the copy of what they said."""
        ids = [pk, *self.held(pk).values_list("pk", flat=True)]
        kind = str(self.model._meta.model_name)
        written = Merge.objects.filter(Q(kept_id__in=ids) | Q(gone_id__in=ids), kind=kind).delete()[0]
        return written + super().erase(pk)


class LinksOfCompanies(Holder):
    """Links to other companies; of two that say the same, the one that still holds stays."""

    def repoint(self, *, kept: int, gone: int, at: datetime) -> None:
        """Give the links to the kept record."""
        holding = set(self.held(gone).filter(until=None).values_list(self.other_end, "kind"))
        ended = self.held(kept).exclude(until=None).values_list("pk", self.other_end, "kind")
        self.remove({pk for pk, other, kind in ended if (other, kind) in holding})
        self._partners_once(kept, gone)
        super().repoint(kept=kept, gone=gone, at=at)

    def _partners_once(self, kept: int, gone: int) -> None:
        """Partners are partners of each other: of two links that say so from either side the one that holds stays."""
        partners = CompanyLink.objects.filter(kind=CompanyLink.Kind.PARTNER_OF)
        mirrored = {getattr(row, f"{self.name}_id"): row for row in partners.filter(**{self.other_end: kept})}
        for row in partners.filter(**{self.name: gone}):
            twin = mirrored.get(getattr(row, f"{self.other_end}_id"))
            if twin is not None:
                self.remove({twin.pk if twin.until is not None and row.until is None else row.pk})


PERSON, COMPANY = "people.Person", "people.Company"
OF_PERSONS = (
    Holder(
        column="people.Affiliation.person",
        label=_("Posts"),
        through="company",
        same=(Same(("company", "title", "since"), fills=("department",)),),
    ),
    Holder(
        column="people.ContactPoint.person",
        label=_("Further ways to reach them"),
        same=(Same(("kind", "value"), fills=("verified_at", "bounced_at")),),
    ),
    MergedRecords(column="people.Person.merged_into"),
    Holder(
        column="people.PrivacyRequest.person",
        label=_("Requests about their data"),
        forgotten=True,
        stays=_("what was asked for and when it was done must be provable; the name goes"),
    ),
)
OF_COMPANIES = (
    Holder(
        column="people.Affiliation.company",
        label=_("People’s posts"),
        through="person",
        same=(Same(("person", "title", "since"), fills=("department",)),),
    ),
    LinksOfCompanies(
        column="people.CompanyLink.from_company",
        label=_("Links to other companies"),
        same=(Same(("to_company", "kind"), fills=("since",)),),
        other_end="to_company",
        through="to_company",
    ),
    LinksOfCompanies(
        column="people.CompanyLink.to_company",
        label=_("Links to other companies"),
        same=(Same(("from_company", "kind"), fills=("since",)),),
        other_end="from_company",
        through="from_company",
    ),
    MergedRecords(column="people.Company.merged_into"),
)
