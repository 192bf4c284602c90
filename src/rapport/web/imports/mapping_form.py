"""The mapping page as data: what it shows of a mapping, and the mapping that it sends."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.imports import mapping as mappings
from rapport.imports.fields import NEEDS_ONE_OF, TARGETS, Field, Kind
from rapport.imports.labels import label
from rapport.imports.mapping import Mapping
from rapport.imports.models import Import
from rapport.imports.own import OwnField, every_field
from rapport.imports.queries import Sample, SampleColumn

# Every column shown is some fields of the form, of which Django takes a thousand.
MOST_COLUMNS = 180
DAYS = (Kind.DATE, Kind.INSTANT)
NUMBERS = (Kind.NUMBER, Kind.INTEGER)
NEVER_CONSTANT = frozenset(
    (
        "external_id",
        "full_name",
        "email",
        "phone",
        "name",
        "tax_id",
        "domain",
        "order",
        "product_name",
        "deal",
    )
)
DAY_FORMATS: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Find out")),
    ("%d/%m/%Y", "31/12/2026"),
    ("%d/%m/%Y %H:%M", "31/12/2026 14:30"),
    ("%m/%d/%Y", "12/31/2026"),
    ("%m/%d/%Y %H:%M", "12/31/2026 14:30"),
    ("%m/%d/%Y %I:%M %p", "12/31/2026 2:30 PM"),
    ("%d/%m/%y", "31/12/26"),
    ("%m/%d/%y", "12/31/26"),
    ("%Y-%m-%d", "2026-12-31"),
]
NUMBER_FORMATS: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Find out")),
    ("1.234,56", "1.234,56"),
    ("1,234.56", "1,234.56"),
]
DUPLICATES: list[tuple[str, str | Promise, str | Promise]] = [
    ("update", gettext_lazy("Update it"), gettext_lazy("A blank cell changes nothing.")),
    ("skip", gettext_lazy("Leave it as it is"), gettext_lazy("Only new records are made.")),
    ("create", gettext_lazy("Make a second record"), gettext_lazy("Where the ids do not forbid it.")),
]
UNKNOWN: list[tuple[str, str | Promise, str | Promise]] = [
    ("create", gettext_lazy("Make it"), gettext_lazy("With the name or id that the row gives.")),
    ("reject", gettext_lazy("Reject the row"), gettext_lazy("You mend it and load it again.")),
]
ENCODINGS = ("utf-8", "utf-16", "cp1258", "cp1252", "latin-1", "shift_jis", "gb18030")
DELIMITERS: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("Find out")), (",", gettext_lazy("Comma")), (";", gettext_lazy("Semicolon")),
    ("\\t", gettext_lazy("Tab")), ("|", gettext_lazy("Vertical bar")),
]  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A field of the target as the selects offer it."""

    name: str
    label: str
    required: bool
    group: str


@dataclass(frozen=True)
class Row:
    """A column of the file on the page. `chosen` are the fields it goes to, mostly one."""

    position: int
    column: SampleColumn
    chosen: list[str]
    day_format: str = ""
    number_format: str = ""
    replacements: str = ""

    @property
    def is_left(self) -> bool:
        """Whether the column is not loaded."""
        return self.chosen == [""]

    @property
    def has_own_day_format(self) -> bool:
        """Whether days are written in a way that the page does not offer."""
        return bool(self.day_format) and self.day_format not in [one[0] for one in DAY_FORMATS]

    @property
    def has_more(self) -> bool:
        """Whether what lies folded away holds anything."""
        return bool(self.day_format or self.number_format or self.replacements)


@dataclass
class Sent:
    """What the page sent: a mapping, options, and what cannot be done with them."""

    mapping: Mapping
    options: dict[str, Any]
    errors: list[str] = field(default_factory=list)


def choices(job: Import) -> list[Choice]:
    """The fields that a column can go to, the company's own behind the others."""
    return [Choice(one.name, labelled(job.target, one), one.required, _group(one)) for one in fields_for(job).values()]


def fields_for(job: Import) -> dict[str, Field]:
    """The fields of the job's target that whoever loads the file may fill in."""
    return every_field(job.target, by_id=job.by_id)


def labelled(target: str, one: Field) -> str:
    """What a field is called."""
    return one.label if isinstance(one, OwnField) else label(target, one.name)


def _group(one: Field) -> str:
    return "day" if one.kind in DAYS else "number" if one.kind in NUMBERS else "text"


def rows(shown: Mapping, sample: Sample) -> list[Row]:
    """The columns of the file with what the mapping does with each; of many the first and the matched."""
    used = set(shown.columns.values()) | set(shown.key)
    found = []
    for position, column in enumerate(sample.columns):
        if position >= MOST_COLUMNS and column.name not in used:
            continue
        chosen = [name for name, source in shown.columns.items() if source == column.name]
        formats = [shown.formats[name] for name in chosen if name in shown.formats]
        meant = next((shown.values[name] for name in chosen if name in shown.values), {})
        is_number = any(one[0] in formats for one in NUMBER_FORMATS[1:])
        found.append(
            Row(
                position=position,
                column=column,
                chosen=chosen or [""],
                day_format=_shown_day_format(column, chosen, [] if is_number else formats),
                number_format=formats[0] if is_number else "",
                replacements="\n".join(f"{written} = {sense}" for written, sense in meant.items()),
            )
        )
    return found


