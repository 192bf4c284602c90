"""People from files: who is matched, made, changed, left alone."""

from datetime import date

import pytest

from rapport.identity.models import Team, User
from rapport.people.models import Affiliation, Company, ContactPoint, Person
from rapport.people.suppression import suppress
from tests.factories import AT, make_company, make_person
from tests.imports.conftest import Importer, everything, numbers, told

FULL = (
    "external_id,full_name,email,phone,company,title,province,country,language,birthday,owner,tags,source\n"
    "1,Nguyễn Văn An,AN@Example.com,0912 345 678,Acme,Giám đốc,TP HCM,Việt Nam,vi,21/11/1990,Lan Phạm,vip;mới,web\n"
    "2,Đỗ Nguyên,,,,,,,,,,,\n"
)


def test_every_field_is_kept_and_the_same_file_changes_nothing(load: Importer) -> None:
    assert told(load("people", FULL)) == numbers(rows=2, created=2)
    an = Person.objects.get(external_id="1")
    assert (an.full_name, an.email, an.phone, an.province) == (
        "Nguyễn Văn An", "an@example.com", "+84912345678", "Hồ Chí Minh",
    )  # fmt: skip
    assert (an.country, an.language, an.birthday, an.tags, an.source) == (
        "VN",
        "vi",
        date(1990, 11, 21),
        ["vip", "mới"],
        "web",
    )
    assert (an.sort_name, an.search_text, an.title, an.version) == ("nguyen van an", "nguyen van an", "", 1)
    assert an.owner is not None
    assert (an.owner.full_name, an.owner.is_active, an.owner.email) == ("Lan Phạm", False, None)
    post = Affiliation.objects.get(person=an)
    assert (post.company.name, post.title, post.until) == ("Acme", "Giám đốc", None)
    before = everything()
    assert told(load("people", FULL)) == numbers(rows=2, unchanged=2)
    assert everything() == before


def test_a_blank_cell_overwrites_nothing(load: Importer) -> None:
    load("people", FULL)
    before = everything()
    blank = FULL.splitlines()[0] + "\n1,,,,,,,,,,,,\n"
    assert told(load("people", blank)) == numbers(rows=1, unchanged=1)
    assert everything() == before


def test_what_differs_is_changed_and_nothing_else(load: Importer) -> None:
    load("people", FULL)
    assert told(load("people", "external_id,full_name,phone\n1,Nguyễn Văn An,0987654321\n2,Đỗ Nguyên,\n")) == numbers(
        rows=2, updated=1, unchanged=1
    )
    an, nguyen = Person.objects.order_by("external_id")
    assert (an.phone, an.email, an.version) == ("+84987654321", "an@example.com", 2)
    assert nguyen.version == 1


@pytest.mark.parametrize(
    ("known", "row", "matches"),
    [
        ({"external_id": "1"}, "1,new@x.vn,0911111111", True),
        ({"external_id": "1", "email": "a@x.vn"}, "2,a@x.vn,", False),
        ({"email": "a@x.vn"}, "2,A@x.vn,", True),
        ({"email": "a@x.vn", "phone": "+84911111111"}, ",a@x.vn,0922222222", True),
        ({"phone": "+84911111111"}, ",,0911 111 111", True),
        ({"phone": "+84911111111"}, ",a@x.vn,+84 911 111 111", True),
        ({"phone": "+84911111111", "email": "b@x.vn"}, ",a@x.vn,0911111111", False),
        ({"phone": "+84911111111", "external_id": "1"}, "2,,0911111111", False),
        ({"phone": "+84911111111", "external_id": "1"}, ",,0911111111", True),
        ({"email": "a@x.vn", "external_id": "1"}, ",a@x.vn,", True),
    ],
)
def test_the_order_of_matching(load: Importer, known: dict[str, str], row: str, matches: bool) -> None:
    person = make_person(full_name="An", **known)
    result = load("people", f"external_id,email,phone,source\n{row},web\n")
    assert told(result) == (numbers(rows=1, updated=1) if matches else numbers(rows=1, created=1))
    person.refresh_from_db()
    assert (person.source == "web") is matches


