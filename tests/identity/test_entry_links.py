"""A one-time link signs one user in, once, for a day."""

from datetime import datetime, timedelta

import pytest

from rapport.identity import actions
from rapport.identity.models import EntryLink, RoleCode, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    """An administrator."""
    return User.objects.create_user(email="an@example.com", full_name="An", role=RoleCode.ADMINISTRATOR)


def test_it_gives_its_user_and_then_never_again(user: User, at: datetime) -> None:
    token = actions.make_entry_link(user=user, at=at)
    assert actions.use_entry_link(token=token, at=at + timedelta(hours=23)) == user
    with pytest.raises(actions.LinkUnusable):
        actions.use_entry_link(token=token, at=at + timedelta(hours=23))


def test_it_lasts_a_day(user: User, at: datetime) -> None:
    token = actions.make_entry_link(user=user, at=at)
    with pytest.raises(actions.LinkUnusable):
        actions.use_entry_link(token=token, at=at + timedelta(hours=24))


def test_a_made_up_token_opens_nothing(user: User, at: datetime) -> None:
    actions.make_entry_link(user=user, at=at)
    with pytest.raises(actions.LinkUnusable):
        actions.use_entry_link(token="made-up", at=at)
    assert not EntryLink.objects.exclude(used_at=None).exists()


def test_a_user_who_was_shut_out_stays_out(user: User, at: datetime) -> None:
    token = actions.make_entry_link(user=user, at=at)
    User.objects.update(is_active=False)
    with pytest.raises(actions.LinkUnusable):
        actions.use_entry_link(token=token, at=at)


def test_a_new_link_ends_the_one_before(user: User, at: datetime) -> None:
    first = actions.make_entry_link(user=user, at=at)
    second = actions.make_entry_link(user=user, at=at)
    with pytest.raises(actions.LinkUnusable):
        actions.use_entry_link(token=first, at=at)
    assert actions.use_entry_link(token=second, at=at) == user


def test_only_the_hash_is_kept(user: User, at: datetime) -> None:
    token = actions.make_entry_link(user=user, at=at)
    assert token not in str(EntryLink.objects.values().get())
