"""Users, teams, roles, and the one profile of the company that runs this installation."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject, Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.core.money import CURRENCIES
from rapport.identity.rights import OWNED, WITHOUT_OWNER, Reach
from rapport.identity.sessions import Session as Session
from rapport.identity.tokens import ApiToken as ApiToken
from rapport.identity.tokens import KeptAnswer as KeptAnswer


class RoleCode(models.TextChoices):
    """The roles that every installation has."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Manager")
    SELLER = "seller", _("Salesperson")
    MARKETER = "marketer", _("Marketer")
    SERVICE = "service", _("Service staff")
    VIEWER = "viewer", _("Viewer")


class Role(models.Model):
    """What a user is here for; its rights say what follows from it, through `identity.access`.

    The built-in ones are named by the translation of their code, the others by `name`.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=80, blank=True, default="", db_default="")
    second_factor = models.BooleanField(_("Must use a second factor"), default=False, db_default=False)
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__in=RoleCode.values, name="")
                | (~models.Q(code__in=RoleCode.values) & ~models.Q(name="")),
                name="role_has_one_name",
            ),
            models.UniqueConstraint(
                Lower("name"),
                condition=~models.Q(name=""),
                name="role_name_once",
                violation_error_message=_("Another role has this name."),
            ),
        ]

    def __str__(self) -> str:
        return role_name(self.code, self.name)

    @property
    def is_built_in(self) -> bool:
        """Whether every installation has it; it cannot be removed or renamed."""
        return self.code in RoleCode.values


class Right(models.Model):
    """How far a role may go in one thing; where a row lacks, not at all."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="rights")
    kind = models.CharField(max_length=20)
    action = models.CharField(max_length=20)
    reach = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "kind", "action"], name="right_once"),
            models.CheckConstraint(condition=models.Q(reach__lte=Reach.ALL), name="right_reaches_nothing_to_all"),
            models.CheckConstraint(
                condition=models.Q(reach__in=[Reach.NOTHING, Reach.ALL])
                | (models.Q(kind__in=sorted(OWNED)) & ~models.Q(action__in=sorted(WITHOUT_OWNER))),
                name="right_without_owner_is_all_or_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id} {self.kind}.{self.action} {self.reach}"


def _as_held(roles: models.QuerySet[Role]) -> models.QuerySet[Any]:
    """One column `held` of what `User.held_role` gives."""
    rights = Right.objects.filter(role=models.OuterRef("pk"), reach__gt=Reach.NOTHING).values_list(
        JSONObject(kind="kind", action="action", reach="reach")
    )
    held = JSONObject(code="code", name="name", second_factor="second_factor", rights=ArraySubquery(rights))
    return roles.order_by().annotate(held=held).values("held")


def role_name(code: str, name: str) -> str:
    """A role as people call it."""
    return name or (str(RoleCode(code).label) if code in RoleCode.values else code)


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

    def with_role(self) -> models.QuerySet["User"]:
        """Users with what their role is and may, read in the same query; see `User.held_role`."""
        role = Role.objects.filter(code=models.OuterRef("role"))
        return self.annotate(role_with_user=models.Subquery(_as_held(role)))

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
    role = models.CharField(_("Role"), max_length=20, default=RoleCode.VIEWER)
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

    @property
    def held_role(self) -> dict[str, Any]:
        """Name, second factor and rights of the role, asked at most once for each user object and role.

        Nothing is asked where the user came by `User.objects.with_role()`, as every request's user does.
        """
        known: tuple[str, dict[str, Any]] | None = self.__dict__.get("_held_role")
        if known is None or known[0] != self.role:
            held = self.__dict__.pop("role_with_user", None)
            if held is None or held["code"] != self.role:
                held = _as_held(Role.objects.filter(code=self.role)).values_list("held", flat=True).first()
            known = self.__dict__["_held_role"] = (self.role, held or {})
        return known[1]

    def get_role_display(self) -> str:
        """The role as people call it."""
        is_own = self.role not in RoleCode.values
        return role_name(self.role, self.held_role.get("name", "") if is_own else "")


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
