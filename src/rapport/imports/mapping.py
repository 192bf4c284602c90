"""Which column of a file is which field: guessed from the header, written in TOML, or chosen on a page."""

import tomllib
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.core.text import words
from rapport.imports.fields import TARGETS, fields_of


class BadMapping(RapportError):
    """The mapping names a column, field or section that is not there."""


@dataclass(frozen=True)
class Mapping:
    """How a file is read. Keys of `columns`, `constants`, `formats` and `values` are field names of the target.

    `columns`: field -> source column. `formats`: field -> strptime pattern, or a number written as an example
    (`1.234,56`). `key`: source columns that tell rows apart which have no id. `values`: field -> what is written
    in the file -> what is meant. `stages`: the order of a new pipeline's stages, by status.
    """

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    key: list[str] = field(default_factory=list)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    stages: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The mapping as it is stored."""
        return asdict(self)

    def uses(self, name: str) -> bool:
        """Whether the field gets a value at all."""
        return name in self.columns or name in self.constants


def from_json(stored: dict[str, Any]) -> Mapping:
    """The mapping as it was stored."""
    return Mapping(**{name: stored[name] for name in Mapping.__dataclass_fields__ if name in stored})


def guess(target: str, header: list[str]) -> Mapping:
    """The fields whose own name or usual name a column has; a field's own name beats the usual ones."""
    by_words = {}
    for column in header:
        by_words.setdefault(" ".join(words(column)), column)
    columns: dict[str, str] = {}
    for one in TARGETS[target]:
        own = " ".join(words(one.name))
        if own in by_words:
            columns[one.name] = by_words[own]
    for one in TARGETS[target]:
        if one.name in columns:
            continue
        names = (by_words.get(alias) for alias in one.aliases)
        free = [column for column in names if column and column not in columns.values()]
        if free:
            columns[one.name] = free[0]
    return Mapping(columns=columns)


def from_toml(text: str, *, target: str) -> Mapping:
    """A mapping file. Raises BadMapping with the section and the name that cannot be used."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(_("The mapping file is not TOML: %(error)s") % {"error": error}) from error
    known = {"columns", "constants", "formats", "key", "values", "stages"}
    if strange := sorted(set(data) - known):
        raise BadMapping(
            _("The mapping file has an unknown section: %(names)s") % {"names": ", ".join(strange)}
        )
    columns: dict[str, str] = {}
    for column, meant in data.get("columns", {}).items():
        for name in [meant] if isinstance(meant, str) else meant:
            columns[_field(name, target)] = column
    key = data.get("key", {})
    return Mapping(
        columns=columns,
        constants={_field(name, target): str(value) for name, value in data.get("constants", {}).items()},
        formats={_field(name, target): str(value) for name, value in data.get("formats", {}).items()},
        key=list(key.get("columns", [])) if isinstance(key, dict) else list(key),
        values={_field(name, target): _texts(table) for name, table in data.get("values", {}).items()},
        stages={status: list(names) for status, names in data.get("stages", {}).items()},
    )


def _texts(table: dict[str, Any]) -> dict[str, str]:
    return {str(written): str(meant) for written, meant in table.items()}


def _field(name: str, target: str) -> str:
    """`deals.stage` or `stage`, as the field's own name. Raises BadMapping."""
    prefix, _dot, bare = name.rpartition(".")
    if prefix not in ("", target) or bare not in fields_of(target):
        raise BadMapping(
            _("“%(name)s” is no field of %(target)s. Its fields are: %(fields)s")
            % {"name": name, "target": target, "fields": ", ".join(fields_of(target))}
        )
    return bare


def check(mapping: Mapping, *, target: str, header: list[str]) -> None:
    """Raises BadMapping where a column is not in the file or a field without which no row makes sense is missing."""
    for column in [*mapping.columns.values(), *mapping.key]:
        if column not in header:
            raise BadMapping(
                _("The file has no column “%(name)s”. Its columns are: %(columns)s")
                % {"name": column, "columns": ", ".join(header[:40])}
            )
    missing = [one.name for one in TARGETS[target] if one.required and not mapping.uses(one.name)]
    if missing:
        raise BadMapping(_("No column is matched with: %(fields)s") % {"fields": ", ".join(missing)})
    if not mapping.columns:
        raise BadMapping(_("None of the file's columns is matched with a field."))
    needed = NEEDS_ONE_OF.get(target, ())
    if needed and not any(mapping.uses(name) for name in needed) and not mapping.key:
        raise BadMapping(
            _("At least one of these must be matched: %(fields)s") % {"fields": ", ".join(needed)}
        )


NEEDS_ONE_OF = {
    "people": ("external_id", "full_name", "email", "phone"),
    "companies": ("name", "external_id"),
    "products": ("name", "external_id"),
    "deals": ("name", "external_id"),
}
