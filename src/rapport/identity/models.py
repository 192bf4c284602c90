"""Users, teams, roles, and the one profile of the company that runs this installation."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.core.money import CURRENCIES


class Role(models.TextChoices):
    """What a user is here for; `identity.access` says what follows from it."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Manager")
    SELLER = "seller", _("Salesperson")
    MARKETER = "marketer", _("Marketer")
    SERVICE = "service", _("Service staff")
    VIEWER = "viewer", _("Viewer")


class Team(models.Model):
    """A group of users; teams form a tree."""

    name = models.CharField(_("Name"), max_length=120, unique=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("Part of"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="team_is_not_its_own_parent")
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds and makes users by e-mail."""

    def get_by_natural_key(self, email: str | None) -> "User":
        """The user who signs in with this e-mail, in any case."""
        return self.get(email__iexact=email)

    def create_user(self, *, email: str | None, password: str | None = None, **fields: Any) -> "User":
        """A saved user; without a password the user cannot sign in with one."""
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A colleague. One that came with an import has no e-mail yet and cannot sign in."""

    email = models.EmailField(_("E-mail"), null=True, blank=True)
    full_name = models.CharField(_("Full name"), max_length=200)
    role = models.CharField(_("Role"), max_length=20, choices=Role.choices, default=Role.VIEWER)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("Team")
    )
    is_active = models.BooleanField(pgettext_lazy("user", "May sign in"), default=True)
    language = models.CharField(_("Language"), max_length=2, blank=True, default="")
    theme = models.CharField(_("Theme"), max_length=10, blank=True, default="")
    joined_at = models.DateTimeField(auto_now_add=True)
    batch = models.BigIntegerField(null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("Someone already signs in with this e-mail."),
            )
        ]
        indexes = [models.Index(fields=["full_name"], name="user_by_name")]

    def __str__(self) -> str:
        return self.full_name or self.email or ""


class Organisation(models.Model):
    """The company that runs this installation: one row."""

    class Selling(models.TextChoices):
        TO_COMPANIES = "companies", _("To companies")
        TO_PEOPLE = "people", _("To people")
        TO_BOTH = "both", _("To both")

    name = models.CharField(_("Company name"), max_length=200, blank=True, default="")
    sells_to = models.CharField(_("We sell"), max_length=10, choices=Selling.choices, default=Selling.TO_BOTH)
    currency = models.CharField(
        _("Currency"), max_length=3, choices=[(code, code) for code in CURRENCIES], default="VND"
    )
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name


class EntryLink(models.Model):
    """A link that signs one user in once. Only the hash of its token is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.made_at}"
