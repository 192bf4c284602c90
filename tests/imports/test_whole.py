"""An import as a whole: all or nothing, the good rows, the dry run, the file of rejected rows."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from rapport.core.models import AuditEntry, OutboxEntry
from rapport.imports import engine
from rapport.imports.engine import OutOfRange
from rapport.imports.mapping import BadMapping, Mapping
from rapport.imports.models import BeforeImage, Import
from rapport.imports.readers import UnreadableFile
from rapport.people.models import Person
from tests.factories import make_person
from tests.imports.conftest import AT, Importer, everything, numbers, told

PEOPLE = (
    "external_id,full_name,email,phone,company,country\n"
    "1,An,a@x.vn,0911111111,Acme,VN\n2,Bình,not an address,,New,\n3,Chi,,12,,Atlantis\n4,Dũng,,,,\n"
)
EACH = {
    "people": PEOPLE,
    "companies": "name,parent,employees,owner\nAcme,Holding,5,Lan\nBeta,Beta,5,\nGamma,,many,\n",
    "affiliations": "person,company,since,until\n1,Acme,2020-01-01,\n2,Acme,2021-01-01,2020-01-01\n",
    "products": "external_id,name,price\nP1,Cup,5\nP2,Plate,-1\n",
    "deals": "external_id,name,company,stage,amount,owner,product\n1,A,Acme,New,5,Lan,Cup\n2,B,Acme,New,x,Lan,Cup\n",
    "orders": "external_id,person,placed_at,total\n1,C1,2026-01-01,5\n2,C2,soon,5\n",
    "order-lines": "order,product,quantity,unit_price,placed_at,person\n1,P,1,5,2026-01-01,C1\n1,P,1,5,2026-01-01,C2\n",
    "interactions": "external_id,kind,at,person,company,deal\n1,call,2026-01-01,C1,Acme,\n2,call,2026-01-01,C2,,D9\n",
}


@pytest.mark.parametrize("target", list(EACH))
def test_one_bad_row_and_nothing_is_loaded_nor_made_on_the_way(load: Importer, target: str) -> None:
    before = everything()
    result = load(target, EACH[target])
    rows = EACH[target].count("\n") - 1
    assert (result.rows, result.created, result.updated, result.unchanged, result.loaded) == (rows, 0, 0, 0, False)
    assert result.rejected > 0
    assert result.also_created == {}
    assert everything() == before
    assert Import.objects.get(pk=load.jobs[-1].pk).status == Import.Status.REFUSED
    assert not BeforeImage.objects.exists()
    assert not OutboxEntry.objects.exists()
    assert not AuditEntry.objects.filter(code="imports.loaded").exists()


@pytest.mark.parametrize("target", list(EACH))
def test_a_dry_run_leaves_no_trace_and_says_just_what_the_load_then_does(load: Importer, target: str) -> None:
    before = everything()
    dry = load(target, EACH[target], dry_run=True)
    assert everything() == before
    assert not dry.loaded
    assert Import.objects.get(pk=load.jobs[-1].pk).status == Import.Status.CHECKED
    real = load(target, EACH[target], keep_good=True)
    assert told(dry) == told(real)
    assert (dry.also_created, dry.problems, dry.preview) == (real.also_created, real.problems, real.preview)
    assert real.created + real.updated + real.unchanged + real.rejected == real.rows
    again = load(target, EACH[target], dry_run=True)
    assert (again.created, again.updated, again.unchanged) == (0, 0, real.rows - real.rejected)


def test_the_preview_shows_the_first_rows_and_what_becomes_of_them(load: Importer) -> None:
    text = "external_id,full_name,company\n1,An,Acme\n2,Bình,Nobody\n"
    load("companies", "name\nAcme\n")
    dry = load("people", text, dry_run=True, unknown="reject")
    assert dry.preview == [
        {"line": 2, "status": "created", "external_id": "1", "full_name": "An", "company": "Acme"},
        {"line": 3, "status": "rejected", "external_id": "2", "full_name": "Bình", "company": "Nobody"},
    ]


def test_the_good_rows_alone_and_what_is_said_of_the_others(load: Importer) -> None:
    result = load("people", PEOPLE, keep_good=True)
    assert told(result) == numbers(rows=4, created=2, rejected=2)
    assert [(p.line, p.field, p.code, p.value) for p in result.problems] == [
        (3, "email", "bad_email", "not an address"),
        (4, "phone", "bad_phone", "12"),
    ]
    assert result.also_created == {"companies": 1}
    job = Import.objects.get(pk=load.jobs[-1].pk)
    assert (job.status, job.created, job.rejected) == (Import.Status.DONE, 2, 2)
    assert job.problems[0]["told"] == "email: “not an address” is not an e-mail address"
    assert OutboxEntry.objects.get().payload["created"] == 2


def read(path: Path) -> list[list[str]]:
    """The rows of a file of rejected rows."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_rejected_rows_are_mended_and_loaded_again(load: Importer) -> None:
    load("people", PEOPLE, keep_good=True)
    found = read(load.rejects())
    assert found[0] == [
        "external_id",
        "full_name",
        "email",
        "phone",
        "company",
        "country",
        "rapport_line",
        "rapport_problem",
    ]
    assert [row[:2] + row[6:] for row in found[1:]] == [
        ["2", "Bình", "3", "email: “not an address” is not an e-mail address"],
        ["3", "Chi", "4", "phone: “12” is not a phone number"],
    ]
    text = load.rejects().read_text(encoding="utf-8-sig")
    mended = text.replace("not an address,", "b@x.vn,").replace(",12,,Atlantis", ",0912345678,,VN")
    assert told(load("people", mended)) == numbers(rows=2, created=2)
    assert Person.objects.count() == 4


