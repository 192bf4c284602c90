"""How a receiver knows that a message is ours and whole: Standard Webhooks, https://www.standardwebhooks.com."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

PREFIX = "whsec_"
VERSION = "v1"
TOLERANCE = timedelta(minutes=5)


def new_secret() -> str:
    """A secret of 256 random bits, written as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of id, Unix time in seconds and body, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"{VERSION}," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers(known: Iterable[str], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers; one signature for each secret that counts, with a space between them."""
    timestamp = int(at.timestamp())
    told = (signature(secret, message_id=message_id, timestamp=timestamp, body=body) for secret in known)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(told)}


def is_ours(secret: str, *, told: Mapping[str, str], body: bytes, at: datetime) -> bool:
    """Whether a message is signed with the secret, and not older or newer than five minutes: what receivers check."""
    try:
        timestamp = int(told["webhook-timestamp"])
        right = signature(secret, message_id=told["webhook-id"], timestamp=timestamp, body=body)
    except (KeyError, ValueError, binascii.Error):
        return False
    if abs(at.timestamp() - timestamp) > TOLERANCE.total_seconds():
        return False
    return any(hmac.compare_digest(right.encode(), each.encode()) for each in told["webhook-signature"].split())
