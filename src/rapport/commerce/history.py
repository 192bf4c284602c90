"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.history.tracking import Tracking

TRACKED = (
    Tracking("commerce.product", _("Product")),
    Tracking("commerce.order", pgettext_lazy("purchase", "Order")),
    Tracking("commerce.orderline", _("Order line"), whole="order", titles=("product",)),
    Tracking("commerce.orderfile", _("File"), whole="order"),
    Tracking("commerce.exchangerate", _("Exchange rate"), titles=("currency", "since_on")),
)
UNTRACKED: dict[str, str] = {
    "commerce.revenue": "A ledger that triggers write from the orders.",
}
