"""Declaring an operation: what it is called, which scope and right it needs, what it answers; and its guard."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.decorators import decorate_view
from ninja.operation import Operation

from rapport.api import bodies, idempotency, limits, problems
from rapport.api.callers import ApiRequest, caller_of
from rapport.core import clock
from rapport.core.acting import Through, acting
from rapport.identity.access import Action, Kind
from rapport.identity.tokens import SCOPES

View = Callable[..., HttpResponse]


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One operation: its name (also of its URL), method and path, the scope of a token, the right of its user.

    `right` is what somebody needs to get more than a refusal; None where every colleague may. `errors` are the
    statuses it can answer beside those of every operation. `open_query` takes parameters by any name, for filters
    that the operation itself checks. One that `takes` a file, or a form with a file, reads the body itself and knows no
    idempotency key; one that `gives` another media type answers a file.
    """

    name: str
    method: str
    path: str
    scope: str
    right: tuple[Kind, Action] | None
    summary: str
    answers: Any
    status: int = 200
    example: Any = None
    sent_example: Any = None
    errors: tuple[int, ...] = ()
    open_query: bool = False
    takes: str = "json"
    gives: str = ""


SPECS: dict[str, Spec] = {}


def operation(router: Router, spec: Spec) -> Callable[[View], View]:
    """Put a view into the router as this operation.

    The view gets an `ApiRequest` and gives an HttpResponse (see `answers`); what it raises becomes a problem.
    """
    assert spec.scope in SCOPES, spec.scope
    assert spec.name not in SPECS or SPECS[spec.name] == spec, spec.name
    SPECS[spec.name] = spec

    def declare(view: View) -> View:
        guarded = decorate_view(lambda run: _guard(run, spec))(view)
        return router.api_operation(
            [spec.method],
            spec.path,
            response={spec.status: spec.answers},
            url_name=spec.name,
            operation_id=spec.name,
            summary=spec.summary,
        )(guarded)

    return declare


def _guard(run: Callable[..., HttpResponse], spec: Spec) -> Callable[..., HttpResponse]:
    """The run of an operation with everything before and after it that is the same for all."""
    of: Operation = run.__self__  # type: ignore[attr-defined]
    known = _parameters(of)

    def guarded(request: ApiRequest, **path: Any) -> HttpResponse:
        headers: dict[str, str] = {"Cache-Control": "private, no-store", "Vary": "Authorization, Accept-Language"}
        try:
            request.at = clock.now()
            if spec.takes == "form":
                # Looking for the token of a page reads a form to its end, so its size is looked at before that.
                bodies.check_form_size(request)
            request.caller = caller_of(request, at=request.at)
            quota = limits.count(request.caller.key, at=request.at)
            headers |= quota.headers
            limits.check(quota)
            request.caller.check_scope(spec.scope)
            bodies.check_length(request)
            if spec.takes == "json":
                bodies.check_body(request)
            bodies.check_query(request, known | frozenset(request.GET) if spec.open_query else known)
            with acting(user_id=request.caller.user.pk, through=Through.API, what=spec.name):
                if spec.takes == "json":
                    response = idempotency.once(
                        request, lambda: run(request, **path), caller=request.caller, at=request.at
                    )
                else:
                    response = run(request, **path)
        except Exception as error:
            response = answer_problem(request, error)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return guarded


def _parameters(operation: Operation) -> frozenset[str]:
    """The names of the query parameters that an operation has."""
    models = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return frozenset(name for model in models for name in getattr(model, "__ninja_flatten_map__", model.model_fields))


def answer_problem(request: HttpRequest, error: Any) -> HttpResponse:
    """The answer to a request that could not be fulfilled."""
    return problems.of(error, request).response()