def test_the_surest_way_wins_over_a_weaker_one(load: Importer) -> None:
    by_id, by_email, by_phone = (
        make_person(external_id="1"), make_person(email="a@x.vn"), make_person(phone="+84911111111"),
    )  # fmt: skip
    load("people", "external_id,email,phone,source\n1,a@x.vn,0911111111,web\n")
    for person in (by_id, by_email, by_phone):
        person.refresh_from_db()
    assert (by_id.source, by_email.source, by_phone.source) == ("web", "", "")


def test_a_further_address_matches_and_stays_a_further_one(load: Importer) -> None:
    person = make_person(email="main@x.vn", phone="+84911111111")
    ContactPoint.objects.create(person=person, kind="email", value="second@x.vn")
    ContactPoint.objects.create(person=person, kind="phone", value="+84922222222")
    assert told(load("people", "email,source\nSecond@x.vn,web\n")) == numbers(rows=1, updated=1)
    assert told(load("people", "phone,source\n0922222222,shop\n")) == numbers(rows=1, updated=1)
    person.refresh_from_db()
    assert (person.email, person.phone, person.source) == ("main@x.vn", "+84911111111", "shop")


def test_an_address_of_several_is_told_apart_or_refused(load: Importer) -> None:
    make_person(email="a@x.vn", external_id="1")
    bare = make_person(email="a@x.vn")
    assert told(load("people", "email,source\na@x.vn,web\n")) == numbers(rows=1, updated=1)
    bare.refresh_from_db()
    assert bare.source == "web"
    make_person(email="a@x.vn")
    result = load("people", "email,source\na@x.vn,shop\n")
    assert told(result) == numbers(rows=1, rejected=1)
    assert [(p.field, p.code, p.value) for p in result.problems] == [("email", "ambiguous", "a@x.vn")]
    assert told(load("people", "external_id,email,source\n9,a@x.vn,shop\n")) == numbers(rows=1, created=1)


def test_duplicates_are_skipped_or_made_when_so_chosen(load: Importer) -> None:
    text = "full_name,email,company,title\nAn,a@x.vn,Acme,CEO\n"
    load("people", text)
    before = everything()
    other = "full_name,email,company,title\nAn Bình,a@x.vn,Acme,CFO\nAn Chi,a@x.vn,Acme,CTO\n"
    assert told(load("people", other, duplicates="skip")) == numbers(rows=2, unchanged=2)
    assert everything() == before
    assert told(load("people", other, duplicates="create")) == numbers(rows=2, created=2)
    assert sorted(Person.objects.values_list("full_name", flat=True)) == ["An", "An Bình", "An Chi"]
    assert told(load("people", "external_id,email\n5,z@x.vn\n5,z@x.vn\n", duplicates="create")) == numbers(
        rows=2, created=1, unchanged=1
    )


def test_skipping_keeps_the_first_of_several_rows(load: Importer) -> None:
    text = "full_name,email\nFirst,a@x.vn\nSecond,a@x.vn\n"
    assert told(load("people", text, duplicates="skip")) == numbers(rows=2, created=1, unchanged=1)
    assert Person.objects.get().full_name == "First"


def test_of_equal_rows_the_last_that_is_not_blank_counts(load: Importer) -> None:
    text = "full_name,email,phone,source\nAn,a@x.vn,0911111111,\nAn Bình,a@x.vn,,web\nAn Bình,a@x.vn,,web\n"
    assert told(load("people", text)) == numbers(rows=3, created=1, updated=1, unchanged=1)
    person = Person.objects.get()
    assert (person.full_name, person.phone, person.source) == ("An Bình", "+84911111111", "web")
    assert told(load("people", text)) == numbers(rows=3, unchanged=3)


@pytest.mark.parametrize(
    "text",
    [
        "external_id,email\n1,a@x.vn\n,a@x.vn\n",
        "external_id,email\n,a@x.vn\n1,a@x.vn\n",
        "email,phone\na@x.vn,0911111111\n,0911111111\n",
        "external_id,email,phone\n,,0911111111\n,a@x.vn,0911111111\n1,a@x.vn,\n",
    ],
)
def test_rows_of_one_person_told_in_several_ways_are_one_person(load: Importer, text: str) -> None:
    result = load("people", text)
    assert (result.created, result.rejected) == (1, 0)
    assert Person.objects.count() == 1
    assert load("people", text).unchanged == len(text.splitlines()) - 1


