"""What a stage asks of a deal and whether the deal has it: pure functions of plain values."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from rapport.deals.rules.stages import OPEN
from rapport.fields.definitions import PREFIX

# The fields a stage may ask for; `loss_reason` is given with the move itself.
FIELDS = (
    "company", "person", "amount", "expected_close_on", "product", "owner", "external_id", "loss_reason",
)  # fmt: skip
LOSS_REASON = "loss_reason"
ROLES = ("initiator", "influencer", "gatekeeper", "decision_maker", "buyer", "user")
DOCUMENTS = (
    "request", "specification", "profile", "survey", "proposal", "minutes", "contract", "payment", "other",
)  # fmt: skip
APPROVALS = ("approved", "sent", "accepted")
# A quote that came further has been approved and sent before.
_IMPLIED = {"approved": {"approved", "sent", "accepted"}, "sent": {"sent", "accepted"}, "accepted": {"accepted"}}
INTERACTIONS = ("call", "meeting", "visit", "workshop")
SUBJECTS: dict[str, tuple[str, ...]] = {
    "field": FIELDS,
    "document": DOCUMENTS,
    "role": ROLES,
    "approval": APPROVALS,
    "step": INTERACTIONS,
}


@dataclass(frozen=True)
class Needed:
    """One requirement as plain values; `step` is the id of a stage, `step_name` its name.

    A field of the company's own is the subject `custom.code`, and `label` what it is called; empty: it is gone.
    """

    kind: str
    subject: str = ""
    step: int | None = None
    step_name: str = ""
    is_hard: bool = True
    label: str = ""

    @property
    def is_own_field(self) -> bool:
        """Whether a field of the company's own is asked for."""
        return self.kind == "field" and self.subject.startswith(PREFIX)


@dataclass(frozen=True)
class Facts:
    """What is known of a deal when a requirement asks.

    `filled` are names of fields, `documents` kinds, `roles` those held by someone with contact, `steps` stages the
    deal has been in, `held` kinds of interactions about it, `quotes` the states its quotes are in. `must_unmet` names
    the must-haves that are not met, `met` the criteria that are.
    """

    filled: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    must_unmet: tuple[str, ...] = ()
    met: frozenset[str] = frozenset()
    quotes: frozenset[str] = frozenset()
    steps: frozenset[int] = frozenset()
    held: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """How one requirement stands."""

    needed: Needed
    is_met: bool

    @property
    def stops(self) -> bool:
        """Whether it keeps the deal out of the stage."""
        return self.needed.is_hard and not self.is_met


def is_met(needed: Needed, facts: Facts) -> bool:
    """Whether the deal has what is needed."""
    match needed.kind:
        case "field" if needed.is_own_field and not needed.label:
            return True  # Nobody can fill in what is gone.
        case "field":
            return needed.subject in facts.filled
        case "document":
            return needed.subject in facts.documents
        case "role":
            return needed.subject in facts.roles
        case "approval":
            return bool(_IMPLIED.get(needed.subject, set()) & facts.quotes)
        case "criterion":
            return not facts.must_unmet if not needed.subject else needed.subject.casefold() in facts.met
        case "step":
            return needed.step in facts.steps if needed.step is not None else needed.subject in facts.held
    return False


def verdicts(needed: Iterable[Needed], facts: Facts) -> list[Verdict]:
    """How each requirement stands, those that stop the deal first."""
    found = [Verdict(each, is_met(each, facts)) for each in needed]
    return sorted(found, key=lambda verdict: (verdict.is_met, not verdict.needed.is_hard))


@dataclass(frozen=True)
class Place:
    """A stage as far as its requirements go; `requires` are those that stand on it."""

    pk: int
    position: int
    status: str
    is_retired: bool = False
    requires: tuple[Needed, ...] = field(default=())


def never_met(needed: Needed, *, stage: int, places: Mapping[int, Place]) -> str:
    """Why no deal can ever meet the requirement of a stage; empty where one can.

    `unknown`: nothing of this name exists; `itself`: the stage asks for itself; `elsewhere`: the step belongs to
    another pipeline; `retired`: nothing comes into the step any more; `ends`: the step ends the deal; `circle`: each
    of two steps waits for the other; `first`: a deal begins here and can have nothing but fields yet; `not_lost`: only
    a stage that is lost is given a reason.
    """
    here = places[stage]
    if needed.is_own_field:
        return "" if needed.label else "unknown"
    if needed.kind not in SUBJECTS and needed.kind != "criterion":
        return "unknown"
    if needed.kind in SUBJECTS and needed.step is None and needed.subject not in SUBJECTS[needed.kind]:
        return "unknown"
    if needed.kind == "field":
        return "not_lost" if needed.subject == LOSS_REASON and here.status != "lost" else ""
    if needed.step is not None and (why := _step_never_done(needed.step, here, places)):
        return why
    return "first" if here.pk == first_stage(places.values()) else ""


def first_stage(places: Iterable[Place]) -> int | None:
    """The stage in which the deals of a pipeline begin."""
    begins = [place for place in places if place.status == OPEN and not place.is_retired]
    return min(begins, key=lambda place: place.position).pk if begins else None


def _step_never_done(step: int, here: Place, places: Mapping[int, Place]) -> str:
    if step == here.pk:
        return "itself"
    if step not in places:
        return "elsewhere"
    if places[step].is_retired:
        return "retired"
    if places[step].status != OPEN:
        return "ends"
    return "circle" if here.pk in _awaited(step, places) else ""


def _awaited(step: int, places: Mapping[int, Place]) -> set[int]:
    """All stages a deal must have been in before it can come into this one."""
    seen: set[int] = set()
    waiting = [step]
    while waiting:
        place = places.get(waiting.pop())
        before = {each.step for each in place.requires if each.step is not None and each.is_hard} if place else set()
        waiting += before - seen
        seen |= before
    return seen


def filled_fields(values: Mapping[str, object]) -> Collection[str]:
    """The names of the fields that hold something; an amount of nothing counts as said."""
    return {name for name, value in values.items() if value is not None and value != ""}
