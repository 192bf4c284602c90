"""What requirements are called where people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rapport.deals.rules.requirements import Needed

FIELD_NAMES: dict[str, str | Promise] = {
    "company": gettext_lazy("Company"),
    "person": pgettext_lazy("deal", "Contact person"),
    "amount": gettext_lazy("Amount"),
    "expected_close_on": gettext_lazy("Expected to close"),
    "product": gettext_lazy("Product"),
    "owner": gettext_lazy("Owner"),
    "external_id": gettext_lazy("External id"),
    "loss_reason": gettext_lazy("Reason for the loss"),
}
ROLE_NAMES: dict[str, str | Promise] = {
    "initiator": gettext_lazy("Initiator"),
    "influencer": gettext_lazy("Influencer"),
    "gatekeeper": gettext_lazy("Gatekeeper"),
    "decision_maker": gettext_lazy("Decision maker"),
    "buyer": gettext_lazy("Buyer"),
    "user": pgettext_lazy("committee", "User"),
}
DOCUMENT_NAMES: dict[str, str | Promise] = {
    "request": gettext_lazy("Request or tender invitation"),
    "specification": gettext_lazy("Specification or drawing"),
    "profile": gettext_lazy("Capability profile"),
    "survey": gettext_lazy("Survey or visit report"),
    "proposal": gettext_lazy("Proposal"),
    "minutes": gettext_lazy("Minutes"),
    "contract": gettext_lazy("Contract"),
    "payment": gettext_lazy("Proof of payment"),
    "other": pgettext_lazy("document", "Other"),
}
APPROVAL_NAMES: dict[str, str | Promise] = {
    "approved": gettext_lazy("A quote is approved"),
    "sent": gettext_lazy("A quote was sent to the customer"),
    "accepted": gettext_lazy("The customer accepted a quote"),
}
INTERACTION_NAMES: dict[str, str | Promise] = {
    "call": gettext_lazy("A call took place"),
    "meeting": gettext_lazy("A meeting took place"),
    "visit": gettext_lazy("A visit took place"),
    "workshop": gettext_lazy("A workshop took place"),
}
WHY_NEVER: dict[str, str | Promise] = {
    "unknown": gettext_lazy("There is nothing of this name, so no deal could ever have it."),
    "itself": gettext_lazy("A stage cannot wait for itself: no deal could ever come into it."),
    "elsewhere": gettext_lazy("This step belongs to another pipeline; no deal of this one ever goes through it."),
    "retired": gettext_lazy("This step was put away, so no deal goes through it any more."),
    "ends": gettext_lazy("This step ends a deal, so a deal that comes from it cannot be waited for."),
    "circle": gettext_lazy("The two steps would wait for each other, so no deal could ever come into either."),
    "first": gettext_lazy(
        "A deal begins in this stage and has nothing yet but its fields. Ask for this in a later stage."
    ),
    "not_lost": gettext_lazy("A reason for the loss is given only where a deal is lost."),
}


def words(needed: Needed) -> str:
    """What is needed, in a few words: “Amount is filled in”, “Document: Contract”."""
    subject = needed.subject
    match needed.kind:
        case "field":
            name = needed.label or FIELD_NAMES.get(subject, subject)
            return _("%(field)s is filled in") % {"field": name}
        case "document":
            return _("Document: %(document)s") % {"document": DOCUMENT_NAMES.get(subject, subject)}
        case "role":
            return _("Contact with: %(role)s") % {"role": ROLE_NAMES.get(subject, subject)}
        case "criterion" if subject:
            return _("Criterion met: %(criterion)s") % {"criterion": subject}
        case "criterion":
            return _("All must-have criteria are met")
        case "approval":
            return str(APPROVAL_NAMES.get(subject, subject))
        case _ if needed.step is not None:
            return _("Been in the stage “%(stage)s”") % {"stage": needed.step_name}
    return str(INTERACTION_NAMES.get(subject, subject))
