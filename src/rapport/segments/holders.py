"""What segments keep of persons: who was in which, and when. The next refresh asks again about both records."""

from django.utils.translation import gettext_lazy as _

from rapport.core.holders import Holder, Same

OF_PERSONS = (
    Holder(
        column="segments.Member.person",
        label=_("Segments"),
        same=(Same(("segment",), among={"left_at__isnull": True}),),
        through="segment",
        only_named=True,
    ),
)