def _shown_day_format(column: SampleColumn, chosen: list[str], formats: list[str]) -> str:
    """How the days of a column are written: as chosen; of one not loaded yet, as its first values prove."""
    return formats[0] if formats else "" if chosen else column.date_format


def guessed(job: Import, sample: Sample) -> Mapping:
    """The mapping one starts from, with the formats of days that the first rows prove."""
    known = fields_for(job)
    own = [one for one in known.values() if isinstance(one, OwnField)]
    found = mappings.guess(job.target, sample.header, own=own)
    american = {column.name: column.date_format for column in sample.columns if column.date_format}
    formats = {
        name: american[column]
        for name, column in found.columns.items()
        if column in american and known[name].kind in DAYS
    }
    return replace(found, formats=formats)


def fitted(saved: Mapping, sample: Sample) -> tuple[Mapping, list[str]]:
    """A saved mapping as far as the file has its columns, and the columns that the file lacks."""
    header = set(sample.header)
    lacking = [name for name in [*saved.columns.values(), *saved.key] if name not in header]
    columns = {name: column for name, column in saved.columns.items() if column in header}
    kept = replace(saved, columns=columns, key=[name for name in saved.key if name in header])
    return kept, list(dict.fromkeys(lacking))


def constants(job: Import, shown: Mapping) -> list[dict[str, str]]:
    """The fields for which one value can be given for all rows."""
    return [
        {"name": one.name, "label": labelled(job.target, one), "value": shown.constants.get(one.name, "")}
        for one in fields_for(job).values()
        if one.name not in NEVER_CONSTANT or one.name in shown.constants
    ]


def read(post: QueryDict, *, job: Import, sample: Sample, before: Mapping) -> Sent:
    """The mapping and options of a sent page, and in words what is wrong with them."""
    known = fields_for(job)
    columns: dict[str, str] = {}
    formats: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    errors: list[str] = []
    for position, column in enumerate(sample.columns):
        for name in dict.fromkeys(post.getlist(f"column-{position}")):
            if name not in known:
                continue
            if name in columns:
                errors.append(_twice(job, name, columns[name], column.name))
                continue
            columns[name] = column.name
            if written := _format(post, position, known[name]):
                formats[name] = written
            if meant := _replacements(post.get(f"values-{position}", "")):
                values[name] = meant
    given = {name: post.get(f"constant-{name}", "").strip()[:300] for name in known}
    key = [name for name in post.getlist("key") if name in sample.header]
    found = Mapping(
        columns=columns, constants={name: value for name, value in given.items() if value}, formats=formats,
        key=key, values=values, stages=_stages(post) if job.target == "deals" else before.stages,
    )  # fmt: skip
    return Sent(found, options(post, job), errors + lacks(job, found))


def options(post: QueryDict, job: Import) -> dict[str, Any]:
    """How to load, of a sent page."""
    duplicates, unknown = post.get("duplicates", ""), post.get("unknown", "")
    given: dict[str, Any] = {
        "duplicates": duplicates if duplicates in {one[0] for one in DUPLICATES} else "update",
        "unknown": unknown if unknown in {one[0] for one in UNKNOWN} else "create",
        "keep_good": post.get("keep_good") == "1",
        "encoding": post.get("encoding", "").strip()[:40],
        "delimiter": post.get("delimiter", "")[:2],
        "sheet": post.get("sheet", "").strip()[:120],
    }
    return {**job.options, **given}


def lacks(job: Import, found: Mapping) -> list[str]:
    """What is missing before rows can make sense, in words."""
    missing = [one.name for one in TARGETS[job.target] if one.required and not found.uses(one.name)]
    if missing:
        return [_("Still to be matched: %(fields)s.") % {"fields": _labels(job, missing)}]
    needed = NEEDS_ONE_OF.get(job.target, ())
    if needed and not found.key and not any(found.uses(name) for name in needed):
        return [_("At least one of these must be matched: %(fields)s.") % {"fields": _labels(job, needed)}]
    return [] if found.columns else [_("None of the columns is matched yet.")]


def _labels(job: Import, names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(label(job.target, name) for name in names)


def _twice(job: Import, name: str, first: str, second: str) -> str:
    said = _("“%(field)s” is chosen for two columns, “%(first)s” and “%(second)s”. Choose one of them.")
    return said % {"field": label(job.target, name), "first": first, "second": second}


def _format(post: QueryDict, position: int, one: Field) -> str:
    """The way of writing days or numbers that was chosen for a column, where its field is of that kind."""
    if one.kind in DAYS:
        return post.get(f"days-{position}", "").strip()[:40]
    if one.kind in NUMBERS:
        return post.get(f"numbers-{position}", "").strip()[:40]
    return ""


def _replacements(text: str) -> dict[str, str]:
    """Lines of `written = meant`."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {written.strip(): meant.strip() for written, meant in pairs if written.strip()}


def _stages(post: QueryDict) -> dict[str, list[str]]:
    """The stages of a new pipeline by their state, in order."""
    found = {
        state: [name.strip() for name in post.get(f"stages-{state}", "").split(",") if name.strip()]
        for state in ("open", "won", "lost")
    }
    return {state: names for state, names in found.items() if names}
