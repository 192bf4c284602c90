"""Roles and rights in the settings: said before they change, kept, and never so that nobody can change them back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from rapport.core.models import AuditEntry
from rapport.deals.models import ApprovalRule
from rapport.identity.models import Right, Role, RoleCode, User
from rapport.identity.rights import BUILT_IN, OFFERED
from tests.factories import make_deal, make_person, make_team, make_user

pytestmark = pytest.mark.django_db
Maker = Callable[..., Client]


def form_of(role: Role, **changed: Any) -> dict[str, Any]:
    """The form of a role as its page sends it."""
    held = {f"{row.kind}.{row.action}": row.reach for row in Right.objects.filter(role=role)}
    every = {f"{kind}.{action}": held.get(f"{kind}.{action}", 0) for kind, action in OFFERED}
    return (
        {"version": role.version, "name": role.name}
        | every
        | {name.replace("__", "."): value for name, value in changed.items()}
    )


def own_role(client: Client, name: str = "Thực tập", like: str = RoleCode.SELLER) -> Role:
    """A role of one's own, made by the page."""
    client.post("/settings/roles/new/", {"name": name, "like": Role.objects.get(code=like).pk})
    return Role.objects.get(name=name)


def test_a_change_is_said_first_then_kept_and_holds_at_once(client_as: Maker) -> None:
    client, seller = client_as("administrator", language="en"), Role.objects.get(code=RoleCode.SELLER)
    colleague = client_as("seller", team=make_team())
    person = make_person(owner=make_user(), team=make_team())
    assert colleague.get(f"/people/{person.pk}/").status_code == 404
    sent = form_of(seller, person__see=3)
    page = client.post(f"/settings/roles/{seller.pk}/", sent).content.decode()
    assert "People: See: Own team → <strong>All</strong> (more)" in page
    assert Right.objects.get(role=seller, kind="person", action="see").reach == 2
    assert client.post(f"/settings/roles/{seller.pk}/", sent | {"confirmed": "1"}).status_code == 302
    seller.refresh_from_db()
    assert seller.version == 2
    assert colleague.get(f"/people/{person.pk}/").status_code == 200
    assert AuditEntry.objects.get(code="identity.role_changed").data["person.see"] == [2, 3]
    again = client.post(f"/settings/roles/{seller.pk}/", sent | {"confirmed": "1"})
    assert again.status_code == 302, "twice the same is no conflict"

    began = client.get(f"/settings/roles/{seller.pk}/?began=1").content.decode()
    assert "People: See: All → <strong>Own team</strong> (less)" in began
    sent = form_of(seller, person__see=2, second_factor="on")
    assert "second factor is asked" in client.post(f"/settings/roles/{seller.pk}/", sent).content.decode()
    client.post(f"/settings/roles/{seller.pk}/", sent | {"confirmed": "1"})
    seller.refresh_from_db()
    assert seller.second_factor
    assert {(row.kind, row.action): row.reach for row in seller.rights.all()} == BUILT_IN[RoleCode.SELLER]


def test_a_role_of_ones_own_is_copied_given_and_removed(client_as: Maker) -> None:
    client = client_as("administrator", language="en")
    role = own_role(client)
    assert role.code == "thuc-tap"
    assert {(row.kind, row.action): row.reach for row in role.rights.all()} == BUILT_IN[RoleCode.SELLER]
    for wrong in ("thực tập", "Salesperson", " "):
        assert client.post("/settings/roles/new/", {"name": wrong, "like": role.pk}).status_code == 422
    user = make_user(role=role.code)
    rule = ApprovalRule.objects.create(level=1, discount_above=5, role=role.code)
    for page in ("", f"{role.pk}/", f"{role.pk}/remove/", "new/"):
        assert client.get(f"/settings/roles/{page}").status_code == 200
    assert "Thực tập" in client.get("/settings/users/").content.decode()
    viewer, manager = (Role.objects.get(code=code) for code in (RoleCode.VIEWER, RoleCode.MANAGER))
    assert client.post(f"/settings/roles/{role.pk}/remove/", {"to": viewer.pk}).status_code == 422
    assert client.post(f"/settings/roles/{role.pk}/remove/", {"to": manager.pk}).status_code == 302
    user.refresh_from_db()
    rule.refresh_from_db()
    assert (user.role, rule.role) == (RoleCode.MANAGER, RoleCode.MANAGER)
    assert not Role.objects.filter(pk=role.pk).exists()
    assert client.post(f"/settings/roles/{viewer.pk}/remove/", {"to": manager.pk}).status_code == 302
    assert Role.objects.filter(pk=viewer.pk).exists()


def test_nobody_locks_everybody_out(client_as: Maker) -> None:
    client = client_as("administrator", language="en")
    built_in = Role.objects.get(code=RoleCode.ADMINISTRATOR)
    sent = form_of(built_in, settings__edit=0, confirmed="1")
    client.post(f"/settings/roles/{built_in.pk}/", sent)
    assert Right.objects.get(role=built_in, kind="settings").reach == 3
    role = own_role(client, like=RoleCode.ADMINISTRATOR)
    User.objects.update(role=role.code)
    page = client.post(f"/settings/roles/{role.pk}/", form_of(role, settings__edit=0, confirmed="1"))
    assert "At least one administrator" in page.content.decode()
    page = client.post(f"/settings/roles/{role.pk}/remove/", {"to": Role.objects.get(code=RoleCode.VIEWER).pk})
    assert "At least one administrator" in page.content.decode()
    assert User.objects.get().role == role.code
    assert client.post(f"/settings/roles/{role.pk}/remove/", {"to": built_in.pk}).status_code == 302


@pytest.mark.parametrize(
    "changes",
    [
        {"person__see": "4"},
        {"person__see": "-1"},
        {"person__add": "1"},
        {"person__see": "x"},
        {"version": "", "person__see": "1"},
    ],
)
def test_a_form_made_by_hand_is_refused(client_as: Maker, changes: dict[str, str]) -> None:
    client, seller = client_as("administrator"), Role.objects.get(code=RoleCode.SELLER)
    page = client.post(f"/settings/roles/{seller.pk}/", form_of(seller, confirmed="1", **changes))
    assert page.status_code == (409 if "version" in changes else 422)
    assert not AuditEntry.objects.exists()


def test_a_role_with_nothing_gets_nothing(client_as: Maker) -> None:
    admin = client_as("administrator")
    role = own_role(admin)
    Right.objects.filter(role=role).update(reach=0)
    client = client_as(role.code, language="en")
    person, deal = make_person(full_name="Hidden One"), make_deal(name="Hidden deal")
    pages = ["/", "/people/", "/companies/", "/deals/", "/deals/board/", "/orders/", "/products/", "/tasks/"]
    for page in [*pages, "/search/?q=hidden", "/search/named/person/?q=hidden"]:
        answer = client.get(page)
        assert answer.status_code == 200
        assert "Hidden" not in answer.content.decode()
    for page in (f"/people/{person.pk}/", f"/deals/{deal.pk}/", "/customers/", "/sales/"):
        assert client.get(page).status_code == 404
    for page in ("/people/new/", "/quick/task/", "/imports/new/", "/segments/", "/settings/"):
        assert client.get(page).status_code == 403
    User.objects.filter(pk=client.user.pk).update(is_active=False)  # type: ignore[attr-defined]
    assert client.get("/people/").status_code == 302
