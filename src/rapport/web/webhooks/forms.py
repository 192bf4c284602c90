"""The form of an endpoint."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import RapportError
from rapport.web.seen import VersionField, token
from rapport.webhooks import targets
from rapport.webhooks.catalogue import EVENTS
from rapport.webhooks.models import LONGEST_NAME, Endpoint

Group = tuple[str | Promise, list[tuple[str, str | Promise]]]


def choices() -> list[Group]:
    """The events by group, groups in the order in which they first come."""
    found: dict[str | Promise, list[tuple[str, str | Promise]]] = {}
    for event in EVENTS:
        found.setdefault(event.group, []).append((event.name, event.label))
    return list(found.items())


class EndpointForm(forms.Form):
    """Name, address, events; of an endpoint that exists also the version that was read."""

    version = VersionField()
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, help_text=_("Which program listens there."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    url = forms.CharField(
        label=_("Address"), max_length=targets.LONGEST,
        help_text=_("Begins with https:// and is reachable from the internet. Redirects are not followed."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )  # fmt: skip
    events = forms.MultipleChoiceField(label=_("Events"), choices=choices, error_messages={
        "required": _("Choose what the endpoint wants to hear of."),
    })  # fmt: skip

    def __init__(self, data: Any, *, endpoint: Endpoint | None = None) -> None:
        super().__init__(data, initial={} if endpoint is None else self.initial_of(endpoint))

    @staticmethod
    def initial_of(endpoint: Endpoint) -> dict[str, Any]:
        """What the form shows of an endpoint."""
        return {
            "version": token(endpoint), "name": endpoint.name, "url": endpoint.url, "events": endpoint.events,
        }  # fmt: skip

    def clean_url(self) -> str:
        """An address to which something may be sent."""
        try:
            return targets.target(self.cleaned_data["url"], inner_hosts=settings.WEBHOOK_HOSTS).url
        except RapportError as error:
            raise forms.ValidationError(str(error)) from error

    def groups(self) -> list[dict[str, Any]]:
        """The events as boxes to tick, by group."""
        chosen = set(self["events"].value() or ())
        return [
            {
                "label": group,
                "ticked": sum(name in chosen for name, _label in events),
                "events": [{"name": name, "label": label, "on": name in chosen} for name, label in events],
            }
            for group, events in choices()
        ]
