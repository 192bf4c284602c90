"""Files of records over the API: what is taken, in which words it is refused, how it is given back, and to whom."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from rapport.commerce.models import OrderFile
from rapport.core import storage
from rapport.core.models import AuditEntry
from rapport.history.models import Entry
from rapport.identity.models import Team
from rapport.timeline.models import Attachment
from tests.api.conftest import Program, ProgramMaker
from tests.factories import make_company, make_interaction, make_order, make_person, make_product, make_user

PAGE = b"<!doctype html><script>alert(1)</script>"
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@pytest.fixture(autouse=True)
def _own_home(settings: Settings, tmp_path: Any) -> None:
    settings.HOME = str(tmp_path)


def bomb() -> bytes:
    """Ten million zeros in ten thousand bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"0" * 10_000_000)
    return target.getvalue()


def send(ask: Program, place: str, *files: SimpleUploadedFile, **more: Any) -> Any:
    """Send files as the part `file` of a form, and whatever else."""
    given = {"file": list(files)} if files else {}
    return ask.client.post(f"/api/v1{place}", given | more)


def test_a_file_comes_in_and_goes_out_and_is_put_away(program_as: ProgramMaker) -> None:
    ask, person = program_as("seller"), make_person()
    records = {
        "people": person, "companies": make_company(), "interactions": make_interaction(person, user=ask.user),
        "orders": make_order((make_product(), 1, 100), person=person),
    }  # fmt: skip
    for section, record in records.items():
        place = f"/{section}/{record.pk}/files"
        made = send(ask, place, SimpleUploadedFile("Hợp đồng.svg", DRAWING))
        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["name"], told["content_type"], told["by_id"]) == ("Hợp đồng.svg", "image/svg+xml", ask.user.pk)
        one = f"{place}/{told['id']}"
        assert made.headers["Location"] == f"/api/v1{one}"
        content = ask("GET", one + "/content")
        assert b"".join(content.streaming_content) == DRAWING
        assert content["Content-Disposition"].startswith("attachment; filename*=utf-8''H%E1%BB%A3p")
        safe = ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
        assert [content[name] for name in safe] == [
            "application/octet-stream", "nosniff", "sandbox; default-src 'none'", "private, no-store",
        ]  # fmt: skip
        assert [ask("DELETE", one).status_code for _ in range(2)] == [204, 204]
        assert ask("GET", place).json()["items"] == []
        assert ask("GET", place + "?removed=true&fields=name").json()["items"] == [
            {"id": told["id"], "name": "Hợp đồng.svg"}
        ]
        assert ask("POST", one + "/restore").json() == told
    assert (Attachment.objects.count(), OrderFile.objects.count()) == (3, 1)
    assert AuditEntry.objects.filter(code="timeline.file_removed", target_id=person.pk).exists()
    assert Entry.objects.filter(kind="timeline.attachment", through="api").exists()


def test_what_is_not_taken_is_said_in_the_words_of_the_page(program_as: ProgramMaker, settings: Settings) -> None:
    settings.LARGEST_ATTACHMENT = 100_000
    ask, place = program_as("seller"), f"/people/{make_person().pk}/files"
    for name, whole, words in (
        ("page.png", PAGE, "does not fit"),
        ("drawing.png", DRAWING, "does not fit"),
        ("report.pdf", b"MZ\x90\x00", "not taken"),
        ("bomb.docx", bomb(), "does not fit"),
        ("empty.txt", b"", "empty"),
        ("large.txt", b"x" * 100_001, "at most 0 MB"),
    ):
        answer = send(ask, place, SimpleUploadedFile(name, whole))
        errors = answer.json()["errors"]
        assert (answer.status_code, errors[0]["field"], words in errors[0]["message"]) == (422, "file", True), name
    text = SimpleUploadedFile("a.txt", b"words")
    assert send(ask, place, SimpleUploadedFile("huge.txt", b"x" * 200_000)).status_code == 413
    assert send(ask, place).json()["errors"][0]["field"] == "file"
    assert send(ask, place, text, SimpleUploadedFile("b.txt", b"words")).json()["errors"][0]["field"] == "file"
    assert send(ask, place, file="words").json()["errors"][0]["field"] == "file"
    assert send(ask, place, text, colour="red").json()["errors"][0]["field"] == "colour"
    assert ask("POST", place, {"file": "words"}).status_code == 415
    form = "multipart/form-data"
    for kind in (form, f"{form}; boundary=none", f"{form}; boundary="):
        assert ask.client.generic("POST", f"/api/v1{place}", b"--x\r\nnonsense", kind).status_code in (400, 422)
    assert not Attachment.objects.exists()
    assert not [path for path in storage.folder().rglob("*") if path.is_file()]
    assert send(ask, place, SimpleUploadedFile("bomb.zip", bomb())).status_code == 201
    settings.MOST_ATTACHMENTS = 1
    assert send(ask, place, SimpleUploadedFile("a.txt", b"words")).status_code == 409


def test_a_file_is_reached_through_its_own_record_alone(program_as: ProgramMaker, team: Team) -> None:
    ask, mine = program_as("seller", team=team), make_person(team=team)
    hidden = make_person(owner=make_user(), team=Team.objects.create(name="South"))
    boss = program_as("manager")
    row = send(boss, f"/people/{hidden.pk}/files", SimpleUploadedFile("a.txt", b"words")).json()["id"]
    assert ask("GET", f"/people/{hidden.pk}/files").status_code == 404
    for method, rest in (("GET", ""), ("GET", "/content"), ("DELETE", ""), ("POST", "/restore")):
        for place in (f"/people/{hidden.pk}", f"/people/{mine.pk}", f"/companies/{make_company().pk}"):
            assert ask(method, f"{place}/files/{row}{rest}").status_code == 404, (method, place)
    assert send(ask, f"/people/{hidden.pk}/files", SimpleUploadedFile("b.txt", b"words")).status_code == 404
    viewer = program_as("viewer")
    assert viewer("DELETE", f"/people/{hidden.pk}/files/{row}").status_code == 403
    reader = program_as("manager", "people:read")
    assert send(reader, f"/people/{hidden.pk}/files", SimpleUploadedFile("b.txt", b"words")).status_code == 403
    assert list(Attachment.objects.values_list("pk", "removed_at")) == [(row, None)]
    page = Client(enforce_csrf_checks=True)
    page.force_login(boss.user, backend="rapport.identity.backends.WithRole")
    broken = page.post(f"/api/v1/people/{hidden.pk}/files", b"x", content_type="multipart/form-data; boundary=")
    assert broken.status_code in (400, 403)
