"""What the groups of an answer are called on a page."""

from typing import Any

from django.utils.translation import gettext as _

from rapport.web.insight.wording import month, short_amount

SHOWN_GROUPS = 20


def label(group: dict[str, Any], answer: dict[str, Any]) -> str:
    """The name of a group: of its record, the bounds of a size, a month, a quarter; what is not known says so."""
    by, key, currency = answer.get("by") or answer.get("compared_by"), str(group["group"]), answer["currency"]
    if key == "":
        return _("Not known yet")
    if "low" in group:
        low, high = group["low"], group["high"]
        if high is None:
            return _("from %(low)s") % {"low": short_amount(low, currency)}
        if not low:
            return _("below %(high)s") % {"high": short_amount(high, currency)}
        return _("%(low)s to %(high)s") % {"low": short_amount(low, currency), "high": short_amount(high, currency)}
    if by == "month":
        return month(key)
    if by == "quarter":
        year, _dash, quarter = key.partition("-Q")
        return _("Q%(quarter)s %(year)s") % {"quarter": quarter, "year": year}
    return group["name"] or f"#{key}"


def groups_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups of an answer, those of its pipeline where each has one."""
    found: list[dict[str, Any]] = answer.get("groups") or []
    pipeline = answer.get("pipeline_id")
    return [each for each in found if pipeline is None or each.get("pipeline_id", pipeline) == pipeline]
