"""Where wished and few orders changed, what was learnt is kept, and asked about the people whose orders did."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rapport.commerce.models import Order, OrderLine, Product
from rapport.insight import queries, refresh, storage
from rapport.insight.answering import LEARNT, METRICS
from rapport.insight.models import PersonTraits, Refresh
from rapport.insight.running import Wish
from rapport.people.models import Person
from tests.factories import make_order, make_person, make_product
from tests.insight.conftest import AS_OF, AT, all_traits, on, without

Refreshed = Callable[..., Refresh]


@pytest.fixture
def refreshed() -> Refreshed:
    """Run a refresh as of the end of March that keeps what was learnt."""

    def run(**wish: Any) -> Refresh:
        given: dict[str, Any] = {"as_of": AS_OF, "keep_learnt": True} | wish
        return refresh.run(wish=Wish(**given), by=None, clock=lambda: AT)

    return run


@pytest.fixture(autouse=True)
def _purchases_alone() -> Iterator[None]:
    """Nobody here sells by deals: their numbers, which are never kept, need not be counted again and again."""
    with without(("funnel", "velocity", "win-rate", "forecast", "leverage", "win-probability")):
        yield


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


def test_where_nothing_changed_everything_learnt_is_kept_unless_it_is_wished_otherwise(
    many: list[Person], refreshed: Refreshed
) -> None:
    assert kept(refreshed()) == set()
    before, answers = all_traits(), queries.answers(METRICS)
    assert kept(refreshed()) == LEARNT
    assert (all_traits(), queries.answers(METRICS)) == (before, answers)
    make_order((Product.objects.all()[0], 1, 60_000), person=many[0], placed_at=on(2026, 3, 30))
    assert kept(refreshed(keep_learnt=False)) == set()
    plain = all_traits(), queries.answers(METRICS)
    refreshed(full=True)
    assert (all_traits(), queries.answers(METRICS)) == plain


def test_after_a_new_order_only_its_person_changes_and_what_is_counted_is_counted_anew(
    many: list[Person], refreshed: Refreshed
) -> None:
    refreshed()
    before = {person.pk: traits_of(person) for person in many}
    make_order(*((each, 1, 60_000) for each in Product.objects.all()), person=many[0], placed_at=on(2026, 3, 30))
    assert kept(refreshed()) == LEARNT
    now = {person.pk: traits_of(person) for person in many}
    light = queries.answers(set(METRICS) - LEARNT)
    learnt_parts = ("probability_alive", "due_on", "due_product_id", "offers")
    changed = {
        pk for pk in now if [now[pk][name] for name in learnt_parts] != [before[pk][name] for name in learnt_parts]
    }
    assert changed == {many[0].pk}
    assert now[many[0].pk]["purchases"] == 4
    assert before[many[0].pk]["due_on"] is not None
    assert now[many[0].pk]["due_on"] > before[many[0].pk]["due_on"]
    assert light["repeat-purchase"]["purchases"] == 91
    refreshed(full=True)
    assert queries.answers(set(METRICS) - LEARNT) == light
    counted = ("first_on", "last_on", "purchases", "money")
    for person in many:
        again = traits_of(person)
        assert [again[name] for name in counted] == [now[person.pk][name] for name in counted]


@pytest.mark.usefixtures("few_metrics")
def test_a_first_order_a_changed_line_and_a_removed_order_are_seen(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    newcomer = make_person()
    make_order((Product.objects.all()[0], 1, 60_000), person=newcomer, placed_at=on(2026, 3, 30))
    line = OrderLine.objects.filter(order__person=many[1]).order_by("pk")[0]
    OrderLine.objects.filter(pk=line.pk).update(product=Product.objects.exclude(pk=line.product_id)[0])
    gone = Order.objects.filter(person=many[2]).order_by("placed_at")[0]
    gone.lines.all().delete()
    gone.delete()
    assert kept(refreshed()) == {"rfm"}
    assert PersonTraits.objects.get(pk=newcomer.pk).purchases == 1
    assert PersonTraits.objects.get(pk=many[2].pk).purchases == 2
    light = all_traits()
    refreshed(full=True)
    assert len(all_traits()) == len(light) == 31


@pytest.mark.usefixtures("few_metrics")
def test_changes_are_counted_from_the_day_of_learning(many: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    # The fifth person is more than one in twenty; from then on it begins anew. Six at once are too many at any time.
    for buyers, is_kept in ((many[:1], True), (many[1:4], True), (many[4:5], False), (many[5:6], True), (many, False)):
        for person in buyers[:6]:
            make_order(person=person, total=60_000, placed_at=on(2026, 3, 30))
        assert bool(kept(refreshed())) is is_kept


@pytest.mark.usefixtures("few_metrics")
def test_what_asks_for_learning_again(
    many: list[Person], refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reason after the other: what each refresh learns would be kept by the next, were it not for its reason."""

    def learns_again(**wish: Any) -> bool:
        done = refreshed(**wish)
        return (kept(done), done.status, done.as_of) == (set(), Refresh.Status.DONE, wish.get("as_of", AS_OF))

    refreshed()
    Product.objects.update(price=70_000)
    assert learns_again(), "a price"
    assert learns_again(full=True), "asked for"
    for path in storage.learnt_file("x").parent.glob("learnt-*"):
        path.write_bytes(b"nothing that can be read")
    assert learns_again(), "no file"
    make_order(person=many[0], total=60_000, placed_at=on(2026, 3, 30))
    for path in storage.lake().files("orders"):
        path.unlink()
    Order.objects.filter(person=many[0]).update(total=1)
    assert learns_again(), "files of the lake gone"
    another_day = on(2026, 4, 1).date()
    assert learns_again(as_of=another_day), "another day"
    assert kept(refreshed(as_of=another_day)) == {"rfm"}
    monkeypatch.setattr("rapport.insight.refresh._versions", lambda: {"rfm": 99})
    assert learns_again(as_of=another_day), "a newer metric"
