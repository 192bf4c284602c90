"""The import pages: choose, match, check, load, undo; who may; and every way a file can be wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from rapport.identity.models import User
from rapport.imports import storage
from rapport.imports.models import Import, SavedMapping
from rapport.people.models import Company, Person
from tests.imports.running import forget, queued, work_off

pytestmark = pytest.mark.django_db
Status = Import.Status
COMPANIES = "account,sector,employees,seen\nAcme,technolgy,120,x\nBeta,medical,8,y\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200
Sender = Callable[..., Import]


@pytest.fixture(autouse=True)
def _home(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def client(client_as: Callable[..., Client]) -> Client:
    """A manager."""
    return client_as("manager")


@pytest.fixture
def send(client: Client) -> Sender:
    """Send a file as a user does; gives the import."""

    def sent(text: str | bytes, target: str = "companies", name: str = "file.csv") -> Import:
        content = text if isinstance(text, bytes) else text.encode()
        file = SimpleUploadedFile(name, content)
        answer = client.post("/imports/new/", {"target": target, "file": file})
        assert answer.status_code == 302, answer.content.decode()
        return Import.objects.latest("pk")

    return sent


@pytest.fixture
def clean_queue(transactional_db: None) -> Iterator[None]:
    """An empty queue before and after a test that really commits."""
    forget()
    yield
    forget()


def text_of(client: Client, address: str) -> str:
    """The page at an address."""
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def sent_form(job: Import, *fields: str, **more: str | list[str]) -> dict[str, str | list[str]]:
    """The mapping page as a browser sends it: the field of each column in turn."""
    return {f"column-{position}": name for position, name in enumerate(fields)} | {
        "duplicates": "update", "unknown": "create", "keep_good": "",
    } | more  # fmt: skip


def check(client: Client, job: Import, *fields: str, **more: str | list[str]) -> Import:
    """Match the columns and let the worker check the file."""
    answer = client.post(f"/imports/{job.pk}/mapping/", sent_form(job, *fields, **more))
    assert answer.status_code == 302, answer.content.decode()
    work_off()
    job.refresh_from_db()
    return job


def test_the_whole_way(client: Client, send: Sender, clean_queue: None) -> None:
    job = send(COMPANIES)
    mapping = text_of(client, f"/imports/{job.pk}/mapping/")
    assert "technolgy" in mapping
    assert "3 of 4 columns are loaded" in mapping
    answer = client.post(f"/imports/{job.pk}/mapping/", sent_form(job, "name", "industry", "employees", ""))
    assert answer["Location"] == f"/imports/{job.pk}/"
    assert queued() == ["check_file"]
    assert "Waiting for its turn" in text_of(client, f"/imports/{job.pk}/")
    assert work_off() == ["check_file"]
    checked = text_of(client, f"/imports/{job.pk}/")
    assert "Would be created" in checked
    assert "Load 2 rows" in checked
    assert not Company.objects.exists()
    client.post(f"/imports/{job.pk}/load/")
    assert work_off() == ["load_file"]
    assert sorted(Company.objects.values_list("name", "industry")) == [
        ("Acme", "technolgy"), ("Beta", "medical"),
    ]  # fmt: skip
    assert "The file is loaded" in text_of(client, f"/imports/{job.pk}/")
    client.post(f"/imports/{job.pk}/undo/")
    assert "Taking the import back" in text_of(client, f"/imports/{job.pk}/progress/")
    assert work_off() == ["undo_file"]
    assert not Company.objects.exists()
    assert "The import is undone" in text_of(client, f"/imports/{job.pk}/")


def test_the_same_file_twice_changes_nothing(client: Client, send: Sender, clean_queue: None) -> None:
    for _ in range(2):
        job = check(client, send(COMPANIES), "name", "industry", "employees", "")
        client.post(f"/imports/{job.pk}/load/")
        work_off()
    job.refresh_from_db()
    assert (job.status, job.created, job.updated, job.unchanged) == (Status.DONE, 0, 0, 2)
    assert Company.objects.count() == 2
    job = check(client, send(COMPANIES), "name", "industry", "employees", "")
    assert "Nothing would change" in text_of(client, f"/imports/{job.pk}/")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("nobody", False), ("viewer", False), ("seller", False), ("service", False), ("marketer", True),
     ("manager", True), ("administrator", True)],
)  # fmt: skip
@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("get", "new/"), ("post", "new/"), ("get", "{pk}/"), ("get", "{pk}/mapping/"),
     ("post", "{pk}/mapping/"), ("get", "{pk}/progress/"), ("post", "{pk}/check/"), ("post", "{pk}/load/"),
     ("post", "{pk}/undo/"), ("post", "{pk}/discard/"), ("get", "{pk}/rejected/"),
     ("post", "{pk}/save-mapping/"), ("post", "mappings/{saved}/delete/")],
)  # fmt: skip
def test_only_those_who_may_import_do(
    client_as: Callable[..., Client], send: Sender, role: str, allowed: bool, method: str, path: str
) -> None:
    job = send(COMPANIES)
    saved = SavedMapping.objects.create(name="Kept", target="companies", mapping={}, made_at=job.made_at)
    before = Import.objects.values().get()
    caller = client_as(role)
    given = {"target": "companies", "file": SimpleUploadedFile("a.csv", COMPANIES.encode()), "name": "Mine"}
    fields = sent_form(job, "name", "industry") | given if method == "post" else {}
    answer = getattr(caller, method)("/imports/" + path.format(pk=job.pk, saved=saved.pk), fields)
    if allowed:
        assert answer.status_code in (200, 302, 404, 409, 422)
        return
    assert answer.status_code == (302 if role == "nobody" else 403 if path in ("", "new/") else 404)
    if role == "nobody":
        assert "/accounts/login/" in answer["Location"]
    assert Import.objects.values().get() == before
    assert SavedMapping.objects.count() == 1
    assert queued() == []
    assert len(list(storage.home().glob("upload-*"))) == 2  # the file and what was noted of it


def test_colleagues_are_loaded_by_administrators_alone(client: Client, client_as: Callable[..., Client]) -> None:
    administrator = client_as("administrator")
    content = b"name,team,manager\nAgent One,North,Lead\n"
    sent = {"target": "colleagues", "file": SimpleUploadedFile("a.csv", content)}
    assert 'value="colleagues"' not in text_of(client, "/imports/new/")
    assert client.post("/imports/new/", sent).status_code == 422
    assert not Import.objects.exists()
    sent["file"] = SimpleUploadedFile("a.csv", content)
    assert 'value="colleagues"' in text_of(administrator, "/imports/new/")
    assert administrator.post("/imports/new/", sent).status_code == 302
    job = Import.objects.get()
    assert "a.csv" not in text_of(client, "/imports/")
    for path in ("", "mapping/", "progress/", "rejected/"):
        assert client.get(f"/imports/{job.pk}/{path}").status_code == 404
    job = check(administrator, job, "full_name", "team", "manager")
    administrator.post(f"/imports/{job.pk}/load/")
    work_off()
    assert "1 team" in text_of(administrator, f"/imports/{job.pk}/")
    assert list(User.objects.filter(batch=job.pk).order_by("pk").values_list("full_name", "role", "is_active")) == [
        ("Agent One", "seller", False), ("Lead", "manager", False),
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["check/", "load/", "undo/", "discard/", "save-mapping/"])
def test_a_link_alone_changes_nothing(client: Client, send: Sender, path: str) -> None:
    job = send(COMPANIES)
    assert client.get(f"/imports/{job.pk}/{path}").status_code == 405
    assert queued() == []


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.csv", "The file is empty"),
        (b" \n\n ", "blank.csv", "The file is empty"),
        (PICTURE, "customers.csv", "This is not a table: the content is PNG"),
        (b"PK\x03\x04 broken", "book.xlsx", "damaged or cut off"),
        (b"\x1f\x8b broken", "packed.csv.gz", "damaged or cut off"),
        (b"PAR1 broken", "lake.parquet", "damaged or cut off"),
        (",".join(map(str, range(10_000))).encode(), "wide.csv", "10000 columns"),
    ],
)
def test_what_is_no_table_is_refused_in_words(client: Client, content: bytes, name: str, said: str) -> None:
    answer = client.post("/imports/new/", {"target": "people", "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Import.objects.exists()
    assert list(storage.home().glob("upload-*")) == []


def test_file_and_target_must_be_chosen(client: Client) -> None:
    answer = client.post("/imports/new/", {})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()
    assert "Choose what the file holds." in answer.content.decode()


def test_a_file_that_is_too_large_is_not_kept(client: Client, settings: Settings) -> None:
    settings.LARGEST_UPLOAD = 100
    answer = client.post(
        "/imports/new/", {"target": "people", "file": SimpleUploadedFile("a.csv", b"name\n" + b"x" * 500)}
    )
    assert answer.status_code == 422
    assert "The file is too large: 100 B is the most" in answer.content.decode()
    assert not Import.objects.exists()


def test_of_a_stranger_nothing_is_kept_on_the_way() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get("/accounts/login/")
    sent = strict.post("/accounts/login/", {"file": SimpleUploadedFile("a.csv", b"a,b")})
    assert sent.status_code == 403
    assert not sent.wsgi_request.FILES


def test_htmx_is_led_on_and_gets_the_form_alone_when_it_is_wrong(client: Client) -> None:
    headers = {"HX-Request": "true"}
    file = SimpleUploadedFile("a.csv", COMPANIES.encode())
    answer = client.post("/imports/new/", {"target": "companies", "file": file}, headers=headers)
    assert answer["HX-Redirect"].endswith("/mapping/")
    answer = client.post("/imports/new/", {"target": "companies"}, headers=headers)
    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith("<form")


def test_a_field_is_not_taken_from_two_columns(client: Client, send: Sender) -> None:
    job = send(COMPANIES)
    answer = client.post(f"/imports/{job.pk}/mapping/", sent_form(job, "name", "name"))
    assert answer.status_code == 422
    assert "“Company name” is chosen for two columns" in answer.content.decode()
    assert queued() == []


@pytest.mark.parametrize(
    ("target", "fields", "said"),
    [("companies", ["", "industry"], "At least one of these must be matched: Company name, "),
     ("orders", ["external_id", "total"], "Still to be matched: Ordered."),
     ("people", ["", ""], "At least one of these must be matched")],
)  # fmt: skip
def test_what_is_still_to_be_matched_is_said(
    client: Client, send: Sender, target: str, fields: list[str], said: str
) -> None:
    job = send(COMPANIES, target)
    answer = client.post(f"/imports/{job.pk}/mapping/", sent_form(job, *fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    job.refresh_from_db()
    assert (job.status, queued()) == (Status.MAPPING, [])


def test_constants_formats_and_replaced_values_reach_the_records(client: Client, send: Sender) -> None:
    job = send("who,born,mail\nAn,12/31/1990,an@example.com\nBo,1/15/1991,bo@example.com\n", "people")
    assert '<option value="%m/%d/%Y" selected' in text_of(client, f"/imports/{job.pk}/mapping/")
    check(
        client, job, "full_name", "birthday", "email",
        **{"days-1": "%m/%d/%Y", "values-0": "An = Nguyễn An\nnonsense", "constant-source": "Fair"},
    )  # fmt: skip
    client.post(f"/imports/{job.pk}/load/")
    work_off()
    found = Person.objects.order_by("pk").values_list("full_name", "birthday", "source")
    assert [(name, str(born), source) for name, born, source in found] == [
        ("Nguyễn An", "1990-12-31", "Fair"), ("Bo", "1991-01-15", "Fair"),
    ]  # fmt: skip


def test_a_mapping_is_kept_chosen_and_forgotten(client: Client, send: Sender) -> None:
    first = send(COMPANIES)
    client.post(f"/imports/{first.pk}/mapping/", sent_form(first, "name", "", "", "industry", name="Odd one"))
    saved = SavedMapping.objects.get()
    assert saved.mapping["columns"] == {"name": "account", "industry": "seen"}
    job = send(COMPANIES)
    page = text_of(client, f"/imports/{job.pk}/mapping/")
    assert "Odd one" in page
    assert "2 of 4 columns are loaded" in page
    assert "3 of 4 columns are loaded" in text_of(client, f"/imports/{job.pk}/mapping/?mapping=0")
    other = send("account,sector\nAcme,x\n")
    page = text_of(client, f"/imports/{other.pk}/mapping/?mapping={saved.pk}")
    assert "columns that this file does not have: seen" in page
    client.post(f"/imports/mappings/{saved.pk}/delete/", {"import": job.pk})
    assert not SavedMapping.objects.exists()


def test_a_column_that_goes_to_two_fields_keeps_both(client: Client, send: Sender) -> None:
    job = send("product,price\nBox,5\n", "products")
    columns = {"name": "product", "external_id": "product", "price": "price"}
    saved = SavedMapping.objects.create(
        name="Both", target="products", mapping={"columns": columns}, made_at=job.made_at
    )
    page = text_of(client, f"/imports/{job.pk}/mapping/?mapping={saved.pk}")
    assert page.count('name="column-0"') == 2
    client.post(f"/imports/{job.pk}/mapping/", {"column-0": ["name", "external_id"], "column-1": "price"})
    job.refresh_from_db()
    assert job.mapping["columns"] == columns


def test_rejected_rows_are_told_and_given_back(client: Client, send: Sender) -> None:
    job = send("name,tax_id,employees\nAcme,0100109106,12\nBeta,123,x\n=Evil(),,many\n")
    check(client, job, "name", "tax_id", "employees")
    assert (job.status, job.rejected) == (Status.CHECKED, 2)
    page = text_of(client, f"/imports/{job.pk}/")
    assert "is not a Vietnamese tax id" in page
    assert "Load the 1 good row" in page
    answer = client.get(f"/imports/{job.pk}/rejected/")
    content = b"".join(answer).decode("utf-8-sig")
    assert answer["Content-Disposition"] == 'attachment; filename="file-rejected.csv"'
    assert content.splitlines()[0] == "name,tax_id,employees,rapport_line,rapport_problem"
    assert "'=Evil()" in content
    client.post(f"/imports/{job.pk}/load/", {"keep_good": "1"})
    work_off()
    assert list(Company.objects.values_list("name", flat=True)) == ["Acme"]
    assert "The good rows are loaded" in text_of(client, f"/imports/{job.pk}/")


def test_all_or_nothing_loads_nothing(client: Client, send: Sender) -> None:
    job = check(client, send("name,employees\nAcme,1\nBeta,x\n"), "name", "employees")
    client.post(f"/imports/{job.pk}/load/")
    work_off()
    assert not Company.objects.exists()
    page = text_of(client, f"/imports/{job.pk}/")
    assert "Nothing was loaded" in page
    assert "1 of 2 rows was rejected" in page


def test_an_import_that_something_hangs_on_is_not_undone(client: Client, send: Sender) -> None:
    job = check(client, send(COMPANIES), "name", "industry")
    client.post(f"/imports/{job.pk}/load/")
    work_off()
    Company.objects.filter(name="Acme").update(version=2)
    client.post(f"/imports/{job.pk}/undo/")
    work_off()
    assert Company.objects.count() == 2
    page = text_of(client, f"/imports/{job.pk}/")
    assert "The import stays" in page
    assert "cannot be undone" in page


def test_a_loaded_import_is_neither_loaded_nor_mapped_again(client: Client, send: Sender) -> None:
    job = check(client, send(COMPANIES), "name", "industry")
    client.post(f"/imports/{job.pk}/load/")
    work_off()
    assert client.post(f"/imports/{job.pk}/load/").status_code == 409
    assert client.post(f"/imports/{job.pk}/discard/").status_code == 409
    assert client.get(f"/imports/{job.pk}/mapping/")["Location"] == f"/imports/{job.pk}/"
    assert queued() == []


def test_a_waiting_import_says_when_nobody_works(client: Client, send: Sender) -> None:
    job = send(COMPANIES)
    client.post(f"/imports/{job.pk}/mapping/", sent_form(job, "name"))
    assert "No worker is running" in text_of(client, f"/imports/{job.pk}/progress/")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert "No worker is running" not in text_of(client, f"/imports/{job.pk}/progress/")


def test_a_discarded_file_is_gone(client: Client, send: Sender) -> None:
    job = send(COMPANIES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda function, **_: function())
        client.post(f"/imports/{job.pk}/discard/")
    assert not Import.objects.exists()
    assert list(storage.home().glob("upload-*")) == []


def test_a_file_swept_away_is_asked_for_again(client: Client, send: Sender) -> None:
    job = send(COMPANIES)
    storage.forget(job.file)
    answer = client.get(f"/imports/{job.pk}/mapping/")
    assert answer.status_code == 422
    assert "no longer kept here" in answer.content.decode()


def test_the_file_is_read_again_as_told(client: Client, send: Sender) -> None:
    job = send("tên;ngành\nCông ty Á;gỗ\n".encode("utf-16-le"))
    client.post(f"/imports/{job.pk}/mapping/", {"again": "1", "encoding": "utf-16-le", "delimiter": ","})
    job.refresh_from_db()
    assert (job.options["encoding"], job.options["delimiter"]) == ("utf-16-le", ",")
    assert "tên;ngành" in text_of(client, f"/imports/{job.pk}/mapping/")


def test_markup_in_a_file_stays_text(client: Client, send: Sender) -> None:
    job = send("name,<img src=x>\n<script>alert(1)</script>,x\n", name="<b>.csv")
    page = text_of(client, f"/imports/{job.pk}/mapping/")
    check(client, job, "name")
    page += text_of(client, f"/imports/{job.pk}/") + text_of(client, "/imports/")
    for raw in ("<script>alert", "<img src=x", "<b>.csv"):
        assert raw not in page


def test_many_columns_are_shown_in_part(client: Client, send: Sender) -> None:
    header = [*(f"extra {number}" for number in range(600)), "name"]
    job = send(",".join(header) + "\n" + ",".join("x" for _ in header) + "\n")
    page = text_of(client, f"/imports/{job.pk}/mapping/")
    assert page.count('class="mapping-row') == 181
    assert "420 further columns are not shown and not loaded" in page
    answer = client.post(f"/imports/{job.pk}/mapping/", {"column-600": "name"})
    assert answer.status_code == 302


def test_the_list_is_paged_by_key_in_few_queries(
    client: Client, send: Sender, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    job = send(COMPANIES)
    for number in range(60):
        Import.objects.create(target="people", file_name=f"n{number:02}.csv", by_id=job.by_id, made_at=job.made_at)
    with django_assert_max_num_queries(8):
        page = text_of(client, "/imports/")
    assert "n59.csv" in page
    assert "n09.csv" not in page
    assert "Show more" in page
    with django_assert_max_num_queries(11):
        text_of(client, f"/imports/{job.pk}/mapping/")


def test_nothing_imported_yet_says_what_to_do(client: Client) -> None:
    assert "Nothing was imported yet" in text_of(client, "/imports/")
