"""How a record is named in lists, sorted and found."""

from collections.abc import Sequence

from rapport.core.text import fold, search_text, words

# What a company's name says of its legal form, folded: it tells nobody apart.
_LEGAL_WORDS = (
    "cty cong ty cp co phan tnhh mtv mot thanh vien tap doan tong dntn hop tac xa htx chi nhanh"
    " the inc ltd llc plc corp corporation company limited group jsc"
)
LEGAL_WORDS = frozenset(_LEGAL_WORDS.split())


def without_legal_form(name: str) -> str:
    """The folded words of a company's name that are its own: `Công ty TNHH Vạn Phúc` gives `van phuc`."""
    return " ".join(word for word in words(name) if word not in LEGAL_WORDS)


def sort_name(*names: str | None) -> str:
    """What a list is sorted by: the first text that is not empty, folded."""
    return fold(next((name for name in names if name), ""))[:200]


def person_search_text(*, full_name: str, own: Sequence[str] = ()) -> str:
    """The words a person is found by: those of the name, and of the texts in fields of the company's own.

    E-mail, phone and external id are searched by prefix in their own columns, which have B-trees: as words they
    would double the time of a bulk load, one new index key each.
    """
    return search_text(full_name, *own)


def company_search_text(
    *, name: str, tax_id: str, domain: str, external_id: str | None, own: Sequence[str] = ()
) -> str:
    """The words a company is found by: name, tax id with and without its hyphen, website, external id, own texts."""
    return search_text(name, tax_id, tax_id.replace("-", ""), domain, external_id, *own)


def product_search_text(*, name: str, category: str, external_id: str | None) -> str:
    """The words a product is found by."""
    return search_text(name, category, external_id)


def deal_search_text(*, name: str, customer: str, external_id: str | None, own: Sequence[str] = ()) -> str:
    """The words a deal is found by: its own name, its customer's, its external id, texts in own fields."""
    return search_text(name, customer, external_id, *own)
