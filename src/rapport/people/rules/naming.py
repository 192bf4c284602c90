"""How a record is named in lists, sorted and found."""

from rapport.core.text import fold, search_text


def sort_name(*names: str | None) -> str:
    """What a list is sorted by: the first text that is not empty, folded."""
    return fold(next((name for name in names if name), ""))[:200]


def person_search_text(*, full_name: str) -> str:
    """The words a person is found by: those of the name.

    E-mail, phone and external id are searched by prefix in their own columns, which have B-trees: as words they
    would double the time of a bulk load, one new index key each.
    """
    return search_text(full_name)


def company_search_text(*, name: str, tax_id: str, domain: str, external_id: str | None) -> str:
    """The words a company is found by: name, tax id with and without its hyphen, website, external id."""
    return search_text(name, tax_id, tax_id.replace("-", ""), domain, external_id)


def product_search_text(*, name: str, category: str, external_id: str | None) -> str:
    """The words a product is found by."""
    return search_text(name, category, external_id)


def deal_search_text(*, name: str, customer: str, external_id: str | None) -> str:
    """The words a deal is found by: its own name, its customer's, its external id."""
    return search_text(name, customer, external_id)
