"""What ties people and companies together: posts, further ways to reach a person, links between companies."""

from datetime import date
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api import naming
from rapport.api.answers import PageOf, Sent, Shape, Shown, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.identity.access import Action, Kind
from rapport.people import access, actions
from rapport.people.models import Affiliation, Company, CompanyLink, ContactPoint, Person

posts = Router(tags=["Posts"])
points = Router(tags=["Contact points"])
links = Router(tags=["Company links"])
PEOPLE, COMPANIES = "people", "companies"
POST: dict[str, Any] = {
    "id": 9, "person_id": 17, "company_id": 5, "title": "Purchasing manager", "department": "Purchasing",
    "since": "2024-01-01", "until": None,
}  # fmt: skip
POINT: dict[str, Any] = {"id": 3, "person_id": 17, "kind": "zalo", "value": "+84901234567"}
LINK: dict[str, Any] = {
    "id": 2, "from_company_id": 5, "to_company_id": 8, "kind": "parent_of", "since": "2020-01-01", "until": None,
}  # fmt: skip


class PostShown(Shown):
    """A person's post at a company; without an end it is the present one."""

    id: int
    person_id: int
    company_id: int
    title: str | None
    department: str | None
    since: date | None
    until: date | None


class PostValues(Sent):
    """What is known of a post."""

    title: str | None = Field(None, max_length=200)
    department: str | None = Field(None, max_length=200)
    since: date | None = None
    until: date | None = None


class NewPost(PostValues):
    """A post to be."""

    person_id: int
    company_id: int


class PostsAsked(AskedPage):
    """Whose posts, or at which company."""

    person_id: int | None = None
    company_id: int | None = None
    present: bool | None = Field(None, description="Those that have no end; with false those that have.")


class PointShown(Shown):
    """A further way to reach a person, beside the main e-mail and phone."""

    id: int
    person_id: int
    kind: Literal["email", "phone", "zalo", "facebook"]
    value: str


class NewPoint(Sent):
    """A further way to be."""

    person_id: int
    kind: Literal["email", "phone", "zalo", "facebook"]
    value: str = Field(min_length=1, max_length=254)


class PointsAsked(AskedPage):
    """Whose ways, or of which kind."""

    person_id: int | None = None
    kind: Literal["email", "phone", "zalo", "facebook"] | None = None


class LinkShown(Shown):
    """How two companies belong together, read from left to right."""

    id: int
    from_company_id: int
    to_company_id: int
    kind: Literal["parent_of", "supplies", "partner_of"]
    since: date | None
    until: date | None


class NewLink(Sent):
    """A link to be."""

    from_company_id: int
    to_company_id: int
    kind: Literal["parent_of", "supplies", "partner_of"]
    since: date | None = None


class LinksAsked(AskedPage):
    """Links of which company, or of which kind."""

    company_id: int | None = None
    kind: Literal["parent_of", "supplies", "partner_of"] | None = None


class EndOn(Sent):
    """The last day."""

    on: date


POSTS: Shape[Affiliation] = Shape(PostShown)
POINTS: Shape[ContactPoint] = Shape(PointShown)
LINKS: Shape[CompanyLink] = Shape(LinkShown)


@operation(posts, Spec(
    name="list_affiliations", method="GET", path="/affiliations", scope="people:read",
    right=(Kind.PERSON, Action.SEE), summary="List posts", answers=PageOf[PostShown],
    example={"items": [POST], "next": None},
))  # fmt: skip
def list_affiliations(request: ApiRequest, asked: Query[PostsAsked]) -> HttpResponse:
    """Posts of people whom you may see, at companies that you may see."""
    user = request.caller.user
    rows = Affiliation.objects.filter(
        person__in=Person.objects.visible_to(user), company__in=Company.objects.visible_to(user)
    )
    rows = rows.filter(**naming.equal(asked, "person_id", "company_id"))
    if asked.present is not None:
        rows = rows.filter(until__isnull=asked.present)
    return page_of(request, rows, POSTS, asked)