def test_rejected_rows_rejected_again_do_not_grow(load: Importer) -> None:
    load("people", PEOPLE, keep_good=True)
    load("people", load.rejects().read_text(encoding="utf-8-sig"), keep_good=True)
    assert read(load.rejects())[0].count("rapport_line") == 1
    assert [row[6] for row in read(load.rejects())[1:]] == ["2", "3"]


NASTY = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "<script>alert(1)</script>",
    "'quoted",
    '"',
    "a\nb",
    "−5",
]


def test_nasty_cells_are_neutral_in_the_rejects_file_and_come_back_as_they_were(load: Importer) -> None:
    made = io.StringIO()
    csv.writer(made).writerows(
        [["external_id", "full_name", "email"], *([f"k{n}", name, "bad"] for n, name in enumerate(NASTY))]
    )
    assert load("people", made.getvalue(), keep_good=True).rejected == len(NASTY)
    cells = [row[1] for row in read(load.rejects())[1:]]
    assert all(cell[0] not in "=+-@\t\r" for cell in cells)
    mended = load.rejects().read_text(encoding="utf-8-sig").replace(",bad,", ",,")
    assert load("people", mended).created == len(NASTY)
    Person.objects.all().delete()
    clean = made.getvalue().replace(",bad\r\n", ",\r\n")
    load("people", clean)
    direct = dict(Person.objects.values_list("external_id", "full_name"))
    assert direct["k0"] == "=1+1"
    assert direct["k1"] == "+cmd|' /C calc'!A0"
    assert direct["k5"] == "<script>alert(1)</script>"
    assert told(load("people", mended)) == numbers(rows=len(NASTY), unchanged=len(NASTY))


def test_plain_numbers_are_not_guarded(load: Importer) -> None:
    load("orders", "external_id,placed_at,total,channel\nx,soon,-5.50,+84 912\n", keep_good=True)
    assert read(load.rejects())[1][2:4] == ["-5.50", "+84 912"]


def test_ragged_rows_lose_nothing(load: Importer) -> None:
    wide = ",".join(str(n) for n in range(10_000))
    text = f"external_id,full_name\n1,An\n2\n{wide}\n3,Chi\n"
    result = load("people", text, keep_good=True)
    assert told(result) == numbers(rows=4, created=2, rejected=2)
    assert [(p.line, p.code) for p in result.problems] == [(3, "too_few_columns"), (4, "too_many_columns")]
    rows = read(load.rejects())
    assert rows[1][:3] == ["2", "", "3"]
    assert rows[2][:2] + rows[2][4:] == wide.split(",")
    assert told(load("people", text)) == numbers(rows=4, rejected=2)


