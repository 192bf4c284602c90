"""What columns are called whose field has no name of its own: they are in no form."""

from django.apps import apps
from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.history import tracking

LABELS: dict[str, str | Promise] = {
    "action": _("Action"),
    "added_at": _("Added"),
    "answered_at": _("Answered"),
    "approver": _("Approver"),
    "archived_at": _("Archived"),
    "asked_at": _("Asked"),
    "asked_by": _("Noted by"),
    "at": pgettext_lazy("instant", "When"),
    "bounced_at": _("Mail came back"),
    "by": pgettext_lazy("whoever did it", "By"),
    "choices": _("Choices"),
    "code": _("Code"),
    "company": _("Company"),
    "criterion": _("Criterion"),
    "custom": _("Own fields"),
    "days": _("Days"),
    "deal": _("Deal"),
    "decided_at": _("Decided"),
    "decided_by": _("Decided by"),
    "decision": _("Decision"),
    "discount_above": _("Discount above"),
    "discount_in": _("Discount given in"),
    "done_at": _("Done"),
    "dropped_at": _("Dropped"),
    "dropped_because": _("Dropped because"),
    "due_product_id": _("Product that is due"),
    "edited_by": _("Edited by"),
    "entered_at": _("Entered"),
    "events": _("Events"),
    "evidence": _("Evidence"),
    "expires_at": _("Expires"),
    "f": _("How often, 1 to 5"),
    "from_company": _("From company"),
    "from_person": _("From person"),
    "gross": _("Before discount"),
    "indexed_at": _("Index ready"),
    "interaction": _("Interaction"),
    "is_demo": _("Demo company"),
    "is_on": _("Switched on"),
    "joined_at": _("Joined"),
    "kind": _("Kind"),
    "left_at": _("Left"),
    "level": _("Level"),
    "m": _("How much, 1 to 5"),
    "made_at": _("Made"),
    "made_by": _("Made by"),
    "mapping": _("Mapping"),
    "merged_into": _("Merged into"),
    "net": _("Before tax"),
    "number": _("Number"),
    "off_at": _("Switched off on"),
    "off_because": _("Switched off because"),
    "offers": _("Next offers"),
    "on_behalf_of": _("On behalf of"),
    "order": pgettext_lazy("purchase", "Order"),
    "outcome": _("Outcome"),
    "owner": _("Owner"),
    "parties": _("Parties"),
    "person": _("Person"),
    "pipeline": _("Pipeline"),
    "position": _("Position"),
    "product": _("Product"),
    "quote": _("Quote"),
    "r": _("How lately, 1 to 5"),
    "reach": _("Reach"),
    "recorded_at": _("Recorded"),
    "removed_at": _("Removed"),
    "retired_at": _("Retired"),
    "revoked_at": _("Revoked"),
    "rival": _("Competitor"),
    "role": _("Role"),
    "roles": _("Roles"),
    "scopes": _("Scopes"),
    "seen_by": _("Seen by"),
    "segment": _("Segment"),
    "sent_at": _("Sent"),
    "shown": _("Begins with"),
    "since": _("Since"),
    "size": _("Size"),
    "stage": pgettext_lazy("deal", "Stage"),
    "step": _("Earlier stage"),
    "subject": _("Subject"),
    "submitted_at": _("Submitted"),
    "submitted_by": _("Submitted by"),
    "target": _("Target"),
    "tax": _("Tax"),
    "tax_percent": _("Tax in percent"),
    "tax_rate": _("Tax rate"),
    "team": _("Team"),
    "to_company": _("To company"),
    "to_person": _("To person"),
    "topic": _("Topic"),
    "total": _("Total"),
    "total_above": _("Total above"),
    "until": _("Until"),
    "user": _("User"),
    "verified_at": _("Verified"),
}


# What machines know a file by.
NOT_TOLD = frozenset({"content_type", "digest", "stored"})


def label(field: "Field[object, object]") -> str:
    """What the field is called."""
    if isinstance(field.verbose_name, Promise):
        return str(field.verbose_name)
    return str(LABELS.get(field.name, field.name))


def fields_of(kind: str) -> "dict[str, Field[object, object]]":
    """The fields of a kind that are told of, by their column; none where there is no such kind any more."""
    found = tracking.registered().get(kind)
    try:
        model = found.model if found else apps.get_model(kind)
    except LookupError:
        return {}
    left_out = tracking.TECHNICAL | NOT_TOLD | (found.ignoring if found else frozenset()) | {model._meta.pk.column}
    return {str(field.column): field for field in model._meta.local_fields if field.column not in left_out}
