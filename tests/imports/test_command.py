"""`rapport import` and `rapport undo-import`: what they print, and how they end."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rapport.cli import import_, undo_import
from rapport.config import home
from rapport.core.errors import RapportError
from rapport.imports.models import Import, SavedMapping
from rapport.people.models import Person

GOOD = "Mã khách hàng,Họ và tên,Email\n1,An,a@x.vn\n2,Bình,\n"
BAD = GOOD + "3,Chi,nowhere\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file without mistakes."""
    path = tmp_path / "people.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    """`rapport import …`"""
    return CliRunner().invoke(import_.app, [str(argument) for argument in arguments])


def test_json_is_one_line_of_these_six(db: None, file: Path) -> None:
    done = run("people", file, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert list(said) == ["rows", "created", "updated", "unchanged", "rejected", "seconds"]
    assert (said["rows"], said["created"], said["rejected"]) == (2, 2, 0)
    assert done.stdout.count("\n") == 1


def test_rejected_rows_end_in_one_and_a_file(db: None, file: Path, tmp_path: Path) -> None:
    file.write_text(BAD, encoding="utf-8")
    rejects = tmp_path / "bad.csv"
    done = run("people", file, "--rejects", rejects)
    assert done.exit_code == 1
    assert "line 4: email: “nowhere” is not an e-mail address" in done.output
    assert "Nothing was loaded" in done.output
    assert "nowhere" in rejects.read_text(encoding="utf-8-sig")
    assert not Person.objects.exists()
    kept = run("people", file, "--keep-good", "--json")
    assert (kept.exit_code, json.loads(kept.stdout)["created"]) == (1, 2)
    assert Person.objects.count() == 2


def test_a_dry_run_says_so_and_loads_nothing(db: None, file: Path) -> None:
    done = run("people", file, "--dry-run")
    assert done.exit_code == 0
    assert "A dry run: nothing was loaded." in done.output
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["animals", "FILE"], "no target"),
        (["people", "nowhere.csv"], "no file"),
        (["people", "FILE", "--duplicates", "merge"], "--duplicates"),
        (["people", "FILE", "--unknown", "guess"], "--unknown"),
        (["people", "FILE", "--map", "nowhere.toml"], "no file nowhere.toml"),
        (["people", "FILE", "--mapping", "nowhere"], "no mapping"),
        (["orders", "FILE"], "placed_at"),
        (["people", "FILE", "--encoding", "ascii"], "ascii"),
        (["people", "FILE", "--rejects", "FILE"], "overwrite"),
        (["people", "FILE", "--rejects", "nowhere/bad.csv"], "folder"),
        (["people", "FILE", "--map", "LATIN"], "UTF-8"),
    ],
)
def test_what_cannot_be_done_is_said(db: None, file: Path, arguments: list[str], said: str) -> None:
    latin = file.with_suffix(".toml")
    latin.write_bytes("# é".encode("latin-1"))
    named = {"FILE": str(file), "LATIN": str(latin)}
    done = run(*[named.get(argument, argument) for argument in arguments])
    assert isinstance(done.exception, RapportError)
    assert said in str(done.exception)
    assert not Person.objects.exists()


def test_a_mapping_is_given_kept_and_used_by_name(db: None, file: Path, tmp_path: Path) -> None:
    toml = tmp_path / "map.toml"
    toml.write_text('[columns]\n"Mã khách hàng" = "people.external_id"\n', encoding="utf-8")
    assert run("people", file, "--map", toml, "--save-mapping", "Shop").exit_code == 0
    assert SavedMapping.objects.get().name == "Shop"
    assert json.loads(run("people", file, "--mapping", "Shop", "--json").stdout)["unchanged"] == 2
    assert set(Person.objects.values_list("full_name", flat=True)) == {""}


def test_an_import_is_undone_by_its_number(db: None, file: Path) -> None:
    done = run("people", file)
    number = Import.objects.get().pk
    assert f"rapport undo-import {number}" in done.output
    undone = CliRunner().invoke(undo_import.app, [str(number)])
    assert undone.exit_code == 0
    assert not Person.objects.exists()
    again = CliRunner().invoke(undo_import.app, [str(number)])
    assert isinstance(again.exception, RapportError)


def test_a_packed_file_leaves_nothing_unpacked(db: None, file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "people.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    before = set(home.folder("scratch").iterdir())
    assert run("people", packed).exit_code == 0
    assert run("people", packed, "--dry-run").exit_code == 0
    assert set(home.folder("scratch").iterdir()) == before
