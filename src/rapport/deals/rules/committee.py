"""What follows from who sits on a buying committee: coverage, alarms, and what titles and talks suggest."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.core.text import words

IN_CONTACT = frozenset({"brief", "several", "in_depth"})
DECIDES = "decision_maker"
HIGH = 3
# A quotation longer than this is cut around the words that count.
LONGEST_QUOTATION = 240


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of a committee as the rules see them; None and no role mean not known."""

    person_id: int
    roles: frozenset[str]
    stance: int | None
    influence: int | None
    coverage: str
    last_contact_at: datetime | None

    @property
    def is_in_contact(self) -> bool:
        """Whether we have spoken with them at all."""
        return self.coverage in IN_CONTACT


@dataclass(frozen=True)
class Covered:
    """Coverage of a deal at a stage: of the roles it requires, those that somebody with contact holds."""

    required: tuple[str, ...]
    met: tuple[str, ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The required roles that nobody with contact holds."""
        return tuple(role for role in self.required if role not in self.met)

    @property
    def share(self) -> float | None:
        """Met / required; None where the stage requires no role."""
        return len(self.met) / len(self.required) if self.required else None


def roles_in_contact(members: Iterable[Member]) -> set[str]:
    """The roles held by at least one person with contact."""
    return {role for member in members if member.is_in_contact for role in member.roles}


def covered(*, required: Sequence[str], held: Collection[str]) -> Covered:
    """Coverage from the required roles and those held with contact."""
    return Covered(tuple(required), tuple(role for role in required if role in held))


def third(*, place: int, of: int) -> str:
    """Which part of a pipeline the open stage at `place` (from 0) of `of` open stages is: early, middle, late.

    A closed stage (`place` = `of`) is late. Of two stages the first is early and the second late.
    """
    if of <= 1 or place >= of - 1:
        return "late"
    return ("early", "middle", "late")[min(place * 3 // of, 2)]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A gap in a committee (definitions, section 2); `people` are those it is about, `days` since the last contact."""

    code: str
    people: tuple[int, ...] = ()
    days: int | None = None


def alarms(members: Sequence[Member], *, fewest: int, quiet_days: int, now: datetime) -> list[Alarm]:
    """What is missing or threatens, the worst first.

    `one_person` and `nobody` say more than `few_people`, and stand in its place.
    """
    found = _of_the_decision_maker(members, quiet_days=quiet_days, now=now)
    against = tuple(m.person_id for m in members if (m.stance or 0) < 0 and m.influence == HIGH)
    if against:
        found.append(Alarm(code="against", people=against))
    if not members:
        return [Alarm(code="nobody")]
    if len(members) == 1:
        found.append(Alarm(code="one_person", people=(members[0].person_id,)))
    if 1 < len(members) < fewest:
        found.append(Alarm(code="few_people"))
    return found


def _of_the_decision_maker(members: Sequence[Member], *, quiet_days: int, now: datetime) -> list[Alarm]:
    deciding = [member for member in members if DECIDES in member.roles]
    if not deciding:
        return [Alarm(code="no_decision_maker")]
    who = tuple(member.person_id for member in deciding)
    contacts = [member.last_contact_at for member in deciding if member.last_contact_at]
    if not contacts:
        return [Alarm(code="decision_maker_never", people=who)]
    last = max(contacts)
    if now - last > timedelta(days=quiet_days):
        return [Alarm(code="decision_maker_quiet", people=who, days=(now - last).days)]
    return []


def contact_by_talks(talks: int) -> str:
    """The coverage that a number of recorded talks on a deal speaks for; empty for none, since talks go unrecorded."""
    if talks <= 0:
        return ""
    return "brief" if talks == 1 else "several" if talks < 5 else "in_depth"


def is_closer(coverage: str, than: str) -> bool:
    """Whether one level of contact is further up the scale than another; not known is below all."""
    order = ("unknown", "none", "brief", "several", "in_depth")
    return order.index(coverage) > order.index(than)


# Folded words of a title and the role they speak for; the first that fits wins, so the special comes first:
# a director's assistant keeps the gate, a director of purchasing buys.
_TITLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gatekeeper", ("thu ky", "tro ly", "le tan", "van thu", "secretary", "assistant", "receptionist")),
    ("buyer", ("mua hang", "thu mua", "mua sam", "cung ung", "dau thau", "purchasing", "procurement", "sourcing",
               "buyer", "supply chain")),
    ("decision_maker", ("tong giam doc", "giam doc dieu hanh", "chu tich", "chu doanh nghiep", "ceo",
                        "managing director", "general director", "chairman", "chairwoman", "president", "founder",
                        "owner", "giam doc nha may", "plant director")),
    ("user", ("san xuat", "van hanh", "to truong", "quan doc", "kho van", "thu kho", "production", "operations",
              "operator", "shift leader", "warehouse")),
    ("influencer", ("ky thuat", "chat luong", "nghien cuu", "phat trien", "tai chinh", "ke toan", "phap che",
                    "cong nghe", "marketing", "thiet ke", "engineer", "engineering", "technical", "quality", "finance",
                    "financial", "legal", "it", "cto", "cfo", "qa", "qc", "r d", "research", "design")),
    ("decision_maker", ("giam doc", "director")),
)  # fmt: skip
_VICE = ("pho", "vice", "deputy")