def test_a_row_folded_into_a_bad_one_is_rejected_with_it(load: Importer) -> None:
    text = "external_id,full_name,company\n1,An,\n1,,Nobody\n2,Bình,\n"
    result = load("people", text, unknown="reject", keep_good=True)
    assert told(result) == numbers(rows=3, created=1, rejected=2)
    assert [(p.line, p.code) for p in result.problems] == [(2, "with_another"), (3, "unknown")]
    assert len(read(load.rejects())) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.4", "PDF"),
        (b"a,b\n1,2\n", "None of the file's columns"),
        (b'external_id,full_name\n1,"An\n', "line 2"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_leaves_nothing(load: Importer, content: bytes, said: str) -> None:
    before = everything()
    with pytest.raises((UnreadableFile, BadMapping), match=said):
        load("people", content)
    assert everything() == before


def test_a_failed_import_keeps_its_message(load: Importer) -> None:
    with pytest.raises(UnreadableFile):
        load("people", b'external_id,full_name\n1,"An\n')
    job = Import.objects.get()
    assert (job.status, "line 2" in job.message) == (Import.Status.FAILED, True)


def test_a_header_alone_loads_nothing_and_is_no_mistake(load: Importer) -> None:
    result = load("people", "external_id,full_name\n")
    assert told(result) == numbers(rows=0)
    assert result.loaded


def test_sums_that_cannot_be_kept_say_so(load: Importer) -> None:
    text = "order,product,quantity,unit_price,placed_at\n1,P,999999999,999999999999,2026-01-01\n"
    before = everything()
    with pytest.raises(OutOfRange, match="Nothing was loaded"):
        load("order-lines", text)
    assert everything() == before


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_other_files_give_the_same_people(load: Importer, kind: str) -> None:
    rows: list[list[Any]] = [
        ["Mã khách hàng", "Họ và tên", "Số điện thoại", "Doanh thu"],
        [17850, "NA", 912345678, 1.125],
        [17851, "Null", None, 2.5],
    ]
    made = io.BytesIO()
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(made)
    else:
        columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
        parquet.write_table(pa.table({str(name): list(column) for name, column in columns.items()}), made)
    assert told(load("people", made.getvalue())) == numbers(rows=2, created=2)
    assert set(Person.objects.values_list("external_id", "full_name", "phone")) == {
        ("17850", "NA", "+84912345678"),
        ("17851", "Null", ""),
    }


def test_decimals_of_a_typed_file_are_never_thousands(load: Importer) -> None:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in (["name", "revenue"], ["Acme", 1.125], ["Beta", 2.375]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(made)
    result = load("companies", made.getvalue(), dry_run=True)
    assert [row["revenue"] for row in result.preview] == ["1.13", "2.38"]


def test_a_table_in_memory(load: Importer, tmp_path: Path) -> None:
    table = pa.table({"external_id": ["1", "2"], "full_name": ["An", "Bình"], "tags": [["a", "b"], None]})
    chosen = engine.Request(target="people", mapping=Mapping(columns={n: n for n in table.column_names}), batch=7)
    result = engine.run_table(table, chosen, at=AT, scratch=tmp_path / "scratch")
    assert told(result) == numbers(rows=2, created=2)
    assert Person.objects.get(external_id="1").tags == ["a", "b"]
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_someone_saved_meanwhile_is_not_overwritten_silently(load: Importer) -> None:
    make_person(external_id="1", full_name="An", email="a@x.vn")
    result = load("people", "external_id,email\n1,b@x.vn\n")
    assert told(result) == numbers(rows=1, updated=1)
    assert Person.objects.get().version == 2


def test_nul_characters_far_down_in_a_file_stop_nothing(load: Importer) -> None:
    long = "x" * 1_100_000
    text = f"external_id,full_name,email\n1,An,\n{long[:100]},{long},\n2,B\x00ình,b\x00@x.vn\n3,C\x00hi,\n"
    result = load("people", text, keep_good=True)
    assert told(result) == numbers(rows=4, created=2, rejected=2)
    assert Person.objects.get(external_id="3").full_name == "Chi"
    key = '[columns]\nfull_name = "full_name"\n[key]\ncolumns = ["full_name"]\n'
    assert load("people", f"full_name,email\nAn,\n{long},\nD\x00ũng,\n", keep_good=True, map=key).created == 2
