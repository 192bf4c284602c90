"""What colleagues of the demo company made of their lists: kept views, one change of many, a program that would listen.

Done by the same actions as on pages; the endpoint leads to an address of documentation and is switched off.
"""

from datetime import datetime, timedelta

from django.http import QueryDict

from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists import actions, asked, catalogue
from rapport.lists.bulk import operations, runs
from rapport.lists.models import SavedView
from rapport.webhooks.actions import add_endpoint, change_endpoint

Shared = SavedView.Shared
# Whose view, of which list, its name, who sees it, and what it asks for.
VIEWS: tuple[tuple[str, Kind, str, str, str], ...] = (
    ("ha.le@example.com", Kind.COMPANY, "Hạng A và B đang có cơ hội", Shared.ALL,
     "custom.tier=a&custom.tier=b&open_deals.at_least=1"
     "&columns=name,custom.tier,custom.markets,custom.yearly_budget,open_deals,last_interaction,owner&sort=name"),
    ("ha.le@example.com", Kind.DEAL, "Trên 500 triệu, cần đào tạo vận hành", Shared.TEAM,
     "status=open&amount.at_least=500000000&custom.trained=yes"
     "&columns=name,customer,stage,amount,custom.site,custom.wanted_by,owner&sort=-amount"),
    ("kien.tran@example.com", Kind.COMPANY, "Khách miền Bắc của tôi", Shared.OWN,
     "owner=me&columns=name,province,industry,open_deals,last_interaction&sort=name"),
    ("thao.bui@example.com", Kind.PERSON, "Có thư điện tử, ở Hà Nội", Shared.ALL,
     "province=Hà Nội&email.known=1&columns=name,email,phone,province,last_order&sort=name"),
    ("quantri@example.com", Kind.PERSON, "Liên hệ ở doanh nghiệp đông người", Shared.OWN,
     "company.employees.at_least=200&columns=name,title,company,phone,last_interaction&sort=name"),
)  # fmt: skip
MARKED = "khách trọng điểm"
LISTENER, ADDRESS = "Phần mềm kế toán (mẫu)", "https://accounting.example.com/rapport"
HEARD = ("deal.moved", "order.placed", "bulk.ended")


def make(*, at: datetime) -> None:
    """Keep the views, mark the best customers, name the program; nothing where that is done already."""
    if SavedView.objects.exists():
        return
    for email, kind, name, shared, query in VIEWS:
        user = User.objects.get(email=email)
        wanted = asked.read(catalogue.of(kind, user=user, now=at), QueryDict(query))
        actions.keep(kind=kind, name=name, asked=wanted, shared=shared, by=user, at=at - timedelta(days=12))
    _mark_the_best(by=User.objects.get(email="ha.le@example.com"), at=at - timedelta(days=2))
    administrator = User.objects.get(email="quantri@example.com")
    endpoint = add_endpoint(name=LISTENER, url=ADDRESS, events=HEARD, by=administrator, at=at).endpoint
    change_endpoint(endpoint=endpoint, version=endpoint.version, changes={"is_on": False}, by=administrator, at=at)


def _mark_the_best(*, by: User, at: datetime) -> None:
    """A tag for every customer of the first tier, as one change of many."""
    operation = operations.checked(by, Kind.COMPANY, what="tag", value=[MARKED], at=at)
    run = runs.begin(operation=operation, question={"query": "custom.tier=a"}, by=by, at=at)
    runs.carry_out(run.pk, clock=lambda: at, is_wanted_to_end=lambda: False)
