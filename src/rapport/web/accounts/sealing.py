"""What second factors rest on is stored sealed: a copy of the database alone signs nobody in."""

from django.utils.translation import gettext_lazy as _

from rapport.core import sealing
from rapport.core.sealing import SealBroken

PURPOSE = "rapport second factors"


def seal(text: str) -> str:
    """The text, sealed under the secret key."""
    return sealing.seal(text, purpose=PURPOSE)


def unseal(sealed: str) -> str:
    """The text. Keys of `SECRET_KEY_FALLBACKS` still open what they sealed. Raises SealBroken."""
    try:
        return sealing.unseal(sealed, purpose=PURPOSE)
    except SealBroken as error:
        text = _("Your second factor was set up under another secret key. An administrator can remove it.")
        raise SealBroken(text) from error
