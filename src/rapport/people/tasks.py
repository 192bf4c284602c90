"""Jobs of people: the search for twins, archives for those who ask for their data, erasures."""

import logging
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from rapport.core import audit, clock
from rapport.core.acting import acting
from rapport.identity.models import User
from rapport.people import twins
from rapport.people.models import OF_KIND, PrivacyRequest
from rapport.people.privacy import archive, erasing, requests

logger = logging.getLogger(__name__)
Step = PrivacyRequest.Step


@transaction.atomic
def ask_for_twins(*, kind: str, at: datetime) -> bool:
    """Have the worker look for twins; False where that waits already."""
    if not twins.ask(kind=kind, at=at):
        return False
    find_twins.defer(kind=kind)
    return True


@app.task(lock="twins")
def find_twins(kind: str) -> None:
    """Look through the whole base for pairs of a kind."""
    twins.search(kind=kind, at=clock.now())


@app.periodic(cron="35 2 * * *")
@app.task(queueing_lock="find_all_twins", lock="twins")
def find_all_twins(timestamp: int) -> None:
    """Every night."""
    for kind in OF_KIND:
        twins.search(kind=kind, at=clock.now())


@transaction.atomic
def ask_for_archive(*, request: PrivacyRequest, version: int, by: User, at: datetime) -> None:
    """Have the worker make the archive of a person's data; whoever asks may fetch it. Raises ChangedByAnother."""
    request = requests.locked(request, version)
    _wait(request, "people.privacy_archive_asked", by=by, at=at)
    make_archive.defer(request_id=request.pk)


@transaction.atomic
def ask_for_erasure(*, request: PrivacyRequest, version: int, names_too: bool, by: User, at: datetime) -> None:
    """Have the worker erase the person of a request. Raises ChangedByAnother."""
    request = requests.locked(request, version)
    request.names_too = names_too
    _wait(request, "people.privacy_erasure_confirmed", by=by, at=at)
    erase_person.defer(request_id=request.pk)


def _wait(request: PrivacyRequest, code: str, *, by: User, at: datetime) -> None:
    request.step, request.asked_by = Step.WAITING, by
    request.version += 1
    request.save()
    audit.record(code, target=request, by=by, at=at)


@app.task(lock="privacy")
def make_archive(request_id: int) -> None:
    """Make the archive that was asked for."""
    request = _waiting(request_id)
    if request is None:
        return
    try:
        name = archive.build(request=request, at=clock.now())
    except Exception:
        PrivacyRequest.objects.filter(pk=request_id).update(step=Step.FAILED)
        raise
    archive.hand_over(request=request, name=name, at=clock.now())


@app.task(lock="privacy")
def erase_person(request_id: int) -> None:
    """Erase the person that was asked for; a job that runs twice finds nobody the second time."""
    request = _waiting(request_id)
    if request is None:
        return
    try:
        with acting(user_id=request.asked_by_id):
            erasing.erase(request=request, by=request.asked_by, at=clock.now())
    except Exception:
        PrivacyRequest.objects.filter(pk=request_id).update(step=Step.FAILED)
        raise
    logger.info("The person of privacy request %s is erased.", request_id)


def _waiting(request_id: int) -> PrivacyRequest | None:
    found = PrivacyRequest.objects.select_related("asked_by").filter(pk=request_id, step=Step.WAITING)
    return found.filter(person__isnull=False).first()


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="forget_archives")
def forget_archives(timestamp: int) -> None:
    """Every hour: archives whose days are over go."""
    archive.forget_old(at=clock.now())
