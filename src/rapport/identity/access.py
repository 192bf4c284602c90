"""How far a user may go: the only place that decides, from the rights that their role holds as rows.

Lists narrow by `within` (through `visible_to`, `editable_by`, `within_reach` of the querysets), single records by the
doors in each app's `access.py`, which ask the same. Rights come with the user of a request and live as long as it.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from rapport.core.errors import NotAllowed
from rapport.identity.models import Team, User
from rapport.identity.rights import OFFERED, Action, Kind, Pair, Reach, Rights, effective, said

__all__ = [
    "Action",
    "Kind",
    "May",
    "Reach",
    "check_may_configure",
    "editable",
    "may",
    "may_add",
    "may_configure",
    "may_import",
    "may_refresh",
    "may_see_reports",
    "may_with",
    "owner_defaults",
    "reach",
    "reaches_all",
    "refusal",
    "rights_of",
    "teams_below",
    "visible",
    "within",
]


def rights_of(user: User) -> Rights:
    """Every right of the user's role and how far it really goes; nothing at all for one who may not sign in."""
    if not user.is_active:
        return {}
    held = user.held_role
    known: Rights | None = held.get("effective")
    if known is None:
        rows = {(row["kind"], row["action"]): Reach(row["reach"]) for row in held.get("rights", ())}
        known = held["effective"] = effective({pair: rows[pair] for pair in OFFERED if pair in rows})
    return known


def reach(user: User, kind: Kind, action: Action) -> Reach:
    """How far the user may go. A right that is not offered is an error of the program."""
    pair: Pair = (kind, action)
    assert pair in OFFERED, pair
    return rights_of(user).get(pair, Reach.NOTHING)


def may(user: User, kind: Kind, action: Action) -> bool:
    """Whether the user may do it with any record at all."""
    return reach(user, kind, action) is not Reach.NOTHING


def reaches_all(user: User, kinds: Iterable[Kind], *actions: Action) -> bool:
    """Whether the user may do all of it with every record of the kinds; what is not offered is no hindrance."""
    asked = ((kind, action) for kind in kinds for action in actions)
    return all(reach(user, *pair) is Reach.ALL for pair in asked if pair in OFFERED)


def within(user: User, kind: Kind, action: Action) -> Q:
    """The one narrowing: the records of this kind with which the user may do it.

    Own records, those of the team and the teams below it, all; and, as far as one may go at all, those that nobody
    has yet: neither an owner nor a team.
    """
    far = reach(user, kind, action)
    if far is Reach.ALL:
        return Q()
    if far is Reach.NOTHING:
        # Not `pk__in=[]`, of which no SQL is made at all, so that nothing could be counted or estimated.
        return Q(pk__isnull=True)
    mine = Q(owner=user) | Q(owner__isnull=True, team__isnull=True)
    if far is Reach.TEAM and user.team_id:
        mine |= Q(team__in=_own_teams(user, user.team_id))
    return mine


def may_with(user: User, kind: Kind, action: Action, record: Model) -> bool:
    """Whether the user may do it with this record, which is of this kind; asked only where it takes its owner."""
    far = reach(user, kind, action)
    if far in (Reach.NOTHING, Reach.ALL):
        return far is Reach.ALL
    return type(record)._default_manager.filter(within(user, kind, action), pk=record.pk).exists()


def visible(user: User, kind: Kind) -> Q:
    """The records of this kind that the user may see."""
    return within(user, kind, Action.SEE)


def editable(user: User, kind: Kind) -> Q:
    """The records of this kind that the user may change."""
    return within(user, kind, Action.EDIT)


def may_add(user: User, kind: Kind) -> bool:
    """Whether the user may make new records of this kind."""
    return may(user, kind, Action.ADD)


def may_import(user: User) -> bool:
    """Whether the user may load files."""
    return may(user, Kind.IMPORT, Action.ADD)


def may_see_reports(user: User) -> bool:
    """Whether what the metrics say of the whole base is open to the user."""
    return may(user, Kind.REPORT, Action.SEE)


def may_refresh(user: User) -> bool:
    """Whether the user may have the metrics counted anew."""
    return may(user, Kind.REPORT, Action.REFRESH)


def may_configure(user: User) -> bool:
    """Whether the settings, users, teams and rights are open to the user."""
    return may(user, Kind.SETTINGS, Action.EDIT)


def check_may_configure(user: User) -> None:
    """Raises NotAllowed for a user to whom the settings are not open."""
    if not may_configure(user):
        raise NotAllowed(_("Only administrators open the settings."))


def refusal(kind: Kind, action: Action) -> str:
    """What is told to one who may see a record but not do this to it."""
    return _("You may look at this, but your role does not let you do this: %(right)s.") % {"right": said(kind, action)}


class May:
    """The user's rights as templates ask for them: `may.person.add`, `may.report.see`."""

    def __init__(self, user: User) -> None:
        self._user = user

    def __getitem__(self, kind: str) -> dict[str, bool]:
        """Whether the user may do each action with records of the kind. Raises KeyError for an unknown kind."""
        known = {action.value: may(self._user, of, action) for of, action in OFFERED if of == kind}
        if not known:
            raise KeyError(kind)
        return known


def _own_teams(user: User, team_id: int) -> list[int]:
    """The user's team and those below, asked once for each user object, which lives as long as a request."""
    known: dict[int, list[int]] = user.__dict__.setdefault("_own_teams", {})
    if team_id not in known:
        known[team_id] = teams_below(team_id)
    return known[team_id]


def teams_below(team_id: int) -> list[int]:
    """The ids of the team and of every team under it."""
    found = Team.objects.raw(
        "WITH RECURSIVE below(id) AS (SELECT %s::bigint UNION"
        " SELECT team.id FROM identity_team team JOIN below ON team.parent_id = below.id)"
        " SELECT id FROM below",
        [team_id],
    )
    return [team.pk for team in found]


def owner_defaults(user: User) -> dict[str, Any]:
    """The owner and team of a record that the user makes by hand."""
    return {"owner": user, "team": user.team}
