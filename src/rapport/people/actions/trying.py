"""What a merge, or taking one back, would do: it is done and rolled back, so that what is told is what will happen."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from rapport.core.moving import Changes, Left
from rapport.identity.models import User
from rapport.people.actions.merging import merge_companies, merge_people
from rapport.people.actions.unmerging import undo_merge
from rapport.people.models import Merge, Person


def try_merge(*, kept: Any, gone: Any, by: User, at: datetime, take: Collection[str] = ()) -> dict[str, Changes]:
    """What merging the two as they are now would do, by model. Raises what the merge would raise."""
    act = merge_people if isinstance(kept, Person) else merge_companies
    with transaction.atomic():
        act(kept=kept, gone=gone, versions=(kept.version, gone.version), by=by, at=at, take=take)
        merge = Merge.objects.filter(kept_id=kept.pk, gone_id=gone.pk).latest("pk")
        found = {label: Changes.from_json(each) for label, each in merge.changes.items()}
        transaction.set_rollback(True)
    return found


def try_undo(*, merge: Merge, kept: Any, by: User, at: datetime) -> Left:
    """What taking a merge back would do now. Raises what it would raise."""
    with transaction.atomic():
        left = undo_merge(merge=merge, version=kept.version, by=by, at=at)
        transaction.set_rollback(True)
    return left
