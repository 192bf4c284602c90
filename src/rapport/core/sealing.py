"""What must be read again but not lie open is stored sealed: a copy of the database alone tells nothing of it."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import RapportError


class SealBroken(RapportError):
    """It was sealed under a secret key that is not known any more."""


def seal(text: str, *, purpose: str) -> str:
    """The text, sealed under the secret key for this purpose alone."""
    return _seals(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text. Keys of `SECRET_KEY_FALLBACKS` still open what they sealed. Raises SealBroken."""
    try:
        return _seals(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken(_("This was set up under another secret key. Make it anew.")) from error


def _seals(purpose: str) -> MultiFernet:
    """The present key, and those before it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key), purpose)) for key in keys])


def _derived(key: str, purpose: str) -> bytes:
    """A key for one purpose. The secret key is long and random, so one hash is enough."""
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), purpose.encode(), "sha256"))
