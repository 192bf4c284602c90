"""An import taken back: to the letter, or not at all."""

import pytest

from rapport.commerce.models import Order
from rapport.deals.models import StageChange
from rapport.identity.models import User
from rapport.imports import undo
from rapport.imports.models import BeforeImage, Import
from rapport.imports.undo import CannotUndo
from rapport.people.models import Affiliation, Person
from tests.factories import AT, make_company, make_interaction, make_person
from tests.imports.conftest import Importer, everything, revenue_is_true

LINE = "order,product,product_name,quantity,unit_price,placed_at,person\n"
TALK = "external_id,kind,at,person,company,subject\n"
FIRST = {
    "people": "external_id,full_name,email,company,title,owner\n1,An,a@x.vn,Acme,CEO,Lan\n2,Bình,,,,\n",
    "companies": "external_id,name,parent,revenue\n1,Acme,Holding,1.50\n2,Beta,Acme,2\n",
    "affiliations": "person,company,title,until\n1,Acme,CEO,\n2,Acme,CFO,2020-01-01\n",
    "products": "external_id,name,price\nP1,Cup,5\nP2,Plate,6\n",
    "deals": "external_id,name,company,stage,amount,owner\n1,A,Acme,New,5,Lan\n2,B,Acme,Won,7,Lan\n",
    "orders": "external_id,person,placed_at,total\n1,C1,2026-01-01,5\n2,C2,2026-01-02,6\n",
    "order-lines": LINE + "1,P,,1,5,2026-01-01,C1\n1,Q,Q,1,5,2026-01-01,\n",
    "interactions": TALK + "1,call,2026-01-01,C1,Acme,x\n2,note,2026-01-01,C2,Acme,y\n",
}
SECOND = {
    "people": "external_id,full_name,email,company,title,owner\n1,An Bình,b@x.vn,Acme,Chairman,Minh\n3,Chi,,New,,\n",
    "companies": "external_id,name,parent,revenue\n2,Beta,Other,3\n1,Acme Group,,\n3,Gamma,Beta,\n",
    "affiliations": "person,company,title,until\n1,Acme,CEO,2024-01-01\n3,New,CTO,\n",
    "products": "external_id,name,price\nP1,Mug,7\nP3,Bowl,1\n",
    "deals": "external_id,name,company,stage,amount,owner\n1,AA,Beta,Demo,9,Minh\n3,C,Acme,Lost,,\n",
    "orders": "external_id,person,placed_at,total\n1,C3,2026-01-05,50\n3,C1,2026-01-02,6\n",
    "order-lines": LINE + "1,P,Cốc,2,5,2026-01-01,\n1,R,R,1,0,2026-01-01,\n9,P,,1,1,2026-01-01,\n",
    "interactions": TALK + "1,visit,2026-02-01,C3,Beta,z\n3,note,2026-01-01,C2,Acme,y\n",
}
CHANGES = "deal,to_stage,at,by\n1,New,2026-01-01,Lan\n1,Demo,2026-01-05,Hoa\n1,New,2026-01-08,\n1,Won,2026-02-01,Lan\n"


@pytest.mark.parametrize("target", list(FIRST))
def test_what_was_made_is_gone_and_what_was_changed_is_as_before(load: Importer, target: str) -> None:
    empty = everything()
    load(target, FIRST[target])
    before = everything()
    load(target, SECOND[target])
    assert everything() != before
    job = load.take_back()
    assert everything() == before
    assert (job.status, BeforeImage.objects.count()) == (Import.Status.UNDONE, 0)
    assert revenue_is_true()
    load.take_back(0)
    assert everything() == empty
    assert revenue_is_true()


def test_an_inferred_history_comes_back(load: Importer) -> None:
    load("deals", FIRST["deals"])
    before = everything()
    load("stage-changes", CHANGES)
    with_history = everything()
    load("stage-changes", "deal,to_stage,at\n1,Demo,2026-01-03\n1,Lost,2026-03-01\n2,Demo,2026-01-03\n")
    load.take_back()
    assert everything() == with_history
    load.take_back(1)
    assert everything() == before


def test_undone_once_is_undone(load: Importer) -> None:
    load("people", FIRST["people"])
    load.take_back()
    with pytest.raises(CannotUndo, match="Only an import that was loaded"):
        load.take_back()


def test_an_import_that_loaded_nothing_cannot_be_undone(load: Importer) -> None:
    load("people", "external_id,email\n1,bad\n")
    with pytest.raises(CannotUndo):
        load.take_back()


def refused(load: Importer, number: int = -1) -> None:
    """The job cannot be undone, and nothing happens."""
    before = everything()
    with pytest.raises(CannotUndo):
        load.take_back(number)
    assert everything() == before
    assert Import.objects.get(pk=load.jobs[number].pk).status == Import.Status.DONE


@pytest.mark.parametrize("target", list(FIRST))
def test_a_later_import_of_the_same_records_stands_in_the_way(load: Importer, target: str) -> None:
    load(target, FIRST[target])
    load(target, SECOND[target])
    refused(load, 0)
    load.take_back(1)
    load.take_back(0)


def test_a_record_changed_by_hand_stands_in_the_way(load: Importer) -> None:
    load("people", FIRST["people"])
    Person.objects.filter(external_id="1").update(full_name="Someone", version=2, updated_at=AT)
    refused(load)


def test_a_record_changed_by_the_import_and_then_by_hand_stands_in_the_way(load: Importer) -> None:
    make_person(external_id="1", full_name="An")
    load("people", "external_id,full_name\n1,An Bình\n")
    Person.objects.update(version=3, updated_at=AT)
    refused(load)


def test_what_hangs_on_a_record_stands_in_the_way(load: Importer) -> None:
    load("people", FIRST["people"])
    make_interaction(Person.objects.get(external_id="1"))
    refused(load)


def test_what_another_import_ties_to_a_record_stands_in_the_way(load: Importer) -> None:
    load("orders", FIRST["orders"])
    load("interactions", "external_id,kind,at,person\n1,call,2026-01-01,C1\n")
    refused(load, 0)


def test_a_deal_moved_by_hand_stands_in_the_way(load: Importer) -> None:
    load("deals", FIRST["deals"])
    change = StageChange.objects.filter(deal__external_id="1").latest("pk")
    StageChange.objects.create(deal=change.deal, from_stage=change.to_stage, to_stage=change.to_stage, at=AT)
    refused(load)


def test_a_colleague_who_was_let_in_meanwhile_stands_in_the_way(load: Importer) -> None:
    load("people", FIRST["people"])
    User.objects.filter(full_name="Lan").update(is_active=True, email="lan@x.vn")
    refused(load)


def test_a_company_of_ours_stays(load: Importer) -> None:
    make_company(name="Acme")
    before = everything()
    load("people", FIRST["people"])
    assert Affiliation.objects.get().company.name == "Acme"
    load.take_back()
    assert everything() == before


def test_two_imports_that_do_not_touch_are_undone_in_any_order(load: Importer) -> None:
    empty = everything()
    load("orders", FIRST["orders"])
    load("orders", "external_id,person,placed_at,total\n8,C8,2026-01-01,5\n")
    load.take_back(0)
    assert Order.objects.get().external_id == "8"
    load.take_back(1)
    assert everything() == empty


def test_undoing_names_who_and_when(load: Importer) -> None:
    load("people", FIRST["people"])
    user = User.objects.create_user(email="m@x.vn", full_name="M")
    job = undo.undo(job=load.jobs[-1], by=user, at=AT)
    assert job.finished_at == AT
