"""Where a requirement is met: the page on which the missing thing is filled in."""

from django.urls import NoReverseMatch, reverse

from rapport.deals.rules.requirements import LOSS_REASON, Needed

_PAGES = {
    "role": "committee:page",
    "criterion": "criteria:page",
    "approval": "quotes:list",
}


def address(deal_id: int, needed: Needed) -> str:
    """Where to meet the requirement of a deal; empty where only the move itself does."""
    if needed.kind == "field":
        if needed.subject == LOSS_REASON:
            return ""
        return f"{reverse('deals:edit', args=[deal_id])}#id_{needed.subject}"
    if needed.kind == "document":
        return f"{reverse('process:documents', args=[deal_id])}?kind={needed.subject}"
    if needed.kind == "step":
        return reverse("deals:page", args=[deal_id]) if needed.step is None else ""
    try:
        return reverse(_PAGES[needed.kind], args=[deal_id])
    except (KeyError, NoReverseMatch):
        return reverse("deals:page", args=[deal_id])
