"""What goes in and out: schemas, sparse fields, one object with its version, a page of objects."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Literal, TypeVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import ConfigDict, GetCoreSchemaHandler
from pydantic_core import PydanticKnownError, core_schema, to_json

from rapport.api.callers import ApiRequest
from rapport.api.problems import FieldError, Problem
from rapport.fields import queries
from rapport.identity.access import Kind
from rapport.identity.models import User

Row = TypeVar("Row")
Item = TypeVar("Item")


class PlainValues:
    """JSON tells `true` from 1, and 0 from a day; pydantic takes them for one another, and here they are not."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """The schema of the class with that said of each of its numbers, days and instants."""
        found = handler(source)
        _look_first(handler.resolve_ref_schema(found))
        return found


def _look_first(schema: Any) -> None:
    """Put a look at what was sent before each such value in the schema; a class within it says it for itself."""
    for name, part in schema.items():
        if not isinstance(part, dict):
            continue
        if name in ("schema", "items_schema", "values_schema") and part.get("type") in _LOOKS:
            schema[name] = core_schema.no_info_before_validator_function(_LOOKS[part["type"]], part)
        elif name in ("fields", "schema", "items_schema", "values_schema") or part.get("type") == "model-field":
            _look_first(part)


def _number(kind: Literal["int_type", "float_type"]) -> Callable[[Any], Any]:
    def look(value: Any) -> Any:
        if value is True or value is False:
            raise PydanticKnownError(kind)
        return value

    return look


def _written(kind: Literal["date_type", "datetime_type"]) -> Callable[[Any], Any]:
    def look(value: Any) -> Any:
        # A number, also as a text, would be taken for the seconds since 1970.
        if isinstance(value, int | float) or (isinstance(value, str) and "-" not in value[1:]):
            raise PydanticKnownError(kind)
        return value

    return look


_LOOKS = {
    "int": _number("int_type"),
    "float": _number("float_type"),
    "date": _written("date_type"),
    "datetime": _written("datetime_type"),
}


class Sent(PlainValues, Schema):
    """What a caller sends: a field that it does not have is an error that names it."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields that were sent, and only those."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _id_alone_is_sure(schema: dict[str, Any]) -> None:
    """Any field but the id may be left out by `fields`."""
    schema["required"] = [name for name in schema.get("required", ()) if name == "id"]


class Shown(Schema):
    """What an object looks like outside. Every field is there, `null` where nothing is known, unless `fields` says."""

    model_config = ConfigDict(json_schema_extra=_id_alone_is_sure)


class Asked(Sent):
    """What every operation that shows objects can be asked."""

    fields: str | None = Field(
        None, description="Only these fields, separated by commas; `id` always comes along.", examples=["id,version"]
    )


class PageOf(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")


class Shape(Generic[Row]):
    """How one kind of object is read off its row: by its name there, or by a function.

    `custom` is for kinds that have custom fields: those that the user may see.
    """

    def __init__(self, shown: type[Shown], *, custom: Kind | None = None, **readers: Callable[[Row], Any]) -> None:
        self._custom = custom
        self._readers: dict[str, Callable[[Row], Any]] = {
            name: readers.get(name) or _attribute(name) for name in shown.model_fields
        }

    def names(self, fields: str | None) -> list[str]:
        """The fields asked for, in our order. Raises Problem that names unknown ones."""
        if fields is None:
            return list(self._readers)
        wanted = {name.strip() for name in fields.split(",")} - {""}
        unknown = sorted(wanted - set(self._readers))
        if unknown:
            message = _("There is no such field: %(name)s.")
            raise Problem("bad-request", errors=[FieldError("fields", message % {"name": name}) for name in unknown])
        return [name for name in self._readers if name in wanted or name == "id"]

    def of(self, row: Row, fields: str | None = None, *, user: User) -> dict[str, Any]:
        """The object as the user may see it."""
        return self.all([row], fields, user=user)[0]

    def all(self, rows: Iterable[Row], fields: str | None = None, *, user: User) -> list[dict[str, Any]]:
        """The objects as the user may see them."""
        readers = {name: self._readers[name] for name in self.names(fields)}
        if self._custom is not None and "custom" in readers:
            readers["custom"] = _own_fields(self._custom, user)
        return [{name: read(row) for name, read in readers.items()} for row in rows]


def _own_fields(kind: Kind, user: User) -> Callable[[Any], Any]:
    """Read the custom fields that the user may see."""
    codes = [each.code for each in queries.seen(user, kind)]

    def read(row: Any) -> Any:
        return {code: row.custom[code] for code in codes if code in row.custom}

    return read


def _attribute(name: str) -> Callable[[Any], Any]:
    """Read a column; text that says nothing is null."""

    def read(row: Any) -> Any:
        value = getattr(row, name)
        return None if value == "" else value

    return read


def answer(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Data as JSON: instants with their zone, exact numbers as text."""
    return HttpResponse(to_json(data), status=status, content_type="application/json", headers=dict(headers or {}))


def nothing() -> HttpResponse:
    """An answer without a body."""
    response = HttpResponse(status=204)
    del response.headers["Content-Type"]
    return response


def one(request: ApiRequest, shape: Shape[Any], row: Any, *, fields: str | None = None) -> HttpResponse:
    """One object, and its version as its ETag."""
    return answer(shape.of(row, fields, user=request.caller.user), headers=_etag(row))


def made(request: ApiRequest, shape: Shape[Any], row: Any, *, at: str | None = None) -> HttpResponse:
    """An object that was just made, and where it is from now on."""
    place = at or f"{request.path.rstrip('/')}/{row.pk}"
    shown = shape.of(row, user=request.caller.user)
    return answer(shown, status=201, headers=_etag(row) | {"Location": place})


def _etag(row: Any) -> dict[str, str]:
    version = getattr(row, "version", None)
    return {} if version is None else {"ETag": f'"{version}"'}