@pytest.mark.parametrize(
    "text",
    [
        "external_id,email\n1,a@x.vn\n2,a@x.vn\n,a@x.vn\n",
        "email,phone\na@x.vn,0911111111\nb@x.vn,0911111111\n,0911111111\n",
        "full_name\nAn\nAn\nBình\n",
        "full_name,email\nAn,\nAn,a@x.vn\n",
    ],
)
def test_files_with_awkward_people_change_nothing_the_second_time(load: Importer, text: str) -> None:
    rows = len(text.splitlines()) - 1
    assert told(load("people", text)) == numbers(rows=rows, created=rows)
    assert told(load("people", text)) == numbers(rows=rows, unchanged=rows)


def test_two_rows_that_meet_in_one_known_person(load: Importer) -> None:
    make_person(full_name="An", email="a@x.vn", phone="+84911111111")
    text = "full_name,email,phone,source,title\nAn,a@x.vn,,web,\nAn,,0911111111,,CEO\n"
    result = load("people", text)
    assert told(result) == numbers(rows=2, updated=2)
    person = Person.objects.get()
    assert (person.source, person.title) == ("web", "CEO")
    assert told(load("people", text)) == numbers(rows=2, unchanged=2)


def test_two_rows_of_different_ids_do_not_share_one_known_person(load: Importer) -> None:
    make_person(full_name="An", email="a@x.vn")
    text = "external_id,email\n1,a@x.vn\n2,a@x.vn\n"
    assert told(load("people", text)) == numbers(rows=2, updated=1, created=1)
    assert set(Person.objects.values_list("external_id", flat=True)) == {"1", "2"}
    assert told(load("people", text)) == numbers(rows=2, unchanged=2)


@pytest.mark.parametrize(
    "name", ["NA", "Null", "None", "nan", "-", "=1+1", "@SUM(A1)", "<script>alert(1)</script>", "O'Brien", 'a "b"']
)
def test_a_name_is_kept_as_it_is(load: Importer, name: str) -> None:
    quoted = name.replace('"', '""')
    assert told(load("people", f'full_name,email\n"{quoted}",a@x.vn\n')) == numbers(rows=1, created=1)
    assert Person.objects.get().full_name == name


def test_rows_that_say_nothing_of_anybody(load: Importer) -> None:
    result = load("people", "full_name,email,source\n,,web\n  ,\u00a0,\n,,\nAn,,web\n", keep_good=True)
    assert told(result) == numbers(rows=2, created=1, rejected=1)
    assert [(p.line, p.code) for p in result.problems] == [(2, "no_identity")]


def test_what_means_nothing_is_blank_and_not_wrong(load: Importer) -> None:
    text = "full_name,email,phone,birthday,country\nAn,n/a,0,0000-00-00,-\nBình,NULL,-,N/A,không có\n"
    assert told(load("people", text)) == numbers(rows=2, created=2)
    assert set(Person.objects.values_list("email", "phone", "birthday", "country")) == {("", "", None, "")}


def test_birthdays_lie_in_the_past(load: Importer) -> None:
    result = load("people", "full_name,birthday\nAn,2026-03-17\nBình,1899-12-31\nChi,2026-03-16\n", keep_good=True)
    assert told(result) == numbers(rows=3, created=1, rejected=2)
    assert {p.code for p in result.problems} == {"not_past"}


def test_american_days_are_seen_from_the_whole_column(load: Importer) -> None:
    load("people", "full_name,birthday\nAn,01/02/1990\nBình,12/31/1991\n")
    assert list(Person.objects.order_by("full_name").values_list("birthday", flat=True)) == [
        date(1990, 1, 2), date(1991, 12, 31),
    ]  # fmt: skip


def test_a_mended_title_is_no_second_post_and_a_second_company_is(load: Importer) -> None:
    load("people", "external_id,company,title\n1,Acme,CEO\n")
    assert told(load("people", "external_id,company,title\n1,Acme,Chairman\n")) == numbers(rows=1, updated=1)
    assert [post.title for post in Affiliation.objects.all()] == ["Chairman"]
    assert told(load("people", "external_id,company\n1,ACME\n")) == numbers(rows=1, unchanged=1)
    assert told(load("people", "external_id,company,title\n1,Beta,Advisor\n")) == numbers(rows=1, updated=1)
    assert Affiliation.objects.count() == 2


