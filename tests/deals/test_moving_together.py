"""Two people at one deal at the same instant, in transactions of their own."""

from datetime import datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from rapport.core.errors import RapportError
from rapport.deals import actions
from rapport.deals.models import StageChange
from tests.factories import make_deal, make_pipeline, make_user


@pytest.mark.django_db(transaction=True)
def test_of_two_moves_at_once_one_is_told(at: datetime) -> None:
    pipeline, user = make_pipeline("New", "Demo", "Proposal"), make_user()
    deal = make_deal(pipeline=pipeline)
    begin, told = Barrier(2), []

    def move(name: str) -> None:
        to = pipeline.stages.get(name=name)
        begin.wait()
        try:
            actions.move(deal=deal, to=to, version=1, by=user, at=at)
            told.append("moved")
        except RapportError as error:
            told.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=move, args=(name,)) for name in ("Demo", "Proposal")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["MovedByAnother", "moved"]
    deal.refresh_from_db()
    assert (deal.version, StageChange.objects.filter(deal=deal).count()) == (2, 2)
