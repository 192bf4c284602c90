"""What people may ask about their data: an archive, an erasure that leaves nothing, a register with days."""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from rapport.commerce.models import OrderFile, OrderLine
from rapport.core import audit, storage
from rapport.core.blotting import BLOT, Words, blotted, blotted_json
from rapport.core.models import AuditEntry
from rapport.deals.models import Deal
from rapport.deals.models.committee import Participant
from rapport.deals.models.criteria import Criterion
from rapport.deals.models.quotes import Quote
from rapport.history.models import Entry
from rapport.identity.tokens import KeptAnswer
from rapport.imports.models import BeforeImage, Import
from rapport.lists.models import SavedView
from rapport.people import tasks
from rapport.people.actions import WrongValue, change_person, merge_people
from rapport.people.models import ContactPoint, Person, PrivacyRequest, Suppression
from rapport.people.privacy import archive, erasing, files, held, identity, requests
from rapport.timeline.models import Attachment, Interaction
from tests.factories import (
    make_company,
    make_deal,
    make_interaction,
    make_order,
    make_person,
    make_post,
    make_product,
    make_task,
    make_user,
)

NAME, MAIL, PHONE, OTHER_MAIL, EXTERNAL = (
    "Đặng Zorblăx",
    "zorblax@example.com",
    "+84912777333",
    "zx@zorblax.vn",
    "KHZORBLAX",
)
WORDS = Words(names=(NAME,), emails=(MAIL,), phones=(PHONE,), ids=(EXTERNAL,))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Gặp Đặng Zorblăx hôm qua", f"Gặp {BLOT} hôm qua"),
        ("DANG  ZORBLAX, đặng zorblăx", f"{BLOT}, {BLOT}"),
        ("Đặng Zorblăxa; Zorblăx", "Đặng Zorblăxa; Zorblăx"),
        ("<Zorblax@Example.com>.", f"<{BLOT}>."),
        ("0912 777 333 / 0912.777.333 / +84 (0) 912-777-333 / 84912777333", " / ".join([BLOT] * 4)),
        ("mã khzorblax, 10912777333", f"mã {BLOT}, 10912777333"),
        ("không có gì", "không có gì"),
    ],
)
def test_words_are_found_however_they_are_written(text: str, made: str) -> None:
    assert blotted(text, WORDS.told) == made
    assert blotted_json({"a": [text, 7, None]}, WORDS.told) == {"a": [made, 7, None]}


def test_a_name_of_one_word_is_left_alone_in_texts() -> None:
    assert blotted("An toàn là trên hết, An", Words(names=("An",)).told) == "An toàn là trên hết, An"


@pytest.mark.parametrize(
    ("start", "days", "working_days", "due"),
    [
        (date(2026, 3, 13), 2, True, date(2026, 3, 17)), (date(2026, 3, 14), 2, True, date(2026, 3, 17)),
        (date(2026, 3, 16), 2, True, date(2026, 3, 18)), (date(2026, 3, 13), 20, False, date(2026, 4, 2)),
    ],
)  # fmt: skip
def test_terms_are_counted_in_days_or_working_days(start: date, days: int, working_days: bool, due: date) -> None:
    assert requests.days_later(start, days, working_days=working_days) == due


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """A home folder of this test's own."""
    settings.HOME = tmp_path
    return tmp_path


def texts() -> Iterator[tuple[str, str, str]]:
    """(table, column, text) of every cell in the whole database that can hold words."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
               AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea', 'tsvector')
               AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"""
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
            for (text,) in cursor.fetchall():
                yield table, column, text


def kept(at: datetime, name: str, whole: bytes, model: Any = Attachment, **of: Any) -> Any:
    """A file of a record, with its bytes and a picture."""
    stored = storage.write([whole])
    picture = storage.picture(stored.name)
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.touch()
    told = {"name": name, "stored": stored.name, "size": stored.size, "digest": stored.digest, "added_at": at}
    return model.objects.create(content_type="text/plain", **told, **of)


