"""The pages of one company, as tabs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rapport.people.models import Company


def tabs_of(company: Company, *, current: str) -> list[tuple[str, Any, bool]]:
    """Address, label, and whether it is this one; `current` is the name of the address."""
    named = (
        ("companies:page", _("Overview")),
        ("companies:account", _("Account")),
        ("companies:known", _("Whom we know")),
        ("companies:network", _("Network")),
    )
    tabs = [(reverse(name, args=[company.pk]), label, name == current) for name, label in named]
    history = reverse("history:record", args=["people.company", company.pk])
    return [*tabs, (history, pgettext("record", "History"), current == "history:record")]
