"""The history on pages: who did what through what, and who may read it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from rapport.config.jobs import acting_as_job
from rapport.core.acting import Through, acting, present
from rapport.fields.models import FieldDefinition
from rapport.history.models import Entry
from rapport.people.models import Person
from tests.conftest import ClientMaker
from tests.factories import make_company, make_deal, make_order, make_person, make_product

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


def test_what_a_page_changes_says_so_on_the_page_of_the_record(client_as: ClientMaker) -> None:
    client = client_as("seller", full_name="Ann", language="en")
    person = make_person(full_name="Lan <b>", owner=client.user, email="lan@example.com")  # type: ignore[attr-defined]
    form = {"full_name": "Lan & Anh", "country": "VN", "version": person.version, "email": person.email}
    assert client.post(reverse("people:edit", args=[person.pk]), form).status_code == 302
    entry = Entry.objects.get(kind="people.person", label="changed")
    assert (entry.by_id, entry.through, entry.what) == (client.user.pk, "page", "people:edit")  # type: ignore[attr-defined]
    address = reverse("history:record", args=["people.person", person.pk])
    assert address in client.get(reverse("people:page", args=[person.pk])).content.decode()
    whole, part = client.get(address).content.decode(), client.get(address, headers=PART).content.decode()
    for text in (whole, part):
        assert "Lan &lt;b&gt;" in text
        assert "Lan &amp; Anh" in text
        assert "Ann" in text
        assert "Page" in text
    assert "<html" in whole
    assert "<html" not in part


@pytest.mark.parametrize("kind", ["people.company", "deals.deal", "commerce.order", "commerce.product"])
def test_every_record_with_a_page_has_its_history(client_as: ClientMaker, kind: str) -> None:
    client = client_as("administrator", language="en")
    makers: dict[str, Callable[[], Any]] = {
        "people.company": make_company, "deals.deal": make_deal,
        "commerce.order": lambda: make_order((make_product(), 1, 10)), "commerce.product": make_product,
    }  # fmt: skip
    made = makers[kind]()
    page = client.get(reverse("history:record", args=[kind, made.pk]))
    assert page.status_code == 200
    assert "Created" in page.content.decode()
    assert client.get(reverse("history:record", args=[kind, made.pk]) + "?cursor=x&talks=1").status_code == 200


def test_what_has_no_page_has_none_here(client_as: ClientMaker) -> None:
    client = client_as("administrator")
    user = client.user  # type: ignore[attr-defined]
    for kind in ("identity.right", "people.affiliation", "core.auditentry", "x"):
        assert client.get(reverse("history:record", args=[kind, user.pk])).status_code == 404


def test_the_administrator_searches_everything_and_nonsense_finds_nothing_wrong(client_as: ClientMaker) -> None:
    client = client_as("administrator", language="en")
    person = make_person(full_name="Before")
    with acting(through=Through.IMPORT, what="import 12"):
        Person.objects.filter(pk=person.pk).update(full_name="After")
    text = client.get(
        reverse("settings:history"), {"field": "people.person:full_name", "text": "befo"}
    ).content.decode()
    assert "After" in text
    assert reverse("imports:page", args=[12]) in text
    assert "No change fits" in client.get(reverse("settings:history"), {"text": "nowhere"}).content.decode()
    for code in ("floor", "room"):
        FieldDefinition.objects.create(kind="person", code=code, type="text", label_en=f"The {code}")
    with acting(through=Through.JOB, what="undo of bulk 7"):
        Person.objects.filter(pk=person.pk).update(custom={"floor": "Third"})
    own = client.get(reverse("settings:history"), {"field": "people.person:custom.floor"}).content.decode()
    for words in ("The floor", "Third", "Undo of change of many no. 7", reverse("bulk:run", args=[7])):
        assert words in own
    other = client.get(reverse("settings:history"), {"field": "people.person:custom.room"}).content.decode()
    assert "No change fits" in other
    wrong = {"by": "x", "kind": "x", "field": ":", "since": "31/31", "record": "-1", "cursor": "9" * 30, "text": "\x00"}
    assert client.get(reverse("settings:history"), wrong).status_code == 200
    assert client_as("seller").get(reverse("settings:history")).status_code == 403


def test_a_job_acts_as_a_job() -> None:
    context = SimpleNamespace(job=SimpleNamespace(task_name="rapport.some.task"))
    assert acting_as_job(lambda: present().told(), context, None) == "|job|rapport.some.task"  # type: ignore[arg-type]
