"""Companies, who belongs to whom, and posts from files."""

from datetime import date

import pytest

from rapport.people.models import Affiliation, Company, CompanyLink
from tests.factories import make_company, make_person
from tests.imports.conftest import Importer, everything, numbers, told

FULL = (
    "external_id,name,tax_id,domain,industry,parent,employees,revenue,province,country,owner,tags\n"
    'A1,Công ty Đại Phát,0100109106,https://www.daiphat.vn/,Bao bì,Tập đoàn Phát,250,"1.500.000,50",Hà Nội,VN,Lan,vip\n'
    "A2,Tập đoàn Phát,,,,,,,,,,\n"
)


def parents() -> set[tuple[str, str]]:
    """(parent, child) by name."""
    return set(CompanyLink.objects.values_list("from_company__name", "to_company__name"))


def test_every_field_is_kept_and_the_same_file_changes_nothing(load: Importer) -> None:
    assert told(load("companies", FULL)) == numbers(rows=2, created=2)
    company = Company.objects.get(external_id="A1")
    assert (company.name, company.tax_id, company.domain, company.industry) == (
        "Công ty Đại Phát", "0100109106", "daiphat.vn", "Bao bì",
    )  # fmt: skip
    assert (company.employees, str(company.revenue), company.province, company.country) == (
        250,
        "1500000.50",
        "Hà Nội",
        "VN",
    )
    assert company.search_text == "cong ty dai phat 0100109106 0100109106 daiphat vn a1"
    assert parents() == {("Tập đoàn Phát", "Công ty Đại Phát")}
    before = everything()
    assert told(load("companies", FULL)) == numbers(rows=2, unchanged=2)
    assert everything() == before


def test_words_follow_what_changes(load: Importer) -> None:
    load("companies", FULL)
    assert told(load("companies", "external_id,domain\nA1,ĐạiPhát.vn\n")) == numbers(rows=1, updated=1)
    company = Company.objects.get(external_id="A1")
    assert company.search_text == "cong ty dai phat 0100109106 0100109106 daiphat vn a1"
    assert company.domain == "đạiphát.vn"
    load("companies", "external_id,name\nA1,Minh Long\n")
    company.refresh_from_db()
    assert company.search_text == "minh long 0100109106 0100109106 daiphat vn a1"
    assert company.sort_name == "minh long"


@pytest.mark.parametrize(
    ("known", "row", "matches"),
    [
        ({"external_id": "1", "name": "X"}, "1,Y,", True),
        ({"external_id": "1", "name": "Acme"}, "2,Acme,", False),
        ({"tax_id": "0100109106", "name": "X"}, ",Y,0100109106", True),
        ({"name": "Công ty Đại Phát"}, ",CONG TY DAI PHAT,", True),
        ({"name": "Acme"}, "1,Acme,0100109106", True),
        ({"name": "Acme", "tax_id": "0100109106"}, ",Acme,0101243150", False),
        ({"name": "Acme", "tax_id": "0100109106"}, ",Acme,", True),
        ({"name": "A-17"}, "A-17,Acme,", True),
    ],
)
def test_the_order_of_matching(load: Importer, known: dict[str, str], row: str, matches: bool) -> None:
    company = make_company(**known)
    result = load("companies", f"external_id,name,tax_id,industry\n{row},new\n")
    assert told(result) == (numbers(rows=1, updated=1) if matches else numbers(rows=1, created=1))
    company.refresh_from_db()
    assert (company.industry == "new") is matches


def test_a_name_of_several_companies_is_refused(load: Importer) -> None:
    make_company(name="Acme", tax_id="0100109106")
    make_company(name="Acme", external_id="1")
    result = load("companies", "name,industry\nAcme,x\n")
    assert [(p.field, p.code) for p in result.problems] == [("name", "ambiguous")]
    bare = make_company(name="Acme")
    assert told(load("companies", "name,industry\nAcme,x\n")) == numbers(rows=1, updated=1)
    bare.refresh_from_db()
    assert bare.industry == "x"


def test_rows_of_one_company_told_in_several_ways_are_one(load: Importer) -> None:
    text = "external_id,name,tax_id\n1,Acme,0100109106\n,Acme,\n,ACMÉ Holding,0100109106\n,acme,\n"
    assert told(load("companies", text)) == numbers(rows=4, created=1, updated=3)
    assert Company.objects.get().name == "acme"
    assert told(load("companies", text)) == numbers(rows=4, unchanged=4)


def test_rows_that_name_no_company(load: Importer) -> None:
    result = load("companies", "name,industry\n,x\nAcme,y\n", keep_good=True)
    assert told(result) == numbers(rows=2, created=1, rejected=1)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("x,-5,", "too_small"),
        ("x,1.5,", "bad_integer"),
        ("x,many,", "bad_integer"),
        ("x,,-0.5", "too_small"),
        ("x,,1e20", "bad_number"),
        ("x" * 201 + ",,", "too_long"),
        ("x,3000000000,", "bad_integer"),
    ],
)
def test_values_that_no_company_has(load: Importer, row: str, code: str) -> None:
    result = load("companies", f"name,employees,revenue\n{row}\n")
    assert [problem.code for problem in result.problems] == [code]
    assert not Company.objects.exists()


