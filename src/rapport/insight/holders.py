"""What the metrics keep of persons: traits, which the next refresh counts anew for whoever was kept."""

from rapport.core.holders import Holder, Same

OF_PERSONS = (Holder(column="insight.PersonTraits.person", same=(Same(()),)),)
