"""Quotes with their lines and versions, tax rates by date, who must approve what, and who did."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.models.deals import Deal

_READ_BY_THE_CUSTOMER = (
    "deal_id", "number", "edition", "currency", "quoted_on", "valid_until", "payment_terms", "delivery_terms", "note",
    "discount", "discount_in", "gross", "net", "tax", "total", "parties", "sent_at",
)  # fmt: skip
_WAS_SENT = "OLD.sent_at IS NOT NULL"
_READS_DIFFERENTLY = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _READ_BY_THE_CUSTOMER)
_DECIDED = ("quote_id", "level", "decision", "decided_at", "comment")
_DECIDED_AGAIN = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _DECIDED)
_LINES_OF_A_DRAFT = """
    IF EXISTS (SELECT 1 FROM deals_quote WHERE id = COALESCE(NEW.quote_id, OLD.quote_id) AND status <> 'draft') THEN
        RAISE EXCEPTION 'lines of quote % change only while it is a draft', COALESCE(NEW.quote_id, OLD.quote_id);
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


class TaxRate(models.Model):
    """A tax rate on sales, from a day to a day; without a percentage what it is used for is not taxed at all."""

    name = models.CharField(_("Name"), max_length=120)
    percent = models.DecimalField(_("Tax rate, %"), max_digits=5, decimal_places=2, null=True, blank=True)
    since_on = models.DateField(_("Valid from"))
    until_on = models.DateField(_("Valid to"), null=True, blank=True)

    class Meta:
        db_table = "deals_taxrate"
        constraints = [
            models.UniqueConstraint(fields=["name", "since_on"], name="tax_rate_once_a_day"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="tax_rate_is_a_share"),
            models.CheckConstraint(condition=Q(until_on__gte=F("since_on")), name="tax_rate_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name


class QuoteProfile(models.Model):
    """What stands on every quote of this company: one row."""

    company_name = models.CharField(_("Company name on quotes"), max_length=200, blank=True, default="")
    address = models.CharField(_("Address"), max_length=300, blank=True, default="")
    tax_id = models.CharField(_("Tax code"), max_length=20, blank=True, default="")
    phone = models.CharField(_("Phone"), max_length=40, blank=True, default="")
    email = models.EmailField(_("E-mail"), blank=True, default="")
    bank_account = models.CharField(_("Bank account"), max_length=200, blank=True, default="")
    signer = models.CharField(_("Who signs"), max_length=120, blank=True, default="")
    payment_terms = models.TextField(_("Terms of payment"), max_length=1000, blank=True, default="")
    delivery_terms = models.TextField(_("Terms of delivery"), max_length=1000, blank=True, default="")
    valid_days = models.PositiveSmallIntegerField(_("Valid for, days"), default=30)

    class Meta:
        db_table = "deals_quoteprofile"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_quote_profile"),
            models.CheckConstraint(condition=Q(valid_days__gte=1, valid_days__lte=730), name="quote_is_valid_a_while"),
        ]

    def __str__(self) -> str:
        return self.company_name


class QuoteSeries(models.Model):
    """The last number given to a quote of a year. Locked while the next one is taken, so that none comes twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "deals_quoteseries"

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class Quote(models.Model):
    """One version of an offer to the customer of a deal.

    `number` names the offer, `edition` its version from 1; once sent, nothing that the customer reads changes
    any more: another edition takes its place. `parties` is who sold to whom, as written when it was sent.
    `discount` is taken off the whole after those of the lines, in percent or as a sum. `gross` is the sum before
    all discounts, `net` after them, `total` with tax. `version` grows with every saved change.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("quote", "Draft")
        WAITING = "waiting", pgettext_lazy("quote", "Waiting for approval")
        APPROVED = "approved", pgettext_lazy("quote", "Ready to send")
        SENT = "sent", pgettext_lazy("quote", "Sent")
        ACCEPTED = "accepted", pgettext_lazy("quote", "Accepted")
        DECLINED = "declined", pgettext_lazy("quote", "Declined")
        EXPIRED = "expired", pgettext_lazy("quote", "Expired")
        REPLACED = "replaced", pgettext_lazy("quote", "Replaced")

    class DiscountIn(models.TextChoices):
        PERCENT = "percent", pgettext_lazy("discount", "percent")
        SUM = "sum", pgettext_lazy("discount", "amount")

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="quotes")
    number = models.CharField(_("Number"), max_length=20, db_collation="C")
    edition = models.PositiveSmallIntegerField(_("Version"), default=1)
    status = models.CharField(_("Status"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    currency = models.CharField(_("Currency"), max_length=3)
    quoted_on = models.DateField(_("Date of the quote"))
    valid_until = models.DateField(_("Valid until"))
    payment_terms = models.TextField(_("Terms of payment"), max_length=1000, blank=True, default="")
    delivery_terms = models.TextField(_("Terms of delivery"), max_length=1000, blank=True, default="")
    note = models.TextField(_("Note to the customer"), max_length=2000, blank=True, default="")
    parties = models.JSONField(default=dict)
    discount = models.DecimalField(_("Discount on the whole quote"), max_digits=20, decimal_places=2, default=0)
    discount_in = models.CharField(max_length=7, choices=DiscountIn.choices, default=DiscountIn.PERCENT)
    gross = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    net = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    tax = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    total = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    made_by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    submitted_by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_note = models.CharField(_("What they said"), max_length=500, blank=True, default="")
    order = models.ForeignKey("commerce.Order", on_delete=models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "deals_quote"
        constraints = [
            models.UniqueConstraint(fields=["number", "edition"], name="quote_edition_once"),
            models.CheckConstraint(condition=Q(edition__gte=1), name="quote_editions_count_from_one"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("quoted_on")), name="quote_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(net__gte=0, tax__gte=0, total__gte=0), name="quote_costs_something"),
            models.CheckConstraint(
                condition=Q(discount__gte=0) & (Q(discount_in="sum") | Q(discount_in="percent", discount__lte=100)),
                name="quote_takes_off_a_share_or_a_sum",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["sent", "accepted", "declined", "expired"]) | Q(sent_at__isnull=False),
                name="quote_was_sent_at_an_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["deal", "-number", "-edition"], name="quote_of_deal"),
            models.Index(fields=["status", "-made_at", "-id"], name="quote_by_status"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_sent_quote_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"{_WAS_SENT} AND ({_READS_DIFFERENTLY})"),
            ),
            pgtrigger.Protect(
                name="a_sent_quote_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(_WAS_SENT),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}-{self.edition}" if self.edition > 1 else self.number


class QuoteLine(models.Model):
    """One line of a quote: a product or free text. Amounts are rounded line by line, as `rules.quotes` says.

    `tax_percent` is the rate at the date of the quote; None is not taxed at all. `discount` is in percent.
    """

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("commerce.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    description = models.CharField(_("Description"), max_length=500)
    unit = models.CharField(_("Unit"), max_length=40, blank=True, default="")
    quantity = models.DecimalField(_("Quantity"), max_digits=16, decimal_places=3)
    unit_price = models.DecimalField(_("Unit price"), max_digits=20, decimal_places=4)
    discount = models.DecimalField(_("Discount, %"), max_digits=5, decimal_places=2, default=0)
    tax_rate = models.ForeignKey(TaxRate, on_delete=models.PROTECT, related_name="+")
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    net = models.DecimalField(max_digits=20, decimal_places=2)
    tax = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        db_table = "deals_quoteline"
        constraints = [
            models.UniqueConstraint(fields=["quote", "position"], name="quote_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_has_a_quantity"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="quote_line_price_is_not_negative"),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="quote_discount_is_a_share"),
            models.CheckConstraint(condition=~Q(description=""), name="quote_line_says_what"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lines_of_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_LINES_OF_A_DRAFT,
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.description}"


class ApprovalRule(models.Model):
    """Quotes beyond a discount or an amount need somebody's yes.

    `discount_above` is in percent and meant of the whole quote or of any one line; `total_above` is before tax, in
    the company's own currency. Whoever decides is a colleague or everybody of a role; lower levels come first.
    """

    level = models.PositiveSmallIntegerField(_("Level"), default=1)
    discount_above = models.DecimalField(_("Discount above, %"), max_digits=5, decimal_places=2, null=True, blank=True)
    total_above = models.DecimalField(_("Amount above"), max_digits=20, decimal_places=2, null=True, blank=True)
    approver = models.ForeignKey(
        "identity.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Colleague")
    )
    role = models.CharField(_("Role"), max_length=20, blank=True, default="")

    class Meta:
        db_table = "deals_approvalrule"
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=9), name="approval_rule_has_a_level"),
            models.CheckConstraint(
                condition=Q(discount_above__isnull=False) | Q(total_above__isnull=False),
                name="approval_rule_says_when",
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=False, role="") | (Q(approver__isnull=True) & ~Q(role="")),
                name="approval_rule_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.approver_id or self.role}"


class Approval(models.Model):
    """A yes that a quote needs, and what became of it. Decided once; a quote taken back begins anew."""

    class Decision(models.TextChoices):
        PENDING = "pending", pgettext_lazy("approval", "Waiting")
        APPROVED = "approved", pgettext_lazy("approval", "Approved")
        REFUSED = "refused", pgettext_lazy("approval", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("approval", "No longer asked")

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="approvals")
    level = models.PositiveSmallIntegerField()
    discount_above = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    total_above = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    approver = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    role = models.CharField(max_length=20, blank=True, default="")
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=9, choices=Decision.choices, default=Decision.PENDING)
    decided_by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    on_behalf_of = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(_("Comment"), max_length=500, blank=True, default="")

    class Meta:
        db_table = "deals_approval"
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="pending", decided_at__isnull=True)
                | (~Q(decision="pending") & Q(decided_at__isnull=False)),
                name="approval_was_decided_at_an_instant",
            )
        ]
        indexes = [
            models.Index(fields=["quote", "level", "id"], name="approval_of_quote"),
            models.Index(fields=["asked_at", "id"], condition=Q(decision="pending"), name="approval_waiting"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.decision <> 'pending' AND ({_DECIDED_AGAIN})"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.level} {self.decision}"


class Delegation(models.Model):
    """Somebody decides in another's place, from a day to a day, both counted."""

    giver = models.ForeignKey(
        "identity.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("In place of")
    )
    taker = models.ForeignKey(
        "identity.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("Who decides")
    )
    since_on = models.DateField(_("From day"))
    until_on = models.DateField(_("To day"))

    class Meta:
        db_table = "deals_delegation"
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="delegation_is_to_another"),
            models.CheckConstraint(condition=Q(until_on__gte=F("since_on")), name="delegation_ends_after_it_begins"),
        ]
        indexes = [models.Index(fields=["taker", "until_on"], name="delegation_of_taker")]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"
