"""What no import can bring: the profile, teams and colleagues, pipelines, who supplies whom, tasks."""

from collections.abc import Sequence
from datetime import date, datetime

import pyarrow as pa
from django.db import connection

from rapport.deals.models import Pipeline, Stage
from rapport.demo import staff, steps
from rapport.demo.accounts import account_code
from rapport.demo.talks import ToDo
from rapport.identity import actions, roles
from rapport.identity.models import Organisation, Role, RoleCode, Team, User
from rapport.identity.rights import Action, Reach, has_owner
from rapport.people.models import Company, CompanyLink, Person
from rapport.timeline.models import Interaction, InteractionPerson, Task


def set_up_company(*, at: datetime) -> User:
    """The profile that says "demo", the teams, a colleague of every role; returns the administrator."""
    first = staff.COLLEAGUES[0]
    administrator = _colleague(first, team=None, at=at)
    profile = {"name": staff.COMPANY, "sells_to": Organisation.Selling.TO_BOTH, "currency": "VND"}
    actions.change_organisation(changes=profile | {"is_demo": True}, by=administrator, at=at)
    teams: dict[str, Team] = {}
    for name, parent in staff.TEAMS:
        team = Team.objects.filter(name=name).first() or Team(name=name, parent=teams.get(parent))
        teams[name] = actions.save_team(team=team, by=administrator, at=at)
    for each in staff.COLLEAGUES:
        user = _colleague(each, team=teams[each.team], at=at)
        actions.change_user(user=user, changes={"team": teams[each.team]}, by=administrator, at=at)
    _helpers(administrator, at=at)
    return administrator


def _helpers(administrator: User, *, at: datetime) -> None:
    """A role of the company's own: helpers of sales, who see what is theirs and take nothing away."""
    if Role.objects.filter(name=staff.HELPERS).exists():
        return
    like = Role.objects.get(code=RoleCode.SELLER)
    role = roles.add_role(name=staff.HELPERS, like=like, by=administrator, at=at)
    held = {pair: min(reach, Reach.OWN) for pair, reach in roles.rights_of_role(role).items() if has_owner(*pair)}
    held |= {pair: Reach.NOTHING for pair in held if pair[1] in (Action.MERGE, Action.EXPORT, Action.BULK)}
    roles.change_role(
        role=role, version=role.version, name=role.name, second_factor=False, rights=held, by=administrator, at=at
    )


def _colleague(each: staff.Colleague, *, team: Team | None, at: datetime) -> User:
    """The user, made if nobody signs in with the address yet."""
    found = User.objects.filter(email=each.email).first()
    return found or actions.add_user(
        email=each.email, full_name=each.full_name, role=each.role, team=team, by=None, at=at
    )


def make_pipelines() -> None:
    """Both pipelines with their steps, and won and lost behind them; those that are there stay."""
    for position, process in enumerate(steps.PROCESSES):
        defaults = {"position": position, "kind": process.kind}
        pipeline, made = Pipeline.objects.get_or_create(name=process.name, defaults=defaults)
        if not made:
            continue
        stages = [
            Stage(
                pipeline=pipeline,
                name=step.name,
                position=place,
                probability=step.probability,
                expected_days=step.expected_days,
            )
            for place, step in enumerate(process.steps)
        ]
        end = len(stages)
        stages.append(Stage(pipeline=pipeline, name=steps.WON, position=end, status="won", probability=100))
        stages.append(Stage(pipeline=pipeline, name=steps.LOST, position=end + 1, status="lost"))
        Stage.objects.bulk_create(stages)


def link_suppliers(supplies: Sequence[tuple[str, str, date]]) -> None:
    """Which account sells to which outlet, both by their codes."""
    companies = dict(Company.objects.values_list("external_id", "pk"))
    CompanyLink.objects.bulk_create(
        [
            CompanyLink(
                from_company_id=companies[seller],
                to_company_id=companies[outlet],
                kind=CompanyLink.Kind.SUPPLIES,
                since=since,
            )
            for seller, outlet, since in supplies
        ],
        ignore_conflicts=True,
    )


