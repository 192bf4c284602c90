"""The OpenAPI 3.1 document: what ninja reads off the operations, and what all of them have in common."""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI

from rapport.api.links import add_links
from rapport.api.operations import SPECS, Spec
from rapport.api.problems import KINDS, MEDIA_TYPE, PREFIX

# What any operation can answer.
ALWAYS = (400, 401, 403, 429)
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details of RFC 9457. `type` never changes; the words follow Accept-Language.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "enum": [PREFIX + code for code in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string", "examples": ["rows.3.email"]},
                    "message": {"type": "string"},
                },
            },
        },
        "current": {"type": "object", "description": "At a conflict: the record as it is now."},
    },
    "examples": [
        {
            "type": PREFIX + "invalid",
            "title": "Some values are not valid",
            "status": 422,
            "errors": [{"field": "email", "message": "“an.example.com” is not an e-mail address."}],
        }
    ],
}
FURTHER = (
    " Further filters are those of the list pages, as their addresses write them: `province=Huế`,"
    " `revenue.at_least=1000`, `custom.tier=gold`."
)
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Any text of up to 255 characters; the same request with the same key is done once (24 hours).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "order-2026-0117",
}
MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The ETag of the record as it was read; needed unless the body says `version`.",
    "schema": {"type": "string", "pattern": '^(\\*|(W/)?"[0-9]{1,9}")$'},
    "example": '"3"',
}
FILE = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary", "description": "With its name."}},
                "additionalProperties": False,
            }
        }
    },
}
BODIES = {"file": FILE, "form": FORM}
LIMITS = {
    "RateLimit": {"description": "What is left of this minute.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "How many requests a minute.", "schema": {"type": "string"}},
}


class Api(NinjaAPI):
    """The API with a document that says all that is true of every operation."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """The document as a dictionary."""
        document = super().get_openapi_schema(**options)
        document["components"]["schemas"]["Problem"] = PROBLEM
        document["paths"] = {path.replace("{pk}", "{id}"): told for path, told in document["paths"].items()}
        for path, method, told in _told(document):
            complete(told, SPECS[told["operationId"]], path=path, method=method)
        add_links(document)
        return document

    def get_openapi_operation_id(self, operation: Any) -> str:
        """Every operation says its own."""
        return str(operation.operation_id)


def _told(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield path, method, told


def complete(told: dict[str, Any], spec: Spec, *, path: str, method: str) -> None:
    """Add to one operation: its scope, errors, headers, examples."""
    writes = method != "get"
    told["x-scope"] = spec.scope
    for each in told["parameters"]:
        if isinstance(each.get("examples"), list):
            # Ninja lifts a schema's own to where OpenAPI expects them by name.
            each["example"] = each.pop("examples")[0]
        if each["in"] == "path":
            each["name"] = "id" if each["name"] == "pk" else each["name"]
            if each["schema"].get("type") == "integer":
                each["schema"] = {"type": "integer", "minimum": 1}
    said = (told.get("description") or spec.summary) + (FURTHER if spec.open_query else "")
    told["description"] = f"{said}\n\nScope: `{spec.scope}`."
    told["security"] = [{"Token": [spec.scope]}, {"SignedIn": []}]
    if spec.takes in BODIES:
        told["requestBody"] = BODIES[spec.takes]
    elif writes:
        told["parameters"] = [*told.get("parameters", ()), KEY]
    if spec.gives:
        told["responses"][spec.status]["content"] = {spec.gives: {"schema": {"type": "string", "format": "binary"}}}
    if 428 in spec.errors:
        told["parameters"] = [*told["parameters"], MATCH]
    for status in sorted({*_errors(spec, path=path, writes=writes)}):
        told["responses"].setdefault(status, _problem(status))
    good = told["responses"][spec.status]
    good["headers"] = {**LIMITS, **good.get("headers", {})}
    for media in good.get("content", {}).values():
        if spec.example is not None:
            media["example"] = spec.example
    if spec.sent_example is not None:
        told["requestBody"]["content"]["application/json"]["example"] = spec.sent_example


def _errors(spec: Spec, *, path: str, writes: bool) -> Iterator[int]:
    yield from ALWAYS
    yield from spec.errors
    yield 422
    if "{" in path:
        yield 404
    if writes:
        yield from (409, 411, 413, 415)


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        told["headers"] = {**LIMITS, "Retry-After": {"schema": {"type": "integer"}}}
    return told


def document(request: HttpRequest, api: Api) -> dict[str, Any]:
    """The document with the address under which it was asked."""
    return _made_once(api) | {"servers": [{"url": request.build_absolute_uri("/").rstrip("/")}]}


@cache
def _made_once(api: Api) -> dict[str, Any]:
    return dict(api.get_openapi_schema())