def files_of(at: datetime, person: Person, *, alone: Any, shared: Any, order: Any, friend: Person) -> None:
    """Files of the person, of what happened with them, and of somebody else; some of the same bytes."""
    kept(at, "..\\Hộ chiếu: <bản> *Zorblăx*?.PDF.", b"own", person=person)
    kept(at, "con.tar.gz", b"own, twice", interaction=alone)
    kept(at, "CON.tar.gz", b"own, twice", person=person, removed_at=at)
    kept(at, "文件", b"shared", interaction=shared)
    kept(at, "Hoá đơn.txt", b"order", OrderFile, order=order)
    kept(at, "of-a-friend.txt", b"friend", person=friend)
    kept(at, "same.txt", b"friend", person=person)


def everywhere(at: datetime, by: Any) -> dict[str, Any]:
    """A person of whom something is written in every corner."""
    person = make_person(
        full_name=NAME, email=MAIL, phone=PHONE, external_id=EXTERNAL, title="Zorblax", tags=["zorblax"]
    )
    twin, friend, company = make_person(full_name="Zorblăx Đặng", email=OTHER_MAIL), make_person(), make_company()
    ContactPoint.objects.create(person=person, kind="facebook", value="fb.com/zorblax")
    make_post(person, company, title="Trưởng phòng zorblax")
    text = f"{NAME} ({MAIL}, 0912 777 333) và DANG ZORBLAX"
    alone = make_interaction(person, subject=text, body=text)
    shared = make_interaction(person, friend, subject=text, body=f"{text}, với bạn")
    make_task(person=person, what=text)
    make_task(company=company, what=f"Gọi {MAIL}")
    Attachment.objects.create(person=person, name="Zorblax.pdf", stored="zo/zorblax", size=1, added_at=at)
    order = make_order((make_product(), 2, 5), person=person)
    files_of(at, person, alone=alone, shared=shared, order=order, friend=friend)
    deal = make_deal(person=person, name=f"Bán cho {NAME}")
    quote = Quote.objects.create(
        deal=deal, number="BG1", currency="VND", quoted_on=at.date(), valid_until=at.date(), made_at=at, note=text,
        status="sent", sent_at=at, parties={"seller": {"name": "Ta"}, "customer": {"name": NAME, "place": "Huế"}},
    )  # fmt: skip
    group = make_deal(company=company, name="Màng")
    Participant.objects.create(deal=group, person=person, roles=["user"], evidence=text, since=at)
    Participant.objects.create(deal=group, person=friend, roles=["user"], evidence=f"nghe {NAME} nói", since=at)
    Criterion.objects.create(deal=group, name="Giá", holder=person, answer=text)
    change_person(person=person, version=1, changes={"title": "Zorblax cũ"}, by=by, at=at)
    job = Import.objects.create(
        target="people", file_name="a.csv", status="done", made_at=at, preview=[{"email": MAIL}],
        problems=[{"value": f"xin chào {MAIL}"}],
    )  # fmt: skip
    BeforeImage.objects.create(batch=job, table="people_person", row_id=person.pk, before={"full_name": NAME})
    audit.record("people.told", target=person, by=by, at=at, data={"name": NAME})
    audit.record("deals.told", target=group, by=by, at=at, data={"mail": MAIL, "name": NAME})
    body = f'{{"full_name": "{NAME}"}}'.encode()
    KeptAnswer.objects.create(owner="1", key="1", asked="1", status=201, headers={}, body=body, at=at)
    person.refresh_from_db()
    merge_people(kept=person, gone=twin, versions=(person.version, twin.version), by=by, at=at)
    return {"person": person, "friend": friend, "alone": alone, "shared": shared, "order": order, "deal": deal,
            "quote": quote, "group": group}  # fmt: skip


def stored_bytes() -> set[bytes]:
    """What lies on the disk; each has its picture, and nothing else has one."""
    places = [place for place in storage.folder().rglob("*") if place.is_file()]
    drawn = {place.stem for place in (storage.folder().parent / "previews").rglob("*.webp")}
    assert drawn == {place.name for place in places}
    return {place.read_bytes() for place in places}


