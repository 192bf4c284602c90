"""What second factors rest on is stored sealed: a copy of the database alone signs nobody in."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import RapportError

PURPOSE = b"rapport second factors"


class SealBroken(RapportError):
    """It was sealed under a secret key that is not known any more."""


def seal(text: str) -> str:
    """The text, sealed under the secret key."""
    return _seals().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text. Keys of `SECRET_KEY_FALLBACKS` still open what they sealed. Raises SealBroken."""
    try:
        return _seals().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        text = _("Your second factor was set up under another secret key. An administrator can remove it.")
        raise SealBroken(text) from error


def _seals() -> MultiFernet:
    """The present key, and those before it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key))) for key in keys])


def _derived(key: str) -> bytes:
    """A key for this purpose alone. The secret key is long and random, so one hash is enough."""
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), PURPOSE, "sha256"))
