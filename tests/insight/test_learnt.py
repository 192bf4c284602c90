"""Where wished and few orders changed, what was learnt is kept, and asked about the people whose orders did."""

from collections.abc import Callable
from typing import Any

import pytest

from rapport.commerce.models import Order, OrderLine, Product
from rapport.insight import queries, refresh, storage
from rapport.insight.answering import LEARNT, METRICS
from rapport.insight.models import PersonTraits, Refresh
from rapport.insight.running import Wish
from rapport.people.models import Person
from tests.factories import make_order, make_person, make_product
from tests.insight.conftest import AS_OF, AT, all_traits, on

Refreshed = Callable[..., Refresh]


@pytest.fixture
def refreshed() -> Refreshed:
    """Run a refresh as of the end of March that keeps what was learnt."""

    def run(**wish: Any) -> Refresh:
        given: dict[str, Any] = {"as_of": AS_OF, "keep_learnt": True} | wish
        return refresh.run(wish=Wish(**given), by=None, clock=lambda: AT)

    return run


@pytest.fixture
def many(transactional_db: None) -> list[Person]:
    """Thirty people who bought rice on three days each, and some of them oil."""
    rice, oil = make_product(name="Gạo", category="Bếp"), make_product(name="Dầu", category="Bếp")
    people = [make_person() for _number in range(30)]
    for number, person in enumerate(people):
        for month in (1, 2, 3):
            product = oil if (number + month) % 3 == 0 else rice
            make_order((product, 1, 50_000 + number), person=person, placed_at=on(2026, month, 1 + number % 9))
    return people


def kept(done: Refresh) -> set[str]:
    """The names of the steps whose outcome was kept."""
    return {step["name"] for step in done.steps if step["state"] == "kept"}


def traits_of(person: Person) -> dict[str, Any]:
    """Every trait of one person."""
    return PersonTraits.objects.filter(pk=person.pk).values().get()


def test_where_nothing_changed_everything_learnt_is_kept(many: list[Person], refreshed: Refreshed) -> None:
    assert kept(refreshed()) == set()
    before, answers = all_traits(), queries.answers(METRICS)
    assert kept(refreshed()) == LEARNT
    assert (all_traits(), queries.answers(METRICS)) == (before, answers)


def test_after_a_new_order_only_its_person_changes(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    before = {person.pk: traits_of(person) for person in many}
    make_order((Product.objects.all()[0], 1, 60_000), person=many[0], placed_at=on(2026, 3, 30))
    done = refreshed()
    assert kept(done) == LEARNT
    now = {person.pk: traits_of(person) for person in many}
    learnt_parts = ("probability_alive", "due_on", "due_product_id", "offers")
    changed = {
        pk for pk in now if [now[pk][name] for name in learnt_parts] != [before[pk][name] for name in learnt_parts]
    }
    assert changed <= {many[0].pk}
    assert now[many[0].pk]["purchases"] == 4
    refreshed(full=True)
    counted = ("first_on", "last_on", "purchases", "money")
    for person in many:
        again = traits_of(person)
        assert [again[name] for name in counted] == [now[person.pk][name] for name in counted]


def test_unless_it_is_wished_everything_is_learnt_again(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    make_order((Product.objects.all()[0], 1, 60_000), person=many[0], placed_at=on(2026, 3, 30))
    assert kept(refreshed(keep_learnt=False)) == set()
    plain = all_traits(), queries.answers(METRICS)
    refreshed(full=True)
    assert (all_traits(), queries.answers(METRICS)) == plain


def test_what_is_counted_is_counted_anew(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    make_order(total=60_000, person=many[0], placed_at=on(2026, 3, 30))
    refreshed()
    light = queries.answers(set(METRICS) - LEARNT)
    assert light["repeat-purchase"]["purchases"] == 91
    refreshed(full=True)
    assert queries.answers(set(METRICS) - LEARNT) == light


def test_the_due_date_of_who_just_bought_moves(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    before = traits_of(many[0])
    make_order(*((each, 1, 60_000) for each in Product.objects.all()), person=many[0], placed_at=on(2026, 3, 30))
    refreshed()
    after = traits_of(many[0])
    assert before["due_on"] is not None
    assert after["due_on"] > before["due_on"]


def test_a_first_order_a_changed_line_and_a_removed_order_are_seen(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    newcomer = make_person()
    make_order((Product.objects.all()[0], 1, 60_000), person=newcomer, placed_at=on(2026, 3, 30))
    line = OrderLine.objects.filter(order__person=many[1]).order_by("pk")[0]
    OrderLine.objects.filter(pk=line.pk).update(product=Product.objects.exclude(pk=line.product_id)[0])
    gone = Order.objects.filter(person=many[2]).order_by("placed_at")[0]
    gone.lines.all().delete()
    gone.delete()
    assert kept(refreshed()) == LEARNT
    assert PersonTraits.objects.get(pk=newcomer.pk).purchases == 1
    assert PersonTraits.objects.get(pk=many[2].pk).purchases == 2
    light = all_traits()
    refreshed(full=True)
    assert len(all_traits()) == len(light) == 31


def test_many_changes_ask_for_learning_again(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    for person in many[:6]:
        make_order(person=person, total=60_000, placed_at=on(2026, 3, 30))
    assert kept(refreshed()) == set()


def test_changes_are_counted_from_the_day_of_learning(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    for number in range(6):
        make_order(person=many[number], total=60_000, placed_at=on(2026, 3, 30))
        done = refreshed()
        # The fifth is more than one in twenty; from then on it begins anew.
        assert bool(kept(done)) is (number != 4)


@pytest.mark.parametrize("why", ["another day", "a price", "full", "files gone", "no file", "a newer metric"])
def test_what_asks_for_learning_again(
    why: str, many: list[Person], refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed()
    wish: dict[str, Any] = {}
    if why == "another day":
        wish = {"as_of": on(2026, 4, 1).date()}
    elif why == "full":
        wish = {"full": True}
    elif why == "a price":
        Product.objects.update(price=70_000)
    elif why == "files gone":
        make_order(person=many[0], total=60_000, placed_at=on(2026, 3, 30))
        for path in storage.lake().files("orders"):
            path.unlink()
        Order.objects.filter(person=many[0]).update(total=1)
    elif why == "no file":
        for path in storage.learnt_file("x").parent.glob("learnt-*"):
            path.write_bytes(b"nothing that can be read")
    else:
        monkeypatch.setattr("rapport.insight.refresh._versions", lambda: {"rfm": 99})
    done = refreshed(**wish)
    assert done.as_of == wish.get("as_of", AS_OF)
    assert kept(done) == set()
    assert done.status == Refresh.Status.DONE
