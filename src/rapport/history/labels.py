"""What columns are called whose field has no name of its own: they are in no form."""

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
    "at": pgettext_lazy("instant", "When"),
    "bounced_at": _("Mail came back"),
    "by": pgettext_lazy("whoever did it", "By"),
    "choices": _("Choices"),
    "code": _("Code"),
    "company": _("Company"),
    "content_type": _("Type of file"),
    "criterion": _("Criterion"),
    "custom": _("Own fields"),
    "days": _("Days"),
    "deal": _("Deal"),
    "decided_at": _("Decided"),
    "decided_by": _("Decided by"),
    "decision": _("Decision"),
    "digest": _("Fingerprint"),
    "discount_above": _("Discount above"),
    "discount_in": _("Discount given in"),
    "done_at": _("Done"),
    "dropped_at": _("Dropped"),
    "dropped_because": _("Dropped because"),
    "edited_by": _("Edited by"),
    "events": _("Events"),
    "evidence": _("Evidence"),
    "expires_at": _("Expires"),
    "from_company": _("From company"),
    "from_person": _("From person"),
    "gross": _("Before discount"),
    "indexed_at": _("Index ready"),
    "interaction": _("Interaction"),
    "is_demo": _("Demo company"),
    "is_on": _("Switched on"),
    "joined_at": _("Joined"),
    "kind": _("Kind"),
    "level": _("Level"),
    "made_at": _("Made"),
    "made_by": _("Made by"),
    "mapping": _("Mapping"),
    "merged_into": _("Merged into"),
    "net": _("Before tax"),
    "number": _("Number"),
    "off_at": _("Switched off on"),
    "off_because": _("Switched off because"),
    "on_behalf_of": _("On behalf of"),
    "order": pgettext_lazy("purchase", "Order"),
    "owner": _("Owner"),
    "parties": _("Parties"),
    "person": _("Person"),
    "pipeline": _("Pipeline"),
    "position": _("Position"),
    "product": _("Product"),
    "quote": _("Quote"),
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
    "sent_at": _("Sent"),
    "shown": _("Begins with"),
    "since": _("Since"),
    "size": _("Size"),
    "stage": pgettext_lazy("deal", "Stage"),
    "step": _("Earlier stage"),
    "stored": _("File"),
    "subject": _("Subject"),
    "submitted_at": _("Submitted"),
    "submitted_by": _("Submitted by"),
    "target": _("Target"),
    "tax": _("Tax"),
    "tax_percent": _("Tax rate"),
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


def label(field: "Field[object, object]") -> str:
    """What the field is called."""
    if isinstance(field.verbose_name, Promise):
        return str(field.verbose_name)
    return str(LABELS.get(field.name, field.name))


def fields_of(kind: str) -> "dict[str, Field[object, object]]":
    """The fields of a tracked kind that are told of, by their column; none where the kind is not known any more."""
    found = tracking.registered().get(kind)
    if found is None:
        return {}
    left_out = tracking.TECHNICAL | found.ignoring | {found.model._meta.pk.column}
    return {str(field.column): field for field in found.model._meta.local_fields if field.column not in left_out}
