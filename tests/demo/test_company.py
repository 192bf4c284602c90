"""The demo company as it is written: counts, labels, links; twice is once; never among real records."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import F, Sum

from rapport.commerce.models import Order, OrderLine, Product
from rapport.core.models import AuditEntry
from rapport.deals.models import Deal, DealInteraction, Stage, StageChange
from rapport.demo import company
from rapport.demo.company import NotEmpty
from rapport.demo.generate import Size
from rapport.fields.definitions import Type
from rapport.fields.models import FieldDefinition
from rapport.identity.models import Organisation, RoleCode, Team, User
from rapport.identity.rights import Kind
from rapport.imports import engine
from rapport.lists import asked, catalogue, queries
from rapport.lists.models import BulkRun, SavedView
from rapport.people.models import Affiliation, Company, CompanyLink, Person
from rapport.timeline.models import Interaction, InteractionPerson, Task
from rapport.webhooks.models import Endpoint

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
SMALL = Size(people=200, orders=600, interactions=150)
TABLES = (
    Person, Company, Affiliation, CompanyLink, Product, Order, OrderLine, Deal, StageChange, Interaction,
    InteractionPerson, DealInteraction, Task, User, Team, Stage,
)  # fmt: skip


def counted() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES}


@pytest.mark.django_db(transaction=True)
def test_the_company_is_written_whole_labelled_and_once() -> None:
    shares: list[float] = []
    rows = company.load_into_empty(size=SMALL, at=AT, progress=shares.append)
    before = counted()
    assert before["Person"] == 500
    assert before["Product"] == 300
    assert before["Deal"] == 180
    assert before["Order"] == rows["orders"] > 600
    assert all(share <= following + 1e-9 for share, following in pairwise(shares))
    assert shares[-1] == 1.0
    _is_labelled()
    _is_consistent()
    _is_worked_by_teams()
    _has_lists_that_somebody_works_with()
    with pytest.raises(NotEmpty):
        company.load_into_empty(size=SMALL, at=AT)
    assert not company.load_if_empty(at=AT)
    assert counted() == before


def _is_labelled() -> None:
    organisation = Organisation.objects.get()
    assert organisation.is_demo
    assert "mẫu" in organisation.name
    assert AuditEntry.objects.filter(code=company.LOADED).count() == 1


def _is_consistent() -> None:
    wrong = Order.objects.annotate(summed=Sum(F("lines__quantity") * F("lines__unit_price"))).exclude(summed=F("total"))
    assert not wrong.exists()
    assert not StageChange.objects.filter(inferred=True).exists()
    for deal in Deal.objects.select_related("stage").prefetch_related("stage_changes"):
        history = sorted(deal.stage_changes.all(), key=lambda change: (change.at, change.pk))
        assert history[0].from_stage_id is None
        assert history[-1].to_stage_id == deal.stage_id
        assert (deal.closed_at is None) == (deal.stage.status == Stage.Status.OPEN)
        assert deal.created_at == history[0].at
    assert not Person.objects.filter(recorded_at__gt=AT).exists()
    assert not Interaction.objects.filter(at__gt=AT).exists()
    assert CompanyLink.objects.filter(kind="parent_of").count() == 15
    assert CompanyLink.objects.filter(kind="supplies").count() > 120
    assert DealInteraction.objects.count() > 1_500
    assert InteractionPerson.objects.count() > Interaction.objects.count()


def _is_worked_by_teams() -> None:
    assert set(User.objects.values_list("role", flat=True)) == set(RoleCode.values)
    assert not User.objects.filter(team=None).exists()
    assert not User.objects.filter(batch__isnull=False).exists(), "the import made no colleague of its own"
    assert Team.objects.filter(parent=None).count() == 1
    assert not Deal.objects.filter(owner=None).exists()
    assert not Deal.objects.exclude(team=F("owner__team")).exists()
    today = AT.date()
    assert Task.objects.filter(done_at=None, due_on__lt=today).exists()
    assert Task.objects.filter(done_at=None, due_on__gt=today).exists()
    assert Interaction.objects.filter(user__role=RoleCode.SERVICE).exists()


def _has_lists_that_somebody_works_with() -> None:
    assert set(SavedView.objects.values_list("shared", flat=True)) == {"own", "team", "all"}
    for view in SavedView.objects.select_related("owner"):
        found = catalogue.of(Kind(view.kind), user=view.owner, now=AT)
        wanted = asked.from_state(found, view.state)
        assert wanted.problems == ()
        assert queries.rows_of(found, user=view.owner, asked=wanted).exists(), view.name
    assert {each.type for each in FieldDefinition.objects.all()} == {each.value for each in Type}
    run = BulkRun.objects.get()
    assert (run.status, run.changed) == ("done", Company.objects.filter(custom__tier="a").count())
    assert not Endpoint.objects.filter(is_on=True).exists()
    assert Endpoint.objects.get().url.startswith("https://accounting.example.com/")


@pytest.mark.django_db(transaction=True)
def test_a_load_that_was_cut_off_is_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, done = engine.run_table, []

    def dies(*args: Any, **named: Any) -> object:
        done.append(1)
        if len(done) > 8:
            raise KeyboardInterrupt
        return real(*args, **named)

    monkeypatch.setattr(engine, "run_table", dies)
    with pytest.raises(KeyboardInterrupt):
        company.load_into_empty(size=SMALL, seed=5, at=AT)
    monkeypatch.undo()
    later = datetime(2026, 3, 17, 2, 30, tzinfo=UTC)
    assert company.load_if_empty(at=later)
    assert AuditEntry.objects.get(code=company.LOADED).at == AT
    counts = counted()
    assert (counts["Person"], counts["Deal"], counts["User"]) == (500, 180, 15)
    assert not company.load_if_empty(at=later)
    assert counted() == counts


@pytest.mark.django_db
def test_real_records_are_never_mixed_with_synthetic_ones() -> None:
    Person.objects.create(full_name="A", sort_name="a", search_text="a")
    with pytest.raises(NotEmpty):
        company.load_into_empty(size=SMALL, at=AT)
    assert not company.load_if_empty(at=AT)
    assert Person.objects.count() == 1
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
