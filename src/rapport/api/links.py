"""How operations lead to one another, said in the document: what one answers is the number that the next one takes."""

from collections.abc import Iterator
from typing import Any

from rapport.api.operations import SPECS

Operation = dict[str, Any]
ROOT = "/api/v1"
# Where what is made below a deal is found by itself.
ELSEWHERE = {
    "/deals/{id}/committee": "/participants",
    "/deals/{id}/committee/lines": "/committee-lines",
    "/deals/{id}/criteria": "/criteria",
    "/deals/{id}/rivals": "/rivals",
    "/deals/{id}/requirements": "/requirements",
    "/deals/{id}/documents": "/documents",
    "/deals/{id}/tender-documents": "/tender-documents",
    "/deals/{id}/quotes": "/quotes",
    "/quotes/{id}/revise": "/quotes",
    "/webhooks/{id}/test": "/webhook-deliveries",
    "/webhooks/{id}/deliveries": "/webhook-deliveries",
}
# What belongs to one object alone has its number behind the number of that.
PART = "{file}"
# What asks a list anew with what another one names: the list, and the parameter.
ASKED_BY = {"/views": ("list_people", "view")}


def add_links(document: dict[str, Any]) -> None:
    """Link what makes or lists objects with everything that can be done with one of them."""
    paths = {path.removeprefix(ROOT): methods for path, methods in document["paths"].items()}
    for path, methods in paths.items():
        for method, told in methods.items():
            base = ELSEWHERE.get(path, path)
            found = dict(_with_one(paths, base, found_at=_place(told, method)))
            found |= dict(_asked_by(path, found_at=_place(told, method)))
            found |= dict(_with_part(paths, path, found_at=_place(told, method)))
            if found:
                told["responses"][SPECS[told["operationId"]].status]["links"] = found


def _place(told: Operation, method: str) -> str:
    """Where in the answer the number stands; empty where it has none."""
    status = SPECS[told["operationId"]].status
    if method == "get":
        return "/items/0/id"
    return "/id" if method == "post" and status == 201 else ""


def _asked_by(path: str, *, found_at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The link to the list that takes the number as a parameter."""
    if path in ASKED_BY and found_at:
        operation, parameter = ASKED_BY[path]
        yield operation, {"operationId": operation, "parameters": {f"query.{parameter}": f"$response.body#{found_at}"}}


def _with_part(paths: dict[str, Any], base: str, *, found_at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The links to all operations on one part of the object in the address."""
    for path, methods in paths.items():
        if found_at and path.startswith(f"{base}/{PART}"):
            for told in methods.values():
                parameters = {"path.id": "$request.path.id", "path.file": f"$response.body#{found_at}"}
                yield told["operationId"], {"operationId": told["operationId"], "parameters": parameters}


def _with_one(paths: dict[str, Any], base: str, *, found_at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The links to all operations on one object of a list."""
    if not found_at:
        return
    for path, methods in paths.items():
        is_of_one = path == f"{base}/{{id}}" or path.startswith(f"{base}/{{id}}/")
        if not is_of_one or PART in path:
            continue
        for told in methods.values():
            parameters = {"path.id": f"$response.body#{found_at}"}
            if 428 in SPECS[told["operationId"]].errors:
                parameters["header.If-Match"] = "*"
            yield told["operationId"], {"operationId": told["operationId"], "parameters": parameters}
