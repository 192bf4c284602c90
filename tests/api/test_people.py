"""People over the API."""

from rapport.core.models import AuditEntry
from rapport.history.queries import PAGE_SIZE
from rapport.people.models import Person
from tests.api.conftest import ProgramMaker


def test_a_person_from_the_first_call_to_the_archive(program_as: ProgramMaker) -> None:
    ask = program_as("seller")
    made = ask("POST", "/people", {"full_name": "Đỗ An", "email": "An@Example.com", "phone": "0901 234 567"})
    assert made.status_code == 201, made.content
    person = made.json()
    assert person["email"] == "an@example.com"
    assert person["phone"] == "+84901234567"
    assert person["owner_id"] == ask.user.pk
    assert person["title"] is None
    place = made.headers["Location"].removeprefix("/api/v1")
    assert place == f"/people/{person['id']}"
    assert made.headers["ETag"] == '"1"'
    assert ask("GET", place).json() == person

    changed = ask("PATCH", place, {"full_name": "Đỗ Ân", "phone": None}, If_Match='"1"')
    assert (changed.json()["full_name"], changed.json()["phone"], changed.json()["version"]) == ("Đỗ Ân", None, 2)
    stale = ask("PATCH", place, {"full_name": "Other", "version": 1})
    assert stale.status_code == 409
    assert stale.json()["current"] == changed.json()
    assert ask("PATCH", place, {"full_name": "Other"}).status_code == 428
    assert Person.objects.get().full_name == "Đỗ Ân"

    assert ask("POST", f"{place}/archive").json()["archived_at"]
    assert ask("GET", "/people").json()["items"] == []
    assert ask("GET", "/people?archived=true").json()["items"][0]["id"] == person["id"]
    assert ask("POST", f"{place}/restore").json()["archived_at"] is None
    codes = AuditEntry.objects.filter(target_kind="people.person").order_by("pk").values_list("code", flat=True)
    assert [code.partition("_")[2] for code in codes] == ["added", "changed", "archived", "restored"]


def test_the_history_of_a_person_is_turned_page_by_page(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    place = f"/people/{ask('POST', '/people', {'full_name': 'An'}).json()['id']}"
    for at in range(PAGE_SIZE + 1):
        assert ask("PATCH", place, {"title": f"Number {at}"}, If_Match="*").status_code == 200
    first = ask("GET", f"{place}/history").json()
    second = ask("GET", f"{place}/history?cursor={first['next']}").json()
    assert (len(first["items"]), second["next"]) == (PAGE_SIZE, None)
    told = [part["after"] for each in first["items"] + second["items"] for part in each["changes"]]
    assert [words for words in told if words and words.startswith("Number")] == [
        f"Number {at}" for at in reversed(range(PAGE_SIZE + 1))
    ]
