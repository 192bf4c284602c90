"""What is put away can be fetched back at once, by the button of the message, whatever it is."""

from collections.abc import Callable

import pytest
from django.db.models import Model
from django.test import Client

from rapport.core import clock
from rapport.deals.models import Deal
from rapport.fields.actions import add_field
from rapport.fields.definitions import Type
from rapport.identity.models import User
from rapport.segments import actions as segments
from rapport.segments import rules
from tests.factories import make_company, make_deal, make_order, make_person, make_product
from tests.web.test_two_at_once import Forms

pytestmark = pytest.mark.django_db
Made = tuple[Model, str]


def a_segment(by: User) -> Made:
    rule = rules.parse({"all": [{"field": "orders_count", "is": "at_least", "value": 1}]})
    made = segments.create(name="Regulars", about="", rule=rule, by=by, at=clock.now())
    return made, f"/segments/{made.pk}/archive/"


def a_pipeline(_by: User) -> Made:
    pipeline = make_deal(archived_at=clock.now()).pipeline
    return pipeline, f"/settings/pipelines/{pipeline.pk}/remove/"


def a_stage(_by: User) -> Made:
    deal = make_deal()
    left = deal.stage
    Deal.objects.update(stage=deal.pipeline.stages.get(position=1))
    return left, f"/settings/stages/{left.pk}/remove/"


def a_field(by: User) -> Made:
    made = add_field(kind="person", type=Type.TEXT, values={"label_vi": "Hạng"}, by=by, at=clock.now())
    return made, f"/settings/fields/person/{made.pk}/retire/"


def record(made: Model, section: str) -> Made:
    return made, f"/{section}/{made.pk}/archive/"


KINDS: dict[str, Callable[[User], Made]] = {
    "person": lambda _by: record(make_person(), "people"),
    "company": lambda _by: record(make_company(), "companies"),
    "deal": lambda _by: record(make_deal(), "deals"),
    "product": lambda _by: record(make_product(), "products"),
    "order": lambda _by: record(make_order(), "orders"),
    "segment": a_segment,
    "pipeline": a_pipeline,
    "stage": a_stage,
    "own field": a_field,
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_message_has_a_button_that_fetches_it_back(client_as: Callable[..., Client], kind: str) -> None:
    client = client_as("administrator", language="en")
    row, address = KINDS[kind](client.user)  # type: ignore[attr-defined]
    place = "archived_at" if hasattr(row, "archived_at") else "retired_at"
    answer = client.post(address, follow=True)
    row.refresh_from_db()
    assert getattr(row, place) is not None
    back = next((action, sent) for action, sent in Forms(answer.content.decode()).found if sent.get("restore") == ["1"])
    assert client.post(*back).status_code == 302
    row.refresh_from_db()
    assert getattr(row, place) is None
