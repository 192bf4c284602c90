"""Cross-sell: which products go together, and whether offers made of that would have hit."""

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.web.insight import pictures
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Linked, Table
from rapport.web.insight.wording import between, count, day, nothing_yet, percent

METRIC = "affinity"
OFFERS = "next-offers"
DRAWN = 24


def rules(answer: dict[str, Any] | None) -> Picture:
    """Every rule as a table, the strongest ones as arrows between products."""
    title = _("Bought together")
    if reason := nothing_yet(answer) or _no_rule(answer):
        return Picture(name="rules", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    found = answer["rules"]
    strongest = sorted(found, key=lambda rule: (-rule["lift"], -rule["count"]))
    drawing = _graph(found)
    return Picture(
        name="rules",
        title=title,
        metric=METRIC,
        note=_(
            "%(baskets)s baskets. An arrow leads from what was bought to what was bought with it; the thicker it is,"
            " the further beyond chance. Drawn are the pairs with the most baskets beyond chance."
        )
        % {"baskets": count(answer["baskets"])},
        drawing=drawing if drawing["links"] else None,
        table=Table(columns=_columns(), rows=[_row(rule) for rule in strongest], shown=50),
        tall=max(2 * max(Counter(node["side"] for node in drawing["nodes"]).values(), default=1) + 2, 10),
        wide=True,
    )


def _no_rule(answer: dict[str, Any] | None) -> str:
    if not answer or answer.get("rules"):
        return ""
    return _("No products go together in at least %(support)s of the baskets and %(confidence)s of their buyers.") % {
        "support": percent(answer["support"], 2),
        "confidence": percent(answer["confidence"]),
    }


def _columns() -> list[Column]:
    return [
        Column(_("Who buys")), Column(_("also buys")), Column(_("Baskets with both"), "number"),
        Column(_("Share of all baskets"), "share", 2), Column(_("Share of those with the first"), "share", 1),
        Column(_("Interval, 95%")), Column(_("Times more often than chance"), "number", 2),
    ]  # fmt: skip


def _row(rule: dict[str, Any]) -> tuple[Any, ...]:
    low, high = rule.get("interval") or (None, None)
    interval = between(percent(low, 1), percent(high, 1)) if low is not None else None
    return (
        linked(rule["if"], rule["if_ids"]), linked(rule["then"], rule["then_ids"]), rule["count"], rule["support"],
        rule["confidence"], interval, rule["lift"],
    )  # fmt: skip


def linked(names: list[str], ids: list[int]) -> Linked | str:
    """One product as a link to its page; several as their names."""
    return product(ids[0], names[0]) if len(ids) == 1 else " + ".join(names)


def product(pk: int, name: str) -> Linked:
    """A product as a link to its page."""
    return Linked(name, reverse("products:page", args=[pk]))


def _graph(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Pairs of products with the most baskets beyond chance: what was bought on the left, what with it on the right.

    Of the two directions of a pair the surer one is drawn.
    """
    # Those that lead to one product stand together, so that few arrows cross.
    links = sorted(_pairs(found)[:DRAWN], key=lambda rule: (rule["then"][0], rule["if"][0]))
    left = dict.fromkeys(rule["if_ids"][0] for rule in links)
    places = {pk: at for at, pk in enumerate(left)}
    middles = {
        pk: _mean([places[rule["if_ids"][0]] for rule in links if rule["then_ids"][0] == pk])
        for pk in dict.fromkeys(rule["then_ids"][0] for rule in links)
    }
    names = {rule[f"{end}_ids"][0]: rule[end][0] for rule in links for end in ("if", "then")}
    strength = max((rule["lift"] for rule in links), default=1)
    return {
        "kind": "graph",
        "hue": "person",
        "nodes": [_node("left", pk, names[pk]) for pk in left]
        + [_node("right", pk, names[pk]) for pk in sorted(middles, key=lambda pk: (middles[pk], names[pk]))],
        "links": [
            {
                "from": f"left-{rule['if_ids'][0]}",
                "to": f"right-{rule['then_ids'][0]}",
                "strength": round(rule["lift"] / strength, 3),
                "title": _told(rule),
            }
            for rule in links
        ],
    }


def _pairs(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One rule for each pair of products, those with the most baskets beyond chance first."""
    pairs: dict[frozenset[int], dict[str, Any]] = {}
    for rule in found:
        both = frozenset([*rule["if_ids"], *rule["then_ids"]])
        if len(both) == 2 and rule["lift"] > 1:
            known = pairs.get(both)
            pairs[both] = rule if known is None or rule["confidence"] > known["confidence"] else known
    return sorted(pairs.values(), key=lambda rule: -rule["count"] * (1 - 1 / rule["lift"]))


def _node(side: str, pk: int, name: str) -> dict[str, Any]:
    return {"id": f"{side}-{pk}", "name": name, "title": name, "size": 9, "side": side}


def _mean(places: list[int]) -> float:
    return sum(places) / len(places)


def _told(rule: dict[str, Any]) -> str:
    values = {
        "first": rule["if"][0], "second": rule["then"][0], "share": percent(rule["confidence"], 1),
        "lift": count(rule["lift"], 1), "baskets": count(rule["count"]),
    }  # fmt: skip
    return (
        _("%(first)s → %(second)s\n%(share)s of the buyers, %(lift)s times as often as chance\n%(baskets)s baskets")
        % values
    )


def offers(answer: dict[str, Any] | None) -> Picture:
    """How often an offer of ours would have hit what was bought next, beside the plain ones."""
    title = _("Would these offers have hit?")
    if reason := nothing_yet(answer):
        return Picture(name="offers", title=title, metric=OFFERS, too_few=reason, wide=True)
    assert answer is not None
    groups = [(name, answer["hit_rates"][name]) for name in ("all", "repeats", "new") if answer["hit_rates"].get(name)]
    labels = {"all": _("All purchases"), "repeats": _("Bought before"), "new": _("New to the buyer")}
    ways = (
        ("ours", _("Offers of Rapport"), "person"), ("baseline", _("Buy again, then popularity"), "muted"),
        ("buy_again", _("Buy again"), "plain"), ("popularity", _("Popularity"), "relation"),
    )  # fmt: skip
    shown = [
        Series(name=label, hue=hue, values=[rates.get(way) for _name, rates in groups])  # type: ignore[arg-type]
        for way, label, hue in ways[:2]
    ]
    return Picture(
        name="offers",
        title=title,
        metric=OFFERS,
        note=_offers_in_words(answer),
        drawing=pictures.bars(
            categories=[labels[name] for name, _rates in groups], series=shown, unit=pictures.share(), lying=True
        ),
        keys=pictures.keys(shown),
        table=Table(
            columns=[Column(_("Purchases")), *(Column(label, "share", 2) for _way, label, _hue in ways)],
            rows=[(labels[name], *(rates.get(way) for way, _label, _hue in ways)) for name, rates in groups],
        ),
        tall=11,
        wide=True,
    )


def _offers_in_words(answer: dict[str, Any]) -> str:
    tried = _("Tried on what %(people)s people bought since %(since)s, of which the offers did not know.") % {
        "people": count(answer["hold_out"]["people"]),
        "since": day(answer["hold_out"]["since"]),
    }
    gain = answer["gain"].get("all")
    more = (
        _("Against “buy again, then popularity”: %(difference)s percentage points (95%% interval %(interval)s).")
        % {"difference": _points(gain["difference"]), "interval": between(*map(_points, gain["interval"]))}
        if gain
        else ""
    )
    return " ".join(part for part in (tried, more, _shown_to_people(answer)) if part)


def _points(difference: float) -> str:
    """A difference of shares in percentage points: `+1.2`."""
    return f"{'+' if difference > 0 else ''}{count(100 * difference, 1)}"


def _shown_to_people(answer: dict[str, Any]) -> str:
    parts = answer.get("served_parts") or {"repeats": answer["served"], "new": answer["served"]}
    if parts["repeats"] and parts["new"]:
        return _("People are shown our offers.")
    if parts["new"]:
        return _("People are shown our offers of what is new to them; for the rest, “buy again, then popularity”.")
    if parts["repeats"]:
        return _("People are shown our offers of what they bought before; for the rest, “buy again, then popularity”.")
    return _("Ours do not beat it beyond chance, so people are shown “buy again, then popularity”.")
