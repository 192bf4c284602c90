"""What people themselves keep of persons and companies: posts, ways to reach them, links, and earlier merges."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.core.holders import Holder, Same
from rapport.people.models import Merge


class MergedRecords(Holder):
    """The records that were merged into one, and what is written down of those merges."""

    def erase(self, pk: int) -> int:
        """They are the same person, or company: they go with it, and so does the copy of what they said."""
        ids = [pk, *self.held(pk).values_list("pk", flat=True)]
        kind = str(self.model._meta.model_name)
        written = Merge.objects.filter(Q(kept_id__in=ids) | Q(gone_id__in=ids), kind=kind).delete()[0]
        return written + super().erase(pk)


PERSON, COMPANY = "people.Person", "people.Company"
OF_PERSONS = (
    Holder(
        column="people.Affiliation.person",
        label=_("Posts"),
        same=(Same(("company", "title", "since"), fills=("department",)),),
    ),
    Holder(
        column="people.ContactPoint.person",
        label=_("Further ways to reach them"),
        same=(Same(("kind", "value"), fills=("verified_at", "bounced_at")),),
    ),
    MergedRecords(column="people.Person.merged_into"),
)
OF_COMPANIES = (
    Holder(
        column="people.Affiliation.company",
        label=_("People’s posts"),
        same=(Same(("person", "title", "since"), fills=("department",)),),
    ),
    Holder(
        column="people.CompanyLink.from_company",
        label=_("Links to other companies"),
        same=(Same(("to_company", "kind"), fills=("since",)),),
        other_end="to_company",
    ),
    Holder(
        column="people.CompanyLink.to_company",
        label=_("Links to other companies"),
        same=(Same(("from_company", "kind"), fills=("since",)),),
        other_end="from_company",
    ),
    MergedRecords(column="people.Company.merged_into"),
)
