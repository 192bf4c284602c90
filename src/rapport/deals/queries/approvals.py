"""Who must say yes to a quote, who may, and what waits for whom."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from rapport.deals.models import Approval, ApprovalRule, Deal, Delegation, Quote
from rapport.deals.queries.quotes import in_own_currency, quote_facts, whole_discount
from rapport.deals.rules import quotes as rules
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.identity.queries import role_label


@dataclass(frozen=True)
class Seat:
    """That somebody may decide: by their own right, or in another's place."""

    on_behalf_of: User | None = None


def rules_that_ask(*, quote: Quote, on: date) -> list[ApprovalRule]:
    """The approval rules whose bounds the quote passes, the lowest level first."""
    facts = quote_facts(quote=quote)
    discount = rules.deepest_discount(
        discounts=[row.line.discount for row in facts.rows],
        whole=whole_discount(quote).percent(facts.totals.lines),
        gross=quote.gross,
        net=quote.net,
    )
    own_total = in_own_currency(quote.net, currency=quote.currency, on=on)
    return [
        rule
        for rule in ApprovalRule.objects.select_related("approver").order_by("level", "pk")
        if rules.asks(
            discount_above=rule.discount_above, total_above=rule.total_above, discount=discount, own_total=own_total
        )
    ]


def approvals_of(*, quote: Quote) -> list[Approval]:
    """Every yes that was asked for, in order of asking and level."""
    people = ("approver", "decided_by", "on_behalf_of")
    return list(quote.approvals.select_related(*people).order_by("asked_at", "level", "pk"))


def seat(*, approval: Approval, quote: Quote, user: User, today: date) -> Seat | None:
    """Whether and how the user may decide; None if not.

    Nobody decides on a quote that they wrote or asked to be approved, nor does anybody in their place.
    """
    givers = [delegation.giver for delegation in delegations_to(user, today=today)]
    return _seat(approval, quote, user, givers)


def _seat(approval: Approval, quote: Quote, user: User, givers: list[User]) -> Seat | None:
    authors = {quote.made_by_id, quote.submitted_by_id}
    if user.pk in authors or not access.may(user, Kind.DEAL, Action.APPROVE):
        return None
    if _is_asked(approval, user):
        return Seat()
    asked = (giver for giver in givers if giver.pk not in authors and _is_asked(approval, giver))
    return next((Seat(on_behalf_of=giver) for giver in asked), None)


def could_decide(*, rule: ApprovalRule | Approval, quote: Quote) -> bool:
    """Whether anybody but the quote's authors could ever decide and may see the deal."""
    authors = {quote.made_by_id, quote.submitted_by_id}
    asked = User.objects.with_role().filter(is_active=True).exclude(pk__in=[pk for pk in authors if pk])
    asked = asked.filter(role=rule.role) if rule.role else asked.filter(pk=rule.approver_id or 0)
    return any(
        access.may(each, Kind.DEAL, Action.APPROVE) and Deal.objects.visible_to(each).filter(pk=quote.deal_id).exists()
        for each in asked
    )


def delegations_to(user: User, *, today: date) -> QuerySet[Delegation]:
    """In whose place the user decides today."""
    in_force = Delegation.objects.filter(taker=user, since_on__lte=today, until_on__gte=today)
    return in_force.select_related("giver").order_by("pk")


def delegations_shown(*, user: User, today: date) -> list[Delegation]:
    """Present and future delegations: all for an administrator, else those from or to the user."""
    rows = Delegation.objects.filter(until_on__gte=today).select_related("giver", "taker").order_by("since_on", "pk")
    return list(rows if access.may_configure(user) else rows.filter(Q(giver=user) | Q(taker=user)))


def current_level(quote: Quote) -> int | None:
    """The lowest level that still waits; None where none does."""
    waiting = quote.approvals.filter(decision=Approval.Decision.PENDING).order_by("level")
    return waiting.values_list("level", flat=True).first()


def waiting_for(*, user: User, today: date) -> list[Approval]:
    """The approvals the user can decide now, the longest waiting first; two queries, one where nothing waits."""
    if not access.may(user, Kind.DEAL, Action.APPROVE):
        return []
    seen = Deal.objects.visible_to(user).values("pk")
    rows = list(
        Approval.objects.filter(decision=Approval.Decision.PENDING, quote__status=Quote.Status.WAITING)
        .filter(quote__deal__in=seen)
        .select_related("quote", "quote__deal", "quote__submitted_by")
        .order_by("asked_at", "pk")
    )
    if not rows:
        return []
    levels: dict[int, int] = {}
    for row in rows:
        levels[row.quote_id] = min(row.level, levels.get(row.quote_id, row.level))
    givers = [delegation.giver for delegation in delegations_to(user, today=today)]
    return [row for row in rows if row.level == levels[row.quote_id] and _seat(row, row.quote, user, givers)]


def asked_words(approval: Approval | ApprovalRule) -> str:
    """Who is asked: a colleague's name or a role."""
    return str(approval.approver or role_label(approval.role)) if approval.role or approval.approver else ""


def _is_asked(approval: Approval, user: User) -> bool:
    """Whether the approval names the user or their role."""
    return user.is_active and (approval.approver_id == user.pk or (approval.role != "" and approval.role == user.role))
