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
    "/deals/{id}/quotes": "/quotes",
    "/quotes/{id}/revise": "/quotes",
    "/webhooks/{id}/test": "/webhook-deliveries",
    "/webhooks/{id}/deliveries": "/webhook-deliveries",
}


def add_links(document: dict[str, Any]) -> None:
    """Link what makes or lists objects with everything that can be done with one of them."""
    paths = {path.removeprefix(ROOT): methods for path, methods in document["paths"].items()}
    for path, methods in paths.items():
        for method, told in methods.items():
            base = ELSEWHERE.get(path, path)
            found = dict(_with_one(paths, base, found_at=_place(told, method)))
            if found:
                told["responses"][SPECS[told["operationId"]].status]["links"] = found


def _place(told: Operation, method: str) -> str:
    """Where in the answer the number stands; empty where it has none."""
    status = SPECS[told["operationId"]].status
    if method == "get":
        return "/items/0/id"
    return "/id" if method == "post" and status == 201 else ""


def _with_one(paths: dict[str, Any], base: str, *, found_at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The links to all operations on one object of a list."""
    if not found_at:
        return
    for path, methods in paths.items():
        if path != f"{base}/{{id}}" and not path.startswith(f"{base}/{{id}}/"):
            continue
        for told in methods.values():
            parameters = {"path.id": f"$response.body#{found_at}"}
            if 428 in SPECS[told["operationId"]].errors:
                parameters["header.If-Match"] = "*"
            yield told["operationId"], {"operationId": told["operationId"], "parameters": parameters}
