"""Answering htmx with the part of a page that changes, and everyone else with the whole page."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page, not for the whole of it when going back."""
    asked = request.headers.get("HX-Request") == "true"
    return asked and request.headers.get("HX-History-Restore-Request") != "true"


def whole_or_part(request: HttpRequest, whole: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """The page, or the part of it that a list shows anew; caches keep the two apart."""
    response = render(request, part if is_part(request) else whole, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent for a form; None where the form is only looked at."""
    return request.POST if request.method == "POST" else None


def version_of(text: str | None) -> int:
    """The version on which a form was opened, as it was sent (`5`, or `5-1234` of `web.seen`); 0, which no record has,
    where nothing sensible was sent: then someone else was quicker.
    """
    number = (text or "").partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


def leave_to(request: HttpRequest, address: str) -> HttpResponse:
    """To another page, also from what htmx asked or sent."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """Back to where the form stood: its field `next`, if that is an address of ours, else the default."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) and urlsplit(wanted).path:
        return redirect(wanted)
    return redirect(default)
