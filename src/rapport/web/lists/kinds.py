"""Where the list of each kind is, and what it says where it is empty."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.identity.rights import Kind

Text = str | Promise


@dataclass(frozen=True)
class ListKind:
    """The list of one kind: its address, the page of a record, and its words."""

    kind: Kind
    title: Text
    address: str
    page: str
    icon: str
    none_fits: Text
    none_yet: Text
    how_to_begin: Text = ""
    file_name: str = ""


_BEGIN = _("Add the first one, or import a file with many.")
KINDS = {
    each.kind: each
    for each in (
        ListKind(Kind.PERSON, _("People"), "people:list", "people:page", "users",
                 _("Nobody fits these filters"), _("No people yet"), _BEGIN, "people"),
        ListKind(Kind.COMPANY, _("Companies"), "companies:list", "companies:page", "building-2",
                 _("No company fits these filters"), _("No companies yet"), _BEGIN, "companies"),
        ListKind(Kind.DEAL, _("Deals"), "deals:list", "deals:page", "square-kanban",
                 _("No deal fits these filters"), _("No deals yet"), _BEGIN, "deals"),
        ListKind(Kind.ORDER, _("Orders"), "orders:list", "orders:page", "shopping-bag",
                 _("No order fits these filters"), _("No orders yet"),
                 _("Orders come from your shop or your invoices: import a file of them."), "orders"),
        ListKind(Kind.PRODUCT, _("Products"), "products:list", "products:page", "package",
                 _("No product fits these filters"), _("No products yet"), _BEGIN, "products"),
        ListKind(Kind.TASK, _("Tasks"), "tasks:all", "", "list-checks",
                 _("No task fits these filters"), _("No tasks yet"),
                 _("Tasks come from the timeline of a customer, or from “My tasks”."), "tasks"),
    )
}  # fmt: skip
