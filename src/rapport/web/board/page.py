"""What the board shows: its pipeline, its filters, its columns, and single cards anew after a move."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse

from rapport.core import clock
from rapport.deals import queries
from rapport.deals.models import Deal, Pipeline
from rapport.deals.queries import DealFilters, board
from rapport.identity.models import User
from rapport.identity.queries import colleagues, teams
from rapport.web.board import extras
from rapport.web.board.forms import BoardFilterForm


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an address of the board asks for; `pipeline` is None where the company has none yet."""

    form: BoardFilterForm
    pipeline: Pipeline | None
    filters: DealFilters
    sort: str


def asked(query: QueryDict, user: User) -> Asked:
    """Read the query of an address of the board; the first pipeline where none, or none of ours, is named."""
    pipelines = queries.pipelines()
    wanted = query.get("pipeline", "")
    chosen = next((each for each in pipelines if str(each.pk) == wanted), pipelines[0] if pipelines else None)
    data = query.copy()
    if chosen is not None:
        data["pipeline"] = str(chosen.pk)
    form = BoardFilterForm(data, user=user, pipelines=pipelines, colleagues=colleagues(), teams=list(teams()))
    if chosen is None:
        form.full_clean()
        return Asked(form=form, pipeline=None, filters=DealFilters(), sort="")
    filters = form.filters(pipeline=chosen, now=clock.now())
    return Asked(form=form, pipeline=chosen, filters=filters, sort=form.order)


def context(request: HttpRequest, user: User, query: QueryDict) -> dict[str, Any]:
    """The board as the query asks for it."""
    wanted = asked(query, user)
    found: dict[str, Any] = {"form": wanted.form, "pipeline": wanted.pipeline, "query": query, "columns": []}
    if wanted.pipeline is None:
        return found
    columns = board.board_columns(
        user=user, stages=board.board_stages(wanted.pipeline), filters=wanted.filters, sort=wanted.sort,
        now=clock.now(), today=clock.today(),
    )  # fmt: skip
    shown = [card.deal for column in columns for card in column.cards]
    return found | {
        "columns": columns,
        "lines": extras.lines(user, shown),
        "is_narrow": wanted.filters != DealFilters(pipeline=wanted.pipeline.pk),
        "here": quote(address_of(query)),
        "complaints": [error for errors in wanted.form.errors.values() for error in errors],
        "closed_days": board.CLOSED_DAYS,
    }


def column_context(user: User, query: QueryDict, stage_id: int) -> dict[str, Any] | None:
    """The further cards of one column; None where the board has no such column."""
    wanted = asked(query, user)
    stages = board.board_stages(wanted.pipeline) if wanted.pipeline else []
    stage = next((stage for stage in stages if stage.pk == stage_id), None)
    if stage is None:
        return None
    more = board.further_cards(
        user=user, stage=stage, filters=wanted.filters, sort=wanted.sort, cursor=query.get("cursor", ""),
        now=clock.now(), today=clock.today(),
    )  # fmt: skip
    shown = [card.deal for card in more.cards]
    return {
        "stage": stage,
        "cards": more.cards,
        "next_cursor": more.next_cursor,
        "lines": extras.lines(user, shown),
        "here": quote(address_of(query)),
    }


def moved_context(user: User, query: QueryDict, *, deal: Deal) -> dict[str, Any]:
    """The card of a deal that was moved."""
    known = board.cards([deal], user=user, now=clock.now(), today=clock.today())
    return {"cards": [known[deal.pk]], "lines": extras.lines(user, [deal]), "here": quote(address_of(query))}


def head_context(user: User, query: QueryDict, stage_id: int) -> dict[str, Any] | None:
    """The head of one column; None where the board has no such column."""
    wanted = asked(query, user)
    stages = board.board_stages(wanted.pipeline) if wanted.pipeline else []
    stage = next((stage for stage in stages if stage.pk == stage_id), None)
    if stage is None:
        return None
    [column] = board.board_sums(user=user, stages=[stage], filters=wanted.filters, now=clock.now())
    return {"column": column, "closed_days": board.CLOSED_DAYS}


def address_of(query: QueryDict) -> str:
    """The address of the board as the query asks for it."""
    asked_for = query.copy()
    for name in ("column", "cursor", "head"):
        asked_for.pop(name, None)
    return reverse("board:page") + (f"?{asked_for.urlencode()}" if asked_for else "")


def board_query(request: HttpRequest) -> QueryDict | None:
    """The query of the board from which htmx asks; None where it asks from another page."""
    address = urlsplit(request.headers.get("HX-Current-URL", ""))
    try:
        match = resolve(address.path)
    except Resolver404:
        return None
    return QueryDict(address.query) if match.view_name == "board:page" else None
