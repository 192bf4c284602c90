"""Personal data, twins and what is typed, through the client."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from rapport.people import tasks, twins
from rapport.people.models import NotTheSame, Person, PrivacyRequest, PrivacyTerm
from rapport.people.suppression import suppress
from tests.factories import make_order, make_person, make_team

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]


def test_somebody_asks_gets_their_data_and_is_erased(
    client_as: ClientMaker, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.HOME = tmp_path
    admin, other = client_as("administrator"), client_as("administrator")
    person = make_person(full_name="Trần <b>Hà</b>", email="ha@x.vn")
    make_order(person=person)
    page = f"/people/{person.pk}/privacy/"
    assert "the books must stay complete" in admin.get(page).content.decode()
    assert client_as("manager").get(page).status_code == 403
    assert admin.post(page, {"kind": "access", "received_on": "x"}).status_code == 422
    assert admin.post(page, {"kind": "access", "received_on": "2026-01-05", "reason": "Thư"}).status_code == 302
    admin.post(f"{page}archive/")
    asked = PrivacyRequest.objects.get()
    tasks.make_archive(request_id=asked.pk)
    file = f"{page}{asked.pk}/file/"
    assert file in admin.get(page).content.decode()
    answer = admin.get(file)
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert other.get(file).status_code == 404
    erase = {"name": "Trần <b>Hà", "received_on": "2026-01-06", "reason": "Thư"}
    assert admin.post(f"{page}erase/", erase).status_code == 422
    assert "<b>" not in admin.get(f"{page}erase/").content.decode().split("page-head")[-1]
    assert admin.post(f"{page}erase/", erase | {"name": " Trần <b>Hà</b>"}).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        tasks.erase_person(request_id=PrivacyRequest.objects.latest("pk").pk)
    assert not Person.objects.exists()
    assert not list((tmp_path / "privacy").iterdir())
    register = admin.get("/settings/privacy/").content.decode()
    assert "erased" in register
    assert "Hà" not in register
    one = f"/settings/privacy/{asked.pk}/"
    assert admin.post(one, {"step": "refused", "version": "9", "reason": "x"}).status_code == 409
    asked.refresh_from_db()
    assert admin.post(one, {"step": "done", "version": asked.version}).status_code == 302
    assert admin.get(one).status_code == 200
    terms = {f"{term.code}-{name}": value for term in PrivacyTerm.objects.all()
             for name, value in (("days", term.days + 1), ("source", "Luật"), ("since_on", "2026-01-01"))}  # fmt: skip
    assert admin.post("/settings/privacy/terms/", terms | {"erase-days": "0"}).status_code == 422
    assert admin.post("/settings/privacy/terms/", terms).status_code == 302
    assert PrivacyTerm.objects.get(pk="erase").days == 21
    assert admin.post("/settings/privacy/new/", {"kind": "erase", "received_on": "2999-01-01"}).status_code == 422


def test_twins_and_what_is_typed(client_as: ClientMaker, at: datetime) -> None:
    one, two = (make_person(full_name=name, email="a@x.vn") for name in ("Trần Hà", "Hà"))
    twins.search(kind="person", at=at)
    suppress(emails=["gone@x.vn"], phones=[], at=at)
    manager, stranger = client_as("manager"), client_as("seller", team=make_team())
    page = manager.get("/people/twins/").content.decode()
    assert "same e-mail" in page
    Person.objects.update(team=make_team())
    assert "No twins found" in stranger.get("/people/twins/").content.decode()
    typed = {"full_name": "tran ha", "email": "gone@x.vn"}
    shown = manager.post("/people/alike/", typed).content.decode()
    assert f"/people/{one.pk}/" in shown
    assert "erased on request" in shown
    assert f"/people/{one.pk}/" not in stranger.post("/people/alike/", typed).content.decode()
    assert client_as("viewer").post("/people/alike/", typed).status_code == 403
    assert manager.post("/companies/alike/", {"name": "\x00", "tax_id": "x" * 5000}).status_code == 200
    pair = {"low": two.pk, "high": one.pk}
    assert stranger.post("/people/twins/aside/", pair).status_code == 404
    assert manager.post("/people/twins/aside/", pair | {"high": "x"}).status_code == 404
    assert manager.post("/people/twins/aside/", pair).status_code == 302
    assert NotTheSame.objects.count() == 1
    assert "No twins found" in manager.get("/people/twins/?after=0").content.decode()
    assert manager.post("/people/twins/search/").status_code == 302
