"""What becomes of own fields: at merges and erasures, when definitions change, for who may not see them."""

from datetime import timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.core import holders
from rapport.core.errors import WrongValue
from rapport.fields import history, tasks
from rapport.fields.actions import (
    add_field,
    change_choices,
    change_field,
    change_type,
    delete_field,
    move_field,
    retire_field,
)
from rapport.fields.definitions import Choice, Type
from rapport.fields.models import FieldDefinition
from rapport.fields.queries import definitions, edited, seen
from rapport.people.actions import add_person, change_person
from rapport.people.models import Person
from tests.factories import AT, make_deal, make_person, make_user

pytestmark = pytest.mark.django_db
DONE: set[int] = set()


@pytest.fixture
def admin() -> Any:
    return make_user(role="administrator")


def add(admin: Any, label: str, type: Type = Type.TEXT, **values: Any) -> FieldDefinition:
    return add_field(kind=values.pop("kind", "person"), type=type, values={"label_vi": label} | values, by=admin, at=AT)


def searched_again() -> int:
    """Run the slices that are queued, and those that they queue, as a worker does; gives how many there were."""
    queued, slices = ProcrastinateJob.objects.filter(task_name="rapport.fields.tasks.find_again").order_by("pk"), 0
    while job := queued.exclude(pk__in=DONE).first():
        DONE.add(job.pk)
        tasks.find_again(**job.args)
        slices += 1
    return slices


def test_links_follow_a_merge_and_let_go_of_the_erased(admin: Any) -> None:
    add(admin, "Giới thiệu", Type.LINK, kind="deal", target_kind="person")
    kept, gone = make_person(), make_person()
    deal = make_deal(custom={"gioi_thieu": gone.pk, "other": gone.pk})
    (holder,) = [each for each in holders.of("people.Person") if each.column == "deals.Deal.custom"]
    assert list(holder.held(gone.pk)) == [deal]
    holder.repoint(kept=kept.pk, gone=gone.pk, at=AT)
    deal.refresh_from_db()
    assert deal.custom == {"gioi_thieu": kept.pk, "other": gone.pk}
    assert holder.erase(kept.pk) == 1
    deal.refresh_from_db()
    assert deal.custom == {"other": gone.pk}


def test_who_may_not_see_a_field_neither_reads_nor_writes_it(admin: Any) -> None:
    seller, manager = make_user(role="seller"), make_user(role="manager")
    secret = add(admin, "Mật", seen_by=["manager"], default="x")
    add(admin, "Khách", required=True, edited_by=["manager", "seller"])
    assert [each.code for each in seen(seller, "person")] == ["khach"]
    assert [each.code for each in edited(make_user(role="viewer"), "person")] == []
    person = add_person(values={"full_name": "A", "custom": {"khach": "Ngọc"}}, by=seller, at=AT)
    assert person.custom == {"mat": "x", "khach": "Ngọc"}
    assert person.search_text == "a ngoc"
    assert add_person(values={"full_name": "Nobody asked"}, by=seller, at=AT).custom == {"mat": "x"}
    for custom in ({"mat": "y"}, {"nothing": "y"}, {"khach": ""}, {"khach": {"a": 1}}):
        with pytest.raises(WrongValue) as refused:
            change_person(person=person, version=1, changes={"custom": custom}, by=seller, at=AT)
        assert refused.value.field == f"custom.{next(iter(custom))}"
    with pytest.raises(WrongValue):
        add_person(values={"full_name": "B", "custom": {}}, by=seller, at=AT)
    changed = change_person(person=person, version=1, changes={"custom": {"mat": "z"}}, by=manager, at=AT)
    assert changed.custom == {"mat": "z", "khach": "Ngọc"}
    before, after = person.custom, changed.custom
    assert [each.after for each in history.told(manager, "people.person", before, after)] == ["z"]
    assert history.told(seller, "people.person", before, after) == []
    change_field(definition=secret, version=1, values={"seen_by": []}, by=admin, at=AT)
    assert searched_again() == 1
    assert Person.objects.get(pk=person.pk).search_text == "a z ngoc"


