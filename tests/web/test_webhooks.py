"""Webhooks in the settings: a secret shown once, what was delivered, an endpoint that was switched off by itself."""

from rapport.core import clock
from rapport.webhooks.models import Delivery, Endpoint
from tests.conftest import ClientMaker

HOOK = "https://erp.example.com/hook"


def test_an_endpoint_from_its_form_to_its_messages(client_as: ClientMaker) -> None:
    client = client_as("administrator")
    assert "No program listens yet" in client.get("/settings/webhooks/").content.decode()
    sent = {"name": "ERP", "url": "https://127.0.0.1/hook", "events": ["deal.moved"]}
    refused = client.post("/settings/webhooks/new/", sent)
    assert refused.status_code == 422
    assert "this machine" in refused.content.decode()
    shown = client.post("/settings/webhooks/new/", sent | {"url": HOOK}).content.decode()
    endpoint = Endpoint.objects.get()
    assert "whsec_" in shown
    place = f"/settings/webhooks/{endpoint.pk}/"
    assert "whsec_" not in client.get(place).content.decode()

    client.post(place + "test/")
    delivery = Delivery.objects.get()
    assert (delivery.name, delivery.status) == ("webhook.test", "waiting")
    Delivery.objects.update(
        status="dead", next_at=None, last_status=500, last_words="<b>broken</b>", last_at=clock.now()
    )
    page = client.get(place + "?status=dead").content.decode()
    assert "&lt;b&gt;broken&lt;/b&gt;" in page
    assert delivery.message_id in page
    assert delivery.message_id not in client.get(place + "?status=delivered").content.decode()
    assert client.post(place + "replay-dead/").status_code == 302
    assert Delivery.objects.get().status == "waiting"

    Endpoint.objects.update(is_on=False, off_because="fails", off_at=clock.now())
    assert "took no message for a day" in client.get("/settings/webhooks/").content.decode()
    assert client.post(place + "test/").status_code == 409
    stale = client.post(place, sent | {"url": HOOK, "name": "Other", "version": "99"})
    assert stale.status_code in (409, 422)
    assert Endpoint.objects.get().name == "ERP"
    client.post(place + "remove/")
    assert not Endpoint.objects.exists()