@operation(posts, Spec(
    name="add_affiliation", method="POST", path="/affiliations", scope="people:write",
    right=(Kind.PERSON, Action.EDIT), summary="Give a person a post", answers=PostShown, status=201, example=POST,
    sent_example={"person_id": 17, "company_id": 5, "title": "Purchasing manager"},
))  # fmt: skip
def add_affiliation(request: ApiRequest, sent: NewPost) -> HttpResponse:
    """A post at a company."""
    user = request.caller.user
    person = naming.named("person_id", lambda: access.person_for_edit(user, sent.person_id))
    post = actions.set_affiliation(
        person=person, company=naming.company(user, sent.company_id), by=user, at=request.at, **_told(sent)
    )
    return made(request, POSTS, post)


@operation(posts, Spec(
    name="change_affiliation", method="PATCH", path="/affiliations/{int:pk}", scope="people:write",
    right=(Kind.PERSON, Action.EDIT), summary="Change a post", answers=PostShown, example=POST,
    sent_example={"until": "2026-03-31"},
))  # fmt: skip
def change_affiliation(request: ApiRequest, pk: int, sent: PostValues) -> HttpResponse:
    """Change the fields that are sent; with `until` the person left the post."""
    user = request.caller.user
    post = access.affiliation_for_edit(user, pk)
    kept = {name: getattr(post, name) for name in ("title", "department", "since", "until")}
    changed = actions.set_affiliation(
        person=post.person, company=post.company, affiliation=post, by=user, at=request.at, **(kept | _told(sent))
    )
    return one(request, POSTS, changed)


@operation(posts, Spec(
    name="remove_affiliation", method="DELETE", path="/affiliations/{int:pk}", scope="people:write",
    right=(Kind.PERSON, Action.EDIT), summary="Take a post away", answers=None, status=204,
))  # fmt: skip
def remove_affiliation(request: ApiRequest, pk: int) -> HttpResponse:
    """Take away a post that was entered by mistake."""
    user = request.caller.user
    actions.remove_affiliation(affiliation=access.affiliation_for_edit(user, pk), by=user, at=request.at)
    return nothing()


@operation(points, Spec(
    name="list_contact_points", method="GET", path="/contact-points", scope="people:read",
    right=(Kind.PERSON, Action.SEE), summary="List contact points", answers=PageOf[PointShown],
    example={"items": [POINT], "next": None},
))  # fmt: skip
def list_contact_points(request: ApiRequest, asked: Query[PointsAsked]) -> HttpResponse:
    """Further ways to reach people whom you may see."""
    rows = ContactPoint.objects.filter(person__in=Person.objects.visible_to(request.caller.user))
    return page_of(request, rows.filter(**naming.equal(asked, "person_id", "kind")), POINTS, asked)


@operation(points, Spec(
    name="add_contact_point", method="POST", path="/contact-points", scope="people:write",
    right=(Kind.PERSON, Action.EDIT), summary="Add a contact point", answers=PointShown, status=201, example=POINT,
    sent_example={"person_id": 17, "kind": "zalo", "value": "0901 234 567"},
))  # fmt: skip
def add_contact_point(request: ApiRequest, sent: NewPoint) -> HttpResponse:
    """A further way. A person's first e-mail or phone belongs to the person itself: change the person."""
    user = request.caller.user
    person = naming.named("person_id", lambda: access.person_for_edit(user, sent.person_id))
    naming.check_has_main(person, sent.kind)
    actions.add_contact_point(person=person, kind=sent.kind, value=sent.value, by=user, at=request.at)
    point = ContactPoint.objects.filter(person=person, kind=sent.kind).latest("pk")
    return made(request, POINTS, point)