@pytest.mark.django_db
def test_after_an_erasure_nothing_is_left_anywhere_and_the_books_stay(
    at: datetime, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    by = make_user()
    world = everywhere(at, by)
    person = world["person"]
    request = requests.add(kind="erase", received_on=at.date(), by=by, at=at, person=person, reason=f"{NAME} muốn thế")
    folder = files.folder()
    (folder / "x.zip").write_bytes(b"")
    requests.add(kind="access", received_on=at.date(), by=by, at=at, person=person)
    PrivacyRequest.objects.filter(kind="access").update(file="x.zip", file_until=at)
    assert {str(row.label): bool(row.stays) for row in held.of(identity.of(person).ids)}["Orders"]
    everything = {b"own", b"own, twice", b"shared", b"order", b"friend"}
    assert stored_bytes() == everything
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(request=request, by=by, at=at)
    assert stored_bytes() == everything - {b"own", b"own, twice"}
    left = [cell for cell in texts() if "zorbl" in cell[2].lower() or "zorbl\u0103x" in cell[2].lower()]
    assert left == []
    assert [cell for cell in texts() if "912777333" in "".join(filter(str.isdigit, cell[2]))] == []
    for row in (world["order"], world["deal"], world["shared"], world["quote"], world["group"]):
        row.refresh_from_db()
    assert (world["order"].person_id, world["deal"].person_id, world["deal"].name) == (None, None, f"Bán cho {BLOT}")
    assert world["shared"].body == f"{BLOT} ({BLOT}, {BLOT}) và {BLOT}, với bạn"
    assert world["quote"].parties == {
        "seller": {"name": "Ta"}, "customer": {"name": "", "tax_id": "", "place": "", "contact": ""},
    }  # fmt: skip
    assert not Interaction.objects.filter(pk=world["alone"].pk).exists()
    assert Participant.objects.get().evidence == f"nghe {BLOT} nói"
    assert Person.objects.get() == world["friend"]
    assert Suppression.objects.filter(kind="email").count() == 2
    request.refresh_from_db()
    assert (request.outcome, request.person_id, request.done_at) == ("done", None, at)
    assert not PrivacyRequest.objects.filter(outcome="").exists()
    entry = AuditEntry.objects.get(code="people.person_erased")
    assert (entry.target_id, entry.by_id) == (person.pk, by.pk)
    assert Entry.objects.filter(kind="people.person", record_id=person.pk).exists()
    told = Entry.objects.filter(kind="timeline.interaction", record_id=world["alone"].pk)
    assert set(told.values_list("label", "before")) == {("created", None), ("removed", None)}
    assert Deal.objects.count() == 2


@pytest.mark.django_db
def test_what_somebody_else_has_too_stays_theirs(at: datetime, home: Path) -> None:
    by, person = make_user(), make_person(full_name="Lê An", email=MAIL, phone=PHONE)
    wife = make_person(full_name="Lê An", phone=PHONE)
    note = make_interaction(wife, body=f"Lê An gọi từ 0912777333, {MAIL}")
    request = requests.add(kind="erase", received_on=at.date(), by=by, at=at, person=person)
    erasing.erase(request=request, by=by, at=at)
    note.refresh_from_db()
    wife.refresh_from_db()
    assert (wife.phone, note.body) == (PHONE, f"Lê An gọi từ 0912777333, {BLOT}")
    assert Suppression.objects.get().kind == "email"
    with pytest.raises(erasing.CannotErase):
        erasing.erase(request=request, by=by, at=at)


@pytest.mark.django_db
def test_the_name_goes_from_views_and_notes_but_not_from_what_is_called_so(at: datetime, home: Path) -> None:
    by, person = make_user(), make_person(full_name=NAME)
    state = {"filters": [["words", "has", [NAME]]]}
    view = SavedView.objects.create(kind="person", name="Mine", owner=by, state=state, made_at=at, updated_at=at)
    firm, other = make_company(name=NAME, source=f"qua {NAME}"), make_company(name="Màng", source=f"qua {NAME}")
    request = requests.add(kind="erase", received_on=at.date(), by=by, at=at, person=person, reason="muốn thế")
    tasks.ask_for_erasure(request=request, version=request.version, names_too=True, by=by, at=at)
    request.refresh_from_db()
    erasing.erase(request=request, by=by, at=at)
    for row in (view, firm, other):
        row.refresh_from_db()
    assert view.state == {"filters": [["words", "has", [BLOT]]]}
    assert (firm.name, firm.source, other.source) == (NAME, f"qua {BLOT}", f"qua {BLOT}")


@pytest.mark.django_db
def test_an_archive_tells_all_in_both_languages_and_for_a_while(at: datetime, home: Path) -> None:
    by = make_user()
    person = everywhere(at, by)["person"]
    request = requests.add(kind="access", received_on=at.date(), by=by, at=at, person=person)
    tasks.ask_for_archive(request=request, version=1, by=by, at=at)
    tasks.make_archive(request_id=request.pk)
    request.refresh_from_db()
    assert request.step == "ready"
    with zipfile.ZipFile(files.path(request.file)) as pack:
        data = json.loads(pack.read("data.json"))
        pages = {name: pack.read(name).decode() for name in pack.namelist() if name.endswith(".html")}
        packed = {name: pack.read(name) for name in pack.namelist() if name.startswith("files/")}
        assert pack.testzip() is None
    assert packed == {
        "files/0001-ho-chieu-ban-zorblax.pdf": b"own", "files/0002-con-tar.gz": b"own, twice",
        "files/0003-same.txt": b"friend", "files/0004-file": b"shared", "files/0005-hoa-don.txt": b"order",
    }  # fmt: skip
    told = {section["column"]: section["rows"] for section in data["sections"]}
    assert told[""][0]["full_name"] == NAME
    assert len(told[""]) == 2
    assert len(told["timeline.InteractionPerson.person"]) == 2
    assert all(row["about"]["subject"] for row in told["timeline.InteractionPerson.person"])
    own = {row["name"]: row["file"] for row in told["timeline.Attachment.person"]}
    assert (own["Zorblax.pdf"], own["CON.tar.gz"]) == ("", "files/0002-con-tar.gz")
    assert told["commerce.OrderFile.order"][0]["about"]
    assert '<a href="files/0004-file">文件</a>' in pages["data.vi.html"]
    assert "It is not on the disk any more." in pages["data.en.html"]
    for words in ("Full name", "Roles", "Subject"):
        assert f">{words}</th>" in pages["data.en.html"]
    assert "commerce.Order.person" in told
    line = OrderLine.objects.get(order__person=person)
    assert [row["id"] for row in told["commerce.OrderLine.order"]] == [line.pk]
    assert line.product is not None
    assert line.product.name in pages["data.en.html"]
    assert "<script" not in pages["data.vi.html"]
    assert NAME in pages["data.en.html"]
    assert request.file_until
    assert archive.forget_old(at=at) == 0
    assert archive.forget_old(at=request.file_until + timedelta(seconds=1)) == 1
    assert not files.path(request.file).exists()


@pytest.mark.django_db
def test_the_register_sets_days_and_wants_a_reason_for_a_refusal(at: datetime) -> None:
    by = make_user()
    request = requests.add(kind="erase", received_on=date(2026, 3, 13), by=by, at=at)
    assert (request.answer_by, request.due_on) == (date(2026, 3, 17), date(2026, 4, 2))
    with pytest.raises(WrongValue):
        requests.add(kind="erase", received_on=date(2026, 3, 17), by=by, at=at)
    with pytest.raises(WrongValue):
        requests.finish(request=request, version=1, refused=True, reason=" ", by=by, at=at)
    requests.answered(request=request, version=1, by=by, at=at)
    done = requests.finish(request=request, version=2, refused=True, reason="Không phải khách", by=by, at=at)
    assert (done.outcome, done.reason, done.done_at) == ("refused", "Không phải khách", at)
