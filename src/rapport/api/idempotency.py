"""Asking again changes nothing again: answers to requests with an `Idempotency-Key` are kept for a day.

Work and answer are written in one transaction, so that a process killed half-way leaves neither.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from rapport.api.callers import Caller
from rapport.api.problems import Problem
from rapport.identity.models import KeptAnswer
from rapport.identity.tokens import ANSWERS_KEPT

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def once(request: HttpRequest, work: Callable[[], HttpResponse], *, caller: Caller, at: datetime) -> HttpResponse:
    """Do the work, or answer what the same request was answered before.

    Raises Problem where the key was used for another request, or the first is still being worked on. Only answers
    below 500 are kept; what went wrong here may be asked again.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method in ("GET", "HEAD"):
        return work()
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Problem("bad-request", _("An idempotency key has 1 to 255 plain characters."))
    asked = _fingerprint(request)
    with transaction.atomic():
        if not _lock(f"{caller.key} {key}"):
            raise Problem("in-progress", _("Wait for the answer to the first request."), headers={"Retry-After": "1"})
        kept = KeptAnswer.objects.filter(owner=caller.key, key=key, at__gt=at - ANSWERS_KEPT).first()
        if kept is not None:
            return _again(kept, asked)
        response = work()
        if response.status_code < 500:
            _keep(response, owner=caller.key, key=key, asked=asked, at=at)
        else:
            transaction.set_rollback(True)
    return response


def _fingerprint(request: HttpRequest) -> str:
    asked = f"{request.method} {request.get_full_path()} {request.headers.get('If-Match', '')}\n".encode()
    return hashlib.sha256(asked + request.body).hexdigest()


def _lock(name: str) -> bool:
    """Whether nobody else works on the same; held until the end of the transaction."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _again(kept: KeptAnswer, asked: str) -> HttpResponse:
    if kept.asked != asked:
        raise Problem("key-used-otherwise", _("Use a new key for a new request."))
    response = HttpResponse(bytes(kept.body), status=kept.status, headers=kept.headers)
    response.headers[REPLAYED] = "true"
    return response


def _keep(response: HttpResponse, *, owner: str, key: str, asked: str, at: datetime) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    told = {"asked": asked, "status": response.status_code, "headers": headers, "body": response.content, "at": at}
    KeptAnswer.objects.update_or_create(owner=owner, key=key, defaults=told)
