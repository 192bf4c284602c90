"""Files of records: who may, what is taken, how they are given back, and their pictures."""

import io
import os
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from rapport.commerce.models import OrderFile
from rapport.core import previews, storage
from rapport.core.models import AuditEntry
from rapport.history.models import Entry
from rapport.timeline import attaching
from rapport.timeline.models import Attachment
from tests.factories import (
    make_company,
    make_interaction,
    make_order,
    make_person,
    make_product,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
Maker = Callable[..., Client]
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_home(settings: Settings, tmp_path: Any) -> None:
    settings.HOME = str(tmp_path)


def picture(width: int = 30, height: int = 20, kind: str = "PNG") -> bytes:
    """A picture of this size."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(target, kind)
    return target.getvalue()


def bomb() -> bytes:
    """A small PNG that says it is 60,000 pixels each way."""
    whole = bytearray(picture())
    whole[16:24] = (60_000).to_bytes(4, "big") * 2
    whole[29:33] = zlib.crc32(bytes(whole[12:29])).to_bytes(4, "big")
    return bytes(whole)


def paper() -> bytes:
    """A PDF of one page."""
    target = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(target, "PDF")
    return target.getvalue()


def kept(name: str, whole: bytes, **record: Any) -> Attachment:
    """A file of a record."""
    return attaching.attach(Attachment(**record), name=name, pieces=[whole], by=None, at=AT)


def test_a_file_of_every_kind_of_record_comes_in_and_goes_out(client_as: Maker) -> None:
    client, person = client_as("seller"), make_person()
    user = client.user  # type: ignore[attr-defined]
    records = {
        "person": person,
        "company": make_company(),
        "interaction": make_interaction(person, user=user),
        "order": make_order((make_product(), 1, 100), person=person),
    }
    for kind, record in records.items():
        there = f"/files/{kind}/{record.pk}/"
        assert client.post(there, {"file": SimpleUploadedFile("Hợp đồng.png", picture())}).status_code == 302
        row = (OrderFile if kind == "order" else Attachment).objects.get(**{kind: record})
        assert (row.name, row.by, row.content_type) == ("Hợp đồng.png", user, "image/png")
        assert "Hợp đồng.png" in client.get(there).content.decode()
        answer = client.get(f"{there}{row.pk}/")
        assert b"".join(answer.streaming_content) == picture()  # type: ignore[attr-defined]
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''H%E1%BB%A3p")
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
        client.post(f"{there}{row.pk}/put/")
        assert "1 put away" in client.get(there).content.decode()
        client.post(f"{there}{row.pk}/put/", {"restore": "1"})
        row.refresh_from_db()
        assert row.removed_at is None
    assert {path.name for path in storage.folder().rglob("*") if path.is_file()} == {row.digest}
    assert AuditEntry.objects.filter(code="timeline.file_added", target_id=person.pk).exists()
    assert Entry.objects.filter(kind="timeline.attachment", label="changed").exists()
    for there in (f"/people/{person.pk}/", f"/orders/{records['order'].pk}/", f"/companies/{records['company'].pk}/"):
        assert "Hợp đồng.png" in client.get(there).content.decode()


@pytest.mark.parametrize(
    ("name", "whole", "words"),
    [
        ("picture.png", b"<!doctype html><script>alert(1)</script>", "does not fit"),
        ("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "does not fit"),
        ("report.pdf", b"MZ\x90\x00", "not taken"),
        ("empty.pdf", b"", "empty"),
        ("large.txt", b"x" * 1001, "at most 0 MB"),
    ],
)
def test_what_is_not_taken_is_said_and_leaves_nothing(
    client_as: Maker, settings: Settings, name: str, whole: bytes, words: str
) -> None:
    settings.LARGEST_ATTACHMENT = 1000
    person = make_person()
    answer = client_as("seller").post(f"/files/person/{person.pk}/", {"file": SimpleUploadedFile(name, whole)})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Attachment.objects.exists()
    assert not [path for path in storage.folder().rglob("*") if path.is_file()]


def test_a_drawing_with_a_script_and_a_page_are_only_saved(client_as: Maker) -> None:
    client, company = client_as("seller"), make_company()
    for name, whole in (("a.svg", b"<svg onload='alert(1)'/>"), ("a.html", b"<html><script>alert(1)</script>")):
        row = kept(name, whole, company=company)
        answer = client.get(f"/files/company/{company.pk}/{row.pk}/")
        assert answer["Content-Disposition"].startswith("attachment")
        assert client.get(f"/files/company/{company.pk}/{row.pk}/preview/").status_code == 404


def test_a_picture_and_a_page_are_drawn_anew_and_a_bomb_is_not(client_as: Maker, settings: Settings) -> None:
    client, person = client_as("viewer"), make_person()
    shown = {}
    for name, whole in (("a.jpg", picture(2400, 1200, "JPEG")), ("a.pdf", paper()), ("bomb.png", bomb()),
                        ("cut.pdf", b"%PDF-1.7 nothing")):  # fmt: skip
        row = kept(name, whole, person=person)
        answer = client.get(f"/files/person/{person.pk}/{row.pk}/preview/")
        shown[name] = Image.open(io.BytesIO(answer.content)).size if answer.status_code == 200 else answer.status_code
        assert previews.preview(stored="go/ne", content_type=row.content_type) is None or (
            answer["Content-Type"] == "image/webp"
        )
    assert shown["a.jpg"] == (1000, 500)
    assert isinstance(shown["a.pdf"], tuple)
    assert (shown["bomb.png"], shown["cut.pdf"]) == (404, 404)
    page = client.get(f"/files/person/{person.pk}/").content.decode()
    assert ("Preview of a.jpg" in page, "Preview of bomb.png" in page) == (True, False)


def test_files_are_reached_through_their_own_record_alone(client_as: Maker) -> None:
    hidden = make_person(owner=make_user(), team=make_team())
    row = kept("a.png", picture(), person=hidden)
    client = client_as("seller", team=make_team())
    mine = make_person(owner=client.user)  # type: ignore[attr-defined]
    for there in (f"person/{hidden.pk}/", f"person/{mine.pk}/{row.pk}/", f"company/{make_company().pk}/{row.pk}/"):
        assert client.get(f"/files/{there}").status_code == 404
    assert client.post(f"/files/person/{mine.pk}/{row.pk}/put/").status_code == 404
    row.refresh_from_db()
    assert row.removed_at is None


def test_a_record_has_its_limit_and_what_nobody_names_is_swept(settings: Settings) -> None:
    settings.MOST_ATTACHMENTS = 1
    one, other = make_person(), make_person(full_name="Other")
    row = kept("a.png", picture(), person=one)
    with pytest.raises(attaching.TooMany):
        kept("b.png", picture(), person=one)
    kept("same.png", picture(), person=other)
    stray = storage.write([b"nobody's"])
    long_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for path in [path for path in storage.folder().rglob("*") if path.is_file()]:
        os.utime(path, (long_ago, long_ago))
    one.delete()
    pictures = [storage.picture(name) for name in (row.stored, stray.name, "aa/gone")]
    for place in pictures:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    assert attaching.sweep() == 1
    assert storage.path(row.stored).exists()
    assert not storage.path(stray.name).exists()
    assert [place.exists() for place in pictures] == [True, False, False]