def test_a_title_without_a_company_is_the_persons_own(load: Importer) -> None:
    load("people", "external_id,company,title\n1,,Nông dân\n2,Acme,CEO\n")
    assert list(Person.objects.order_by("external_id").values_list("title", flat=True)) == ["Nông dân", ""]


def test_companies_are_found_by_id_tax_id_and_name(load: Importer) -> None:
    for fields in ({"external_id": "A-1"}, {"tax_id": "0100109106"}, {"name": "Công ty Đại Phát"}):
        make_company(**fields)
    text = "external_id,company\n1,A-1\n2,0100109106\n3,CONG TY DAI PHAT\n4,Mới\n5,MOI\n"
    result = load("people", text)
    assert told(result) == numbers(rows=5, created=5)
    assert result.also_created == {"companies": 1}
    assert Company.objects.count() == 4


def test_a_company_of_two_is_refused(load: Importer) -> None:
    make_company(name="Acme")
    make_company(name="ACME")
    result = load("people", "external_id,company\n1,Acme\n2,acmé\n3,Beta\n", keep_good=True)
    assert told(result) == numbers(rows=3, created=1, rejected=2)
    assert [(p.line, p.field, p.code) for p in result.problems] == [
        (2, "company", "ambiguous"),
        (3, "company", "ambiguous"),
    ]


def test_unknown_ones_are_rejected_when_so_chosen(load: Importer) -> None:
    before = everything()
    result = load("people", "external_id,company,owner\n1,Acme,\n2,,Lan\n3,,\n", unknown="reject")
    assert told(result) == numbers(rows=3, rejected=2)
    assert [(p.line, p.field, p.code, p.value) for p in result.problems] == [
        (2, "company", "unknown", "Acme"),
        (3, "owner", "unknown", "Lan"),
    ]
    assert everything() == before


def test_owners_bring_their_team(load: Importer) -> None:
    north, south = Team.objects.create(name="N"), Team.objects.create(name="S")
    User.objects.create_user(email="lan@x.vn", full_name="Lan", team=north)
    User.objects.create_user(email="minh@x.vn", full_name="Minh", team=south)
    load("people", "external_id,owner\n1,LAN\n2,minh@X.vn\n")
    assert list(Person.objects.order_by("external_id").values_list("team__name", flat=True)) == ["N", "S"]
    Person.objects.filter(external_id="1").update(team=south)
    assert told(load("people", "external_id,owner\n1,Lan\n2,Lan\n")) == numbers(rows=2, unchanged=1, updated=1)
    assert list(Person.objects.order_by("external_id").values_list("team__name", flat=True)) == ["S", "N"]


def test_two_writings_of_a_new_colleague_are_one(load: Importer) -> None:
    text = "external_id,owner\n1,Lan Phạm\n2,lan phạm\n"
    assert load("people", text).also_created == {"users": 1}
    assert told(load("people", text)) == numbers(rows=2, unchanged=2)


def test_rows_without_ids_are_told_apart_by_a_key(load: Importer) -> None:
    text = "who,city,full_name\na,Hanoi,An\na,Hanoi,An\nb,Hue,Bình\n"
    toml = '[columns]\n"full_name" = "people.full_name"\n[key]\ncolumns = ["who", "city"]\n'
    assert told(load("people", text, map=toml)) == numbers(rows=3, created=3)
    assert set(Person.objects.values_list("external_id", flat=True)) == {"a/Hanoi", "a/Hanoi#2", "b/Hue"}
    assert told(load("people", text, map=toml)) == numbers(rows=3, unchanged=3)


def test_who_was_erased_on_request_does_not_come_back(load: Importer) -> None:
    suppress(emails=["gone@x.vn", "again@x.vn"], phones=["+84912345678"], at=AT)
    make_person(email="again@x.vn")
    file = "name,email,phone\nMột,gone@x.vn,\nHai,,0912 345 678\nBa,again@x.vn,\nBốn,b@x.vn,0912 345 679\n"
    result = load("people", file, keep_good=True)
    assert told(result) == numbers(rows=4, created=1, updated=1, rejected=2)
    assert load.job
    load.job.refresh_from_db()
    said = str(load.job.problems)
    assert "erased" in said
    assert "gone@x.vn" not in said
    load("orders", "customer,total,date\ngone@x.vn,1000,2026-01-05\n")
    assert not Person.objects.filter(email="gone@x.vn").exists()
