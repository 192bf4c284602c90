"""Records alike: while one types, and over the whole base; and who was erased is recognised without being known."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from rapport.identity.models import User
from rapport.people import alike, suppression, twins
from rapport.people.models import ContactPoint, Suppression, SuppressionSalt
from tests.factories import make_company, make_person, make_post, make_team, make_user

pytestmark = pytest.mark.django_db


def test_what_is_typed_finds_who_shares_it_and_nobody_hidden(at: datetime) -> None:
    team = make_team()
    seller, mine = make_user(role="seller", team=team), {"team": team}
    named = make_person(full_name="Trần Hà", **mine)
    mailed = make_person(email="ha@example.com", phone="+84912345678", **mine)
    further = make_person(**mine)
    ContactPoint.objects.create(person=further, kind="email", value="ha@example.com")
    make_person(full_name="Trần Hà", email="ha@example.com", team=make_team())
    make_person(full_name="Trần Hà", archived_at=at, **mine)

    def typed(**values: Any) -> dict[int, list[str]]:
        return {each.record.pk: each.shares for each in alike.people_typed(user=seller, **values)}

    assert typed(name="  tran  HA ", email=" Ha@Example.com ", phone="0912 345 678") == {
        named.pk: ["name"], mailed.pk: ["email", "phone"], further.pk: ["email"],
    }  # fmt: skip
    assert typed(name="Trần") == typed(email="ha@") == typed(phone="09") == typed() == {}
    company = make_company(name="Công ty TNHH Vạn Phúc", tax_id="0100233488", domain="vanphuc.vn", **mine)
    make_company(name="Vạn Phúc", team=make_team())
    asked: list[tuple[dict[str, Any], list[str] | None]] = [
        ({"name": "CTY CP VAN PHUC"}, ["like"]), ({"name": "Vạn"}, ["like"]), ({"tax_id": "0100233488"}, ["tax_id"]),
        ({"domain": "https://www.vanphuc.vn/a"}, ["domain"]), ({"name": "cong ty tnhh van phuc"}, ["name"]),
        ({"tax_id": "x", "domain": "x", "name": "TNHH"}, None),
    ]  # fmt: skip
    for values, shares in asked:
        found = {each.record.pk: each.shares for each in alike.companies_typed(user=seller, **values)}
        assert found == ({company.pk: shares} if shares else {})


def test_twins_are_found_in_sets_shown_within_reach_and_put_aside_for_good(at: datetime) -> None:
    manager, seller, company = make_user(), make_user(role="seller", team=make_team()), make_company()
    one, two = make_person(email="a@x.vn", phone="+84912345678"), make_person(email="a@x.vn", phone="+84912345678")
    three = make_person()
    ContactPoint.objects.create(person=three, kind="zalo", value="+84912345678")
    four, five = make_person(full_name="Lê An"), make_person(full_name="LE AN", team=make_team())
    for person in (four, five):
        make_post(person, company)
    for _number in range(twins.MOST_ALIKE + 1):
        make_person(phone="+842838223344")
    make_person(email="a@x.vn", archived_at=at)
    assert twins.search(kind="person", at=at) == 4

    def shown(user: User = manager) -> list[tuple[int, int, list[str]]]:
        return [(pair.low.pk, pair.high.pk, pair.shares) for pair in twins.pairs(user=user, kind="person")]

    assert shown() == [
        (one.pk, two.pk, ["email", "phone"]), (one.pk, three.pk, ["phone"]), (two.pk, three.pk, ["phone"]),
        (four.pk, five.pk, ["post"]),
    ]  # fmt: skip
    assert len(shown(seller)) == 3
    first = twins.pairs(user=manager, kind="person", limit=1)[0]
    assert [pair.low.pk for pair in twins.pairs(user=manager, kind="person", after=first.pk)] == [
        one.pk,
        two.pk,
        four.pk,
    ]
    twins.put_aside(one=two, two=one, by=manager, at=at)
    twins.search(kind="person", at=at)
    assert len(shown()) == 3
    make_company(tax_id="0100233488")
    make_company(tax_id="0100233488")
    assert twins.search(kind="company", at=at) == 1
    assert twins.ask(kind="company", at=at)
    assert not twins.ask(kind="company", at=at + timedelta(minutes=5))


def test_the_erased_are_recognised_by_a_salted_hash(at: datetime) -> None:
    assert suppression.suppress(emails=["a@x.vn"], phones=["+84912345678"], at=at) == 2
    assert suppression.suppress(emails=["a@x.vn"], phones=[], at=at) == 0
    assert [each.kind for each in suppression.suppressed(email=" A@X.vn", phone="0912 345 678")] == ["email", "phone"]
    assert suppression.suppressed(email="b@x.vn", phone="x") == []
    stored = str(list(Suppression.objects.values()))
    assert "a@x" not in stored
    assert "912345678" not in stored
    SuppressionSalt.objects.update(salt="another")
    assert suppression.suppressed(email="a@x.vn") == []
