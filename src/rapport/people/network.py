"""How far a company's network reaches: the tree it stands in, who supplies the tree, its customers and theirs.

Walked level by level over links that hold today, through companies the reader may see; a hidden company is as if it
were absent, and what only it leads to is not reached. Bounded in depth and number; the answer says where it ended.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from rapport.identity.models import User
from rapport.people.models import Affiliation, Company, CompanyLink, Person

MOST_LEVELS = 6
MOST_COMPANIES = 500
PARENT_OF, SUPPLIES = CompanyLink.Kind.PARENT_OF, CompanyLink.Kind.SUPPLIES


@dataclass(frozen=True)
class Edge:
    """A link that holds: the first company is parent of, or supplies, the second."""

    from_id: int
    to_id: int
    kind: str


@dataclass(frozen=True)
class Member:
    """A company of the tree; `level` counts from the top, 0."""

    company: Company
    level: int


@dataclass
class Reach:
    """What was found around a company.

    `tree` is in reading order: each company is followed by those below it. `suppliers` and `customers` are those of
    any company of the tree, `further` the customers of the customers. `is_cut` says that there is more than was walked.
    """

    tree: list[Member] = field(default_factory=list)
    suppliers: list[Company] = field(default_factory=list)
    customers: list[Company] = field(default_factory=list)
    further: list[Company] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    is_cut: bool = False

    @property
    def companies(self) -> list[Company]:
        """Every company, those of the tree first."""
        return [*(member.company for member in self.tree), *self.suppliers, *self.customers, *self.further]

    @property
    def below(self) -> dict[int, list[int]]:
        """The ids of the companies right below each company of the tree."""
        found: dict[int, list[int]] = defaultdict(list)
        for edge in self.edges:
            if edge.kind == PARENT_OF:
                found[edge.from_id].append(edge.to_id)
        return found


def reach(*, user: User, company: Company, levels: int = MOST_LEVELS, most: int = MOST_COMPANIES) -> Reach:
    """The network of a company; at most `levels` up, `levels` down and `most` companies, the tree first."""
    walk = _Walk(user, most)
    walk.known[company.pk] = company
    top = _top(walk, company, levels)
    found = Reach(tree=_tree(walk, top, levels))
    ids = [member.company.pk for member in found.tree]
    found.suppliers = walk.step(ids, kind=SUPPLIES, upward=True)
    found.customers = walk.step(ids, kind=SUPPLIES, upward=False)
    found.further = walk.step([row.pk for row in found.customers], kind=SUPPLIES, upward=False)
    found.edges = sorted(walk.edges, key=lambda edge: (edge.kind, edge.from_id, edge.to_id))
    found.is_cut = walk.is_cut
    return found


def people_known(*, user: User, company_ids: list[int]) -> dict[int, int]:
    """How many people the user may see have a present post at each company; one query."""
    posts = Affiliation.objects.filter(
        company__in=company_ids, until__isnull=True, person__in=Person.objects.visible_to(user).live()
    )
    return dict(posts.order_by().values_list("company").annotate(Count("person", distinct=True)))


class _Walk:
    """A walk along links; knows whom it has met."""

    def __init__(self, user: User, most: int) -> None:
        self.user = user
        self.most = most
        self.known: dict[int, Company] = {}
        self.edges: set[Edge] = set()
        self.is_cut = False

    def step(self, ids: list[int], *, kind: str, upward: bool) -> list[Company]:
        """The companies one link away that were not met before, by name; links among those met are noted too."""
        if not ids:
            return []
        near, far = ("to_company", "from_company") if upward else ("from_company", "to_company")
        room = self.most - len(self.known)
        links = CompanyLink.objects.filter(
            Q(**{f"{near}__in": ids}), kind=kind, until__isnull=True,
            **{f"{far}__in": Company.objects.visible_to(self.user).live()},
        )  # fmt: skip
        fresh: dict[int, Company] = {}
        for link in links.select_related(far).order_by(f"{far}__sort_name", "pk")[: self.most * 10]:
            other: Company = getattr(link, far)
            if other.pk not in self.known and other.pk not in fresh:
                if len(fresh) >= room:
                    self.is_cut = True
                    continue
                fresh[other.pk] = other
            self.edges.add(Edge(link.from_company_id, link.to_company_id, kind))
        self.known |= fresh
        return list(fresh.values())


def _top(walk: _Walk, company: Company, levels: int) -> Company:
    """The highest company above, as far as the reader sees."""
    top = company
    for _level in range(levels):
        above = walk.step([top.pk], kind=PARENT_OF, upward=True)
        if not above:
            return top
        top = above[0]
    walk.is_cut = walk.is_cut or bool(_has_more(walk, [top.pk], upward=True))
    return top


def _tree(walk: _Walk, top: Company, levels: int) -> list[Member]:
    """The company at the top and all below it, each before those below it.

    The chain from the company asked about up to the top is always in it, however deep that is.
    """
    frontier, depth = [top.pk], 0
    while frontier and depth < levels:
        walk.step(frontier, kind=PARENT_OF, upward=False)
        above = set(frontier)
        frontier = [edge.to_id for edge in walk.edges if edge.kind == PARENT_OF and edge.from_id in above]
        depth += 1
    walk.is_cut = walk.is_cut or bool(_has_more(walk, frontier, upward=False))
    below: dict[int, list[Company]] = defaultdict(list)
    for edge in walk.edges:
        if edge.kind == PARENT_OF:
            below[edge.from_id].append(walk.known[edge.to_id])
    found: list[Member] = []
    stack, met = [Member(top, 0)], {top.pk}
    while stack:
        member = stack.pop()
        found.append(member)
        # A ring can only have come past the actions; it must not keep a page from ending.
        children = [row for row in below[member.company.pk] if row.pk not in met]
        met |= {row.pk for row in children}
        stack += [Member(row, member.level + 1) for row in sorted(children, key=_by_name, reverse=True)]
    return found


def _has_more(walk: _Walk, ids: list[int], *, upward: bool) -> bool:
    """Whether the tree goes on beyond these companies."""
    near, far = ("to_company", "from_company") if upward else ("from_company", "to_company")
    links = CompanyLink.objects.filter(kind=PARENT_OF, until__isnull=True, **{f"{near}__in": ids})
    seen = Company.objects.visible_to(walk.user).live().exclude(pk__in=list(walk.known))
    return links.filter(**{f"{far}__in": seen}).exists() if ids else False


def _by_name(company: Company) -> tuple[str, int]:
    return (company.sort_name, company.pk)