def test_search_texts_follow_slice_by_slice_and_a_slice_may_run_twice(
    admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "RECORDS_A_SLICE", 2)
    hobby = add(admin, "Thú vui")
    people = [add_person(values={"full_name": f"P{at}", "custom": {"thu_vui": "Cờ"}}, by=admin, at=AT) for at in "abc"]
    other = add_person(values={"full_name": "Pd"}, by=admin, at=AT)
    Person.objects.filter(pk=other.pk).update(search_text="as it was")
    change_field(definition=hobby, version=1, values={"seen_by": ["manager"]}, by=admin, at=AT)
    assert Person.objects.get(pk=people[0].pk).search_text == "pa co"
    assert searched_again() == 2
    assert list(Person.objects.order_by("pk").values_list("search_text", flat=True)) == ["pa", "pb", "pc", "as it was"]
    change_field(definition=hobby, version=2, values={"seen_by": []}, by=admin, at=AT)
    tasks.find_again(kind="person", holding="thu_vui", since="", after=0)
    assert Person.objects.get(pk=people[1].pk).search_text == "pb co"
    assert Person.objects.get(pk=people[2].pk).search_text == "pc"
    assert searched_again() == 3
    later = AT + timedelta(days=1)
    Person.objects.filter(pk=people[2].pk).update(custom={})
    assert delete_field(definition=hobby, version=3, typed="thu_vui", by=admin, at=later) == 2
    assert searched_again() == 2
    assert list(Person.objects.order_by("pk").values_list("search_text", flat=True)) == [
        "pa", "pb", "pc co", "as it was",
    ]  # fmt: skip
    add(admin, "Vận đơn", kind="order", code="waybill")
    change_field(definition=FieldDefinition.objects.get(), version=1, values={"seen_by": ["manager"]}, by=admin, at=AT)
    assert searched_again() == 0


def test_choices_and_types_change_with_every_value(admin: Any) -> None:
    tier = add(admin, "Hạng", Type.CHOICES, choices=[Choice("a", "A"), Choice("b", "B")], default=["a", "b"])
    people = [make_person(custom={"hang": held}) for held in (["a"], ["a", "b"], ["b"])]
    effect = change_choices(definition=tier, version=1, choices=[Choice("b", "Bê")], by=admin, at=AT)
    assert (effect.held, effect.emptied) == (3, 1)
    assert [Person.objects.get(pk=each.pk).custom for each in people] == [{}, {"hang": ["b"]}, {"hang": ["b"]}]
    assert Person.objects.get(pk=people[0].pk).version == 2
    assert FieldDefinition.objects.get().default == ["b"]
    effect = change_type(definition=tier, version=2, to=Type.CHOICE, currency="VND", by=admin, at=AT)
    assert (effect.held, effect.emptied) == (2, 0)
    change_type(definition=tier, version=3, to=Type.TEXT, currency="VND", by=admin, at=AT)
    assert Person.objects.get(pk=people[1].pk).custom == {"hang": "Bê"}
    points = add(admin, "Điểm")
    texts = {"1.250,5": 1250.5, "12": 12, "nhiều": None}
    held = {text: make_person(custom={"diem": text}) for text in texts}
    effect = change_type(definition=points, version=1, to=Type.NUMBER, currency="VND", by=admin, at=AT)
    assert (effect.held, effect.emptied, effect.examples) == (3, 1, ["nhiều"])
    assert {text: Person.objects.get(pk=one.pk).custom.get("diem") for text, one in held.items()} == texts


def test_fields_stand_in_the_order_in_which_they_were_put(admin: Any) -> None:
    made = [add(admin, label, section=section) for label, section in (("A", ""), ("B", "S"), ("C", ""), ("D", "S"))]
    move_field(definition=made[2], earlier=True, by=admin, at=AT)
    assert [each.code for each in definitions("person")] == ["c", "b", "a", "d"]
    retire_field(definition=made[0], by=admin, at=AT)
    assert [each.code for each in definitions("person")] == ["c", "b", "d"]
    filtered = add(admin, "E", filtered=True)
    tasks.make_index(field=filtered.pk)
    assert FieldDefinition.objects.get(pk=filtered.pk).indexed_at is None
