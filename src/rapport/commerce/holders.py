"""What commerce keeps of persons and companies. A sale stays a sale: an erasure leaves it without its customer."""

from django.utils.translation import gettext_lazy as _

from rapport.core.held_files import FilesOf
from rapport.core.holders import Holder

OF_PERSONS = (
    Holder(
        column="commerce.Order.person",
        label=_("Orders"),
        forgotten=True,
        stays=_("the books must stay complete; sums and products remain, the buyer goes"),
        parts=("commerce.OrderLine.order",),
    ),
)
OF_COMPANIES = (Holder(column="commerce.Order.company", label=_("Orders"), forgotten=True),)
FILES = (FilesOf(column="commerce.OrderFile.order", label=_("Files of orders"), path="order__person"),)