def role_by_title(title: str) -> str:
    """The role that a title speaks for, empty where it speaks for none.

    The deputy of a decision maker is taken for an influencer.
    """
    spoken = " ".join(words(title))
    for role, keys in _TITLES:
        if not any(_holds(spoken, key) for key in keys):
            continue
        is_deputy = any(_holds(spoken, key) for key in _VICE)
        return "influencer" if is_deputy and role == DECIDES else role
    return ""


def _holds(spoken: str, key: str) -> bool:
    return f" {key} " in f" {spoken} "


# Folded phrases of a talk that speak for a role.
_PHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("decision_maker", ("quyet dinh cuoi", "nguoi quyet dinh", "ra quyet dinh", "phe duyet cuoi",
                        "decision maker", "decides", "has the final say", "final decision", "signs off")),
    ("gatekeeper", ("phai qua thu ky", "hen qua tro ly", "go through", "sets the appointments")),
    ("buyer", ("phu trach mua", "dat hang", "thuong luong gia", "in charge of purchasing", "negotiates the price",
               "places the order")),
    ("initiator", ("de xuat mua", "khoi xuong", "nguoi dau tien", "started the project", "initiated",
                   "raised the need")),
    ("user", ("se su dung", "nguoi su dung", "dung hang ngay", "end user", "will use", "works with it every day")),
    ("influencer", ("tu van cho", "gop y ky thuat", "co tieng noi", "recommends", "advises", "has a say")),
)  # fmt: skip
_ADDRESSES = ("anh", "chi", "ong", "ba", "co", "chu", "em", "mr", "mrs", "ms")
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]?")


@dataclass(frozen=True)
class Said:
    """A sentence of a talk that speaks for a role, and the places of those whom it names."""

    role: str
    quote: str
    named: frozenset[int]


def roles_said(text: str, *, called: Mapping[str, int]) -> list[Said]:
    """The sentences of a recorded talk that speak for a role, in their order; `called` is of `calls`.

    Read once for a whole committee: folding the words of a long talk is what costs.
    """
    found: list[Said] = []
    for sentence in _SENTENCE.findall(text):
        folded = " ".join(words(sentence))
        role = next((role for role, phrases in _PHRASES if any(_holds(folded, phrase) for phrase in phrases)), "")
        if role:
            named = frozenset(who for form, who in called.items() if _holds(folded, form))
            found.append(Said(role, quotation(sentence), named))
    return found


def role_said(said: Iterable[Said], *, place: int, is_alone: bool) -> Said | None:
    """The first sentence that speaks of the person whose name stands at `place`; None where none does.

    A sentence counts for a person whom it names, and for one who took part alone also where it names nobody.
    """
    return next((each for each in said if (place in each.named if each.named else is_alone)), None)


def calls(names: Sequence[str]) -> dict[str, int]:
    """The folded ways in which each name is written in a talk, by its place in `names`.

    In full, or as `chị Trang`, `Mr Nam`: the given name, which stands last, after a form of address. What two of the
    names share tells nobody apart, and is left out.
    """
    found: dict[str, set[int]] = {}
    for place, name in enumerate(names):
        parts = words(name)
        forms = [" ".join(parts)] if parts else []
        forms += [f"{address} {parts[-1]}" for address in _ADDRESSES if len(parts) > 1]
        for form in forms:
            found.setdefault(form, set()).add(place)
    return {form: places.pop() for form, places in found.items() if len(places) == 1}


def quotation(text: str) -> str:
    """The text as it is quoted: trimmed, and cut at a word where it is long."""
    bare = " ".join(text.split())
    return bare if len(bare) <= LONGEST_QUOTATION else bare[:LONGEST_QUOTATION].rsplit(" ", 1)[0] + " …"


def is_ring(lines: Iterable[tuple[int, int]], *, begin: int, end: int) -> bool:
    """Whether a line from `begin` to `end` would close a ring of the given lines (from, to)."""
    above: dict[int, list[int]] = {}
    for below, over in lines:
        above.setdefault(below, []).append(over)
    waiting, seen = [end], set()
    while waiting:
        here = waiting.pop()
        if here == begin:
            return True
        if here not in seen:
            seen.add(here)
            waiting += above.get(here, [])
    return False
