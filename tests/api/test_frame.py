"""What is the same for every operation: who calls, how far, how often, how large, once; and the document."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema_rs import validator_for
from pydantic import BaseModel
from schemathesis.specs.openapi.definitions import OPENAPI_31

from rapport.api.app import api
from rapport.api.operations import SPECS
from rapport.identity.models import ApiToken, KeptAnswer, Team, User
from rapport.identity.tokens import forget_answers, make_token, revoke_token
from rapport.people.models import Person
from tests.api.conftest import Program, ProgramMaker
from tests.conftest import ClientMaker
from tests.factories import make_person

PROBLEM = "urn:rapport:problem:"


def code(answer: Any) -> tuple[int, str]:
    """The status and the problem of an answer, whose form is right."""
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.content
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["title"]
    return answer.status_code, told["type"].removeprefix(PROBLEM)


def test_who_is_let_in(program_as: ProgramMaker, client_as: ClientMaker) -> None:
    ask = program_as("seller", "people:read")
    assert ask("GET", "/people").status_code == 200
    assert ApiToken.objects.get(pk=ask.token.pk).last_used_at is not None
    scope = ask("POST", "/people", {"full_name": "An"})
    assert code(scope) == (403, "scope-too-small")
    assert "people:write" in scope.json()["detail"]
    nobody = Client(headers={"Accept-Language": "vi"})
    assert code(nobody.get("/api/v1/people")) == (401, "unauthenticated")
    for wrong in ("Bearer rpt_wrong", "Bearer ", "Basic YTpi", f"Bearer {ask.text}x", "Bearer \x7f"):
        assert code(nobody.get("/api/v1/people", headers={"Authorization": wrong})) == (401, "unauthenticated")
    revoke_token(token=ask.token, by=ask.user, at=timezone.now())
    assert code(ask("GET", "/people")) == (401, "unauthenticated")
    ended = make_token(
        user=ask.user, name="Old", scopes=["people:read"], lasts=timedelta(1), at=timezone.now() - timedelta(2)
    )
    assert code(nobody.get("/api/v1/people", headers={"Authorization": f"Bearer {ended.text}"}))[0] == 401
    gone = program_as("administrator")
    User.objects.filter(pk=gone.user.pk).update(is_active=False)
    assert code(gone("GET", "/people")) == (401, "unauthenticated")
    browser = client_as("manager")
    assert browser.get("/api/v1/people").status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(browser.user, backend="rapport.identity.backends.WithRole")  # type: ignore[attr-defined]
    sent = strict.post("/api/v1/people", {"full_name": "An"}, content_type="application/json")
    assert code(sent) == (403, "not-allowed")
    assert not Person.objects.exists()


def test_hidden_is_absent_and_a_token_reaches_no_further_than_its_user(program_as: ProgramMaker, team: Team) -> None:
    ask, other = program_as("seller", team=team), Team.objects.create(name="South")
    hidden = make_person(team=other, email="hidden@example.com")
    absent = ask("GET", f"/people/{hidden.pk + 1}").json()
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "/archive")):
        answer = ask(method, f"/people/{hidden.pk}{path}", {"version": 1} if method == "PATCH" else None)
        assert code(answer) == (404, "not-found")
        assert answer.json() == absent
    assert ask("GET", "/people?email=hidden@example.com").json()["items"] == []
    assert code(program_as("viewer")("POST", "/people", {"full_name": "An"})) == (403, "not-allowed")


@pytest.mark.parametrize(
    ("sent", "status", "fields"),
    [
        ({"full_name": "An", "nickname": "x"}, 422, ["nickname"]),
        ({"full_name": 5, "tags": "vip", "birthday": "soon"}, 422, ["full_name", "birthday", "tags"]),
        ({"email": "nobody"}, 422, ["email"]),
        ({}, 422, ["full_name"]),
        ({"full_name": "An", "owner_id": 2**70}, 422, ["owner_id"]),
        ({"full_name": "An", "owner_id": True, "birthday": 0}, 422, ["birthday", "owner_id"]),
        ({"full_name": "An", "company_id": 77}, 422, ["company_id"]),
        ({"full_name": "A\0n"}, 400, []),
        ([1], 422, ["body"]),
        (b"{", 400, []),
        (b'{"full_name": NaN}', 400, []),
        (b'{"full_name": "\xff"}', 400, []),
        (b'{"custom":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, []),
        ({"custom": json.loads("[" * 40 + "]" * 40)}, 400, []),
        (b'{"full_name": "' + b"n" * 10_000_000 + b'"}', 413, []),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_bad_bodies_are_told_apart(program_as: ProgramMaker, sent: Any, status: int, fields: list[str]) -> None:
    answer = program_as("manager")("POST", "/people", sent)
    assert code(answer)[0] == status, answer.content
    assert [each["field"] for each in answer.json().get("errors", ())] == fields
    assert not Person.objects.exists()


def test_addresses_methods_parameters_and_words(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    assert code(ask("GET", "/nowhere")) == (404, "not-found")
    assert code(ask("DELETE", "/people")) == (405, "wrong-method")
    assert code(ask("GET", "/people?colour=red&limit=5")) == (400, "bad-request")
    assert code(ask("GET", "/people?limit=1000")) == (422, "invalid")
    assert code(ask("GET", "/interactions?since=0.0")) == (422, "invalid")
    assert ask("GET", "/interactions?since=2026-03-16T09:30:00Z").status_code == 200
    assert ask("GET", "/people?province=Huế").json()["items"] == []
    assert ask("GET", "/people?province=Huế&archived=true").status_code == 200
    assert ask("GET", "/companies?industry=Bán lẻ&limit=5").status_code == 200
    assert code(ask("GET", "/orders?custom.colour=red")) == (400, "bad-request")
    assert code(ask("GET", "/people?fields=id,colour")) == (400, "bad-request")
    assert code(ask("GET", "/people?q=a%00")) == (400, "bad-request")
    assert code(ask("GET", "/people?sort=email")) == (422, "invalid")
    for cursor in ("x", "W10", "WyJuYW1lIiwxLDJd", "IiI", "9" * 400, "WyJpZCIsICJ4IiwgNV0"):
        assert code(ask("GET", f"/people?cursor={cursor}")) == (422, "invalid")
    text = ask.client.post("/api/v1/people", "full_name=An", content_type="text/plain")
    assert code(text) == (415, "wrong-media-type")
    assert code(ask("POST", "/people", {"full_name": "An"}, Content_Encoding="gzip")) == (415, "wrong-media-type")
    assert code(ask("POST", "/people", {"full_name": "An"}, Transfer_Encoding="chunked")) == (411, "length-missing")
    assert code(Client(enforce_csrf_checks=True).post("/api/v1/nowhere", {}, content_type="application/json")) == (
        404,
        "not-found",
    )
    english = ask("GET", "/people/1").json()["title"]
    assert english == "Not found"
    assert ask("GET", "/people/1", Accept_Language="vi").json()["type"] == PROBLEM + "not-found"


def test_pages_follow_one_another_in_every_order(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    people = [make_person(full_name=name, email=f"p{at}@example.com") for at, name in enumerate("CABBA")]
    for sort, wanted in (("id", "CABBA"), ("-id", "ABBAC"), ("name", "AABBC"), ("-recorded_at", "ABBAC")):
        found, cursor = "", ""
        while True:
            page = ask("GET", f"/people?limit=2&fields=full_name&sort={sort}" + (f"&cursor={cursor}" if cursor else ""))
            told = page.json()
            found += "".join(each["full_name"] for each in told["items"])
            assert all(set(each) == {"id", "full_name"} for each in told["items"])
            assert ("next" in page.headers.get("Link", "")) == bool(told["next"])
            if not (cursor := told["next"]):
                break
        assert found == wanted, sort
    assert len(people) == 5


def test_a_key_does_a_thing_once(program_as: ProgramMaker) -> None:
    ask, sent = program_as("manager"), {"full_name": "Once", "email": "once@example.com"}
    first = ask("POST", "/people", sent, Idempotency_Key="k1")
    again = ask("POST", "/people", sent, Idempotency_Key="k1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert code(ask("POST", "/people", sent | {"email": ""}, Idempotency_Key="k1")) == (422, "key-used-otherwise")
    assert Person.objects.count() == 1
    refused = ask("POST", "/people", {"email": "x"}, Idempotency_Key="k2")
    assert ask("POST", "/people", {"email": "x"}, Idempotency_Key="k2").content == refused.content
    assert program_as("manager")("POST", "/people", {"full_name": "Twin"}, Idempotency_Key="k1").status_code == 201
    assert code(ask("POST", "/people", sent, Idempotency_Key="")) == (400, "bad-request")
    assert forget_answers(at=timezone.now()) == 0
    assert forget_answers(at=timezone.now() + timedelta(2)) == 3
    assert not KeptAnswer.objects.exists()


def test_so_many_requests_a_minute(program_as: ProgramMaker, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    ask: Program = program_as("viewer")
    answers = [ask("GET", "/me") for _ in range(5)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert code(limited[0]) == (429, "too-many-requests")
    assert 0 < int(limited[0].headers["Retry-After"]) <= 60
    assert limited[0].headers["RateLimit"].startswith('"minute";r=0;t=')
    assert answers[0].headers["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert program_as("viewer")("GET", "/me").status_code == 200


def schemas() -> set[type[BaseModel]]:
    """Every schema of the API."""
    waiting, found = list(BaseModel.__subclasses__()), set()
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if each.__module__.startswith("rapport.api."):
            found.add(each)
    return found


def test_the_document_is_valid_and_complete(client: Client, db: None) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert not [str(error) for error in validator_for(OPENAPI_31).iter_errors(document)]
    assert document["servers"]
    told = [each for methods in document["paths"].values() for each in methods.values()]
    assert {each["operationId"] for each in told} == set(SPECS)
    for each in told:
        good = next(answer for status, answer in each["responses"].items() if int(status) < 400)
        media = good.get("content", {}).get("application/json")
        assert media is None or "example" in media, each["operationId"]
        assert each["summary"]
        assert each["tags"]
        assert each["x-scope"]
    for name, schema in document["components"]["schemas"].items():
        whole = schema | {"components": document["components"]}
        check = validator_for(whole | {"$schema": "https://json-schema.org/draft/2020-12/schema"})
        assert check is not None, name
    names = Counter(each.__name__ for each in schemas() if "[" not in each.__name__)
    assert not [name for name, number in names.items() if number > 1], "the document knows schemas by name alone"
    assert len(told) == len(SPECS)
    assert api.get_openapi_schema()


def test_examples_are_of_the_schemas_they_stand_with(client: Client, db: None) -> None:
    document = client.get("/api/v1/openapi.json").json()
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    parts = [(each, part) for each in operations for part in [*each["responses"].values(), each.get("requestBody", {})]]
    media = [(each, part.get("content", {}).get("application/json", {})) for each, part in parts]
    for each, one in [(each, one) for each, one in media if "example" in one]:
        check = validator_for(one["schema"] | {"components": document["components"]})
        assert not [str(error) for error in check.iter_errors(one["example"])], each["operationId"]