def add_participants(participants: Sequence[tuple[str, str]]) -> None:
    """Those who took part in a talk beside the one whom the import knows; all by their codes."""
    talks = {code: (pk, at) for code, pk, at in _talks_of(participants)}
    people = _people_of([person for _talk, person in participants])
    InteractionPerson.objects.bulk_create(
        [
            InteractionPerson(interaction_id=talks[talk][0], person_id=people[person], at=talks[talk][1])
            for talk, person in participants
        ],
        ignore_conflicts=True,
        batch_size=5_000,
    )


def _talks_of(participants: Sequence[tuple[str, str]]) -> list[tuple[str | None, int, datetime]]:
    codes = {talk for talk, _person in participants}
    return list(Interaction.objects.filter(external_id__in=codes).values_list("external_id", "pk", "at"))


def _people_of(codes: Sequence[str]) -> dict[str | None, int]:
    return dict(Person.objects.filter(external_id__in=set(codes)).values_list("external_id", "pk"))


def add_tasks(tasks: Sequence[ToDo]) -> None:
    """What is to be done for the accounts, with its owner's team."""
    companies = dict(Company.objects.values_list("external_id", "pk"))
    people = _people_of([task.person for task in tasks])
    ours = User.objects.filter(email__in=[each.email for each in staff.COLLEAGUES])
    owners = {user.full_name: user for user in ours}
    Task.objects.bulk_create(
        [
            Task(
                what=task.what,
                due_on=task.due_on,
                person_id=people[task.person],
                company_id=companies[account_code(task.account)],
                owner=owners[task.owner],
                team_id=owners[task.owner].team_id,
                made_at=task.made_at,
                done_at=task.done_at,
            )
            for task in tasks
        ]
    )


def name_owners_of_talks() -> None:
    """Talks about a deal were held by its owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE timeline_interaction talk SET user_id = deal.owner_id FROM deals_dealinteraction about"
            " JOIN deals_deal deal ON deal.id = about.deal_id WHERE about.interaction_id = talk.id"
        )


def name_service_staff_of_questions() -> None:
    """Tickets and calls of the shop were answered by the service staff in turn."""
    service = list(User.objects.filter(role="service").order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE timeline_interaction SET user_id = (%s::bigint[])[1 + id %% %s]"
            " WHERE user_id IS NULL AND kind IN ('ticket', 'call')",
            [service, len(service)],
        )


def give_orders_to_account_owners() -> None:
    """Deliveries to a company belong to whoever looks after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commerce_order placed SET owner_id = company.owner_id, team_id = company.team_id"
            " FROM people_company company WHERE company.id = placed.company_id"
        )


def date_arrivals(came: pa.Table, *, at: datetime) -> None:
    """Let records have come when their story began, not all at the load.

    Shoppers came with their first order, deals when they came up, companies before their first deal, contacts
    with their company or their post at it.
    """
    codes, instants = came["external_id"].to_pylist(), came["came_at"].to_pylist()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_person person SET recorded_at = came.at FROM"
            " unnest(%s::text[], %s::timestamptz[]) AS came(code, at) WHERE person.external_id = came.code",
            [codes, instants],
        )
        cursor.execute("UPDATE deals_deal SET recorded_at = created_at WHERE created_at IS NOT NULL")
        cursor.execute(
            "UPDATE people_company company SET recorded_at = coalesce((SELECT min(created_at) FROM deals_deal"
            " WHERE company_id = company.id), %s - interval '700 days') - interval '9 days'",
            [at],
        )
        cursor.execute(
            "UPDATE people_person person SET recorded_at = greatest(company.recorded_at, post.since)"
            " FROM people_affiliation post JOIN people_company company ON company.id = post.company_id"
            " WHERE post.person_id = person.id AND post.until IS NULL"
        )