def test_parents_stand_in_any_order_and_change(load: Importer) -> None:
    text = "name,parent\nChild,Mother\nMother,Grandmother\nOther,\n"
    assert told(load("companies", text)) == numbers(rows=3, created=3)
    assert parents() == {("Mother", "Child"), ("Grandmother", "Mother")}
    assert told(load("companies", text)) == numbers(rows=3, unchanged=3)
    assert told(load("companies", "name,parent\nChild,Other\n")) == numbers(rows=1, updated=1)
    assert parents() == {("Other", "Child"), ("Grandmother", "Mother")}


@pytest.mark.parametrize("text", ["A,B\nB,C\nC,A\n", "A,A\n", "A,B\nB,A\n"])
def test_nobody_is_their_own_parent(load: Importer, text: str) -> None:
    before = everything()
    rows = text.count("\n")
    result = load("companies", f"name,parent\n{text}")
    assert told(result) == numbers(rows=rows, rejected=rows)
    assert {p.code for p in result.problems} == {"ring"}
    assert everything() == before


def test_a_ring_with_what_is_known_already(load: Importer) -> None:
    load("companies", "name,parent\nB,A\nC,B\n")
    result = load("companies", "name,parent,industry\nA,C,x\nD,A,y\n", keep_good=True)
    assert told(result) == numbers(rows=2, created=1, rejected=1)
    assert Company.objects.get(name="A").industry == ""
    assert parents() == {("A", "B"), ("B", "C"), ("A", "D")}


def test_an_unknown_parent_is_rejected_when_so_chosen_and_leaves_nothing_of_its_row(load: Importer) -> None:
    text = "name,parent\nA,Nobody\nB,A\nC,\n"
    result = load("companies", text, unknown="reject", keep_good=True)
    assert told(result) == numbers(rows=3, created=1, rejected=2)
    assert set(Company.objects.values_list("name", flat=True)) == {"C"}
    dry = load("companies", text, unknown="reject", dry_run=True)
    assert told(dry) == numbers(rows=3, unchanged=1, rejected=2)


def test_posts(load: Importer) -> None:
    text = (
        "person,company,title,department,since,until\n"
        "an@x.vn,Acme,CEO,Board,01/02/2020,\nAn,Acme,CFO,,,2021-01-01\nan,ACME,CFO,Finance,,\n"
    )
    assert told(load("affiliations", text)) == numbers(rows=3, created=2, unchanged=1)
    assert set(Affiliation.objects.values_list("title", "department", "since", "until")) == {
        ("CEO", "Board", date(2020, 2, 1), None),
        ("CFO", "Finance", None, date(2021, 1, 1)),
    }
    assert told(load("affiliations", text)) == numbers(rows=3, unchanged=3)
    assert told(
        load("affiliations", "person,company,title,since,until\nan@x.vn,Acme,CEO,2020-02-01,2022-01-01\n")
    ) == numbers(rows=1, updated=1)


def test_a_post_of_someone_named_in_two_ways_is_one_post(load: Importer) -> None:
    make_person(external_id="1", full_name="An", email="an@x.vn")
    text = "person,company,title\n1,Acme,CEO\nan@x.vn,Acme,CEO\nAn,acme,CEO\n"
    assert told(load("affiliations", text)) == numbers(rows=3, created=1, unchanged=2)
    assert told(load("affiliations", text)) == numbers(rows=3, unchanged=3)


def test_a_post_that_ends_before_it_begins(load: Importer) -> None:
    result = load("affiliations", "person,company,since,until\n1,Acme,2020-01-01,2019-01-01\n")
    assert [(p.field, p.code) for p in result.problems] == [("until", "ends_before_it_begins")]


def test_links_to_people_by_id_name_and_address(load: Importer) -> None:
    an = make_person(external_id="KH-01", full_name="Nguyễn Văn An", email="an@x.vn")
    make_person(full_name="Đỗ Nguyên")
    make_person(full_name="Do Nguyen")
    text = "person,company\nKH-01,A\nNGUYEN VAN AN,B\nAN@x.vn,C\n"
    assert load("affiliations", text).also_created == {"companies": 3}
    assert set(Affiliation.objects.values_list("person", flat=True)) == {an.pk}
    result = load("affiliations", "person,company\nđỗ nguyên,A\n")
    assert [(p.field, p.code) for p in result.problems] == [("person", "ambiguous")]


def test_what_is_made_of_an_unknown_person(load: Importer) -> None:
    rows = (
        "Đỗ Ý,A",
        "Do Y,B",
        "17850,A",
        "KH 001,A",
        "AN@X.vn,A",
        "an@x.vn,B",
        "An Bình 2,A",
        "@handle,A",
        "NA,A",
        "Null,A",
    )
    text = "\n".join(["person,company", *rows]) + "\n"
    assert load("affiliations", text).also_created == {"people": 8, "companies": 2}
    who = Affiliation.objects.values_list("person__full_name", "person__external_id", "person__email")
    assert set(who) == {
        ("Đỗ Ý", None, ""), ("", "17850", ""), ("", "KH 001", ""), ("", None, "an@x.vn"), ("An Bình 2", None, ""),
        ("", "@handle", ""), ("NA", None, ""), ("Null", None, ""),
    }  # fmt: skip
    assert told(load("affiliations", text)) == numbers(rows=10, unchanged=10)
