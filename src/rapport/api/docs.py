"""The documentation of the API in our frame, made from the document itself; every operation can be tried out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET
from pydantic_core import to_json

from rapport.api.app import api
from rapport.api.openapi import document
from rapport.api.operations import SPECS
from rapport.api.problems import KINDS, PREFIX

LONG = ("post", "patch", "put")
# What operations are about, in words of the page; the document itself is English.
TAGS: dict[str, str | Promise] = {
    "Bulk": _("Many at once"), "Buying committees": _("Buying committees"), "Companies": _("Companies"),
    "Company links": _("Links between companies"), "Contact points": _("Contact points"),
    "Criteria and rivals": _("Criteria and rivals"), "Deals": _("Deals"), "Documents": _("Documents of deals"),
    "Files": _("Files"), "History": pgettext_lazy("record", "History"),
    "House": _("Users, teams and settings"), "Imports": _("Imports"),
    "Metrics": _("Metrics"), "Orders": _("Orders"), "People": _("People"), "Pipelines": _("Pipelines"),
    "Posts": _("Posts"), "Products": _("Products"), "Quotes": _("Quotes"),
    "Requirements": _("Requirements"), "Segments": _("Segments"), "Tasks": _("Tasks"), "Timelines": _("Timelines"),
    "Views": _("Views"), "Webhooks": _("Webhooks"),
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One parameter: `place` is path, query or header."""

    name: str
    place: str
    is_needed: bool
    description: str | SafeString
    kind: str


@dataclass(frozen=True)
class Told:
    """One operation as the page shows it; `takes` is json, or file or form for one that takes a file."""

    name: str
    method: str
    path: str
    summary: str
    description: str | SafeString
    scope: str
    parameters: list[Parameter]
    takes: str
    has_filters: bool
    sent: str
    sent_fields: list[Parameter]
    answer: str
    status: str
    errors: list[str]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All operations by what they are about."""
    from_api = document(request, api)
    groups: dict[str, list[Told]] = {}
    for path, methods in from_api["paths"].items():
        for method, told in methods.items():
            groups.setdefault(told["tags"][0], []).append(_told(path, method, told, from_api))
    problems = [(PREFIX + code, status, title) for code, (status, title) in KINDS.items()]
    told = [(tag, TAGS.get(tag, tag), groups[tag]) for tag in sorted(groups)]
    context = {"groups": told, "problems": problems, "root": request.build_absolute_uri("/api/v1")}
    return render(request, "apidocs/page.html", context)


def _told(path: str, method: str, told: dict[str, Any], whole: dict[str, Any]) -> Told:
    spec = SPECS[told["operationId"]]
    good = next(status for status in told["responses"] if int(status) < 400)
    answer = told["responses"][good].get("content", {}).get("application/json", {}).get("example")
    sent = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Told(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        description=_marked(told["description"].partition("\n\nScope:")[0]),
        scope=told["x-scope"],
        parameters=[_parameter(each) for each in told["parameters"]],
        takes=spec.takes,
        has_filters=spec.open_query,
        sent=_pretty(sent.get("example", {})) if method in LONG and sent else "",
        sent_fields=list(_fields(sent.get("schema", {}), whole)),
        answer="" if answer is None else _pretty(answer),
        status=str(good),
        errors=[str(status) for status in told["responses"] if int(status) >= 400],
    )


def _parameter(each: dict[str, Any]) -> Parameter:
    kind = _kind(each["schema"]).removesuffix(" | null")
    return Parameter(
        each["name"], each["in"], bool(each.get("required")), _marked(each.get("description", "")), kind
    )  # fmt: skip


def _fields(schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[Parameter]:
    """The fields of what is sent; of rows those of a row."""
    schema = _followed(schema, whole)
    needed = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield Parameter(name, "body", name in needed, _marked(field.get("description", "")), _kind(field))
        if field.get("type") == "array" and "$ref" in field.get("items", {}):
            for inner in _fields(field["items"], whole):
                yield Parameter(f"{name}[].{inner.name}", "body", inner.is_needed, inner.description, inner.kind)


def _followed(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema
    if "$ref" in schema:
        found = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _kind(schema: dict[str, Any]) -> str:
    """The type in one word or two: `text`, `number or null`."""
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    return str(schema.get("format") or schema.get("type") or "object")


def _marked(text: str) -> SafeString:
    """Text of ours whose `code` is shown as such."""
    pieces = enumerate(text.split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", each) if at % 2 else each,) for at, each in pieces)
    )


def _pretty(example: Any) -> str:
    return json.dumps(json.loads(to_json(example)), indent=2, ensure_ascii=False)
