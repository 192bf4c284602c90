"""Which column of a file is which field: guessed from the header, written in TOML, or chosen on a page."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.core.text import words
from rapport.fields.definitions import PREFIX
from rapport.imports.fields import NEEDS_ONE_OF, TARGETS, Field, Kind, fields_of
from rapport.imports.own import inside, refused
from rapport.imports.readers.source import one_line

SECTIONS = ("columns", "constants", "formats", "key", "values", "stages")
# What `strptime` of DuckDB knows.
_BAD_DIRECTIVE = re.compile(r"%(?!-?[aAbBdmyYHIpMSfgjnzZ])")
_NUMBER_EXAMPLE = re.compile(r"[0-9][0-9.,\s'’]*")


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


def guess(target: str, header: list[str], *, own: Sequence[Field] = ()) -> Mapping:
    """The fields whose own name or usual name a column has; a field's own name beats the usual ones.

    `own` are the fields that the company added to the target; they come last.
    """
    fields = (*TARGETS[target], *own)
    by_words: dict[str, str] = {}
    for column in header:
        by_words.setdefault(" ".join(words(column)), column)
    columns: dict[str, str] = {}
    for one in fields:
        name = " ".join(words(one.name))
        if name in by_words:
            columns[one.name] = by_words[name]
    for one in fields:
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
    if strange := sorted(set(data) - set(SECTIONS)):
        raise BadMapping(_("The mapping file has an unknown section: %(names)s") % {"names": ", ".join(strange)})
    parts = {name: _section(data, name) for name in SECTIONS}
    return Mapping(
        columns=_columns(parts["columns"], target),
        constants={_field(name, target): str(value) for name, value in parts["constants"].items()},
        formats={_field(name, target): str(value) for name, value in parts["formats"].items()},
        key=[one_line(name) for name in _names(parts["key"].get("columns", []), "key")],
        values={_field(name, target): _texts(table, name) for name, table in parts["values"].items()},
        stages={status: _names(names, f"stages.{status}") for status, names in parts["stages"].items()},
    )


def _section(data: dict[str, Any], name: str) -> dict[str, Any]:
    """One table of the file; `key` may also be a mere list. Raises BadMapping."""
    found = data.get(name, {})
    if name == "key" and isinstance(found, list):
        found = {"columns": found}
    if not isinstance(found, dict):
        raise BadMapping(_("The section [%(name)s] of the mapping file has not the right form.") % {"name": name})
    if name == "stages" and (strange := sorted(set(found) - {"open", "won", "lost"})):
        raise BadMapping(_("The mapping file has an unknown section: %(names)s") % {"names": f"stages.{strange[0]}"})
    return found


def _columns(section: dict[str, Any], target: str) -> dict[str, str]:
    """Field -> source column. Raises BadMapping where two columns claim one field."""
    columns: dict[str, str] = {}
    for column, meant in section.items():
        for name in _names([meant] if isinstance(meant, str) else meant, f"columns.{column}"):
            field = _field(name, target)
            if field in columns:
                raise BadMapping(_("Two columns are matched with “%(field)s”; one can be.") % {"field": field})
            columns[field] = one_line(column)
    return columns


def _names(found: Any, section: str) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise BadMapping(_("The section [%(name)s] of the mapping file has not the right form.") % {"name": section})
    return found


def _texts(table: Any, section: str) -> dict[str, str]:
    if not isinstance(table, dict):
        raise BadMapping(_("The section [%(name)s] of the mapping file has not the right form.") % {"name": section})
    return {unicodedata.normalize("NFC", str(written).strip()): str(meant) for written, meant in table.items()}


def _field(name: str, target: str) -> str:
    """`deals.stage` or `stage`, as the field's own name. Raises BadMapping."""
    prefix, _dot, bare = name.rpartition(".")
    if prefix in ("custom", f"{target}.custom"):
        # Whether there is one is seen when the file is read, by whom it is read.
        return inside(f"{PREFIX}{bare}")
    if prefix not in ("", target) or bare not in fields_of(target):
        raise BadMapping(
            _("“%(name)s” is no field of %(target)s. Its fields are: %(fields)s")
            % {"name": name, "target": target, "fields": ", ".join(fields_of(target))}
        )
    return bare


def check(mapping: Mapping, *, target: str, header: list[str], own: Sequence[Field] = ()) -> None:
    """Raises BadMapping where a column is not in the file or a field without which no row makes sense is missing.

    Also where a field is named that the target does not have; of own fields it has those of `own`.
    """
    known = fields_of(target) | {one.name: one for one in own}
    if strange := sorted({*mapping.columns, *mapping.constants, *mapping.formats, *mapping.values} - set(known)):
        raise BadMapping(refused(strange))
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
        raise BadMapping(_("At least one of these must be matched: %(fields)s") % {"fields": ", ".join(needed)})
    for name, pattern in mapping.formats.items():
        _check_format(known[name], pattern)


def _check_format(field: Field, pattern: str) -> None:
    """Raises BadMapping for a format that its field has none of, or that nobody can read."""
    if field.kind in (Kind.DATE, Kind.INSTANT):
        good = "%" in pattern and not _BAD_DIRECTIVE.search(pattern.replace("%%", ""))
    else:
        good = field.kind in (Kind.NUMBER, Kind.INTEGER) and _NUMBER_EXAMPLE.fullmatch(pattern) is not None
    if not good:
        raise BadMapping(
            _("“%(format)s” is no format for %(field)s: write %%d/%%m/%%Y for a day, 1.234,56 for a number.")
            % {"format": pattern, "field": field.name}
        )
