"""What is wrong with a row, in words."""

import re
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.core import spreadsheets
from rapport.identity import queries as identity
from rapport.imports.readers import RowProblem

LINE_COLUMN = "rapport_line"
PROBLEM_COLUMN = "rapport_problem"
# What was taken but is worth a word, beside how often it was.
DEALS_WITHOUT_CUSTOMER = "deals_without_customer"
REMARKS = (DEALS_WITHOUT_CUSTOMER, "amounts_without_currency")
# Which of several rows alike it was: without it a row mended and loaded alone would be taken for the first of them.
NUMBER_COLUMN = "rapport_number"
_PLAIN_NUMBER = re.compile(r"[+-]?[\d.,\s]+")


SENTENCES: dict[str, str | Promise] = {
    "missing": _("a value is missing"),
    "no_identity": _("the row does not say who or what it is about"),
    "too_long": _("the text is too long: “%(value)s…”"),
    "too_large": _("the number is too large (%(value)s)"),
    "too_small": _("the number cannot be less than zero (%(value)s)"),
    "not_past": _("the day must lie in the past, and not before 1900 (%(value)s)"),
    "with_another": _("it belongs to line %(value)s, which was rejected"),
    "too_many_columns": _("the row has more columns than the header (%(value)s)"),
    "too_few_columns": _("the row has fewer columns than the header (%(value)s)"),
    "bad_text": _("“%(value)s” holds no readable text"),
    "bad_long_text": _("“%(value)s” holds no readable text"),
    "bad_email": _("“%(value)s” is not an e-mail address"),
    "bad_phone": _("“%(value)s” is not a phone number"),
    "bad_tax_id": _("“%(value)s” is not a Vietnamese tax id: a digit is wrong or missing"),
    "bad_domain": _("“%(value)s” is not a website"),
    "bad_country": _("“%(value)s” is not a country we know; write its name or its two-letter code"),
    "bad_province": _("“%(value)s” is not a province of Vietnam; name the country if it lies elsewhere"),
    "bad_language": _("“%(value)s” is not a language we know"),
    "bad_currency": _("“%(value)s” is not a currency; write its three-letter code"),
    "bad_date": _("“%(value)s” is not a day; write 2026-11-21 or 21/11/2026"),
    "bad_instant": _("“%(value)s” is not a day or time; write 2026-11-21 14:30 or 21/11/2026"),
    "bad_number": _("“%(value)s” is not a number"),
    "bad_integer": _("“%(value)s” is not a whole number"),
    "bad_tags": _("“%(value)s” holds no tag, or one of more than 60 characters"),
    "bad_interaction_kind": _(
        "“%(value)s” is no kind of interaction; write call, meeting, email, chat, visit, workshop, livestream, "
        "ticket or note"
    ),
    "bad_role": _("“%(value)s” is no role here; write one of: %(roles)s"),
    "role_of_user": _("the role of someone who signs in already is changed in the settings (%(value)s)"),
    "bad_direction": _("“%(value)s” is no direction; write in or out"),
    "bad_own": _("“%(value)s” is none of the choices of this field"),
    "unknown": _("nothing is known by “%(value)s”"),
    "ambiguous": _("“%(value)s” means more than one record; use its external id"),
    "erased": _("erased on request: somebody with this address asked to be forgotten"),
    "ring": _("“%(value)s” would become its own parent"),
    "order_of_another": _("the order “%(value)s” belongs to another customer in an earlier line"),
    "ends_before_it_begins": _("it ends before it begins (%(value)s)"),
    "no_customer": _("Say whom this deal is with: a company, or a person."),
    "no_lines": _("An order has at least one line."),
    "put_away": _("“%(value)s” was put away"),
    "in_future": _("it lies in the future (%(value)s); what is still to come is no history"),
    "stage_needs": _("the stage asks for something that the deal does not have yet (%(value)s)"),
}


class Roles:
    """The roles that there are, in words; asked for when they are first told, then remembered."""

    @cached_property
    def _names(self) -> str:
        return ", ".join(str(role) for role in identity.roles())

    def __str__(self) -> str:
        return self._names


def told(problem: RowProblem, *, roles: Roles | None = None) -> str:
    """One sentence for people: which field, and what is wrong with it; see `sentence`."""
    said = sentence(problem, roles=roles)
    return f"{problem.field}: {said}" if problem.field else said


def sentence(problem: RowProblem, *, roles: Roles | None = None) -> str:
    """What is wrong, without the field. Whoever tells of many hands in `roles`, so that these are asked for once."""
    words = str(SENTENCES.get(problem.code, problem.code))
    return words % {"value": problem.value, "field": problem.field, "roles": roles or Roles()}


def remark(kind: str, count: int, *, currency: str) -> str:
    """One sentence on what was taken as it is; `currency` is the one of amounts that name none."""
    if kind == DEALS_WITHOUT_CUSTOMER:
        words = ngettext(
            "%(count)s deal names no customer: neither a company nor a person.",
            "%(count)s deals name no customer: neither a company nor a person.",
            count,
        )
    else:
        words = ngettext(
            "%(count)s amount names no currency and was taken as %(currency)s.",
            "%(count)s amounts name no currency and were taken as %(currency)s.",
            count,
        )
    return words % {"count": count, "currency": currency}


def guarded(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula; `cleaning.base` takes the guard off again."""
    if not cell or _PLAIN_NUMBER.fullmatch(cell):
        return cell or ""
    return spreadsheets.guarded(cell)
