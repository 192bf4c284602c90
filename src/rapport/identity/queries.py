"""What pages show of users, teams and the company's profile."""

from django.db.models import QuerySet

from rapport.identity.models import Organisation, Team, User


def organisation() -> Organisation:
    """The company's own profile, as yet unsaved on a new installation."""
    return Organisation.objects.filter(pk=1).first() or Organisation(pk=1)


def colleagues() -> QuerySet[User]:
    """Everyone who can be an owner, by name."""
    return User.objects.select_related("team").order_by("full_name", "pk")


def teams() -> QuerySet[Team]:
    """All teams, by name."""
    return Team.objects.select_related("parent").order_by("name")
