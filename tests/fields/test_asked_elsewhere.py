"""Own fields asked for by segments and stages: found by them, and not to be deleted from under them."""

from datetime import date
from typing import Any

import pytest

from rapport.deals.actions.requirements import add_requirement
from rapport.deals.queries.requirements import facts_for_rules, needed_by
from rapport.deals.rules.requirements import Needed, is_met
from rapport.fields.models import FieldDefinition
from rapport.lists.models import SavedView
from rapport.people.models import Person
from rapport.segments import actions, compose, references, rules
from rapport.segments.catalogue import FIELDS
from rapport.segments.fields import Scope
from rapport.segments.models import Segment
from rapport.segments.refresh import refresh
from rapport.web.history.reach import kinds_out_of_reach
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
    rich = make_company(custom={"budget": {"amount": "500.00", "currency": "VND"}})
    ann = make_person(full_name="Ann", custom={"tier": "gold", "ends": "2026-03-20"})
    make_person(full_name="Bob", custom={"tier": "gold", "ends": "2026-05-20"})
    make_person(full_name="Cem", custom={})
    make_post(ann, rich)
    assert found({"field": "custom.tier", "is": "one_of", "value": ["vàng"]}) == {"Ann", "Bob"}
    assert found({"field": "custom.tier", "is": "unknown"}) == {"Cem"}
    assert found({"field": "custom.ends", "is": "in_next_days", "value": 7}) == {"Ann"}
    assert found({"field": "company.custom.budget", "is": "at_least", "value": 500}) == {"Ann"}
    assert found({"field": "company.custom.budget", "is": "at_least", "value": 5, "currency": "USD"}) == set()
    assert {"custom.tier", "company.custom.budget"} <= {each.name for each in FIELDS.offered()}
    assert Person.objects.count() == 3


def test_a_field_limited_to_roles_limits_what_asks_it(client_as: ClientMaker) -> None:
    define("person", "rank", "text", seen_by=["manager", "service"])
    person = make_person(full_name="Ann", custom={"rank": "x"})
    manager, marketer = client_as("manager", language="en"), client_as("marketer", language="en")
    sent = {"0.how": "all", "0-0.field": "custom.rank", "0-0.was": "custom.rank", "0-0.is": "known", "name": "Ranked"}
    assert "Only these roles see the segment and who is in it: Manager." in said(manager.post("/segments/build/", sent))
    manager.post("/segments/new/", sent)
    ranked = Segment.objects.get()
    asks = {"any": [{"field": "segment", "is": "one_of", "value": [ranked.pk]}]}
    over = actions.create(name="Above it", rule=rules.parse(asks), by=None, at=AT)
    tallies = refresh(as_of=AT.date(), at=AT)
    assert [tally.members for tally in tallies] == [1, 1]
    pages = [f"/segments/{each.pk}/{page}" for each in (ranked, over) for page in ("", "edit/", "members.csv")]
    assert {manager.get(page).status_code for page in pages} == {200}
    assert {marketer.get(page).status_code for page in pages} == {404}
    assert {marketer.post(f"/segments/{ranked.pk}/{what}/").status_code for what in ("archive", "refresh")} == {404}
    assert "not every role sees" in said(manager.get(f"/segments/{over.pk}/"))
    for page in ("/segments/", f"/people/{person.pk}/"):
        assert "Ranked" in said(manager.get(page))
        assert not {"Ranked", "Above it"} & set(said(marketer.get(page)).replace("<", ">").split(">"))
    asked = f"/people/?segment.one_of={ranked.pk}&view=all"
    assert ("Ann" in said(manager.get(asked)), "Ann" in said(marketer.get(asked))) == (True, False)
    # The builder, a rule in JSON, and a rule by number tell of neither the field nor the segment.
    assert "Rank" not in said(marketer.post("/segments/build/", sent))
    typed = {"do": "json", "json": '{"all": [{"field": "custom.rank", "is": "known"}]}'}
    assert "there is no field “custom.rank”" in said(marketer.post("/segments/build/", typed))
    user = make_user(role="marketer")
    for rule in (asks, ranked.rule):
        with pytest.raises(rules.WrongRule):
            actions.create(name="Mine", rule=rules.parse(rule), by=user, at=AT)
    assert "segments.segment" in kinds_out_of_reach(user)
    assert "segments.segment" not in kinds_out_of_reach(make_user(role="manager"))
    FieldDefinition.objects.update(seen_by=[])
    assert {marketer.get(page).status_code for page in pages} == {200}


def said(answer: Any) -> str:
    """The words of an answer."""
    return str(answer.content.decode())


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


def test_kept_views_are_named_before_a_field_goes_and_show_nothing_else_afterwards(client_as: ClientMaker) -> None:
    admin, seller = client_as("administrator"), client_as("seller")
    silver = {"code": "silver", "label_vi": "Bạc", "label_en": "Silver", "retired": False}
    tier = define("person", "tier", "choice", choices=[GOLD, silver])
    make_person(full_name="Ann", custom={"tier": "gold"})
    make_person(full_name="Bob", province="Huế")
    address, state = f"/settings/fields/person/{tier.pk}/", "custom.tier=gold&columns=name,custom.tier"
    for client, name, shared in ((admin, "Golden", "all"), (seller, "My secret", "own"), (seller, "Ours", "all")):
        client.post("/lists/person/views/", {"name": name, "state": state, "shared": shared})
    admin.post("/lists/person/views/", {"name": "Column", "state": "columns=custom.tier", "shared": "own"})

    def told(body: str, *, columns: bool = True) -> None:
        for words in ("View “Golden” of", "View “Ours” of", "1 view that a colleague keeps"):
            assert words in body, words
        assert "secret" not in body
        assert ("4 views show it as a column" in body) is columns

    told(admin.get(f"{address}delete/").content.decode())
    told(admin.post(f"{address}type/", {"to": "text", "version": 1}).content.decode(), columns=False)
    labels = {f"{code}.{part}": "x" + code for code in ("gold", "silver") for part in ("vi", "en")}
    sent = {"label_en": "Tier", "version": 1} | labels | {"gold.state": "removed", "silver.state": "offered"}
    Person.objects.filter(full_name="Ann").update(custom={})
    told(admin.post(address, sent).content.decode(), columns=False)
    assert len(FieldDefinition.objects.get(pk=tier.pk).choices) == 2
    told(admin.post(f"{address}retire/").content.decode())
    assert FieldDefinition.objects.filter(pk=tier.pk, retired_at=None).exists()
    assert admin.post(f"{address}retire/", {"confirmed": "1"}).status_code == 302

    golden = f"/people/?view={SavedView.objects.get(name='Golden').pk}"
    held = seller.get(golden)
    assert held.context["page"].rows == []
    for words in ("“Tier” was left out: this own field is put away", "without=1", "nothing is shown yet"):
        assert words in held.content.decode(), words
    assert "format=csv" not in held.content.decode()
    shown = seller.get(f"{golden}&without=1")
    assert len(shown.context["page"].rows) == 2
    assert "was left out" in shown.content.decode()
    assert "without=1" in shown.context["list"].here
    assert "“Tier” was left out" in seller.get(f"{golden}&province=Huế").content.decode()
    FieldDefinition.objects.filter(pk=tier.pk).update(seen_by=["manager"])
    assert "“tier” was left out: this own field is not there any more" in seller.get(golden).content.decode()
    kept = admin.get(f"{golden}&without=1").context["list"]
    assert kept.is_changed
    admin.post(f"/lists/views/{kept.view.kept.pk}/update/", {"state": kept.whole_state})
    assert "was left out" not in admin.get(golden).content.decode()


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
