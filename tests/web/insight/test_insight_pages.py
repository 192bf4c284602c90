"""Pages of the customer base through the client: every state, who may see them, CSV, few queries."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from rapport.core import clock
from rapport.identity.models import Organisation
from rapport.insight import results
from rapport.insight.models import PersonTraits, Refresh
from tests.factories import make_person, make_product
from tests.web.insight import payloads

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
PAGES = ["", "rfm/", "cohorts/", "value/", "due/", "cross-sell/", "trends/"]


@pytest.fixture
def counted(at: datetime) -> None:
    """Every metric has been counted."""
    for payload in payloads.ALL:
        results.keep(payload, at=at)


@pytest.fixture(autouse=True)
def sells_to_people(db: None) -> None:
    """A company that sells to people."""
    Organisation.objects.update_or_create(pk=1, defaults={"sells_to": Organisation.Selling.TO_PEOPLE})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("counted")
def test_a_page_shows_its_pictures_with_table_csv_and_entry(client_as: ClientMaker, page: str) -> None:
    response = client_as("viewer").get(f"/customers/{page}")
    assert response.status_code == 200
    content = response.content.decode()
    assert "How is this counted?" in content
    pictures = response.context["pictures"]
    assert pictures
    for picture in pictures:
        assert f'id="{picture.name}"' in content
        assert f"/metrics/{picture.metric}/" in content
        assert picture.csv in content


@pytest.mark.parametrize("page", PAGES)
def test_before_anything_was_counted_a_page_offers_to_count(client_as: ClientMaker, page: str) -> None:
    content = client_as("manager").get(f"/customers/{page}").content.decode()
    assert "Nothing has been counted yet" in content
    assert "Count now" in content
    assert "Count now" not in client_as("viewer").get(f"/customers/{page}").content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [("nobody", 302), ("seller", 404), ("service", 404), ("viewer", 200), ("marketer", 200), ("manager", 200)],
)
@pytest.mark.usefixtures("counted")
def test_who_sees_reports(client_as: ClientMaker, role: str, status: int) -> None:
    client = client_as(role)
    for address in ("/customers/", "/customers/due/", "/customers/rfm/segments.csv", "/metrics/", "/metrics/rfm/",
                    "/customers/due/people.csv"):  # fmt: skip
        assert client.get(address).status_code == status, address


@pytest.mark.usefixtures("counted")
def test_the_rail_leads_there_for_who_may(client_as: ClientMaker) -> None:
    assert 'href="/customers/"' in client_as("viewer").get("/people/").content.decode()
    assert 'href="/customers/"' not in client_as("seller").get("/people/").content.decode()
    Organisation.objects.update(sells_to=Organisation.Selling.TO_COMPANIES)
    assert 'href="/customers/"' not in client_as("viewer").get("/people/").content.decode()


@pytest.mark.usefixtures("counted")
def test_every_table_is_a_file(client_as: ClientMaker) -> None:
    client = client_as("viewer")
    for page in PAGES:
        for picture in client.get(f"/customers/{page}").context["pictures"]:
            response = client.get(picture.csv)
            assert response["Content-Disposition"].startswith("attachment")
            rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
            assert len(rows) == 1 + len(picture.table.rows)
    assert client.get("/customers/rfm/none.csv").status_code == 404
    assert client.get("/customers/none/segments.csv").status_code == 404


def test_too_few_is_said_with_numbers(client_as: ClientMaker, at: datetime) -> None:
    results.keep(payloads.REPEAT, at=at)
    results.keep(payloads.too_few("lifetime-value", 37, 100, "repeat_buyers"), at=at)
    content = client_as("viewer").get("/customers/value/").content.decode()
    assert content.count("Too few purchases to forecast: 37 repeat buyers, 100 needed.") >= 3
    assert "data-canvas" not in content


def test_problems_are_one_line_each_and_said_once(client_as: ClientMaker, at: datetime) -> None:
    problems = [
        {"code": "after_as_of", "params": {"orders": 1200, "as_of": "2026-11-21"}},
        {"code": "several_currencies", "params": {"currencies": ["USD", "VND"], "currency": "VND"}},
    ]
    results.keep(payloads.RFM | {"problems": problems}, at=at)
    results.keep(payloads.REPEAT | {"problems": problems}, at=at)
    content = client_as("viewer").get("/customers/").content.decode()
    assert content.count("Orders left out because they are dated after 21 Nov 2026: 1,200.") == 1
    assert content.count("Orders are in several currencies (USD, VND)") == 1


def test_while_counting_the_steps_are_shown(client_as: ClientMaker, at: datetime) -> None:
    steps = [
        {"name": "export", "state": "done", "seconds": 1.5, "problem": None},
        {"name": "rfm", "state": "running", "seconds": 0, "problem": None},
    ]
    refresh = Refresh.objects.create(as_of=date(2026, 3, 16), began_at=at, steps=steps)
    client = client_as("viewer")
    content = client.get("/customers/").content.decode()
    for text in ("Counting", "Reading the records", "Recency, frequency, money", 'value="50"'):
        assert text in content
    assert "hx-get" in client.get("/customers/progress/").content.decode()
    Refresh.objects.filter(pk=refresh.pk).update(status=Refresh.Status.DONE)
    over = client.get("/customers/progress/")
    assert (over.status_code, over["HX-Refresh"]) == (204, "true")


@pytest.mark.usefixtures("counted")
def test_what_failed_last_time_is_said_and_the_old_numbers_stay(client_as: ClientMaker, at: datetime) -> None:
    steps = [{"name": "affinity", "state": "failed", "seconds": 1, "problem": {"code": "out_of_memory", "params": {}}}]
    Refresh.objects.create(as_of=date(2026, 3, 16), began_at=at, steps=steps, status=Refresh.Status.PARTLY)
    content = client_as("viewer").get("/customers/").content.decode()
    assert "Bought together: The memory did not suffice." in content
    assert "4,000" in content


@pytest.mark.parametrize(("role", "allowed"), [("viewer", False), ("seller", False), ("manager", True)])
def test_who_may_have_it_counted(client_as: ClientMaker, role: str, allowed: bool) -> None:
    client = client_as(role)
    response = client.post("/customers/count/")
    assert response.status_code == (302 if allowed else 403)
    shown = client_as("viewer").get("/customers/").context["state"].running
    assert shown is allowed
    assert client.get("/customers/count/").status_code == 405


@pytest.fixture
def people_due(db: None) -> list[Any]:
    """Fifty-two people, the first of them not due yet."""
    product = make_product(name="Cà phê rang xay")
    found = []
    for number in range(52):
        person = make_person(full_name=f"Trần An {number:02d}")
        due_on = date(2026, 3, 1) if number else date(2126, 1, 1)
        found.append(PersonTraits.objects.create(
            person=person, purchases=2, due_on=due_on, due_product_id=product.pk, expected_value=1_250_000.4,
            last_on=date(2026, 2, 1),
        ))  # fmt: skip
    return found


@pytest.mark.usefixtures("counted", "people_due")
def test_who_is_due_page_by_page_and_as_a_file(client_as: ClientMaker) -> None:
    client = client_as("viewer")
    first = client.get("/customers/due/")
    assert len(first.context["people"].rows) == 50
    assert "Cà phê rang xay" in first.content.decode()
    assert "Trần An 00" not in first.content.decode()
    more = client.get(f"/customers/due/?cursor={first.context['next_cursor']}", headers={"HX-Request": "true"})
    assert len(more.context["people"].rows) == 1
    assert "<html" not in more.content.decode()
    rows = list(csv.reader(io.StringIO(client.get("/customers/due/people.csv").getvalue().decode("utf-8-sig"))))
    assert len(rows) == 52
    assert rows[1][4:6] == ["2026-03-01", "Cà phê rang xay"]


@pytest.mark.usefixtures("counted", "people_due")
def test_pages_ask_little_of_the_database(
    client_as: ClientMaker, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_as("viewer")
    for page in PAGES:
        with django_assert_max_num_queries(22):
            client.get(f"/customers/{page}")


@pytest.mark.usefixtures("counted")
def test_a_product_says_what_the_record_says_of_it(client_as: ClientMaker, at: datetime) -> None:
    product = make_product(name="Trà ô long")
    rule = payloads.rule(4, 5, 160, 4.1) | {"if_ids": [product.pk], "then_ids": [product.pk]}
    results.keep(payloads.AFFINITY | {"rules": [rule]}, at=clock.now())
    buyers = {"product_id": product.pk, "buyers": 120, "again": 30, "share": 0.25, "interval": [0.18, 0.335],
              "last_on": "2026-11-01"}  # fmt: skip
    results.keep(payloads.head("product-buyers", products=[buyers]), at=at)
    address = f"/products/{product.pk}/"
    content = client_as("viewer").get(address).content.decode()
    for text in ("120", "30, 25%", "Ấm sứ Bát Tràng", "4.1 times as often as chance"):
        assert text in content
    assert "Repeat purchase" not in client_as("seller").get(address).content.decode()


def test_a_product_without_answers_looks_as_before(client_as: ClientMaker) -> None:
    content = client_as("viewer").get(f"/products/{make_product().pk}/").content.decode()
    assert "Repeat purchase" not in content


@pytest.mark.usefixtures("counted")
def test_the_registry_has_an_entry_for_every_number(client_as: ClientMaker) -> None:
    client = client_as("viewer")
    listed = client.get("/metrics/").context["metrics"]
    for metric in listed:
        response = client.get(f"/metrics/{metric['name']}/")
        assert response.status_code == 200
        for text in ("Over whom", "In which time", "Version", f"rapport metrics show {metric['name']}"):
            assert text in response.content.decode()
    named = {name["name"] for name in listed}
    for page in PAGES:
        for picture in client.get(f"/customers/{page}").context["pictures"]:
            assert picture.metric in named
    assert client.get("/metrics/none/").status_code == 404


@pytest.mark.usefixtures("counted")
def test_the_segments_have_published_rules(client_as: ClientMaker) -> None:
    content = client_as("viewer").get("/metrics/rfm/").content.decode()
    assert "R = 5, F ≥ 4" in content


def test_the_trend_of_a_product_is_a_file_too(client_as: ClientMaker, at: datetime) -> None:
    product = make_product(name="Trà & ấm")
    series = payloads.series("product", product.pk, "Trà & ấm", 0.02, flagged=True)
    category = payloads.series("category", "Trà & ấm", "Trà & ấm", 0.2, flagged=True)
    results.keep(payloads.TRENDS | {"series": [series, category]}, at=at)
    client = client_as("viewer")
    picture = client.get(f"/products/{product.pk}/").context["about"]["trend"]
    assert len(client.get(picture.csv).content.decode().splitlines()) == 25
    line = client.get("/customers/trends/", {"series": "category:Trà & ấm"}).context["pictures"][0]
    assert line.title == "Trà & ấm"
    first = client.get(line.csv).content.decode().splitlines()[-1]
    assert first.endswith(str(category["points"][-1]["value"]))
