"""The rules of the house that a machine can hold: sizes, shapes, and which way things point."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model

from tests.telling import listed

ROOT = Path(__file__).resolve().parent.parent
CODE = ("src", "tests", "tools", "benchmarks")
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
MOST_PARAMETERS = 5
DEEPEST_NESTING = 3
LONGEST_BEHAVIOUR = 150
LOWEST_FIRST = (
    "core", "history", "identity", "fields", "people", "timeline", "commerce", "deals", "insight", "segments",
    "imports",
    "lists", "webhooks", "web", "config",
)  # fmt: skip
NESTING = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)
Function = ast.FunctionDef | ast.AsyncFunctionDef
UNWANTED = re.compile(
    r"registry\.npmjs|pypi\.org|pythonhosted|deb\.debian|registry\.yarnpkg|"
    + r"|".join(f"{folder}(?=/)" for folder in ("/work", "/opt/pypi", "/opt/wheels", "/home/[a-z]+", "/root"))
)


def tracked() -> list[Path]:
    """Every file that is, or is about to be, part of the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = found.stdout.splitlines() or [str(path.relative_to(ROOT)) for path in ROOT.glob("src/**/*.*")]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@cache
def python_files() -> list[Path]:
    """Our code, without migrations, whose shape Django decides."""
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions() -> Iterator[tuple[str, Function]]:
    """Every function with the place where it stands."""
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def test_files_are_short() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    found = [f"{path}: {count}" for path, count in lines.items() if count > LONGEST_FILE]
    assert not found, listed(found)


def test_functions_are_short() -> None:
    sizes = {place: (node.end_lineno or 0) - node.lineno + 1 for place, node in functions()}
    found = [f"{place}: {size}" for place, size in sizes.items() if size > LONGEST_FUNCTION]
    assert not found, listed(found)


def test_parameters_by_position_are_few() -> None:
    """Tests and commands are left out: theirs are fixtures and options, given by name."""
    counts = {
        place: len(node.args.posonlyargs) + len(node.args.args)
        for place, node in functions()
        if not node.name.startswith("test_") and not is_command(node)
    }
    found = [f"{place}: {count}" for place, count in counts.items() if count > MOST_PARAMETERS]
    assert not found, listed(found)


def is_command(node: Function) -> bool:
    """Whether the function is a command of the terminal."""
    return any("app.command" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_nesting_is_shallow() -> None:
    depths = {place: max((depth(child, 0) for child in node.body), default=0) for place, node in functions()}
    found = [f"{place}: {found}" for place, found in depths.items() if found > DEEPEST_NESTING]
    assert not found, listed(found)


def depth(node: ast.AST, above: int) -> int:
    """How many blocks lie inside one another; an `elif` is no deeper than its `if`; functions start anew."""
    if isinstance(node, Function | ast.ClassDef | ast.Lambda):
        return above
    here = above + isinstance(node, NESTING)
    deepest = here
    for name, value in ast.iter_fields(node):
        is_elif = name == "orelse" and isinstance(node, ast.If) and len(value) == 1 and isinstance(value[0], ast.If)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                deepest = max(deepest, depth(child, above if is_elif else here))
    return deepest


def test_no_signals_and_no_save_overrides() -> None:
    ours = [path for path in python_files() if "src" in path.parts]
    signals = [path for path in ours if re.search(r"django\.(dispatch|db\.models\.signals)", path.read_text("utf-8"))]
    assert not signals, listed(signals)
    found = [f"{path}: {name}" for path in ours for name in save_overrides(path)]
    assert not found, listed(found)


def save_overrides(path: Path) -> list[str]:
    """The classes of a `models` module that have a `save` or `delete` of their own."""
    if "models" not in path.parts and path.name != "models.py":
        return []
    classes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    return [
        node.name
        for node in classes
        if any(isinstance(part, Function) and part.name in ("save", "delete") for part in node.body)
    ]


def our_models() -> list[type[Model]]:
    """Every model of Rapport."""
    return [model for model in apps.get_models() if model.__module__.startswith("rapport.")]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_foreign_keys_to_other_apps_point_down_and_leave_no_name(model: type[Model]) -> None:
    for field in model._meta.get_fields():
        if not isinstance(field, ForeignKey) or isinstance(field.related_model, str):
            continue
        here, there = model._meta.app_label, field.related_model._meta.app_label
        if here == there or there not in LOWEST_FIRST:
            continue
        assert LOWEST_FIRST.index(there) < LOWEST_FIRST.index(here), f"{field} points up"
        assert field.remote_field.related_name == "+", f"{field} gives {there} a name of {here}"


def test_every_app_has_its_place_in_the_layers() -> None:
    ours = [config.label for config in apps.get_app_configs() if config.name.startswith("rapport.")]
    assert sorted(ours) == sorted(LOWEST_FIRST)


def test_packages_say_what_they_own() -> None:
    packages = [path for path in python_files() if path.name == "__init__.py" and "src" in path.parts]
    silent = [path for path in packages if path.parent.name != "templatetags" and not ast.get_docstring(tree(path))]
    assert not silent, listed(silent)


def test_no_file_names_a_registry_or_a_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in (".png", ".gz", ".xlsx", ".parquet", ".woff2") or path.name == Path(__file__).name:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in UNWANTED.finditer(text)]
    assert not found, listed(found)


def test_behaviours_are_small() -> None:
    sizes = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "frontend" / "src" / "behaviours").rglob("*.ts")
    }
    found = [path for path, size in sizes.items() if size > LONGEST_BEHAVIOUR]
    assert not found, listed(found)
