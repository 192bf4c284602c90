"""Small makers of records for tests; what a test is about it says itself, the rest is filled in."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from rapport.commerce.models import Order, OrderLine, Product
from rapport.deals.models import Deal, Pipeline, Stage, StageChange
from rapport.identity.models import RoleCode, Team, User
from rapport.identity.rights import BUILT_IN
from rapport.people.models import Affiliation, Company, Person
from rapport.people.rules import naming
from rapport.timeline.models import Interaction, InteractionPerson, Task

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
_numbers = count(1)


def make_team(**fields: Any) -> Team:
    """A team."""
    return Team.objects.create(**{"name": f"Team {next(_numbers)}"} | fields)


def knowing_its_role(user: User) -> User:
    """The user, with the rights of a built-in role at hand as every request's user has them."""
    if user.role in BUILT_IN:
        held = BUILT_IN[user.role].items()
        rights = [{"kind": kind, "action": action, "reach": reach} for (kind, action), reach in held]
        user.__dict__["role_with_user"] = {"code": user.role, "name": "", "second_factor": False, "rights": rights}
    return user


def make_user(**fields: Any) -> User:
    """A colleague, a manager unless said otherwise."""
    number = next(_numbers)
    given = {"email": f"user{number}@example.com", "full_name": f"User {number}", "role": RoleCode.MANAGER}
    return knowing_its_role(User.objects.create_user(**given | fields))


def make_person(**fields: Any) -> Person:
    """A person with a name and all that follows from it; written straight into the table."""
    given = {"full_name": f"Nguyễn Văn {next(_numbers)}", "recorded_at": AT, "updated_at": AT, "version": 1}
    person = Person(**given | fields)
    person.sort_name = naming.sort_name(person.full_name, person.external_id, person.email, person.phone)
    person.search_text = naming.person_search_text(full_name=person.full_name)
    person.save()
    return person


def make_company(**fields: Any) -> Company:
    """A company with a name and all that follows from it; written straight into the table."""
    given = {"name": f"Công ty {next(_numbers)}", "recorded_at": AT, "updated_at": AT, "version": 1}
    company = Company(**given | fields)
    company.sort_name = naming.sort_name(company.name)
    company.search_text = naming.company_search_text(
        name=company.name, tax_id=company.tax_id, domain=company.domain, external_id=company.external_id
    )
    company.save()
    return company


def make_post(person: Person, company: Company, **fields: Any) -> Affiliation:
    """A post of a person at a company."""
    return Affiliation.objects.create(person=person, company=company, **fields)


def make_interaction(*people: Person, **fields: Any) -> Interaction:
    """Something that happened with the given people."""
    given = {"kind": Interaction.Kind.CALL, "at": AT, "recorded_at": AT, "updated_at": AT, "version": 1}
    interaction = Interaction.objects.create(**given | fields)
    for person in people:
        InteractionPerson.objects.create(interaction=interaction, person=person, at=interaction.at)
    return interaction


def make_task(**fields: Any) -> Task:
    """Something to do."""
    given = {"what": f"Task {next(_numbers)}", "due_on": date(2026, 3, 20), "made_at": AT}
    return Task.objects.create(**given | fields)


def make_pipeline(*stages: str, **fields: Any) -> Pipeline:
    """A pipeline with open stages of these names, then Won and Lost."""
    pipeline = Pipeline.objects.create(**{"name": f"Pipeline {next(_numbers)}"} | fields)
    named = [(name, "open") for name in stages or ("New", "Proposal")] + [("Won", "won"), ("Lost", "lost")]
    for position, (name, status) in enumerate(named):
        probability = {"open": 20 * (position + 1), "won": 100, "lost": 0}[status]
        Stage.objects.create(pipeline=pipeline, name=name, position=position, status=status, probability=probability)
    return pipeline


def make_deal(**fields: Any) -> Deal:
    """A deal in the given stage, else the first of its pipeline, with the change that brought it there."""
    stage = fields.pop("stage", None) or (fields.pop("pipeline", None) or make_pipeline()).stages.get(position=0)
    given = {"name": f"Deal {next(_numbers)}", "recorded_at": AT, "updated_at": AT, "created_at": AT,
             "version": 1}  # fmt: skip
    if fields.get("closed_at"):  # A deal ends after it came up.
        given["created_at"] = min(AT, fields["closed_at"])
    deal = Deal(stage=stage, pipeline=stage.pipeline, **given | fields)
    deal.stage_since = deal.created_at or AT
    deal.sort_name = naming.sort_name(deal.name)
    deal.search_text = naming.deal_search_text(
        name=deal.name, customer=str(deal.company or deal.person or ""), external_id=deal.external_id
    )
    deal.save()
    StageChange.objects.create(deal=deal, to_stage=stage, at=deal.created_at or AT)
    return deal


def make_product(**fields: Any) -> Product:
    """A product with a name and all that follows from it."""
    given = {"name": f"Product {next(_numbers)}", "recorded_at": AT, "updated_at": AT, "version": 1}
    product = Product(**given | fields)
    product.sort_name = naming.sort_name(product.name)
    product.search_text = naming.product_search_text(
        name=product.name, category=product.category, external_id=product.external_id
    )
    product.save()
    return product


def make_order(*lines: tuple[Product, int, int], **fields: Any) -> Order:
    """An order of lines of (product, quantity, unit price); its total is their sum unless given."""
    total = sum(quantity * price for _product, quantity, price in lines)
    given = {"placed_at": AT, "recorded_at": AT, "updated_at": AT, "version": 1, "total": Decimal(total)}
    order = Order.objects.create(**given | fields)
    for number, (product, quantity, price) in enumerate(lines, start=1):
        OrderLine.objects.create(order=order, product=product, number=number, quantity=quantity, unit_price=price)
    return order
