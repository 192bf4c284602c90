"""Colleagues from files: who they are, in which team, who leads them, and what they may not become by it."""

from pathlib import Path

import pytest
from django.utils import translation

from rapport.deals.models import Deal
from rapport.identity.models import Role, Team, User
from rapport.imports import undo
from rapport.imports.messages import sentence
from tests.imports.conftest import Importer, everything, numbers, told

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "crm_sales_opportunities"
EXAMPLES = ROOT / "docs" / "examples" / "crm_sales_opportunities"


def members() -> dict[str, tuple[str, str | None]]:
    """Role and team of everybody."""
    rows = User.objects.values_list("full_name", "role", "team__name")
    return {name: (role, team) for name, role, team in rows}


def test_regions_of_the_sellers(load: Importer) -> None:
    toml = (EXAMPLES / "colleagues.toml").read_text("utf-8")
    load("deals", SMALL / "sales_pipeline.csv", map=(EXAMPLES / "deals.toml").read_text("utf-8"))
    kept = Deal.objects.get(external_id="AAAA0002")
    kept.team = Team.objects.create(name="Elsewhere")
    kept.save()
    before = everything()
    checked = load("colleagues", SMALL / "sales_teams.csv", map=toml, dry_run=True)
    assert (told(checked), everything()) == (numbers(rows=4, created=1, updated=3), before)
    result = load("colleagues", SMALL / "sales_teams.csv", map=toml)
    assert told(result) == numbers(rows=4, created=1, updated=3)
    assert result.also_created == {"teams": 2, "users": 1}
    assert members() == {
        "Agent One": ("seller", "North"),
        "Agent Two": ("manager", "North"),
        "agent three": ("seller", "South"),
        "Agent Four": ("seller", "South"),
        "Manager One": ("manager", "South"),
    }
    assert not User.objects.exclude(is_active=False, email=None, password="!").exists()
    assert dict(Deal.objects.exclude(owner=None).values_list("external_id", "team__name")) == {
        "AAAA0001": "North", "AAAA0002": "Elsewhere", "AAAA0003": "North", "AAAA0004": "North", "AAAA0005": "South",
        "AAAA0006": "South", "AAAA0007": "North", "AAAA0008": "North",
    }  # fmt: skip
    assert told(load("colleagues", SMALL / "sales_teams.csv", map=toml)) == numbers(rows=4, unchanged=4)
    load.take_back()
    load.take_back(-2)
    assert everything() == before


def test_the_same_colleague_by_email_and_by_name(load: Importer) -> None:
    User.objects.create(full_name="ba@example.com", role="seller", is_active=False)
    User.objects.create(full_name="Cù Thị Chín", email="chin@example.com", role="administrator")
    content = (
        "name,email,role,team,part of,manager\n"
        "Phạm Ba,BA@example.com,Quản lý,Bắc,Việt Nam,chin@example.com\n"
        "phạm ba,,,,,\n"
        ",chin@example.com,,Bắc,,\n"
        "Cù Thị Chín,other@example.com,viewer,,,\n"
    )
    assert told(load("colleagues", content)) == numbers(rows=4, created=1, updated=3)
    assert members()["phạm ba"] == ("manager", "Bắc")
    assert User.objects.get(email="ba@example.com").full_name == "phạm ba"
    chin = User.objects.get(email="chin@example.com")
    assert (chin.role, chin.team.name, chin.is_active) == ("administrator", "Bắc", True)  # type: ignore[union-attr]
    assert Team.objects.get(name="Bắc").parent == Team.objects.get(name="Việt Nam")
    assert told(load("colleagues", content)) == numbers(rows=4, unchanged=4)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("name,team,part of\nX,North,south\nY,South,North\n", "ring"),
        ("name,team,part of\nX,North,North\n", "ring"),
        ("name,part of\nX,North\n", "missing"),
        ("name,role\nX,emperor\n", "bad_role"),
        ("name,role\nHere Already,manager\n", "role_of_user"),
        ("name,manager\nX,Twin\n", "ambiguous"),
        ("name\nTwin\n", "ambiguous"),
        ("name,email\n,\nX,nowhere\n", "bad_email"),
        ("name,team\nX," + "N" * 121 + "\n", "too_long"),
    ],
)
def test_what_is_rejected(load: Importer, content: str, code: str) -> None:
    User.objects.create(full_name="Here Already", email="here@example.com", role="seller")
    for _each in range(2):
        User.objects.create(full_name="Twin", is_active=False)
    before = everything()
    result = load("colleagues", content)
    assert {problem.code for problem in result.problems} == {code}
    assert everything() == before
    kept = load("colleagues", content + ("Good,,\n" if content.count(",") > 3 else "Good,\n"), keep_good=True)
    assert (kept.created, kept.loaded) == (1, True)
    assert Team.objects.count() == 0


def test_roles_are_those_that_there_are(load: Importer) -> None:
    for code, name in (("tro-ly", "Trợ lý"), ("sales", "Sales"), ("kho", "Kho"), ("kho-2", "Khó")):
        Role.objects.create(code=code, name=name, position=9)
    said = {"A": "trợ lý", "B": "TRO LY", "C": "tro-ly", "D": "Sales", "E": "Nhân viên bán hàng", "F": "salesperson",
            "G": "Khó", "H": "kinh doanh"}  # fmt: skip
    load("colleagues", "name,role\n" + "".join(f"{name},{role}\n" for name, role in said.items()))
    assert {name: role for name, (role, _team) in members().items()} == {
        "A": "tro-ly", "B": "tro-ly", "C": "tro-ly", "D": "sales", "E": "seller", "F": "seller", "G": "kho-2",
        "H": "seller",
    }  # fmt: skip
    [problem] = load("colleagues", "name,role\nI,emperor\n").problems
    with translation.override("en"):
        told = sentence(problem)
    assert told.startswith("“emperor” is no role here; write one of: Administrator, Manager, Salesperson")
    assert told.endswith("Kho, Khó, Sales, Trợ lý")
    assert [one.code for one in load("colleagues", "name,role\nI,khỏ\n").problems] == ["bad_role"]


def test_what_happened_since_is_not_undone(load: Importer) -> None:
    load("deals", "id,owner\n1,Agent One\n")
    load("colleagues", "name,team\nAgent One,North\n")
    User.objects.update(is_active=True, email="one@example.com", password="secret")
    with pytest.raises(undo.CannotUndo):
        load.take_back()
    assert User.objects.get().team.name == "North"  # type: ignore[union-attr]
