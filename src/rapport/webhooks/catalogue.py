"""What can be told: every event of the outbox, by the name under which programs know it.

The names never change. A message carries ids and the address of the object in the API, never the object: whoever
receives it asks with a token of their own, and sees what that token's user may see.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

API = "/api/v1"
TEST = "webhook.test"


@dataclass(frozen=True)
class Announced:
    """An event: its class in the outbox, its name outside, the group it is shown in, what it says, and where."""

    code: str
    name: str
    group: str | Promise
    label: str | Promise
    place: str = ""

    def object_path(self, payload: dict[str, Any]) -> str | None:
        """Where the API shows what this is about; None for what it does not show."""
        return API + self.place.format(**payload) if self.place else None


PEOPLE, COMPANIES, DEALS = _("People"), _("Companies"), _("Deals")
SALES, TALKS, SEGMENTS, DATA = _("Products and orders"), _("Timelines and tasks"), _("Segments"), _("Data")
PERSON, COMPANY, DEAL = "/people/{person_id}", "/companies/{company_id}", "/deals/{deal_id}"

EVENTS = (
    Announced("PersonAdded", "person.added", PEOPLE, _("A person was added"), PERSON),
    Announced("PersonChanged", "person.changed", PEOPLE, _("A person changed"), PERSON),
    Announced("PersonArchived", "person.archived", PEOPLE, _("A person was put away"), PERSON),
    Announced("PersonRestored", "person.restored", PEOPLE, _("A person was fetched back"), PERSON),
    Announced("PeopleMerged", "person.merged", PEOPLE, _("Two people were merged"), "/people/{kept_id}"),
    Announced("PersonErased", "person.erased", PEOPLE, _("A person was erased for good")),
    Announced("AffiliationSet", "affiliation.set", PEOPLE, _("A person has a post at a company"), PERSON),
    Announced("AffiliationEnded", "affiliation.ended", PEOPLE, _("A person left a post"), PERSON),
    Announced("CompanyAdded", "company.added", COMPANIES, _("A company was added"), COMPANY),
    Announced("CompanyChanged", "company.changed", COMPANIES, _("A company changed"), COMPANY),
    Announced("CompanyArchived", "company.archived", COMPANIES, _("A company was put away"), COMPANY),
    Announced("CompanyRestored", "company.restored", COMPANIES, _("A company was fetched back"), COMPANY),
    Announced("CompaniesMerged", "company.merged", COMPANIES, _("Two companies were merged"), "/companies/{kept_id}"),
    Announced(
        "CompaniesLinked", "company.linked", COMPANIES, _("Two companies were linked"), "/companies/{from_company_id}"
    ),
    Announced(
        "CompaniesUnlinked", "company.unlinked", COMPANIES, _("Two companies are no longer linked"),
        "/companies/{from_company_id}",
    ),
    Announced("DealAdded", "deal.added", DEALS, _("A deal came up"), DEAL),
    Announced("DealChanged", "deal.changed", DEALS, _("A deal changed"), DEAL),
    Announced("DealMoved", "deal.moved", DEALS, _("A deal came into another stage"), DEAL),
    Announced("DealArchived", "deal.archived", DEALS, _("A deal was put away"), DEAL),
    Announced("DealRestored", "deal.restored", DEALS, _("A deal was fetched back"), DEAL),
    Announced("CommitteeChanged", "committee.changed", DEALS, _("A buying committee changed"), DEAL + "/committee"),
    Announced(
        "CriteriaChanged", "criteria.changed", DEALS, _("Criteria, rivals or scores of a deal changed"),
        DEAL + "/criteria",
    ),
    Announced(
        "RequirementRevised", "requirement.revised", DEALS, _("A requirement was written down or revised"),
        DEAL + "/requirements",
    ),
    Announced(
        "RequirementAccepted", "requirement.accepted", DEALS, _("The customer accepted a requirement"),
        DEAL + "/requirements",
    ),
    Announced("QuoteStatusChanged", "quote.status_changed", DEALS, _("A quote came into another state"),
              "/quotes/{quote_id}"),
    Announced("AdvicePutAside", "advice.put_aside", DEALS, _("Advice on a deal was put aside"), DEAL),
    Announced("AdviceTakenUp", "advice.taken_up", DEALS, _("Advice on a deal was taken up again"), DEAL),
    Announced("ProductAdded", "product.added", SALES, _("A product was added"), "/products/{product_id}"),
    Announced("ProductChanged", "product.changed", SALES, _("A product changed"), "/products/{product_id}"),
    Announced("ProductArchived", "product.archived", SALES, _("A product was put away"), "/products/{product_id}"),
    Announced("ProductRestored", "product.restored", SALES, _("A product was fetched back"), "/products/{product_id}"),
    Announced("OrderPlaced", "order.placed", SALES, _("An order came in"), "/orders/{order_id}"),
    Announced("OrderArchived", "order.archived", SALES, _("An order was put away"), "/orders/{order_id}"),
    Announced("OrderRestored", "order.restored", SALES, _("An order was fetched back"), "/orders/{order_id}"),
    Announced(
        "InteractionRecorded", "interaction.recorded", TALKS, _("A talk or message was written down"),
        "/interactions/{interaction_id}",
    ),
    Announced("InteractionRemoved", "interaction.removed", TALKS, _("A talk or message was taken away")),
    Announced("TaskAdded", "task.added", TALKS, _("A task was added"), "/tasks/{task_id}"),
    Announced("TaskFinished", "task.finished", TALKS, _("A task was done"), "/tasks/{task_id}"),
    Announced("TaskReopened", "task.reopened", TALKS, _("A task was opened again"), "/tasks/{task_id}"),
    Announced("SegmentAdded", "segment.added", SEGMENTS, _("A segment was made"), "/segments/{segment_id}"),
    Announced("SegmentChanged", "segment.changed", SEGMENTS, _("A segment changed"), "/segments/{segment_id}"),
    Announced("SegmentArchived", "segment.archived", SEGMENTS, _("A segment was put away"), "/segments/{segment_id}"),
    Announced(
        "SegmentRestored", "segment.restored", SEGMENTS, _("A segment was fetched back"), "/segments/{segment_id}"
    ),
    Announced("SegmentExported", "segment.exported", SEGMENTS, _("A segment was taken away as a file"),
              "/segments/{segment_id}"),
    Announced("SegmentEntered", "segment.entered", SEGMENTS, _("People entered a segment"),
              "/segments/{segment_id}/members"),
    Announced("SegmentLeft", "segment.left", SEGMENTS, _("People left a segment"), "/segments/{segment_id}/members"),
    Announced("PeopleUpserted", "people.upserted", DATA, _("A program wrote many people at once")),
    Announced("CompaniesUpserted", "companies.upserted", DATA, _("A program wrote many companies at once")),
    Announced("ProductsUpserted", "products.upserted", DATA, _("A program wrote many products at once")),
    Announced("DealsUpserted", "deals.upserted", DATA, _("A program wrote many deals at once")),
    Announced("OrdersUpserted", "orders.upserted", DATA, _("A program wrote many orders at once")),
    Announced("MergeUndone", "merge.undone", DATA, _("A merge was undone")),
    Announced("FileImported", "import.done", DATA, _("A file was loaded"), "/imports/{import_id}"),
    Announced("ImportUndone", "import.undone", DATA, _("An import was undone"), "/imports/{import_id}"),
    Announced("BulkChanged", "bulk.changed", DATA, _("Many records were changed at once")),
    Announced("BulkTakenBack", "bulk.taken_back", DATA, _("A change of many records was taken back")),
    Announced("BulkEnded", "bulk.ended", DATA, _("A change of many records, or its undo, was over")),
    Announced("NumbersRefreshed", "numbers.refreshed", DATA, _("The numbers were counted anew"), "/metrics"),
    Announced("HealthWeighted", "health.weighted", DATA, _("The parts of health were weighed anew")),
)  # fmt: skip
BY_CODE = {event.code: event for event in EVENTS}
BY_NAME = {event.name: event for event in EVENTS}
