"""What commerce keeps of persons and companies. A sale stays a sale: an erasure leaves it without its customer."""

from django.utils.translation import gettext_lazy as _

from rapport.core.holders import Holder

OF_PERSONS = (Holder(column="commerce.Order.person", label=_("Orders"), forgotten=True),)
OF_COMPANIES = (Holder(column="commerce.Order.company", label=_("Orders"), forgotten=True),)
