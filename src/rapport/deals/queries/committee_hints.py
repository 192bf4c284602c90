"""What titles and recorded talks suggest for a committee, each with its evidence. Nothing here is ever written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rapport.deals.models import CommitteeRole, Coverage, Deal, DealInteraction, Dismissal
from rapport.deals.queries.committee import Committee, posts_of
from rapport.deals.rules import committee as rules
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.timeline.models import Interaction, InteractionPerson

# Talks read for phrases, and suggestions offered at once: more than anybody reads in one sitting.
MOST_TALKS = 60
MOST_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Something one may enter with one click. `source` is `title`, `talk` (a sentence) or `talks` (their number).

    `topic` names it (`join`, `role:buyer`, `coverage:several`); `role` and `coverage` are what would be entered;
    `quote` is the title or sentence, `talks` the number of talks it rests on.
    """

    person: Person
    topic: str
    source: str
    role: str = ""
    coverage: str = ""
    quote: str = ""
    talks: int = 0
    interaction: Interaction | None = None


@dataclass
class _Heard:
    """The talks of a deal: the newest first, with who took part in each, and how many each person took part in.

    `said` are the sentences of each talk that speak for a role, for the people whose `places` they name.
    """

    talks: list[Interaction]
    present: dict[int, list[int]]
    count: dict[int, int]
    places: dict[int, int] = field(default_factory=dict)
    said: dict[int, list[rules.Said]] = field(default_factory=dict)

    def read_for(self, people: Sequence[Person]) -> None:
        """Read every talk once, for all these people."""
        self.places = {person.pk: place for place, person in enumerate(people)}
        called = rules.calls([str(person) for person in people])
        self.said = {talk.pk: rules.roles_said(f"{talk.subject}. {talk.body}", called=called) for talk in self.talks}


def suggestions(*, user: User, committee: Committee) -> list[Suggestion]:
    """At most MOST_SHOWN suggestions for a deal's present committee that nobody dismissed; seven queries.

    Only about people whom the reader may see. Whoever took part in a talk and is not on the committee is suggested
    to join it.
    """
    deal = committee.deal
    heard = _heard(deal, committee.at)
    seated = {seat.participant.person_id for seat in committee.seats}
    wanted = seated | set(heard.count) | ({deal.person_id} if deal.person_id else set())
    people = {person.pk: person for person in Person.objects.visible_to(user).live().filter(pk__in=wanted)}
    heard.read_for(list(people.values()))
    titles = _titles(deal, people, user)
    dismissed = set(Dismissal.objects.filter(deal=deal).values_list("person", "topic"))
    found: list[Suggestion] = []
    for person in people.values():
        seat = committee.seat_of(person.pk)
        hints = _Hints(person, titles.get(person.pk, ""), heard)
        if seat is None:
            found.append(hints.to_join())
        else:
            found += hints.for_member(set(seat.participant.roles), seat.participant.coverage)
    kept = [each for each in found if (each.person.pk, each.topic) not in dismissed]
    return sorted(kept, key=_worth)[:MOST_SHOWN]


def suggestion(*, user: User, committee: Committee, person_id: int, topic: str) -> Suggestion | None:
    """The suggestion of this topic, as it would be made now; None where it is made no more."""
    made = suggestions(user=user, committee=committee)
    return next((each for each in made if each.person.pk == person_id and each.topic == topic), None)


def _worth(suggestion: Suggestion) -> tuple[int, int, str]:
    """Roles said in a talk first, then people with many talks."""
    order = {"talk": 0, "title": 1, "talks": 2}
    return (order[suggestion.source], -suggestion.talks, suggestion.person.sort_name)


def _heard(deal: Deal, until: datetime) -> _Heard:
    about = DealInteraction.objects.filter(deal=deal, at__lte=until, interaction__archived_at=None)
    about = about.exclude(interaction__kind=Interaction.Kind.NOTE)
    ids = list(about.order_by("-at", "-interaction").values_list("interaction_id", flat=True))
    present: dict[int, list[int]] = defaultdict(list)
    count: dict[int, int] = defaultdict(int)
    for talk, person in InteractionPerson.objects.filter(interaction__in=ids).values_list("interaction", "person"):
        present[talk].append(person)
        count[person] += 1
    talks = Interaction.objects.filter(pk__in=ids[:MOST_TALKS]).order_by("-at", "-pk")
    return _Heard(list(talks), present, count)


def _titles(deal: Deal, people: Iterable[int], user: User) -> dict[int, str]:
    """The present title of each person, that at the deal's company before others."""
    found: dict[int, str] = {}
    for person_id, posts in posts_of(people, user=user).items():
        present = [post for post in posts if post.until is None and post.title]
        present.sort(key=lambda post: post.company_id != deal.company_id)
        if present:
            found[person_id] = present[0].title
    return found


@dataclass(frozen=True)
class _Hints:
    """What there is to be said for one person."""

    person: Person
    title: str
    heard: _Heard

    def to_join(self) -> Suggestion:
        """To put the person on the committee, with the role that their title speaks for."""
        talks = self.heard.count.get(self.person.pk, 0)
        title = self.title or self.person.title
        return Suggestion(
            person=self.person,
            topic="join",
            source="talks",
            role=rules.role_by_title(title),
            coverage=rules.contact_by_talks(talks) or Coverage.UNKNOWN,
            quote=title,
            talks=talks,
        )

    def for_member(self, roles: set[str], coverage: str) -> list[Suggestion]:
        """A role by title (where none is known), a role by what was said, and closer contact by the talks recorded."""
        found: list[Suggestion] = []
        title = self.title or self.person.title
        by_title = rules.role_by_title(title)
        if by_title and not roles:
            found.append(self._role(by_title, source="title", quote=title))
        said = self._said()
        if said and said.role not in roles and said.role != (by_title if not roles else ""):
            found.append(said)
        talks = self.heard.count.get(self.person.pk, 0)
        contact = rules.contact_by_talks(talks)
        if contact and rules.is_closer(contact, coverage):
            found.append(
                Suggestion(
                    person=self.person, topic=f"coverage:{contact}", source="talks", coverage=contact, talks=talks
                )
            )
        return found

    def _role(self, role: str, *, source: str, quote: str, interaction: Interaction | None = None) -> Suggestion:
        assert role in CommitteeRole.values
        return Suggestion(
            person=self.person, topic=f"role:{role}", source=source, role=role, quote=quote, interaction=interaction
        )

    def _said(self) -> Suggestion | None:
        """The role that the newest talk speaks for which speaks of this person."""
        place = self.heard.places[self.person.pk]
        for talk in self.heard.talks:
            is_alone = self.heard.present.get(talk.pk) == [self.person.pk]
            said = rules.role_said(self.heard.said[talk.pk], place=place, is_alone=is_alone)
            if said:
                return self._role(said.role, source="talk", quote=said.quote, interaction=talk)
        return None
