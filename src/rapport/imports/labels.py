"""What fields and targets are called on a page, and what a file of each target holds."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.imports.models import Target
from rapport.imports.own import outside

LABELS: dict[str, str | Promise] = {
    "external_id": _("Id in the other system"),
    "full_name": _("Full name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "company": _("Company"),
    "person": _("Person"),
    "title": _("Job title"),
    "province": _("Province"),
    "country": _("Country"),
    "language": _("Language"),
    "birthday": _("Birthday"),
    "owner": _("Owner"),
    "tags": _("Tags"),
    "source": _("Source"),
    "name": _("Name"),
    "tax_id": _("Tax id"),
    "domain": _("Website"),
    "industry": _("Industry"),
    "parent": _("Parent company"),
    "employees": _("Employees"),
    "revenue": _("Revenue"),
    "department": _("Department"),
    "since": _("Since"),
    "until": _("Until"),
    "category": _("Category"),
    "price": _("Price"),
    "currency": _("Currency"),
    "pipeline": _("Pipeline"),
    "stage": _("Stage"),
    "amount": _("Amount"),
    "product": _("Product"),
    "created_at": _("Created"),
    "expected_close_on": _("Expected close"),
    "closed_at": _("Closed"),
    "runs_out_on": _("Runs out"),
    "deal": _("Deal"),
    "to_stage": _("New stage"),
    "at": _("Date and time"),
    "by": _("Changed by"),
    "reason": _("Reason"),
    "placed_at": _("Ordered"),
    "channel": _("Channel"),
    "total": _("Total"),
    "order": _("Order number"),
    "product_name": _("Product name"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "kind": _("Kind"),
    "direction": _("Direction"),
    "subject": _("Subject"),
    "body": _("Text"),
    "minutes": _("Minutes"),
    "role": _("Role"),
    "team": _("Team"),
    "parent_team": _("The team is part of"),
    "manager": _("Manager"),
}
# Where one target means something closer than the others.
CLOSER: dict[tuple[str, str], str | Promise] = {
    ("companies", "name"): _("Company name"),
    ("products", "name"): _("Product name"),
    ("products", "external_id"): _("Product code"),
    ("deals", "name"): _("Deal name"),
    ("deals", "external_id"): _("Deal number"),
    ("orders", "external_id"): _("Order number"),
    ("order-lines", "product"): _("Product code"),
}
SENTENCES: dict[str, str | Promise] = {
    Target.PEOPLE: _("Consumers and contacts: one row a person, with e-mail, phone and company."),
    Target.COMPANIES: _("The organisations you sell to: one row a company."),
    Target.AFFILIATIONS: _("Who works where: a person, a company, the job title, from when to when."),
    Target.PRODUCTS: _("What you sell: code, name, category, price."),
    Target.DEALS: _("Possible sales: the customer, the stage, the amount, the dates."),
    Target.STAGE_CHANGES: _("The history of deals that are here: which deal went to which stage when."),
    Target.ORDERS: _("What was bought: one row an order, with its total."),
    Target.ORDER_LINES: _("Invoices line by line: makes the orders, products and customers that are not here yet."),
    Target.INTERACTIONS: _("Calls, meetings, e-mails, visits, notes: what stands on the timeline."),
    Target.COLLEAGUES: _("Who works here: their names, teams and managers. None of them can sign in by it."),
}


def label(target: str, name: str) -> str:
    """What a field of a target is called; an unknown field keeps its own name."""
    return str(CLOSER.get((target, name)) or LABELS.get(name) or outside(name))
