"""Where messages may go, when they go again, how they are signed: without a database."""

import ipaddress
import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.config import wiring
from rapport.webhooks import rules, signing, targets
from rapport.webhooks.catalogue import BY_NAME, EVENTS

INNER = """127.0.0.1 127.9.9.9 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 0.0.0.0
 224.0.0.1 255.255.255.255 168.63.129.16 192.0.0.192 198.18.0.1 ::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::7f00:1
 fe80::1 fc00::1 fd00:ec2::254 fec0::1 ff02::1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 2001::1
 ::ffff:0:7f00:1 3fff::1 5f00::1 4000::1"""


def test_addresses_of_machines_and_inner_networks_are_never_public() -> None:
    assert [each for each in INNER.split() if targets.is_public(ipaddress.ip_address(each))] == []
    assert all(targets.is_public(ipaddress.ip_address(each)) for each in ("93.184.216.34", "2606:2800:220:1::1"))


WRONG = """http://example.com/ ftp://example.com/ https:// https://a:b@example.com/ https://example.com:22/
 https://127.0.0.1/ https://[::1]/ https://[::ffff:10.0.0.1]/ https://169.254.169.254/latest/ https://example.com:0/
 https://example.com:99999/ https://exa\x00mple.com/ https://example.com\\@127.0.0.1/ javascript:alert(1)
 //example.com/ https://[fe80::1%25eth0]/"""


@pytest.mark.parametrize("url", [*WRONG.split(" "), "", "https://example.com/" + "a" * 2000, "https://exa mple.com/"])
def test_addresses_that_are_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(targets.WrongTarget):
        targets.target(url.strip("\n") if url else url)


def test_an_address_is_kept_plainly_and_inner_hosts_must_be_named() -> None:
    assert targets.target("https://Bücher.example./hook?a=1#x").url == "https://xn--bcher-kva.example/hook?a=1"
    assert targets.target("http://crm.inner:8080/", inner_hosts=frozenset({"crm.inner:8080"})).port == 8080
    with pytest.raises(targets.WrongTarget):
        targets.target("http://crm.inner:8081/", inner_hosts=frozenset({"crm.inner:8080"}))


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"], []])
def test_a_name_that_resolves_to_an_inner_address_is_refused(answers: list[str], monkeypatch: Any) -> None:
    def resolve(*_args: Any, **_named: Any) -> list[Any]:
        if not answers:
            raise socket.gaierror
        return [(2, 1, 6, "", (each, 443)) for each in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(targets.WrongTarget):
        targets.addresses(targets.target("https://example.com/"))


def test_a_name_server_that_hangs_is_not_waited_for(monkeypatch: Any) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: over.wait(60) and [])
    with pytest.raises(targets.WrongTarget):
        targets.addresses(targets.target("https://example.com/"), seconds=0.01)
    over.set()


def test_attempts_spread_over_about_a_day_and_then_end() -> None:
    waits = [rules.wait(number, chance=0.5) for number in range(1, rules.MOST_ATTEMPTS)]
    total = sum((each for each in waits if each is not None), timedelta(0))
    assert timedelta(hours=22) < total < timedelta(hours=27)
    assert waits == sorted(waits, key=lambda each: each or timedelta(0))
    assert rules.wait(rules.MOST_ATTEMPTS, chance=0.5) is None
    low, high = rules.wait(1, chance=0), rules.wait(1, chance=1)
    assert (low, high) == (timedelta(seconds=48), timedelta(seconds=72))
    assert rules.wait(1, chance=0.5, wished=99_999) == timedelta(hours=1)
    assert rules.rest(1) == timedelta(0)
    assert rules.rest(2) == timedelta(minutes=1)
    assert rules.rest(10**6) == rules.LONGEST_REST
    day = timedelta(hours=24)
    assert rules.is_hopeless(status=410, failures=1, fails_for=timedelta(0))
    assert rules.is_hopeless(status=500, failures=8, fails_for=day)
    assert not rules.is_hopeless(status=500, failures=7, fails_for=day)
    assert not rules.is_hopeless(status=500, failures=99, fails_for=timedelta(hours=23))


def test_a_signature_is_that_of_the_standard_and_tells_any_change() -> None:
    # The example of the specification, https://github.com/standard-webhooks/standard-webhooks, and its libraries.
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    told = signing.signature(secret, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body)
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    at = datetime(2026, 3, 16, tzinfo=UTC)
    new = signing.new_secret()
    headers = signing.headers([new, secret], message_id="msg_1", at=at, body=body)
    assert signing.is_ours(secret, told=headers, body=body, at=at)
    assert signing.is_ours(new, told=headers, body=body, at=at)
    assert not signing.is_ours(new, told=headers, body=body + b" ", at=at)
    assert not signing.is_ours(new, told=headers, body=body, at=at + timedelta(minutes=6))
    assert not signing.is_ours(new, told={**headers, "webhook-id": "msg_2"}, body=body, at=at)
    assert not signing.is_ours(new, told={}, body=body, at=at)


def test_every_event_of_the_outbox_can_be_told() -> None:
    announced = {event.code(): set(event.__dataclass_fields__) for event in wiring.announced()}
    assert set(announced) == {event.code for event in EVENTS}
    assert len(BY_NAME) == len(EVENTS)
    for event in EVENTS:
        assert event.object_path(dict.fromkeys(announced[event.code], 7)) != ""
