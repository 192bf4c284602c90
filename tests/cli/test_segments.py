"""`rapport segments`: what it prints, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rapport.cli import segments
from rapport.core.errors import RapportError
from rapport.segments.models import Segment
from tests.factories import make_person

pytestmark = pytest.mark.django_db
VIP = {"all": [{"field": "tags", "is": "any_of", "value": ["vip"]}]}


def run(*arguments: object, **more: Any) -> Result:
    """`rapport segments …`"""
    return CliRunner().invoke(segments.app, [str(argument) for argument in arguments], **more)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A rule in a file."""
    path = tmp_path / "dear.json"
    path.write_text(json.dumps(VIP), encoding="utf-8")
    return path


def test_from_a_file_to_its_people(file: Path) -> None:
    make_person(full_name="Hoa", external_id="C-1", tags=["vip"])
    make_person()
    assert run("count", file).stdout == "1\n"
    done = run("create", file, "--about", "For calls")
    assert done.exit_code == 0, done.output
    assert "1 people" in done.stdout
    segment = Segment.objects.get()
    assert (segment.name, segment.about, segment.rule) == ("dear", "For calls", VIP)
    [told] = json.loads(run("list", "--json").stdout)
    assert (told["name"], told["people"], told["rule"]) == ("dear", 1, VIP)
    assert json.loads(run("show", "dear").stdout) == json.loads(run("show", segment.pk).stdout) == told
    make_person(tags=["vip"])
    [again] = json.loads(run("refresh", "--json").stdout)
    assert (again["people"], again["entered"], again["left"]) == (2, 1, 0)
    assert "everyone" in run("refresh", "dear", "--full").stdout
    head, row, *_more = run("export", "dear").stdout.splitlines()
    assert (head[:11], row[:7]) == ("external_id", "C-1,Hoa")
    assert "dear" in run("list").stdout


def test_a_rule_from_the_terminal() -> None:
    make_person(tags=["vip"])
    assert run("count", "-", input=json.dumps(VIP)).stdout == "1\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("show", "nobody"), "There is no segment “nobody”"),
        (("export", "99999999999999999999"), "There is no segment"),
        (("refresh", "nobody"), "There is no segment"),
        (("count", "nowhere.json"), "cannot be read"),
        (("create", "{bad}"), "there is no field “x”"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], complaint: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"all": [{"field": "x"}]}', encoding="utf-8")
    done = run(*(argument.format(bad=bad) for argument in arguments))
    assert done.exit_code == 1
    assert isinstance(done.exception, RapportError)
    assert complaint in str(done.exception)
    assert not Segment.objects.exists()
