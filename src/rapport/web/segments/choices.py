"""What the builder offers for the values of a field: few choices to tick, more to pick from, or a box to type in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from rapport.analytics import scores
from rapport.commerce.queries import categories_in_use, channels_in_use
from rapport.core.money import CURRENCIES
from rapport.deals.models import Stage
from rapport.deals.queries import pipelines
from rapport.identity.models import User
from rapport.identity.queries import colleagues, teams
from rapport.people.models import Person
from rapport.people.queries import sources_in_use, tags_in_use
from rapport.people.rules import places
from rapport.segments import references
from rapport.segments.conditions import own
from rapport.segments.models import Segment
from rapport.timeline.models import Interaction
from rapport.web.fields import country_choices, language_choices

Pairs = Sequence[tuple[str, str]]
TO_TICK = 12
# Values that are not known beforehand may be typed, beside those offered.
OPEN = frozenset({"tags", "sources", "order_channels", "interaction_channels", "categories", "provinces"})
RECORDS = frozenset({"users", "teams", "products", "pipelines", "stages", "segments"})
CHANNELS = ("phone", "zalo", "facebook", "email", "web", "shop")


@dataclass(frozen=True)
class Offer:
    """How values are given: boxes to tick (chosen or not), a list to add from, an address that offers as one types."""

    ticks: Sequence[tuple[str, str, bool]]
    more: Pairs = ()
    typed: bool = False
    lookup: str = ""


def offer(kind: str, chosen: Sequence[str], *, user: User) -> Offer:
    """What to offer for a kind of values, the chosen ones ticked."""
    if kind == "products":
        return Offer(_named(kind, chosen), typed=True, lookup=reverse("search:named", args=["product"]))
    made = own.choices(kind) if kind.startswith("own:") else MAKERS[kind](user)
    known = [(value, label) for value, label in made if value]
    labels = dict(known)
    if len(known) <= TO_TICK and kind != "provinces":
        unknown = [value for value in chosen if value not in labels]
        ticks = [(value, label, value in chosen) for value, label in known]
        ticks += _named(kind, unknown) if kind in RECORDS else [(value, value, True) for value in unknown]
        return Offer(ticks, typed=kind in OPEN)
    rest = [(value, label) for value, label in known if value not in chosen]
    return Offer([(value, labels.get(value, value), True) for value in chosen], more=rest, typed=kind in OPEN)


def _named(kind: str, chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
    numbers = [int(value) for value in chosen if value.isdecimal() and len(value) < 19]
    names = references.names(kind, numbers)
    return [(value, names.get(int(value) if value.isdecimal() else 0, value), True) for value in chosen]


def _plain(names: Sequence[str]) -> Pairs:
    return [(name, name) for name in names]


def _segments(user: User) -> Pairs:
    return [(str(one.pk), one.name) for one in Segment.objects.visible_to(user).live().order_by("name", "pk")]


def _stages(user: User) -> Pairs:
    rows = Stage.objects.select_related("pipeline").order_by("pipeline__position", "pipeline_id", "position")
    return [(str(stage.pk), f"{stage.pipeline} · {stage}") for stage in rows]


def currencies() -> Pairs:
    """The currencies of the settings."""
    return _plain(CURRENCIES)


MAKERS: dict[str, Callable[[User], Pairs]] = {
    "provinces": lambda user: _plain(places.provinces()),
    "countries": lambda user: country_choices(),
    "languages": lambda user: language_choices(),
    "sources": lambda user: _plain(sources_in_use()),
    "tags": lambda user: _plain(tags_in_use(Person.objects.visible_to(user))),
    "users": lambda user: [(str(one.pk), str(one)) for one in colleagues()],
    "teams": lambda user: [(str(one.pk), one.name) for one in teams()],
    "order_channels": lambda user: _plain(channels_in_use()),
    "interaction_channels": lambda user: _plain(CHANNELS),
    "categories": lambda user: _plain(categories_in_use()),
    "interaction_kinds": lambda user: [(kind.value, str(kind.label)) for kind in Interaction.Kind],
    "directions": lambda user: [(one.value, str(one.label)) for one in Interaction.Direction if one.value],
    "deal_statuses": lambda user: [(one.value, str(one.label)) for one in Stage.Status],
    "pipelines": lambda user: [(str(one.pk), one.name) for one in pipelines()],
    "stages": _stages,
    "segments": _segments,
    "rfm_segments": lambda user: [(one.code, gettext(one.title)) for one in scores.SEGMENTS],
}
HOW_WORDS = {
    "all": gettext_lazy("all of these hold"),
    "any": gettext_lazy("at least one of these holds"),
    "none": gettext_lazy("none of these holds"),
}
