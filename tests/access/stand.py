"""What the routes are asked of: one record of everything, four times over, each time in other hands."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rapport.commerce.files import OrderFile
from rapport.commerce.models import ExchangeRate, Order, Product
from rapport.core import clock
from rapport.deals.models import (
    Approval,
    ApprovalRule,
    Criterion,
    Deal,
    DealDocument,
    Delegation,
    Influence,
    LossReason,
    Participant,
    Pipeline,
    Quote,
    Requirement,
    RequirementVersion,
    Rival,
    Stage,
    StageRequirement,
    TaxRate,
    Tender,
    TenderDocument,
)
from rapport.fields.models import FieldDefinition
from rapport.identity.models import Right, Role, Team, User
from rapport.identity.rights import OFFERED, Pair, Reach
from rapport.identity.tokens import make_token
from rapport.imports.models import Import, SavedMapping
from rapport.lists.models import SavedView
from rapport.people.models import Affiliation, Company, CompanyLink, ContactPoint, Merge, Person, PrivacyRequest
from rapport.segments import actions, rules
from rapport.segments.models import Segment
from rapport.timeline.attachments import Attachment
from rapport.timeline.models import Interaction, Task
from rapport.webhooks.models import Delivery, Endpoint
from tests.factories import (
    AT,
    make_company,
    make_deal,
    make_interaction,
    make_order,
    make_person,
    make_pipeline,
    make_post,
    make_product,
    make_task,
    make_team,
    make_user,
)

VIP = {"all": [{"field": "tags", "is": "any_of", "value": ["vip"]}]}
FILE: dict[str, Any] = {
    "name": "a.txt", "stored": "aa/none", "content_type": "text/plain", "size": 1, "digest": "0" * 64, "added_at": AT,
}  # fmt: skip
EARLIER = AT - timedelta(days=1)


@dataclass(kw_only=True)
class Stand:
    """The records of one position, and what nobody owns, the same for all of them."""

    person: Person
    twin: Person
    company: Company
    sister: Company
    point: ContactPoint
    post: Affiliation
    link: CompanyLink
    deal: Deal
    order: Order
    task: Task
    interaction: Interaction
    person_file: Attachment
    company_file: Attachment
    interaction_file: Attachment
    order_file: OrderFile
    requirement: Requirement
    criterion: Criterion
    rival: Rival
    tender: Tender
    tender_document: TenderDocument
    document: DealDocument
    quote: Quote
    waiting: Quote
    approval: Approval
    line: Influence
    seat: Participant
    merge_of_person: Merge
    merge_of_company: Merge
    shared: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        """What nobody owns."""
        try:
            return self.__dict__["shared"][name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class World:
    """Who asks, and the stands by position."""

    user: User
    stands: dict[str, Stand]
    roles: dict[tuple[tuple[Pair, Reach], ...], str]

    def give(self, rights: tuple[tuple[Pair, Reach], ...]) -> None:
        """Let the user have a role that may do everything but what is said."""
        if rights not in self.roles:
            role = Role.objects.create(code=f"tested-{len(self.roles)}", name=f"Tested {len(self.roles)}")
            held = dict.fromkeys(OFFERED, Reach.ALL) | dict(rights)
            Right.objects.bulk_create(
                Right(role=role, kind=kind, action=action, reach=reach) for (kind, action), reach in held.items()
            )
            self.roles[rights] = role.code
        User.objects.filter(pk=self.user.pk).update(role=self.roles[rights])


def make_world() -> World:
    """Everything that the routes are asked of."""
    north = make_team(name="North")
    user = make_user(full_name="The one who asks", role="administrator", team=north)
    keepers: dict[str, dict[str, Any]] = {
        "own": {"owner": user},
        "team": {"owner": make_user(), "team": make_team(parent=north)},
        "other": {"owner": make_user(), "team": make_team()},
        "nobody": {},
    }
    shared = _shared(user)
    return World(user, {position: _stand(position, keeper, shared) for position, keeper in keepers.items()}, {})


def _shared(user: User) -> dict[str, Any]:
    """What nobody owns."""
    pipeline = make_pipeline()
    stage = Stage.objects.filter(pipeline=pipeline, status="open").order_by("-position")[0]
    won = Stage.objects.get(pipeline=pipeline, status="won")
    endpoint = Endpoint.objects.create(
        name="ERP", url="https://erp.example.com/", events=["deal.moved"], owner=user, sealed_secret="", made_at=AT
    )
    return {
        "endpoint": endpoint,
        "delivery": Delivery.objects.create(
            endpoint=endpoint, message_id="msg_1", name="deal.moved", body={}, put_at=AT, next_at=AT
        ),
        "pipeline": pipeline,
        "stage": stage,
        "product": make_product(name="A product"),
        "team": Team.objects.first(),
        "colleague": make_user(),
        "role": Role.objects.create(code="removable", name="Removable"),
        "administrator": Role.objects.get(code="administrator"),
        "rate": ExchangeRate.objects.create(currency="EUR", since_on=date(2026, 1, 1), rate=30000),
        "me": user,
        "token": make_token(user=user, name="A program", scopes=["people:read"], lasts=timedelta(1), at=AT).token,
        "segment": Segment.objects.get(pk=actions.create(name="Vip", rule=rules.parse(VIP), by=user, at=AT).pk),
        "job": Import.objects.create(target="people", file_name="a.csv", status="done", by=user, made_at=AT),
        "mapping": SavedMapping.objects.create(name="Usual", target="people", mapping={}, made_at=AT),
        "kept_view": SavedView.objects.create(kind="person", name="All", owner=user, made_at=AT, updated_at=AT),
        "reason": LossReason.objects.create(code="price", name="Price"),
        "tax_rate": TaxRate.objects.create(name="VAT", percent=10, since_on=date(2020, 1, 1)),
        "rule": ApprovalRule.objects.create(level=1, discount_above=5, approver=user),
        "won": won,
        "privacy_request": PrivacyRequest.objects.create(
            kind="access", received_on=AT.date(), answer_by=AT.date(), due_on=AT.date(), made_at=AT
        ),
        "field": FieldDefinition.objects.create(kind="company", code="field", type="text", label_vi="Field"),
        "needed": StageRequirement.objects.create(stage=won, kind="document", subject="contract"),
        "delegation": Delegation.objects.create(
            giver=user, taker=make_user(), since_on=clock.today(), until_on=clock.today()
        ),
    }


def _stand(position: str, keeper: dict[str, Any], shared: dict[str, Any]) -> Stand:
    """One record of each, in the hands of `keeper`, its names telling where it stands."""
    name = f"Zz{position}"
    person = make_person(full_name=f"{name} Person", email=f"{position}@example.com", **keeper)
    company = make_company(name=f"{name} Company", **keeper)
    sister = make_company(name=f"Sister of {position}", recorded_at=EARLIER, **keeper)
    pipeline: Pipeline = shared["pipeline"]
    deal = make_deal(name=f"{name} Deal", company=company, person=person, pipeline=pipeline, **keeper)
    product: Product = shared["product"]
    twin = make_person(full_name=f"Twin of {position}", recorded_at=EARLIER, **keeper)
    order = make_order((product, 1, 100), external_id=f"{name}-1", person=person, **keeper)
    interaction = make_interaction(person)
    return Stand(
        person=person,
        twin=twin,
        company=company,
        sister=sister,
        point=ContactPoint.objects.create(person=person, kind="email", value=f"second-{position}@example.com"),
        post=make_post(person, company),
        link=CompanyLink.objects.create(from_company=company, to_company=sister, kind="partner_of"),
        deal=deal,
        order=order,
        task=make_task(what=f"{name} Task", **keeper),
        interaction=interaction,
        person_file=Attachment.objects.create(person=person, **FILE),
        company_file=Attachment.objects.create(company=company, **FILE),
        interaction_file=Attachment.objects.create(interaction=interaction, **FILE),
        order_file=OrderFile.objects.create(order=order, **FILE),
        merge_of_person=_merge(person, make_person(merged_into=person, archived_at=AT, **keeper)),
        merge_of_company=_merge(company, make_company(merged_into=company, archived_at=AT, **keeper)),
        shared=shared,
        **_of_deal(deal, [person, twin], approver=shared["me"]),
    )


def _merge(kept: Person | Company, gone: Person | Company) -> Merge:
    """A merge that was made before merges could be taken back."""
    return Merge.objects.create(kind=str(kept._meta.model_name), kept_id=kept.pk, gone_id=gone.pk, at=AT)


def _of_deal(deal: Deal, people: list[Person], *, approver: User) -> dict[str, Any]:
    """What a deal holds."""
    requirement = Requirement.objects.create(deal=deal, number=1)
    RequirementVersion.objects.create(requirement=requirement, number=1, title="Must fit", at=AT)
    seats = [Participant.objects.create(deal=deal, person=person, since=AT) for person in people]
    today = clock.today()
    quoted = {"deal": deal, "currency": "VND", "quoted_on": today, "valid_until": today, "made_at": AT}
    waiting = Quote.objects.create(number=f"W-{deal.pk}", status="waiting", **quoted)
    return {
        "waiting": waiting,
        "approval": Approval.objects.create(quote=waiting, level=1, approver=approver, asked_at=AT),
        "requirement": requirement,
        "criterion": Criterion.objects.create(deal=deal, name="Price"),
        "rival": Rival.objects.create(deal=deal, name="Them"),
        "tender": Tender.objects.create(deal=deal, reference="T-1"),
        "tender_document": TenderDocument.objects.create(deal=deal, name="Bond"),
        "document": DealDocument.objects.create(
            deal=deal, kind="other", name="a.txt", stored=f"stored-{deal.pk}", content_type="text/plain", size=1,
            digest="0" * 64, added_at=AT,
        ),
        "quote": Quote.objects.create(number=f"Q-{deal.pk}", **quoted),
        "seat": seats[0],
        "line": Influence.objects.create(
            deal=deal, from_person=people[0], to_person=people[1], kind="reports_to", since=AT
        ),
    }  # fmt: skip
