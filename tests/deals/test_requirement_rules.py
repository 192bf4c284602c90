"""Whether a requirement is met, and whether it ever can be: tables without a database."""

import pytest

from rapport.deals.models import DocumentKind, Quote
from rapport.deals.models.committee import CommitteeRole
from rapport.deals.rules import requirement_words, templates
from rapport.deals.rules.requirements import (
    APPROVALS,
    DOCUMENTS,
    FIELDS,
    INTERACTIONS,
    ROLES,
    Facts,
    Needed,
    Place,
    is_met,
    never_met,
    verdicts,
)
from rapport.timeline.models import Interaction

FACTS = Facts(
    filled=frozenset({"amount"}),
    documents=frozenset({"contract"}),
    roles=frozenset({"buyer"}),
    must_unmet=("ISO 22000",),
    met=frozenset({"giá"}),
    quotes=frozenset({"draft", "sent"}),
    steps=frozenset({1, 2}),
    held=frozenset({"visit", "note"}),
)


@pytest.mark.parametrize(
    ("needed", "met"),
    [
        (Needed("field", "amount"), True),
        (Needed("field", "company"), False),
        (Needed("document", "contract"), True),
        (Needed("document", "proposal"), False),
        (Needed("role", "buyer"), True),
        (Needed("role", "decision_maker"), False),
        (Needed("criterion"), False),
        (Needed("criterion", "GIÁ"), True),
        (Needed("criterion", "ISO 22000"), False),
        (Needed("criterion", "Nobody named this"), False),
        (Needed("approval", "approved"), True),
        (Needed("approval", "sent"), True),
        (Needed("approval", "accepted"), False),
        (Needed("step", step=2), True),
        (Needed("step", step=3), False),
        (Needed("step", "visit"), True),
        (Needed("step", "workshop"), False),
        (Needed("nonsense", "x"), False),
    ],
)
def test_a_requirement_is_met(needed: Needed, met: bool) -> None:
    assert is_met(needed, FACTS) is met


@pytest.mark.parametrize("kind", ["field", "document", "role", "approval"])
def test_a_deal_of_which_nothing_is_known_meets_nothing(kind: str) -> None:
    assert not is_met(Needed(kind, "amount"), Facts())


def test_a_deal_without_criteria_has_no_gate_to_fail() -> None:
    assert is_met(Needed("criterion"), Facts())


def test_what_stops_comes_first() -> None:
    needed = [Needed("field", "amount"), Needed("role", "user", is_hard=False), Needed("role", "influencer")]
    found = verdicts(needed, FACTS)
    assert [(each.needed.subject, each.is_met, each.stops) for each in found] == [
        ("influencer", False, True), ("user", False, False), ("amount", True, False),
    ]  # fmt: skip


PLACES = {
    1: Place(1, 0, "open"),
    2: Place(2, 1, "open", requires=(Needed("step", step=3),)),
    3: Place(3, 2, "open"),
    4: Place(4, 3, "open", is_retired=True),
    5: Place(5, 4, "won"),
    6: Place(6, 5, "lost"),
}


@pytest.mark.parametrize(
    ("stage", "needed", "why"),
    [
        (1, Needed("field", "amount"), ""),
        (1, Needed("role", "buyer"), "first"),
        (1, Needed("document", "contract"), "first"),
        (1, Needed("criterion"), "first"),
        (2, Needed("role", "buyer"), ""),
        (2, Needed("role", "king"), "unknown"),
        (2, Needed("field", "colour"), "unknown"),
        (2, Needed("document", ""), "unknown"),
        (2, Needed("approval", "declined"), "unknown"),
        (2, Needed("magic", "wand"), "unknown"),
        (2, Needed("field", "loss_reason"), "not_lost"),
        (6, Needed("field", "loss_reason"), ""),
        (2, Needed("step", step=1), ""),
        (2, Needed("step", step=2), "itself"),
        (2, Needed("step", step=99), "elsewhere"),
        (2, Needed("step", step=4), "retired"),
        (2, Needed("step", step=5), "ends"),
        (3, Needed("step", step=2), "circle"),
        (5, Needed("step", step=2), ""),
        (3, Needed("step", "visit"), ""),
        (3, Needed("step", "ticket"), "unknown"),
    ],
)
def test_what_can_never_be_met_is_known(stage: int, needed: Needed, why: str) -> None:
    assert never_met(needed, stage=stage, places=PLACES) == why


def test_a_circle_of_three_is_found_and_a_soft_one_is_none() -> None:
    three = {
        1: Place(1, 0, "open"),
        2: Place(2, 1, "open", requires=(Needed("step", step=3),)),
        3: Place(3, 2, "open", requires=(Needed("step", step=4),)),
        4: Place(4, 3, "open"),
    }
    assert never_met(Needed("step", step=2), stage=4, places=three) == "circle"
    soft = three | {3: Place(3, 2, "open", requires=(Needed("step", step=4, is_hard=False),))}
    assert never_met(Needed("step", step=2), stage=4, places=soft) == ""


def test_the_names_are_those_of_the_records() -> None:
    assert set(ROLES) == set(CommitteeRole.values)
    assert set(DOCUMENTS) == set(DocumentKind.values)
    assert set(APPROVALS) <= set(Quote.Status.values)
    assert set(INTERACTIONS) <= set(Interaction.Kind.values)
    assert set(FIELDS) == set(requirement_words.FIELD_NAMES)


@pytest.mark.parametrize("template", templates.TEMPLATES, ids=lambda each: each.key)
def test_a_template_asks_for_nothing_that_can_never_be(template: templates.PipelineTemplate) -> None:
    places = {number: Place(number, number, stage.status) for number, stage in enumerate(template.stages)}
    for number, stage in enumerate(template.stages):
        for needed in stage.asks:
            assert never_met(needed, stage=number, places=places) == ""
            assert requirement_words.words(needed)
