"""Own fields asked for by segments and stages: found by them, and not to be deleted from under them."""

from datetime import date

import pytest

from rapport.deals.actions.requirements import add_requirement
from rapport.deals.queries.requirements import facts_for_rules, needed_by
from rapport.deals.rules.requirements import Needed, is_met
from rapport.fields.models import FieldDefinition
from rapport.people.models import Person
from rapport.segments import compose, references, rules
from rapport.segments.catalogue import FIELDS
from rapport.segments.fields import Scope
from rapport.segments.models import Segment
from tests.conftest import ClientMaker
from tests.factories import AT, make_company, make_deal, make_person, make_post, make_user

pytestmark = pytest.mark.django_db
GOLD = {"code": "gold", "label_vi": "Vàng", "label_en": "Gold"}


def define(kind: str, code: str, type: str, **more: object) -> FieldDefinition:
    return FieldDefinition.objects.create(kind=kind, code=code, type=type, label_vi=code.title(), **more)


def found(*parts: dict[str, object]) -> set[str]:
    rule = references.resolved(rules.parse({"all": list(parts)}))
    return {person.full_name for person in compose.people(rule, Scope(today=date(2026, 3, 16)))}


def test_segments_ask_own_fields_of_people_and_of_their_companies() -> None:
    define("person", "tier", "choice", choices=[GOLD])
    define("person", "ends", "date")
    define("company", "budget", "money")
    define("person", "secret", "text", seen_by=["manager"])
    rich = make_company(custom={"budget": {"amount": "500.00", "currency": "VND"}})
    ann = make_person(full_name="Ann", custom={"tier": "gold", "ends": "2026-03-20", "secret": "x"})
    make_person(full_name="Bob", custom={"tier": "gold", "ends": "2026-05-20"})
    make_person(full_name="Cem", custom={})
    make_post(ann, rich)
    assert found({"field": "custom.tier", "is": "one_of", "value": ["vàng"]}) == {"Ann", "Bob"}
    assert found({"field": "custom.tier", "is": "unknown"}) == {"Cem"}
    assert found({"field": "custom.ends", "is": "in_next_days", "value": 7}) == {"Ann"}
    assert found({"field": "company.custom.budget", "is": "at_least", "value": 500}) == {"Ann"}
    assert found({"field": "company.custom.budget", "is": "at_least", "value": 5, "currency": "USD"}) == set()
    with pytest.raises(rules.WrongRule):
        rules.parse({"all": [{"field": "custom.secret", "is": "known"}]})
    assert {"custom.tier", "company.custom.budget"} <= {each.name for each in FIELDS.offered()}
    assert Person.objects.count() == 3


def test_what_is_asked_for_is_not_deleted_from_under_who_asks(client_as: ClientMaker) -> None:
    admin = client_as("administrator")
    tier = define("person", "tier", "choice", choices=[GOLD])
    rule = {"all": [{"field": "custom.tier", "is": "known"}]}
    Segment.objects.create(name="Gold ones", rule=rule, made_at=AT, updated_at=AT)
    address = f"/settings/fields/person/{tier.pk}/"
    answer = admin.post(f"{address}delete/", {"typed": "Tier", "version": 1})
    assert answer.status_code == 422
    assert "Gold ones" in answer.content.decode()
    admin.post(f"{address}retire/")
    assert FieldDefinition.objects.filter(pk=tier.pk, retired_at=None).exists()
    assert "Tier" in admin.get("/segments/new/").content.decode()


def test_a_stage_asks_for_an_own_field_of_the_deal() -> None:
    manager = make_user()
    site = define("deal", "site", "text")
    deal = make_deal()
    needed = Needed("field", "custom.site")
    add_requirement(stage=deal.stage, needed=needed, by=manager, at=AT)
    (asked,) = needed_by(deal.stage)
    assert asked.label == "Site"
    assert not is_met(asked, facts_for_rules(deal))
    deal.custom = {"site": "Hải Phòng"}
    assert is_met(asked, facts_for_rules(deal))
    deal.custom = {}
    site.delete()
    (asked,) = needed_by(deal.stage)
    assert is_met(asked, facts_for_rules(deal))
