"""Who somebody is in the records: the ids of all records merged into one, and the words that tell of them."""

from dataclasses import dataclass

from django.db.models import Q

from rapport.core.blotting import Words
from rapport.people.models import ContactPoint, Person

# A shorter id, and one of digits alone, would be met in other words and sums.
SHORTEST_ID = 5


@dataclass(frozen=True)
class Identity:
    """A person with all records merged into theirs; the one that stands for them comes first."""

    ids: tuple[int, ...]
    words: Words

    def not_shared(self) -> Words:
        """The addresses and ids that no other live person has: only these may be taken out everywhere."""
        addresses = [*self.words.emails, *self.words.phones]
        others = Person.objects.live().exclude(pk__in=self.ids)
        taken = set(others.filter(~Q(email=""), email__in=addresses).values_list("email", flat=True))
        taken |= set(others.filter(~Q(phone=""), phone__in=addresses).values_list("phone", flat=True))
        points = ContactPoint.objects.filter(value__in=addresses).exclude(person__in=self.ids)
        taken |= set(points.filter(person__archived_at__isnull=True).values_list("value", flat=True))
        return Words(
            names=self.words.names,
            emails=tuple(each for each in self.words.emails if each not in taken),
            phones=tuple(each for each in self.words.phones if each not in taken),
            ids=self.words.ids,
        )

    def namesakes(self) -> int:
        """How many other people bear one of the names."""
        names = set(Person.objects.filter(pk__in=self.ids).exclude(full_name="").values_list("sort_name", flat=True))
        others = Person.objects.exclude(pk__in=self.ids).filter(~Q(full_name=""), sort_name__in=names)
        return others.count()


def of(person: Person) -> Identity:
    """Everything a person is known by."""
    rows = list(Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person.pk)).order_by("pk"))
    ids = (person.pk, *(row.pk for row in rows if row.pk != person.pk))
    points = list(ContactPoint.objects.filter(person__in=ids))
    words = Words(
        names=_once(row.full_name for row in rows),
        emails=_once([*(row.email for row in rows), *(each.value for each in points if each.kind == "email")]),
        phones=_once(
            [*(row.phone for row in rows), *(each.value for each in points if each.kind in ("phone", "zalo"))]
        ),
        ids=_once(
            [
                *(each.value for each in points if each.kind == "facebook" and _is_told_apart(each.value)),
                *(row.external_id for row in rows if row.external_id and _is_told_apart(row.external_id)),
            ]
        ),
    )
    return Identity(ids, words)


def _is_told_apart(text: str) -> bool:
    return len(text) >= SHORTEST_ID and not text.isdecimal()


def _once(values: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))  # type: ignore[attr-defined]
