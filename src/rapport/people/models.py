"""Person, Company, and what ties them together."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rapport.core.models import Labels, Record, word_index
from rapport.fields.columns import CustomValues
from rapport.people.querysets import CompanyQuerySet, PersonQuerySet
from rapport.people.registers import (
    NotTheSame,
    PrivacyRequest,
    PrivacyTerm,
    Suppression,
    SuppressionSalt,
    Twins,
    TwinSearch,
)

__all__ = [
    "OF_KIND",
    "Affiliation",
    "Company",
    "CompanyLink",
    "ContactPoint",
    "Merge",
    "NotTheSame",
    "Person",
    "PrivacyRequest",
    "PrivacyTerm",
    "Suppression",
    "SuppressionSalt",
    "TwinSearch",
    "Twins",
]


class Person(Record):
    """A human being: consumer, contact, or both. The name is written as its bearer writes it.

    A person known only by an id (a shop's customer number) has no name; `sort_name` and `search_text` are
    derived by `people.rules` on every write. `email` and `phone` are the main ones, further ones
    are contact points. The indexes are few and narrow on purpose: each costs a bulk load of a million people
    seconds.
    """

    full_name = models.CharField(_("Full name"), max_length=200, blank=True, default="")
    sort_name = models.CharField(db_collation="C", max_length=200, editable=False)
    search_text = models.TextField(editable=False)
    email = models.CharField(_("E-mail"), max_length=254, db_collation="C", blank=True, default="")
    phone = models.CharField(_("Phone"), max_length=32, db_collation="C", blank=True, default="")
    title = models.CharField(_("Title"), max_length=200, blank=True, default="")
    birthday = models.DateField(_("Birthday"), null=True, blank=True)
    language = models.CharField(_("Language"), max_length=8, blank=True, default="")
    province = models.CharField(_("Province"), max_length=80, blank=True, default="")
    country = models.CharField(_("Country"), max_length=2, blank=True, default="")
    tags = Labels(verbose_name=_("Tags"))
    owner = models.ForeignKey(
        "identity.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Owner"),
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Team"),
    )

    custom = CustomValues()

    # Where this record was found to be the same person as another. No constraint: checking it would cost a bulk load of
    # a million people seconds, and `people.holders` keeps it.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        db_table = "people_person"
        constraints = [
            models.UniqueConstraint(fields=["external_id"], name="person_external_id_once"),
            models.CheckConstraint(
                condition=~Q(full_name="") | Q(external_id__isnull=False) | ~Q(email="") | ~Q(phone=""),
                name="person_is_told_apart",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(archived_at__isnull=False) & ~Q(merged_into=F("id")),
                name="merged_person_is_put_away",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="person_by_name"),
            models.Index(fields=["recorded_at", "id"], name="person_by_arrival"),
            models.Index(fields=["email"], condition=~Q(email=""), name="person_by_email"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="person_by_phone"),
            models.Index(fields=["owner"], condition=Q(owner__isnull=False), name="person_by_owner"),
            models.Index(fields=["team"], condition=Q(team__isnull=False), name="person_by_team"),
            models.Index(fields=["province"], condition=~Q(province=""), name="person_by_province"),
            models.Index(fields=["source"], condition=~Q(source=""), name="person_by_source"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="person_merged"),
            GinIndex(fields=["tags"], name="person_by_tag", condition=~Q(tags=[])),
            word_index("person_by_word"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.external_id or self.email or self.phone


class Company(Record):
    """An organisation we know: an account, its parent, or one of *its* customers."""

    name = models.CharField(_("Company name"), max_length=200)
    sort_name = models.CharField(db_collation="C", max_length=200, editable=False)
    search_text = models.TextField(editable=False)
    tax_id = models.CharField(_("Tax id"), max_length=20, blank=True, default="")
    domain = models.CharField(_("Website"), max_length=253, blank=True, default="")
    industry = models.CharField(_("Industry"), max_length=120, blank=True, default="")
    employees = models.PositiveIntegerField(_("Employees"), null=True, blank=True)
    revenue = models.DecimalField(_("Yearly revenue"), max_digits=20, decimal_places=2, null=True, blank=True)
    province = models.CharField(_("Province"), max_length=80, blank=True, default="")
    country = models.CharField(_("Country"), max_length=2, blank=True, default="")
    tags = Labels(verbose_name=_("Tags"))
    owner = models.ForeignKey(
        "identity.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Owner")
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Team")
    )
    custom = CustomValues()

    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = CompanyQuerySet.as_manager()

    class Meta:
        db_table = "people_company"
        constraints = [
            models.UniqueConstraint(fields=["external_id"], name="company_external_id_once"),
            models.CheckConstraint(condition=~Q(name=""), name="company_has_a_name"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(archived_at__isnull=False) & ~Q(merged_into=F("id")),
                name="merged_company_is_put_away",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="company_by_name"),
            models.Index(fields=["recorded_at", "id"], name="company_by_arrival"),
            models.Index(fields=["tax_id"], condition=~Q(tax_id=""), name="company_by_tax_id"),
            models.Index(fields=["domain"], condition=~Q(domain=""), name="company_by_domain"),
            models.Index(fields=["owner", "sort_name", "id"], name="company_by_owner"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="company_merged"),
            GinIndex(fields=["tags"], name="company_by_tag"),
            word_index("company_by_word"),
        ]

    def __str__(self) -> str:
        return self.name


# What `kind` means where a table names records of either sort by their number.
OF_KIND: dict[str, type[Person | Company]] = {"person": Person, "company": Company}


class Affiliation(models.Model):
    """A person's post at a company; without an end it is the present one."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations", db_index=False)
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="affiliations", verbose_name=_("Company")
    )
    title = models.CharField(_("Title"), max_length=200, blank=True, default="")
    department = models.CharField(_("Department"), max_length=200, blank=True, default="")
    since = models.DateField(_("Since"), null=True, blank=True)
    until = models.DateField(_("Until"), null=True, blank=True)
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "people_affiliation"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company", "title", "since"], nulls_distinct=False, name="affiliation_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="affiliation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CompanyLink(models.Model):
    """How two companies belong together, read from left to right: A is parent of B, A supplies B."""

    class Kind(models.TextChoices):
        PARENT_OF = "parent_of", _("Parent of")
        SUPPLIES = "supplies", _("Supplies")
        PARTNER_OF = "partner_of", _("Partner of")

    from_company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="links_out")
    to_company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    since = models.DateField(_("Since"), null=True, blank=True)
    until = models.DateField(_("Until"), null=True, blank=True)
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "people_companylink"
        constraints = [
            models.UniqueConstraint(fields=["from_company", "to_company", "kind"], name="company_link_once"),
            models.CheckConstraint(condition=~Q(from_company=F("to_company")), name="company_link_to_another"),
            models.UniqueConstraint(
                fields=["to_company"], condition=Q(kind="parent_of", until__isnull=True), name="company_has_one_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_company_id} {self.kind} {self.to_company_id}"


class ContactPoint(models.Model):
    """A further way to reach a person, beside the main e-mail and phone, which are columns of the person.

    Values are normalised: E.164 for phones, lower case for e-mail. See ADR 0005.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        ZALO = "zalo", "Zalo"
        FACEBOOK = "facebook", "Facebook"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_points", db_index=False)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(_("Value"), max_length=254, db_collation="C")
    verified_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "people_contactpoint"
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "value"], name="contact_point_once"),
        ]
        indexes = [models.Index(fields=["value", "kind"], name="contact_point_by_value")]

    def __str__(self) -> str:
        return self.value


class Merge(models.Model):
    """Two records of one person, or of one company, became one; what is needed to tell of it and to take it back.

    `changes` says by model what became of the rows of every holder (`core.moving.Changes`), `before` holds both records
    as they were. No foreign keys: it outlives both.
    """

    kind = models.CharField(max_length=7, choices=[("person", _("Person")), ("company", _("Company"))])
    kept_id = models.BigIntegerField()
    gone_id = models.BigIntegerField()
    changes = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_merge"
        indexes = [models.Index(fields=["kind", "kept_id", "-at"], name="merge_into")]

    def __str__(self) -> str:
        return f"{self.kind} {self.gone_id} → {self.kept_id}"
