"""How a record is named in lists, sorted and found."""

from rapport.core.text import fold, search_text
from rapport.people.rules import phones


def sort_name(*names: str | None) -> str:
    """What a list is sorted by: the first text that is not empty, folded."""
    return fold(next((name for name in names if name), ""))[:200]


def person_search_text(*, full_name: str, email: str, phone: str, external_id: str | None) -> str:
    """The words a person is found by: name, parts of the address, number with and without country code."""
    numbers = (phone.partition(";")[0].lstrip("+"), phones.national(phone)) if phone else ()
    return search_text(full_name, email, external_id, *numbers)


def company_search_text(*, name: str, tax_id: str, domain: str, external_id: str | None) -> str:
    """The words a company is found by: name, tax id with and without its hyphen, website, external id."""
    return search_text(name, tax_id, tax_id.replace("-", ""), domain, external_id)


def product_search_text(*, name: str, category: str, external_id: str | None) -> str:
    """The words a product is found by."""
    return search_text(name, category, external_id)


def deal_search_text(*, name: str, customer: str, external_id: str | None) -> str:
    """The words a deal is found by: its own name, its customer's, its external id."""
    return search_text(name, customer, external_id)
