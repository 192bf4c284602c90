"""What segments keep of persons: who was in which, and when. The next refresh asks again about both records."""

from rapport.core.holders import Holder, Same

OF_PERSONS = (Holder(column="segments.Member.person", same=(Same(("segment",), among={"left_at__isnull": True}),)),)
