"""Files of records: whoever sees the record sees them, whoever may change it adds them and puts them away."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from rapport.identity.access import Action, Kind
from tests.access.stand import Stand
from tests.access.table import Route, post

NO_SUCH_FILE: dict[str, Any] = {"answers": (404,)}


def paper(_stand: Stand) -> dict[str, Any]:
    """A file."""
    return {"file": SimpleUploadedFile("a.txt", b"Some words")}


def nothing(_stand: Stand) -> dict[str, Any]:
    """An empty body."""
    return {}


def of(word: str, kind: Kind, seen: Kind) -> list[Route]:
    """The routes of the files of one kind of record."""
    see: dict[str, Any] = {"right": (seen, Action.SEE), "seen": seen}
    edit: dict[str, Any] = {"right": (kind, Action.EDIT), "seen": seen}
    return [
        Route(name=f"files:{word}-page", args=word, **see),
        post(f"files:{word}-page", args=word, sent=paper, **edit),
        Route(name=f"files:{word}-file", args=f"{word} 999999", **see, **NO_SUCH_FILE),
        Route(name=f"files:{word}-preview", args=f"{word} 999999", **see, **NO_SUCH_FILE),
        post(f"files:{word}-put", args=f"{word} 999999", **edit, **NO_SUCH_FILE),
        Route(name=f"api:list_{word}_files", args=word, **see),
        # What is sent here is no form with a file; it is told so where files may be added.
        post(f"api:add_{word}_file", args=word, answers=(415,), **edit),
        Route(name=f"api:get_{word}_file", args=f"{word} {word}_file", **see),
        Route(name=f"api:get_{word}_file_content", args=f"{word} {word}_file", **see, **NO_SUCH_FILE),
        Route(name=f"api:remove_{word}_file", method="DELETE", args=f"{word} {word}_file", sent=nothing, **edit),
        post(f"api:restore_{word}_file", args=f"{word} {word}_file", **edit),
    ]


ROUTES = [
    *of("person", Kind.PERSON, Kind.PERSON),
    *of("company", Kind.COMPANY, Kind.COMPANY),
    *of("order", Kind.ORDER, Kind.ORDER),
    *of("interaction", Kind.INTERACTION, Kind.PERSON),
    Route(name="process:document-preview", right=(Kind.DEAL, Action.SEE), seen=Kind.DEAL, args="deal document",
          answers=(404,)),
]  # fmt: skip