@operation(points, Spec(
    name="make_contact_point_main", method="POST", path="/contact-points/{int:pk}/make-main", scope="people:write",
    right=(Kind.PERSON, Action.EDIT), summary="Make it the main one", answers=None, status=204,
))  # fmt: skip
def make_contact_point_main(request: ApiRequest, pk: int) -> HttpResponse:
    """This e-mail or phone and the main one change places."""
    user = request.caller.user
    actions.make_main(point=access.contact_point_for_edit(user, pk), by=user, at=request.at)
    return nothing()


@operation(points, Spec(
    name="remove_contact_point", method="DELETE", path="/contact-points/{int:pk}", scope="people:write",
    right=(Kind.PERSON, Action.EDIT), summary="Remove a contact point", answers=None, status=204,
))  # fmt: skip
def remove_contact_point(request: ApiRequest, pk: int) -> HttpResponse:
    """Take a further way to reach a person away."""
    user = request.caller.user
    actions.remove_contact_point(point=access.contact_point_for_edit(user, pk), by=user, at=request.at)
    return nothing()


@operation(links, Spec(
    name="list_company_links", method="GET", path="/company-links", scope="companies:read",
    right=(Kind.COMPANY, Action.SEE), summary="List links between companies", answers=PageOf[LinkShown],
    example={"items": [LINK], "next": None},
))  # fmt: skip
def list_company_links(request: ApiRequest, asked: Query[LinksAsked]) -> HttpResponse:
    """Links between companies both of which you may see."""
    seen = Company.objects.visible_to(request.caller.user)
    rows = CompanyLink.objects.filter(from_company__in=seen, to_company__in=seen)
    rows = rows.filter(**naming.equal(asked, "kind"))
    if asked.company_id is not None:
        rows = rows.filter(from_company=asked.company_id) | rows.filter(to_company=asked.company_id)
    return page_of(request, rows, LINKS, asked)


@operation(links, Spec(
    name="link_companies", method="POST", path="/company-links", scope="companies:write",
    right=(Kind.COMPANY, Action.EDIT), summary="Link two companies", answers=LinkShown, status=201, example=LINK,
    sent_example={"from_company_id": 5, "to_company_id": 8, "kind": "parent_of"},
))  # fmt: skip
def link_companies(request: ApiRequest, sent: NewLink) -> HttpResponse:
    """The first is parent of, supplies, or is a partner of the second. You may change the first and see the second."""
    user = request.caller.user
    first = naming.named("from_company_id", lambda: access.company_for_edit(user, sent.from_company_id))
    second = naming.named("to_company_id", lambda: access.company_for_view(user, sent.to_company_id))
    link = actions.link_companies(
        from_company=first, to_company=second, kind=sent.kind, since=sent.since, by=user, at=request.at
    )
    return made(request, LINKS, link)


@operation(links, Spec(
    name="end_company_link", method="POST", path="/company-links/{int:pk}/end", scope="companies:write",
    right=(Kind.COMPANY, Action.EDIT), summary="End a link", answers=LinkShown, example=LINK,
    sent_example={"on": "2026-03-31"},
))  # fmt: skip
def end_company_link(request: ApiRequest, pk: int, sent: EndOn) -> HttpResponse:
    """They belonged together until that day."""
    user = request.caller.user
    link = access.link_for_edit(user, pk)
    return one(request, LINKS, actions.end_link(link=link, on=sent.on, by=user, at=request.at))


@operation(links, Spec(
    name="unlink_companies", method="DELETE", path="/company-links/{int:pk}", scope="companies:write",
    right=(Kind.COMPANY, Action.EDIT), summary="Take a link away", answers=None, status=204,
))  # fmt: skip
def unlink_companies(request: ApiRequest, pk: int) -> HttpResponse:
    """Take away a link that was entered by mistake."""
    user = request.caller.user
    actions.unlink_companies(link=access.link_for_edit(user, pk), by=user, at=request.at)
    return nothing()


def _told(sent: PostValues) -> dict[str, Any]:
    """What was sent of a post, as the action takes it."""
    texts = ("title", "department")
    return {
        name: (value or "") if name in texts else value
        for name, value in sent.given().items()
        if name in (*texts, "since", "until")
    }
